"""One law: a sale is answered after its commit, and however often it is sent it is sold once."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from edge.people.access import Caller
from edge.web.auth import Reading, Selling, node_of
from edge.web.body import read_body, reply
from edge.web.decoding import (
    RETURN,
    SELL,
    SELL_WITH_ID,
    VOID,
    return_command,
    sell_command,
    void_command,
)
from edge.web.operation import operation
from edge.web.problems import NotFound
from edge.web.replies import ReturnReply, SaleDetailReply, SaleReply, SalesReply, VoidReply
from edge.web.requests import ReturnGoods, Sell, SellWithId, VoidSale
from edge.web.showing import (
    return_reply,
    sale_detail,
    sale_reply,
    summary_of,
    void_reply,
)

router = APIRouter(tags=["sales and returns"])

SALE_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5"
SALE_EXAMPLE = {
    "till": "t1",
    "lines": [
        {"gtin": "9521234000013", "quantity": 1},
        {"sku": "TEA-100", "quantity": 2, "discount_minor": 50},
    ],
    "tenders": [{"kind": "cash", "amount_minor": 2000}],
}
VOID_EXAMPLE = {"id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b6", "reason": "rung up twice"}
RETURN_EXAMPLE = {
    "id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b7",
    "sale_id": SALE_ID,
    "reason": "wrong size",
    "lines": [{"line": 1, "quantity": 1}],
}

Receipt = Annotated[str, Query(max_length=80, description="A receipt, such as t1-42-000017.")]
Before = Annotated[
    int, Query(ge=0, le=2**62, description="Sales before this `position`; 0: the newest.")
]
Limit = Annotated[int, Query(ge=1, le=500, description="At most this many.")]


async def _sell(request: Request, sale_id: UUID, sale: Sell, caller: Caller) -> Response:
    result = await node_of(request).commit(sell_command(sale_id, sale, caller))
    return reply(sale_reply(result), 200 if result.repeated else 201)


@router.put(
    "/sales/{sale_id}",
    **operation(SaleReply, status=201, body=Sell, example=SALE_EXAMPLE, repeat=True),
)
async def put_sale(request: Request, sale_id: UUID, caller: Selling) -> Response:
    """Sell, under an id that the till minted at the first line."""
    return await _sell(request, sale_id, await read_body(request, SELL), caller)


@router.post(
    "/sales",
    **operation(
        SaleReply,
        status=201,
        body=SellWithId,
        example={"id": SALE_ID, **SALE_EXAMPLE},
        repeat=True,
    ),
)
async def post_sale(request: Request, caller: Selling) -> Response:
    """Sell, with the id in the body."""
    sale = await read_body(request, SELL_WITH_ID)
    return await _sell(request, sale.id, sale, caller)


@router.get("/sales", **operation(SalesReply))
async def list_sales(
    request: Request, _caller: Reading, receipt: Receipt = "", before: Before = 0, limit: Limit = 50
) -> Response:
    """List sales, newest first, or find the one with a receipt's number."""
    node = node_of(request)
    if receipt:
        sale = await node.read(node.views.sale_by_receipt, receipt)
        return reply(SalesReply([summary_of(sale)] if sale else []))
    found = await node.read(node.views.sales, before, limit)
    return reply(SalesReply(found))


@router.get("/sales/{sale_id}", **operation(SaleDetailReply))
async def get_sale(request: Request, sale_id: UUID, _caller: Reading) -> Response:
    """Show a sale and what of it can still be returned."""
    node = node_of(request)
    sale = await node.read(node.views.sale, sale_id.bytes)
    if sale is None:
        raise NotFound("sale", id=str(sale_id))
    return reply(sale_detail(sale))


@router.post(
    "/sales/{sale_id}/void",
    **operation(VoidReply, status=201, body=VoidSale, example=VOID_EXAMPLE, repeat=True),
)
async def void_sale(request: Request, sale_id: UUID, caller: Selling) -> Response:
    """Undo a sale as a whole, stock and money; the receipt number stays used."""
    void = await read_body(request, VOID)
    result = await node_of(request).commit(void_command(sale_id, void, caller))
    return reply(void_reply(result), 200 if result.repeated else 201)


@router.post(
    "/returns",
    **operation(ReturnReply, status=201, body=ReturnGoods, example=RETURN_EXAMPLE, repeat=True),
)
async def return_goods(request: Request, caller: Selling) -> Response:
    """Take goods back and refund them: never more than was sold and not yet returned."""
    goods = await read_body(request, RETURN)
    result = await node_of(request).commit(return_command(goods, caller))
    return reply(return_reply(result), 200 if result.repeated else 201)


@router.get("/returns/{return_id}", **operation(ReturnReply))
async def get_return(request: Request, return_id: UUID, _caller: Reading) -> Response:
    """Show a return on record, under the id it was posted under."""
    node = node_of(request)
    returned = await node.read(node.views.returned, return_id.bytes)
    if returned is None:
        raise NotFound("return", id=str(return_id))
    return reply(return_reply(returned))
