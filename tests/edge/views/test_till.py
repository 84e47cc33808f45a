"""A till hears of every change of the catalogue, once it asks, and of nothing twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.views.till import catalogue_after, setup_of
from sync.definitions import Price, Product, Rule, StoreProfile
from tests.edge.shop import Shop, catalogue, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop."""
    shop = open_shop(tmp_path)
    yield shop
    shop.store.close()


def _all(shop: Shop, cursor: str, limit: int = 2) -> tuple[dict[str, int], str]:
    """Read on to the end as a till does; return prices by SKU and the last cursor."""
    found: dict[str, int] = {}
    while True:
        page = catalogue_after(shop.store.books, cursor, limit)
        found |= {product[1]: product[6] for product in page.products}
        assert len(page.products) <= limit
        cursor = page.cursor
        if not page.more:
            return found, cursor


def test_every_change_comes_once(shop: Shop) -> None:
    everything, cursor = _all(shop, "")
    assert everything == {p.sku: p.price_minor for p in catalogue() if isinstance(p, Product)}
    assert _all(shop, cursor) == ({}, cursor)
    shop.tell(Price("TEA", 360), Price("NOBODY", 5), Price("MUG", 1_000))
    changed, later = _all(shop, cursor)
    assert changed == {"TEA": 360}
    shop.tell(Product("TEA", {"en": "Tea"}, [], "pc", "low", 350, active=False))
    assert _all(shop, later)[0].keys() == {"TEA"}
    assert _all(shop, "")[0].keys() == everything.keys()


@pytest.mark.parametrize("cursor", ["", "x", "s0001-n9:3", "s0001-n1:", "s0001-n1:-1", ":5"])
def test_a_cursor_of_another_life_starts_over(shop: Shop, cursor: str) -> None:
    page = catalogue_after(shop.store.books, cursor, 100)
    assert (page.reset, len(page.products)) == (True, 6)


def test_a_store_is_named_as_headquarters_names_it(shop: Shop) -> None:
    assert setup_of(shop.store.books, "t1").store.name == "s0001"
    shop.tell(StoreProfile("s0001", "Market Street", "Bavaria", "EUR"))
    shop.tell(Rule("training", '{"enabled": false}'), Rule("drawers", '{"t2": "t1"}'))
    setup = setup_of(shop.store.books, "t2")
    assert (setup.store.name, setup.store.region) == ("Market Street", "Bavaria")
    assert (setup.drawer, setup.drawers, setup.training_allowed) == ("t1", ["t1"], False)
