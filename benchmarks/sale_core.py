"""Time a sale of three lines in the core beside a one-row commit on the same disk, interleaved."""

import argparse
import gc
import random
import sqlite3
import tempfile
import time
from pathlib import Path

from edge import database
from edge.checkpoints import Checkpointer
from edge.selling import SaleResult, Sell, SellLine, TenderLine
from edge.store import Life, Store, begin_life
from sync.identity import Replica


def main() -> None:
    """Print p50 and p99 in milliseconds for both, and for sales that share a commit."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sales", type=int, default=3_000)
    arguments.add_argument("--skus", type=int, default=20_000)
    arguments.add_argument("--dir", default=None, help="directory on the disk to measure")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.dir) as directory:
        measure(Path(directory), asked.sales, asked.skus)


def measure(directory: Path, sales: int, skus: int) -> None:
    """Run the measurement in a directory."""
    rng = random.Random(1)
    store = make_store(directory / "store.db", skus)
    row = make_row_database(directory / "row.db")
    checkpointer = Checkpointer(store.connection)
    sale_ms, row_ms, group_ms = [], [], []
    gc.freeze()
    for _ in range(sales):
        command = make_sale(rng, skus)
        sale_ms.append(timed(lambda command=command: check(store.execute([command]))))
        row_ms.append(timed(lambda: commit_row(row)))
    for _ in range(max(sales // 20, 1)):
        group = [make_sale(rng, skus) for _ in range(20)]
        group_ms.append(timed(lambda group=group: check(store.execute(group))) / 20)
    report("one-row commit", row_ms)
    report("sale of 3 lines", sale_ms)
    report("sale in a group of 20", group_ms)
    checkpointer.close()
    store.close()
    row.close()


def make_store(path: Path, skus: int) -> Store:
    """Make a store with a catalogue and stock of every SKU."""
    connection = database.connect(path)
    life = Life(Replica("s0001", 1), bytes(16), bytes(32), "setup", "benchmark")
    begin_life(connection, life, clock)
    connection.execute("INSERT INTO tax_rate VALUES ('std', 190000, 1, 'standard', 1)")
    connection.executemany(
        "INSERT INTO product (sku, names, unit, tax_code, price_minor, price_quantity, tracked,"
        " active, category, variant_of, attributes, gtins, rank)"
        " VALUES (?, '{}', 'piece', 'std', ?, 1, 1, 1, '', '', '{}', '[]', 1)",
        [(f"SKU{n:06d}", 100 + n % 900) for n in range(skus)],
    )
    return Store(connection, clock=clock)


def make_row_database(path: Path) -> sqlite3.Connection:
    """Make the simplest durable database there is, to compare with."""
    connection = database.connect(path)
    connection.execute("CREATE TABLE row (n INTEGER PRIMARY KEY, body BLOB)")
    return connection


def make_sale(rng: random.Random, skus: int) -> Sell:
    """Make a sale of three different goods, paid in cash with change."""
    lines = tuple(SellLine(sku=f"SKU{n:06d}") for n in rng.sample(range(skus), 3))
    at = clock().to_bytes(6, "big")
    return Sell(at + rng.randbytes(10), "t1", lines, (TenderLine("cash", 100_000),))


def commit_row(connection: sqlite3.Connection) -> None:
    """Commit one row of 200 bytes."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO row (body) VALUES (zeroblob(200))")
    connection.execute("COMMIT")


def check(results: list[object]) -> None:
    """Fail unless every result is a sale."""
    assert all(isinstance(result, SaleResult) for result in results), results


def timed(work: object) -> float:
    """Milliseconds that a call takes."""
    began_ns = time.perf_counter_ns()
    work()  # type: ignore[operator]
    return (time.perf_counter_ns() - began_ns) / 1e6


def clock() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


def report(name: str, times_ms: list[float]) -> None:
    """Print one row."""
    ordered = sorted(times_ms)
    p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    print(f"{name:24} p50 {p50:6.3f} ms   p99 {p99:6.3f} ms   of {len(ordered)}")


if __name__ == "__main__":
    main()
