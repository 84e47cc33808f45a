"""Headquarters edits member cards like any store: under a writer's name of its own, and merging."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select

from central import schema
from central.errors import Conflict, Invalid, NotFound
from central.incarnation import Headquarters
from central.records import held_of, keep, take_clock
from sync import records
from sync.records import EditResult
from sync.records_card import FIELDS, Edit, InvalidEdit, MemberCard, SetField, check_edit
from sync.records_news import Held

_decode = msgspec.json.Decoder(MemberCard).decode


@dataclass(frozen=True, slots=True)
class MemberWritten:
    """A card after an edit; `changed` is False where it already said all that."""

    card: MemberCard
    changed: bool


def document_of(member: UUID) -> str:
    """Name of a member's document."""
    return f"member/{member}"


def member_of(document: str) -> UUID:
    """Member that a document is about."""
    return UUID(document.removeprefix("member/"))


def create(
    connection: Connection, hq: Headquarters, member: UUID, edits: Sequence[Edit]
) -> MemberWritten:
    """Begin a card under a UUID that was never used; Conflict where its card says anything else."""
    take_clock(connection)
    document = document_of(member)
    held = held_of(connection, document)
    writer = records.client_id(hq.replica, document)
    if not held.state:
        result = _edited(records.new_card(document, writer), writer, edits)
        return _written(connection, document, result)
    result = _edited(held.state, writer, edits)
    if result.update:
        detail = "this id has a card already, and it says otherwise: edit it, or mint a new id"
        raise Conflict(detail, "id")
    return MemberWritten(result.card, False)


def edit(
    connection: Connection, hq: Headquarters, member: UUID, edits: Sequence[Edit]
) -> MemberWritten:
    """Edit a card: all of the edits, or none; raise NotFound, or Invalid naming the edit."""
    take_clock(connection)
    document = document_of(member)
    held = held_of(connection, document)
    if not held.state:
        raise NotFound(f"no card of member {member} is held here: make it with POST", "id")
    result = _edited(held.state, records.client_id(hq.replica, document), edits)
    if not result.update:
        return MemberWritten(result.card, False)
    return _written(connection, document, result)


def card_of(connection: Connection, member: UUID) -> MemberCard | None:
    """Card of a member, None where none is held."""
    table = schema.record
    data = connection.scalar(select(table.c.card).where(table.c.doc_id == document_of(member)))
    return _decode(bytes(data)) if data else None


def find(connection: Connection, words: str, limit: int) -> list[MemberCard]:
    """Cards by name, of which name, phone, email and tags contain every word of `words`."""
    table = schema.record
    asked = select(table.c.card).where(table.c.card != b"").order_by(table.c.name, table.c.id)
    for word in words.lower().split():
        asked = asked.where(table.c.words.contains(word, autoescape=True))
    return [_decode(bytes(card)) for card in connection.scalars(asked.limit(limit))]


def _written(connection: Connection, document: str, result: EditResult) -> MemberWritten:
    keep(connection, document, Held(result.state, result.state_vector), result.card)
    return MemberWritten(result.card, True)


def _edited(state: bytes, writer: int, edits: Sequence[Edit]) -> EditResult:
    for index, one in enumerate(edits):
        try:
            check_edit(one)
        except InvalidEdit as invalid:
            is_value = isinstance(one, SetField) and one.field in FIELDS
            place = "value" if is_value else invalid.field.removeprefix("note.")
            raise Invalid(str(invalid), f"edits[{index}].{place}") from None
    try:
        return records.edit(state, writer, edits)
    except InvalidEdit as invalid:
        raise Invalid(str(invalid), "edits") from None
