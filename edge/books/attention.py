"""What a person should look at stays on its list until a person says that it was seen to.

So does what a till finished and the node could not read: nothing is lost.
"""

from enum import StrEnum
from uuid import UUID

import msgspec

from edge.books import checks
from edge.books.tasks import task
from edge.books.transaction import Books
from edge.errors import UnknownFact

LANE = "till"


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
            raise UnknownFact(table, "number", number=self.number)
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


class Strand(msgspec.Struct, frozen=True):
    """Keep a document that was refused as malformed, with the problem it was refused for."""

    id: bytes
    till: str
    document: str
    problem: str

    def run(self, books: Books) -> "Stranded":
        """Put it into quarantine and on the worklist, once."""
        start = f"{UUID(bytes=self.id)}: "
        sql = (
            "SELECT number FROM quarantine WHERE lane = ? AND origin = ?"
            " AND substr(reason, 1, ?) = ?"
        )
        asked = (LANE, self.till, len(start), start)
        row = books.connection.execute(sql, asked).fetchone()
        if row is not None:
            return Stranded(row[0], repeated=True)
        books.quarantine(self.till, LANE, start + self.problem, self.document.encode())
        number = books.connection.execute(sql, asked).fetchone()[0]
        books.attend(task("stranded", till=self.till, entry=number), books.clock(), self.id)
        return Stranded(number, repeated=False)


class Stranded(msgspec.Struct, frozen=True):
    """Where the document is kept."""

    number: int
    repeated: bool
