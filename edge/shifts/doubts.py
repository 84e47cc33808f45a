"""What is odd about a document of a till: its shift, or the clock it was written by."""

from edge.books.reads import Reads
from edge.books.tasks import Task, task
from edge.books.transaction import Books
from edge.shifts.reads import shift_row

CLOCK_MAX_MS = 10 * 60_000


def actor_of(operator: str, device: str) -> str:
    """How facts name who worked at a device."""
    return f"{operator}@{device}" if operator else device


def shift_doubts(reads: Reads, drawer: str, number: int) -> list[Task]:
    """List what is odd about the shift that a document names."""
    shift = shift_row(reads, drawer, number)
    if shift is None:
        return [task("shift-unknown", drawer=drawer, shift=number)]
    if shift.closed is None:
        return []
    return [task("shift-closed", drawer=drawer, shift=number)]


def attend_clock(
    books: Books, till: str, fact_id: bytes, at_ms: int, *, detached: bool = False
) -> None:
    """Put a till whose clock is wrong on the worklist, once until somebody saw to it.

    What was rung up out of reach comes later than it happened; never earlier.
    """
    ahead_ms = at_ms - books.clock()
    if abs(ahead_ms) <= CLOCK_MAX_MS or (detached and ahead_ms < 0):
        return
    sql = (
        "SELECT 1 FROM worklist WHERE closed_ms IS NULL AND kind = 'clock'"
        " AND json_extract(told, '$.till') = ?"
    )
    if books.connection.execute(sql, (till,)).fetchone() is None:
        code = "clock-ahead" if ahead_ms > 0 else "clock-behind"
        found = task(code, till=till, minutes=abs(ahead_ms) // 60_000)
        books.attend(found, books.clock(), fact_id)
