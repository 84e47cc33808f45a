"""Both ends of a session over a network that loses, repeats, reorders and cuts, in virtual time."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from sync.bodies import Promise
from sync.body import StockLine
from sync.identity import Replica
from sync.ledger import Outcome
from sync.session import Commit, Effect, Reject, Self, Send, Session
from sync.signing import Signer
from sync.topics import Lane
from sync.wire import Facts, Hello, unseal
from tests.sync.memory import MemoryLedger, opening

TICK_MS = 500
STORE = "s1"


@dataclass
class Weather:
    """How a network treats a message: probabilities, and delays in milliseconds."""

    loss: float = 0.0
    repeat: float = 0.0
    delay_ms: tuple[int, int] = (5, 5)
    cut: bool = False


@dataclass
class Network:
    """Carries payloads to whoever listens to a topic, in virtual time."""

    random: Random
    weather: Weather = field(default_factory=Weather)
    now_ms: int = 10_000_000_000
    sent_bytes: int = 0
    log: list[tuple[int, str, str]] = field(default_factory=list)
    _queue: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def at(self, delay_ms: int, action: Callable[[], None]) -> None:
        """Run an action later."""
        self._count += 1
        heapq.heappush(self._queue, (self.now_ms + delay_ms, self._count, action))

    def carry(self, label: str, payload: bytes, deliver: Callable[[], None]) -> None:
        """Carry a payload as the weather allows."""
        self.sent_bytes += len(payload)
        kind = type(unseal(payload).message).__name__
        self.log.append((self.now_ms, label, kind))
        if self.weather.cut or self.random.random() < self.weather.loss:
            return
        copies = 2 if self.random.random() < self.weather.repeat else 1
        for _ in range(copies):
            self.at(self.random.randint(*self.weather.delay_ms), deliver)

    def run(self, duration_ms: int) -> None:
        """Let virtual time pass."""
        end = self.now_ms + duration_ms
        while self._queue and self._queue[0][0] <= end:
            self.now_ms, _, action = heapq.heappop(self._queue)
            action()
        self.now_ms = end


class End:
    """One process: a session over a memory ledger, committing with a delay, in batches."""

    def __init__(self, network: Network, ledger: MemoryLedger, node: str, peer: str) -> None:
        self.network = network
        self.ledger = ledger
        self.node = node
        session = network.random.randrange(1, 2**53)
        self.me = Self(ledger.me, bytes(16), ledger.signer.public_key, "test", session)
        known = max((s for s in ledger.state.streams if s.startswith(peer)), default="")
        self.session = Session(self.me, STORE, peer, ledger, known)
        self.out: list[Callable[[Lane, bytes], None]] = []
        self.rejected: list[Reject] = []
        self.alive = True
        self.skew_ms = 0
        self._inbox: list[Commit] = []
        network.at(network.random.randint(0, TICK_MS), self._tick)

    @property
    def now_ms(self) -> int:
        """What the clock of this process shows."""
        return self.network.now_ms + self.skew_ms

    def connect(self) -> None:
        """Tell the session that the way is open."""
        self.run(self.session.connected(self.now_ms))

    def receive(self, lane: Lane, payload: bytes) -> None:
        """Hand a payload to the session, unless the process is dead."""
        if self.alive:
            self.run(self.session.receive(lane, payload, self.now_ms))

    def committed_locally(self) -> None:
        """Tell the session that something was committed here."""
        self.run(self.session.local_commit(self.now_ms))

    def run(self, effects: list[Effect]) -> None:
        """Carry out effects."""
        for effect in effects:
            match effect:
                case Send(lane, payload):
                    for listener in self.out:
                        self.network.carry(self.node, payload, partial(listener, lane, payload))
                case Reject():
                    self.rejected.append(effect)
                case Commit():
                    if not self._inbox:
                        self.network.at(3, self._drain)
                    self._inbox.append(effect)

    def _drain(self) -> None:
        inbox, self._inbox = self._inbox, []
        if not self.alive:
            return
        for commit in inbox:
            outcome = self.ledger.commit(commit.origin, commit.message)
            self.run(self._report(commit, outcome))

    def _report(self, commit: Commit, outcome: Outcome) -> list[Effect]:
        now_ms = self.now_ms
        if isinstance(commit.message, Hello):
            if outcome.refused:
                return self.session.refuse(commit.origin, outcome.refused, now_ms)
            return self.session.admitted(commit.origin, commit.message, now_ms)
        return self.session.committed(commit.origin, [outcome], now_ms)

    def _tick(self) -> None:
        if self.alive:
            self.run(self.session.tick(self.now_ms))
            self.network.at(TICK_MS, self._tick)


@dataclass
class Pair:
    """A store's node and headquarters."""

    network: Network
    store: End
    hq: End

    def sell(self, end: End, body: object) -> None:
        """Append an own fact at one end and tell its session."""
        end.ledger.append(body, self.network.random.randbytes(16))  # type: ignore[arg-type]
        end.committed_locally()

    @property
    def equal(self) -> bool:
        """Whether both ends hold the same facts, counters and documents."""
        one, two = self.store.ledger.state, self.hq.ledger.state
        return (
            {n: j.facts for n, j in one.journals.items() if j.facts}
            == {n: j.facts for n, j in two.journals.items() if j.facts}
            and {k: r.value for k, r in one.rows.items()}
            == {k: r.value for k, r in two.rows.items()}
            and one.documents == two.documents
        )


def signer(name: str) -> Signer:
    """Derive a key from a name: tests need no secrets."""
    return Signer(name.encode().ljust(32, b"."))


def ledger(replica: str) -> MemoryLedger:
    """Make an empty ledger of one life."""
    return MemoryLedger(Replica.parse(replica), signer(replica))


def join(store: End, hq: End) -> None:
    """Let two ends hear each other."""
    store.out.append(hq.receive)
    hq.out.append(store.receive)


def pair(seed: int = 0, weather: Weather | None = None) -> Pair:
    """Make two connected ends with empty ledgers."""
    network = Network(Random(seed), weather or Weather())
    store = End(network, ledger("s1-n1"), "s1", "hq")
    hq = End(network, ledger("hq-n1"), "hq", "s1")
    join(store, hq)
    store.connect()
    hq.connect()
    return Pair(network, store, hq)


def sent_kinds(network: Network, node: str) -> list[str]:
    """Return the kinds of messages one node sent, in order."""
    return [kind for _, label, kind in network.log if label == node]


def fact_bytes(payload: bytes) -> int:
    """Return how many bytes of facts a payload carries."""
    message = unseal(payload).message
    return sum(map(len, message.batch.facts)) if isinstance(message, Facts) else 0


def trade(p: Pair, facts: int) -> None:
    """Let both ends write, interleaved with time."""
    for n in range(facts):
        p.sell(p.store, opening(f"sku{n % 7}", 1 + n))
        if n % 3 == 0:
            p.sell(p.hq, Promise("o", [StockLine(f"sku{n % 5}", 1)]))
            p.store.ledger.edit(f"doc{n % 4}")
            p.hq.ledger.edit(f"doc{n % 3}")
        p.network.run(p.network.random.randint(0, 400))


def restarted(p: Pair, store: bool) -> Pair:
    """Kill one process and start it again over its durable state."""
    old = p.store if store else p.hq
    old.alive = False
    new = End(p.network, old.ledger, old.node, "hq" if store else "s1")
    p.store.out.clear()
    p.hq.out.clear()
    p = Pair(p.network, new, p.hq) if store else Pair(p.network, p.store, new)
    join(p.store, p.hq)
    new.connect()
    return p
