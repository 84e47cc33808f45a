"""A rule that is missing or malformed has a default that a shop can work with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.books.rules import Limits, all_rules, drawer_of_till, limits
from sync.definitions import Rule
from tests.edge.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop."""
    shop = open_shop(tmp_path)
    yield shop
    shop.store.close()


@pytest.mark.parametrize("value", ["null", "[]", '{"cashier_discount_ppm": "x"}', "no json"])
def test_what_is_malformed_leaves_the_default(shop: Shop, value: str) -> None:
    shop.tell(Rule("limits", value), Rule("drawers", value))
    assert limits(shop.store.books) == Limits()
    assert drawer_of_till(shop.store.books, "t2") == "t2"


def test_what_is_not_said_keeps_its_default(shop: Shop) -> None:
    shop.tell(Rule("limits", '{"void_sale": true, "later": 1}'), Rule("drawers", '{"t2": "t1"}'))
    assert limits(shop.store.books) == Limits(void_sale=True)
    assert [drawer_of_till(shop.store.books, till) for till in ("t1", "t2")] == ["t1", "t1"]


def test_all_rules_are_parsed_and_the_stores_own_come_first(shop: Shop) -> None:
    shop.tell(Rule("a", "1"), Rule("b", '{"x": [true]}'), Rule("c", "null"), Rule("d", "{"))
    shop.tell(Rule("a", "2"), local=True)
    assert all_rules(shop.store.books) == {"a": 2, "b": {"x": [True]}}
