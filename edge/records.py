"""Documents that people edit together; this node holds none, and says so to headquarters."""

import sqlite3
from collections.abc import Sequence

from edge.books import Books
from sync.identity import Replica
from sync.ledger import Outcome
from sync.wire import RecordDiff, RecordOffer


class RecordReads:
    """The record half of the ledger, on a reading connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def version(self, _peer: str) -> int:
        """Version of the newest document change that did not come from `peer`."""
        return 0

    def offer_after(self, _peer: str, _version: int, _max_documents: int) -> RecordOffer | None:
        """Documents changed after `version`, not by `peer` alone."""
        return None

    def have(self, stream: str) -> int:
        """Version of a sender's record stream that is committed here."""
        sql = "SELECT records_have FROM stream JOIN journal ON no = peer WHERE name = ?"
        row = self._connection.execute(sql, (stream,)).fetchone()
        return row[0] if row else 0

    def wanted(self, _documents: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """Offered documents that hold news."""
        return []

    def difference(self, _document: str, _state_vector: bytes) -> bytes | None:
        """What a document has beyond a state vector."""
        return None


def receive(books: Books, origin: Replica, message: RecordOffer | RecordDiff) -> Outcome:
    """Commit an offer in which nothing was wanted, or a difference that was asked for."""
    if isinstance(message, RecordDiff):
        return Outcome()
    have = RecordReads(books.connection).have(str(origin))
    if message.since <= have < message.through:
        have = message.through
        sql = (
            "UPDATE stream SET records_have = ? WHERE peer = (SELECT no FROM journal WHERE name=?)"
        )
        books.connection.execute(sql, (have, str(origin)))
    return Outcome(have_records=have)
