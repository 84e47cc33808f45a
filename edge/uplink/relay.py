"""The way to headquarters: whatever happens on it, selling neither waits for it nor notices.

One thread owns the session. What comes in is committed by the writer behind the tills, and only a
commit acknowledges it; what goes out is read from committed state. Nothing here is durable, so
that nothing is lost with it.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf

from edge.books.chronicle import OFFLINE_MIN_MS, WasOffline
from edge.books.store import Committed
from edge.books.writer import Priority, Writer
from edge.errors import Problem
from edge.uplink.inbound import Intake, NoteAcknowledged, SetAside
from sync import link
from sync.identity import HEADQUARTERS, Replica
from sync.ledger import Ledger, Outcome
from sync.link import LinkEvent, MqttSettings, Outgoing
from sync.mqtt import MqttLink
from sync.presence import Presence, decode_presence, encode_presence
from sync.session import Commit, Effect, Reject, Self, Send, Session, State
from sync.topics import Lane, Topics
from sync.wire import Hello

_log = logging.getLogger(__name__)
TICK_S = 1.0
INBOX_MAX = 2_000
OUTBOX_MAX = 2_000
STOP_S = 5.0
FAULT_PAUSE_S = 5.0
NOTE_FACTS = 200


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """How the link to headquarters is.

    `link` is `up`, `greeting` (the broker is reached, headquarters not yet), `cut`, or `refused`;
    `since_ms` when that began; `unsynced` own facts headquarters is not known to hold, `as_of_ms`
    the time of headquarters' state that is held here; `halted` journals it holds otherwise.
    """

    link: str
    since_ms: int
    detail: str
    unsynced: int
    as_of_ms: int
    halted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Done:
    """A commit the session asked for has ended, well or not."""

    commit: Commit
    future: "Future[Outcome]"
    acknowledge: Callable[[], None]


class Relay:
    """Runs the session of a node over MQTT until it is stopped.

    `known` is headquarters' replica name as last known, or empty; `head` and `acked` are how many
    own facts there are and how many it was last known to hold. `random` gives numbers in [0, 1).
    """

    def __init__(
        self,
        me: Self,
        ledger: Ledger,
        intake: Intake,
        writer: Writer,
        settings: MqttSettings,
        *,
        chain: str,
        known: str,
        head: int,
        acked: int,
        clock: Callable[[], int],
        random: Callable[[], float],
    ) -> None:
        self._me, self._intake, self._writer, self._clock = me, intake, writer, clock
        self._store = me.replica.node
        self._topics = Topics(chain)
        self._session = Session(me, self._store, HEADQUARTERS, ledger, known)
        self._link = MqttLink(link_settings(settings, me, self._topics), self._on_event, random)
        self._bell = threading.Condition()
        self._events: deque[LinkEvent] = deque()
        self._done: deque[_Done] = deque()
        self._news = False
        self._stopping = False
        self._outbox: deque[tuple[str, bytes]] = deque()
        self._head, self._acked, self._noted = head, acked, acked
        self._connected = False
        self._detail = "not reached yet"
        self._status = RelayStatus("cut", clock(), self._detail, max(head - acked, 0), 0)
        self._offline_ms: int | None = clock()
        self._next_tick_s, self._greet_at_s = 0.0, inf
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    @property
    def status(self) -> RelayStatus:
        """How the link is; any thread may ask."""
        return self._status

    def start(self) -> None:
        """Begin to reach for headquarters."""
        self._thread.start()
        self._link.start()

    def stop(self) -> None:
        """Say goodbye and end; what was not told is told by the next start."""
        with self._bell:
            self._stopping = True
            self._bell.notify_all()
        self._thread.join(STOP_S)
        self._link.stop(STOP_S)

    def committed(self, commit: Committed) -> None:
        """Something was committed here (`Store.on_commit`); never blocks, many become one."""
        with self._bell:
            self._head, self._news = commit.seq, True
            self._bell.notify_all()

    def _on_event(self, event: LinkEvent) -> None:
        """Take an event on the link's thread; too many waiting hold the broker back."""
        with self._bell:
            while len(self._events) >= INBOX_MAX and not self._stopping:
                self._bell.wait(TICK_S)
            self._events.append(event)
            self._bell.notify_all()

    def _on_done(self, done: _Done) -> None:
        """Take the end of a commit on the writer's thread, which must not wait."""
        with self._bell:
            self._done.append(done)
            self._bell.notify_all()

    # -- the relay's thread --------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._round()
            except Exception:  # noqa: BLE001 - a fault here must not leave the store cut off for good
                _log.exception("the relay failed and greets headquarters anew")
                self._session.disconnected()
                self._greet_at_s = time.monotonic() + FAULT_PAUSE_S

    def _round(self) -> None:
        events, done, news = self._wait()
        self._report(done)
        for event in events:
            self._handle(event)
        now_ms = self._clock()
        if news and self._session.state is State.OPEN:
            self._carry_out(self._session.local_commit(now_ms))
        if time.monotonic() >= self._next_tick_s:
            self._next_tick_s = time.monotonic() + TICK_S
            self._carry_out(self._session.tick(now_ms))
        if self._connected and time.monotonic() >= self._greet_at_s:
            self._greet_at_s = inf
            self._carry_out(self._session.connected(now_ms))
        self._note_status()

    def _wait(self) -> tuple[list[LinkEvent], list[_Done], bool]:
        with self._bell:
            if not (self._events or self._done or self._news or self._stopping):
                self._bell.wait(max(self._next_tick_s - time.monotonic(), 0.0))
            taken = list(self._events), list(self._done), self._news
            self._events.clear()
            self._done.clear()
            self._news = False
            self._bell.notify_all()
            return taken

    def _handle(self, event: LinkEvent) -> None:
        match event:
            case link.Message():
                self._on_message(event, self._clock())
            case link.Connected():
                self._connected = True
                self._carry_out(self._session.connected(self._clock()))
            case link.Disconnected(_, reason):
                self._connected = False
                self._detail = reason
                self._outbox.clear()
                self._session.disconnected()
            case link.Drained():
                self._flush()
            case link.Refused(reason) | link.Unreachable(reason):
                self._detail = reason
            case _:
                _log.warning("broker: %s", event)

    def _on_message(self, message: link.Message, now_ms: int) -> None:
        if message.topic == self._topics.headquarters:
            message.acknowledge()
            self._on_presence(message.payload, now_ms)
            return
        try:
            lane = Lane(message.topic.rpartition("/")[2])
        except ValueError:
            message.acknowledge()
            return
        effects = self._session.receive(lane, message.payload, now_ms)
        if not any(isinstance(effect, Commit) for effect in effects):
            message.acknowledge()
        self._carry_out(effects, message.acknowledge)

    def _on_presence(self, payload: bytes, now_ms: int) -> None:
        try:
            presence = decode_presence(payload)
        except ValueError as error:
            _log.warning("%s", error)
            return
        if presence.online and self._session.state is not State.OPEN:
            self._carry_out(self._session.connected(now_ms))
        elif not presence.online and presence.session == self._session.peer_session:
            self._detail = "headquarters has gone"
            self._session.disconnected()

    def _carry_out(
        self, effects: list[Effect], acknowledge: Callable[[], None] = lambda: None
    ) -> None:
        for effect in effects:
            match effect:
                case Send():
                    self._outbox.append((self._topics.up(self._store, effect.lane), effect.payload))
                case Commit():
                    self._commit(effect, acknowledge)
                case Reject():
                    self._set_aside(effect)
        while len(self._outbox) > OUTBOX_MAX:
            self._outbox.popleft()
        self._flush()

    def _commit(self, commit: Commit, acknowledge: Callable[[], None]) -> None:
        try:
            future = self._writer.submit(self._intake.command(commit), Priority.BACKFILL)
        except Problem as problem:
            _log.warning("headquarters will send this again: %s", problem)
            return
        future.add_done_callback(lambda ended: self._on_done(_Done(commit, ended, acknowledge)))

    def _set_aside(self, reject: Reject) -> None:
        command = SetAside(HEADQUARTERS, reject.lane, reject.reason, reject.payload)
        try:
            self._writer.submit(command, Priority.BACKFILL)
        except Problem as problem:
            _log.warning("a bad message (%s) was dropped: %s", reject.reason, problem)

    def _report(self, done: list[_Done]) -> None:
        """Tell headquarters what is durable, neighbours of one origin in one message."""
        outcomes: list[Outcome] = []
        origin: Replica | None = None
        for item in done:
            commit, outcome = item.commit, self._outcome(item)
            if outcome is None:
                continue
            if isinstance(commit.message, Hello) or commit.origin != origin:
                self._tell(origin, outcomes)
                outcomes = []
            if isinstance(commit.message, Hello):
                self._greeted(commit.origin, commit.message, outcome)
            else:
                origin = commit.origin
                outcomes.append(outcome)
        self._tell(origin, outcomes)

    def _tell(self, origin: Replica | None, outcomes: list[Outcome]) -> None:
        if origin is not None and outcomes:
            self._carry_out(self._session.committed(origin, outcomes, self._clock()))

    def _greeted(self, origin: Replica, hello: Hello, outcome: Outcome) -> None:
        now_ms = self._clock()
        if outcome.refused:
            self._carry_out(self._session.refuse(origin, outcome.refused, now_ms))
        else:
            self._carry_out(self._session.admitted(origin, hello, now_ms))

    def _outcome(self, item: _Done) -> Outcome | None:
        """Take a commit's outcome; a message that can't be committed at all blocks nothing."""
        error = item.future.exception()
        if isinstance(error, Problem):
            _log.warning("headquarters will send this again: %s", error)
            return None
        item.acknowledge()
        if error is None:
            return item.future.result()
        kind = type(item.commit.message).__name__
        reason = f"a {kind} could not be committed: {error!r}"
        self._set_aside(Reject(Lane.HELLO, reason, b""))
        return None

    def _flush(self) -> None:
        while self._outbox and self._link.publish(*self._outbox[0]):
            self._outbox.popleft()

    def _note_status(self) -> None:
        session = self._session
        name = {State.OPEN: "up", State.REFUSED: "refused", State.GREETING: "greeting"}
        state = name.get(session.state, "cut") if self._connected else "cut"
        detail = {"up": "", "refused": session.refusal, "greeting": "headquarters has not answered"}
        self._note_acked(session)
        if state != self._status.link:
            _log.warning("the link to headquarters is %s", state)
            self._note_offline(state)
        self._status = RelayStatus(
            link=state,
            since_ms=self._status.since_ms if state == self._status.link else self._clock(),
            detail=detail.get(state, self._detail),
            unsynced=max(self._head - self._acked, 0),
            as_of_ms=session.as_of_ms,
            halted=tuple(session.facts.halted),
        )

    def _note_offline(self, state: str) -> None:
        """Have an outage that was long enough to matter written down once it is over."""
        if state != "up":
            self._offline_ms = self._offline_ms or self._clock()
            return
        began_ms, self._offline_ms = self._offline_ms, None
        if began_ms is not None and self._clock() - began_ms >= OFFLINE_MIN_MS:
            with suppress(Problem):  # it is for the record alone
                self._writer.submit(WasOffline(began_ms, self._clock()), Priority.BACKFILL)

    def _note_acked(self, session: Session) -> None:
        """Remember now and then what headquarters holds, to show after a restart without link."""
        self._acked = session.facts.acked.get(str(self._me.replica), self._acked)
        ahead = abs(self._acked - self._noted)
        if ahead >= NOTE_FACTS or (ahead and session.state is not State.OPEN):
            self._noted = self._acked
            try:
                self._writer.submit(NoteAcknowledged(self._acked), Priority.BACKFILL)
            except Problem:
                self._noted = -NOTE_FACTS  # once more, later


def link_settings(settings: MqttSettings, me: Self, topics: Topics) -> MqttSettings:
    """Add to a broker's address what a node subscribes to, its birth and its last will."""
    store = me.replica.node
    birth = encode_presence(Presence(True, me.session, me.software))
    will = encode_presence(Presence(False, me.session, me.software))
    return replace(
        settings,
        subscriptions=tuple(topics.store_reads(store)),
        birth=Outgoing(topics.presence(store), birth, True),
        will=Outgoing(topics.presence(store), will, True),
    )
