"""Stores' sessions and headquarters' worker in one process: all is real but the network.

What is sent waits in a queue and arrives in order, as over a link that costs nothing. Each payload
is counted, so that bytes are those of the wire without the broker's framing.
"""

import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import text

from benchmarks.sale_core import clock, make_store
from central.authoring import Author
from central.incarnation import begin
from central.merging import Merger
from central.store import Store as CentralStore
from central.worker import Publish, Worker
from edge.books import database
from edge.books.store import Command
from edge.uplink.inbound import Receive
from edge.uplink.ledger import EdgeLedger
from sync.definitions import StoreProfile
from sync.identity import HEADQUARTERS, Replica
from sync.ledger import Ledger, Outcome
from sync.records import merge
from sync.session import Commit, Effect, Self, Send, Session
from sync.signing import Signer
from sync.topics import Lane
from sync.wire import Hello, RecordDiff

KEY = b"h" * 32
BIRTH = bytes(16)


class Office:
    """Headquarters: the real worker over a real database."""

    def __init__(self, url: str, stores: Sequence[str]) -> None:
        """Set headquarters up with its stores."""
        self.store = CentralStore.open(url)
        rng = random.Random(2)
        signer = Signer(KEY)
        with self.store.write() as connection:
            hq = begin(connection, signer.public_key, BIRTH, clock(), "benchmark")
            profiles = [StoreProfile(name, name, "", "EUR") for name in stores]
            Author(hq, clock, lambda: rng.randbytes(16)).define(connection, profiles, "benchmark")
        merger = Merger(self.store, hq, merge)
        self.worker = Worker(self.store, hq, signer, "bench", 2**62 + 1, merger=merger)
        self.worker.connected(clock())

    def quantities_have(self) -> dict[str, int]:
        """How far the quantities of each life are committed."""
        sql = "SELECT j.name, l.quantities_have FROM life l JOIN journal j ON j.id = l.journal_id"
        with self.store.read() as connection:
            return {row[0]: row[1] for row in connection.execute(text(sql))}

    def stock(self, store: str) -> dict[tuple[str, int], int]:
        """Counters of a store by SKU and kind."""
        sql = text(
            "SELECT k.sku, q.kind, q.value, q.folded FROM quantity q"
            " JOIN sku k ON k.number = q.sku_no JOIN store s ON s.id = q.store_id WHERE s.name = :s"
        )
        with self.store.read() as connection:
            rows = connection.execute(sql, {"s": store}).all()
        return {(row.sku, row.kind): max(row.value, row.folded) for row in rows}

    def facts(self) -> int:
        """How many facts of stores are committed."""
        sql = "SELECT COALESCE(SUM(head_seq), 0) FROM journal WHERE store_id IS NOT NULL"
        with self.store.read() as connection:
            return int(connection.scalar(text(sql)) or 0)

    def close(self) -> None:
        """Close the database."""
        self.store.close()


class End:
    """A store's end of a session, over any ledger; counts what it sends on each lane."""

    def __init__(self, replica: Replica, signer: Signer, ledger: Ledger, number: int) -> None:
        self.name = replica.node
        me = Self(replica, BIRTH, signer.public_key, "benchmark", 2**62 + number)
        self.session = Session(me, self.name, HEADQUARTERS, ledger)
        self.up: deque[tuple[Lane, bytes]] = deque()
        self.sent = Counter[Lane]()

    def commit(self, commit: Commit) -> Outcome:  # noqa: ARG002 - for those that keep something
        """Accept whatever headquarters says."""
        return Outcome()

    def run(self, effects: Sequence[Effect]) -> None:
        """Carry out effects; commits are carried out at once."""
        for effect in effects:
            if isinstance(effect, Send):
                self.up.append((effect.lane, effect.payload))
                self.sent[effect.lane] += len(effect.payload)
            elif isinstance(effect, Commit):
                outcome = self.commit(effect)
                if isinstance(effect.message, Hello):
                    self.run(self.session.admitted(effect.origin, effect.message, clock()))
                else:
                    self.run(self.session.committed(effect.origin, [outcome], clock()))


class RealStore(End):
    """A store with its real database, sold from with `sell` and read by the real ledger."""

    def __init__(self, folder: Path, name: str, skus: int) -> None:
        """Make the store in a folder."""
        replica, signer = Replica(name, 1), Signer(name.encode().ljust(32, b"."))
        path = folder / f"{name}.db"
        self.store = make_store(path, replica, signer.public_key, skus)
        self.reading = database.connect(path, readonly=True)
        self._signer = signer
        self._starts = 0
        self.restart()

    def restart(self) -> None:
        """Begin a new process over what is durable: nothing is remembered of the session before."""
        self._starts += 1
        self.ledger = EdgeLedger(self.reading, self._signer, clock)
        super().__init__(self.store.books.replica, self._signer, self.ledger, self._starts)

    def execute(self, command: Command[object]) -> object:
        """Execute one command."""
        (result,) = self.store.execute([command])
        if isinstance(result, Exception):
            raise result
        return result

    def commit(self, commit: Commit) -> Outcome:
        """Commit what headquarters says."""
        assert not isinstance(commit.message, RecordDiff), "no records are kept here"
        result = self.execute(Receive(commit.origin, commit.message))
        assert isinstance(result, Outcome)
        return result

    def close(self) -> None:
        """Close the database."""
        self.reading.close()
        self.store.close()


class Link:
    """Carries payloads between ends and headquarters until nothing moves or enough is done."""

    def __init__(self, office: Office, ends: Sequence[End]) -> None:
        self._office = office
        self._ends = {end.name: end for end in ends}

    def connect(self) -> None:
        """Let every end greet."""
        for end in self._ends.values():
            end.run(end.session.connected(clock()))

    def cut(self) -> None:
        """Forget what is on the way; both sides notice."""
        for end in self._ends.values():
            end.session.disconnected()
            end.up.clear()
            self._office.worker.sessions.pop(end.name, None)

    def run(self, is_done: Callable[[], bool] = lambda: False) -> bool:
        """Carry until `is_done`, asked after every commit; False if nothing moves before."""
        worker = self._office.worker
        while True:
            moved = False
            for end in self._ends.values():
                while end.up:
                    moved = True
                    lane, payload = end.up.popleft()
                    topic = worker.topics.up(end.name, lane)
                    self._deliver(worker.receive(topic, payload, clock()))
            while worker.waiting:
                moved = True
                answers = worker.commit(clock())
                if is_done():
                    return True
                self._deliver(answers)
            if not moved:
                return False

    def _deliver(self, messages: Sequence[Publish]) -> None:
        for message in messages:
            levels = message.topic.split("/")
            if levels[-3] == "d" and levels[-2] in self._ends:
                end = self._ends[levels[-2]]
                lane = Lane(levels[-1])
                end.run(end.session.receive(lane, message.payload, clock()))
