"""One law: the app is built around a node that somebody else opens, starts and stops."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi

from edge.books.attention import Closed
from edge.node import Node
from edge.receipts.rendering import ReceiptReply
from edge.views.values import Change, JournalEntry, ProductPage, ProductView, StockDetail, StockPage
from edge.web import (
    cards,
    device_shapes,
    entitlement_shapes,
    entitlements,
    members,
    pages,
    problems,
    products,
    receipts,
    replies,
    report_prints,
    requests,
    sales,
    staff,
    status,
    stock_lists,
    stock_orders,
    stock_sheets,
    stream,
    till,
    till_control,
    till_devices,
    till_events,
    till_held,
    till_papers,
    till_replies,
    till_requests,
    till_returns,
    till_shifts,
)
from edge.web.auth import Reading
from edge.web.body import reply
from edge.web.operation import schemas
from edge.web.stock import stock_router
from edge.web.stock_shapes import SHAPES as STOCK_SHAPES

PREFIX = "/api/v1"
INTRODUCTION = """\
The API of one store's node, for tills and for other systems' tills.

```console
$ evertill-edge init --store s0001
$ evertill-edge device add t1 --role till
$ evertill-edge run
$ curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8470/api/v1/status
```

- Money is in minor units (cents), quantities in base units (pieces, grams, millilitres,
  millimetres); both are integers, times are UTC milliseconds.
- Every command carries a UUID minted by the caller before the first try. Send it again, unchanged,
  until an answer comes: it is carried out once, and the answer comes after it is on disk.
- Every request but the health check carries a bearer token: a device's, or that of a person logged
  in at a device (`POST /api/v1/staff/login`). Roles decide what it may do. Devices: `till` and
  `pos` read and sell (a till numbers its own receipts, a pos those of several tills), `stock` reads
  and posts stock work, `readonly` reads, `admin` may everything. People: `cashier`, `stock`,
  `auditor` and `manager`.
- Every error is a problem document (RFC 9457): `code` and `case` are stable and for programs,
  `detail` says what to do, `field` names the place in the request, `values` are what it is about
  (see [Problems of the store API](problems.md)). A refused request has changed nothing; 503
  says that it may be repeated in a moment.
- Lists are read page by page: `cursor` of one page asks for the next.
"""
SHAPES: tuple[type, ...] = (
    problems.ProblemDocument,
    ProductPage,
    requests.Quote,
    requests.SellWithId,
    requests.Sell,
    requests.VoidSale,
    requests.ReturnGoods,
    requests.ReceiveGoods,
    requests.WriteOff,
    requests.Adjust,
    requests.TransferOut,
    requests.TransferIn,
    requests.Count,
    requests.Open,
    requests.Grant,
    requests.Login,
    requests.Close,
    requests.CreateMember,
    requests.EditMember,
    entitlement_shapes.RedeemRights,
    entitlement_shapes.ReverseRedemption,
    entitlement_shapes.AskForRights,
    entitlement_shapes.EntitlementReply,
    entitlement_shapes.RedemptionReply,
    ProductView,
    replies.QuoteReply,
    replies.SaleReply,
    replies.SaleDetailReply,
    replies.SalesReply,
    replies.VoidReply,
    replies.ReturnReply,
    replies.StockReply,
    StockPage,
    StockDetail,
    replies.TransfersReply,
    replies.WorklistReply,
    replies.QuarantineReply,
    Closed,
    Change,
    replies.RestartEvent,
    cards.MemberEvent,
    cards.MemberReply,
    cards.MembersReply,
    JournalEntry,
    ReceiptReply,
    receipts.PrintReceipt,
    receipts.PreviewReceipt,
    receipts.PrintReply,
    replies.StatusReply,
    replies.HealthReply,
    replies.LoginReply,
    replies.LogoutReply,
    replies.WhoAmIReply,
    *device_shapes.SHAPES,
    *STOCK_SHAPES,
    till_requests.FinishedSale,
    till_replies.LifeReply,
    till_replies.SetupReply,
    till_replies.CatalogueReply,
    till_requests.OpenShift,
    till_requests.MoveCash,
    till_requests.CloseShift,
    till_requests.Approve,
    till_requests.Audit,
    till_replies.ShiftReply,
    till_replies.CashReply,
    till_replies.ReportReply,
    till_replies.ReportsReply,
    till_replies.ApprovalReply,
    till_replies.AuditReply,
    till_requests.Hold,
    till_requests.Stranded,
    till_requests.TillReturn,
    till_requests.TillVoid,
    till_replies.HeldReply,
    till_replies.HeldBasketsReply,
    till_replies.RecalledReply,
    till_replies.DroppedReply,
    till_replies.DocumentsReply,
    till_replies.StrandedReply,
)


class App(FastAPI):
    """FastAPI with the shapes and the security of this API in its OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """Describe the API."""
        if self.openapi_schema is None:
            document = get_openapi(
                title=self.title,
                version=self.version,
                description=self.description,
                routes=self.routes,
            )
            for methods in document["paths"].values():
                for described in methods.values():
                    text = described.get("description", "")
                    described["summary"] = re.split(r"[.:;]", text, maxsplit=1)[0]
            components = document.setdefault("components", {})
            components["schemas"] = schemas(SHAPES)
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"token": []}]
            self.openapi_schema = document
        return self.openapi_schema


def _routers() -> tuple[APIRouter, ...]:
    """All routes of the API; they are tried in this order: tills wait for sales."""
    return (
        till.router,
        till_shifts.router,
        till_control.router,
        till_held.router,
        till_returns.router,
        till_papers.router,
        report_prints.router,
        receipts.router,
        entitlements.router,
        sales.router,
        products.router,
        stock_orders.router,
        stock_sheets.router,
        stock_lists.router,
        stock_router(),
        staff.router,
        members.router,
        stream.router,
        status.router,
        till_events.router,
        till_devices.router,
    )


def create_app(node: Node) -> FastAPI:
    """Make the HTTP API of a started node."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        bell = stream.Bell(asyncio.get_running_loop())
        app.state.bell = bell
        node.store.on_commit(bell.committed)
        await node.hardware.start()
        try:
            yield
        finally:
            await node.hardware.close()

    app = App(
        title="Evertill store API",
        version="1",
        summary="Sell, return and keep stock at one store.",
        description=INTRODUCTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.node = node
    problems.install(app)
    for router in _routers():
        app.include_router(router, prefix=PREFIX)
    app.include_router(pages.pages_router())
    app.get(f"{PREFIX}/openapi.json", include_in_schema=False)(_document)
    return app


async def _document(request: Request, _caller: Reading) -> Response:
    """Describe this API (OpenAPI 3.1)."""
    return reply(request.app.openapi())
