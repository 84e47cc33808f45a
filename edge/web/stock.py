"""One law: stock moves by documents alone, and every figure can say where it comes from."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from msgspec.json import Decoder

from edge.views.values import StockDetail, StockPage
from edge.web import requests
from edge.web.auth import Reading, Stocking, node_of
from edge.web.body import read_body, reply
from edge.web.decoding import stock_command
from edge.web.operation import operation
from edge.web.problems import NotFound
from edge.web.products import Cursor, Limit
from edge.web.replies import StockReply, TransfersReply
from edge.web.showing import stock_reply

_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4b8"
_LINES = [{"sku": "TEA-100", "quantity": 24}]

Movements = Annotated[int, Query(ge=0, le=500, description="At most this many movements.")]


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of stock work: where it is posted, its body and an example."""

    path: str
    body: type[requests.StockWork]
    example: dict[str, Any]


WORKS = (
    Work(
        "receipts",
        requests.ReceiveGoods,
        {"reference": "PO-1001", "supplier": "North Tea Co.", "lines": _LINES},
    ),
    Work(
        "write-offs",
        requests.WriteOff,
        {"reason": "broken", "lines": [{"sku": "TEA-100", "quantity": 1}]},
    ),
    Work(
        "adjustments",
        requests.Adjust,
        {"reason": "found behind the shelf", "lines": [{"sku": "TEA-100", "quantity": -2}]},
    ),
    Work(
        "transfers-out",
        requests.TransferOut,
        {"to_store": "s0002", "lines": _LINES},
    ),
    Work(
        "transfers-in",
        requests.TransferIn,
        {"from_store": "s0002", "out": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b9", "lines": _LINES},
    ),
    Work(
        "counts",
        requests.Count,
        {"scope": "shelf 7", "lines": [{"sku": "TEA-100", "counted": 21, "seen": 22}]},
    ),
    Work("openings", requests.Open, {"lines": _LINES}),
    Work(
        "grants",
        requests.Grant,
        {"lines": [{"sku": "TEA-100", "quantity": 5}]},
    ),
)


def stock_router() -> APIRouter:
    """Make the routes of stock and stock work."""
    router = APIRouter(tags=["stock"])
    router.get("/stock", **operation(StockPage))(list_stock)
    router.get("/stock/{sku:path}", **operation(StockDetail))(get_stock)
    router.get("/transfers", **operation(TransfersReply))(list_transfers)
    for work in WORKS:
        router.post(
            f"/stock/{work.path}",
            name=f"post_{work.path.replace('-', '_')}",
            description=(work.body.__doc__ or "").strip(),
            **operation(
                StockReply,
                status=201,
                body=work.body,
                example={"id": _ID, **work.example},
                repeat=True,
            ),
        )(_posting(work.body))
    return router


def _posting(body: type[requests.StockWork]) -> Callable[..., Awaitable[Response]]:
    decoder = Decoder(body)

    async def post(request: Request, caller: Stocking) -> Response:
        work = await read_body(request, decoder)
        result = await node_of(request).commit(stock_command(work, caller))
        return reply(stock_reply(result), 200 if result.repeated else 201)

    return post


async def list_stock(
    request: Request, _caller: Reading, cursor: Cursor = "", limit: Limit = 100
) -> Response:
    """List stock on hand of every SKU, in base units, by SKU."""
    node = node_of(request)
    return reply(await node.read(node.views.stock, cursor, limit))


async def get_stock(
    request: Request, sku: str, _caller: Reading, movements: Movements = 20
) -> Response:
    """Show stock of a SKU and why the books say so: each counter, and the facts that moved it."""
    node = node_of(request)
    detail = await node.read(node.views.stock_of, sku, movements)
    if detail is None:
        raise NotFound("stock", sku=sku[:64])
    return reply(detail)


async def list_transfers(request: Request, _caller: Reading, limit: Limit = 100) -> Response:
    """List transfers to and from other stores, newest first."""
    node = node_of(request)
    return reply(TransfersReply(await node.read(node.views.transfers, limit)))
