"""The journal itself says when the node ran, and when headquarters was out of its reach.

What was sold while cut off has to be told apart years later; a node that was killed leaves a start
without a stop before it.
"""

from datetime import UTC, datetime

import msgspec

from edge.books.transaction import Books, derived_id
from sync.cash import AuditEntry

STARTED, STOPPED, OFFLINE = "node-start", "node-stop", "offline"
OFFLINE_MIN_MS = 10_000


class Started(msgspec.Struct, frozen=True):
    """The node runs from now on, as this version of the software."""

    software: str

    def run(self, books: Books) -> None:
        """Write it down."""
        _note(books, STARTED, self.software)


class Stopped(msgspec.Struct, frozen=True):
    """The node ends in order."""

    def run(self, books: Books) -> None:
        """Write it down."""
        _note(books, STOPPED, "")


class WasOffline(msgspec.Struct, frozen=True):
    """Headquarters was out of reach from one time to another (UTC, milliseconds)."""

    from_ms: int
    to_ms: int

    def run(self, books: Books) -> None:
        """Write it down, as an interval of ISO 8601."""
        _note(books, OFFLINE, f"{_text(self.from_ms)}/{_text(self.to_ms)}")


def _note(books: Books, action: str, detail: str) -> None:
    place = f"{books.journal}/{books.head.seq}".encode()
    entry = AuditEntry(action=action, subject=b"", till="", detail=detail)
    books.append(derived_id(place, action.encode()), books.clock(), "node", entry)


def _text(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")
