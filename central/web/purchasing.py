"""Purchase orders: what headquarters has ordered for its stores, and what came of it."""

import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from central import purchasing
from central.errors import NotFound
from central.web.shapes import LINES_MAX, Answer, Asked, LineIn, Name, Text, WrittenOut
from central.web.site import At, Key, Reader, Writer, once
from sync.body import StockLine
from sync.orders import OrderStatus, PurchaseOrder
from sync.values import date_of, day_of

router = APIRouter(prefix="/purchase-orders", tags=["stock"])
Store = Annotated[str, Path(min_length=1, max_length=24, description="Name of the store.")]
Number = Annotated[Name, Path(description="Number of the order.")]
StoreName = Annotated[str, Query(max_length=24, description="Only this store; empty for all.")]
Every = Annotated[bool, Query(alias="all", description="Also what is closed or cancelled.")]


class PurchaseOrderIn(Asked):
    """An order for a store; `due_day` is when it should come."""

    store: Annotated[str, Field(min_length=1, max_length=24)]
    order: Name = Field(examples=["PO-2026-0117"])
    supplier: Text = ""
    due_day: datetime.date | None = Field(None, strict=False, examples=["2026-11-30"])
    note: Text = ""
    lines: list[LineIn] = Field(min_length=1, max_length=LINES_MAX)


class PurchaseOrderLineOut(Answer):
    """A SKU of an order, base units; `damaged` is part of what was received."""

    sku: str
    ordered: int
    received: int
    damaged: int
    difference: int


class PurchaseOrderOut(Answer):
    """An order and what came of it.

    `state`: `open`, `received` (all of it and nothing else), `closed` or `cancelled`; `reason` is
    what the store said when it closed it at `closed_ms` (0: it has not).
    """

    store: str
    order: str
    supplier: str
    due_day: datetime.date | None
    note: str
    state: str
    reason: str
    closed_ms: int
    lines: list[PurchaseOrderLineOut]


@router.post("", summary="Place an order")
def place_order(site: At, caller: Writer, asked: PurchaseOrderIn, key: Key = "") -> WrittenOut:
    """Order goods for a store, which is told at once and receives against the order.

    The same order once more changes nothing; another one under its number is a conflict.
    """
    days = day_of(asked.due_day) if asked.due_day else 0
    lines = [StockLine(line.sku, line.quantity) for line in asked.lines]
    order = PurchaseOrder(asked.order, asked.supplier, lines, max(days, 0), note=asked.note)
    reply = once(
        site,
        caller,
        key,
        ("place", asked.store, order),
        lambda connection: purchasing.place(
            site.author, connection, asked.store, order, caller.name
        ),
    )
    return WrittenOut(**reply)


@router.get("", summary="List orders")
def list_orders(
    site: At,
    _: Reader,
    store: StoreName = "",
    every: Every = False,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> list[PurchaseOrderOut]:
    """Return orders with what came of each, by store and number."""
    with site.store.read() as connection:
        found = purchasing.orders(connection, store, closed=every, limit=limit)
    return [_shown(one) for one in found]


@router.get("/{store}/{order:path}", summary="Show an order")
def show_order(site: At, _: Reader, store: Store, order: Number) -> PurchaseOrderOut:
    """Return an order: ordered, received and different, by SKU."""
    with site.store.read() as connection:
        found = purchasing.find(connection, store, order)
    if found is None:
        raise NotFound(f"headquarters knows no order {order} of {store}", "order")
    return _shown(found)


@router.post("/{store}/{order:path}/close", summary="Close an order")
def close_order(
    *, site: At, caller: Writer, store: Store, order: Number, key: Key = ""
) -> WrittenOut:
    """Expect nothing more of an order; what comes all the same goes to the store's worklist."""
    return _finish(site, caller, (store, order), key, OrderStatus.CLOSED)


@router.post("/{store}/{order:path}/cancel", summary="Cancel an order")
def cancel_order(
    *, site: At, caller: Writer, store: Store, order: Number, key: Key = ""
) -> WrittenOut:
    """Cancel an order; what comes all the same goes to the store's worklist."""
    return _finish(site, caller, (store, order), key, OrderStatus.CANCELLED)


def _finish(
    site: At, caller: Writer, of: tuple[str, str], key: str, status: OrderStatus
) -> WrittenOut:
    reply = once(
        site,
        caller,
        key,
        ("finish", *of, int(status)),
        lambda connection: purchasing.finish(site.author, connection, of, status, caller.name),
    )
    return WrittenOut(**reply)


def _shown(order: purchasing.Order) -> PurchaseOrderOut:
    due = date_of(order.due_day) if order.due_day else None
    lines = [PurchaseOrderLineOut.model_validate(line) for line in order.lines]
    return PurchaseOrderOut(
        store=order.store,
        order=order.order,
        supplier=order.supplier,
        due_day=due,
        note=order.note,
        state=order.state,
        reason=order.reason,
        closed_ms=order.closed_ms,
        lines=lines,
    )
