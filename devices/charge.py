"""What can be asked of a card terminal, and what it tells: commands, events and the doubt between.

Amounts are integers in the currency's minor unit. Money is charged once, or it is known that
nobody knows (`Doubt`).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from devices.driver import Command
from devices.event import Event


class Outcome(StrEnum):
    """How a payment ended."""

    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A payment whose result is not known; keep it if the program must restart."""

    ref: str
    request: int
    amount_minor: int | None
    last_trace: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Event):
    """The result of a payment, refund or reversal; ``amount_minor`` as the terminal says it."""

    final: ClassVar[bool] = True
    outcome: Outcome
    amount_minor: int = 0
    trace: int | None = None
    receipt: int | None = None
    card: str = ""
    number: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Event):
    """The terminal is busy with the customer; ``code`` is ZVT's intermediate status."""

    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Event):
    """The result was lost; the terminal will be asked. The final event comes later."""

    doubt: Doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Event):
    """The end of day is done; ``total_minor`` where the terminal tells it."""

    final: ClassVar[bool] = True
    total_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare(Command):
    """Wait until the terminal takes payments and its last transaction is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorise(Command):
    """Charge a card."""

    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Command):
    """Give money back to a card."""

    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Command):
    """Undo a payment of today by the terminal's receipt number."""

    receipt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfDay(Command):
    """Hand the day's payments to the acquirer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Command):
    """Stop the payment under way, if the terminal still can; its own event says what became."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(Command):
    """A person looked at the terminal: the payment in doubt was charged, or it was not."""

    offline: ClassVar[bool] = True
    charged: bool
