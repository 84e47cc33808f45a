"""What is low is told by the most special of the rules that speak of it."""

import json
from pathlib import Path

import pytest

from edge.selling.pricing import SellLine
from edge.stock.moves import Move, ReceiveGoods, WriteOff
from edge.stock.worklists import worklists
from sync.body import LotLine, StockLine
from sync.definitions import Product, Rule
from sync.orders import InTransit, PurchaseOrder
from sync.values import date_of
from tests.edge.shop import Shop, open_shop

TODAY = 20_300


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
    return {item.sku: item.reorder_point for item in worklists(shop.store.books, TODAY).low}


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
    listed = worklists(shop.store.books, TODAY).low
    assert {item.sku: item.coming for item in listed}["TEA"] == 12
    assert listed[-1].sku == "TEA"


def test_what_is_below_zero_is_to_be_counted(shop: Shop) -> None:
    shop.sell(SellLine("TEA", quantity=9))
    shop.sell(SellLine("MUG", quantity=5))
    negative = worklists(shop.store.books, TODAY).negative
    assert [(item.sku, item.on_hand) for item in negative] == [("TEA", -5), ("MUG", -1)]


def receive(shop: Shop, sku: str, lot: str, day: int, quantity: int = 1) -> None:
    line = Move(quantity, sku, lot=lot, expiry_day=date_of(day))
    shop.run(ReceiveGoods(id=shop.new_id(), lines=(line,)))


def expiring(shop: Shop) -> list[tuple[str, str, int, int]]:
    listed = worklists(shop.store.books, TODAY).expiring
    return [(lot.sku, lot.lot, lot.days, lot.quantity) for lot in listed]


def test_lots_that_expire_soon_are_listed_until_they_are_gone(shop: Shop) -> None:
    receive(shop, "TEA", "LATE", TODAY + 8, 5)
    receive(shop, "TEA", "SOON", TODAY + 7, 5)
    receive(shop, "MUG", "", TODAY - 1, 2)
    receive(shop, "BREAD", "B1", TODAY, 3)
    assert expiring(shop) == [("MUG", "", -1, 2), ("BREAD", "B1", 0, 3), ("TEA", "SOON", 7, 5)]
    gone = Move(2, "MUG", expiry_day=date_of(TODAY - 1))
    shop.run(WriteOff(id=shop.new_id(), reason="expired", lines=(gone,)))
    sold = LotLine("TEA", 5, "SOON")  # the code of a sale may tell the lot without its day
    shop.run(WriteOff(id=shop.new_id(), reason="x", lines=(Move(5, sold.sku, lot=sold.lot),)))
    assert expiring(shop) == [("BREAD", "B1", 0, 3)]


def test_how_soon_is_soon_is_said_by_a_rule(shop: Shop) -> None:
    for sku in ("TEA", "BREAD", "ROLL"):
        receive(shop, sku, "L", TODAY + 3)
    shop.tell(Rule("stock.expiring", '{"default": 2, "category": {"bakery": 3}}'))
    assert [sku for sku, *_ in expiring(shop)] == ["BREAD", "ROLL"]
    shop.tell(Rule("stock.expiring", '{"default": 3, "sku": {"ROLL": 0}}'))
    assert [sku for sku, *_ in expiring(shop)] == ["BREAD", "TEA"]
    shop.tell(Rule("stock.expiring", '"soon"'))
    assert [sku for sku, *_ in expiring(shop)] == ["BREAD", "ROLL", "TEA"]
