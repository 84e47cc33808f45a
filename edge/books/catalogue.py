"""The newest word of headquarters holds, in whatever order its journals arrive."""

import json
import sqlite3

import msgspec

from edge.books.search import words_of
from edge.books.tasks import Task, task
from sync.bodies import AnyBody
from sync.definitions import Price, Product, Rule, Staff, StoreProfile, TaxRate
from sync.identity import HEADQUARTERS, Replica
from sync.values import parse_gtin


def rank_of(author: Replica, seq: int) -> int:
    """Order what headquarters said: a store's own journal over the chain's, then life, then number.

    A later life of headquarters speaks after everything an earlier one said.
    """
    local = author.node != HEADQUARTERS
    return local << 62 | author.generation << 31 | min(seq, 2**31 - 1)


def apply(connection: sqlite3.Connection, author: Replica, seq: int, body: AnyBody) -> list[Task]:
    """Bring the read tables up to a fact of headquarters; return what a person should look at."""
    rank = rank_of(author, seq)
    match body:
        case Product():
            return _apply_product(connection, rank, body)
        case Price():
            _put(
                connection,
                "price",
                {
                    "sku": body.sku,
                    "price_minor": body.price_minor,
                    "price_quantity": body.price_quantity,
                    "rank": rank,
                },
            )
            if _set_price(connection, body.sku):
                _touch(connection, body.sku)
        case TaxRate():
            _put(connection, "tax_rate", {**_columns(body), "rank": rank})
        case Staff():
            roles = json.dumps(body.roles, ensure_ascii=False)
            _put(connection, "staff", {**_columns(body), "roles": roles, "rank": rank})
        case Rule():
            local = int(author.node != HEADQUARTERS)
            row = {"name": body.name, "local": local, "value": body.value, "rank": rank}
            _put(connection, "rule", row, keys=2)
        case StoreProfile():
            _put(connection, "profile", {**_columns(body), "rank": rank})
        case _:
            pass
    return []


def _columns(body: AnyBody) -> dict[str, object]:
    return msgspec.structs.asdict(body)


def _put(
    connection: sqlite3.Connection, table: str, row: dict[str, object], keys: int = 1
) -> int | None:
    """Insert or replace a row by its first columns unless a newer one is there; return its rowid.

    Returns None where a newer one is there.
    """
    names = list(row)
    sets = ", ".join(f"{name} = excluded.{name}" for name in names[keys:])
    sql = (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        f" ON CONFLICT ({', '.join(names[:keys])}) DO UPDATE SET {sets}"
        f" WHERE excluded.rank >= {table}.rank"
    )
    cursor = connection.execute(sql, tuple(row.values()))
    return cursor.lastrowid if cursor.rowcount == 1 else None


def _apply_product(connection: sqlite3.Connection, rank: int, body: Product) -> list[Task]:
    good, bad = _gtins(body.gtins)
    row = {
        **_columns(body),
        "names": json.dumps(body.names, ensure_ascii=False),
        "attributes": json.dumps(body.attributes, ensure_ascii=False),
        "gtins": json.dumps(good),
        "rank": rank,
    }
    _keep_price(connection, body)
    if _put(connection, "product", row) is None:
        return []
    sql = "SELECT number FROM product WHERE sku = ?"
    number = connection.execute(sql, (body.sku,)).fetchone()[0]
    connection.execute("DELETE FROM barcode WHERE product = ?", (number,))
    pairs = [(gtin, number) for gtin in dict.fromkeys(good)]
    connection.executemany("INSERT INTO barcode (gtin, product) VALUES (?, ?)", pairs)
    words = words_of([*body.names.values(), body.sku, *good, *body.gtins])
    connection.execute("DELETE FROM product_words WHERE rowid = ?", (number,))
    index = "INSERT INTO product_words (rowid, words) VALUES (?, ?)"
    connection.execute(index, (number, words))
    _set_price(connection, body.sku)
    _touch(connection, body.sku)
    return [task("catalogue", body.sku, gtin=text) for text in bad]


def _set_price(connection: sqlite3.Connection, sku: str) -> bool:
    done = connection.execute(
        "UPDATE product SET before_minor = price_minor, before_quantity = price_quantity,"
        " (price_minor, price_quantity) ="
        " (SELECT price_minor, price_quantity FROM price WHERE price.sku = product.sku)"
        " WHERE sku = ? AND EXISTS (SELECT 1 FROM price WHERE price.sku = product.sku"
        " AND price.rank > product.rank AND (price.price_minor <> product.price_minor"
        " OR price.price_quantity <> product.price_quantity))",
        (sku,),
    )
    return done.rowcount == 1


def _keep_price(connection: sqlite3.Connection, body: Product) -> None:
    connection.execute(
        "UPDATE product SET before_minor = price_minor, before_quantity = price_quantity"
        " WHERE sku = ? AND (price_minor <> ? OR price_quantity <> ?)",
        (body.sku, body.price_minor, body.price_quantity),
    )


def _touch(connection: sqlite3.Connection, sku: str) -> None:
    """Number a change, so that tills hear of it."""
    sql = "UPDATE product SET version = (SELECT max(version) + 1 FROM product) WHERE sku = ?"
    connection.execute(sql, (sku,))


def _gtins(texts: list[str]) -> tuple[list[str], list[str]]:
    good: list[str] = []
    bad: list[str] = []
    for text in texts:
        try:
            good.append(parse_gtin(text))
        except ValueError:
            bad.append(text)
    return good, bad
