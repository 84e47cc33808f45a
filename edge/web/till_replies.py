"""One law: a till is answered in arrays where there are many and in words where there are few."""

import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from edge.views.documents import Document
from edge.views.till import Person, Rate, Store


class LifeReply(msgspec.Struct, frozen=True):
    """A new series of receipts: number them `till-life-NUMBER` from `next_number` on, gap-free."""

    till: str
    drawer: str
    life: int
    next_number: int


class DeviceReply(msgspec.Struct, frozen=True):
    """A device of the store that this till may use."""

    name: str
    kind: str
    category: str
    state: str


class SetupReply(msgspec.Struct, frozen=True):
    """All a till needs to work but the catalogue; `rules` are parsed, by name.

    `business_day` is today's at the store, until a shift says another.
    """

    till: str
    drawer: str
    drawers: list[str]
    store: Store
    currency: str
    exponent: int
    timezone: str
    software: str
    journal: str
    business_day: datetime.date
    tax_rates: list[Rate]
    staff: list[Person]
    rules: dict[str, Any]
    devices: list[DeviceReply]
    training_allowed: bool


class CatalogueReply(msgspec.Struct, frozen=True):
    """Products that changed after a cursor; `reset`: forget what is held, this starts over.

    Each is an array: number, sku, names by language, GTINs (14 digits), unit, tax code,
    price_minor, price_quantity, tracked, active, category, variant_of, attributes.
    """

    cursor: str
    more: bool
    reset: bool
    products: list[list[Any]]


class StrandedReply(msgspec.Struct, frozen=True):
    """The document is kept, under this number of the quarantine list."""

    number: int
    repeated: bool


CashKindName = Literal["pay_in", "pay_out", "drop", "no_sale"]


class ShiftReply(msgspec.Struct, frozen=True):
    """A shift of a drawer; `tenders` are the kinds to count, cash first. It hides what is expected.

    `repeated`: this id opened it before.
    """

    id: UUID
    drawer: str
    number: int
    business_day: datetime.date
    opened_ms: int
    opened_by: str
    float_minor: int
    tenders: list[str]
    repeated: bool


class CashReply(msgspec.Struct, frozen=True):
    """A movement of cash on record; `late`: its shift was closed before it came."""

    id: UUID
    drawer: str
    shift: int
    kind: CashKindName
    amount_minor: int
    late: bool
    repeated: bool


class TallyReply(msgspec.Struct, frozen=True):
    """A number of documents and what they come to."""

    count: int
    minor: int


class DiscountsReply(msgspec.Struct, frozen=True):
    """Discounts, also by why they were given: manual, promotion, coupon, member."""

    count: int
    minor: int
    by_kind: dict[str, int]


class TaxReply(msgspec.Struct, frozen=True):
    """Tax at one rate; net and tax make up gross."""

    code: str
    ppm: int
    net_minor: int
    tax_minor: int
    gross_minor: int


class TenderCountReply(msgspec.Struct, frozen=True):
    """What a tender should have left, what was counted (null: nothing was) and the difference."""

    kind: str
    expected_minor: int
    counted_minor: int | None
    over_short_minor: int | None


class CashMovementReply(msgspec.Struct, frozen=True):
    """Cash put into or taken out of the drawer during the shift."""

    id: UUID
    kind: CashKindName
    amount_minor: int
    reason: str
    approver: str
    by: str
    at_ms: int


class LateReply(msgspec.Struct, frozen=True):
    """A document of an earlier shift that came after that was closed."""

    id: UUID
    type: str
    receipt: str
    shift: int
    total_minor: int
    at_ms: int


class ReportReply(msgspec.Struct, frozen=True):
    """An X report of an open shift or the Z report of a closed one.

    Late documents are in no sum but `late_minor` and `grand_total_minor` (the drawer's net since
    its first shift). `unsynced`: facts that headquarters is not known to hold now.
    """

    drawer: str
    number: int
    business_day: datetime.date
    currency: str
    opened_ms: int
    opened_by: str
    closed_ms: int | None
    closed_by: str
    float_minor: int
    sales: TallyReply
    returns: TallyReply
    voids: TallyReply
    net_minor: int
    tax_minor: int
    discounts: DiscountsReply
    tax: list[TaxReply]
    tenders: list[TenderCountReply]
    cash: list[CashMovementReply]
    no_sales: int
    overrides: int
    reprints: int
    late: list[LateReply]
    late_minor: int
    unsynced: int
    grand_total_minor: int
    note: str
    training: bool = False


class ReportSummaryReply(msgspec.Struct, frozen=True):
    """A closed shift in a list; `over_short_minor` is the sum over all that was counted."""

    drawer: str
    number: int
    business_day: datetime.date
    opened_ms: int
    closed_ms: int
    closed_by: str
    sales: int
    net_minor: int
    over_short_minor: int


class ReportsReply(msgspec.Struct, frozen=True):
    """Z reports of a drawer, newest first."""

    reports: list[ReportSummaryReply]


class ApprovalReply(msgspec.Struct, frozen=True):
    """Who allowed it; the audit trail has it under `id`."""

    id: UUID
    approver: str
    name: str
    repeated: bool


class AuditReply(msgspec.Struct, frozen=True):
    """How many entries were written now, and how many had been before."""

    recorded: int
    repeated: int


class HeldReply(msgspec.Struct, frozen=True):
    """A basket in the list; `held_by` names who set it aside and at which till."""

    id: UUID
    label: str
    total_minor: int
    lines: int
    held_by: str
    held_ms: int


class HeldBasketsReply(msgspec.Struct, frozen=True):
    """Baskets that can be recalled, oldest first."""

    held: list[HeldReply]


class RecalledReply(HeldReply, frozen=True):
    """A basket handed to this till alone; `basket` is the JSON that was held."""

    basket: str


class DroppedReply(msgspec.Struct, frozen=True):
    """The basket was given up."""

    id: UUID


class DocumentsReply(msgspec.Struct, frozen=True):
    """Documents, newest first; `before` asks for the next page, empty at the end.

    A page may be short although there is more: it looks at a bounded number of facts.
    """

    documents: list[Document]
    before: str
