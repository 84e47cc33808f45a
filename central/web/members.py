"""Members' cards: what headquarters edits merges with what any store edits at the same time."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from central import members
from central.access import Caller
from central.errors import NotFound
from central.web.shapes import Answer, Asked, Name
from central.web.site import At, Reader, Writer
from sync import records_card
from sync.records_card import Edit, MemberCard

router = APIRouter(prefix="/members", tags=["members"])
Member = Annotated[UUID, Path(description="The member's id.")]
Words = Annotated[
    str, Query(max_length=100, description="Parts of name, phone, email or tags; all must be there")
]
Limit = Annotated[int, Query(ge=1, le=500)]
Id = Annotated[UUID, Field(strict=False, examples=["0199a1c2-7b3e-7c4d-8e5f-60718293a4b8"])]


class SetFieldIn(Asked):
    """Write a field: name, phone, email, language, birthday or a consent; empty clears it."""

    type: Literal["set_field"]
    field: Name
    value: str = Field(max_length=254)


class TagIn(Asked):
    """Put a tag on a card, or take it off."""

    type: Literal["add_tag", "remove_tag"]
    tag: Name


class AddNoteIn(Asked):
    """Add a note, signed with the caller's name; repeat it unchanged."""

    type: Literal["add_note"]
    id: Id
    at_ms: int = Field(ge=1, lt=2**43, description="When, UTC milliseconds.")
    text: str = Field(min_length=1, max_length=2_000)


class RemoveNoteIn(Asked):
    """Erase a note everywhere."""

    type: Literal["remove_note"]
    id: Name


EditIn = Annotated[SetFieldIn | TagIn | AddNoteIn | RemoveNoteIn, Field(discriminator="type")]


class EditsIn(Asked):
    """Edits of a card: all of them, in order, or none."""

    edits: list[EditIn] = Field(min_length=1, max_length=100)


class MemberIn(EditsIn):
    """A new member, under a UUID minted by the caller."""

    id: Id


class NoteOut(Answer):
    """A remark on a card."""

    id: str
    at_ms: int
    author: str
    text: str


class MemberOut(Answer):
    """A member's card; a field that nobody wrote is empty."""

    id: UUID
    name: str
    phone: str
    email: str
    language: str
    birthday: str
    consent_email: str
    consent_phone: str
    consent_post: str
    consent_profile: str
    tags: list[str]
    notes: list[NoteOut]


@router.get("", summary="Find members")
def find_members(site: At, _: Reader, q: Words = "", limit: Limit = 50) -> list[MemberOut]:
    """Return members by name, without their notes."""
    with site.store.read() as connection:
        found = members.find(connection, q, limit)
    return [_shown(msgspec.structs.replace(card, notes=())) for card in found]


@router.post(
    "", summary="Begin a member's card", status_code=201, responses={200: {"model": MemberOut}}
)
def create_member(site: At, caller: Writer, asked: MemberIn, response: Response) -> MemberOut:
    """Begin a card; a repeat changes nothing, other content under the same id is refused."""
    with site.store.write() as connection:
        written = members.create(connection, site.hq, asked.id, _edits(asked, caller))
    if not written.changed:
        response.status_code = 200
    return _answer(site, written)


@router.get("/{member}", summary="Show a member")
def show_member(site: At, _: Reader, member: Member) -> MemberOut:
    """Return a card as merged from all stores that have been heard."""
    with site.store.read() as connection:
        card = members.card_of(connection, member)
    if card is None:
        raise NotFound(f"no card of member {member} is held here: make it with POST", "id")
    return _shown(card)


@router.patch("/{member}", summary="Edit a member")
def edit_member(site: At, caller: Writer, member: Member, asked: EditsIn) -> MemberOut:
    """Edit a card; the stores that hold it get the edits, and keep their own."""
    with site.store.write() as connection:
        written = members.edit(connection, site.hq, member, _edits(asked, caller))
    return _answer(site, written)


def _answer(site: At, written: members.MemberWritten) -> MemberOut:
    if written.changed:
        site.authored()
    return _shown(written.card)


def _edits(asked: EditsIn, caller: Caller) -> list[Edit]:
    return [_edit(one, caller) for one in asked.edits]


def _edit(one: EditIn, caller: Caller) -> Edit:
    match one:
        case SetFieldIn():
            return records_card.SetField(one.field, one.value)
        case TagIn(type="add_tag"):
            return records_card.AddTag(one.tag)
        case TagIn():
            return records_card.RemoveTag(one.tag)
        case AddNoteIn():
            note = records_card.Note(str(one.id), one.at_ms, caller.name, one.text)
            return records_card.AddNote(note)
        case _:
            return records_card.RemoveNote(one.id)


def _shown(card: MemberCard) -> MemberOut:
    fields = msgspec.structs.asdict(card)
    member = members.member_of(fields.pop("doc_id"))
    return MemberOut.model_validate(fields | {"id": member, "tags": list(card.tags)})
