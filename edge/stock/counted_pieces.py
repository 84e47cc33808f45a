"""What a count tells of is there; what it doesn't is gone only where all that was counted is told.

So a count by quantity alone leaves lots and serial numbers as they are: the difference is of no
known lot, as with any document that tells of none. Nothing at all is there tells of everything.

Each lot is compared with what the books said of it when its places were counted, in the three parts
of `edge.stock.sheets`. A serial number has no quantity to compare: a document that names it after
the sheet was opened knows better than a scan, so what was sold meanwhile does not come back.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from edge.books.reads import Reads
from edge.stock.lots import SerialState, merged
from sync.bodies import CountedLot, CountedSerials
from sync.body import LotLine
from sync.values import date_of, day_of

Place = tuple[int, int]  # of an own fact: its life's generation and its number
Lot = tuple[str, int]  # lot and day of expiry


class LotDifference(msgspec.Struct, frozen=True):
    """A lot of which something else was counted than the books said, in base units."""

    lot: str
    expiry_day: datetime.date | None
    counted: int
    seen: int


@dataclass(frozen=True, slots=True)
class Piled:
    """An entry as far as its pieces go: what was told of them, where and when."""

    place: Place
    at_ms: int
    stockroom: bool
    counted: int
    pieces: tuple[LotLine, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """What an own fact did to lots after an entry; `detached` sales may have been rung up before.

    `part` is the part of the books that it moved: 0 sold, 1 delivered, 2 the rest.
    """

    place: Place
    at_ms: int
    detached: bool
    part: int
    lots: Mapping[tuple[str, str, int], int]


@dataclass(frozen=True, slots=True)
class SerialNow:
    """A serial number by the books: which facts moved it and how, in their order."""

    moves: tuple[tuple[Place, int], ...]

    @property
    def held(self) -> int:
        """What the facts come to."""
        return sum(moved for _, moved in self.moves)

    @property
    def newest(self) -> Place:
        """The newest of them."""
        return self.moves[-1][0]

    @property
    def here(self) -> bool:
        """Whether it is in stock."""
        return SerialState(self.held, len(self.moves), self.moves[-1][1]).here

    def has_left(self, after: Place, until: Place) -> bool:
        """Whether the last thing that happened to it between two facts took it away."""
        meanwhile = [moved for place, moved in self.moves if after < place <= until]
        return bool(meanwhile) and meanwhile[-1] < 0


@dataclass(frozen=True, slots=True)
class Known:
    """What the books say of the pieces of a SKU now."""

    lots: Mapping[Lot, int]
    serials: Mapping[str, SerialNow]


@dataclass(frozen=True, slots=True)
class CountedPieces:
    """What a count tells of a SKU's pieces, and what it changes of lots and serial numbers.

    `counted` is the quantity without pieces that were scanned twice or had left by then, `unlotted`
    and `unnumbered` how much of it was told without a lot or day, or without a serial number.
    """

    counted: int
    lots: tuple[CountedLot, ...]
    serials: CountedSerials
    differences: tuple[LotDifference, ...]
    unlotted: int
    unnumbered: int
    uncertain: bool


def known_now(reads: Reads, sku: str) -> Known:
    """Read what the books say of the pieces of a SKU."""
    sql = "SELECT lot, expiry_day, quantity FROM lot WHERE sku = ?"
    rows = reads.connection.execute(sql, (sku,)).fetchall()
    sql = "SELECT serial, generation, seq, moved FROM serial WHERE sku = ? ORDER BY 1, 2, 3"
    moves: dict[str, list[tuple[Place, int]]] = {}
    for serial, generation, seq, moved in reads.connection.execute(sql, (sku,)):
        moves.setdefault(serial, []).append(((generation, seq), moved))
    serials = {serial: SerialNow(tuple(found)) for serial, found in moves.items()}
    return Known({(lot, day): quantity for lot, day, quantity in rows}, serials)


def count_pieces(
    sku: str, entries: Sequence[Piled], known: Known, later: Sequence[Later], opened: Place
) -> CountedPieces:
    """Compare the entries of a SKU with the books; no entries at all say that nothing is there."""
    counted, told = _once(sku, entries, known.serials, opened)
    last = _Last(entries)
    lots: dict[Lot, int] = {}
    for line in told:
        if line.lot or line.expiry_day:
            key = line.lot, line.expiry_day
            lots[key] = lots.get(key, 0) + line.quantity
    unlotted = counted - sum(lots.values())
    rows, differences = _compare(sku, lots, _seen(known.lots, later, last), whole=unlotted == 0)
    serials = {serial for line in told for serial in line.serials}
    unnumbered = counted - len(serials)
    lacking = _lacking(known.serials, serials) if unnumbered == 0 else {}
    facts = {fact.place: fact for fact in later}
    newest = {serial: facts.get(now.newest) for serial, now in lacking.items()}
    missing = [serial for serial, fact in newest.items() if not last.is_after(fact)]
    found = sorted(x for x in serials if _is_found(known.serials.get(x), opened))
    uncertain = any(last.is_between(newest[serial]) for serial in missing) or (
        bool(lots or not unlotted) and any(last.is_between(fact) for fact in later if fact.lots)
    )
    changed = CountedSerials(
        sku, _repeated(found, known.serials), _repeated(sorted(missing), known.serials)
    )
    return CountedPieces(counted, rows, changed, differences, unlotted, unnumbered, uncertain)


def _seen(now: Mapping[Lot, int], later: Iterable[Later], last: "_Last") -> dict[Lot, int]:
    """What the books said of each lot when it was counted: now, less what came after."""
    seen = dict(now)
    for fact in later:
        if last.is_after(fact):
            for (_, lot, day), moved in fact.lots.items():
                seen[lot, day] = seen.get((lot, day), 0) - moved
    return seen


def _lacking(known: Mapping[str, SerialNow], told: Collection[str]) -> dict[str, SerialNow]:
    return {serial: now for serial, now in known.items() if now.here and serial not in told}


class _Last:
    """The entries that decide on each part of the books, first and last of them."""

    def __init__(self, entries: Sequence[Piled]) -> None:
        floor = [entry for entry in entries if not entry.stockroom]
        stockroom = [entry for entry in entries if entry.stockroom]
        self._parts = [floor or entries, stockroom or entries, entries]

    def is_after(self, fact: Later | None) -> bool:
        """Whether a fact came after all that it could have spoilt was counted."""
        if fact is None or not self._parts[fact.part]:
            return False
        return _after(self._parts[fact.part][-1], fact)

    def is_between(self, fact: Later | None) -> bool:
        """Whether a fact came between two places, at either of which it may have been at work."""
        if fact is None or not self._parts[fact.part]:
            return False
        return _after(self._parts[fact.part][0], fact) and not self.is_after(fact)


def _after(entry: Piled, fact: Later) -> bool:
    return fact.place > entry.place and not (fact.detached and fact.at_ms < entry.at_ms)


def _once(
    sku: str, entries: Sequence[Piled], serials: Mapping[str, SerialNow], opened: Place
) -> tuple[int, list[LotLine]]:
    """Leave out the pieces that were scanned again later, or had left before they were noted."""
    counted, told, scanned = 0, list[LotLine](), set[str]()
    for entry in reversed(entries):
        counted += entry.counted
        for line in entry.pieces:
            gone = {
                serial
                for serial in line.serials
                if serial in serials and serials[serial].has_left(opened, entry.place)
            }
            kept = tuple(x for x in line.serials if x not in scanned and x not in gone)
            less = len(line.serials) - len(kept)
            scanned.update(kept)
            counted -= less
            told.append(LotLine(sku, line.quantity - less, line.lot, line.expiry_day, kept))
    return counted, told


def _is_found(now: SerialNow | None, opened: Place) -> bool:
    return now is None or (not now.here and now.newest <= opened)


def _repeated(serials: Iterable[str], known: Mapping[str, SerialNow]) -> tuple[str, ...]:
    """Name each serial number as often as it moves until the books are right."""
    return tuple(
        serial
        for serial in serials
        for _ in range(max(abs(known[serial].held), 1) if serial in known else 1)
    )


def _compare(
    sku: str, told: Mapping[Lot, int], seen: Mapping[Lot, int], *, whole: bool
) -> tuple[tuple[CountedLot, ...], tuple[LotDifference, ...]]:
    """Say what a count changes of lots, and how that is told to people.

    `whole`: what was not told of is gone. Then what left under a lot's number alone is put right
    together with the lot's days, or they would still differ; people see it with the days.
    """
    books = {key: quantity for key, quantity in seen.items() if quantity}
    rows = [(sku, *key, quantity) for key, quantity in books.items()]
    held = {
        (one.lot, day_of(one.expiry_day) if one.expiry_day else 0): one.quantity
        for _, one in merged(rows)
    }
    told = _dated(told, held)

    def differing(said: Mapping[Lot, int]) -> Iterator[tuple[Lot, int, int]]:
        for key in sorted(told.keys() | said.keys() if whole else told.keys()):
            counted, had = told.get(key, 0), said.get(key, 0)
            if counted > had or (whole and counted < had):
                yield key, counted, had

    lots = (CountedLot(sku, n, had, *key) for key, n, had in differing(books if whole else held))
    shown = (
        LotDifference(lot, date_of(day) if day else None, counted, had)
        for (lot, day), counted, had in differing(held)
    )
    return tuple(lots), tuple(shown)


def _dated(told: Mapping[Lot, int], held: Mapping[Lot, int]) -> dict[Lot, int]:
    """Give lots told without their day the days of the books: what expires last is there still."""
    dated = {key: quantity for key, quantity in told.items() if key[1]}
    for (lot, day), quantity in told.items():
        if day:
            continue
        days = sorted((key for key in held if key[0] == lot and key[1]), reverse=True)
        left = quantity
        for key in days:
            take = max(min(left, held[key] - dated.get(key, 0)), 0)
            dated[key] = dated.get(key, 0) + take
            left -= take
        key = days[0] if days else (lot, 0)
        dated[key] = dated.get(key, 0) + left
    return {key: quantity for key, quantity in dated.items() if quantity}


def tells_pieces(entries: Sequence[Piled]) -> bool:
    """Whether entries say anything of pieces: they tell of some, or that nothing is there."""
    return any(entry.pieces for entry in entries) or not any(entry.counted for entry in entries)
