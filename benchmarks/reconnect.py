"""Many stores come back at once after a day: how long until all their stock is right.

One worker of headquarters over SQLite (synchronous=FULL) and every store's session in this one
process, over links in memory. The stores' ledgers hold in memory what a node would read from its
database: a day of 5,000 sales and 2,000 SKUs, whose rows headquarters knows from the day before.
Facts are on their way meanwhile and compete for the same worker, as they would.
"""

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from benchmarks.figures import Figure, Run
from benchmarks.ingest import make_sale
from benchmarks.memory_chain import End, Link, Office
from benchmarks.sale_core import clock, make_row_database, series, sku_name
from sync.effects import movements
from sync.facts import Fact, decode_fact, encode_fact
from sync.identity import Replica
from sync.journal import Batch, Head, genesis, link, make_batch
from sync.quantities import Kind, pack_rows
from sync.signing import Signer
from sync.wire import Delta, Holding, RecordOffer, RowGroup

SKUS = 2_000
SALES = 5_000


def measure(run: Run) -> Iterable[Figure]:
    """Let all stores say where they stand, cut them off for a day, let them come back."""
    count, sales = run.pick(500, 20), run.pick(SALES, 1_000)
    run.say(f"{count} stores: their day is being made")
    facts = list(_day(sales))
    sold = Counter[str]()
    for fact in facts:
        for sku, _, quantity in movements(decode_fact(fact).body):
            sold[sku] += quantity
    names = [f"s{n:04d}" for n in range(count)]
    office = Office(f"sqlite:///{run.folder / 'central.db'}", names)
    stores = [Remembered(Replica(name, 1), facts) for name in names]
    yesterday = _Stage(run, office, stores, "yesterday")
    yesterday.go()
    for store in stores:
        store.trade(sold)
    today = _Stage(run, office, stores, "today")
    began = time.perf_counter()
    today.go()
    took_s = time.perf_counter() - began
    _check(office, stores)
    office.close()
    bare_s = _bare_s(run, count)
    yield Figure(
        what=f"{count} stores reconnect after a day: all stock right", unit="s", value=took_s,
        goal=60.0 if count == 500 else None, limit=bare_s,
        limit_is="as many bare upserts, a commit a store",
        note=f"stores' sessions in the same process; facts in by then: {today.facts_in:,}",
    )  # fmt: skip


class Remembered(End):
    """A store whose ledger lives in memory; the same day for all, each signed by its own author."""

    def __init__(self, replica: Replica, facts: Sequence[bytes]) -> None:
        self._me, self._signer = replica, Signer(str(replica).encode().ljust(32, b"."))
        self._facts, self._heads = facts, [genesis(str(replica))]
        self._values = [100 + n for n in range(SKUS)]
        self.version = SKUS
        self.restart(1)

    def restart(self, number: int) -> None:
        """Begin a new process."""
        super().__init__(self._me, self._signer, self, number)

    def trade(self, sold: Mapping[str, int]) -> None:
        """Have a day of sales: counters grow by what was sold, the journal has all its facts."""
        name = str(self._me)
        hashes = accumulate(self._facts, link, initial=genesis(name).hash)
        self._heads = [Head(seq, digest) for seq, digest in enumerate(hashes)]
        self._values = [value + sold.get(sku_name(n), 0) for n, value in enumerate(self._values)]
        self.version += SKUS
        self.restart(2)

    def stock(self) -> dict[tuple[str, int], int]:
        """Counters by SKU and kind."""
        return {(sku_name(n), int(Kind.SOLD)): value for n, value in enumerate(self._values)}

    # -- the port (sync.ledger.Ledger) -----------------------------------------------------------

    def holdings(self) -> Sequence[Holding]:
        """Only the own journal."""
        head = self._heads[-1]
        return [Holding(str(self._me), head.seq, head.hash, self._signer.public_key)]

    def batch_after(self, journal: str, seq: int, max_bytes: int) -> Batch | None:
        """Facts of the own journal, signed on the spot."""
        facts: list[bytes] = []
        for fact in self._facts[seq : self._heads[-1].seq]:
            max_bytes -= len(fact)
            if facts and max_bytes < 0:
                break
            facts.append(fact)
        return make_batch(journal, self._heads[seq], facts, self._signer) if facts else None

    def quantity_version(self, _peer: str) -> int:
        """Version of the newest row."""
        return self.version

    def delta_after(self, _peer: str, version: int, _max_rows: int) -> Delta | None:
        """All rows at once: they fit into one message."""
        if version >= self.version:
            return None
        rows = pack_rows((n + 1, Kind.SOLD, value) for n, value in enumerate(self._values))
        skus = [(n + 1, sku_name(n)) for n in range(SKUS)] if version == 0 else []
        group = RowGroup(str(self._me), self._heads[-1].seq, rows)
        return Delta(version, self.version, True, clock(), skus, [group])

    def quantities_have(self, _stream: str) -> int:
        """Headquarters has no quantities for stores here."""
        return 0

    def record_version(self, _peer: str) -> int:
        """No documents are kept here."""
        return 0

    def offer_after(self, _peer: str, _version: int, _max_documents: int) -> RecordOffer | None:
        """No documents are kept here."""
        return None

    def records_have(self, _stream: str) -> int:
        """No documents are kept here."""
        return 0

    def wanted(self, _documents: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """No documents are kept here."""
        return []

    def difference(self, _document: str, _state_vector: bytes) -> bytes | None:
        """No documents are kept here."""
        return None


class _Stage:
    """All stores connect at once; ends when headquarters holds what they said of their stock."""

    def __init__(self, run: Run, office: Office, stores: Sequence[Remembered], what: str) -> None:
        self._run, self._office, self._what = run, office, what
        self._stores = stores
        self._told = 0.0
        self.facts_in = 0

    def go(self) -> None:
        """Connect, carry, and cut."""
        link_ = Link(self._office, self._stores)
        link_.connect()
        if not self._is_done():
            link_.run(self._is_done)
        assert self._is_done(), "not all stock arrived"
        self.facts_in = self._office.facts()
        link_.cut()

    def _is_done(self) -> bool:
        have = self._office.quantities_have()
        right = sum(have.get(f"{store.name}-n1", 0) >= store.version for store in self._stores)
        if time.monotonic() - self._told > 1:
            self._told = time.monotonic()
            self._run.say(f"{len(self._stores)} stores, {self._what}: stock of {right} is right")
        return right == len(self._stores)


def _day(sales: int) -> Iterator[bytes]:
    """Make the facts of a day."""
    rng = random.Random(6)
    ids = series(rng)
    for number in range(sales):
        yield encode_fact(Fact(next(ids), clock(), 0, "t1", make_sale(rng, number)))


def _check(office: Office, stores: Sequence[Remembered]) -> None:
    for store in stores[:: max(len(stores) // 20, 1)]:
        wanted, held = store.stock(), office.stock(store.name)
        found = {key: held.get(key) for key in wanted}
        assert found == wanted, f"headquarters' stock of {store.name} is not the store's"


def _bare_s(run: Run, stores: int) -> float:
    """Upsert as many bare rows, with a commit for each store."""
    bare = make_row_database(run.folder / "bare.db")
    bare.execute(
        "CREATE TABLE counter (store, sku, kind, value, PRIMARY KEY (store, sku, kind))"
        " WITHOUT ROWID"
    )
    upsert = (
        "INSERT INTO counter VALUES (?, ?, 3, ?) ON CONFLICT DO UPDATE SET value=excluded.value"
    )
    for today in (False, True):
        run.say(f"{stores} stores: bare rows {'again' if today else ''}")
        began = time.perf_counter()
        for store in range(stores):
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(upsert, [(store, n, n + today) for n in range(SKUS)])
            bare.execute("COMMIT")
    bare.close()
    return time.perf_counter() - began
