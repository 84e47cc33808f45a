"""Every Vorgang belongs to exactly one closing: a shift's, or its till's day where there is none.

A shift's Z report closes its drawer (Z_KASSE_ID: drawer, Z_NR: number of the shift). What came
after its shift was closed belongs to the drawer's next closing, as on the Z report. Documents
without a shift, of other systems' tills, are closed by till and business day (Z_NR: days since
1970). What is in no closing yet is left to a later export.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from edge.books.postings import drawer_of
from edge.books.reads import Reads
from edge.exports.poslog import moment
from edge.exports.walking import Entry, business_day
from edge.receipts.figures import date
from edge.shifts.reads import Place, fact_at
from sync.bodies import AnyBody
from sync.cash import AuditEntry, ShiftClosed, ShiftOpened
from sync.facts import Fact
from sync.receipts import Return, Sale, Void
from sync.values import DAY_MS


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing: its keys, its business day, and where the fact that made it stands."""

    register: str
    number: int
    created: str
    day: int
    place: Place = (0, 0)

    @property
    def keys(self) -> dict[str, object]:
        """The columns that every row begins with."""
        return {"Z_KASSE_ID": self.register, "Z_ERSTELLUNG": self.created, "Z_NR": self.number}

    @property
    def booked(self) -> str:
        """Business day where it differs from the day of creation."""
        day = date(self.day)
        return "" if self.created.startswith(day) else day


@dataclass(slots=True)
class Closings:
    """All closings of a store, found by what belongs to them."""

    reads: Reads
    offset_min: Callable[[int], int]
    _of_drawer: dict[str, list[Closing]] = field(default_factory=dict)
    _by_number: dict[tuple[str, int], Closing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sql = (
            "SELECT drawer, number, closed_generation, closed_seq FROM shift"
            " WHERE closed_seq IS NOT NULL ORDER BY drawer, closed_generation, closed_seq"
        )
        for drawer, number, *place in self.reads.connection.execute(sql).fetchall():
            where = place[0], place[1]
            fact = fact_at(self.reads, where)
            created = moment(fact.at_ms, fact.offset_min)
            made = Closing(drawer, number, created, business_day(fact), where)
            self._of_drawer.setdefault(drawer, []).append(made)
            self._by_number[drawer, number] = made

    def of(self, entry: Entry) -> Closing | None:
        """Find the closing a fact belongs to; None where it belongs to none (yet)."""
        fact = entry.fact
        if fact is None:
            return None
        place = (entry.generation, entry.seq)
        return self.at(fact, place)

    def at(self, fact: Fact, place: Place) -> Closing | None:
        """Find the closing of a fact that stands at a place."""
        body = fact.body
        if isinstance(body, ShiftOpened | ShiftClosed):
            return self._of_shift(body.drawer, body.number, place)
        drawer = drawer_of(body)
        if drawer is not None:
            return self._of_shift(*drawer, place)
        return self._daily(fact) if isinstance(body, Sale | Return | Void) else None

    def _of_shift(self, drawer: str, number: int, place: Place) -> Closing | None:
        own = self._by_number.get((drawer, number))
        if own and place <= own.place:
            return own
        closings = self._of_drawer.get(drawer, [])
        first = bisect_right(closings, place, key=lambda one: one.place)
        return next((one for one in closings[first:] if one.number > number), None)

    def _daily(self, fact: Fact) -> Closing:
        day = business_day(fact)
        end_ms = (day + 1) * DAY_MS - 1000
        offset = self.offset_min(end_ms)
        created = moment(end_ms - offset * 60_000, offset)
        return Closing(_till(fact.body), day, created, day)


def _till(body: AnyBody) -> str:
    return body.till if isinstance(body, Sale | Return | Void | AuditEntry) else ""
