"""A count says what was there at a moment; what the books said at that moment is kept with it.

Several people count on one sheet while customers buy. The same goods in two places add up, and
then the moments differ: a piece sold in between is on the shelf that was counted already, or on the
one that was not. So an entry keeps the books in three parts: what customers move (they take from
the sales floor), what deliveries move (they go to the stockroom), and the rest. A part counts as it
was when the place it acts on was counted. Where that can't be told - two places on the floor, and
something sold between the two - nobody guesses: the SKU is to be counted again, or left as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec

from edge.books.numbers import generation_of
from edge.books.reads import Reads
from edge.stock.counted_pieces import (
    CountedPieces,
    Later,
    Piled,
    Place,
    count_pieces,
    known_now,
    tells_pieces,
)
from sync import bodies
from sync.bodies import AnyBody
from sync.body import LotLine
from sync.facts import Fact, decode_fact
from sync.lots import lot_moves, lots_of
from sync.quantities import ON_HAND_SIGN, Kind
from sync.receipts import LineKind, Return, Sale, Void

_SOLD = frozenset({Kind.SOLD, Kind.RETURNED, Kind.SALE_VOIDED, Kind.RETURN_VOIDED})
_DELIVERED = frozenset({Kind.OPENING, Kind.RECEIVED, Kind.TRANSFERRED_IN, Kind.TRANSFERRED_OUT})
_SHEET = (
    "SELECT id, title, kind, scope, blind, state, opened_ms, opened_by, closed_ms, closed_by,"
    " document, note, generation, seq FROM sheet"
)
_ENTRY = (
    "SELECT id, sku, place, stockroom, counted, sold, delivered, other, generation, seq, at_ms,"
    " counted_by, source, replaced, pieces FROM sheet_entry"
)
_PIECES = msgspec.msgpack.Decoder(tuple[LotLine, ...])


class SheetKind(StrEnum):
    """What a sheet covers: everything, some categories, or a list of SKUs."""

    FULL = "full"
    CATEGORY = "category"
    LIST = "list"


class SheetState(StrEnum):
    """How far a sheet is."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Seen(msgspec.Struct, frozen=True):
    """What the books said of a SKU at a moment, in three parts (base units)."""

    sold: int
    delivered: int
    other: int

    @property
    def on_hand(self) -> int:
        """The parts together."""
        return self.sold + self.delivered + self.other


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet; `scope` holds its categories or SKUs, `document` the id of its first fact."""

    id: bytes
    title: str
    kind: SheetKind
    scope: tuple[str, ...]
    blind: bool
    state: SheetState
    opened_ms: int
    opened_by: str
    closed_ms: int | None
    closed_by: str | None
    document: bytes | None
    note: str
    opened: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody counted of a SKU at a place, and what the books said then.

    `at` is the last own fact by then, `pieces` the lots and serial numbers that were told of.
    """

    id: bytes
    sku: str
    place: str
    stockroom: bool
    counted: int
    seen: Seen
    at: Place
    at_ms: int
    counted_by: str
    source: str
    replaced: bytes | None
    pieces: tuple[LotLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What a sheet says of a SKU; `uncertain`: the books moved between its places, count again.

    `pieces` is what it says of lots and serial numbers, None where it tells nothing of them.
    """

    sku: str
    counted: int
    seen: int
    uncertain: bool
    pieces: CountedPieces | None = None

    @property
    def difference(self) -> int:
        """What is there and not in the books; less than nothing for what is missing."""
        return self.counted - self.seen


def seen_now(reads: Reads, sku: str) -> Seen:
    """Read what the books say of a SKU at this moment."""
    parts = [0, 0, 0]
    for kind, value in reads.counts(sku).items():
        part = 0 if kind in _SOLD else 1 if kind in _DELIVERED else 2
        parts[part] += ON_HAND_SIGN.get(kind, 0) * value
    return Seen(*parts)


def tally(sku: str, entries: Sequence[Entry]) -> Tally:
    """Add up the entries of one SKU that were not replaced, in the order they were made."""
    floor = [entry.seen for entry in entries if not entry.stockroom]
    stockroom = [entry.seen for entry in entries if entry.stockroom]
    every = [entry.seen for entry in entries]
    parts = (
        {seen.sold: None for seen in floor or every},
        {seen.delivered: None for seen in stockroom or every},
        {seen.other: None for seen in every},
    )
    return Tally(
        sku,
        sum(entry.counted for entry in entries),
        sum(list(part)[-1] for part in parts),
        any(len(part) > 1 for part in parts),
    )


# -- reading -------------------------------------------------------------------------------------


def find_sheet(reads: Reads, sheet: bytes) -> Sheet | None:
    """Find a sheet by its id."""
    row = reads.connection.execute(f"{_SHEET} WHERE id = ?", (sheet,)).fetchone()
    return _sheet(row) if row else None


def list_sheets(reads: Reads, limit: int = 100) -> list[Sheet]:
    """List sheets: open ones first, then the newest."""
    sql = f"{_SHEET} ORDER BY state <> 'open', opened_ms DESC LIMIT ?"
    return [_sheet(row) for row in reads.connection.execute(sql, (limit,))]


def _sheet(row: Sequence[object]) -> Sheet:
    fields = list(row)
    fields[2], fields[5] = SheetKind(str(row[2])), SheetState(str(row[5]))
    fields[3], fields[4] = tuple(msgspec.json.decode(str(row[3]), type=list[str])), bool(row[4])
    fields[12:] = [(row[12], row[13])]
    return Sheet(*fields)  # type: ignore[arg-type] # as the schema says


def find_entry(reads: Reads, entry: bytes) -> tuple[bytes, bytes, Entry] | None:
    """Find an entry by its id; return with it its sheet and the digest of its request."""
    sql = f"{_ENTRY} WHERE id = ?"
    row = reads.connection.execute(sql, (entry,)).fetchone()
    if row is None:
        return None
    sql = "SELECT sheet, request FROM sheet_entry WHERE id = ?"
    return (*reads.connection.execute(sql, (entry,)).fetchone(), _entry(row))


def entries_of(reads: Reads, sheet: bytes, sku: str = "") -> list[Entry]:
    """List a sheet's entries, or those of one SKU, in the order they were made."""
    sql = f"{_ENTRY} WHERE sheet = ? AND ? IN ('', sku) ORDER BY number"
    return [_entry(row) for row in reads.connection.execute(sql, (sheet, sku))]


def _entry(row: Sequence[object]) -> Entry:
    seen = Seen(*row[5:8])  # type: ignore[arg-type] # as the schema says
    fields: list[object] = [*row[:5], seen, (row[8], row[9]), *row[10:]]
    fields[3], fields[-1] = bool(row[3]), _PIECES.decode(row[-1])  # type: ignore[arg-type]
    return Entry(*fields)  # type: ignore[arg-type] # as the schema says


def tallies(reads: Reads, sheet: Sheet) -> list[Tally]:
    """Add up a sheet by SKU, in the order of SKUs.

    A sale that was rung up before an entry and reached the books after it is taken into account:
    its till had lost its node.
    """
    by_sku: dict[str, list[Entry]] = {}
    for entry in entries_of(reads, sheet.id):
        if entry.replaced is None:
            by_sku.setdefault(entry.sku, []).append(entry)
    first = min((entries[0].at for entries in by_sku.values()), default=None)
    facts = list(_facts_after(reads, first)) if first else []
    late, later = _late_sales(facts), _later(facts)
    return [
        _pieced(
            reads,
            sheet,
            tally(sku, [_corrected(entry, late.get(sku, ())) for entry in entries]),
            entries,
            later.get(sku, ()),
        )
        for sku, entries in sorted(by_sku.items())
    ]


def _pieced(
    reads: Reads, sheet: Sheet, found: Tally, entries: Iterable[Entry], later: Sequence[Later]
) -> Tally:
    """Add to a tally what its entries tell of lots and serial numbers."""
    piled = [Piled(x.at, x.at_ms, x.stockroom, x.counted, x.pieces) for x in entries]
    if not tells_pieces(piled):
        return found
    known = known_now(reads, found.sku)
    pieces = count_pieces(found.sku, piled, known, later, sheet.opened)
    uncertain = found.uncertain or pieces.uncertain
    return replace(found, counted=pieces.counted, uncertain=uncertain, pieces=pieces)


def none_there(reads: Reads, sheet: Sheet, sku: str) -> Tally:
    """Say of a SKU that nothing of it is there, now."""
    pieces = count_pieces(sku, (), known_now(reads, sku), (), sheet.opened)
    return Tally(sku, 0, reads.on_hand(sku), uncertain=False, pieces=pieces)


def _facts_after(reads: Reads, first: Place) -> Iterator[tuple[Place, Fact]]:
    """Read the own facts after one that may have moved stock, of this life and later ones."""
    sql = (
        "SELECT no, name FROM journal JOIN node WHERE name GLOB store || '-n[1-9]*'"
        " AND name NOT GLOB store || '-n*[^0-9]*'"
    )
    for number, name in reads.connection.execute(sql).fetchall():
        generation = generation_of(name)
        if generation < first[0]:
            continue
        sql = "SELECT seq, body FROM fact WHERE journal = ? AND seq > ? AND kind BETWEEN 2 AND 11"
        after = first[1] if generation == first[0] else 0
        for seq, data in reads.connection.execute(sql, (number, after)):
            yield (generation, seq), decode_fact(data)


LateSale = tuple[Place, int, int]  # where it is on record, when it was rung up, base units


def _late_sales(facts: Iterable[tuple[Place, Fact]]) -> dict[str, list[LateSale]]:
    late: dict[str, list[LateSale]] = {}
    for place, fact in facts:
        if isinstance(fact.body, Sale) and fact.body.detached:
            for line in fact.body.lines:
                if line.kind is LineKind.GOODS:
                    late.setdefault(line.sku, []).append((place, fact.at_ms, line.quantity))
    return late


def _later(facts: Iterable[tuple[Place, Fact]]) -> dict[str, list[Later]]:
    """Tell by SKU what facts did to lots, or to serial numbers, in the order they were written."""
    later: dict[str, list[Later]] = {}
    for place, fact in sorted(facts, key=lambda one: one[0]):
        lots = lot_moves(fact.body)
        detached = isinstance(fact.body, Sale) and fact.body.detached
        one = Later(place, fact.at_ms, detached, _part_of(fact.body), lots)
        for sku in {line.sku for line in lots_of(fact.body)[1]}:
            mine = {key: moved for key, moved in lots.items() if key[0] == sku}
            later.setdefault(sku, []).append(replace(one, lots=mine))
    return later


def _part_of(body: AnyBody) -> int:
    match body:
        case Sale() | Return() | Void():
            return 0
        case bodies.Opening() | bodies.GoodsReceipt() | bodies.TransferIn() | bodies.TransferOut():
            return 1
        case _:
            return 2


def _corrected(entry: Entry, late: Iterable[LateSale]) -> Entry:
    missed = sum(
        quantity for place, at_ms, quantity in late if place > entry.at and at_ms < entry.at_ms
    )
    if not missed:
        return entry
    seen = Seen(entry.seen.sold - missed, entry.seen.delivered, entry.seen.other)
    return replace(entry, seen=seen)


def uncounted(reads: Reads, sheet: Sheet) -> list[str]:
    """List SKUs that a sheet covers, that the books hold or lack, and that nobody counted."""
    counted = "SELECT 1 FROM sheet_entry WHERE sheet = ? AND sku = sku.sku AND replaced IS NULL"
    sql = (
        "SELECT sku.sku FROM sku JOIN product ON product.sku = sku.sku"  # noqa: S608 - constants
        f" WHERE tracked AND NOT EXISTS ({counted}) AND {_WITHIN[sheet.kind]} ORDER BY sku.sku"
    )
    scope = msgspec.json.encode(sheet.scope).decode()
    rows = reads.connection.execute(sql, (sheet.id, scope))
    return [sku for (sku,) in rows.fetchall() if reads.on_hand(sku)]


_WITHIN = {
    SheetKind.FULL: "json_valid(?)",
    SheetKind.CATEGORY: "category IN (SELECT value FROM json_each(?))",
    SheetKind.LIST: "sku.sku IN (SELECT value FROM json_each(?))",
}
