"""Lots and serials are sums: in any order the same balances; what undoes repeats the sale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.bodies import (
    Adjustment,
    AnyBody,
    CountedLine,
    CountedLot,
    CountedSerials,
    GoodsReceipt,
    Opening,
    StockCount,
    TransferIn,
    TransferOut,
    WriteOff,
)
from sync.body import LotLine, StockLine
from sync.effects import movements
from sync.facts import Fact, FactError, check_fact
from sync.lots import lot_moves, lots_fault, serial_moves
from sync.receipts import Line, LineDetail, LineKind, Return, ReturnedLine, Sale, Tender, Void

SKUS = st.sampled_from(["TEA", "PHONE"])
LOTS = st.builds(
    lambda sku, quantity, lot, day, serials: LotLine(
        sku, quantity, lot, day, tuple(sorted(serials))[:quantity]
    ),
    SKUS,
    st.integers(1, 5),
    st.sampled_from(["", "A", "B"]),
    st.sampled_from([0, 20_400, 20_401]),
    st.sets(st.sampled_from(["s1", "s2", "s3"])),
).filter(lambda line: bool(line.lot or line.expiry_day or line.serials))


def fact(body: AnyBody) -> Fact:
    return Fact(bytes(16), 1, 0, "", body)


def whole(lots: list[LotLine]) -> list[StockLine]:
    return [StockLine(line.sku, line.quantity) for line in lots]


def sale(*lots: LotLine, kind: LineKind = LineKind.GOODS) -> Sale:
    lines = [
        Line(
            x.sku, x.quantity, 0, "S", 0, kind=kind,
            detail=LineDetail(lot=x.lot, expiry_day=x.expiry_day, serials=x.serials),
        )
        for x in lots
    ]  # fmt: skip
    return Sale("t1", 1, 20_300, "EUR", lines, [Tender("cash", 0)])


def test_each_body_moves_lots_its_own_way() -> None:
    lots = (LotLine("TEA", 3, "A", 20_400), LotLine("TEA", 1, "", 0, ("s1",)))
    lines = whole(list(lots))
    taken = [ReturnedLine(0, "TEA", 4, 0, "S", 0)]
    comes: list[AnyBody] = [
        Opening(lines, lots),
        GoodsReceipt("", "", lines, lots=lots),
        TransferIn("s0002", bytes(16), lines, lots=lots),
        Adjustment("found", lines, lots),
        Return("t1", 1, 20_300, "EUR", b"", taken, [], 0, "", lots=lots),
        Void("t1", 20_300, "EUR", bytes(16), lines, 0, "", lots=lots),
    ]
    goes: list[AnyBody] = [
        WriteOff("expired", lines, lots),
        TransferOut("s0002", lines, lots),
        sale(*lots),
    ]
    for sign, bodies in ((1, comes), (-1, goes)):
        for body in bodies:
            check_fact(fact(body))
            assert lot_moves(body) == {("TEA", "A", 20_400): 3 * sign}
            assert serial_moves(body) == {("TEA", "s1"): sign}
    assert not lot_moves(sale(*lots, kind=LineKind.SERVICE))
    assert not serial_moves(StockCount("", []))


def test_a_correction_may_move_one_lot_up_and_another_down() -> None:
    up, down = LotLine("TEA", 2, "A"), LotLine("PHONE", -1, "", 0, ("s1",))
    body = Adjustment("mixed up", whole([up, down]), (up, down))
    check_fact(fact(body))
    assert lot_moves(body) == {("TEA", "A", 0): 2}
    assert serial_moves(body) == {("PHONE", "s1"): -1}


@pytest.mark.parametrize(
    "lots",
    [
        (LotLine("TEA", 4, "A"),),  # more than moves
        (LotLine("TEA", 2, "A"), LotLine("TEA", 2, "B")),
        (LotLine("MUG", 1, "A"),),
        (LotLine("TEA", -1, "A"),),
        (LotLine("TEA", 0, "A"),),
        (LotLine("TEA", 1),),  # tells nothing
        (LotLine("TEA", 1, "x" * 65),),
        (LotLine("TEA", 1, "\n"),),
        (LotLine("TEA", 1, "", 0, ("s1", "s2")),),
        (LotLine("TEA", 2, "", 0, ("s1", "s1")),),
        (LotLine("TEA", 1, "A", 0, ("s1",)), LotLine("TEA", 1, "B", 0, ("s1",))),
        (LotLine("TEA", 1, "", 0, ("",)),),
        (LotLine("TEA", 1, "A", 100_001),),
    ],
)
def test_lots_must_be_among_what_moves(lots: tuple[LotLine, ...]) -> None:
    lines = [StockLine("TEA", 3)]
    for body in (GoodsReceipt("", "", lines, lots=lots), WriteOff("x", lines, lots)):
        with pytest.raises(FactError):
            check_fact(fact(body))


def test_a_count_moves_lots_and_serials_by_what_differed() -> None:
    lots = (CountedLot("TEA", 4, 5, "A", 20_400), CountedLot("TEA", 1, 0, "B"))
    serials = (CountedSerials("TEA", ("s1", "s1"), ("s2",)),)
    body = StockCount("7", [CountedLine("TEA", 5, 5)], lots, serials)
    check_fact(fact(body))
    assert lot_moves(body) == {("TEA", "A", 20_400): -1, ("TEA", "B", 0): 1}
    assert serial_moves(body) == {("TEA", "s1"): 2, ("TEA", "s2"): -1}


@pytest.mark.parametrize(
    ("lots", "serials"),
    [
        ((CountedLot("MUG", 1, 0, "A"),), ()),
        ((CountedLot("TEA", -1, 0, "A"),), ()),
        ((CountedLot("TEA", 1, 0),), ()),
        ((CountedLot("TEA", 1, 0, "A"), CountedLot("TEA", 2, 0, "A")), ()),
        ((), (CountedSerials("MUG", ("s1",)),)),
        ((), (CountedSerials("TEA", ("s1", "s2", "s3")),)),
        ((), (CountedSerials("TEA", ("s1",), ("s1",)),)),
        ((), (CountedSerials("TEA", ("",)),)),
        ((), (CountedSerials("TEA"), CountedSerials("TEA"))),
    ],
)
def test_a_count_tells_of_what_it_counted(
    lots: tuple[CountedLot, ...], serials: tuple[CountedSerials, ...]
) -> None:
    with pytest.raises(FactError):
        check_fact(fact(StockCount("", [CountedLine("TEA", 2, 2)], lots, serials)))


def test_what_undoes_a_sale_may_say_what_the_sale_said() -> None:
    odd = LotLine("PHONE", 1, "\n", 0, ("s1", "s1"))
    sold = sale(odd)
    check_fact(fact(sold))
    void = Void("t1", 20_300, "EUR", bytes(16), whole([odd]), 0, "", lots=(odd,))
    check_fact(fact(void))
    assert serial_moves(sold) == {("PHONE", "s1"): -2}
    assert serial_moves(void) == {("PHONE", "s1"): 2}


@given(st.lists(LOTS, min_size=1, max_size=6, unique_by=lambda line: line.sku))
def test_goods_that_come_and_go_leave_nothing(lots: list[LotLine]) -> None:
    there = GoodsReceipt("", "", whole(lots), lots=tuple(lots))
    back = WriteOff("x", whole(lots), tuple(lots))
    assert lots_fault(there, movements(there)) == ""
    assert {key: -moved for key, moved in lot_moves(there).items()} == lot_moves(back)
    assert {key: -moved for key, moved in serial_moves(there).items()} == serial_moves(back)
    total = sum(lot_moves(there).values())
    assert total == sum(line.quantity for line in lots if line.lot or line.expiry_day)
