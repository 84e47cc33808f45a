"""What should come and what came are added up apart, under one key, and only then compared.

Headquarters says what to expect (orders, goods in transit), receipts say what came, in whatever
order the two arrive. What came is never refused; what differs is put before a person, who closes
it with a reason.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from edge.books.catalogue import rank_of
from edge.books.reads import Reads
from edge.books.tasks import Task, Told, task
from edge.books.transaction import Books, derived_id
from sync.bodies import AnyBody, GoodsReceipt, TransferIn, WriteOff
from sync.body import LotLine, StockLine
from sync.facts import FactError, decode_fact
from sync.identity import Replica
from sync.orders import (
    Arrived,
    Difference,
    InTransit,
    OrderStatus,
    PurchaseOrder,
    Received,
    damage_key,
    order_key,
)

CLOSED = ""  # no SKU is called so
DAMAGED = "damaged on arrival"
_ORDER = "SELECT order_id, supplier, due_day, status, note, lines FROM purchase_order"
_TRANSIT = "SELECT out, from_store, sent_ms, lines, lots FROM transit"
_OPEN = " NOT EXISTS (SELECT 1 FROM undone WHERE fact = key AND item = '')"
_lines = msgspec.json.Decoder(list[tuple[str, int]])
_lots = msgspec.json.Decoder(tuple[LotLine, ...])


class State(StrEnum):
    """How far an expectation is; `complete`: all that was expected came, and nothing else."""

    OPEN = "open"
    COMPLETE = "complete"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ExpectedLine(msgspec.Struct, frozen=True):
    """A SKU that was expected (0: not at all), and what came of it, in base units.

    `damaged` is part of `received`; `difference` is received less expected.
    """

    sku: str
    expected: int
    received: int
    damaged: int
    difference: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """An order (`order`), or a transfer on its way (`out`): what should come and what came.

    `lots` are the lots and serials that the sender told of.
    """

    order: str
    out: bytes
    partner: str
    state: State
    lines: list[ExpectedLine]
    due_day: int = 0
    sent_ms: int = 0
    note: str = ""
    lots: tuple[LotLine, ...] = ()

    @property
    def differences(self) -> list[Difference]:
        """What differs, as a closing fact says it."""
        return [
            Difference(line.sku, line.expected, line.received, line.damaged)
            for line in self.lines
            if line.difference or line.damaged
        ]

    def line(self, sku: str) -> ExpectedLine | None:
        """What is expected and came of a SKU."""
        return next((line for line in self.lines if line.sku == sku), None)


# -- reading -------------------------------------------------------------------------------------


def find_order(reads: Reads, order: str) -> Expectation | None:
    """Find an order of headquarters; None for one not heard of."""
    row = reads.connection.execute(f"{_ORDER} WHERE order_id = ?", (order,)).fetchone()
    return _order(reads, row) if row else None


def find_transit(reads: Reads, out: bytes) -> Expectation | None:
    """Find goods in transit by the id of their transfer out; None for one not heard of."""
    row = reads.connection.execute(f"{_TRANSIT} WHERE out = ?", (out,)).fetchone()
    return _transit(reads, row) if row else None


def orders(reads: Reads, *, closed: bool = False, limit: int = 200) -> list[Expectation]:
    """List orders by the day they are due; `closed`: the others too, newest first."""
    if closed:
        sql = f"{_ORDER} ORDER BY rank DESC LIMIT ?"
        return [_order(reads, row) for row in reads.connection.execute(sql, (limit,))]
    sql = f"{_ORDER} WHERE status = 0 AND {_OPEN} ORDER BY due_day = 0, due_day, order_id LIMIT ?"
    found = (_order(reads, row) for row in reads.connection.execute(sql, (limit,)))
    return [one for one in found if one.state is State.OPEN]


def transit(reads: Reads, *, closed: bool = False, limit: int = 200) -> list[Expectation]:
    """List goods in transit to this store, oldest first; `closed`: all ever, newest first."""
    if closed:
        sql = f"{_TRANSIT} ORDER BY sent_ms DESC LIMIT ?"
        return [_transit(reads, row) for row in reads.connection.execute(sql, (limit,))]
    sql = f"{_TRANSIT} WHERE {_OPEN} ORDER BY sent_ms, out LIMIT ?"
    found = (_transit(reads, row) for row in reads.connection.execute(sql, (limit,)))
    return [one for one in found if one.state is State.OPEN]


def _order(reads: Reads, row: Sequence[object]) -> Expectation:
    order, supplier, due_day, status, note, lines = row
    compared, state = _compare(reads, order_key(str(order)), str(lines))
    if status and state is not State.CLOSED:
        state = State.CANCELLED if status == OrderStatus.CANCELLED else State.CLOSED
    day = due_day if isinstance(due_day, int) else 0
    return Expectation(str(order), b"", str(supplier), state, compared, day, note=str(note))


def _transit(reads: Reads, row: Sequence[object]) -> Expectation:
    out, store, sent_ms, lines, lots = row
    assert isinstance(out, bytes)  # noqa: S101 - as the schema says
    assert isinstance(sent_ms, int)  # noqa: S101 - as the schema says
    compared, state = _compare(reads, out, str(lines))
    told = _lots.decode(str(lots))
    return Expectation("", out, str(store), state, compared, sent_ms=sent_ms, lots=told)


def _compare(reads: Reads, key: bytes, lines: str) -> tuple[list[ExpectedLine], State]:
    expected = dict(_lines.decode(lines))
    came, damaged = reads.undone(key), reads.undone(damage_key(key))
    closed = came.pop(CLOSED, 0)
    compared = []
    for sku in [*expected, *sorted(came.keys() - expected.keys())]:
        wanted, got = expected.get(sku, 0), came.get(sku, 0)
        compared.append(ExpectedLine(sku, wanted, got, damaged.get(sku, 0), got - wanted))
    exact = not any(line.difference or line.damaged for line in compared)
    return compared, State.CLOSED if closed else State.COMPLETE if exact else State.OPEN


# -- what headquarters says ----------------------------------------------------------------------


def apply(books: Books, author: Replica, seq: int, fact_id: bytes, body: AnyBody) -> None:
    """Take in what headquarters says is to come, or what came of what was sent from here."""
    match body:
        case PurchaseOrder():
            _put_order(books.connection, rank_of(author, seq), body)
            _heard(books, "order", order_key(body.order))
        case InTransit():
            _put_transit(books.connection, body)
            if not _heard(books, "transfer", body.out):
                return
            known = find_transit(books, body.out)
            if known is not None:
                _note_surplus(books, fact_id, books.clock(), known, [one.sku for one in body.lines])
        case Arrived() if body.lines:
            for line in body.lines:
                books.attend(_differing(body, line), books.clock(), body.out)
        case _:
            pass


def _put_order(connection: sqlite3.Connection, rank: int, body: PurchaseOrder) -> None:
    names = ("supplier", "due_day", "note", "lines")
    newer = ", ".join(
        f"{name} = CASE WHEN excluded.rank >= rank THEN excluded.{name} ELSE {name} END"
        for name in names
    )
    sql = (
        "INSERT INTO purchase_order (order_id, key, supplier, due_day, note, lines, status, rank)"  # noqa: S608
        f" VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (order_id) DO UPDATE SET {newer},"
        " status = max(status, excluded.status), rank = max(rank, excluded.rank)"
    )
    said = (body.order, order_key(body.order), body.supplier, body.due_day, body.note)
    connection.execute(sql, (*said, _listed(body.lines), int(body.status), rank))


def _put_transit(connection: sqlite3.Connection, body: InTransit) -> None:
    sql = (
        "INSERT INTO transit (out, key, from_store, sent_ms, lines, lots) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (out) DO NOTHING"
    )
    lots = msgspec.json.encode(body.lots).decode()
    row = (body.out, body.out, body.from_store, body.sent_ms, _listed(body.lines), lots)
    connection.execute(sql, row)


def _listed(lines: Iterable[StockLine]) -> str:
    return msgspec.json.encode([(line.sku, line.quantity) for line in lines]).decode()


def _differing(body: Arrived, line: Difference) -> Task:
    told: Told = {"store": body.to_store, "reason": body.reason}
    told |= {"came_quantity": line.received, "sent_quantity": line.expected}
    if not line.damaged:
        return task("transfer-difference", line.sku, **told)
    return task("transfer-damage", line.sku, **told, damaged_quantity=line.damaged)


def _heard(books: Books, kind: str, key: bytes) -> bool:
    """Close what was put on the worklist because headquarters had not said it yet."""
    sql = "SELECT number, fact FROM worklist WHERE kind = ? AND closed_ms IS NULL"
    numbers = []
    for number, fact in books.connection.execute(sql, (kind,)).fetchall():
        found = books.find(fact)
        if found is not None and key_of(found.fact.body) == key:
            numbers.append((books.clock(), "headquarters told of it", number))
    close = "UPDATE worklist SET closed_ms = ?, closed_by = 'hq', note = ? WHERE number = ?"
    books.connection.executemany(close, numbers)
    return bool(numbers)


# -- what came -----------------------------------------------------------------------------------


def key_of(body: AnyBody) -> bytes:
    """Give the key under which a receipt adds up; empty for one that nobody announced."""
    match body:
        case GoodsReceipt() if body.order:
            return order_key(body.order)
        case TransferIn():
            return body.out
        case _:
            return b""


def arrived(
    books: Books,
    fact_id: bytes,
    at_ms: int,
    actor: str,
    body: AnyBody,
    *,
    broken: tuple[LotLine, ...],
    claim: bool,
) -> None:
    """See to what follows from a receipt: damage goes out again, surprises go to the worklist.

    `broken` are the lots and serials of what came damaged. What came in full and whole is closed
    at once.
    """
    if not isinstance(body, GoodsReceipt | TransferIn):
        return
    if body.damaged:
        loss = WriteOff(DAMAGED, list(body.damaged), broken)
        books.append(derived_id(fact_id, b"damaged"), at_ms, actor, loss)
        for line in body.damaged:
            code = "claim" if claim else "damaged"
            books.attend(task(code, line.sku, quantity=line.quantity), at_ms, fact_id)
    if not key_of(body) or books.find(key_of(body)) is not None:  # it came back to its sender
        return
    known = _announced(books, body)
    if known is None:
        books.attend(_unknown(body), at_ms, fact_id)
        return
    _note_surplus(books, fact_id, at_ms, known, [line.sku for line in body.lines])
    if known.state is State.COMPLETE:
        closing = Received(known.order, known.out, "", [])
        books.append(derived_id(fact_id, b"received"), at_ms, actor, closing)
    elif known.state in (State.CLOSED, State.CANCELLED):
        books.attend(_late(body), at_ms, fact_id)


def _announced(reads: Reads, body: GoodsReceipt | TransferIn) -> Expectation | None:
    if isinstance(body, GoodsReceipt):
        return find_order(reads, body.order)
    return find_transit(reads, body.out)


def _unknown(body: GoodsReceipt | TransferIn) -> Task:
    sku = body.lines[0].sku
    if isinstance(body, GoodsReceipt):
        return task("order-unknown", sku, order=body.order)
    return task("transfer-unknown", sku, transfer=body.out.hex(), store=body.from_store)


def _late(body: GoodsReceipt | TransferIn) -> Task:
    sku = body.lines[0].sku
    if isinstance(body, GoodsReceipt):
        return task("late-order", sku, order=body.order)
    return task("late-transfer", sku, transfer=body.out.hex())


def _surplus(known: Expectation, line: ExpectedLine) -> Task:
    came: Told = {"came_quantity": line.received}
    if line.expected:
        came["expected_quantity"] = line.expected
    if known.order:
        code = "over-order" if line.expected else "unordered"
        return task(code, line.sku, **came, order=known.order)
    code = "over-transfer" if line.expected else "unsent"
    return task(code, line.sku, **came, store=known.partner)


def _note_surplus(
    books: Books, fact_id: bytes, at_ms: int, known: Expectation, skus: Iterable[str]
) -> None:
    for sku in dict.fromkeys(skus):
        line = known.line(sku)
        if line is None or line.difference <= 0:
            continue
        books.attend(_surplus(known, line), at_ms, fact_id)


# -- checking ------------------------------------------------------------------------------------


def contradictions(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """Compare both tables with headquarters' facts; give table, row and what is wrong."""
    sql = (
        "SELECT journal.name, fact.seq, fact.body FROM fact JOIN journal ON no = journal"
        " WHERE fact.kind IN (53, 55)"
    )
    with sqlite3.connect(":memory:") as folded:
        for table in ("purchase_order", "transit"):
            made = "SELECT sql FROM sqlite_schema WHERE name = ?"
            folded.execute(connection.execute(made, (table,)).fetchone()[0])
        for name, seq, data in connection.execute(sql):
            _fold(folded, Replica.parse(name), seq, data)
        for table in ("purchase_order", "transit"):
            every = f"SELECT * FROM {table}"  # noqa: S608 - one of two names
            held = {row[0]: row for row in connection.execute(every)}
            said = {row[0]: row for row in folded.execute(every)}
            for key in sorted(map(_text, held.keys() ^ said.keys())):
                yield table, key, "is held here or in headquarters' facts alone"
            for key in held.keys() & said.keys():
                if held[key] != said[key]:
                    yield table, _text(key), f"is {held[key]}; the facts say {said[key]}"
    folded.close()


def _fold(folded: sqlite3.Connection, author: Replica, seq: int, data: bytes) -> None:
    try:
        body = decode_fact(data).body
    except FactError:
        return
    if isinstance(body, PurchaseOrder):
        _put_order(folded, rank_of(author, seq), body)
    elif isinstance(body, InTransit):
        _put_transit(folded, body)


def _text(key: object) -> str:
    return key.hex() if isinstance(key, bytes) else str(key)
