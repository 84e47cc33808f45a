"""What needs somebody's word leaves a trace: who gave it, for what and when."""

import msgspec

from edge.books import checks
from edge.books.rules import drawer_of_till
from edge.books.transaction import Books, request_digest
from edge.shifts.doubts import actor_of, attend_clock
from edge.shifts.reads import open_shift
from sync.cash import AuditEntry

AUDITED_MAX = 100


class Entry(msgspec.Struct, frozen=True):
    """An entry of the audit trail; `subject` names a document, `shift` 0 is the open one."""

    id: bytes
    action: str
    at_ms: int | None = None
    subject: bytes = b""
    reason: str = ""
    approver: str = ""
    detail: str = ""
    drawer: str = ""
    shift: int = 0
    operator: str = ""


class Recorded(msgspec.Struct, frozen=True):
    """How many entries were written now, and how many had been before."""

    recorded: int
    repeated: int


class RecordAudit(msgspec.Struct, frozen=True):
    """Write entries of a till's audit trail, in the order they happened."""

    till: str
    entries: tuple[Entry, ...]

    def run(self, books: Books) -> Recorded:
        """Write those that are not there yet; raise Problem."""
        recorded = sum(self._record(books, entry) for entry in self.entries)
        return Recorded(recorded, len(self.entries) - recorded)

    def _record(self, books: Books, entry: Entry) -> bool:
        request = request_digest(entry)
        if books.prior(entry.id, request, AuditEntry) is not None:
            return False
        at_ms = books.when(entry.at_ms)
        drawer = entry.drawer or drawer_of_till(books, self.till)
        shift = None if entry.shift else open_shift(books, drawer)
        body = AuditEntry(
            action=checks.name(entry.action, "action", needed=True),
            subject=entry.subject,
            till=self.till,
            reason=checks.masked(entry.reason),
            approver=entry.approver,
            detail=checks.masked(entry.detail),
            drawer=drawer,
            shift=shift.number if shift else entry.shift,
        )
        books.append(entry.id, at_ms, actor_of(entry.operator, self.till), body, request)
        attend_clock(books, self.till, entry.id, at_ms, detached=True)
        return True
