"""One law: what a till sends has been decided; these types say its units and ranges, no more."""

import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, field

from edge.web.requests import (
    At,
    Id,
    Lines,
    MaybeName,
    Money,
    Name,
    Quantity,
    Reason,
    Request,
    ReturnLine,
    Signed,
    TenderLine,
    Text,
)
from sync.values import COUNT_MAX, RATE_SCALE_PPM

Number = Annotated[int, Meta(ge=1, le=COUNT_MAX)]
MaybeNumber = Annotated[int, Meta(ge=0, le=COUNT_MAX, description="0: none.")]
Ppm = Annotated[int, Meta(ge=0, le=RATE_SCALE_PPM, description="Parts per million.")]
Till = Annotated[str, Meta(max_length=16, description="Empty: the device's own name.")]
Operator = Annotated[
    str, Meta(max_length=64, description="Id of the person who worked; empty: nobody logged in.")
]
Drawer = Annotated[str, Meta(max_length=64, description="Empty: the till's own drawer.")]
Tenders = Meta(max_length=64)


class DiscountPart(Request, frozen=True, kw_only=True):
    """A part of a line's discount as the receipt explains it; `code` names the rule or reason.

    `whole`: the line's share of a discount on the whole sale, which the receipt shows as one.
    """

    kind: Literal["manual", "promotion", "coupon", "member"]
    amount_minor: Signed
    code: Text = ""
    text: Text = ""
    whole: bool = False


class LineDetail(Request, frozen=True, kw_only=True):
    """What few lines need to say.

    `list_price_minor`: the catalogue's price where another was taken, for `reason` (`label`: the
    goods' own label says it) and with the word of `approver`. `voucher`: the gift card sold.
    """

    discounts: Annotated[list[DiscountPart], Meta(max_length=32)] = field(default_factory=list)
    list_price_minor: Signed | None = None
    reason: Text = ""
    approver: MaybeName = ""
    serials: Annotated[list[Name], Meta(max_length=500)] = field(default_factory=list)
    lot: MaybeName = ""
    expiry_day: Annotated[int, Meta(ge=0, lt=100_000, description="Days since 1970; 0: none.")] = 0
    voucher: MaybeName = ""


class TillLine(Request, frozen=True, kw_only=True):
    """A line as the till priced it; its discounts add up to `discount_minor`."""

    sku: Name
    name: Text
    quantity: Quantity
    price_minor: Signed
    tax_code: MaybeName
    tax_ppm: Ppm
    tax_added: bool = False
    price_quantity: Quantity = 1
    kind: Literal["goods", "service", "charge"] = "goods"
    discount_minor: Signed = 0
    tax_adjust_minor: Signed = 0
    note: Text = ""
    detail: LineDetail | None = None


class PaidTender(Request, frozen=True, kw_only=True):
    """A means of payment and what it brought; `change` and money handed back are negative.

    `rounding` is what cash left of the total (positive) or took beyond it (rule `cash.rounding`).
    """

    kind: Name
    amount_minor: Signed
    reference: Text = ""


class FinishedSale(Request, frozen=True, kw_only=True):
    """A sale as its till finished it; the tenders, change included, add up to `total_minor`.

    `life` and `number` are its receipt's, `shift` the shift of the drawer it was rung up in.
    `detached`: rung up while the till could not reach the node.
    """

    life: Number
    number: Number
    business_day: datetime.date
    at_ms: At
    lines: Annotated[list[TillLine], Lines]
    tenders: Annotated[list[PaidTender], Tenders]
    total_minor: Signed
    drawer: Drawer = ""
    shift: MaybeNumber = 0
    operator: Operator = ""
    member: MaybeName = ""
    points: MaybeNumber = 0
    detached: bool = False


class Stranded(Request, frozen=True, kw_only=True):
    """A finished document that was refused as malformed, and the problem it was refused for."""

    id: Id
    document: Annotated[str, Meta(max_length=400_000, description="The document's JSON.")]
    problem: Annotated[str, Meta(max_length=2000)]


class OpenShift(Request, frozen=True, kw_only=True):
    """Put a drawer into use with a float."""

    id: Id
    float_minor: Money
    drawer: Drawer = ""
    operator: Operator = ""
    business_day: datetime.date | None = None
    at_ms: At | None = None


class MoveCash(Request, frozen=True, kw_only=True):
    """Cash put into or taken out of a drawer, or none (`no_sale`)."""

    id: Id
    kind: Literal["pay_in", "pay_out", "drop", "no_sale"]
    reason: Text = ""
    amount_minor: Money = 0
    drawer: Drawer = ""
    shift: MaybeNumber = 0
    approver: MaybeName = ""
    operator: Operator = ""
    at_ms: At | None = None


class Counted(Request, frozen=True, kw_only=True):
    """What was counted of a tender."""

    kind: Name
    counted_minor: Signed


class CloseShift(Request, frozen=True, kw_only=True):
    """End a shift with what was counted, blind; a tender that is left out was not counted."""

    id: Id
    counted: Annotated[list[Counted], Tenders]
    note: Text = ""
    operator: Operator = ""
    at_ms: At | None = None


class Approve(Request, frozen=True, kw_only=True):
    """Somebody with the right allows an action, by PIN, on this screen."""

    id: Id
    staff: Name
    pin: Annotated[str, Meta(min_length=1, max_length=64)]
    action: Name
    reason: Text = ""
    subject: MaybeName = ""
    detail: Text = ""
    drawer: Drawer = ""
    shift: MaybeNumber = 0
    operator: Operator = ""


class AuditEntry(Request, frozen=True, kw_only=True):
    """Something done that needs no entry in the books but must be known: an override, a reprint."""

    id: Id
    action: Name
    at_ms: At
    subject: MaybeName = ""
    reason: Text = ""
    approver: MaybeName = ""
    detail: Text = ""
    drawer: Drawer = ""
    shift: MaybeNumber = 0
    operator: Operator = ""


class Audit(Request, frozen=True, kw_only=True):
    """Entries of a till's audit trail, in the order they happened."""

    entries: Annotated[list[AuditEntry], Meta(min_length=1, max_length=100)]


class Hold(Request, frozen=True, kw_only=True):
    """A basket set aside, in the till's own JSON; `total_minor` and `lines` show in the list.

    `hold` names this putting aside: sent twice, or arriving late, it is done once.
    """

    hold: UUID
    label: Text
    total_minor: Signed
    lines: Annotated[int, Meta(ge=0, le=500)]
    basket: Annotated[str, Meta(min_length=2, max_length=65_536)]
    operator: Operator = ""


class TillReturn(Request, frozen=True, kw_only=True):
    """Goods taken back at a till, under the path's id; `sale_id` is left out without a receipt.

    Tenders say how the refund is paid out (`exchange`: with the sale that follows), in positive
    amounts; left out: all of it in cash. Without a receipt `approver` must have allowed it.
    """

    reason: Reason
    lines: Annotated[list[ReturnLine], Lines]
    tenders: Annotated[list[TenderLine], Tenders] = field(default_factory=list)
    sale_id: UUID | None = None
    at_ms: At | None = None
    business_day: datetime.date | None = None
    drawer: Drawer = ""
    shift: MaybeNumber = 0
    operator: Operator = ""
    approver: MaybeName = ""


class TillVoid(Request, frozen=True, kw_only=True):
    """A sale undone as a whole at a till; tenders say how it is paid back, positive amounts."""

    id: Id
    reason: Reason
    tenders: Annotated[list[TenderLine], Tenders] = field(default_factory=list)
    at_ms: At | None = None
    business_day: datetime.date | None = None
    drawer: Drawer = ""
    shift: MaybeNumber = 0
    operator: Operator = ""
    approver: MaybeName = ""
