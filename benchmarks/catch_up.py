"""A store that was cut off for a day comes back: stock is right first, all facts follow.

Real parts on both ends (the store's database, its ledger and session; headquarters' worker over
SQLite with synchronous=FULL) in one process, so one core does the work of both ends. The link is a
queue in memory and costs no time.
"""

import lzma
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from benchmarks.figures import Figure, Run, milliseconds
from benchmarks.memory_chain import Link, Office, RealStore
from benchmarks.sale_core import make_row_database, make_sale, open_stock, sell, series
from edge.selling.sales import Sell
from sync.quantities import pack_rows
from sync.topics import Lane

STORE = "s0001"
SKUS = 2_000
SALES = 5_000
AT_ONCE = 50


class Came(NamedTuple):
    """Seconds and bytes until stock was right, and until all facts had come."""

    stock_s: float
    stock_bytes: int
    facts_s: float
    facts_bytes: int


@dataclass(slots=True)
class Days:
    """What the days of all rounds took, beside the limits of each."""

    series: list[Came] = field(default_factory=list)
    random: list[Came] = field(default_factory=list)
    rows_s: list[float] = field(default_factory=list)
    facts_s: list[float] = field(default_factory=list)
    rows_bytes: list[int] = field(default_factory=list)
    facts_bytes: list[int] = field(default_factory=list)


def measure(run: Run) -> Iterable[Figure]:
    """Let a store trade cut off for several days, and come back after each."""
    rng = random.Random(3)
    sales = run.pick(SALES, 1_000)
    days = Days()
    run.say("catch-up: opening a store and headquarters")
    store = RealStore(run.folder, STORE, SKUS)
    office = Office(f"sqlite:///{run.folder / 'central.db'}", [STORE])
    bare = make_row_database(run.folder / "bare.db")
    _open_stock(store, rng)
    _until_all_is_there(store, office)
    ours = series(rng)
    for _ in run.rounds(f"catch-up after {sales:,} sales", 5, 1):
        days.series.append(
            _day(store, office, [make_sale(rng, SKUS, next(ours)) for _ in range(sales)])
        )
        _limits(store, bare, days, sales)
        any_ids = [make_sale(rng, SKUS, rng.randbytes(16)) for _ in range(sales)]
        days.random.append(_day(store, office, any_ids))
    store.close()
    office.close()
    bare.close()
    return list(_figures(days))


def _open_stock(store: RealStore, rng: random.Random) -> None:
    """Open the stock of every SKU and sell each: its rows exist before the day that is measured."""
    open_stock(store.store, SKUS, series(rng))
    for _ in range(SKUS // 250):
        sell(store.store, [make_sale(rng, SKUS, rng.randbytes(16)) for _ in range(500)])


def _until_all_is_there(store: RealStore, office: Office) -> None:
    link = Link(office, [store])
    link.connect()
    link.run()
    _check(store, office)
    link.cut()


def _day(store: RealStore, office: Office, sales: list[Sell]) -> Came:
    """Sell while cut off, come back, and take the time."""
    for start in range(0, len(sales), AT_ONCE):
        sell(store.store, sales[start : start + AT_ONCE])
    store.restart()
    link, books = Link(office, [store]), store.store.books
    stock: list[tuple[float, int]] = []

    def note() -> bool:
        if not stock and office.quantities_have()[books.journal] >= books.version:
            stock.append((time.perf_counter() - began, store.sent[Lane.QUANTITIES]))
        return False

    began = time.perf_counter()
    link.connect()
    link.run(note)
    took_s = time.perf_counter() - began
    _check(store, office)
    assert store.session.facts.acked[books.journal] == books.head.seq
    link.cut()
    sent = store.sent[Lane.QUANTITIES] + store.sent[Lane.FACTS]
    return Came(*stock[0], took_s, sent)


def _check(store: RealStore, office: Office) -> None:
    sql = "SELECT sku.sku, kind, value FROM quantity JOIN sku ON sku.number = quantity.sku"
    held = {(sku, kind): value for sku, kind, value in store.reading.execute(sql)}
    assert office.stock(STORE) == held, "headquarters' stock is not the store's"


def _limits(store: RealStore, bare: sqlite3.Connection, days: Days, sales: int) -> None:
    """Write as many bare rows, and pack the same content as well as can be."""
    head = store.store.books.head.seq
    version = store.store.books.version - 3 * sales
    rows = store.reading.execute(
        "SELECT sku, kind, value FROM quantity WHERE version > ?", (version,)
    ).fetchall()
    facts = store.reading.execute("SELECT body FROM fact WHERE seq > ?", (head - sales,)).fetchall()
    bare.execute("CREATE TABLE IF NOT EXISTS counter (sku, kind, value, PRIMARY KEY (sku, kind))")
    upsert = "INSERT INTO counter VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
    insert = "INSERT INTO row (body) VALUES (?)"
    days.rows_s.append(milliseconds(lambda: _write(bare, upsert, rows)) / 1000)
    days.facts_s.append(days.rows_s[-1] + milliseconds(lambda: _write(bare, insert, facts)) / 1000)
    packed = pack_rows(rows)
    days.rows_bytes.append(min(len(packed), len(lzma.compress(packed))))
    whole = b"".join(body for (body,) in facts)
    days.facts_bytes.append(days.rows_bytes[-1] + len(lzma.compress(whole, preset=9)))


def _write(bare: sqlite3.Connection, sql: str, rows: list[tuple[object, ...]]) -> None:
    bare.execute("BEGIN IMMEDIATE")
    bare.executemany(sql, rows)
    bare.execute("COMMIT")


def _figures(days: Days) -> Iterator[Figure]:
    both = days.series + days.random
    where = "both ends in one process, link in memory"
    yield Figure(
        what="catch-up of stock after a day", unit="KB",
        value=median(came.stock_bytes for came in both) / 1000, goal=12.0,
        limit=median(days.rows_bytes) / 1000, limit_is="packed rows, or LZMA of them",
    )  # fmt: skip
    yield Figure(
        what="stock right and durable at central", unit="s",
        value=median(came.stock_s for came in both), goal=0.2,
        limit=median(days.rows_s), limit_is="as many bare upserts, one commit", note=where,
    )  # fmt: skip
    for name, came, goal_mb, goal_s in (
        ("the same with all facts", days.series, 0.2, 0.5),
        ("the same, random UUIDs for ids", days.random, None, None),
    ):
        yield Figure(
            what=name, unit="MB", value=median(one.facts_bytes for one in came) / 1e6, goal=goal_mb,
            limit=median(days.facts_bytes) / 1e6, limit_is="LZMA of all facts at once (series ids)",
        )  # fmt: skip
        yield Figure(
            what=name, unit="s", value=median(one.facts_s for one in came), goal=goal_s,
            limit=median(days.facts_s), limit_is="as many bare rows, two commits", note=where,
        )  # fmt: skip
