"""A driver holds one conversation with one device and does no I/O, no waiting and no logging.

Bytes and the time go in, bytes and events come out; `wake_at` says when it next wants to be
ticked. So both ends of every protocol can be tested together in one process under any clock.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from devices.event import Event, Fault, Health, Reason


class Level(IntEnum):
    """How deep a health check goes (UnifiedPOS)."""

    INTERNAL = 1
    EXTERNAL = 2
    INTERACTIVE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to be done; ``ref`` is chosen by the caller and comes back in the final event.

    ``offline``: it can be done without the device.
    """

    offline: ClassVar[bool] = False
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Command):
    """Ask the device how it is."""

    level: Level = Level.EXTERNAL


class Driver(ABC):
    """The conversation's state. Subclasses override what their device can do."""

    def __init__(self) -> None:
        self.wake_at: float | None = None
        self.online = False
        self.hang_up = False  # what comes makes no sense any more: connect anew
        self.now = 0.0  # the time of the last call, in seconds of any clock that only goes forward
        self._out = bytearray()
        self._events: list[Event] = []

    def started(self, now: float) -> None:
        """The link is up: say whatever the device must hear first. ``now`` in seconds."""
        self.now = now
        self.online = True
        self.hang_up = False

    def lost(self, now: float) -> None:
        """The link is down: forget half-read input; commands in flight end in a fault."""
        self.now = now
        self.online = False
        self.wake_at = None
        self._out.clear()

    def submit(self, command: Command, now: float) -> None:
        """Begin a command; its final event comes now or later."""
        self.now = now
        if isinstance(command, Check):
            self._emit(Health(ref=command.ref, text="connected; this device cannot be asked"))
        else:
            self._refuse(command, f"this device cannot do {type(command).__name__}")

    @abstractmethod
    def receive(self, data: bytes, now: float) -> None:
        """Take bytes from the device, in whatever pieces they come."""
        self.now = now

    def tick(self, now: float) -> None:
        """The time `wake_at` has come."""
        self.now = now
        self.wake_at = None

    def to_send(self) -> bytes:
        """Hand over the bytes to be written, once."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def take_events(self) -> list[Event]:
        """Hand over the events since the last call, in order."""
        events, self._events = self._events, []
        return events

    @property
    def busy(self) -> bool:
        """Whether a command is under way."""
        return False

    def _send(self, data: bytes) -> None:
        self._out += data

    def _emit(self, event: Event) -> None:
        self._events.append(event)

    def _refuse(self, command: Command, message: str, reason: Reason = Reason.REFUSED) -> None:
        self._emit(Fault(ref=command.ref, reason=reason, message=message))
