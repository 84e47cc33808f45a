"""What is low is told by the most special of the rules that speak of it."""

import json
from pathlib import Path

import pytest

from edge.pricing import SellLine
from edge.stock_worklists import worklists
from sync.body import StockLine
from sync.definitions import Product, Rule
from sync.orders import InTransit, PurchaseOrder
from tests.edge.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = open_shop(tmp_path)
    shop.tell(
        Product("BREAD", {"en": "Bread"}, [], "pc", "low", 250, category="bakery"),
        Product(
            "ROLL", {"en": "Roll"}, [], "pc", "low", 50, category="bakery",
            attributes={"reorder_point": "9"},
        ),
        Product("NEVER", {"en": "Never kept"}, [], "pc", "low", 50),
    )  # fmt: skip
    shop.stock(TEA=4, MUG=4, BREAD=4, ROLL=9, COFFEE=4)
    return shop


def low(shop: Shop) -> dict[str, int]:
    return {item.sku: item.reorder_point for item in worklists(shop.store.books).low}


def rule(shop: Shop, value: object) -> None:
    shop.tell(Rule("stock.low", json.dumps(value)))


def test_the_most_special_rule_holds(shop: Shop) -> None:
    assert low(shop) == {"ROLL": 9}
    rule(shop, {"default": 4, "category": {"bakery": 7}, "sku": {"MUG": 3}})
    assert low(shop) == {"TEA": 4, "COFFEE": 4, "BREAD": 7, "ROLL": 9}
    rule(shop, {"sku": {"ROLL": 8, "MUG": 10}})
    assert low(shop) == {"MUG": 10}
    rule(shop, 4)
    assert low(shop) == {"TEA": 4, "MUG": 4, "BREAD": 4, "COFFEE": 4, "ROLL": 9}
    for nonsense in ("much", {"default": "x"}, [1]):
        rule(shop, nonsense)
        assert low(shop) == {"ROLL": 9}


def test_what_is_coming_is_told_and_the_emptiest_comes_first(shop: Shop) -> None:
    shop.tell(
        PurchaseOrder("PO-1", "North", [StockLine("TEA", 10)]),
        InTransit(bytes(16), "s0002", 1, [StockLine("TEA", 2)]),
        local=True,
    )
    rule(shop, {"default": 6})
    listed = worklists(shop.store.books).low
    assert {item.sku: item.coming for item in listed}["TEA"] == 12
    assert listed[-1].sku == "TEA"


def test_what_is_below_zero_is_to_be_counted(shop: Shop) -> None:
    shop.sell(SellLine("TEA", quantity=9))
    shop.sell(SellLine("MUG", quantity=5))
    negative = worklists(shop.store.books).negative
    assert [(item.sku, item.on_hand) for item in negative] == [("TEA", -5), ("MUG", -1)]
