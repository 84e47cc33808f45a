"""One session keeps two holders of a store's state equal; only a COMMIT acknowledges anything.

Sans-IO: events go in with the time, effects come out, storage is read through the ledger port.
Both ends run this same code. Quantities go before facts, facts before records; whatever the peer
does not say it has committed is sent again, so the broker may lose, repeat and reorder at will.
A session opens to a process that has shown by its hello that it heard this one (like TCP's
handshake), so neither a late copy nor a second box on the same topic can take it over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

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
CALLERS_MAX = 16


@dataclass(frozen=True, slots=True)
class Send:
    """Publish a payload on a lane towards the peer."""

    lane: Lane
    payload: bytes


@dataclass(frozen=True, slots=True)
class Commit:
    """Commit a message's content durably and in order, then report it with its origin.

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

_Key = TypeVar("_Key")


class State(Enum):
    """Where a session stands."""

    DOWN = "down"
    GREETING = "greeting"
    OPEN = "open"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Self:
    """Who this end is; `session` is a random number, 1 to 2**63 - 1, drawn per process start."""

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
        self.facts = FactLane(ledger, str(me.replica))
        self.quantities = QuantityLane(ledger)
        self.records = RecordLane(ledger)
        self._ledger = ledger
        self._stream = known_stream
        self._peer_session = 0
        self._progress_number = 0
        self._hello_numbers: dict[tuple[int, int], int] = {}
        self._callers: dict[Replica, int] = {}
        self._claim = (0, 0)
        self._heard_ms = self._said_ms = self._greeted_ms = self._ticked_ms = 0
        self._patience_ms = PATIENCE_MS
        self._number = 0

    @property
    def peer_session(self) -> int:
        """Session number of the process at the other end, 0 while there is none."""
        return self._peer_session

    # -- events --------------------------------------------------------------------------------

    def connected(self, now_ms: int) -> list[Effect]:
        """The way to the peer is open: greet it; from now on a clock set back is seen."""
        self._patience_ms, self._ticked_ms = PATIENCE_MS, now_ms
        self.state = State.GREETING
        return [self._hello(False, self._peer_session, now_ms)]

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
        if envelope.to != self.me.session:
            return []
        if envelope.session != self._peer_session:
            is_caller = self._callers.get(envelope.origin) == envelope.session
            return self._on_early(envelope) if is_caller else self._on_stranger(envelope, now_ms)
        if envelope.origin != self.peer:
            reason = f"{envelope.origin} speaks in the session of {self.peer}"
            return [Reject(lane, reason, payload)]
        self._heard_ms = now_ms
        return self._on_message(envelope, now_ms)

    def admitted(self, origin: Replica, hello: Hello, now_ms: int) -> list[Effect]:
        """The peer's life is known and accepted here: adopt what it holds and open."""
        caller = self._callers.get(origin)
        if self.state is State.DOWN or caller is None:
            return []
        if caller != self._peer_session:
            self._peer_session = caller
            self._progress_number = 0
            self._claim = (0, 0)
        self.peer = origin
        self._stream = str(origin)
        self._heard_ms = now_ms
        self.refusal = ""
        self.state = State.OPEN
        mine = hello.stream == str(self.me.replica)
        self.facts.adopt(h for h in hello.holdings if self._is_shared(h.journal))
        self.quantities.adopt(hello.have_quantities if mine else 0)
        self.records.adopt(hello.have_records if mine else 0)
        answer = [] if hello.answer else [self._hello(True, caller, now_ms)]
        return [*answer, *self._pump(now_ms)]

    def refuse(self, origin: Replica, reason: str, now_ms: int) -> list[Effect]:
        """Accept nothing more from this life and tell it so; another life of the peer goes on."""
        caller = self._callers.get(origin)
        if self.state is State.DOWN or caller is None:
            return []
        if self.peer in (None, origin):
            self._greeted_ms = now_ms
            self.refusal = reason
            self.state = State.REFUSED
        return [self._send(Refused(reason), caller)]

    def committed(self, origin: Replica, outcomes: Sequence[Outcome], now_ms: int) -> list[Effect]:
        """Commits that this session asked for, all from `origin`, are durable: tell it at once."""
        if refusal := next((outcome.refused for outcome in outcomes if outcome.refused), ""):
            return self.refuse(origin, refusal, now_ms)
        if self.state in (State.DOWN, State.REFUSED) or origin != self.peer or not outcomes:
            return []
        self._note_as_of()
        progress = Progress(
            at_ms=now_ms,
            have=_newest(outcomes),
            have_quantities=max(outcome.have_quantities for outcome in outcomes),
            rewind_quantities=any(outcome.rewind_quantities for outcome in outcomes),
            have_records=max(outcome.have_records for outcome in outcomes),
            again_records=self.records.answered({o.answered_record for o in outcomes}),
            quantity_version=self._ledger.quantity_version(self._stream),
        )
        return [self._send_progress(progress, now_ms), *self._pump(now_ms)]

    def tick(self, now_ms: int) -> list[Effect]:
        """Let time pass: heartbeat, patience, greeting again. Call it about once a second."""
        if self.state is State.DOWN:
            return []
        went_back, self._ticked_ms = now_ms < self._ticked_ms, now_ms
        if went_back:  # the clock was set: nothing that waits for a time may wait an hour for it
            self._heard_ms = self._said_ms = now_ms
            return self._greet_again(now_ms)
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
            self._check_shared(message.batch.journal)
        if isinstance(message, Delta):
            for group in message.groups:
                self._check_shared(group.author)

    def _check_shared(self, journal: str) -> None:
        if not self._is_shared(journal):
            raise WireError(f"{journal[:80]!r} is no author of store {self.store}")

    def _is_shared(self, journal: str) -> bool:
        try:
            return peers_share(self.store, Replica.parse(journal))
        except ValueError:
            return False

    def _on_hello(self, envelope: Envelope, hello: Hello, now_ms: int) -> list[Effect]:
        call = (envelope.session, envelope.to)  # a process counts for each of its peers by itself
        if envelope.number <= self._hello_numbers.get(call, 0):
            return []
        _remember(self._hello_numbers, call, envelope.number)
        if envelope.to != self.me.session:
            return [self._hello(False, envelope.session, now_ms)]
        _remember(self._callers, envelope.origin, envelope.session)
        return [Commit(envelope.origin, hello)]

    def _on_early(self, envelope: Envelope) -> list[Effect]:
        """What follows a hello whose commit is still under way waits behind it, in order."""
        message = envelope.message
        return [Commit(envelope.origin, message)] if isinstance(message, Facts | Delta) else []

    def _on_stranger(self, envelope: Envelope, now_ms: int) -> list[Effect]:
        """Somebody speaks whose hello was lost, or who has gone: ask, but not for every message."""
        if self.state is State.REFUSED or now_ms - self._greeted_ms < PATIENCE_MS:
            return []
        return [self._hello(False, envelope.session, now_ms)]

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
                if envelope.number <= self._progress_number:
                    return []
                self._progress_number = envelope.number
                return self._on_progress(message, now_ms)
            case RecordWant():
                answer = self.records.answer(message, now_ms)
                return [self._send(diff, self._peer_session) for diff in answer]
            case RecordOffer():
                want = self.records.wanted(message)
                if want is None:
                    return [Commit(envelope.origin, message)]
                return [self._send(want, self._peer_session)]
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
        self._claim = (progress.quantity_version, progress.at_ms)
        self._note_as_of()
        self._patience_ms = PATIENCE_MS
        return self._pump(now_ms)

    def _note_as_of(self) -> None:
        version, at_ms = self._claim
        if at_ms > self.as_of_ms and version <= self._ledger.quantities_have(self._stream):
            self.as_of_ms = at_ms

    # -- sending -------------------------------------------------------------------------------

    def _pump(self, now_ms: int) -> list[Effect]:
        if self.state is not State.OPEN:
            return []
        to = self._peer_session
        out: list[Effect] = []
        out += (self._send(m, to) for m in self.quantities.deltas(self._stream, now_ms))
        out += (self._send(Facts(b), to) for b in self.facts.batches(now_ms))
        out += (self._send(m, to) for m in self.records.offers(self._stream, now_ms))
        return out

    def _is_stuck(self, now_ms: int) -> bool:
        waiting = (self.quantities.waiting_ms, self.facts.waiting_ms, self.records.waiting_ms)
        return any(since is not None and now_ms - since >= self._patience_ms for since in waiting)

    def _greet_again(self, now_ms: int) -> list[Effect]:
        self._patience_ms = min(2 * self._patience_ms, PATIENCE_MAX_MS)
        if self.state is State.OPEN:
            self.state = State.GREETING
        return [self._hello(False, self._peer_session, now_ms)]

    def _hello(self, answer: bool, to: int, now_ms: int) -> Send:
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
        return self._send(hello, to)

    def _heartbeat(self, now_ms: int) -> Send:
        version = self._ledger.quantity_version(self._stream)
        return self._send_progress(Progress(now_ms, [], -1, False, -1, False, version), now_ms)

    def _send_progress(self, progress: Progress, now_ms: int) -> Send:
        self._said_ms = now_ms
        return self._send(progress, self._peer_session)

    def _send(self, message: AnyMessage, to: int) -> Send:
        self._number += 1
        payload = seal(self.me.replica, self.me.session, to, self._number, message)
        return Send(LANE_OF[type(message)], payload)


def _remember(last: dict[_Key, int], key: _Key, value: int) -> None:
    last.pop(key, None)
    last[key] = value
    if len(last) > CALLERS_MAX:
        del last[next(iter(last))]


def _newest(outcomes: Sequence[Outcome]) -> list[Have]:
    """Fold the outcomes of each journal: as far as the last, and whatever any of them asked for."""
    newest: dict[str, Have] = {}
    for have in (have for outcome in outcomes for have in outcome.have):
        before = newest.get(have.journal, have)
        rewind, halted = before.rewind or have.rewind, before.halted or have.halted
        newest[have.journal] = Have(have.journal, have.seq, rewind, halted)
    return list(newest.values())
