"""What a store's fact adds to the tables beside the counters is a function of its body alone."""

import sqlite3
from collections.abc import Iterable

from sync.bodies import AnyBody, GoodsReceipt, TransferIn
from sync.cash import AuditEntry, CashMoved, ShiftClosed, ShiftOpened
from sync.entitlements import Reversed
from sync.lots import lot_moves, serial_moves
from sync.orders import Received, damage_key, order_key
from sync.receipts import Return, Sale, Void

VOID = "void"


def undoings(body: AnyBody) -> list[tuple[bytes, str, int]]:
    """List what a body takes back of an earlier fact as `(its id, item, quantity)`.

    The item is a line's index for a sale, a SKU for a transfer, `VOID` for the fact as a whole.
    What came of a purchase order adds up in the same way, under a key that is made of its name;
    the item of whatever is closed is empty.
    """
    match body:
        case Return() if body.sale:
            return [(body.sale, str(x.line), x.quantity) for x in body.lines if x.line >= 0]
        case Void():
            return [(body.sale, VOID, 1)]
        case TransferIn():
            return _came(body.out, body)
        case GoodsReceipt() if body.order:
            return _came(order_key(body.order), body)
        case Received():
            return [(order_key(body.order) if body.order else body.out, "", 1)]
        case Reversed():
            return [(body.debit, VOID, 1)]
        case _:
            return []


def _came(key: bytes, body: GoodsReceipt | TransferIn) -> list[tuple[bytes, str, int]]:
    damage = damage_key(key)
    return [
        *((key, line.sku, line.quantity) for line in body.lines),
        *((damage, line.sku, line.quantity) for line in body.damaged),
    ]


def receipt_of(body: AnyBody, generation: int) -> tuple[str, int, int] | None:
    """Till, series and number of the receipt that a body is, None for any other.

    The series is the generation of the node that numbered it, or, negative, the till's own life.
    """
    match body:
        case Sale() if body.life:
            return body.till, -body.life, body.number
        case Sale() | Return():
            return body.till, generation, body.number
        case _:
            return None


def drawer_of(body: AnyBody) -> tuple[str, int] | None:
    """Drawer and shift whose report a body belongs into, None for any other."""
    match body:
        case Sale() | Return() | Void() | CashMoved() | AuditEntry() if body.shift:
            return body.drawer, body.shift
        case _:
            return None


def post(connection: sqlite3.Connection, generation: int, seq: int, body: AnyBody) -> bool:
    """Write a body's postings; False if its number of a receipt or shift is taken already."""
    undone = undoings(body)
    if undone:
        add_undone(connection, undone)
    post_lots(connection, generation, seq, body)
    drawer = drawer_of(body)
    if drawer is not None:
        sql = "INSERT INTO drawer_fact (drawer, shift, generation, seq) VALUES (?, ?, ?, ?)"
        connection.execute(sql, (*drawer, generation, seq))
    receipt = receipt_of(body, generation)
    if receipt is not None:
        sql = (
            "INSERT OR IGNORE INTO receipt (till, series, number, generation, seq)"
            " VALUES (?, ?, ?, ?, ?)"
        )
        return connection.execute(sql, (*receipt, generation, seq)).rowcount == 1
    match body:
        case ShiftOpened():
            sql = (
                "INSERT OR IGNORE INTO shift (drawer, number, generation, seq) VALUES (?, ?, ?, ?)"
            )
            row = (body.drawer, body.number, generation, seq)
            return connection.execute(sql, row).rowcount == 1
        case ShiftClosed():
            sql = (
                "UPDATE shift SET closed_generation = ?, closed_seq = ?"
                " WHERE drawer = ? AND number = ? AND closed_seq IS NULL"
                " AND (generation, seq) < (?, ?)"
            )
            closed = (generation, seq, body.drawer, body.number, generation, seq)
            return connection.execute(sql, closed).rowcount == 1
        case _:
            return True


def add_undone(connection: sqlite3.Connection, undone: Iterable[tuple[bytes, str, int]]) -> None:
    """Add to what was taken back."""
    sql = (
        "INSERT INTO undone (fact, item, quantity) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity"
    )
    connection.executemany(sql, undone)


def post_lots(connection: sqlite3.Connection, generation: int, seq: int, body: AnyBody) -> None:
    """Add what a body does to lots and serial numbers; a lot that comes to nothing has no row."""
    moves = lot_moves(body)
    if moves:
        sql = (
            "INSERT INTO lot (sku, lot, expiry_day, quantity) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity"
        )
        connection.executemany(sql, [(*key, moved) for key, moved in moves.items()])
        sql = "DELETE FROM lot WHERE sku = ? AND lot = ? AND expiry_day = ? AND quantity = 0"
        connection.executemany(sql, moves)
    serials = serial_moves(body)
    if serials:
        sql = "INSERT INTO serial (sku, serial, generation, seq, moved) VALUES (?, ?, ?, ?, ?)"
        rows = [(*key, generation, seq, moved) for key, moved in serials.items()]
        connection.executemany(sql, rows)
