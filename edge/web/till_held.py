"""One law: a held basket is at one till at a time, and what was sold is held no more."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, Response
from msgspec.json import Decoder

from edge.books.checks import masked
from edge.selling.held import Drop, Held, Hold, Recall, Recalled, held_basket, held_baskets
from edge.web import till_requests as asked
from edge.web.auth import Reading, Selling, node_of
from edge.web.body import read_body, reply
from edge.web.operation import operation
from edge.web.till_replies import DroppedReply, HeldBasketsReply, HeldReply, RecalledReply
from edge.web.till_shifts import who

router = APIRouter(tags=["held baskets"])

HOLD_EXAMPLE = {
    "hold": "0199a1c2-7b3e-7c4d-8e5f-60718293a4d1",
    "label": "lady with the umbrella",
    "total_minor": 998,
    "lines": 1,
    "basket": "{}",
    "operator": "ana",
}
_HOLD = Decoder(asked.Hold)


@router.put("/till/held/{sale_id}", **operation(HeldReply, body=asked.Hold, example=HOLD_EXAMPLE))
async def hold_basket(request: Request, sale_id: UUID, caller: Selling) -> Response:
    """Set a basket aside for any till, under the id that its sale will have."""
    held = await read_body(request, _HOLD)
    command = Hold(
        id=sale_id.bytes,
        hold=held.hold.bytes,
        label=masked(held.label),
        total_minor=held.total_minor,
        lines=held.lines,
        basket=held.basket,
        till=caller.device,
        actor=who(held.operator, caller),
    )
    return reply(_held(await node_of(request).commit(command)))


@router.get("/till/held", **operation(HeldBasketsReply))
async def list_held(request: Request, _caller: Reading) -> Response:
    """List baskets that any till can recall, oldest first."""
    node = node_of(request)
    held = await node.read(node.views.within, held_baskets)
    return reply(HeldBasketsReply([_held(basket) for basket in held]))


@router.get("/till/held/{sale_id}", **operation(RecalledReply))
async def look_into_held(request: Request, sale_id: UUID, _caller: Reading) -> Response:
    """Look into a held basket; it stays where it is."""
    node = node_of(request)
    read = partial(held_basket, basket_id=sale_id.bytes)
    return reply(_recalled(await node.read(node.views.within, read)))


@router.post("/till/held/{sale_id}/recall", **operation(RecalledReply))
async def recall_basket(request: Request, sale_id: UUID, caller: Selling) -> Response:
    """Take a held basket up: exactly one till gets it, and gets it again if it asks again."""
    return reply(_recalled(await node_of(request).commit(Recall(sale_id.bytes, caller.device))))


@router.delete("/till/held/{sale_id}", **operation(DroppedReply))
async def drop_basket(request: Request, sale_id: UUID, caller: Selling) -> Response:
    """Give a held basket up: nothing of it is sold."""
    await node_of(request).commit(Drop(sale_id.bytes, caller.device))
    return reply(DroppedReply(sale_id))


def _recalled(recalled: Recalled) -> RecalledReply:
    held = recalled.held
    return RecalledReply(
        UUID(bytes=held.id),
        held.label,
        held.total_minor,
        held.lines,
        held.held_by,
        held.held_ms,
        recalled.basket,
    )


def _held(held: Held) -> HeldReply:
    return HeldReply(
        UUID(bytes=held.id), held.label, held.total_minor, held.lines, held.held_by, held.held_ms
    )
