"""Lots and serial numbers are told where they are known; nobody is stopped because they are not.

A lot's balance is what the facts that name it come to. What is odd about a serial number (sold
twice, never heard of, here already) is put before a person, after the fact.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from edge.books import checks
from edge.books.reads import Reads
from edge.books.tasks import task
from edge.books.transaction import Books
from edge.errors import BadField
from sync.bodies import AnyBody
from sync.body import LotLine
from sync.lots import lots_of, serial_moves
from sync.receipts import Line, LineDetail, LineKind
from sync.values import date_of, day_of

SERIALS_SHOWN = 500


class Told(Protocol):
    """A line of a document that may tell which pieces it is about."""

    @property
    def quantity(self) -> int:
        """Base units; negative where they are taken off."""

    @property
    def lot(self) -> str:
        """Lot; empty for none."""

    @property
    def expiry_day(self) -> datetime.date | None:
        """Last day they may be sold or used."""

    @property
    def serials(self) -> Sequence[str]:
        """Serial numbers of pieces among them."""


class LotStock(msgspec.Struct, frozen=True):
    """What is on hand of a lot, in base units; negative: more left than was told to have come."""

    lot: str
    expiry_day: datetime.date | None
    quantity: int


class Pieces(msgspec.Struct, frozen=True):
    """Which pieces a document was about: of a lot, and with which serial numbers."""

    lot: str
    expiry_day: datetime.date | None
    quantity: int
    serials: tuple[str, ...]


# -- telling -------------------------------------------------------------------------------------


def lot_line(sku: str, told: Told, field: str) -> LotLine | None:
    """Make what a line tells of its pieces; None where it tells nothing; raise BadField."""
    if not (told.lot or told.expiry_day or told.serials):
        return None
    lot = checks.name(told.lot, f"{field}.lot")
    for serial in told.serials:
        checks.name(serial, f"{field}.serials", needed=True)
    if twice := next((one for one in told.serials if told.serials.count(one) > 1), ""):
        raise BadField("serial-twice", f"{field}.serials", serial=twice)
    if len(told.serials) > abs(told.quantity):
        raise BadField("serials-too-many", f"{field}.serials")
    day = day_of(told.expiry_day) if told.expiry_day else 0
    if day < 0:
        raise BadField("before-1970", f"{field}.expiry_day")
    return LotLine(sku, told.quantity, lot, day, tuple(told.serials))


def added_up(lines: Iterable[LotLine]) -> tuple[LotLine, ...]:
    """Add up lines of the same lot, in the order given; raise BadField for a serial told twice."""
    sums: dict[tuple[str, str, int], LotLine] = {}
    for line in lines:
        sku, lot, day = key = line.sku, line.lot, line.expiry_day
        had = sums.get(key, LotLine(sku, 0))
        quantity, serials = had.quantity + line.quantity, had.serials + line.serials
        sums[key] = LotLine(sku, quantity, lot, day, serials)
    found: set[tuple[str, str]] = set()
    for sku, serial in ((line.sku, one) for line in sums.values() for one in line.serials):
        if (sku, serial) in found:
            raise BadField("serial-twice", "lines", serial=serial)
        found.add((sku, serial))
    return tuple(line for line in sums.values() if line.quantity)


def returned_lots(
    line: Line, quantity: int, before: int, serials: Sequence[str], field: str
) -> LotLine | None:
    """Tell which pieces of a sold line come back after `before` of them did; None: nobody knows.

    Which serial numbers they have is said by `serials`, or clear because all come back at once.
    Raise BadField for a serial number that the line does not have, or for more than come back.
    """
    known = line.detail or LineDetail()
    back = tuple(serials)
    if not set(back) <= set(known.serials) or len(back) > quantity:
        case = "serials-of-sale" if known.serials else "sold-without-serials"
        raise BadField(case, f"{field}.serials", serials=", ".join(known.serials))
    if not back and not before and quantity == line.quantity:
        back = known.serials
    if line.kind is not LineKind.GOODS or not (known.lot or known.expiry_day or back):
        return None
    return LotLine(line.sku, quantity, known.lot, known.expiry_day, back)


# -- what is odd ---------------------------------------------------------------------------------


def attend_serials(books: Books, fact_id: bytes, at_ms: int, body: AnyBody) -> None:
    """Put serial numbers on the worklist that left without being here, or came though they were.

    Of goods whose product does not ask for serial numbers one may be told without the others.
    """
    for (sku, serial), moved in serial_moves(body).items():
        state = serial_state(books, sku, serial)
        if state.held > 1:
            code = "serial-here"
        elif state.held < 0 and state.facts > 1:
            code = "serial-gone"
        elif state.held < 0 and asks_for(books, sku, "serial"):
            code = "serial-unknown"
        elif abs(moved) > 1:
            code = "serial-twice"
        else:
            continue
        books.attend(task(code, sku, serial=serial), at_ms, fact_id)


class SerialState(msgspec.Struct, frozen=True):
    """A serial number by the books: what its facts come to, how many they are, the newest's effect.

    It is here where they come to more than nothing; or to nothing, and the newest brought it in: it
    had left though nobody had told that it came.
    """

    held: int
    facts: int
    last: int

    @property
    def here(self) -> bool:
        """Whether it is in stock."""
        return self.held > 0 or (self.held == 0 and self.last > 0)


_NEWEST = (
    "SELECT moved FROM serial WHERE sku = one.sku AND serial = one.serial"
    " ORDER BY generation DESC, seq DESC LIMIT 1"
)


def serial_state(reads: Reads, sku: str, serial: str) -> SerialState:
    """Add up what the facts say of a serial number."""
    sql = (
        f"SELECT coalesce(sum(moved), 0), count(*), coalesce(({_NEWEST}), 0)"  # noqa: S608
        " FROM serial AS one WHERE sku = ? AND serial = ?"
    )
    return SerialState(*reads.connection.execute(sql, (sku, serial)).fetchone())


def asks_for(reads: Reads, sku: str, attribute: str) -> bool:
    """Whether a product's attribute says that something is to be told of it."""
    sql = "SELECT json_extract(attributes, '$.' || ?) FROM product WHERE sku = ?"
    row = reads.connection.execute(sql, (attribute, sku)).fetchone()
    return row is not None and row[0] == "yes"


# -- reading -------------------------------------------------------------------------------------


def lots_on_hand(reads: Reads, sku: str) -> list[LotStock]:
    """List the lots of a SKU that are not at zero, first the one that expires first."""
    sql = "SELECT sku, lot, expiry_day, quantity FROM lot WHERE sku = ?"
    return [lot for _, lot in merged(reads.connection.execute(sql, (sku,)).fetchall())]


def merged(rows: Iterable[tuple[str, str, int, int]]) -> list[tuple[str, LotStock]]:
    """Make lots of `(SKU, lot, day of expiry, quantity)`, by day of expiry, those without last.

    What left under its lot's number alone is taken to be what would have expired first.
    """
    days: dict[tuple[str, str], dict[int, int]] = {}
    for sku, lot, day, quantity in rows:
        days.setdefault((sku, lot), {})[day] = quantity
    found = []
    for (sku, lot), held in days.items():
        gone = -held.get(0, 0)
        for day in sorted(held.keys() - {0}):
            taken = max(0, min(gone, held[day])) if lot else 0
            held[day] -= taken
            gone -= taken
        held[0] = -gone
        found += [
            (sku, LotStock(lot, date_of(day) if day else None, quantity))
            for day, quantity in held.items()
            if quantity
        ]
    return sorted(found, key=lambda one: (one[1].expiry_day or datetime.date.max, *_names(one)))


def _names(one: tuple[str, LotStock]) -> tuple[str, str]:
    return one[0], one[1].lot


def serials_on_hand(reads: Reads, sku: str) -> list[str]:
    """List the serial numbers of a SKU that are here, at most so many as a person reads."""
    sql = (
        "SELECT serial FROM serial AS one WHERE sku = ? GROUP BY serial"  # noqa: S608 - constants
        f" HAVING sum(moved) > 0 OR (sum(moved) = 0 AND ({_NEWEST}) > 0) ORDER BY serial LIMIT ?"
    )
    return [serial for (serial,) in reads.connection.execute(sql, (sku, SERIALS_SHOWN))]


def pieces_of(body: AnyBody, sku: str) -> list[Pieces]:
    """Tell which pieces of a SKU a document was about."""
    return [pieces_told(line) for line in lots_of(body)[1] if line.sku == sku]


def pieces_told(line: LotLine) -> Pieces:
    """Tell which pieces a line is about; how it moved them is told elsewhere."""
    day = date_of(line.expiry_day) if line.expiry_day else None
    return Pieces(line.lot, day, abs(line.quantity), line.serials)
