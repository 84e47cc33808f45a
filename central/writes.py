"""The upserts that make ingest commute: counters merge by maximum, folds and totals by addition.

Rows come in the order of their keys, so that two transactions that meet wait for one another
instead of waiting in a circle.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, fields
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from central import schema
from central.fold import Day, Entry, definition_name, kind_of
from central.store import add_missing, bulk, insert, select_in
from sync.definitions import StoreProfile
from sync.facts import decode_fact
from sync.identity import HEADQUARTERS, Replica

PROFILE = kind_of(StoreProfile)
_GROWN = (
    "CASE WHEN excluded.value > quantity.value AND excluded.value > quantity.folded"
    " OR excluded.folded > 0 AND quantity.folded + excluded.folded > quantity.value"
    " THEN excluded.{0} ELSE quantity.{0} END"
)
_MERGE_QUANTITY = (
    "INSERT INTO quantity"  # noqa: S608 - made of constants
    " (store_id, sku_no, journal_id, kind, value, folded, version, source)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (store_id, sku_no, journal_id, kind) DO UPDATE SET"
    " value = CASE WHEN excluded.value > quantity.value"
    " THEN excluded.value ELSE quantity.value END,"
    " folded = quantity.folded + excluded.folded,"
    " version = " + _GROWN.format("version") + ", source = " + _GROWN.format("source")
)
_SUMS = [field.name for field in fields(Day)]
_ADD_DAY = (
    f"INSERT INTO sales_total (store_id, business_day, currency, {', '.join(_SUMS)})"  # noqa: S608
    f" VALUES (?, ?, ?, {', '.join('?' * len(_SUMS))})"
    " ON CONFLICT (store_id, business_day, currency) DO UPDATE SET "
    + ", ".join(f"{name} = sales_total.{name} + excluded.{name}" for name in _SUMS)
)


def number_skus(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return headquarters' number of each SKU, minting those it meets for the first time."""
    wanted = sorted(set(names))
    numbers = _numbers(connection, wanted)
    missing = [name for name in wanted if name not in numbers]
    if missing:
        add_missing(connection, schema.sku, [{"sku": name} for name in missing])
        numbers.update(_numbers(connection, missing))
    return numbers


def _numbers(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    return dict(select_in(connection, "SELECT sku, number FROM sku WHERE sku IN {}", (), names))


def add_quantities(connection: Connection, rows: Sequence[tuple[int, ...]]) -> None:
    """Merge counter rows: `value` by maximum, `folded` by addition.

    A row is (store, SKU number, journal, kind, value, folded, version, source); the last two
    change only where the larger of value and folded grows.
    """
    bulk(connection, _MERGE_QUANTITY, rows)


def add_days(
    connection: Connection, stores: Iterable[tuple[int, dict[tuple[int, str], Day]]]
) -> None:
    """Add the sums of business days to each store's totals."""
    rows = [
        (store_id, day, currency, *astuple(sums))
        for store_id, days in stores
        for (day, currency), sums in sorted(days.items())
    ]
    bulk(connection, _ADD_DAY, rows)


def add_promises(
    connection: Connection, stores: Iterable[tuple[int, dict[tuple[str, str], int]]]
) -> None:
    """Add what was promised of each (order, SKU), releases deducted."""
    rows = [
        {"store_id": store_id, "order_id": order, "sku": sku, "quantity": quantity}
        for store_id, promises in stores
        for (order, sku), quantity in sorted(promises.items())
    ]
    if rows:
        table = schema.promised
        statement = insert(connection, table)
        changes = {"quantity": table.c.quantity + statement.excluded.quantity}
        keys = [column.name for column in table.primary_key]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)


def define(
    connection: Connection, definitions: Iterable[tuple[Replica, int, Entry, bytes]]
) -> None:
    """Keep the newest definition under each name; newest by headquarters' (generation, seq)."""
    newest: dict[tuple[int, str, str], dict[str, Any]] = {}
    for author, seq, entry, data in definitions:
        name = None if entry.body is None else definition_name(entry.body)
        if name is None:
            continue
        scope = author.node.removeprefix(HEADQUARTERS).removeprefix("-")
        kind = kind_of(type(entry.body))
        row: dict[str, Any] = {
            "kind": kind,
            "scope": scope,
            "name": name,
            "generation": author.generation,
            "seq": seq,
            "body": data,
        }
        before = newest.get((kind, scope, name))
        if before is None or _age(before) < _age(row):
            newest[kind, scope, name] = row
    if not newest:
        return
    table = schema.definition
    statement = insert(connection, table)
    new, old = statement.excluded, table.c
    newer = or_(
        new.generation > old.generation,
        and_(new.generation == old.generation, new.seq > old.seq),
    )
    changes = {name: new[name] for name in ("generation", "seq", "body")}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "scope", "name"], set_=changes, where=newer
        ),
        [newest[key] for key in sorted(newest)],
    )
    _know_stores(connection, [name for kind, _, name in newest if kind == PROFILE])


def _know_stores(connection: Connection, names: Sequence[str]) -> None:
    """Let the stores be as their newest profiles say; a profile is what makes a store known."""
    table, stores = schema.definition, schema.store
    for name in sorted(names):
        data = connection.scalar(
            select(table.c.body).where(table.c.kind == PROFILE, table.c.name == name)
        )
        body = decode_fact(bytes(data or b"")).body
        if isinstance(body, StoreProfile):
            row = {
                "name": name,
                "title": body.name,
                "region": body.region,
                "currency": body.currency,
                "active": body.active,
            }
            statement = insert(connection, stores)
            changes = {key: statement.excluded[key] for key in row if key != "name"}
            connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_=changes), row
            )


def _age(row: Mapping[str, Any]) -> tuple[int, int]:
    return row["generation"], row["seq"]
