"""A shift is what its two facts say; the table only knows where they stand."""

from dataclasses import dataclass

from edge.books.reads import Reads
from sync.cash import ShiftClosed, ShiftOpened
from sync.facts import Fact, decode_fact

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of a drawer: the fact that opened it, and where the one that closed it stands.

    Places are (generation, seq), in the order in which they were written.
    """

    drawer: str
    number: int
    opened: Fact
    place: Place
    closed: Place | None

    @property
    def body(self) -> ShiftOpened:
        """What was said when it was opened."""
        body = self.opened.body
        assert isinstance(body, ShiftOpened)  # noqa: S101 - the table points there
        return body

    @property
    def business_day(self) -> int:
        """Day that all its documents belong to, midnight or not."""
        return self.body.business_day


_SHIFT = "SELECT drawer, number, generation, seq, closed_generation, closed_seq FROM shift"


def fact_at(reads: Reads, place: Place) -> Fact:
    """Read the own fact at a place."""
    sql = (
        "SELECT body FROM fact JOIN journal ON journal.no = fact.journal JOIN node"
        " WHERE journal.name = node.store || '-n' || ? AND fact.seq = ?"
    )
    return decode_fact(reads.connection.execute(sql, place).fetchone()[0])


def _shift(reads: Reads, row: tuple[str, int, int, int, int | None, int | None]) -> Shift:
    drawer, number, generation, seq, closed_generation, closed_seq = row
    closed = None
    if closed_generation is not None and closed_seq is not None:
        closed = closed_generation, closed_seq
    place = generation, seq
    return Shift(drawer, number, fact_at(reads, place), place, closed)


def shift_row(reads: Reads, drawer: str, number: int) -> Shift | None:
    """Find a shift by its number."""
    sql = f"{_SHIFT} WHERE drawer = ? AND number = ?"
    row = reads.connection.execute(sql, (drawer, number)).fetchone()
    return _shift(reads, row) if row else None


def day_of_shift(reads: Reads, drawer: str, number: int) -> int | None:
    """Business day of a shift, None for one that is not known here."""
    shift = shift_row(reads, drawer, number) if number else None
    return shift.business_day if shift else None


def last_shift(reads: Reads, drawer: str) -> Shift | None:
    """Newest shift of a drawer, open or closed."""
    sql = f"{_SHIFT} WHERE drawer = ? ORDER BY number DESC LIMIT 1"
    row = reads.connection.execute(sql, (drawer,)).fetchone()
    return _shift(reads, row) if row else None


def open_shift(reads: Reads, drawer: str) -> Shift | None:
    """Shift in which a drawer is in use."""
    shift = last_shift(reads, drawer)
    return shift if shift and shift.closed is None else None


def closing_of(reads: Reads, shift: Shift) -> tuple[Fact, ShiftClosed] | None:
    """Fact that closed a shift, None while it is open."""
    if shift.closed is None:
        return None
    fact = fact_at(reads, shift.closed)
    assert isinstance(fact.body, ShiftClosed)  # noqa: S101 - the table points there
    return fact, fact.body


def closed_before(reads: Reads, drawer: str, number: int, limit: int) -> list[Shift]:
    """List closed shifts of a drawer below a number, newest first."""
    sql = (
        f"{_SHIFT} WHERE drawer = ? AND number < ? AND closed_seq > 0 ORDER BY number DESC LIMIT ?"
    )
    rows = reads.connection.execute(sql, (drawer, number, limit)).fetchall()
    return [_shift(reads, row) for row in rows]
