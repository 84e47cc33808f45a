"""Lots and serial numbers: some documents tell of them, and every box must add up the same.

What a document tells is drawn from its id, so that no other draw of a run depends on it. What comes
back with a return or a void is looked up in the sale, not in the document that undoes it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from edge.stock.counting import CountedSome
from edge.stock.moves import Arrival, Move
from sync.bodies import (
    Adjustment,
    GoodsReceipt,
    Opening,
    StockCount,
    TransferIn,
    TransferOut,
    WriteOff,
)
from sync.body import LotLine
from sync.facts import Fact, FactError, decode_fact
from sync.receipts import LineDetail, Return, Sale, Void
from sync.values import date_of
from tests.simulation.box import Box
from tests.simulation.deliveries import Written
from tests.simulation.world import Broken

FIRST_DAY = 20_500


def told(fact_id: bytes, move: Move) -> Move:
    """Let a line tell its lot, its serial numbers, both or nothing."""
    detail = sold(fact_id, move.quantity)
    whole = not isinstance(move, Arrival) or move.damaged in (0, move.quantity)
    day = date_of(detail.expiry_day) if detail.expiry_day else None
    serials = detail.serials if whole else ()
    return replace(move, lot=detail.lot, expiry_day=day, serials=serials)


def noted(entry_id: bytes, counted: int) -> tuple[CountedSome, ...]:
    """Let an entry of a count tell of some or all of its pieces, or of none.

    No sale knows these serial numbers: one that was sold meanwhile would not be counted.
    """
    most = counted if entry_id[2] % 2 else counted // 2
    detail = sold(entry_id, most)
    if not most or not (detail.lot or detail.serials):
        return ()
    day = date_of(detail.expiry_day) if detail.expiry_day else None
    serials = tuple(f"c{name}" for name in detail.serials)
    return (CountedSome(most, detail.lot, day, serials),)


def sold(fact_id: bytes, quantity: int) -> LineDetail:
    """Say what a line of a sale tells of its pieces; serial numbers turn up more than once."""
    how, which = fact_id[0] % 4, fact_id[1]
    lot = f"L{which % 3}" if how in (1, 3) else ""
    day = FIRST_DAY + which % 2 if how == 1 else 0
    serials = tuple(f"s{(which + at) % 9}" for at in range(min(abs(quantity), 3)))
    return LineDetail(lot=lot, expiry_day=day, serials=serials if how > 1 else ())


@dataclass
class _Pieces:
    """What facts say of the pieces of a store."""

    lots: "Counter[tuple[str, str, int]]" = field(default_factory=Counter)
    serials: "Counter[tuple[str, str]]" = field(default_factory=Counter)

    def add(self, sign: int, sku: str, quantity: int, known: LineDetail) -> None:
        if known.lot or known.expiry_day:
            self.lots[sku, known.lot, known.expiry_day] += sign * quantity
        for serial in known.serials:
            self.serials[sku, serial] += sign


def judge_pieces(journals: Mapping[str, Written], boxes: list[Box]) -> None:
    """Compare every box with the facts it holds; raise Broken."""
    sales = {fact.id: fact.body for fact in _facts(journals) if isinstance(fact.body, Sale)}
    for box in boxes:
        sql = "SELECT name, max(seq) FROM fact JOIN journal ON no = fact.journal GROUP BY name"
        expected = _Pieces()
        for name, head in box.disk.execute(sql).fetchall():
            if name.rpartition("-n")[0] == box.replica.node:
                for fact in _decoded(journals[name].facts[:head]):
                    _count(expected, fact, sales)
        lots = "SELECT sku, lot, expiry_day, quantity FROM lot"
        held = {tuple(key): n for *key, n in box.disk.execute(lots)}
        if held != {key: n for key, n in expected.lots.items() if n}:
            raise Broken(4, f"{box.name} has the lots {held}, not {dict(expected.lots)}")
        serials = "SELECT sku, serial, sum(moved) FROM serial GROUP BY sku, serial"
        here = {tuple(key): n for *key, n in box.disk.execute(serials) if n}
        if here != {key: n for key, n in expected.serials.items() if n}:
            raise Broken(4, f"{box.name} has the serials {here}, not {dict(expected.serials)}")


def _count(expected: _Pieces, fact: Fact, sales: Mapping[bytes, Sale]) -> None:
    match fact.body:
        case Sale(lines=lines):
            for line in lines:
                expected.add(-1, line.sku, line.quantity, line.detail or LineDetail())
        case Void(sale=sale):
            for line in sales[sale].lines:
                expected.add(1, line.sku, line.quantity, line.detail or LineDetail())
        case Return(sale=sale, lines=lines) if sale:
            for back in lines:
                whole = sales[sale].lines[back.line]
                known = whole.detail or LineDetail()
                if back.quantity < whole.quantity:
                    known = replace(known, serials=())
                if back.restock:
                    expected.add(1, back.sku, back.quantity, known)
        case WriteOff(lots=lots) | TransferOut(lots=lots):
            _add(expected, -1, lots)
        case Opening() | GoodsReceipt() | TransferIn() | Adjustment() as body:
            _add(expected, 1, body.lots)
        case StockCount() as body:
            _add_count(expected, body)


def _add_count(expected: _Pieces, body: StockCount) -> None:
    for lot in body.lots:
        known = LineDetail(lot=lot.lot, expiry_day=lot.expiry_day)
        expected.add(1, lot.sku, lot.counted - lot.seen, known)
    for some in body.serials:
        expected.add(1, some.sku, 0, LineDetail(serials=some.found))
        expected.add(-1, some.sku, 0, LineDetail(serials=some.missing))


def _add(expected: _Pieces, sign: int, lots: tuple[LotLine, ...]) -> None:
    for line in lots:
        known = LineDetail(lot=line.lot, expiry_day=line.expiry_day)
        expected.add(sign, line.sku, line.quantity, known)
        for serial in line.serials:
            expected.serials[line.sku, serial] += sign if line.quantity > 0 else -sign


def _facts(journals: Mapping[str, Written]) -> Iterator[Fact]:
    for journal in journals.values():
        yield from _decoded(journal.facts)


def _decoded(facts: list[bytes]) -> Iterator[Fact]:
    for data in facts:
        try:
            yield decode_fact(data)
        except FactError:
            continue
