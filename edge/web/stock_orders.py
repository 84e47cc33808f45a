"""One law: what is to come is shown with what came of it, until somebody says it is all."""

import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from msgspec.json import Decoder

from edge.people.access import Caller
from edge.stock import expected
from edge.stock.expected import Expectation
from edge.stock.moves import CloseExpected
from edge.web.auth import Reading, Stocking, node_of
from edge.web.body import read_body, reply
from edge.web.operation import operation
from edge.web.problems import NotFound
from edge.web.products import Limit
from edge.web.replies import StockReply
from edge.web.showing import stock_reply
from edge.web.stock_shapes import (
    CloseExpectation,
    InTransitReply,
    OrderReply,
    OrdersReply,
    SentPieces,
    TransitReply,
)
from sync.values import date_of

router = APIRouter(tags=["stock"])
All = Annotated[bool, Query(alias="all", description="Also what is complete, closed, cancelled.")]
_CLOSE = Decoder(CloseExpectation)
_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4ba"
_EXAMPLE = {"id": _ID, "reason": "two boxes were missing; the supplier credits them"}


@router.get("/stock/orders", **operation(OrdersReply))
async def list_orders(
    request: Request, _caller: Reading, every: All = False, limit: Limit = 200
) -> Response:
    """List open purchase orders by the day they are due, with what came of each."""
    node = node_of(request)
    view = partial(expected.orders, closed=every, limit=limit)
    return reply(
        OrdersReply([order_reply(one) for one in await node.read(node.views.within, view)])
    )


@router.get("/stock/orders/{order:path}", **operation(OrderReply))
async def get_order(request: Request, order: str, _caller: Reading) -> Response:
    """Show a purchase order: expected, received and different, by SKU."""
    node = node_of(request)
    found = await node.read(node.views.within, partial(expected.find_order, order=order))
    if found is None:
        raise NotFound("order", order=order[:64])
    return reply(order_reply(found))


@router.post(
    "/stock/orders/{order:path}/close",
    **operation(StockReply, status=201, body=CloseExpectation, example=_EXAMPLE, repeat=True),
)
async def close_order(request: Request, order: str, caller: Stocking) -> Response:
    """Say that nothing more will come of an order, and why it differs; headquarters is told."""
    return await _close(request, caller, order=order)


@router.get("/stock/transit", **operation(TransitReply))
async def list_transit(
    request: Request, _caller: Reading, every: All = False, limit: Limit = 200
) -> Response:
    """List goods other stores have sent to this one, oldest first, with what came of each."""
    node = node_of(request)
    view = partial(expected.transit, closed=every, limit=limit)
    found = await node.read(node.views.within, view)
    return reply(TransitReply([transit_reply(one) for one in found]))


@router.post(
    "/stock/transit/{out}/close",
    **operation(StockReply, status=201, body=CloseExpectation, example=_EXAMPLE, repeat=True),
)
async def close_transit(request: Request, out: UUID, caller: Stocking) -> Response:
    """Say that nothing more will come of a transfer; headquarters and the sender are told."""
    return await _close(request, caller, out=out.bytes)


async def _close(
    request: Request, caller: Caller, *, order: str = "", out: bytes = b""
) -> Response:
    asked = await read_body(request, _CLOSE)
    command = CloseExpected(
        id=asked.id.bytes,
        order=order,
        out=out,
        reason=asked.reason,
        actor=caller.actor,
        at_ms=asked.at_ms,
    )
    result = await node_of(request).commit(command)
    return reply(stock_reply(result), 200 if result.repeated else 201)


def order_reply(known: Expectation) -> OrderReply:
    """Show an order."""
    due: datetime.date | None = date_of(known.due_day) if known.due_day else None
    return OrderReply(known.order, known.partner, due, known.note, known.state, known.lines)


def transit_reply(known: Expectation) -> InTransitReply:
    """Show goods in transit."""
    out = UUID(bytes=known.out)
    lots = [
        SentPieces(
            line.sku,
            line.quantity,
            line.lot,
            date_of(line.expiry_day) if line.expiry_day else None,
            line.serials,
        )
        for line in known.lots
    ]
    return InTransitReply(out, known.partner, known.sent_ms, known.state, known.lines, lots)
