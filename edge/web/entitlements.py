"""One law: spending needs this node alone; headquarters is asked only where too little is here."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from msgspec.json import Decoder

from edge.errors import RightsShort
from edge.node import Node
from edge.people.access import Caller
from edge.selling.entitlements import Ask, Redeem, Reverse, Spent, Standing, rights_short, standing
from edge.shifts.doubts import actor_of
from edge.web.auth import Reading, Selling, node_of
from edge.web.body import read_body, reply
from edge.web.entitlement_shapes import (
    AskForRights,
    EntitlementReply,
    RedeemRights,
    RedemptionReply,
    ReverseRedemption,
)
from edge.web.operation import operation
from edge.web.stream import Bell
from sync.entitlements import key_of
from sync.facts import ID_BYTES

router = APIRouter(tags=["gift cards, points, coupons"])

WAIT_S = 1.5
_REDEEM = Decoder(RedeemRights)
_REVERSE = Decoder(ReverseRedemption)
_ASK = Decoder(AskForRights)
_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4b8"

Key = Annotated[
    str,
    Path(
        max_length=64,
        description="`gift:ACCOUNT` or `gift:CODE`, `points:MEMBER` or `coupon:CODE`.",
    ),
]


@router.get("/till/entitlements/{key}", **operation(EntitlementReply))
async def get_entitlement(request: Request, key: Key, _caller: Reading) -> Response:
    """Show what of a gift card, of points or of a coupon this store can spend now."""
    node = node_of(request)
    return reply(_shown(await _standing(node, await _known(key)), node))


@router.post(
    "/till/entitlements/{key}/ask",
    **operation(EntitlementReply, body=AskForRights, example={"amount": 2500}),
)
async def ask_for_rights(request: Request, key: Key, _caller: Selling) -> Response:
    """Ask headquarters, where it is linked, and wait for its word for up to 1.5 seconds.

    Rights held elsewhere come here as far as they are asked for and can be reached.
    """
    asked = await read_body(request, _ASK)
    node, key = node_of(request), await _known(key)
    if node.link.link == "up":
        await _ask(request, node, key, asked.amount)
    return reply(_shown(await _standing(node, key), node))


@router.post(
    "/till/entitlements/{key}/redeem",
    **operation(
        RedemptionReply,
        status=201,
        body=RedeemRights,
        example={"id": _ID, "amount": 2500, "operator": "ana"},
        repeat=True,
    ),
)
async def redeem_rights(request: Request, key: Key, caller: Selling) -> Response:
    """Spend rights held here. What is missing is fetched from elsewhere, if that can be reached.

    409 `rights-short` says what is here and elsewhere, as of when, and whether headquarters was
    asked.
    """
    asked = await read_body(request, _REDEEM)
    node, key = node_of(request), await _known(key)
    sale_id = asked.sale_id.bytes if asked.sale_id else b""
    actor = _actor(asked.operator, caller)
    command = Redeem(asked.id.bytes, key, asked.amount, sale_id, actor)
    try:
        return _done(await node.commit(command))
    except RightsShort:
        if node.link.link == "up":
            await _ask(request, node, key, asked.amount)
    try:
        return _done(await node.commit(command))
    except RightsShort:
        held = await _standing(node, key)
        raise rights_short(held, asked.amount, asked=node.link.link == "up") from None


@router.post(
    "/till/entitlements/{key}/reverse",
    **operation(
        RedemptionReply,
        status=201,
        body=ReverseRedemption,
        example={"id": _ID, "redeemed_id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b9"},
        repeat=True,
    ),
)
async def reverse_redemption(request: Request, key: Key, caller: Selling) -> Response:
    """Undo a redemption as a whole; the rights can be spent here again."""
    asked = await read_body(request, _REVERSE)
    actor = _actor(asked.operator, caller)
    command = Reverse(asked.id.bytes, await _known(key), asked.redeemed_id.bytes, actor)
    return _done(await node_of(request).commit(command))


async def _known(key: str) -> str:
    """Return the key with a gift card's account for its code; that takes a while, on purpose."""
    return await asyncio.to_thread(key_of, key)


async def _ask(request: Request, node: Node, key: str, amount: int) -> None:
    """Ask headquarters; return when it has answered and no more can come, or time is up."""
    bell: Bell = request.app.state.bell
    event = bell.join()
    try:
        number = await node.commit(Ask(node.random(ID_BYTES), key, amount))
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                while not _settled(await _standing(node, key), number, amount):
                    await event.wait()
                    event.clear()
    finally:
        bell.leave(event)


def _settled(held: Standing, number: int, amount: int) -> bool:
    if amount and held.here >= amount:
        return True
    return held.answered >= number and not (amount and held.elsewhere)


async def _standing(node: Node, key: str) -> Standing:
    return await node.read(node.views.within, partial(standing, key=key))


def _actor(operator: str, caller: Caller) -> str:
    return actor_of(operator or caller.staff, caller.device)


def _shown(held: Standing, node: Node) -> EntitlementReply:
    linked = node.link.link == "up"
    return EntitlementReply(
        held.key, held.here, held.elsewhere, held.blocked, held.as_of_ms, linked
    )


def _done(spent: Spent) -> Response:
    answer = RedemptionReply(
        UUID(bytes=spent.id), spent.key, spent.amount, spent.here, spent.repeated
    )
    return reply(answer, 200 if spent.repeated else 201)
