"""Headquarters at the other end of a real broker: the real session over a ledger in memory."""

import itertools
import queue
import threading
import time
from typing import Any

from sync.identity import Replica
from sync.link import Connected, Disconnected, LinkEvent, Message, MqttSettings
from sync.mqtt import MqttLink
from sync.session import Commit, Effect, Send, Session, State
from sync.session import Self as Me
from sync.signing import Signer
from sync.topics import Topics
from sync.wire import Hello
from tests.edge.shop import HEADQUARTERS_SECRET
from tests.sync.memory import MemoryLedger


class Peer:
    """Answers one store until it is closed; `ledger` may be read while nothing is under way."""

    def __init__(self, settings: MqttSettings, topics: Topics, store: str) -> None:
        replica, signer = Replica("hq", 1), Signer(HEADQUARTERS_SECRET)
        self.ledger = MemoryLedger(replica, signer)
        me = Me(replica, bytes(16), signer.public_key, "test", 77)
        self.session = Session(me, store, store, self.ledger)
        self.lock = threading.Lock()
        self._ids = itertools.count(1)
        self._topics, self._store = topics, store
        self._inbox: queue.Queue[LinkEvent | None] = queue.Queue()
        self._link = MqttLink(settings, self._inbox.put, lambda: 0.5)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._link.start()
        self._thread.start()

    def close(self) -> None:
        """End the link and the thread."""
        self._inbox.put(None)
        self._thread.join()
        self._link.stop()

    def say(self, lane: str, payload: bytes) -> None:
        """Publish anything towards the store."""
        self._link.publish(f"{self._topics.root}/d/{self._store}/{lane}", payload)

    def write(self, *bodies: Any) -> None:
        """Write facts and tell the store."""
        with self.lock:
            for body in bodies:
                self.ledger.append(body, next(self._ids).to_bytes(16, "big"))
            self._carry_out(self.session.local_commit(_now_ms()))

    def _run(self) -> None:
        while True:
            try:
                event = self._inbox.get(timeout=0.5)
            except queue.Empty:
                with self.lock:
                    self._carry_out(self.session.tick(_now_ms()))
                continue
            if event is None:
                return
            with self.lock:
                self._take(event)

    def _take(self, event: LinkEvent) -> None:
        now_ms = _now_ms()
        match event:
            case Connected():
                self._carry_out(self.session.connected(now_ms))
            case Disconnected():
                self.session.disconnected()
            case Message():
                event.acknowledge()
                if "/pres/" not in event.topic:
                    _, lane = self._topics.sender(event.topic)
                    self._carry_out(self.session.receive(lane, event.payload, now_ms))

    def _carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send():
                    self._link.publish(self._topics.down(self._store, effect.lane), effect.payload)
                case Commit(origin, message):
                    outcome = self.ledger.commit(origin, message)
                    if not isinstance(message, Hello):
                        answer = self.session.committed(origin, [outcome], _now_ms())
                    elif outcome.refused:
                        answer = self.session.refuse(origin, outcome.refused, _now_ms())
                    else:
                        answer = self.session.admitted(origin, message, _now_ms())
                    self._carry_out(answer)

    @property
    def is_open(self) -> bool:
        """Whether the store is connected."""
        return self.session.state is State.OPEN


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
