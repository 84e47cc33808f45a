"""What a device tells its owner: small immutable events, in UnifiedPOS words and codes.

An event that answers a command carries the command's ``ref``; ``final`` marks the one event that
ends it. Everything else (a scan, a change of status) comes unasked and has an empty ``ref``.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar


class State(IntEnum):
    """Where a device is in its life cycle (UnifiedPOS 1.15)."""

    CLOSED = 1
    IDLE = 2
    BUSY = 3
    ERROR = 4


class Power(IntEnum):
    """Whether the device answers (UnifiedPOS 1.15)."""

    ONLINE = 2001
    OFF = 2002
    OFFLINE = 2003


class ScaleStatus(IntEnum):
    """What a scale says about its platter (UnifiedPOS 1.15)."""

    STABLE = 11
    UNSTABLE = 12
    ZERO = 13
    OVERWEIGHT = 14
    NOT_READY = 15
    UNDER_ZERO = 16
    UNDERWEIGHT = 17


class PrinterStatus(IntEnum):
    """What a printer says about its cover and paper (UnifiedPOS 1.15)."""

    COVER_OPEN = 11
    COVER_OK = 12
    PAPER_EMPTY = 24
    PAPER_NEAR_END = 25
    PAPER_OK = 26


class DrawerStatus(IntEnum):
    """Whether the cash drawer is open (UnifiedPOS 1.15)."""

    CLOSED = 0
    OPEN = 1


class Reason(StrEnum):
    """Why something was not done; the message of the fault says it in words."""

    LOST = "lost"
    BUSY = "busy"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    BAD_DATA = "bad data"
    NOT_READY = "not ready"
    COVER_OPEN = "cover open"
    PAPER_EMPTY = "paper empty"
    HARDWARE = "hardware"
    IN_DOUBT = "in doubt"


AnyStatus = ScaleStatus | PrinterStatus | DrawerStatus | Power


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events. ``ref`` names the command it answers, or is empty."""

    final: ClassVar[bool] = False
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Event):
    """One barcode as the scanner sent it: its text and AIM identifier (``]E0``) where given."""

    text: str
    aim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Event):
    """The device's condition changed."""

    status: AnyStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Event):
    """Something was not done; ``message`` says what to do about it."""

    final: ClassVar[bool] = True
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight(Event):
    """A stable, non-negative weight. ``reading`` is what the scale's own display shows."""

    final: ClassVar[bool] = True
    weight_mg: int
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDone(Event):
    """The device itself confirmed the job. ``repeated``: it had been done before, not again."""

    final: ClassVar[bool] = True
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Health(Event):
    """The answer to a health check, in words for a technician."""

    final: ClassVar[bool] = True
    text: str
