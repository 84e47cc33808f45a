"""A basket set aside keeps its identity: one till at a time has it, and what was sold stays sold.

Held baskets are no facts: nothing has happened yet.
"""

import msgspec

from edge.books import checks
from edge.books.reads import Reads
from edge.books.transaction import Books
from edge.errors import BadField, HeldSold, HeldTaken, UnknownFact
from sync.facts import ID_BYTES
from sync.values import MONEY_MAX_MINOR

KEPT_MS = 30 * 86_400_000
BASKET_MAX = 65_536


class Held(msgspec.Struct, frozen=True):
    """A basket in the list; `held_by` names who set it aside and where."""

    id: bytes
    label: str
    total_minor: int
    lines: int
    held_by: str
    held_ms: int


class Recalled(msgspec.Struct, frozen=True):
    """A basket handed to the till that recalled it."""

    held: Held
    basket: str


_HELD = "SELECT id, label, total_minor, lines, held_by, held_ms FROM held"


class Hold(msgspec.Struct, frozen=True):
    """Set a basket aside under the id that its sale will have, or again after it was recalled.

    `hold` names this putting aside: one that comes twice, or late, is done once.
    """

    id: bytes
    hold: bytes
    label: str
    total_minor: int
    lines: int
    basket: str
    till: str
    actor: str = ""

    def run(self, books: Books) -> Held:
        """Keep it; raise HeldTaken where another till has it by now, HeldSold."""
        if len(self.id) != ID_BYTES:
            raise BadField("sale-id", "id")
        if len(self.hold) != ID_BYTES:
            raise BadField("hold-id", "hold")
        checks.text(self.label, "label")
        low, high = -MONEY_MAX_MINOR, MONEY_MAX_MINOR
        checks.integer(self.total_minor, low, high, "total_minor", BadField)
        if len(self.basket.encode()) > BASKET_MAX:
            raise BadField("basket-too-large", "basket", most=BASKET_MAX)
        _check_unsold(books, self.id)
        if (before := self._repeated(books)) is not None:
            return before
        row = _state(books, self.id)
        if row is not None and row[0] != "held" and row[1] != self.till:
            raise _taken(*row)
        now_ms = books.clock()
        old = "DELETE FROM held WHERE id = ? OR (state <> 'held' AND changed_ms < ?)"
        books.connection.execute(old, (self.id, now_ms - KEPT_MS))
        books.connection.execute(
            "INSERT INTO held (id, hold, label, total_minor, lines, basket, held_by, held_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self.id, self.hold, self.label, self.total_minor, self.lines, self.basket,
             self.actor, now_ms),
        )  # fmt: skip
        return Held(self.id, self.label, self.total_minor, self.lines, self.actor, now_ms)

    def _repeated(self, reads: Reads) -> Held | None:
        """Find what this putting aside made before, whoever has taken it up since."""
        asked = (self.id, self.hold)
        row = reads.connection.execute(f"{_HELD} WHERE id = ? AND hold = ?", asked).fetchone()
        return row and Held(*row)


class Recall(msgspec.Struct, frozen=True):
    """Take a held basket up at a till: exactly one gets it, however often it asks."""

    id: bytes
    till: str

    def run(self, books: Books) -> Recalled:
        """Hand it over; raise UnknownFact, HeldTaken or HeldSold."""
        _check_unsold(books, self.id)
        row = _known(books, self.id)
        if row[0] != "held" and row != ("taken", self.till):
            raise _taken(*row)
        _change(books, self.id, "taken", self.till)
        return _content(books, self.id)


class Drop(msgspec.Struct, frozen=True):
    """Give a held basket up; it is not sold."""

    id: bytes
    till: str

    def run(self, books: Books) -> None:
        """Drop it, or find it dropped; raise UnknownFact or HeldTaken."""
        state, by = _known(books, self.id)
        if state == "taken" and by != self.till:
            raise _taken(state, by)
        _change(books, self.id, "dropped", self.till)


def held_basket(reads: Reads, basket_id: bytes) -> Recalled:
    """Look into a basket without taking it; raise UnknownFact, HeldTaken or HeldSold."""
    _check_unsold(reads, basket_id)
    row = _known(reads, basket_id)
    if row[0] != "held":
        raise _taken(*row)
    return _content(reads, basket_id)


def held_baskets(reads: Reads) -> list[Held]:
    """List baskets that can be recalled, oldest first."""
    sql = f"{_HELD} WHERE state = 'held' ORDER BY held_ms"
    found = [Held(*row) for row in reads.connection.execute(sql)]
    return [held for held in found if reads.find(held.id) is None]


def _content(reads: Reads, basket_id: bytes) -> Recalled:
    held = reads.connection.execute(f"{_HELD} WHERE id = ?", (basket_id,)).fetchone()
    sql = "SELECT basket FROM held WHERE id = ?"
    (basket,) = reads.connection.execute(sql, (basket_id,)).fetchone()
    return Recalled(Held(*held), basket)


def _state(reads: Reads, basket_id: bytes) -> tuple[str, str] | None:
    sql = "SELECT state, changed_by FROM held WHERE id = ?"
    row: tuple[str, str] | None = reads.connection.execute(sql, (basket_id,)).fetchone()
    return row


def _known(reads: Reads, basket_id: bytes) -> tuple[str, str]:
    row = _state(reads, basket_id)
    if row is None:
        raise UnknownFact("basket", "id")
    return row


def _check_unsold(reads: Reads, basket_id: bytes) -> None:
    if reads.find(basket_id) is not None:
        raise HeldSold("basket", "id")


def _taken(state: str, by: str) -> HeldTaken:
    return HeldTaken("dropped" if state == "dropped" else "taken", "id", till=by)


def _change(books: Books, basket_id: bytes, state: str, till: str) -> None:
    sql = "UPDATE held SET state = ?, changed_by = ?, changed_ms = ? WHERE id = ?"
    books.connection.execute(sql, (state, till, books.clock(), basket_id))
