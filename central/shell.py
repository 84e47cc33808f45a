"""One thread runs the worker: it takes what the link brings, commits it, and only then answers.

Where other workers serve other stores, it looks ten times a second at what they wrote for its own.
A message is acknowledged to the broker after its commit. While the database is away nothing is
acknowledged, and the inbox fills up to its bound: the broker is held back, nothing is lost.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from central.leases import LEASE_MS, Leases
from central.settings import Settings
from central.worker import Publish, Worker
from provisioning.configuration import parse_broker
from sync.link import (
    Connected,
    Disconnected,
    Drained,
    LinkEvent,
    Message,
    MqttSettings,
    Outgoing,
    Refused,
    Unreachable,
)
from sync.mqtt import MqttLink

_log = logging.getLogger(__name__)
INBOX_MAX = 4_000
TICK_S = 1.0
LOOK_S = 0.1
LINGER_S = 0.000_5
OUTBOX_MAX = 20_000
RETRY_S = 2.0


def link_settings(settings: Settings, worker: Worker, session: int) -> MqttSettings:
    """Return how a worker reaches the broker; raise ValueError without one."""
    address = parse_broker(settings.broker_url)
    if address is None:
        raise ValueError("broker_url is empty: there is no way to the stores")
    birth, will = worker.birth, worker.will
    return MqttSettings(
        host=address[0],
        port=address[1],
        client_id=f"hq-{session % 2**48:012x}",
        subscriptions=tuple(worker.topics.headquarters_reads(worker.partitions)),
        username=settings.broker_user or None,
        password=_password(settings.broker_password_file),
        ca_file=_path(settings.broker_ca_file),
        cert_file=_path(settings.broker_cert_file),
        key_file=_path(settings.broker_key_file),
        window_messages=256,
        queue_bytes=4 * 1024 * 1024,
        birth=Outgoing(birth.topic, birth.payload, True),
        will=Outgoing(will.topic, will.payload, True),
    )


class Shell:
    """Runs a worker over an MQTT link until it is stopped."""

    def __init__(
        self,
        worker: Worker,
        leases: Leases,
        settings: Callable[[], MqttSettings],
        clock: Callable[[], int],
        random: Callable[[], float],
    ) -> None:
        self.worker = worker
        self.is_connected = False
        self._greeting = False
        self._leases = leases
        self._settings = settings
        self._clock, self._random = clock, random
        self._inbox: deque[LinkEvent] = deque()
        self._bell = threading.Condition()
        self._outbox: deque[Publish] = deque()
        self._trouble = ""
        self._acks: list[Callable[[], None]] = []
        self._link: MqttLink | None = None
        self._authored = threading.Event()
        self._stopping = threading.Event()
        self._troubled = False
        self._next_tick_s = self._next_look_s = self._next_lease_s = 0.0
        worker.merger.ready = self._ring
        self._thread = threading.Thread(target=self._run, name="headquarters worker", daemon=True)

    def start(self) -> None:
        """Begin to serve stores."""
        self._thread.start()

    def stop(self) -> None:
        """Commit what has come in, let the leases go and end."""
        self._stopping.set()
        self._ring()
        self._thread.join(15)

    def authored(self) -> None:
        """Headquarters has written facts; may be called from any thread."""
        self._authored.set()
        self._ring()

    def _ring(self) -> None:
        with self._bell:
            self._bell.notify_all()

    # -- the link's thread ---------------------------------------------------------------------

    def _on_event(self, event: LinkEvent) -> None:
        with self._bell:
            while len(self._inbox) >= INBOX_MAX and not self._stopping.is_set():
                self._bell.wait(1.0)
            self._inbox.append(event)
            self._bell.notify_all()

    # -- the worker's thread -------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._round()
                if self._troubled:
                    _log.warning("the database answers again")
                    self._troubled = False
            except SQLAlchemyError as error:
                if not self._troubled:
                    _log.error("the database does not answer, trying again: %s", error)
                    self._troubled = True
                self._stopping.wait(RETRY_S)
        if self._link is not None:
            self._link.stop()
        try:
            self._leases.give_up()
        except SQLAlchemyError as error:
            _log.warning("the leases will run out by themselves: %s", error)

    def _round(self) -> None:
        self._keep_leases()
        self._greet(self._clock())
        for event in self._wait():
            self._take(event)
        if self.worker.waiting:
            for event in self._linger():
                self._take(event)
        now_ms = self._clock()
        while self.worker.waiting:
            self._send(self.worker.commit(now_ms))
        acks, self._acks = self._acks, []
        for acknowledge in acks:
            acknowledge()
        if self._authored.is_set():
            self._authored.clear()
            self._send(self.worker.authored(now_ms))
        if time.monotonic() >= self._next_tick_s:
            self._next_tick_s = time.monotonic() + TICK_S
            self._send(self.worker.tick(now_ms))
        if not self.worker.is_alone and time.monotonic() >= self._next_look_s:
            self._next_look_s = time.monotonic() + LOOK_S
            self._send(self.worker.look(now_ms))
        self._flush()

    def _wait(self) -> list[LinkEvent]:
        with self._bell:
            news = self._inbox or self.worker.waiting or self._authored.is_set()
            if not news and not self._stopping.is_set():
                until_s = self._next_tick_s
                if not self.worker.is_alone:
                    until_s = min(until_s, self._next_look_s)
                self._bell.wait(max(until_s - time.monotonic(), 0.0))
            events = list(self._inbox)
            self._inbox.clear()
            self._bell.notify_all()
        return events

    def _linger(self) -> list[LinkEvent]:
        """Wait a moment for what follows: a sale's facts come behind its quantities."""
        with self._bell:
            if not self._inbox and not self._stopping.is_set():
                self._bell.wait(LINGER_S)
            events = list(self._inbox)
            self._inbox.clear()
            self._bell.notify_all()
        return events

    def _take(self, event: LinkEvent) -> None:
        now_ms = self._clock()
        match event:
            case Message():
                self._acks.append(event.acknowledge)
                try:
                    self._send(self.worker.receive(event.topic, event.payload, now_ms))
                except SQLAlchemyError as error:
                    _log.warning("a message waits to be sent again: %s", error)
            case Connected():
                self.is_connected = self._greeting = True
                self._trouble = ""
                self._greet(now_ms)
            case Disconnected():
                self.is_connected = self._greeting = False
                self._outbox.clear()
                self._acks.clear()
                self.worker.disconnected(now_ms)
                _log.warning("the broker is lost: %s", event.reason)
            case Drained():
                self._flush()
            case Refused(reason) | Unreachable(reason):
                if reason != self._trouble:
                    _log.warning("the broker can't be reached: %s", reason)
                self._trouble = reason
            case _:
                _log.warning("broker: %s", event)

    def _greet(self, now_ms: int) -> None:
        """Tell the worker of the connection; while the database is away it stays to be told."""
        if self._greeting:
            try:
                self._send(self.worker.connected(now_ms))
            except SQLAlchemyError as error:
                _log.warning("stores are greeted when the database answers: %s", error)
            else:
                self._greeting = False

    def _keep_leases(self) -> None:
        if time.monotonic() < self._next_lease_s:
            return
        held = self._leases.renew(self._clock())
        self._next_lease_s = time.monotonic() + LEASE_MS / 4_000
        if self._link is None or held != self.worker.partitions:
            if self._link is not None:
                self._link.stop()
            self.worker.serve(held)
            self._link = MqttLink(self._settings(), self._on_event, self._random)
            self._link.start()

    def _send(self, messages: list[Publish]) -> None:
        self._outbox.extend(messages)
        while len(self._outbox) > OUTBOX_MAX:
            self._outbox.popleft()
        self._flush()

    def _flush(self) -> None:
        """Hand the link what it takes; what it drops is asked for again by the stores."""
        while self._outbox and self._link is not None:
            first = self._outbox[0]
            if not self._link.publish(first.topic, first.payload, retain=first.retain):
                return
            self._outbox.popleft()


def _path(name: str) -> Path | None:
    return Path(name) if name else None


def _password(name: str) -> str | None:
    return Path(name).read_text("utf-8").strip() if name else None
