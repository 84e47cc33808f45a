"""One law: an answer has one documented shape, with the units of the request types."""

import datetime
from typing import Literal
from uuid import UUID

import msgspec

from edge.views.values import (
    QuarantineItem,
    SaleLineState,
    SaleSummary,
    SkuQuantity,
    StatusView,
    TransferView,
    WorkItem,
)
from sync.receipts import LineKind

KindName = Literal["goods", "service", "charge"]
KIND_NAMES: dict[LineKind, KindName] = {
    LineKind.GOODS: "goods",
    LineKind.SERVICE: "service",
    LineKind.CHARGE: "charge",
}


class LineReply(msgspec.Struct, frozen=True):
    """A line as it was priced; `amount_minor` is what is paid for it, tax included.

    `tax_minor` is the tax within `amount_minor`, at `tax_ppm` parts per million.
    """

    sku: str
    quantity: int
    price_minor: int
    price_quantity: int
    discount_minor: int
    amount_minor: int
    tax_code: str
    tax_ppm: int
    tax_minor: int
    kind: KindName
    note: str


class TenderReply(msgspec.Struct, frozen=True):
    """A means of payment; `change` is negative, it was handed back.

    `rounding` is what cash left of the total (positive) or took beyond it (negative).
    """

    kind: str
    amount_minor: int
    reference: str


class QuoteReply(msgspec.Struct, frozen=True):
    """What a basket comes to."""

    currency: str
    total_minor: int
    tax_minor: int
    lines: list[LineReply]


class SaleReply(msgspec.Struct, frozen=True):
    """A sale on record; `seq` is its number in the store's `journal`.

    `shortfalls` is what was sold although it was reserved for headquarters, in base units.
    `repeated`: this id was sold before, with the same content; nothing was sold again.
    """

    id: UUID
    receipt: str
    till: str
    number: int
    business_day: datetime.date
    at_ms: int
    currency: str
    total_minor: int
    tax_minor: int
    lines: list[LineReply]
    tenders: list[TenderReply]
    shortfalls: list[SkuQuantity]
    repeated: bool
    journal: str
    seq: int


class VoidReply(msgspec.Struct, frozen=True):
    """A void on record."""

    id: UUID
    sale_id: UUID
    receipt: str
    total_minor: int
    repeated: bool
    journal: str
    seq: int


class ReturnedLineReply(msgspec.Struct, frozen=True):
    """A line taken back; `line` is its index in the sale, null without a receipt."""

    line: int | None
    sku: str
    quantity: int
    amount_minor: int
    tax_code: str
    tax_minor: int
    kind: KindName
    restock: bool
    note: str


class ReturnReply(msgspec.Struct, frozen=True):
    """A return on record; amounts and tenders are what was refunded, as positive numbers."""

    id: UUID
    receipt: str
    till: str
    number: int
    business_day: datetime.date
    at_ms: int
    currency: str
    sale_id: UUID | None
    total_minor: int
    tax_minor: int
    lines: list[ReturnedLineReply]
    tenders: list[TenderReply]
    reason: str
    repeated: bool
    journal: str
    seq: int


class StockReply(msgspec.Struct, frozen=True):
    """A posting of stock on record, in base units per SKU.

    `moved` is what it changed (for a grant: rights), `on_hand` what the books say after it.
    """

    id: UUID
    moved: dict[str, int]
    on_hand: dict[str, int]
    repeated: bool
    journal: str
    seq: int


class SaleDetailReply(msgspec.Struct, frozen=True):
    """A sale on record and what became of it."""

    sale: SaleReply
    actor: str
    member: str
    voided: bool
    lines: list[SaleLineState]


class SalesReply(msgspec.Struct, frozen=True):
    """Sales, newest first."""

    sales: list[SaleSummary]


class TransfersReply(msgspec.Struct, frozen=True):
    """Transfers, newest first."""

    transfers: list[TransferView]


class WorklistReply(msgspec.Struct, frozen=True):
    """What a person should look at."""

    items: list[WorkItem]


class QuarantineReply(msgspec.Struct, frozen=True):
    """Messages that were set aside."""

    items: list[QuarantineItem]


class RestartEvent(msgspec.Struct, frozen=True):
    """The node goes on in a new journal, at this `seq`: read everything afresh."""

    journal: str
    seq: int


class StatusReply(StatusView, frozen=True):
    """The node and its link to headquarters.

    `link` is `up`, `greeting` (the broker is reached, headquarters not yet), `cut`, `refused`, or
    `none` for a store on its own; `link_since_ms` since when. `unsynced`: facts headquarters is not
    known to hold. `as_of_ms`: the time of headquarters' state that is held here. `halted`: journals
    that headquarters holds otherwise. `now_ms`: the node's clock. All times UTC milliseconds.
    `exponent`: decimal places of the currency's minor unit.
    """

    link: str
    link_since_ms: int
    link_detail: str
    unsynced: int
    as_of_ms: int
    halted: tuple[str, ...]
    currency: str
    exponent: int
    timezone: str
    now_ms: int
    started_ms: int
    version: str


class HealthReply(msgspec.Struct, frozen=True):
    """The node answers."""

    status: str


class LoginReply(msgspec.Struct, frozen=True):
    """A person's token, good at this device until `expires_ms`."""

    token: str
    staff: str
    name: str
    roles: list[str]
    expires_ms: int


class LogoutReply(msgspec.Struct, frozen=True):
    """The session has ended."""

    staff: str


class WhoAmIReply(msgspec.Struct, frozen=True):
    """Who the node takes you for, and what you may do."""

    device: str
    role: str
    staff: str
    rights: list[str]
