"""What a person should look at stays on its list until a person says that it was seen to."""

from enum import StrEnum

import msgspec

from edge.books import checks
from edge.books.transaction import Books
from edge.errors import UnknownFact


class List(StrEnum):
    """A list of things to look at; the value names its table."""

    WORKLIST = "worklist"
    QUARANTINE = "quarantine"


class Close(msgspec.Struct, frozen=True):
    """Take an entry off its list: `note` says what was done about it."""

    list: List
    number: int
    note: str
    actor: str = ""

    def run(self, books: Books) -> "Closed":
        """Close it, or find it closed; raise UnknownFact or BadField."""
        note = checks.text(self.note, "note", needed=True)
        table = self.list.value
        find = f"SELECT closed_ms FROM {table} WHERE number = ?"  # noqa: S608 - one of two names
        row = books.connection.execute(find, (self.number,)).fetchone()
        if row is None:
            raise UnknownFact(f"the {table} has no entry {self.number}: list it again", "number")
        if row[0] is not None:
            return Closed(self.number, row[0], repeated=True)
        now_ms = books.clock()
        close = f"UPDATE {table} SET closed_ms = ?, closed_by = ?, note = ? WHERE number = ?"  # noqa: S608
        books.connection.execute(close, (now_ms, self.actor, note, self.number))
        return Closed(self.number, now_ms, repeated=False)


class Closed(msgspec.Struct, frozen=True):
    """An entry that was seen to, and when; `repeated`: it had been before."""

    number: int
    closed_ms: int
    repeated: bool
