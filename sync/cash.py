"""A shift belongs to a drawer; what was in it is the float, what came, what went, and the count."""

from enum import IntEnum

from sync.body import Body
from sync.values import Count, Currency, Minor


class ShiftOpened(Body, frozen=True, tag=14):
    """A drawer is in use from now on; `number` counts its shifts, `float_minor` lies in it."""

    drawer: str
    number: Count
    business_day: Count
    currency: Currency
    float_minor: Minor


class CashKind(IntEnum):
    """Why a drawer was opened without a sale."""

    PAY_IN = 0
    PAY_OUT = 1
    DROP = 2
    NO_SALE = 3


class CashMoved(Body, frozen=True, tag=15):
    """Cash put into or taken out of a drawer, or none (no-sale); the amount is never negative."""

    drawer: str
    shift: Count
    business_day: Count
    currency: Currency
    kind: CashKind
    amount_minor: Minor
    reason: str
    approver: str = ""


class TenderCount(Body, frozen=True):
    """A tender at the end of a shift: what the books expect and what was counted, blind."""

    kind: str
    expected_minor: Minor
    counted_minor: Minor


class ShiftClosed(Body, frozen=True, tag=16):
    """The end of a shift: its Z report says this for good.

    `grand_total_minor` is the drawer's net sales since its first shift.
    """

    drawer: str
    number: Count
    business_day: Count
    currency: Currency
    counts: list[TenderCount]
    sales: Count
    returns: Count
    voids: Count
    net_minor: Minor
    tax_minor: Minor
    grand_total_minor: int
    note: str = ""


class AuditEntry(Body, frozen=True, tag=17):
    """Something that needs no entry in the books but somebody's word: an override, a reprint.

    `subject` is the id of what it concerns, `approver` who allowed it, if somebody had to; `shift`
    is the number of the shift of `drawer` it happened in (0: none).
    """

    action: str
    subject: bytes
    till: str
    reason: str = ""
    approver: str = ""
    detail: str = ""
    drawer: str = ""
    shift: Count = 0
