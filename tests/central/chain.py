"""A chain on one thread: the real worker, and stores' nodes that keep their state in memory."""

from collections import deque
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import text

from central.adoption import Adoption
from central.allotting import Allotment
from central.authoring import Author
from central.dispatching import Dispatch
from central.incarnation import begin, current
from central.merging import Merger
from central.schema import metadata
from central.store import Store
from central.worker import Publish, Worker
from sync.bodies import AnyBody
from sync.definitions import StoreProfile
from sync.identity import Replica
from sync.receipts import Line, LineKind, Sale, Tender
from sync.records import merge
from sync.session import Commit, Effect, Self, Send, Session
from sync.signing import Signer
from sync.topics import Lane
from sync.wire import Hello
from tests.sync.memory import Journal, MemoryLedger

START_MS = 1_760_000_000_000
KEY = b"h" * 32


def sale(number: int, *lines: tuple[str, int, int], day: int = 20_000) -> Sale:
    """Make a sale of lines (sku, quantity, unit price), paid in cash."""
    sold = [Line(sku, quantity, price, "A", 0) for sku, quantity, price in lines]
    total = sum(quantity * price for _, quantity, price in lines)
    return Sale("t1", number, day, "EUR", sold, [Tender("cash", total)])


def charge(amount: int) -> Line:
    """Make a line that is no goods."""
    return Line("FEE", 1, amount, "A", 0, kind=LineKind.CHARGE)


@dataclass
class Clock:
    """A clock that a test sets."""

    now_ms: int = START_MS

    def __call__(self) -> int:
        return self.now_ms


class Node:
    """One life of a store's node."""

    def __init__(self, chain: "Chain", replica: str, key: bytes | None = None) -> None:
        self.replica = Replica.parse(replica)
        self.chain = chain
        signer = Signer(key or replica.encode().ljust(32, b"."))
        self.ledger = MemoryLedger(self.replica, signer)
        self.trust(chain)
        self.start()

    def trust(self, chain: "Chain") -> None:
        """Pin headquarters' key for the journals of its incarnation."""
        for hq in (chain.hq.replica, chain.hq.replica_for(self.name)):
            self.ledger.state.journals[str(hq)] = Journal(chain.signer.public_key)

    @property
    def name(self) -> str:
        """Name of the store."""
        return self.replica.node

    def start(self) -> None:
        """Begin a new process over what is durable."""
        key = self.ledger.signer.public_key
        number = self.chain.random.randrange(1, 2**53)
        birth = str(self.replica).encode().ljust(16, b".")[:16]
        me = Self(self.replica, birth, key, "test", number)
        known = max((s for s in self.ledger.state.streams if s.startswith("hq")), default="")
        self.session = Session(me, self.name, "hq", self.ledger, known)

    def connect(self) -> None:
        """Open the way to headquarters."""
        self.run(self.session.connected(self.chain.clock.now_ms))

    def post(self, body: AnyBody, fact_id: bytes | None = None) -> None:
        """Commit a fact, and let the session send it."""
        self.ledger.append(body, fact_id or self.chain.mint(), self.chain.clock.now_ms)
        self.run(self.session.local_commit(self.chain.clock.now_ms))

    def receive(self, lane: Lane, payload: bytes) -> None:
        """Take a payload from headquarters."""
        self.run(self.session.receive(lane, payload, self.chain.clock.now_ms))

    def run(self, effects: list[Effect]) -> None:
        """Carry out effects, committing at once."""
        now_ms = self.chain.clock.now_ms
        for effect in effects:
            if isinstance(effect, Send):
                topic = self.chain.worker.topics.up(self.name, effect.lane)
                self.chain.carry(Publish(topic, effect.payload))
            elif isinstance(effect, Commit):
                outcome = self.ledger.commit(effect.origin, effect.message)
                if isinstance(effect.message, Hello):
                    self.run(self.session.admitted(effect.origin, effect.message, now_ms))
                else:
                    self.run(self.session.committed(effect.origin, [outcome], now_ms))


@dataclass
class Chain:
    """Headquarters and its stores' nodes, with a network that may lose and reorder."""

    store: Store
    random: Random = field(default_factory=lambda: Random(1))
    clock: Clock = field(default_factory=Clock)
    loss: float = 0.0
    shuffle: bool = False
    nodes: dict[str, Node] = field(default_factory=dict)
    up: deque[Publish] = field(default_factory=deque)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.signer = Signer(KEY)
        with self.store.write() as connection:
            hq = current(connection)
            self.hq = hq or begin(connection, self.signer.public_key, bytes(16), START_MS, "setup")
        self.start()

    def mint(self) -> bytes:
        """Make an id."""
        return next(self.numbers).to_bytes(16, "big")

    def start(self) -> None:
        """Begin a new worker process over the database."""
        self.author = Author(self.hq, self.clock, self.mint)
        self.worker = Worker(
            self.store,
            self.hq,
            self.signer,
            "demo",
            self.random.randrange(1, 2**53),
            merger=Merger(self.store, self.hq, merge),
            adoption=Adoption(self.store, self.author),
            allotment=Allotment(self.store, self.author),
            dispatch=Dispatch(self.store, self.author),
        )
        self.deliver(self.worker.connected(self.clock.now_ms))

    def restart_as(self, store: Store) -> None:
        """Go on with another database (a restored one), as a new incarnation."""
        self.store = store
        with store.write() as connection:
            key = self.signer.public_key
            self.hq = begin(connection, key, bytes([7]) * 16, self.clock.now_ms, "restore")
        for node in self.nodes.values():
            node.trust(self)
        self.start()

    def add_store(self, name: str, region: str = "north") -> None:
        """Make a store known."""
        with self.store.write() as connection:
            profile = StoreProfile(name, name.title(), region, "EUR")
            self.author.define(connection, [profile], "test")
        self.deliver(self.worker.authored(self.clock.now_ms))

    def join(self, replica: str) -> Node:
        """Add a node of a store and connect it."""
        node = Node(self, replica)
        self.nodes[node.name] = node
        node.connect()
        return node

    def carry(self, message: Publish) -> None:
        """Take a payload up, if the network does."""
        if self.random.random() >= self.loss:
            self.up.append(message)

    def deliver(self, messages: list[Publish]) -> None:
        """Carry payloads down."""
        for message in messages:
            _, _, level = message.topic.partition("/d/")
            name, _, lane = level.partition("/")
            node = self.nodes.get(name)
            if node is not None and self.random.random() >= self.loss:
                node.receive(Lane(lane), message.payload)

    def settle(self, rounds: int = 40) -> None:
        """Let messages flow, commits happen and time pass."""
        for _ in range(rounds):
            self.clock.now_ms += 500
            for _ in range(20):
                if not self.step():
                    break
            self.deliver(self.worker.tick(self.clock.now_ms))
            for node in list(self.nodes.values()):
                node.run(node.session.tick(self.clock.now_ms))

    def step(self) -> bool:
        """Bring up what is on the way and commit it; False if there was nothing."""
        if not self.up and not self.worker.waiting:
            return False
        batch = list(self.up)
        self.up.clear()
        if self.shuffle:
            self.random.shuffle(batch)
        for message in batch:
            out = self.worker.receive(message.topic, message.payload, self.clock.now_ms)
            self.deliver(out)
        self.deliver(self.worker.commit(self.clock.now_ms))
        return True


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    """Run a query and return its rows as plain tuples."""
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def books(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return what headquarters knows, without the numbers that depend on who came first."""
    return {
        "facts": rows(
            store,
            "SELECT j.name, f.seq, f.id, f.kind, f.body FROM fact f"
            " JOIN journal j ON j.id = f.journal_id ORDER BY j.name, f.seq",
        ),
        "heads": rows(
            store, "SELECT name, head_seq, head_hash FROM journal WHERE head_seq > 0 ORDER BY name"
        ),
        "quantities": rows(
            store,
            "SELECT s.name, k.sku, j.name, q.kind, q.value, q.folded FROM quantity q"
            " JOIN store s ON s.id = q.store_id JOIN sku k ON k.number = q.sku_no"
            " JOIN journal j ON j.id = q.journal_id ORDER BY 1, 2, 3, 4",
        ),
        "totals": rows(
            store,
            "SELECT s.name, t.business_day, t.currency, t.sales, t.returns, t.voids, t.gross_minor,"
            " t.discount_minor, t.tax_minor, t.returned_minor, t.voided_minor, t.net_minor"
            " FROM sales_total t JOIN store s ON s.id = t.store_id ORDER BY 1, 2, 3",
        ),
        "orders": rows(
            store,
            "SELECT s.name, o.order_id, o.body, o.status, o.closed_ms, o.closing, l.sku,"
            " l.received, l.damaged FROM purchase_order o JOIN store s ON s.id = o.store_id"
            " LEFT JOIN order_line l ON l.store_id = o.store_id AND l.order_id = o.order_id"
            " ORDER BY 1, 2, 7",
        ),
        "transit": rows(
            store,
            "SELECT t.out, t.from_store, t.to_store, t.sent_ms, t.told, t.closed_ms, t.closing,"
            " t.reported, l.sku, l.sent, l.received, l.damaged FROM transit t"
            " LEFT JOIN transit_line l ON l.out = t.out ORDER BY t.out, l.sku",
        ),
        "quarantine": rows(
            store,
            "SELECT s.name, q.lane, q.reason, q.payload FROM quarantine q"
            " JOIN store s ON s.id = q.store_id ORDER BY 1, 2, 3, 4",
        ),
        "worklist": rows(
            store,
            "SELECT s.name, w.kind, w.subject, w.detail FROM worklist w"
            " JOIN store s ON s.id = w.store_id ORDER BY 1, 2, 3",
        ),
    }


def wipe(store: Store) -> None:
    """Empty every table."""
    with store.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
