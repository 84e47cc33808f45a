"""An order is open until headquarters closes or cancels it, or the store says that it is all there.

Headquarters' word is a fact in the store's journal; what came is what the store's receipts add up
to, whoever of the two is heard first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select

from central import schema
from central.authoring import Author, Written
from central.errors import Conflict, Invalid, NotFound
from central.schema_expected import order_line, purchase_order
from sync.body import StockLine
from sync.facts import decode_fact
from sync.identity import headquarters_for
from sync.orders import OrderStatus, PurchaseOrder, Received, fault_of


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A SKU of an order in base units; `ordered` is 0 for what was not ordered."""

    sku: str
    ordered: int
    received: int
    damaged: int
    difference: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order and what came of it; `state`: open, received (all of it), closed or cancelled.

    `reason` is what the store said when it closed it, at `closed_ms` (0: it has not).
    """

    store: str
    order: str
    supplier: str
    due_day: int
    note: str
    state: str
    reason: str
    closed_ms: int
    lines: list[OrderLine]


def place(
    author: Author, connection: Connection, store: str, order: PurchaseOrder, actor: str
) -> Written:
    """Place an order with a store; the same once more changes nothing.

    Raises Invalid for one that contradicts itself, Conflict where its number stands for another.
    """
    fault = fault_of(order)
    if fault:
        raise Invalid(fault, "lines")

    def decide(connection: Connection) -> Sequence[PurchaseOrder]:
        known = _known(connection, store, order.order)
        if known is None:
            return [order]
        if known[0] != order:
            detail = f"order {order.order} of {store} is another one: choose another number"
            raise Conflict(detail, "order")
        return []

    return _write(author, connection, (store, order.order), actor, decide)


def finish(
    author: Author, connection: Connection, of: tuple[str, str], status: OrderStatus, actor: str
) -> Written:
    """Close or cancel an order; its status only moves forward.

    `of` are store and number. Raises NotFound for an unknown order, Conflict for one that is
    finished otherwise.
    """
    store, order = of

    def decide(connection: Connection) -> Sequence[PurchaseOrder]:
        known = _known(connection, store, order)
        if known is None:
            raise NotFound(f"headquarters knows no order {order[:64]!r} of {store}", "order")
        body, reached = known
        if reached == status:
            return []
        if reached is not OrderStatus.OPEN:
            raise Conflict(f"order {order} is {reached.name.lower()} already", "order")
        said = PurchaseOrder(body.order, body.supplier, body.lines, body.due_day, status, body.note)
        return [said]

    return _write(author, connection, of, actor, decide)


def _write(
    author: Author,
    connection: Connection,
    of: tuple[str, str],
    actor: str,
    decide: Callable[[Connection], Sequence[PurchaseOrder]],
) -> Written:
    store, order = of
    written = author.tell(connection, store, decide, actor)
    if written is not None:
        return written
    table = purchase_order
    row = connection.execute(
        select(table.c.generation, table.c.seq)
        .join(schema.store, schema.store.c.id == table.c.store_id)
        .where(schema.store.c.name == store, table.c.order_id == order)
    ).one()
    return Written(str(headquarters_for(store, row.generation)), row.seq)


def _known(
    connection: Connection, store: str, order: str
) -> tuple[PurchaseOrder, OrderStatus] | None:
    table = purchase_order
    row = connection.execute(
        select(table.c.body, table.c.status)
        .join(schema.store, schema.store.c.id == table.c.store_id)
        .where(schema.store.c.name == store, table.c.order_id == order)
    ).first()
    body = _body(row.body) if row else None
    return None if row is None or body is None else (body, OrderStatus(row.status))


def _body(data: bytes) -> PurchaseOrder | None:
    body = decode_fact(bytes(data)).body if data else None
    return body if isinstance(body, PurchaseOrder) else None


def orders(
    connection: Connection, store: str = "", *, closed: bool = False, limit: int = 200
) -> list[Order]:
    """List orders by store and number, with what came; `closed`: also those that are finished."""
    table, stores = purchase_order, schema.store
    query = (
        select(table, stores.c.name)
        .join(stores, stores.c.id == table.c.store_id)
        .order_by(stores.c.name, table.c.order_id)
        .limit(limit)
    )
    if store:
        query = query.where(stores.c.name == store)
    if not closed:
        query = query.where(table.c.status == 0, table.c.closed_ms == 0)
    return [_order(connection, row) for row in connection.execute(query).all()]


def find(connection: Connection, store: str, order: str) -> Order | None:
    """Find an order of a store; None where there is none."""
    table, stores = purchase_order, schema.store
    row = connection.execute(
        select(table, stores.c.name)
        .join(stores, stores.c.id == table.c.store_id)
        .where(stores.c.name == store, table.c.order_id == order)
    ).first()
    return None if row is None else _order(connection, row)


def _order(connection: Connection, row: Row[tuple[object, ...]]) -> Order:
    body = _body(row.body) or PurchaseOrder(row.order_id, "", [])
    table = order_line
    came = {
        line.sku: (line.received, line.damaged)
        for line in connection.execute(
            select(table).where(table.c.store_id == row.store_id, table.c.order_id == row.order_id)
        )
    }
    lines = _lines(body.lines, came)
    closing = decode_fact(bytes(row.closing)).body if row.closing else None
    reason = closing.reason if isinstance(closing, Received) else ""
    state = _state(OrderStatus(row.status), row.closed_ms, lines)
    said = (body.supplier, body.due_day, body.note)
    return Order(row.name, row.order_id, *said, state, reason, row.closed_ms, lines)


def _lines(ordered: Sequence[StockLine], came: dict[str, tuple[int, int]]) -> list[OrderLine]:
    wanted = {line.sku: line.quantity for line in ordered}
    lines = []
    for sku in [*wanted, *sorted(came.keys() - wanted.keys())]:
        received, damaged = came.get(sku, (0, 0))
        quantity = wanted.get(sku, 0)
        lines.append(OrderLine(sku, quantity, received, damaged, received - quantity))
    return lines


def _state(status: OrderStatus, closed_ms: int, lines: Sequence[OrderLine]) -> str:
    if status is OrderStatus.CANCELLED:
        return "cancelled"
    exact = not any(line.difference or line.damaged for line in lines)
    if exact:
        return "received"
    return "closed" if closed_ms or status is OrderStatus.CLOSED else "open"
