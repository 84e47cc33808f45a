"""One law: a print job is on disk before it is on paper, and what was printed stays known.

Commands for the store's writer; the reads take any connection.
"""

import hashlib
import sqlite3
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from edge.books.transaction import Books
from edge.errors import Conflict

DONE_KEPT = 1000


class JobState(StrEnum):
    """Where a print job is."""

    QUEUED = "queued"
    PRINTING = "printing"
    DONE = "done"
    DOUBTFUL = "doubtful"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A print job; `message` says what keeps it or what to do. `again`: somebody looked."""

    id: str
    till: str
    device: str
    state: JobState
    message: str = ""
    again: bool = False


class QueueJob(msgspec.Struct, frozen=True):
    """Command: keep a job to be printed; an id that is known is answered with its job."""

    id: str
    till: str
    device: str
    document: bytes

    def run(self, books: Books) -> tuple[Job, bool]:
        """Queue it; return the job and whether it is new. Raise Conflict for another document."""
        digest = hashlib.sha256(self.document).digest()
        found = _find(books.connection, self.id)
        if found is not None:
            job, known = found
            if known != digest:
                raise Conflict("print-job", job=self.id)
            return job, False
        now_ms = books.clock()
        books.connection.execute(
            "INSERT INTO print_job (id, till, device, state, message, digest, document,"
            " created_ms, changed_ms) VALUES (?, ?, ?, 'queued', '', ?, ?, ?, ?)",
            (self.id, self.till, self.device, digest, self.document, now_ms, now_ms),
        )
        return Job(self.id, self.till, self.device, JobState.QUEUED), True


class MoveJob(msgspec.Struct, frozen=True):
    """Command: a job's state changed."""

    id: str
    state: JobState
    message: str = ""
    again: bool = False

    def run(self, books: Books) -> None:
        """Write the state; forget what a printed job said, and the oldest printed jobs."""
        execute = books.connection.execute
        execute(
            "UPDATE print_job SET state = ?, message = ?, again = ?, changed_ms = ? WHERE id = ?",
            (self.state, self.message, self.again, books.clock(), self.id),
        )
        if self.state is JobState.DONE:
            execute("UPDATE print_job SET document = x'' WHERE id = ?", (self.id,))
            execute(
                "DELETE FROM print_job WHERE state = 'done' AND number <="
                " (SELECT max(number) FROM print_job) - ?",
                (DONE_KEPT,),
            )


class DoubtInterrupted(msgspec.Struct, frozen=True):
    """Command: the node starts; what was being printed when it ended may be on paper or not."""

    message: str

    def run(self, books: Books) -> None:
        """Put these jobs in doubt."""
        books.connection.execute(
            "UPDATE print_job SET state = 'doubtful', message = ? WHERE state = 'printing'",
            (self.message,),
        )


_JOB = "SELECT id, till, device, state, message, again, digest FROM print_job"


def _job(row: tuple[str, str, str, str, str, int, bytes]) -> Job:
    return Job(row[0], row[1], row[2], JobState(row[3]), row[4], bool(row[5]))


def _find(connection: sqlite3.Connection, job_id: str) -> tuple[Job, bytes] | None:
    row = connection.execute(f"{_JOB} WHERE id = ?", (job_id,)).fetchone()
    return row and (_job(row), row[6])


def find_job(connection: sqlite3.Connection, job_id: str) -> Job | None:
    """Find a job by its id."""
    found = _find(connection, job_id)
    return found and found[0]


def document_of(connection: sqlite3.Connection, job_id: str) -> bytes:
    """Read what a job prints."""
    sql = "SELECT document FROM print_job WHERE id = ?"
    return bytes(connection.execute(sql, (job_id,)).fetchone()[0])


def jobs_of(connection: sqlite3.Connection, device: str, state: JobState) -> list[Job]:
    """List a device's jobs in a state, oldest first."""
    sql = f"{_JOB} WHERE device = ? AND state = ? ORDER BY number"
    return [_job(row) for row in connection.execute(sql, (device, state))]


def recent_jobs(connection: sqlite3.Connection, till: str, limit: int = 50) -> list[Job]:
    """List a till's jobs, newest first."""
    sql = f"{_JOB} WHERE till = ? ORDER BY number DESC LIMIT ?"
    return [_job(row) for row in connection.execute(sql, (till, limit))]
