"""Sales a second through headquarters' ingest, beside the limit of inserting as many bare rows.

Decode, chain and signature check, fold, totals and COMMIT on one core: payloads as stores seal them
come in, one transaction takes what a worker would drain. The limit is an `executemany` of the same
fact rows into the same table, committed as often. SQLite runs in WAL mode with synchronous=FULL;
PostgreSQL (where its programs are found) with its own settings, durable, and on other cores.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from random import Random
from statistics import median

from sqlalchemy import func, select

from benchmarks.figures import AT_LEAST, Figure, Run, wall_and_cpu
from benchmarks.sale_core import sku_name
from central import schema
from central.authoring import Author
from central.incarnation import Headquarters, begin
from central.ingest import ingest
from central.store import Store
from sync.definitions import StoreProfile
from sync.effects import movements
from sync.facts import Fact, encode_fact
from sync.identity import Replica
from sync.journal import follow, genesis, make_batch
from sync.quantities import pack_rows
from sync.receipts import Line, Sale, Tender
from sync.session import Commit
from sync.signing import Signer
from sync.wire import Delta, Facts, Hello, RowGroup, seal, unseal
from tests.parts import find_postgresql
from tests.postgres import running_cluster

STORES = 20
SKUS = 2_000
BATCH = 100
ROUNDS = 4
BARE_JOURNAL = 10**6
MESSAGES_AT_ONCE = 200  # ten of each store: what is on the way when a worker is busy
NOW_MS = 1_760_000_000_000
KEY = b"k" * 32


def make_sale(random: Random, number: int) -> Sale:
    """Make a sale of three lines with tax, paid in cash."""
    lines = [
        Line(
            sku_name(random.randrange(SKUS)),
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


@dataclass(slots=True)
class Speeds:
    """Sales a second of each round, by the clock and by CPU seconds, and of bare rows."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    bare_wall: list[float] = field(default_factory=list)
    bare_cpu: list[float] = field(default_factory=list)


def measure(run: Run) -> Iterable[Figure]:
    """Measure SQLite, and PostgreSQL if it is there."""
    run.say("central ingest: what stores send is being made")
    rounds = run.pick(ROUNDS, 1)
    sales = STORES * BATCH * rounds * run.pick(6, 1)
    hellos, payloads = make_payloads(sales)
    store = Store.open(f"sqlite:///{run.folder / 'central.db'}")
    speeds = _measure(run, "SQLite", store, (hellos, payloads))
    yield from _figures("SQLite", speeds)
    store.close()
    programs = find_postgresql()
    if programs is None:
        run.say("central ingest: PostgreSQL is not installed and left out")
        return
    with running_cluster(programs, settings={}) as url:
        store = Store.open(url.replace("postgresql:", "postgresql+psycopg:", 1))
        speeds = _measure(run, "PostgreSQL", store, (hellos, payloads))
        store.close()
    yield from _figures("PostgreSQL", speeds)


def _measure(
    run: Run, name: str, store: Store, sent: tuple[list[tuple[str, Commit]], list[bytes]]
) -> Speeds:
    hellos, payloads = sent
    rounds = run.pick(ROUNDS, 1)
    hq = prepare(store)
    with store.write() as connection:
        ingest(connection, hq, hellos, NOW_MS)
    speeds = Speeds()
    part = len(payloads) // rounds
    for number in run.rounds(f"central ingest, {name}", rounds, rounds):
        mine = payloads[(number - 1) * part : number * part]
        sales = part // 2 * BATCH
        wall, cpu = wall_and_cpu(partial(take, store, hq, mine))
        speeds.wall.append(sales / wall)
        speeds.cpu.append(sales / cpu)
        wall, cpu = wall_and_cpu(limit(store, mine, number))
        speeds.bare_wall.append(sales / wall)
        speeds.bare_cpu.append(sales / cpu)
    with store.read() as connection:
        journal = schema.fact.c.journal_id
        mine_only = (schema.fact.c.kind == 2) & (journal < BARE_JOURNAL)
        held = connection.scalar(select(func.count()).where(mine_only))
    assert held == part // 2 * BATCH * rounds, f"{held} sales arrived"
    return speeds


def _figures(name: str, speeds: Speeds) -> Iterator[Figure]:
    limit_is = "bare rows, as many commits"
    yield Figure(
        what=f"central ingest, {name}, per core", unit="sales/CPU s", value=median(speeds.cpu),
        better=AT_LEAST, goal=15_000.0 if name == "SQLite" else None,
        limit=median(speeds.bare_cpu), limit_is=limit_is,
        note="" if name == "SQLite" else "CPU of headquarters alone, not of the database server",
    )  # fmt: skip
    yield Figure(
        what=f"central ingest, {name}, by the clock", unit="sales/s", value=median(speeds.wall),
        better=AT_LEAST, limit=median(speeds.bare_wall), limit_is=limit_is,
    )  # fmt: skip


def limit(store: Store, payloads: list[bytes], number: int) -> Callable[[], None]:
    """Return an action that inserts as many bare fact rows as the payloads hold."""
    messages = [unseal(payload).message for payload in payloads]
    rows = [
        (BARE_JOURNAL + number, at, at.to_bytes(16, "big"), 2, NOW_MS, fact)
        for at, fact in enumerate(
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
