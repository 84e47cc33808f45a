"""One law: a card is edited here and now; what others edit meanwhile is merged, never undone."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response

from edge.node import Node
from edge.people import members
from edge.web.auth import Editing, Reading, node_of
from edge.web.body import read_body, reply
from edge.web.cards import MemberReply, MembersReply, member_reply
from edge.web.decoding import CREATE_MEMBER, EDIT_MEMBER, card_edits
from edge.web.operation import operation
from edge.web.problems import NotHeld
from edge.web.products import Limit
from edge.web.requests import CreateMember, EditMember

router = APIRouter(tags=["members"])

Words = Annotated[
    str,
    Query(
        max_length=100,
        description="Words of name, email or tags, or four or more digits of the phone number.",
    ),
]
_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4b8"
_NOTE_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4b9"
CREATE_EXAMPLE = {
    "id": _ID,
    "edits": [
        {"type": "set_field", "field": "name", "value": "Li Wei"},
        {"type": "set_field", "field": "phone", "value": "+44 20 7946 0958"},
        {"type": "add_tag", "tag": "green tea"},
    ],
}
EDIT_EXAMPLE = {
    "edits": [
        {"type": "set_field", "field": "email", "value": "li.wei@example.org"},
        {"type": "remove_tag", "tag": "green tea"},
        {"type": "add_note", "id": _NOTE_ID, "at_ms": 1_763_000_000_000, "text": "Prefers Oolong."},
    ],
}


@router.get("/members", **operation(MembersReply))
async def find_members(
    request: Request, _caller: Reading, q: Words = "", limit: Limit = 50
) -> Response:
    """Find members whose cards are held here, by words; without any, list them by name."""
    node = node_of(request)
    found = await node.read(node.views.members, q, limit)
    return reply(MembersReply([member_reply(msgspec.structs.replace(c, notes=())) for c in found]))


@router.post(
    "/members",
    **operation(MemberReply, status=201, body=CreateMember, example=CREATE_EXAMPLE, repeat=True),
)
async def create_member(request: Request, caller: Editing) -> Response:
    """Begin a member's card; other stores get it when they ask for the member by id."""
    asked = await read_body(request, CREATE_MEMBER)
    command = members.CreateMember(asked.id, card_edits(asked.edits, caller))
    result = await node_of(request).commit(command)
    return reply(member_reply(result.card), 201 if result.changed else 200)


@router.get("/members/{member}", **operation(MemberReply))
async def get_member(request: Request, member: UUID, _caller: Reading) -> Response:
    """Show a member's card; one that is not held here is asked for at headquarters (404 so far)."""
    node = node_of(request)
    card = await node.read(node.views.member, member)
    if card is None:
        raise await _not_held(node, member)
    return reply(member_reply(card))


@router.patch("/members/{member}", **operation(MemberReply, body=EditMember, example=EDIT_EXAMPLE))
async def edit_member(request: Request, member: UUID, caller: Editing) -> Response:
    """Edit a member's card that is held here; what others edited meanwhile stays."""
    asked = await read_body(request, EDIT_MEMBER)
    command = members.EditMember(member, card_edits(asked.edits, caller))
    return reply(member_reply((await node_of(request).commit(command)).card))


async def _not_held(node: Node, member: UUID) -> NotHeld:
    link = node.link.link
    if link == "none":
        return NotHeld("no-headquarters", member=str(member))
    if not await node.commit(members.AskForMember(member)):
        return NotHeld("too-many")
    return NotHeld("asked" if link == "up" else "cut-off", member=str(member))
