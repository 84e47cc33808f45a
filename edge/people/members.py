"""A member's card is edited like anything here: one command, durable before it is answered.

Other stores and headquarters may edit the same card at the same time; edits merge, none is lost.
"""

import re
import sqlite3
from dataclasses import dataclass
from uuid import UUID

import msgspec

from edge.books.records import RecordReads, keep
from edge.books.search import query_of
from edge.books.transaction import Books
from edge.errors import BadField, Conflict, UnknownFact
from sync import records
from sync.records import EditResult
from sync.records_card import FIELDS, Edit, InvalidEdit, MemberCard, SetField, check_edit
from sync.records_news import Held

_BETWEEN_DIGITS = re.compile(r"[ ()./+-]")
EDITS_MAX = 100
ASKED_MAX = 1_000
_LIST = "SELECT card FROM member ORDER BY name COLLATE NOCASE, record LIMIT ?"
_FIND = """
SELECT card FROM member
WHERE record IN (SELECT rowid FROM member_words WHERE member_words MATCH ?)
ORDER BY name COLLATE NOCASE, record LIMIT ?
"""
_decode = msgspec.json.Decoder(MemberCard).decode


class MemberResult(msgspec.Struct, frozen=True):
    """A card after a command; `changed` is False where it already said all that."""

    card: MemberCard
    changed: bool


class MemberChange(msgspec.Struct, frozen=True):
    """That a card changed here, by whomever; versions are this node's own and only grow."""

    version: int
    id: UUID


@dataclass(frozen=True, slots=True)
class CreateMember:
    """Begin the card of a new member under a UUID that was never used, with its first edits."""

    id: UUID
    edits: tuple[Edit, ...]

    def run(self, books: Books) -> MemberResult:
        """Write the card; raise Conflict where the id has a card that says anything else."""
        document = document_of(self.id)
        held = RecordReads(books.connection).held(document)
        writer = records.client_id(books.replica, document)
        if not held.state:
            result = _edit(records.new_card(document, writer), writer, self.edits)
            return _written(books, document, result)
        result = _edit(held.state, writer, self.edits)
        if result.update:
            raise Conflict("member", "id")
        return MemberResult(result.card, False)


@dataclass(frozen=True, slots=True)
class EditMember:
    """Edit a member's card that is held here: all of the edits, or none."""

    id: UUID
    edits: tuple[Edit, ...]

    def run(self, books: Books) -> MemberResult:
        """Write the edits; raise UnknownFact where no card is held, BadField naming the edit."""
        document = document_of(self.id)
        held = RecordReads(books.connection).held(document)
        if not held.state:
            raise UnknownFact("card", "id", member=str(self.id))
        result = _edit(held.state, records.client_id(books.replica, document), self.edits)
        if not result.update:
            return MemberResult(result.card, False)
        return _written(books, document, result)


@dataclass(frozen=True, slots=True)
class AskForMember:
    """Ask headquarters for a card that is not held here; it comes once both ends are connected."""

    id: UUID

    def run(self, books: Books) -> bool:
        """Note the question; False where too many wait for an answer already."""
        document = document_of(self.id)
        sql = "SELECT 1 FROM record WHERE doc_id = ?"
        if books.connection.execute(sql, (document,)).fetchone():
            return True
        sql = "SELECT count(*) FROM record WHERE state = x''"
        if books.connection.execute(sql).fetchone()[0] >= ASKED_MAX:
            return False
        keep(books, document, Held(), None, 0)
        return True


def document_of(member: UUID) -> str:
    """Name of a member's document."""
    return f"member/{member}"


def member_of(document: str) -> UUID:
    """Member that a document is about."""
    return UUID(document.removeprefix("member/"))


def card_of(connection: sqlite3.Connection, member: UUID) -> MemberCard | None:
    """Card of a member, None where none is held."""
    sql = "SELECT card FROM record JOIN member ON record = number WHERE doc_id = ?"
    row = connection.execute(sql, (document_of(member),)).fetchone()
    return row and _decode(row[0])


def find_cards(connection: sqlite3.Connection, text: str, limit: int) -> list[MemberCard]:
    """Cards by name, of which a name, email, tag or phone number has every word of `text`.

    The beginning of a word is enough, and four or more digits anywhere in a phone number; an empty
    `text` finds all.
    """
    digits = _BETWEEN_DIGITS.sub("", text)
    query = query_of(digits if digits.isdecimal() else text)
    if query:
        rows = connection.execute(_FIND, (query, limit))
    elif text.strip():
        return []
    else:
        rows = connection.execute(_LIST, (limit,))
    return [_decode(card) for (card,) in rows]


def changes_after(connection: sqlite3.Connection, version: int, limit: int) -> list[MemberChange]:
    """Cards that changed after a version, with the version of their newest change each."""
    sql = (
        "SELECT version, doc_id FROM record_change JOIN record ON number = record"
        " WHERE version > ? AND state <> x'' ORDER BY version LIMIT ?"
    )
    rows = connection.execute(sql, (version, limit))
    return [MemberChange(version, member_of(document)) for version, document in rows]


def newest_change(connection: sqlite3.Connection) -> int:
    """Version of the newest change of any card, 0 for none."""
    newest: int | None = connection.execute("SELECT max(version) FROM record_change").fetchone()[0]
    return newest or 0


def _written(books: Books, document: str, result: EditResult) -> MemberResult:
    keep(books, document, Held(result.state, result.state_vector), result.card, 0)
    return MemberResult(result.card, True)


def _edit(state: bytes, writer: int, edits: tuple[Edit, ...]) -> EditResult:
    if len(edits) > EDITS_MAX:
        raise BadField("edits", "edits", most=EDITS_MAX)
    for index, edit in enumerate(edits):
        try:
            check_edit(edit)
        except InvalidEdit as invalid:
            is_value = isinstance(edit, SetField) and edit.field in FIELDS
            place = "value" if is_value else invalid.field.removeprefix("note.")
            raise BadField("member", f"edits[{index}].{place}", why=str(invalid)) from None
    try:
        return records.edit(state, writer, edits)
    except InvalidEdit as invalid:
        raise BadField("member", "edits", why=str(invalid)) from None
