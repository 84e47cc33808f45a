"""What stores are to expect and what came adds up in any order: sums, maxima, the newest word.

A purchase order is in its store's journal of headquarters; goods in transit are what one store sent
and another has not posted in. Whether a store was told of them follows from the facts that tell it,
so that nobody is told twice and nobody is forgotten, whenever headquarters stops.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from central import schema
from central.quarantine import Task
from central.schema_expected import order_line, purchase_order, transit, transit_line
from central.store import bulk
from sync.bodies import AnyBody, GoodsReceipt, TransferIn, TransferOut
from sync.body import StockLine
from sync.facts import ID_BYTES
from sync.identity import Replica
from sync.orders import Arrived, Difference, InTransit, PurchaseOrder, Received

_NEWER = (
    "CASE WHEN excluded.generation > purchase_order.generation"
    " OR excluded.generation = purchase_order.generation AND excluded.seq >= purchase_order.seq"
    " THEN excluded.{0} ELSE purchase_order.{0} END"
)
_LARGER = "CASE WHEN excluded.{0} > {1}.{0} THEN excluded.{0} ELSE {1}.{0} END"


def _larger(table: str, *names: str) -> str:
    return ", ".join(f"{name} = {_LARGER.format(name, table)}" for name in names)


def _closing(table: str) -> str:
    newer = (
        f"excluded.closed_ms > {table}.closed_ms OR excluded.closed_ms = {table}.closed_ms"
        f" AND excluded.closing > {table}.closing"
    )
    return f"closing = CASE WHEN {newer} THEN excluded.closing ELSE {table}.closing END"


_PUT_ORDER = (
    "INSERT INTO purchase_order"  # noqa: S608 - constants
    " (store_id, order_id, generation, seq, body, status, closed_ms, closing)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (store_id, order_id) DO UPDATE SET "
    + ", ".join(f"{name} = {_NEWER.format(name)}" for name in ("body", "generation", "seq"))
    + f", {_closing('purchase_order')}, {_larger('purchase_order', 'status', 'closed_ms')}"
)
_PUT_TRANSIT = (
    "INSERT INTO transit"  # noqa: S608 - constants
    " (out, from_store, to_store, sent_ms, told, closed_ms, closing, reported)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (out) DO UPDATE SET "
    + _closing("transit")
    + ", "
    + _larger("transit", "from_store", "to_store", "sent_ms", "told", "closed_ms", "reported")
)
_ADD_ORDER_LINE = (
    "INSERT INTO order_line (store_id, order_id, sku, received, damaged) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (store_id, order_id, sku) DO UPDATE SET"
    " received = order_line.received + excluded.received,"
    " damaged = order_line.damaged + excluded.damaged"
)
_ADD_TRANSIT_LINE = (
    "INSERT INTO transit_line (out, sku, sent, received, damaged) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
    f" ON CONFLICT (out, sku) DO UPDATE SET {_larger('transit_line', 'sent')},"
    " received = transit_line.received + excluded.received,"
    " damaged = transit_line.damaged + excluded.damaged"
)


@dataclass(slots=True)
class Order:
    """What is said of an order: the newest word of headquarters, and the store's closing."""

    said: tuple[int, int] = (0, 0)
    body: bytes = b""
    status: int = 0
    closed_ms: int = 0
    closing: bytes = b""


@dataclass(slots=True)
class Transit:
    """What is said of a transfer; `told` and `reported`: receiver and sender heard of it."""

    from_store: str = ""
    to_store: str = ""
    sent_ms: int = 0
    told: int = 0
    closed_ms: int = 0
    closing: bytes = b""
    reported: int = 0


@dataclass(slots=True)
class Expected:
    """What the facts of a transaction say, ready to be added to the tables."""

    orders: dict[tuple[int, str], Order] = field(default_factory=dict)
    order_lines: dict[tuple[int, str, str], list[int]] = field(default_factory=dict)
    transits: dict[bytes, Transit] = field(default_factory=dict)
    transit_lines: dict[tuple[bytes, str], list[int]] = field(default_factory=dict)
    senders: set[tuple[str, int]] = field(default_factory=set)

    def note(
        self, store: tuple[int, str], author: Replica, place: tuple[int, bytes, int], data: bytes,
        body: AnyBody,
    ) -> None:  # fmt: skip
        """Add a fact about a store (id, name); `place` is its number, id and time."""
        store_id, name = store
        seq, fact_id, at_ms = place
        match body:
            case PurchaseOrder():
                order = self.orders.setdefault((store_id, body.order), Order())
                order.status = max(order.status, int(body.status))
                if (author.generation, seq) >= order.said:
                    order.said, order.body = (author.generation, seq), data
            case GoodsReceipt() if body.order:
                self.orders.setdefault((store_id, body.order), Order())
                _add(self.order_lines, (store_id, body.order), body, 0)
            case TransferOut():
                way = self._way(fact_id)
                way.from_store, way.to_store = name, body.to_store
                way.sent_ms = max(way.sent_ms, at_ms)
                self.senders.add((body.to_store, store_id))
                for line in body.lines:
                    counts = self.transit_lines.setdefault((fact_id, line.sku), [0, 0, 0])
                    counts[0] = max(counts[0], line.quantity)
            case TransferIn() if len(body.out) == ID_BYTES:
                _add(self.transit_lines, (body.out,), body, 1)
            case _:
                self._note_news(store_id, at_ms, data, body)

    def _note_news(self, store_id: int, at_ms: int, data: bytes, body: AnyBody) -> None:
        match body:
            case Received():
                key = (store_id, body.order)
                known = self.orders.setdefault(key, Order()) if body.order else self._way(body.out)
                last = max((at_ms, data), (known.closed_ms, known.closing))
                known.closed_ms, known.closing = last
            case InTransit():
                self._way(body.out).told = 1
            case Arrived():
                self._way(body.out).reported = 1
            case _:
                pass

    def _way(self, out: bytes) -> Transit:
        return self.transits.setdefault(out, Transit())

    def write(self, connection: Connection) -> None:
        """Add everything to the tables, in the order of their keys."""
        bulk(
            connection,
            _PUT_ORDER,
            [(*key, *_order_row(one)) for key, one in sorted(self.orders.items())],
        )
        bulk(
            connection, _ADD_ORDER_LINE, [(*k, *v[:2]) for k, v in sorted(self.order_lines.items())]
        )
        bulk(
            connection,
            _PUT_TRANSIT,
            [(out, *_transit_row(one)) for out, one in sorted(self.transits.items())],
        )  # fmt: skip
        bulk(
            connection, _ADD_TRANSIT_LINE, [(*k, *v) for k, v in sorted(self.transit_lines.items())]
        )

    def contradictions(self, connection: Connection) -> Iterator[tuple[str, str]]:
        """Compare the tables with what all facts say; give place and detail of each difference."""
        folded = (
            (purchase_order, 2, {k: _order_row(v) for k, v in self.orders.items()}),
            (order_line, 3, {k: tuple(v[:2]) for k, v in self.order_lines.items()}),
            (transit, 1, {(k,): _transit_row(v) for k, v in self.transits.items()}),
            (transit_line, 2, {k: tuple(v) for k, v in self.transit_lines.items()}),
        )
        for table, keys, said in folded:
            for row in connection.execute(select(table)):
                key, held = tuple(row)[:keys], tuple(row)[keys:]
                wanted = said.pop(key, None)
                if held != wanted:
                    yield f"{table.name} {key}", f"is {held}, the facts say {wanted}"
            for key, wanted in said.items():
                yield f"{table.name} {key}", f"is missing, the facts say {wanted}"

    def lost(self, connection: Connection) -> list[Task]:
        """Find goods that were sent to stores nobody knows: somebody must look for them."""
        if not self.senders:
            return []
        table, names = schema.store, sorted({name for name, _ in self.senders})
        known = set(connection.scalars(select(table.c.name).where(table.c.name.in_(names))))
        return [
            Task(sender, "transfer-unknown", name, f"goods were sent to {name}, no store of ours")
            for name, sender in sorted(self.senders)
            if name not in known
        ]


def _order_row(one: Order) -> tuple[object, ...]:
    return (*one.said, one.body, one.status, one.closed_ms, one.closing)


def _transit_row(one: Transit) -> tuple[object, ...]:
    way = (one.from_store, one.to_store, one.sent_ms, one.told)
    return (*way, one.closed_ms, one.closing, one.reported)


def _add(
    table: dict[Any, list[int]],
    key: tuple[object, ...],
    body: GoodsReceipt | TransferIn,
    received: int,
) -> None:
    """Add what came, and what of it was damaged, from the place of `received` on."""
    came: tuple[Iterable[StockLine], ...] = (body.lines, body.damaged)
    for at, lines in enumerate(came, received):
        for line in lines:
            counts = table.setdefault((*key, line.sku), [0, 0, 0])
            counts[at] += line.quantity


def task_of(store_id: int, place: str, body: AnyBody) -> Task | None:
    """Give what a person has to look at where something else came than was expected."""
    if not isinstance(body, Received) or not body.lines:
        return None
    kind = "order-difference" if body.order else "transfer-difference"
    about = body.order or body.out.hex()
    return Task(store_id, kind, place, f"{about} ({body.reason}): {said(body.lines)}"[:2_000])


def said(lines: Iterable[Difference]) -> str:
    """Write differences in words."""
    return ", ".join(
        f"{line.received} of {line.expected} {line.sku}"
        + (f", {line.damaged} damaged" if line.damaged else "")
        for line in lines
    )
