"""The first print of a document is the original; any later one says so, and is on the audit trail.

What was printed is durable before it is printed. A request repeated under its id is the same print.
"""

import msgspec

from edge.books import checks
from edge.books.rules import drawer_of_till
from edge.books.transaction import Books, derived_id
from edge.errors import UnknownFact
from edge.shifts.reads import open_shift
from sync.cash import AuditEntry

REPRINT = "reprint"


class Printed(msgspec.Struct, frozen=True):
    """A print that may go out: the `number`-th of its document; `copy` says COPY."""

    number: int
    copy: bool
    repeated: bool


class RecordPrint(msgspec.Struct, frozen=True):
    """Record that a document is printed; `request` are the 16 bytes that name this request.

    Gift receipts are counted by themselves. `copy` makes it a copy even where it is the first:
    the original went out another way.
    """

    request: bytes
    document: bytes
    till: str
    gift: bool = False
    copy: bool = False
    actor: str = ""
    reason: str = ""

    def run(self, books: Books) -> Printed:
        """Count the print and note a reprint, or find it counted; raise UnknownFact."""
        execute = books.connection.execute
        sql = "SELECT number, copy FROM printed WHERE request = ?"
        before = execute(sql, (self.request,)).fetchone()
        if before is not None:
            return Printed(before[0], bool(before[1]), repeated=True)
        sql = "SELECT coalesce(max(number), 0) FROM printed WHERE document = ? AND gift = ?"
        number = execute(sql, (self.document, self.gift)).fetchone()[0] + 1
        copy = self.copy or number > 1
        now_ms = books.clock()
        sql = (
            "INSERT INTO printed (document, gift, number, request, copy, at_ms)"
            " VALUES (?, ?, ?, ?, ?, ?)"
        )
        execute(sql, (self.document, self.gift, number, self.request, copy, now_ms))
        if copy:
            self._audit(books, number, now_ms)
        return Printed(number, copy, repeated=False)

    def _audit(self, books: Books, number: int, now_ms: int) -> None:
        found = books.find(self.document)
        if found is None:
            raise UnknownFact("document", "id")
        drawer = drawer_of_till(books, self.till)
        shift = open_shift(books, drawer)
        entry = AuditEntry(
            action=REPRINT,
            subject=self.document,
            till=self.till,
            reason=checks.text(self.reason, "reason"),
            detail=f"{'gift receipt' if self.gift else type(found.fact.body).__name__} {number}",
            drawer=drawer,
            shift=shift.number if shift else 0,
        )
        books.append(derived_id(self.request, b"reprint"), now_ms, self.actor, entry)
