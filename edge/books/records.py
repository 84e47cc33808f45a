"""Documents that people edit together: the merged state is kept, and offered by its state vector.

What headquarters sends is merged before the transaction that takes it in, by a process of its own:
neither hostile bytes nor long work ever hold up the writer. A document that was edited meanwhile
is not taken in but offered and merged once more.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from edge.books.search import words_of
from edge.books.transaction import Books
from sync import records
from sync.identity import Replica
from sync.ledger import Outcome
from sync.records_card import MemberCard
from sync.records_news import NOTHING, Held, Verdict, is_news
from sync.records_vector import RecordRefused
from sync.topics import Lane
from sync.wire import RecordDiff, RecordOffer

PHONE_PART_DIGITS = 4
_encode = msgspec.json.Encoder().encode
_CHANGES = """
SELECT version, doc_id, vector FROM record_change JOIN record ON number = record
WHERE source IN (SELECT 0 UNION SELECT peer FROM stream WHERE peer <> ?) AND version > ?
ORDER BY version LIMIT ?
"""
_NEWEST = """
SELECT max(version) FROM record_change
WHERE source IN (SELECT 0 UNION SELECT peer FROM stream WHERE peer <> ?)
"""


class RecordReads:
    """The record half of the ledger, on a reading connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def held(self, document: str) -> Held:
        """State and state vector of a document, empty where nothing is held."""
        sql = "SELECT state, vector FROM record WHERE doc_id = ?"
        row = self._connection.execute(sql, (document,)).fetchone()
        return Held(*row) if row else Held()

    def version(self, peer: str) -> int:
        """Version of the newest document change that did not come from `peer`."""
        newest: int | None
        newest = self._connection.execute(_NEWEST, (self._source(peer),)).fetchone()[0]
        return newest or 0

    def offer_after(self, peer: str, version: int, max_documents: int) -> RecordOffer | None:
        """Documents changed after `version`, not by `peer` alone."""
        asked = (self._source(peer), version, max_documents + 1)
        rows = self._connection.execute(_CHANGES, asked).fetchall()
        if not rows:
            return None
        kept = rows[:max_documents]
        documents = [(document, vector) for _, document, vector in kept]
        return RecordOffer(version, kept[-1][0], documents, len(kept) == len(rows))

    def have(self, stream: str) -> int:
        """Version of a sender's record stream that is committed here."""
        sql = "SELECT records_have FROM stream JOIN journal ON no = peer WHERE name = ?"
        row = self._connection.execute(sql, (stream,)).fetchone()
        return row[0] if row else 0

    def wanted(self, documents: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """Offered documents that hold news; what is no offer is set aside when it is committed."""
        return list(self._news(documents))

    def _news(self, documents: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        for document, theirs in documents:
            mine = self.held(document).vector
            try:
                if is_news(mine, document, theirs):
                    yield document, mine
            except ValueError:
                continue

    def difference(self, document: str, state_vector: bytes) -> bytes | None:
        """What a document has beyond a state vector; None for one not held, or no state vector."""
        held = self.held(document)
        try:
            return records.diff(held.state, state_vector) if held.state else None
        except RecordRefused:
            return None

    def _source(self, peer: str) -> int:
        row = self._connection.execute("SELECT no FROM journal WHERE name = ?", (peer,)).fetchone()
        return row[0] if row else -1


def receive_offer(books: Books, origin: Replica, offer: RecordOffer) -> Outcome:
    """Note how far an offer goes in which nothing is wanted; set aside what in it is no offer."""
    for document, theirs in offer.documents:
        try:
            is_news(NOTHING, document, theirs)
        except ValueError as error:
            books.quarantine(str(origin), str(Lane.RECORDS), str(error), theirs)
    have = RecordReads(books.connection).have(str(origin))
    if offer.since <= have < offer.through:
        have = offer.through
        sql = (
            "UPDATE stream SET records_have = ?"
            " WHERE peer = (SELECT no FROM journal WHERE name = ?)"
        )
        books.connection.execute(sql, (have, str(origin)))
    return Outcome(have_records=have)


@dataclass(frozen=True, slots=True)
class MergeRecord:
    """Commit what became of a difference that headquarters sent."""

    origin: Replica
    diff: RecordDiff
    verdict: Verdict

    def run(self, books: Books) -> Outcome:
        """Keep the merged state, set aside what was refused, or leave it for another round."""
        result, document = self.verdict.result, self.diff.document
        if result is None:
            reason = f"{document[:80]}: {self.verdict.reason}"
            books.quarantine(str(self.origin), str(Lane.RECORDS), reason, self.diff.update)
        elif self._brings_news(RecordReads(books.connection).held(document).vector):
            sql = "SELECT no FROM journal WHERE name = ?"
            (source,) = books.connection.execute(sql, (str(self.origin),)).fetchone()
            keep(books, document, Held(result.state, result.state_vector), result.card, source)
        return Outcome(answered_record=document)

    def _brings_news(self, held: bytes) -> bool:
        result, before = self.verdict.result, self.verdict.before
        return result is not None and held == before != result.state_vector


def keep(books: Books, document: str, held: Held, card: MemberCard | None, source: int) -> None:
    """Write a document's state and what it says; `source` is who changed it, 0 for this node."""
    execute = books.connection.execute
    execute(
        "INSERT INTO record (doc_id, state, vector) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET state = excluded.state, vector = excluded.vector",
        (document, held.state, held.vector),
    )
    sql = "SELECT number FROM record WHERE doc_id = ?"
    number: int = execute(sql, (document,)).fetchone()[0]
    books.record_version += 1
    execute("DELETE FROM record_change WHERE record = ? AND source = ?", (number, source))
    sql = "INSERT INTO record_change (version, record, source) VALUES (?, ?, ?)"
    execute(sql, (books.record_version, number, source))
    if card is not None:
        sql = "INSERT OR REPLACE INTO member (record, name, card) VALUES (?, ?, ?)"
        execute(sql, (number, card.name, _encode(card)))
        execute("DELETE FROM member_words WHERE rowid = ?", (number,))
        sql = "INSERT INTO member_words (rowid, words) VALUES (?, ?)"
        execute(sql, (number, member_words(card)))


def member_words(card: MemberCard) -> str:
    """Search terms of a card: name, email, tags, and every end of the phone number."""
    digits = "".join(filter(str.isdigit, card.phone))
    ends = [digits[at:] for at in range(max(len(digits) - PHONE_PART_DIGITS, 0) + 1)]
    return words_of([card.name, card.email, *card.tags, *ends])


def contradictions(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield each document that does not say what is kept beside it, with what is wrong."""
    sql = (
        "SELECT doc_id, state, vector, card, words FROM record"
        " LEFT JOIN member ON record = number LEFT JOIN member_words AS w ON w.rowid = number"
        " WHERE state <> x'' ORDER BY number"
    )
    for document, state, vector, card, words in connection.execute(sql):
        try:
            found = records.read(state)
            if records.state_vector(state) != vector:
                yield document, "its state vector is not that of its state"
            elif _encode(found) != card:
                yield document, "its card does not say what its state says"
            elif words != member_words(found):
                yield document, "its search terms are not those of its card"
        except RecordRefused as refusal:
            yield document, str(refusal)
