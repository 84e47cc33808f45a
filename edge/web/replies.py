"""One law: an answer has one documented shape, with the units of the request types."""

import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from edge.views import QuarantineItem, StockView
from sync.receipts import LineKind

KindName = Literal["goods", "service", "charge"]
KIND_NAMES: dict[LineKind, KindName] = {
    LineKind.GOODS: "goods",
    LineKind.SERVICE: "service",
    LineKind.CHARGE: "charge",
}
_EPOCH_ORDINAL = datetime.date(1970, 1, 1).toordinal()


def date_of(day: int) -> datetime.date:
    """Turn days since 1970 into a date."""
    return datetime.date.fromordinal(day + _EPOCH_ORDINAL)


def day_of(date: datetime.date) -> int:
    """Turn a date into days since 1970."""
    return date.toordinal() - _EPOCH_ORDINAL


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
    """A means of payment; `change` is negative, it was handed back."""

    kind: str
    amount_minor: int
    reference: str


class QuantityReply(msgspec.Struct, frozen=True):
    """A quantity of a SKU, in base units."""

    sku: str
    quantity: int


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
    shortfalls: list[QuantityReply]
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


class SaleLineStateReply(msgspec.Struct, frozen=True):
    """What of a sale's line was returned and still can be, in base units, and for how much."""

    line: int
    returned: int
    returnable: int
    refund_minor: int


class SaleDetailReply(msgspec.Struct, frozen=True):
    """A sale on record and what became of it."""

    sale: SaleReply
    actor: str
    member: str
    voided: bool
    lines: list[SaleLineStateReply]


class SaleSummaryReply(msgspec.Struct, frozen=True):
    """A sale in a list; `lines` counts them.

    `position` of the last one is `before` of the next page; null where found by its receipt.
    """

    id: UUID
    receipt: str
    at_ms: int
    business_day: datetime.date
    total_minor: int
    lines: int
    actor: str
    position: int | None


class SalesReply(msgspec.Struct, frozen=True):
    """Sales, newest first."""

    sales: list[SaleSummaryReply]


class PartReply(msgspec.Struct, frozen=True):
    """A counter behind a stock figure: `sign` is how it acts on stock on hand (-1, 0 or 1)."""

    kind: str
    author: str
    value: int
    sign: int


class MovementReply(msgspec.Struct, frozen=True):
    """A fact that moved a SKU: its id, its place in a journal, when, by whom, how much.

    `text` is its reason, scope, receipt or reference, `partner` the supplier or the other store. A
    count says what was `counted` and what the books had `seen`.
    """

    id: UUID
    journal: str
    seq: int
    at_ms: int
    type: str
    actor: str
    kind: str
    quantity: int
    text: str
    partner: str
    counted: int | None
    seen: int | None


class IncomingReply(msgspec.Struct, frozen=True):
    """What is still to come and in no stock yet: of an `order`, or of the transfer `out`."""

    order: str
    out: UUID | None
    partner: str
    quantity: int


class StockDetailReply(msgspec.Struct, frozen=True):
    """Why the books say what they say: `stock.on_hand` is the sum of `sign * value` of parts.

    `incoming` is in no stock yet.
    """

    stock: StockView
    parts: list[PartReply]
    movements: list[MovementReply]
    incoming: list[IncomingReply]


class TransferReply(msgspec.Struct, frozen=True):
    """A transfer `out` to, or `in` from, another store; `out` is the id of the transfer out."""

    id: UUID
    direction: str
    other: str
    out: UUID | None
    at_ms: int
    lines: list[QuantityReply]


class TransfersReply(msgspec.Struct, frozen=True):
    """Transfers, newest first."""

    transfers: list[TransferReply]


class WorkItemReply(msgspec.Struct, frozen=True):
    """Something a person should look at; `document` is the id of what it is about."""

    number: int
    at_ms: int
    kind: str
    sku: str
    document: UUID | None
    detail: str


class WorklistReply(msgspec.Struct, frozen=True):
    """What a person should look at."""

    items: list[WorkItemReply]


class QuarantineReply(msgspec.Struct, frozen=True):
    """Messages that were set aside."""

    items: list[QuarantineItem]


class ChangeEvent(msgspec.Struct, frozen=True):
    """A fact of this store as streamed; `stock` is what is on hand now of the SKUs it touched."""

    seq: int
    id: UUID
    at_ms: int
    type: str
    actor: str
    stock: dict[str, int]


class RestartEvent(msgspec.Struct, frozen=True):
    """The node goes on in a new journal, at this `seq`: read everything afresh."""

    journal: str
    seq: int


class JournalLine(msgspec.Struct, frozen=True):
    """A fact of an exported journal; `hash` is the hash of the chain after it, hexadecimal.

    Bytes within `body`, such as the id of a sale, are in Base64.
    """

    journal: str
    seq: int
    id: UUID
    at_ms: int
    offset_min: int
    actor: str
    type: str
    body: dict[str, Any]
    hash: str


class StatusReply(msgspec.Struct, frozen=True):
    """The node and its link to headquarters.

    `link` is `up`, `greeting` (the broker is reached, headquarters not yet), `cut`, `refused`, or
    `none` for a store on its own; `link_since_ms` since when. `unsynced`: facts headquarters is not
    known to hold. `as_of_ms`: the time of headquarters' state that is held here. `halted`: journals
    that headquarters holds otherwise. `now_ms`: the node's clock. All times UTC milliseconds.
    `exponent`: decimal places of the currency's minor unit.
    """

    store: str
    generation: int
    journal: str
    seq: int
    facts: int
    products: int
    skus: int
    worklist: int
    quarantine: int
    headquarters: str
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
