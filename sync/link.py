"""One law: a link is either connected or trying to be, and says so; this is all it can say.

Settings and events of an MQTT link, without the link: `sync.mqtt` lives by them, everything above
needs nothing else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

MAX_MESSAGE_BYTES = 64 * 1024
_MAX_TOPIC_BYTES = 512


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish, such as the birth (on each connect) or the will (at its end)."""

    topic: str
    payload: bytes = field(repr=False)
    retain: bool = False

    @property
    def size_bytes(self) -> int:
        """What it counts for against `queue_bytes`."""
        return len(self.topic) + len(self.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """How to reach a broker, and how much may be under way.

    TLS is used when `ca_file` is given: the host name is checked, and the files are read anew on
    each connect; `cert_file` and `key_file` add a client certificate. `window_messages` bounds what
    is sent and not yet taken by the broker, `queue_bytes` that and what waits behind it;
    `held_messages` is how many received messages may await their acknowledgement before no more
    are read. Raise ValueError for settings that cannot work.
    """

    host: str
    port: int
    client_id: str
    subscriptions: tuple[str, ...] = ()
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    keepalive_s: int = 15
    connect_timeout_s: float = 10.0
    backoff_min_s: float = 1.0
    backoff_max_s: float = 30.0
    window_messages: int = 32
    queue_bytes: int = 256 * 1024
    held_messages: int = 256
    will: Outgoing | None = None
    birth: Outgoing | None = None
    protocol: Literal["3.1.1", "5"] = "3.1.1"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", self.client_id):
            raise ValueError("client_id: 1 to 64 of A-Z a-z 0-9 _ - (some brokers refuse the rest)")
        if self.cert_file and not self.ca_file:
            raise ValueError("cert_file needs ca_file: a client certificate is only sent over TLS")
        if min(self.keepalive_s, self.window_messages, self.held_messages) < 1:
            raise ValueError("keepalive_s, window_messages and held_messages must be at least 1")
        if not 0 < self.backoff_min_s <= self.backoff_max_s:
            raise ValueError("backoff_min_s must be above 0 and at most backoff_max_s")
        if self.queue_bytes < MAX_MESSAGE_BYTES + _MAX_TOPIC_BYTES:
            raise ValueError("queue_bytes must hold at least one message of 64 KB and its topic")
        for told in filter(None, (self.will, self.birth)):
            check_message(told.topic, told.payload)


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker answered and all subscriptions were answered too; connections count from 1."""

    connection: int


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The end of a connection; exactly one for each `Connected`."""

    connection: int
    reason: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message received; call `acknowledge` once it is durable, from any thread.

    A late acknowledgement (its connection is gone) or a second one is ignored.
    """

    connection: int
    topic: str
    payload: bytes = field(repr=False)
    acknowledge: Callable[[], None] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Drained:
    """The broker took one of our messages; `outstanding_bytes` are still to be taken."""

    connection: int
    outstanding_bytes: int


@dataclass(frozen=True, slots=True)
class Oversized:
    """A message above 64 KB arrived, was acknowledged and dropped."""

    topic: str
    size: int


@dataclass(frozen=True, slots=True)
class TopicRefused:
    """The broker will not deliver this filter or, in MQTT 5, did not take this topic.

    The connection stays. Under 3.1.1 a broker that forbids a topic says nothing at all.
    """

    connection: int
    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Credentials or certificates were not accepted; the next attempt comes late."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """An attempt to connect failed for another reason; tried again after the back-off."""

    reason: str


LinkEvent = (
    Connected | Disconnected | Message | Drained | Oversized | TopicRefused | Refused | Unreachable
)


def check_message(topic: str, payload: bytes) -> None:
    """Raise ValueError unless this can be published: a plain topic, at most 64 KB."""
    if not 0 < len(topic.encode()) <= _MAX_TOPIC_BYTES or any(c in topic for c in "+#\0"):
        raise ValueError(f"{topic[:80]!r} is no topic: 1 to {_MAX_TOPIC_BYTES} bytes, no + # NUL")
    if len(payload) > MAX_MESSAGE_BYTES:
        raise ValueError(f"a message has at most {MAX_MESSAGE_BYTES} bytes, not {len(payload)}")


def pause_s(settings: MqttSettings, failures: int, refused: bool, jitter: float) -> float:
    """How long to wait after so many failures in a row, with `jitter` from [0, 1).

    Full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015); after a refusal the longer
    half of `backoff_max_s`, because trying again seldom helps.
    """
    if refused:
        return settings.backoff_max_s * (1 + jitter) / 2
    longest_s = settings.backoff_min_s * 2.0 ** min(failures, 30)
    return min(settings.backoff_max_s, longest_s) * jitter
