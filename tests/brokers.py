"""Real brokers and real links for tests: a chain's users, running brokers and what a link said.

`kind` is `"nats"` or `"mosquitto"`; a test that may get the latter asks for `mosquitto_path` too.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from provisioning.broker import Broker, BrokerUser, MosquittoBroker, NatsBroker
from sync.link import LinkEvent, Message, MqttSettings
from sync.mqtt import MqttLink
from sync.topics import Lane, Topics

KINDS = ("nats", "mosquitto")
PASSWORD = "not-a-secret-in-a-test"
TOPICS = Topics("chain")
PATIENCE_S = 20.0
Event = TypeVar("Event", bound=LinkEvent)


def broker_class(kind: str, request: pytest.FixtureRequest) -> type[Broker]:
    """Return the class of a broker; skip the test if its program is missing."""
    if kind == "nats":
        return NatsBroker
    request.getfixturevalue("mosquitto_path")
    return MosquittoBroker


def store_user(store: str, password: str | None = PASSWORD, topics: Topics = TOPICS) -> BrokerUser:
    """Return the broker user of a store, named as the store."""
    writes, reads = topics.store_writes(store), topics.store_reads(store)
    return BrokerUser(store, password, tuple(writes), tuple(reads))


def headquarters_user(password: str | None = PASSWORD, topics: Topics = TOPICS) -> BrokerUser:
    """Return the broker user of headquarters, named hq."""
    writes, reads = topics.headquarters_writes, topics.headquarters_reads()
    return BrokerUser("hq", password, tuple(writes), tuple(reads))


USERS = [store_user("store-a"), store_user("store-b"), headquarters_user()]
UP_A, UP_B = TOPICS.up("store-a", Lane.FACTS), TOPICS.up("store-b", Lane.FACTS)
DOWN_A, DOWN_B = TOPICS.down("store-a", Lane.FACTS), TOPICS.down("store-b", Lane.FACTS)
READS_A, READS_HQ = TOPICS.store_reads("store-a"), TOPICS.headquarters_reads()


@contextmanager
def running(
    cls: type[Broker], folder: Path, users: Sequence[BrokerUser], **options: Any
) -> Iterator[Broker]:
    """Run a broker until the end of the block."""
    broker = cls(folder / "broker", users, **options)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


class Recorder:
    """Receives a link's events; acknowledges each message unless told to hold them."""

    def __init__(self, *, hold: bool = False) -> None:
        self.events: list[LinkEvent] = []
        self._hold = hold
        self._heard = threading.Condition()

    def __call__(self, event: LinkEvent) -> None:
        with self._heard:
            self.events.append(event)
            self._heard.notify_all()
        if isinstance(event, Message) and not self._hold:
            event.acknowledge()

    def all(self, kind: type[Event]) -> list[Event]:
        """Return all events of a kind so far."""
        with self._heard:
            return [event for event in self.events if isinstance(event, kind)]

    def topics(self) -> list[str]:
        """Return the topics of all messages so far."""
        return [message.topic for message in self.all(Message)]

    def wait(
        self, kind: type[Event], where: Callable[[Event], bool] = lambda _: True, count: int = 1
    ) -> Event:
        """Wait for the count-th event of a kind for which `where` holds, and return it."""
        deadline_s = time.monotonic() + PATIENCE_S
        with self._heard:
            while True:
                found = [e for e in self.events if isinstance(e, kind) and where(e)]
                if len(found) >= count:
                    return found[count - 1]
                left_s = deadline_s - time.monotonic()
                if left_s < 0 or not self._heard.wait(left_s):
                    raise AssertionError(f"no {kind.__name__} within {PATIENCE_S} s: {self.events}")

    def wait_for(self, topic: str, payload: bytes) -> Message:
        """Wait for a message."""
        return self.wait(Message, lambda m: (m.topic, m.payload) == (topic, payload))


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until `holds`."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline_s, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.005)


def forget_retained(link: MqttLink, topic: str) -> None:
    """Have the broker drop what it retains for later subscribers."""
    assert link.publish(topic, b"", retain=True)
    eventually(lambda: link.outstanding_bytes == 0, "taken")


def settings(port: int, user: str, subscriptions: Sequence[str] = (), **more: Any) -> MqttSettings:
    """Return settings of a user's link with short pauses; its client id is the user's name."""
    usual: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "client_id": user,
        "username": user,
        "password": PASSWORD,
        "subscriptions": tuple(subscriptions),
        "backoff_min_s": 0.01,
        "backoff_max_s": 0.1,
    }
    return MqttSettings(**(usual | more))


@contextmanager
def linked(how: MqttSettings, *, hold: bool = False) -> Iterator[tuple[MqttLink, Recorder]]:
    """Run a link until the end of the block."""
    heard = Recorder(hold=hold)
    link = MqttLink(how, heard, lambda: 0.5)
    link.start()
    try:
        yield link, heard
    finally:
        assert link.stop(PATIENCE_S)
