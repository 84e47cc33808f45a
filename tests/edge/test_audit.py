"""Verification: quiet on what is right, and each kind of damage is named by table and row."""

import pytest

from edge.audit import Disagreement, verify, verify_head
from edge.books import database
from edge.selling.pricing import SellLine
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import VoidSale
from edge.shifts.drawer import CloseShift, OpenShift
from tests.edge.shop import Shop
from tests.edge.tilling import finished


@pytest.fixture
def busy(shop: Shop) -> Shop:
    shop.stock(TEA=20, MUG=5)
    sale = shop.sell(SellLine(sku="TEA", quantity=3), SellLine(sku="MUG"))
    shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, (ReturnLine(0),)))
    shop.run(VoidSale(shop.new_id(), shop.sell(SellLine(sku="TEA")).id, "mistake"))
    return shop


def check(shop: Shop) -> list[str]:
    reading = database.connect(shop.path, readonly=True)
    try:
        return [f"{x.stage} {x.done}/{x.total}" for x in verify(reading)]
    finally:
        reading.close()


def test_a_sound_node_verifies_with_progress(busy: Shop) -> None:
    said = check(busy)
    assert "s0001-n1 6/6" in said
    assert said[-3:] == ["products 6/6", "members 0/1", "members 1/1"]
    verify_head(busy.store.connection)


DAMAGE = [
    ("fact", "UPDATE fact SET body = zeroblob(length(body)) WHERE journal = 1 AND seq = 3"),
    ("fact", "DELETE FROM fact WHERE journal = 1 AND seq = 3"),
    ("fact", "UPDATE fact SET hash = zeroblob(32) WHERE journal = 1 AND seq = 6"),
    ("fact", "UPDATE fact SET moved = moved + 1 WHERE journal = 1 AND seq = 6"),
    ("fact", "UPDATE fact SET id = zeroblob(16) WHERE journal = 1 AND seq = 4"),
    ("quantity", "UPDATE quantity SET value = value + 1 WHERE kind = 3 AND sku = 1"),
    ("quantity", "DELETE FROM quantity WHERE kind = 4"),
    ("quantity", "UPDATE quantity SET kind = 12 WHERE kind = 4"),
    ("changed", "DELETE FROM changed WHERE version = (SELECT max(version) FROM changed)"),
    ("receipt", "DELETE FROM receipt WHERE number = 2"),
    ("receipt", "DELETE FROM receipt"),
    ("receipt", "INSERT INTO receipt VALUES ('t9', 1, 1, 1, 1)"),
    ("undone", "UPDATE undone SET quantity = 3 WHERE item = '0'"),
    ("undone", "DELETE FROM undone WHERE item = 'void'"),
    ("undone", "INSERT INTO undone VALUES (x'00', '0', 1)"),
    ("checkpoint", "UPDATE checkpoint SET signature = zeroblob(64)"),
    ("checkpoint", "UPDATE checkpoint SET seq = seq + 5"),
    ("product_words", "DELETE FROM product_words WHERE rowid = 2"),
    ("barcode", "DELETE FROM barcode"),
]


@pytest.mark.parametrize(("table", "damage"), DAMAGE)
def test_damage_is_found_and_named(busy: Shop, table: str, damage: str) -> None:
    busy.store.connection.execute(damage)
    with pytest.raises(Disagreement) as raised:
        check(busy)
    assert raised.value.table in (table, "changed")
    assert raised.value.detail


@pytest.mark.parametrize("damage", [DAMAGE[0][1], DAMAGE[1][1], DAMAGE[5][1], DAMAGE[6][1]])
def test_the_quick_check_sees_the_tail_and_the_sum(busy: Shop, damage: str) -> None:
    busy.store.connection.execute(damage)
    with pytest.raises(Disagreement):
        verify_head(busy.store.connection)


DRAWER_DAMAGE = [
    ("shift", "DELETE FROM shift WHERE number = 2"),
    ("shift", "INSERT INTO shift VALUES ('t9', 1, 1, 1, NULL, NULL)"),
    ("shift", "UPDATE shift SET seq = seq + 1 WHERE number = 1"),
    ("shift", "UPDATE shift SET closed_seq = NULL, closed_generation = NULL WHERE number = 1"),
    ("shift", "UPDATE shift SET closed_seq = 99, closed_generation = 1 WHERE number = 2"),
    ("drawer_fact", "DELETE FROM drawer_fact WHERE shift = 1"),
    ("drawer_fact", "UPDATE drawer_fact SET shift = 2"),
    ("drawer_fact", "INSERT INTO drawer_fact VALUES ('t1', 1, 99, 1)"),
    ("receipt", "DELETE FROM receipt WHERE series < 0 AND number = 4"),
    ("receipt", "UPDATE receipt SET number = 5 WHERE series < 0 AND number = 4"),
]


@pytest.mark.parametrize(("table", "damage"), DRAWER_DAMAGE)
def test_damage_to_shifts_and_series_of_tills_is_found(shop: Shop, table: str, damage: str) -> None:
    shop.run(OpenShift(shop.new_id(), "t1", 0))
    for number in (1, 4, 2):
        shop.run(finished(shop, number=number, drawer="t1", shift=1))
    shop.run(CloseShift(shop.new_id(), "t1", 1, ()))
    shop.run(OpenShift(shop.new_id(), "t1", 0))
    check(shop)
    shop.store.connection.execute(damage)
    with pytest.raises(Disagreement) as raised:
        check(shop)
    assert raised.value.table == table
