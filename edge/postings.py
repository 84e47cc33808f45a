"""What a store's fact adds to the tables beside the counters is a function of its body alone."""

import sqlite3
from collections.abc import Iterable

from sync.bodies import AnyBody, TransferIn
from sync.receipts import Return, Sale, Void

VOID = "void"


def undoings(body: AnyBody) -> list[tuple[bytes, str, int]]:
    """List what a body takes back of an earlier fact as `(its id, item, quantity)`.

    The item is a line's index for a sale, a SKU for a transfer, `VOID` for a sale as a whole.
    """
    match body:
        case Return() if body.sale:
            return [(body.sale, str(x.line), x.quantity) for x in body.lines if x.line >= 0]
        case Void():
            return [(body.sale, VOID, 1)]
        case TransferIn():
            return [(body.out, x.sku, x.quantity) for x in body.lines]
        case _:
            return []


def receipt_of(body: AnyBody) -> tuple[str, int] | None:
    """Till and number of the receipt that a body is, None for any other."""
    return (body.till, body.number) if isinstance(body, Sale | Return) else None


def post(connection: sqlite3.Connection, generation: int, seq: int, body: AnyBody) -> bool:
    """Write a body's postings; False if its receipt number is taken already in that life."""
    undone = undoings(body)
    if undone:
        add_undone(connection, undone)
    receipt = receipt_of(body)
    if receipt is None:
        return True
    sql = "INSERT OR IGNORE INTO receipt (till, generation, number, seq) VALUES (?, ?, ?, ?)"
    return connection.execute(sql, (receipt[0], generation, receipt[1], seq)).rowcount == 1


def add_undone(connection: sqlite3.Connection, undone: Iterable[tuple[bytes, str, int]]) -> None:
    """Add to what was taken back."""
    sql = (
        "INSERT INTO undone (fact, item, quantity) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity"
    )
    connection.executemany(sql, undone)
