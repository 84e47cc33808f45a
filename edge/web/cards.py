"""One law: what is shown of a member's card is the card as merged here, field by field."""

from uuid import UUID

import msgspec

from edge.people.members import member_of
from sync.records_card import MemberCard


class NoteReply(msgspec.Struct, frozen=True):
    """A remark on a card."""

    id: str
    at_ms: int
    author: str
    text: str


class MemberReply(msgspec.Struct, frozen=True):
    """A member's card; a field that nobody wrote is empty, consents are `yes`, `no` or empty."""

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
    notes: list[NoteReply]


class MembersReply(msgspec.Struct, frozen=True):
    """Members found, by name; without their notes."""

    members: list[MemberReply]


class MemberEvent(msgspec.Struct, frozen=True):
    """A member's card changed, here or elsewhere: read it afresh."""

    id: UUID
    version: int


def member_reply(card: MemberCard) -> MemberReply:
    """Show a card."""
    fields = msgspec.structs.asdict(card)
    member = member_of(fields.pop("doc_id"))
    return msgspec.convert(fields | {"id": member}, MemberReply, from_attributes=True)
