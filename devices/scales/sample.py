"""One answer of a scale, with every bit it sent decoded and its weight as an integer."""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from enum import IntFlag
from typing import ClassVar

from devices.event import ScaleStatus

STX, ETX, EOT, ENQ, ACK, NAK, ESC = 0x02, 0x03, 0x04, 0x05, 0x06, 0x15, 0x1B
MG_PER_UNIT = {  # exact by definition (international avoirdupois pound, 1959)
    "kg": Decimal(1_000_000),
    "g": Decimal(1_000),
    "lb": Decimal("453592.37"),
    "oz": Decimal("28349.523125"),
}
_NUMBER = re.compile(r"-? *[0-9]{1,7}(?:\.[0-9]{0,5})?")


class Bit(IntFlag):
    """What a scale can say besides a number."""

    MOTION = 1
    OVER = 2
    UNDER_ZERO = 4
    OUTSIDE_ZERO = 8
    CENTRE_OF_ZERO = 16
    NET = 32
    BELOW_MINIMUM = 64
    NOT_MOVED = 128
    MEMORY_ERROR = 256
    PROGRAM_ERROR = 512
    CALIBRATION_ERROR = 1024
    ERROR = 2048


NOTHING = Bit(0)
BROKEN = Bit.MEMORY_ERROR | Bit.PROGRAM_ERROR | Bit.CALIBRATION_ERROR | Bit.ERROR


@dataclass(frozen=True, slots=True)
class Sample:
    """An answer: its bits, and the weight where there was one (``reading`` as displayed)."""

    bits: Bit = NOTHING
    weight_mg: int | None = None
    reading: str = ""

    @property
    def status(self) -> ScaleStatus:
        """The one UnifiedPOS status that matters most. NET alone is no fault."""
        if self.bits & (BROKEN | Bit.OUTSIDE_ZERO | Bit.NOT_MOVED):
            return ScaleStatus.NOT_READY
        if self.bits & Bit.OVER:
            return ScaleStatus.OVERWEIGHT
        if self.bits & Bit.UNDER_ZERO or (self.weight_mg or 0) < 0:
            return ScaleStatus.UNDER_ZERO
        if self.bits & Bit.MOTION:
            return ScaleStatus.UNSTABLE
        if self.bits & Bit.BELOW_MINIMUM:
            return ScaleStatus.UNDERWEIGHT
        if self.weight_mg == 0 or (self.weight_mg is None and self.bits & Bit.CENTRE_OF_ZERO):
            return ScaleStatus.ZERO
        return ScaleStatus.STABLE


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes the protocol wants sent next, before the answer is complete."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Trouble:
    """The scale refuses in a way that asking again does not mend."""

    message: str


Answer = Sample | Reply | Trouble


class ScaleCodec(ABC):
    """A scale protocol: what to ask, and what the answer means. It holds at most one answer.

    ``checked``: a lost byte cannot go unnoticed (check sum, fixed digits). Where it can, the scale
    is asked twice and must say the same.
    """

    checked: ClassVar[bool] = False

    @abstractmethod
    def request(self, unit_price_minor: int) -> bytes:
        """Return the question. The price is used by price-computing scales only."""

    def poll(self) -> bytes:
        """Return the question to ask while nobody wants a weight."""
        return self.request(0)

    @abstractmethod
    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes in any pieces; return what is complete."""

    @abstractmethod
    def reset(self) -> None:
        """Forget half an answer."""


def to_mg(number: str, unit: str) -> int | None:
    """Milligrams of a displayed weight, rounded half to even; None if it is no weight."""
    number = number.strip()
    per_unit = MG_PER_UNIT.get(unit.strip().lower())
    if per_unit is None or not _NUMBER.fullmatch(number):
        return None
    return int((Decimal(number.replace(" ", "")) * per_unit).to_integral_value())
