"""Sales a second through headquarters' ingest, beside the limit of inserting as many bare rows.

Decode, chain and signature check, fold, totals and COMMIT (SQLite WAL, synchronous=FULL) on one
core: payloads as stores seal them come in, one transaction takes what a worker would drain. The
limit is an `executemany` of the same number of fact rows into the same table, committed as often.
Run it as `python -m benchmarks.ingest [--sales N] [--profile] [--postgres URL] [--json]`.
"""

import argparse
import cProfile
import json
import pstats
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from central import schema
from central.authoring import Author
from central.incarnation import Headquarters, begin
from central.ingest import ingest
from central.schema import metadata
from central.store import Store
from sync.bodies import Line, Sale, StoreProfile, Tender
from sync.effects import movements
from sync.facts import Fact, encode_fact
from sync.identity import Replica
from sync.journal import follow, genesis, make_batch
from sync.quantities import pack_rows
from sync.session import Commit
from sync.signing import Signer
from sync.wire import Delta, Facts, Hello, RowGroup, seal, unseal

STORES = 20
SKUS = 2_000
BATCH = 100
MESSAGES_AT_ONCE = 200  # ten of each store: what is on the way when a worker is busy
NOW_MS = 1_760_000_000_000
KEY = b"k" * 32


def make_sale(random: Random, number: int) -> Sale:
    """Make a sale of three lines with tax, paid in cash."""
    lines = [
        Line(
            f"SKU{random.randrange(SKUS):05}",
            random.randint(1, 3),
            random.randint(50, 5000),
            "std",
            190_000,
        )
        for _ in range(3)
    ]
    total = sum(line.amount_minor for line in lines)
    return Sale("t1", number, 20_000, "EUR", lines, [Tender("cash", total)])


def make_payloads(sales: int) -> tuple[list[tuple[str, Commit]], list[bytes]]:
    """Make the hellos of some stores and, in turns, their sealed deltas and batches."""
    random = Random(1)
    hellos, by_store = [], []
    for number in range(STORES):
        me = Replica(f"s{number:04}", 1)
        signer = Signer(str(me).encode().ljust(32, b"."))
        hello = Hello(1, b"b" * 16, signer.public_key, "bench", NOW_MS, [], "", 0, 0, False)
        hellos.append((me.node, Commit(me, hello)))
        by_store.append(_payloads_of(random, me, signer, sales // STORES))
    return hellos, [one for turn in zip(*by_store, strict=True) for pair in turn for one in pair]


def _payloads_of(
    random: Random, me: Replica, signer: Signer, sales: int
) -> list[tuple[bytes, bytes]]:
    head, version = genesis(str(me)), 0
    totals: dict[tuple[int, int], int] = {}
    known: dict[str, int] = {}
    out = []
    for start in range(0, sales, BATCH):
        facts, changed, fresh = [], set(), []
        for number in range(start, start + BATCH):
            body = make_sale(random, number)
            fact_id = NOW_MS.to_bytes(6, "big") + random.randbytes(10)
            facts.append(encode_fact(Fact(fact_id, NOW_MS, 0, "t1", body)))
            for sku, kind, quantity in movements(body):
                if sku not in known:
                    known[sku] = len(known) + 1
                    fresh.append((known[sku], sku))
                key = (known[sku], int(kind))
                totals[key] = totals.get(key, 0) + quantity
                changed.add(key)
        rows = pack_rows((number, kind, totals[number, kind]) for number, kind in changed)
        batch = make_batch(str(me), head, facts, signer)
        head = follow(head, facts)
        group = RowGroup(str(me), head.seq, rows)
        delta = Delta(version, version + len(changed), True, NOW_MS, fresh, [group])
        version += len(changed)
        out.append((seal(me, 1, 1, start + 1, delta), seal(me, 1, 1, start + 2, Facts(batch))))
    return out


def prepare(store: Store) -> Headquarters:
    """Set headquarters up with its stores."""
    ids = iter(range(10**6))
    with store.write() as connection:
        hq = begin(connection, Signer(KEY).public_key, bytes(16), NOW_MS, "bench")
        author = Author(hq, lambda: NOW_MS, lambda: next(ids).to_bytes(16, "big"))
        profiles = [StoreProfile(f"s{n:04}", f"s{n:04}", "", "EUR") for n in range(STORES)]
        author.define(connection, profiles, "bench")
    return hq


def take(store: Store, hq: Headquarters, payloads: list[bytes]) -> None:
    """Take payloads as a worker does: unseal, ingest what was drained, commit."""
    for start in range(0, len(payloads), MESSAGES_AT_ONCE):
        opened = [unseal(payload) for payload in payloads[start : start + MESSAGES_AT_ONCE]]
        items = [(one.origin.node, Commit(one.origin, one.message)) for one in opened]  # type: ignore[arg-type]
        with store.write() as connection:
            ingest(connection, hq, items, NOW_MS)


def limit(store: Store, payloads: list[bytes]) -> Callable[[], None]:
    """Return an action that inserts as many bare fact rows as the payloads hold."""
    messages = [unseal(payload).message for payload in payloads]
    rows = [
        (10**6, number, number.to_bytes(16, "big"), 2, NOW_MS, fact)
        for number, fact in enumerate(
            fact for one in messages if isinstance(one, Facts) for fact in one.batch.facts
        )
    ]
    at_once = len(rows) * MESSAGES_AT_ONCE // len(payloads)
    mark = "?" if store.is_sqlite else "%s"
    statement = f"INSERT INTO fact VALUES ({', '.join([mark] * 6)})"  # noqa: S608 - only marks

    def insert() -> None:
        for start in range(0, len(rows), at_once):
            with store.write() as connection:
                connection.exec_driver_sql(statement, rows[start : start + at_once])

    return insert


def timed(action: Callable[[], None]) -> tuple[float, float]:
    """Return wall-clock and CPU seconds of an action."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - wall, time.process_time() - cpu


def measure(name: str, store: Store, sales: int, profile: bool) -> dict[str, object]:
    """Measure one database; return the row of the table."""
    hq = prepare(store)
    hellos, payloads = make_payloads(sales)
    with store.write() as connection:
        ingest(connection, hq, hellos, NOW_MS)
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    wall, cpu = timed(lambda: take(store, hq, payloads))
    if profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    with store.read() as connection:
        held = connection.scalar(select(func.count()).where(schema.fact.c.kind == 2))
    assert held == sales, f"{held} of {sales} sales arrived"
    bare, bare_cpu = timed(limit(store, payloads))
    return {
        "what": f"central ingest, {name}",
        "sales": sales,
        "sales_per_s": round(sales / wall),
        "sales_per_cpu_s": round(sales / cpu),
        "limit_rows_per_s": round(sales / bare),
        "limit_rows_per_cpu_s": round(sales / bare_cpu),
        "goal_per_s": 15_000,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sales", type=int, default=60_000)
    parser.add_argument("--postgres", default="", help="SQLAlchemy URL of an empty database")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    sales = max(asked.sales // (STORES * BATCH), 1) * STORES * BATCH
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'central.db'}")
        rows = [measure("SQLite", store, sales, asked.profile)]
        store.close()
    if asked.postgres:
        store = Store.open(asked.postgres)
        rows.append(measure("PostgreSQL", store, sales, asked.profile))
        metadata.drop_all(store.engine)
        store.close()
    if asked.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print(
            f"{row['what']}: {row['sales_per_s']:,} sales/s ({row['sales_per_cpu_s']:,} per CPU"
            f" second), goal {row['goal_per_s']:,}; bare rows {row['limit_rows_per_s']:,}/s"
            f" ({row['limit_rows_per_cpu_s']:,} per CPU second)"
        )


if __name__ == "__main__":
    main()
