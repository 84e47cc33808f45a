"""One law: a till gets all it works with, and what it finished is taken as it happened."""

from functools import partial
from hashlib import blake2b
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Header, Query, Request, Response

from edge.node import Node
from edge.selling.till_returns import Exchange
from edge.selling.tilling import BeginLife
from edge.views.till import CATALOGUE_MAX, catalogue_after, setup_of
from edge.web import till_requests as asked
from edge.web.auth import Reading, Selling, node_of
from edge.web.body import read_body, reply
from edge.web.operation import operation
from edge.web.replies import SaleReply
from edge.web.showing import sale_reply
from edge.web.till_decoding import FINISHED_SALE, finished_sale, till_of
from edge.web.till_replies import CatalogueReply, DeviceReply, LifeReply, SetupReply
from sync.values import date_of

router = APIRouter(tags=["the till"])

SALE_MAX_BYTES = 1024 * 1024

FINISHED_EXAMPLE = {
    "life": 994_000_001,
    "number": 17,
    "drawer": "t1",
    "shift": 3,
    "business_day": "2026-11-21",
    "at_ms": 1_795_190_400_000,
    "operator": "ana",
    "lines": [
        {
            "sku": "TEA-100",
            "name": "Green tea",
            "quantity": 2,
            "price_minor": 499,
            "tax_code": "std",
            "tax_ppm": 190_000,
        }
    ],
    "tenders": [
        {"kind": "cash", "amount_minor": 1000},
        {"kind": "change", "amount_minor": -2},
    ],
    "total_minor": 998,
}

Cursor = Annotated[str, Query(max_length=80, description="`cursor` of the answer before.")]
Limit = Annotated[int, Query(ge=1, le=CATALOGUE_MAX, description="At most this many.")]
Known = Annotated[str, Header(alias="if-none-match", description="ETag of what is held.")]


@router.put(
    "/till/sales/{sale_id}",
    **operation(
        SaleReply, status=201, body=asked.FinishedSale, example=FINISHED_EXAMPLE, repeat=True
    ),
)
async def put_finished_sale(request: Request, sale_id: UUID, caller: Selling) -> Response:
    """Record a sale that a till has finished; what does not fit the books goes to the worklist.

    In an exchange, a negative tender `card` without a reference is what is left for the card: the
    till's terminal pays it back, see /till/payments.
    """
    asked_for = await read_body(request, FINISHED_SALE, SALE_MAX_BYTES)
    sale = finished_sale(sale_id, asked_for, caller)
    node = node_of(request)
    result = await node.commit(Exchange(sale, node.hardware.terminal_of(sale.till)))
    return reply(sale_reply(result), 200 if result.repeated else 201)


@router.post("/till/life", **operation(LifeReply))
async def begin_life(request: Request, caller: Selling) -> Response:
    """Begin a new series of receipts, for a till whose browser holds none."""
    return reply(await node_of(request).commit(BeginLife(till_of(caller))))


@router.get("/till/setup", **operation(SetupReply))
async def get_setup(request: Request, caller: Reading, known: Known = "") -> Response:
    """Show what a till needs to work: store, taxes, people, rules, devices. Knows ETags."""
    node = node_of(request)
    settings = node.settings
    setup = await node.read(node.views.within, partial(setup_of, till=caller.device))
    today = node.store.books.day(None, node.clock())
    answer = SetupReply(
        **msgspec.structs.asdict(setup),
        till=caller.device,
        currency=settings.currency,
        exponent=settings.places,
        timezone=settings.timezone,
        software=node.version,
        business_day=date_of(today),
        devices=_devices(node, caller.device),
    )
    return _tagged(answer, known)


@router.get("/till/catalogue", **operation(CatalogueReply))
async def get_catalogue(
    request: Request, _caller: Reading, after: Cursor = "", limit: Limit = 5000
) -> Response:
    """List products that changed after a cursor, all from the empty one; ask on while `more`."""
    node = node_of(request)
    read = partial(catalogue_after, cursor=after, limit=limit)
    return reply(await node.read(node.views.within, read))


def _devices(node: Node, till: str) -> list[DeviceReply]:
    """List the devices a till may use."""
    found = [node.hardware.describe(unit) for unit in node.hardware.of_till(till)]
    return [DeviceReply(one.name, one.kind, one.category, one.state) for one in found]


def _tagged(answer: msgspec.Struct, known: str) -> Response:
    """Answer with an ETag, or that nothing changed."""
    response = reply(answer)
    tag = f'"{blake2b(response.body, digest_size=12).hexdigest()}"'
    if tag in known:
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return response
