"""A sale of three lines in the core beside a one-row commit on the same disk, taking turns."""

import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure, Rounds, Run, milliseconds
from edge.books import database
from edge.books.database import Checkpointer
from edge.books.store import Life, Store, begin_life
from edge.selling.sales import SaleResult, Sell, SellLine, TenderLine
from edge.stock.moves import Move, Open
from sync.identity import Replica, series_id

SKUS = 20_000
GROUP = 20
OPENING_LINES = 250
KEY = bytes(32)


def measure(run: Run) -> Iterable[Figure]:
    """Measure sales that are committed one by one, and some that share a commit."""
    rng = random.Random(1)
    skus, sales, ids = run.pick(SKUS, 2_000), run.pick(500, 120), series(rng)
    run.say("sale of 3 lines, core: opening a store")
    store = make_store(run.folder / "store.db", Replica("s0001", 1), KEY, skus)
    row = make_row_database(run.folder / "row.db")
    open_stock(store, skus, ids)
    checkpointer = Checkpointer(store.connection)
    alone, bare, shared = Rounds(), Rounds(), Rounds()
    for _ in run.rounds("sale of 3 lines, core", 7, 2):
        sale_ms, row_ms, shared_ms = [], [], []
        for at in range(sales):
            command = make_sale(rng, skus, next(ids))
            sale_ms.append(milliseconds(partial(sell, store, [command])))
            row_ms.append(milliseconds(partial(commit_row, row)))
            if at % GROUP == 0:
                group = [make_sale(rng, skus, next(ids)) for _ in range(GROUP)]
                shared_ms.append(milliseconds(partial(sell, store, group)) / GROUP)
        alone.add(sale_ms)
        bare.add(row_ms)
        shared.add(shared_ms)
    checkpointer.close()
    store.close()
    row.close()
    return list(figures(alone, bare, shared))


def figures(alone: Rounds, bare: Rounds, shared: Rounds) -> Iterator[Figure]:
    """Tell what came of it."""
    what, limit = "sale of 3 lines, core", "commit of one row"
    note = "facts, counters and outbox, WAL, synchronous=FULL"
    yield Figure(
        what=f"{what}, p50", unit="ms", value=alone.p50, goal=0.4,
        limit=bare.p50, limit_is=f"{limit}, p50", note=note,
    )  # fmt: skip
    yield Figure(
        what=f"{what}, p99", unit="ms", value=alone.p99, goal=1.0,
        limit=bare.p99, limit_is=f"{limit}, p99",
    )  # fmt: skip
    yield Figure(
        what=f"the same, {GROUP} sharing a commit, each", unit="ms", value=shared.p50,
        limit=bare.p50, limit_is=f"{limit}, p50",
    )  # fmt: skip


def make_store(path: Path, replica: Replica, key: bytes, skus: int) -> Store:
    """Make a store with a catalogue; `key` is the public key of its life."""
    connection = database.connect(path)
    begin_life(connection, Life(replica, bytes(16), key, "setup", "benchmark"), clock)
    connection.execute("BEGIN")
    connection.execute("INSERT INTO tax_rate VALUES ('std', 190000, 1, 'standard', 1)")
    connection.executemany(
        "INSERT INTO product (sku, names, unit, tax_code, price_minor, price_quantity, tracked,"
        " active, category, variant_of, attributes, gtins, rank)"
        " VALUES (?, '{}', 'piece', 'std', ?, 1, 1, 1, '', '', '{}', '[]', 1)",
        [(sku_name(n), 100 + n % 900) for n in range(skus)],
    )
    connection.execute("COMMIT")
    return Store(connection, clock=clock)


def open_stock(store: Store, skus: int, ids: Iterator[bytes]) -> None:
    """Open the stock of every SKU, as a store does before its first customer."""
    for start in range(0, skus, OPENING_LINES):
        numbers = range(start, min(start + OPENING_LINES, skus))
        moves = tuple(Move(sku=sku_name(n), quantity=10_000) for n in numbers)
        (result,) = store.execute([Open(id=next(ids), lines=moves)])
        assert not isinstance(result, Exception), result


def make_row_database(path: Path) -> sqlite3.Connection:
    """Make the simplest durable database there is, to compare with."""
    connection = database.connect(path)
    connection.execute("CREATE TABLE IF NOT EXISTS row (n INTEGER PRIMARY KEY, body BLOB)")
    return connection


def sku_name(number: int) -> str:
    """Name the SKU of a number."""
    return f"SKU{number:06d}"


def series(rng: random.Random) -> Iterator[bytes]:
    """Mint ids as our tills do."""
    prefix, counter = rng.getrandbits(60), 0
    while True:
        counter += 1
        yield series_id(prefix, counter)


def make_sale(rng: random.Random, skus: int, sale_id: bytes) -> Sell:
    """Make a sale of three different goods, paid in cash with change."""
    lines = tuple(
        SellLine(sku=sku_name(n), quantity=rng.randint(1, 3)) for n in rng.sample(range(skus), 3)
    )
    return Sell(sale_id, "t1", lines, (TenderLine("cash", 100_000),))


def commit_row(connection: sqlite3.Connection) -> None:
    """Commit one row of 200 bytes."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO row (body) VALUES (zeroblob(200))")
    connection.execute("COMMIT")


def sell(store: Store, commands: list[Sell]) -> None:
    """Commit sales in one transaction; fail unless each result is a sale."""
    results = store.execute(commands)
    assert all(isinstance(result, SaleResult) for result in results), results


def clock() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000
