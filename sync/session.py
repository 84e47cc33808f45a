"""One session keeps two holders of a store's state equal; only a COMMIT acknowledges anything.

Sans-IO: events go in with the time, effects come out, storage is read through the ledger port.
Both ends run this same code. Quantities go before facts, facts before records; whatever the peer
does not say it has committed is sent again, so the broker may lose, repeat and reorder at will.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sync.identity import Replica, peers_share
from sync.lanes import FactLane, QuantityLane, RecordLane
from sync.ledger import Ledger, Outcome
from sync.topics import Lane
from sync.wire import (
    LANE_OF,
    AnyMessage,
    Delta,
    Envelope,
    Facts,
    Have,
    Hello,
    Progress,
    RecordDiff,
    RecordOffer,
    RecordWant,
    Refused,
    WireError,
    seal,
    unseal,
)

PROTOCOL = 1
HEARTBEAT_MS = 5_000
SILENCE_MS = 15_000
PATIENCE_MS = 2_500
PATIENCE_MAX_MS = 30_000
REFUSED_RETRY_MS = 60_000


@dataclass(frozen=True, slots=True)
class Send:
    """Publish a payload on a lane towards the peer."""

    lane: Lane
    payload: bytes


@dataclass(frozen=True, slots=True)
class Commit:
    """Commit a message's content durably and in order, then report it.

    A Hello is answered with `Session.admitted` or `Session.refuse`, anything else with
    `Session.committed`.
    """

    origin: Replica
    message: Hello | Facts | Delta | RecordOffer | RecordDiff


@dataclass(frozen=True, slots=True)
class Reject:
    """A payload that is no acceptable message: keep it in quarantine with the reason."""

    lane: Lane
    reason: str
    payload: bytes


Effect = Send | Commit | Reject


class State(Enum):
    """Where a session stands."""

    DOWN = "down"
    GREETING = "greeting"
    OPEN = "open"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Self:
    """Who this end is; `session` is a random number drawn per process start."""

    replica: Replica
    birth: bytes
    key: bytes
    software: str
    session: int


class Session:
    """The exchange between one store's node and headquarters, seen from either end.

    `store` names the store whose state is shared; `peer_node` is the node name messages must come
    from; `known_stream` the peer's replica name as last known, or empty. Methods return the effects
    to carry out, in order.
    """

    def __init__(
        self, me: Self, store: str, peer_node: str, ledger: Ledger, known_stream: str = ""
    ) -> None:
        self.me = me
        self.store = store
        self.peer_node = peer_node
        self.state = State.DOWN
        self.peer: Replica | None = None
        self.refusal = ""
        self.as_of_ms = 0
        self.facts = FactLane(ledger)
        self.quantities = QuantityLane(ledger)
        self.records = RecordLane(ledger)
        self._ledger = ledger
        self._stream = known_stream
        self._introduced: Replica | None = None
        self._peer_session = -1
        self._retired: deque[int] = deque(maxlen=16)
        self._last_number: dict[type, int] = {}
        self._heard_ms = self._said_ms = self._greeted_ms = 0
        self._patience_ms = PATIENCE_MS
        self._number = 0

    # -- events --------------------------------------------------------------------------------

    def connected(self, now_ms: int) -> list[Effect]:
        """The way to the peer is open: greet it."""
        self._patience_ms = PATIENCE_MS
        self.state = State.GREETING
        return [self._hello(False, now_ms)]

    def disconnected(self) -> None:
        """The way to the peer is closed; nothing on it is worth remembering."""
        self.state = State.DOWN

    def local_commit(self, now_ms: int) -> list[Effect]:
        """Something was committed here that the peer may not have."""
        return self._pump(now_ms)

    def receive(self, lane: Lane, payload: bytes, now_ms: int) -> list[Effect]:
        """Take a payload from the peer's topic."""
        if self.state is State.DOWN:
            return []
        try:
            envelope = unseal(payload)
            self._check(lane, envelope)
        except WireError as error:
            return [Reject(lane, str(error), payload)]
        if isinstance(envelope.message, Hello):
            return self._on_hello(envelope, envelope.message, now_ms)
        if envelope.session != self._peer_session:
            return self._on_stranger(now_ms)
        if envelope.origin != self._introduced:
            reason = f"{envelope.origin} speaks in the session of {self._introduced}"
            return [Reject(lane, reason, payload)]
        self._heard_ms = now_ms
        return self._on_message(envelope, now_ms)

    def admitted(self, origin: Replica, hello: Hello, now_ms: int) -> list[Effect]:
        """The peer's life is known and accepted here: adopt what it holds and open."""
        if self.state is State.DOWN or origin != self._introduced:
            return []
        self.peer = origin
        self._stream = str(origin)
        self.refusal = ""
        self.state = State.OPEN
        mine = hello.stream == str(self.me.replica)
        self.facts.adopt(hello.holdings)
        self.quantities.adopt(hello.have_quantities if mine else 0)
        self.records.adopt(hello.have_records if mine else 0)
        answer = [] if hello.answer else [self._hello(True, now_ms)]
        return [*answer, *self._pump(now_ms)]

    def refuse(self, reason: str, now_ms: int) -> list[Effect]:
        """Accept nothing more from the peer's life and say so."""
        if self.state is State.DOWN:
            return []
        self.refusal = reason
        self.state = State.REFUSED
        return [self._send(Refused(reason), now_ms)]

    def committed(self, outcomes: Sequence[Outcome], now_ms: int) -> list[Effect]:
        """Commits that this session asked for are durable: tell the peer, in one message."""
        refusal = next((outcome.refused for outcome in outcomes if outcome.refused), "")
        if refusal:
            return self.refuse(refusal, now_ms)
        if self.state in (State.DOWN, State.REFUSED) or not outcomes:
            return []
        progress = Progress(
            at_ms=now_ms,
            have=_newest(outcomes),
            have_quantities=max(outcome.have_quantities for outcome in outcomes),
            rewind_quantities=any(outcome.rewind_quantities for outcome in outcomes),
            have_records=max(outcome.have_records for outcome in outcomes),
            again_records=self.records.merged(sum(o.merged_record for o in outcomes)),
            quantity_version=self._ledger.quantity_version(self._stream),
        )
        return [self._send(progress, now_ms), *self._pump(now_ms)]

    def tick(self, now_ms: int) -> list[Effect]:
        """Let time pass: heartbeat, patience, greeting again. Call it about once a second."""
        if self.state is State.DOWN:
            return []
        if self.state is State.OPEN:
            if self._is_stuck(now_ms) or now_ms - self._heard_ms >= SILENCE_MS:
                return self._greet_again(now_ms)
            beat = [self._heartbeat(now_ms)] if now_ms - self._said_ms >= HEARTBEAT_MS else []
            return [*beat, *self._pump(now_ms)]
        retry_ms = REFUSED_RETRY_MS if self.state is State.REFUSED else self._patience_ms
        return self._greet_again(now_ms) if now_ms - self._greeted_ms >= retry_ms else []

    # -- receiving -----------------------------------------------------------------------------

    def _check(self, lane: Lane, envelope: Envelope) -> None:
        message = envelope.message
        if LANE_OF[type(message)] is not lane:
            raise WireError(f"a {type(message).__name__} on the lane {lane}")
        if envelope.origin.node != self.peer_node:
            raise WireError(f"origin {envelope.origin} on the topic of {self.peer_node}")
        if isinstance(message, Hello) and message.protocol != PROTOCOL:
            raise WireError(f"protocol {message.protocol} is not spoken here, but {PROTOCOL} is")
        if isinstance(message, Facts):
            try:
                journal = Replica.parse(message.batch.journal)
            except ValueError as error:
                raise WireError(str(error)) from None
            if not peers_share(self.store, journal):
                raise WireError(f"journal {journal} is none of store {self.store}")

    def _on_hello(self, envelope: Envelope, hello: Hello, now_ms: int) -> list[Effect]:
        if envelope.session != self._peer_session:
            if envelope.session in self._retired:
                return []
            self._retired.append(self._peer_session)
            self._peer_session = envelope.session
            self._last_number = {}
        elif self._is_repeat(envelope):
            return []
        self._heard_ms = now_ms
        self._introduced = envelope.origin
        return [Commit(envelope.origin, hello)]

    def _on_stranger(self, now_ms: int) -> list[Effect]:
        """Somebody speaks whose hello was lost, or who has gone: ask, but not for every message."""
        if self.state is State.REFUSED or now_ms - self._greeted_ms < PATIENCE_MS:
            return []
        return [self._hello(False, now_ms)]

    def _is_repeat(self, envelope: Envelope) -> bool:
        kind = type(envelope.message)
        if envelope.number <= self._last_number.get(kind, -1):
            return True
        self._last_number[kind] = envelope.number
        return False

    def _on_message(self, envelope: Envelope, now_ms: int) -> list[Effect]:
        message = envelope.message
        if isinstance(message, Refused):
            self.refusal = message.reason
            self.state = State.REFUSED
            return []
        if self.state is State.REFUSED:
            return []
        match message:
            case Progress():
                return [] if self._is_repeat(envelope) else self._on_progress(message, now_ms)
            case RecordWant():
                return [self._send(diff, now_ms) for diff in self.records.answer(message, now_ms)]
            case RecordOffer():
                want = self.records.wanted(message)
                return [self._send(want, now_ms) if want else Commit(envelope.origin, message)]
            case Facts():
                self.facts.peer_sent(message.batch)
                return [Commit(envelope.origin, message)]
            case Delta() | RecordDiff():
                return [Commit(envelope.origin, message)]
        return []

    def _on_progress(self, progress: Progress, now_ms: int) -> list[Effect]:
        for have in progress.have:
            self.facts.acknowledged(have, now_ms)
        if progress.have_quantities >= 0:
            rewind = progress.rewind_quantities
            self.quantities.acknowledged(progress.have_quantities, rewind, now_ms)
        self.records.acknowledged(progress.have_records, progress.again_records)
        if progress.quantity_version <= self._ledger.quantities_have(self._stream):
            self.as_of_ms = max(self.as_of_ms, progress.at_ms)
        self._patience_ms = PATIENCE_MS
        return self._pump(now_ms)

    # -- sending -------------------------------------------------------------------------------

    def _pump(self, now_ms: int) -> list[Effect]:
        if self.state is not State.OPEN:
            return []
        out: list[Effect] = []
        out += (self._send(m, now_ms) for m in self.quantities.deltas(self._stream, now_ms))
        out += (self._send(Facts(b), now_ms) for b in self.facts.batches(now_ms))
        out += (self._send(m, now_ms) for m in self.records.offers(self._stream, now_ms))
        return out

    def _is_stuck(self, now_ms: int) -> bool:
        waiting = (self.quantities.waiting_ms, self.facts.waiting_ms, self.records.waiting_ms)
        return any(since is not None and now_ms - since >= self._patience_ms for since in waiting)

    def _greet_again(self, now_ms: int) -> list[Effect]:
        self._patience_ms = min(2 * self._patience_ms, PATIENCE_MAX_MS)
        if self.state is State.OPEN:
            self.state = State.GREETING
        return [self._hello(False, now_ms)]

    def _hello(self, answer: bool, now_ms: int) -> Send:
        self._greeted_ms = now_ms
        hello = Hello(
            protocol=PROTOCOL,
            birth=self.me.birth,
            key=self.me.key,
            software=self.me.software,
            at_ms=now_ms,
            holdings=list(self._ledger.holdings()),
            stream=self._stream,
            have_quantities=self._ledger.quantities_have(self._stream),
            have_records=self._ledger.records_have(self._stream),
            answer=answer,
        )
        return self._send(hello, now_ms)

    def _heartbeat(self, now_ms: int) -> Send:
        version = self._ledger.quantity_version(self._stream)
        return self._send(Progress(now_ms, [], -1, False, -1, False, version), now_ms)

    def _send(self, message: AnyMessage, now_ms: int) -> Send:
        self._number += 1
        self._said_ms = now_ms
        payload = seal(self.me.replica, self.me.session, self._number, message)
        return Send(LANE_OF[type(message)], payload)


def _newest(outcomes: Sequence[Outcome]) -> list[Have]:
    newest: dict[str, Have] = {}
    for have in (have for outcome in outcomes for have in outcome.have):
        newest[have.journal] = have
    return list(newest.values())
