"""A count says what was there at a moment; what the books said at that moment is kept with it.

Several people count on one sheet while customers buy. The same goods in two places add up, and
then the moments differ: a piece sold in between is on the shelf that was counted already, or on the
one that was not. So an entry keeps the books in three parts: what customers move (they take from
the sales floor), what deliveries move (they go to the stockroom), and the rest. A part counts as it
was when the place it acts on was counted. Where that can't be told - two places on the floor, and
something sold between the two - nobody guesses: the SKU is to be counted again, or left as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec

from edge.books.reads import Reads
from sync.facts import decode_fact
from sync.quantities import ON_HAND_SIGN, Kind
from sync.receipts import LineKind, Sale

_SOLD = frozenset({Kind.SOLD, Kind.RETURNED, Kind.SALE_VOIDED, Kind.RETURN_VOIDED})
_DELIVERED = frozenset({Kind.OPENING, Kind.RECEIVED, Kind.TRANSFERRED_IN, Kind.TRANSFERRED_OUT})
_SHEET = (
    "SELECT id, title, kind, scope, blind, state, opened_ms, opened_by, closed_ms, closed_by,"
    " document, note FROM sheet"
)
_ENTRY = (
    "SELECT id, sku, place, stockroom, counted, sold, delivered, other, seq, at_ms, counted_by,"
    " source, replaced FROM sheet_entry"
)


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


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody counted of a SKU at a place, and what the books said then."""

    id: bytes
    sku: str
    place: str
    stockroom: bool
    counted: int
    seen: Seen
    seq: int
    at_ms: int
    counted_by: str
    source: str
    replaced: bytes | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a sheet says of a SKU; `uncertain`: the books moved between its places, count again."""

    sku: str
    counted: int
    seen: int
    uncertain: bool

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
    fields: list[object] = [*row[:5], Seen(*row[5:8]), *row[8:]]  # type: ignore[arg-type]
    fields[3] = bool(row[3])
    return Entry(*fields)  # type: ignore[arg-type] # as the schema says


def tallies(reads: Reads, sheet: bytes) -> list[Tally]:
    """Add up a sheet by SKU, in the order of SKUs.

    A sale that was rung up before an entry and reached the books after it is taken into account:
    its till had lost its node.
    """
    by_sku: dict[str, list[Entry]] = {}
    for entry in entries_of(reads, sheet):
        if entry.replaced is None:
            by_sku.setdefault(entry.sku, []).append(entry)
    late = _late_sales(reads, [entry for entries in by_sku.values() for entry in entries])
    return [
        tally(sku, [_corrected(entry, late.get(sku, ())) for entry in entries])
        for sku, entries in sorted(by_sku.items())
    ]


LateSale = tuple[int, int, int]  # seq, when it was rung up, base units


def _late_sales(reads: Reads, entries: Iterable[Entry]) -> dict[str, list[LateSale]]:
    first = min((entry.seq for entry in entries), default=None)
    late: dict[str, list[LateSale]] = {}
    if first is None:
        return late
    sql = (
        "SELECT fact.seq, fact.body FROM fact JOIN journal ON no = journal JOIN node"
        " ON name = store || '-n' || generation WHERE kind = 2 AND seq > ?"
    )
    for seq, data in reads.connection.execute(sql, (first,)):
        fact = decode_fact(data)
        if isinstance(fact.body, Sale) and fact.body.detached:
            for line in fact.body.lines:
                if line.kind is LineKind.GOODS:
                    late.setdefault(line.sku, []).append((seq, fact.at_ms, line.quantity))
    return late


def _corrected(entry: Entry, late: Iterable[LateSale]) -> Entry:
    missed = sum(
        quantity for seq, at_ms, quantity in late if seq > entry.seq and at_ms < entry.at_ms
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
