"""A worker is where stores' sessions meet the database: what it hears it commits, then answers.

Sans-IO: payloads go in with the time, messages to publish come out; the caller decides when what
waits is committed. An exception from `commit` leaves everything that waited waiting.
"""

import logging
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select, text
from sqlalchemy.exc import DataError, IntegrityError

from central import schema
from central.admission import shut_out
from central.adoption import Adoption
from central.allotting import Allotment
from central.dispatching import Dispatch
from central.incarnation import Headquarters
from central.ingest import ingest
from central.ledger import CentralLedger
from central.links import Links
from central.merging import Merger
from central.quarantine import Poison
from central.records import Merged
from central.store import Store
from sync.ledger import Outcome
from sync.presence import Presence, decode_presence, encode_presence
from sync.session import Commit, Effect, Reject, Self, Send, Session, State
from sync.signing import Signer
from sync.topics import PARTITIONS, Topics, partition
from sync.wire import Hello, RecordDiff

_log = logging.getLogger(__name__)
COMMITS_MAX = 2_000
STRANGERS_MAX = 64
LEARN_EVERY_MS = 10_000
_HEADS = text(
    "SELECT s.name, j.head_seq FROM store AS s JOIN journal AS j"
    " ON j.name = 'hq-' || s.name || '-n' || :generation"
)
_BAD_CONTENT = (DataError, IntegrityError, OverflowError, ValueError)


@dataclass(frozen=True, slots=True)
class Publish:
    """A payload to publish on a topic."""

    topic: str
    payload: bytes
    retain: bool = False


@dataclass(slots=True)
class Counts:
    """What a worker has done since it started."""

    messages: int = 0
    commits: int = 0
    transactions: int = 0
    rejected: int = 0
    misdirected: int = 0


class Worker:
    """Serves the stores of some partitions; `session` is a random number of this process."""

    def __init__(
        self,
        store: Store,
        hq: Headquarters,
        signer: Signer,
        chain: str,
        session: int,
        *,
        merger: Merger,
        software: str = "evertill-central 0.1.0",
        adoption: Adoption | None = None,
        allotment: Allotment | None = None,
        dispatch: Dispatch | None = None,
        partitions: Collection[int] = range(PARTITIONS),
    ) -> None:
        self.counts = Counts()
        self.merger = merger
        self.topics = Topics(chain)
        self.sessions: dict[str, Session] = {}
        self.partitions = frozenset(partitions)
        self._me = Self(hq.replica, hq.birth, hq.key, software, session)
        self._store, self._hq, self._signer = store, hq, signer
        self._waiting: deque[tuple[str, Commit | Merged]] = deque()
        self._poisons: list[tuple[str, Reject]] = []
        self._links = Links(store)
        self._adoption, self._allotment, self._dispatch = adoption, allotment, dispatch
        self._asking: set[str] = set()
        self._known: dict[str, int] = {}
        self._heads: dict[str, int] = {}
        self._now_ms = self._learn_ms = 0
        self._connected = False

    # -- events --------------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """How many messages wait to be committed, and one for requests that wait for rights."""
        messages = len(self._waiting) + len(self._poisons) + self.merger.waiting
        return messages + bool(self._asking)

    @property
    def is_alone(self) -> bool:
        """Whether no other worker serves any store."""
        return len(self.partitions) == PARTITIONS

    @property
    def birth(self) -> Publish:
        """Headquarters' retained birth message: a store that sees it greets at once."""
        presence = Presence(True, self._me.session, self._me.software)
        return Publish(self.topics.headquarters, encode_presence(presence), True)

    @property
    def will(self) -> Publish:
        """Headquarters' last will."""
        presence = Presence(False, self._me.session, self._me.software)
        return Publish(self.topics.headquarters, encode_presence(presence), True)

    def serve(self, partitions: Collection[int]) -> None:
        """Serve other partitions from now on; the sessions of stores in none of them end."""
        self.partitions = frozenset(partitions)
        for name in [name for name in self.sessions if partition(name) not in self.partitions]:
            del self.sessions[name]
        self._learn_stores()

    def connected(self, now_ms: int) -> list[Publish]:
        """The broker is reached; stores are greeted when they are heard."""
        self._now_ms = now_ms
        self._connected = True
        self._learn_stores()
        out: list[Publish] = []
        for name, session in self.sessions.items():
            out += self._carry_out(name, session.connected(now_ms))
        return out

    def disconnected(self, now_ms: int) -> None:
        """The broker is lost, and every store with it."""
        self._now_ms = now_ms
        self._connected = False
        for session in self.sessions.values():
            session.disconnected()

    def receive(self, topic: str, payload: bytes, now_ms: int) -> list[Publish]:
        """Take a payload that arrived on a topic; what it asks to commit waits for `commit`."""
        self._now_ms = now_ms
        self.counts.messages += 1
        if topic.startswith(f"{self.topics.root}/pres/"):
            return self._on_presence(topic.rsplit("/", 1)[1], payload, now_ms)
        try:
            name, lane = self.topics.sender(topic)
        except ValueError:
            self.counts.misdirected += 1
            return []
        if partition(name) not in self.partitions or not self._connected:
            return []
        session = self.sessions.get(name)
        out: list[Publish] = []
        if session is None:
            session = self._open(name)
        if session.state is State.DOWN:  # whatever its last will said: it speaks
            greeting = session.connected(now_ms)
            if lane != "hello":
                out += self._carry_out(name, greeting)
        return out + self._carry_out(name, session.receive(lane, payload, now_ms))

    def commit(self, now_ms: int) -> list[Publish]:
        """Commit what waits (up to a bound) in one transaction, then tell the stores.

        Raises what the database raises; then nothing is lost and the call can be repeated.
        """
        self._now_ms = now_ms
        if self.waiting == bool(self._asking):
            return self._allot(now_ms) if self._asking else []
        self._waiting.extend(self.merger.take())
        items = [self._waiting[i] for i in range(min(len(self._waiting), COMMITS_MAX))]
        poisons = self._name_poisons()
        try:
            outcomes = self._ingest(items, poisons, now_ms)
        except _BAD_CONTENT:
            outcomes = self._one_by_one(items, poisons, now_ms)
        for _ in items:
            self._waiting.popleft()
        self._poisons.clear()
        self.counts.commits += len(items)
        return self._answer(items, outcomes, now_ms)

    def tick(self, now_ms: int) -> list[Publish]:
        """Let time pass, about once a second: heartbeats, greetings, link states, adoption."""
        self._now_ms = now_ms
        out: list[Publish] = []
        for name, session in self.sessions.items():
            out += self._carry_out(name, session.tick(now_ms))
        if now_ms >= self._learn_ms:
            self._learn_ms = now_ms + LEARN_EVERY_MS
            self._learn_stores()
            out += self._shut_out(now_ms)
        self._links.note(self.sessions, self._known, self._connected, now_ms)
        out += self._allot(now_ms)
        if self._adoption is not None:
            adopted = self._adoption.adopt(self.sessions, now_ms)
            for name in adopted:
                out += self._carry_out(name, self.sessions[name].local_commit(now_ms))
        if self._dispatch is not None:
            for name in self._dispatch.tell(self._known):
                if name in self.sessions:
                    out += self._carry_out(name, self.sessions[name].local_commit(now_ms))
        return out

    def authored(self, now_ms: int) -> list[Publish]:
        """Headquarters wrote facts: stream them to every store that is connected."""
        self._now_ms = now_ms
        self._learn_stores()
        out = self._shut_out(now_ms)
        for name, session in self.sessions.items():
            out += self._carry_out(name, session.local_commit(now_ms))
        return out

    def look(self, now_ms: int) -> list[Publish]:
        """See what other workers wrote for stores served here, and tell those stores of it.

        Rights that one worker's store passes on are asked for by another's: who waits at a till
        waits for two such looks.
        """
        self._now_ms = now_ms
        with self._store.read() as connection:
            asked = {"generation": str(self._hq.generation)}
            heads = {row.name: row.head_seq for row in connection.execute(_HEADS, asked)}
        grown = [name for name, head in heads.items() if head != self._heads.get(name)]
        self._heads = heads
        out: list[Publish] = []
        for name in grown:
            if name in self.sessions:
                out += self._carry_out(name, self.sessions[name].local_commit(now_ms))
        return out

    # -- sessions ------------------------------------------------------------------------------

    def _learn_stores(self) -> None:
        table = schema.store
        with self._store.read() as connection:
            rows = connection.execute(select(table.c.name, table.c.id)).all()
        self._known = {row.name: row.id for row in rows if partition(row.name) in self.partitions}

    def _shut_out(self, now_ms: int) -> list[Publish]:
        """End the open sessions of lives revoked meanwhile: they get nothing more either."""
        with self._store.read() as connection:
            shut = shut_out(connection)
        out: list[Publish] = []
        for name, session in self.sessions.items():
            peer = session.peer
            if session.state is State.OPEN and peer is not None and str(peer) in shut:
                out += self._carry_out(name, session.refuse(peer, shut[str(peer)], now_ms))
        return out

    def _open(self, name: str) -> Session:
        if name not in self._known:
            self._learn_stores()
        if name not in self._known:
            strangers = [known for known in self.sessions if known not in self._known]
            if len(strangers) >= STRANGERS_MAX:
                del self.sessions[strangers[0]]
        ledger = CentralLedger(self._store, self._hq, self._signer, name, lambda: self._now_ms)
        session = Session(self._me, name, name, ledger, ledger.last_life())
        self.sessions[name] = session
        return session

    def _on_presence(self, name: str, payload: bytes, now_ms: int) -> list[Publish]:
        session = self.sessions.get(name)
        try:
            presence = decode_presence(payload)
        except ValueError:
            self.counts.misdirected += 1
            return []
        if partition(name) not in self.partitions or not self._connected:
            return []
        if session is None:
            if not presence.online or name not in self._known:
                return []
            session = self._open(name)
            return self._carry_out(name, session.connected(now_ms))
        if not presence.online and presence.session == session.peer_session:
            session.disconnected()
        elif presence.online and session.state is State.DOWN:
            return self._carry_out(name, session.connected(now_ms))
        return []

    def _carry_out(self, name: str, effects: Sequence[Effect]) -> list[Publish]:
        out: list[Publish] = []
        for effect in effects:
            match effect:
                case Send(lane, payload):
                    out.append(Publish(self.topics.down(name, lane), payload))
                case Commit(origin, RecordDiff() as diff):
                    self.merger.submit(name, origin, diff)
                case Commit():
                    self._waiting.append((name, effect))
                case Reject():
                    self.counts.rejected += 1
                    self._poisons.append((name, effect))
        return out

    # -- committing ----------------------------------------------------------------------------

    def _allot(self, now_ms: int) -> list[Publish]:
        """Answer requests for rights, after what brought them was answered."""
        told = self._allotment.settle(now_ms) if self._allotment is not None else []
        self._asking.clear()
        out: list[Publish] = []
        for name in told:
            session = self.sessions.get(name)
            if session is not None:
                out += self._carry_out(name, session.local_commit(now_ms))
        return out

    def _name_poisons(self) -> list[Poison]:
        return [
            Poison(self._known[name], reject.lane, reject.reason, reject.payload)
            for name, reject in self._poisons
            if name in self._known
        ]

    def _ingest(
        self, items: Sequence[tuple[str, Commit | Merged]], poisons: Sequence[Poison], now_ms: int
    ) -> list[Outcome]:
        with self._store.write() as connection:
            outcomes = ingest(connection, self._hq, items, now_ms, poisons, asking=self._asking)
        self.counts.transactions += 1
        return outcomes

    def _one_by_one(
        self, items: Sequence[tuple[str, Commit | Merged]], poisons: Sequence[Poison], now_ms: int
    ) -> list[Outcome]:
        """The database choked on a value that no check foresaw: find whose, delay nobody else."""
        self._ingest([], poisons, now_ms)
        outcomes: list[Outcome] = []
        for name, commit in items:
            try:
                outcomes += self._ingest([(name, commit)], [], now_ms)
            except _BAD_CONTENT as error:
                _log.exception("a message of store %s cannot be committed", name)
                outcomes.append(Outcome())
                reason = f"the database refused it: {type(error).__name__}"
                lane = type(commit.message).__name__.lower()
                payload = repr(commit).encode(errors="replace")
                if name in self._known:
                    poison = Poison(self._known[name], lane, reason, payload)
                    self._ingest([], [poison], now_ms)
        return outcomes

    def _answer(
        self, items: Sequence[tuple[str, Commit | Merged]], outcomes: Sequence[Outcome], now_ms: int
    ) -> list[Publish]:
        """Tell each store in one message what was committed; a hello is answered by itself."""
        out: list[Publish] = []
        by_store: dict[str, list[tuple[Commit | Merged, Outcome]]] = {}
        for (name, commit), outcome in zip(items, outcomes, strict=True):
            by_store.setdefault(name, []).append((commit, outcome))
        for name, done in by_store.items():
            session = self.sessions.get(name)
            if session is None:
                continue
            for (is_hello, origin), group in groupby(
                done, lambda pair: (isinstance(pair[0].message, Hello), pair[0].origin)
            ):
                pairs = list(group)
                if not is_hello:
                    effects = session.committed(origin, [o for _, o in pairs], now_ms)
                    out += self._carry_out(name, effects)
                    continue
                for commit, outcome in pairs:
                    if outcome.refused:
                        effects = session.refuse(origin, outcome.refused, now_ms)
                    elif isinstance(commit.message, Hello):
                        effects = session.admitted(origin, commit.message, now_ms)
                    out += self._carry_out(name, effects)
        return out
