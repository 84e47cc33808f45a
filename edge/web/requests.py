"""One law: what a request may say, its units and its ranges, stand in these types and nowhere else.

Money is an integer of minor units (cents), a quantity an integer of base units (pieces, grams,
millilitres, millimetres). Ids are UUIDs that the caller mints before the first try.
"""

import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from sync.facts import LINES_MAX
from sync.values import MONEY_MAX_MINOR, QUANTITY_MAX

_NO_CONTROLS = r"^(?![\s\S]*[\x00-\x1f\x7f])"

Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX, description="Base units.")]
Change = Annotated[
    int, Meta(ge=-QUANTITY_MAX, le=QUANTITY_MAX, description="Base units, not 0; negative: less.")
]
Stock = Annotated[int, Meta(ge=0, le=QUANTITY_MAX, description="Base units.")]
Signed = Annotated[
    int, Meta(ge=-MONEY_MAX_MINOR, le=MONEY_MAX_MINOR, description="Minor units, may be negative.")
]
Money = Annotated[int, Meta(ge=0, le=MONEY_MAX_MINOR, description="Minor units.")]
Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=_NO_CONTROLS)]
MaybeName = Annotated[str, Meta(max_length=64, pattern=_NO_CONTROLS)]
GtinText = Annotated[
    str, Meta(max_length=14, pattern=r"^[0-9]*$", description="GTIN-8, -12, -13 or -14.")
]
Text = Annotated[str, Meta(max_length=200, pattern=_NO_CONTROLS)]
Reason = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=_NO_CONTROLS, description="Why; kept for good.")
]
TillName = Annotated[
    str,
    Meta(
        max_length=32,
        pattern=_NO_CONTROLS,
        description="Series of receipts the number comes from; empty: the device's own name.",
    ),
]
Id = Annotated[
    UUID,
    Meta(
        description="UUID minted by the caller before the first try. A repeat with the same content"
        " is answered with the first outcome; with other content it is a conflict (409)."
    ),
]
Day = Annotated[datetime.date, Meta(description="Business day; left out: today at the store.")]
At = Annotated[
    int,
    Meta(ge=1, lt=2**43, description="When it happened, UTC milliseconds; left out: now."),
]
Lines = Meta(min_length=1, max_length=LINES_MAX)
Serials = Annotated[
    tuple[Name, ...],
    Meta(max_length=LINES_MAX, description="Serial numbers of pieces among them, each once."),
]
ExpiryDay = Annotated[
    datetime.date | None, Meta(description="Last day they may be sold or used; null: not known.")
]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request's body or a part of one; a field that is not known is refused."""


class SellLine(Request, frozen=True, kw_only=True):
    """A line to sell: `sku` or `gtin`, and how much.

    Without `price_minor` the catalogue's price holds; a charge (postage, a fee, a deposit) needs
    one and may be negative. `price_minor` is for `price_quantity` base units: 299 for 1000 g.
    """

    quantity: Quantity
    sku: MaybeName = ""
    gtin: GtinText = ""
    price_minor: Signed | None = None
    price_quantity: Quantity = 1
    discount_minor: Money = 0
    kind: Literal["goods", "service", "charge"] = "goods"
    note: Text = ""


class TenderLine(Request, frozen=True, kw_only=True):
    """A means of payment (`cash`, `card`, `voucher` …) and what was given.

    Cash above the total is given back as change, rounded like the cash itself where the rule
    `cash.rounding` says so. No card numbers: the reference is the terminal's.
    """

    kind: Name
    amount_minor: Signed
    reference: Text = ""


class Quote(Request, frozen=True, kw_only=True):
    """Price a basket without selling it."""

    lines: Annotated[list[SellLine], Lines]
    discount_minor: Money = 0
    member: MaybeName = ""


class Sell(Request, frozen=True, kw_only=True):
    """Sell: everything the receipt says, in one request."""

    lines: Annotated[list[SellLine], Lines]
    tenders: Annotated[list[TenderLine], Meta(max_length=32)]
    till: TillName = ""
    discount_minor: Money = 0
    member: MaybeName = ""
    at_ms: At | None = None
    business_day: Day | None = None


class SellWithId(Sell, frozen=True, kw_only=True):
    """A sale with its id in the body."""

    id: Id


class VoidSale(Request, frozen=True, kw_only=True):
    """Undo a sale as a whole; the receipt number stays used."""

    id: Id
    reason: Reason
    at_ms: At | None = None
    business_day: Day | None = None


class ReturnLine(Request, frozen=True, kw_only=True):
    """A line taken back.

    With a receipt: `line` is its index in the sale (0 is the first) and the price paid is refunded.
    Without one: `sku` (or `gtin`), and `price_minor` for `price_quantity` base units where the
    catalogue's price is not what is refunded. `restock` false: not fit to be sold again. `serials`
    are those that come back, where the sale told of more than that; without a receipt they tell,
    with `lot` and `expiry_day`, which pieces come back (409 `serial-here` for one in stock).
    """

    quantity: Quantity
    line: Annotated[int, Meta(ge=0, lt=LINES_MAX)] | None = None
    sku: MaybeName = ""
    gtin: GtinText = ""
    price_minor: Signed | None = None
    price_quantity: Quantity = 1
    kind: Literal["goods", "service", "charge"] = "goods"
    restock: bool = True
    note: Text = ""
    serials: Serials = ()
    lot: MaybeName = ""
    expiry_day: ExpiryDay = None


class ReturnGoods(Request, frozen=True, kw_only=True):
    """Take goods back and refund them; `sale_id` is left out without a receipt.

    Tenders say how the refund is paid out, in positive amounts; left out: all of it in cash.
    """

    id: Id
    reason: Reason
    lines: Annotated[list[ReturnLine], Lines]
    tenders: Annotated[list[TenderLine], Meta(max_length=32)] = []
    sale_id: UUID | None = None
    till: TillName = ""
    at_ms: At | None = None
    business_day: Day | None = None


class StockLine(Request, frozen=True, kw_only=True):
    """A quantity of a product, named by `sku` or `gtin`."""

    quantity: Quantity
    sku: MaybeName = ""
    gtin: GtinText = ""


class PiecesLine(StockLine, frozen=True, kw_only=True):
    """A quantity of a product, and which pieces: give each lot a line of its own.

    A product's attributes `lot` and `serial` say where people are asked for them.
    """

    lot: MaybeName = ""
    expiry_day: ExpiryDay = None
    serials: Serials = ()


class ArrivalLine(PiecesLine, frozen=True, kw_only=True):
    """A quantity of a product that came in; `damaged` of it is written off at once.

    Damaged pieces with serial numbers stand on a line of their own.
    """

    damaged: Stock = 0


class ChangeLine(Request, frozen=True, kw_only=True):
    """A correction of a product's stock, or of one of its lots."""

    quantity: Change
    sku: MaybeName = ""
    gtin: GtinText = ""
    lot: MaybeName = ""
    expiry_day: ExpiryDay = None
    serials: Serials = ()


class CountLine(Request, frozen=True, kw_only=True):
    """What was counted; `seen` is what the books said at that moment, left out: what they say now.

    Only the difference moves stock, so that sales during the count are not lost.
    """

    counted: Stock
    sku: MaybeName = ""
    gtin: GtinText = ""
    seen: Annotated[int, Meta(ge=-QUANTITY_MAX, le=QUANTITY_MAX)] | None = None


class StockWork(Request, frozen=True, kw_only=True):
    """What every posting of stock says."""

    id: Id
    at_ms: At | None = None


class ReceiveGoods(StockWork, frozen=True, kw_only=True):
    """Goods that came in from a supplier, if need be for a purchase `order`, in several deliveries.

    More than was ordered, and what was not ordered at all, is taken in and put on the worklist.
    `claim`: the supplier is to pay for what came damaged.
    """

    lines: Annotated[list[ArrivalLine], Lines]
    reference: Text = ""
    supplier: Text = ""
    order: MaybeName = ""
    claim: bool = False


class WriteOff(StockWork, frozen=True, kw_only=True):
    """Goods that are gone: broken, expired, stolen, used.

    `reason` begins with a code of the rule `reasons`, if there is any (`broken: fell off the
    shelf`). What is worth more than `limits.write_off_minor` is a manager's to write off.
    """

    lines: Annotated[list[PiecesLine], Lines]
    reason: Reason


class Adjust(StockWork, frozen=True, kw_only=True):
    """A correction of the books."""

    lines: Annotated[list[ChangeLine], Lines]
    reason: Reason


class TransferOut(StockWork, frozen=True, kw_only=True):
    """Goods sent to another store; in transit until that store posts them in."""

    to_store: Name
    lines: Annotated[list[PiecesLine], Lines]


class TransferIn(StockWork, frozen=True, kw_only=True):
    """Goods that arrived from another store; `out` is the id of its posting.

    More than was sent is taken in and put on the worklist. `claim`: the other store is to answer
    for what came damaged.
    """

    from_store: Name
    out: UUID
    lines: Annotated[list[ArrivalLine], Lines]
    claim: bool = False


class Count(StockWork, frozen=True, kw_only=True):
    """A stock count of a scope, such as a shelf."""

    lines: Annotated[list[CountLine], Lines]
    scope: Text = ""


class Open(StockWork, frozen=True, kw_only=True):
    """Stock the books start with."""

    lines: Annotated[list[PiecesLine], Lines]


class Grant(StockWork, frozen=True, kw_only=True):
    """Rights over stock granted to headquarters for online promises."""

    lines: Annotated[list[StockLine], Lines]


class Close(Request, frozen=True, kw_only=True):
    """Take an entry off a list; `note` says what was done about it."""

    note: Reason


class Login(Request, frozen=True, kw_only=True):
    """A person at an authenticated device."""

    staff: Name
    pin: Annotated[str, Meta(min_length=1, max_length=64)]


class SetField(Request, frozen=True, kw_only=True, tag_field="type", tag="set_field"):
    """Write a field of a card: `name`, `phone`, `email`, `language`, `birthday` or a consent.

    Consents (`consent_email`, `consent_phone`, `consent_post`, `consent_profile`) are `yes` or
    `no`; an empty value clears a field.
    """

    field: Name
    value: Annotated[str, Meta(max_length=254)]


class AddTag(Request, frozen=True, kw_only=True, tag_field="type", tag="add_tag"):
    """Put a tag on a card."""

    tag: Name


class RemoveTag(Request, frozen=True, kw_only=True, tag_field="type", tag="remove_tag"):
    """Take a tag off; one that somebody adds elsewhere meanwhile stays."""

    tag: Name


class AddNote(Request, frozen=True, kw_only=True, tag_field="type", tag="add_note"):
    """Add a note, signed with the caller's name; repeat it unchanged."""

    id: UUID
    at_ms: Annotated[int, Meta(ge=1, lt=2**43, description="When, UTC milliseconds.")]
    text: Annotated[str, Meta(min_length=1, max_length=2_000)]


class RemoveNote(Request, frozen=True, kw_only=True, tag_field="type", tag="remove_note"):
    """Erase a note, here and everywhere."""

    id: Name


CardEdit = SetField | AddTag | RemoveTag | AddNote | RemoveNote
CardEdits = Annotated[list[CardEdit], Meta(min_length=1, max_length=100)]


class CreateMember(Request, frozen=True, kw_only=True):
    """Begin the card of a new member."""

    id: Id
    edits: CardEdits


class EditMember(Request, frozen=True, kw_only=True):
    """Edit a member's card: all of the edits, in order, or none."""

    edits: CardEdits
