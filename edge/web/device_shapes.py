"""One law: what tills ask of devices, and are told by them, stands in these types.

Weights are milligrams and grams, money minor units. Events have their names in `till_events`.
"""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from edge.hardware.hub import (
    Counted,
    DeviceNews,
    PaymentNews,
    PrintNews,
    ScanNews,
    WeightNews,
)
from edge.hardware.verdict import Verdict
from edge.hardware.words import Message
from edge.web.requests import Name, Request
from sync.values import MONEY_MAX_MINOR

_NO_CONTROLS = r"^(?![\s\S]*[\x00-\x1f\x7f])"
JobName = Annotated[
    str,
    Meta(min_length=1, max_length=100, pattern=_NO_CONTROLS, description="Says what is printed."),
]
Amount = Annotated[int, Meta(ge=1, le=MONEY_MAX_MINOR, description="Minor units, above 0.")]
DisplayText = Annotated[str, Meta(max_length=80, pattern=_NO_CONTROLS)]
Note = Annotated[str, Meta(max_length=200, pattern=_NO_CONTROLS)]
SkuName = Annotated[str, Meta(min_length=1, max_length=64)]


class ScanRequest(Request, frozen=True):
    """A code that was typed or came by a keyboard scanner, for the node's verdict.

    `symbology` is the AIM identifier, such as `]C1`, where the scanner sent one.
    """

    text: Annotated[str, Meta(max_length=4096)]
    symbology: Annotated[str, Meta(max_length=3, pattern=r"^(\][A-Za-z][0-9A-Za-z])?$")] = ""


class TenderingRequest(Request, frozen=True):
    """Whether the till takes a tender now: payment codes are read only then."""

    paying: bool


class WeighRequest(Request, frozen=True):
    """Wait for a stable weight; scales that show a price are told this one, per kilogram."""

    patience_ms: Annotated[int, Meta(ge=100, le=60_000)] = 5000
    unit_price_minor: Annotated[int, Meta(ge=1, le=999_999)] = 1


class OpenDrawer(Request, frozen=True):
    """Open the drawer; `reason` is the document that it opens for.

    That is sale, return, void, float, pay_in, pay_out, drop or no_sale. Where this till recorded no
    such document within the last minutes, with any other reason, and with none, the opening itself
    goes onto the audit trail as a no-sale.
    """

    reason: Note = ""


class DisplayItem(Request, frozen=True):
    """An item as the customer sees it; `amount` as it is to be read."""

    text: DisplayText
    amount: Annotated[str, Meta(max_length=16, pattern=_NO_CONTROLS)] = ""


class ShowRequest(Request, frozen=True):
    """What the customer sees: two `lines` as they are, or the last of `items` and the `total`."""

    lines: Annotated[list[DisplayText], Meta(max_length=2)] = msgspec.field(default_factory=list)
    items: Annotated[list[DisplayItem], Meta(max_length=200)] = msgspec.field(default_factory=list)
    total: Annotated[str, Meta(max_length=16, pattern=_NO_CONTROLS)] = ""


class PrintTest(Request, frozen=True):
    """Print a test page, on the till's printer; `id` is minted by the caller."""

    id: UUID


class SettleJob(Request, frozen=True):
    """A person looked at the paper: `printed` or missing; what is missing is printed again."""

    printed: bool


class LabelWanted(Request, frozen=True):
    """Shelf labels of a product."""

    sku: SkuName
    copies: Annotated[int, Meta(ge=1, le=100)] = 1


class LabelsRequest(Request, frozen=True):
    """Print shelf labels, on the till's label printer; `id` is minted by the caller."""

    id: UUID
    labels: Annotated[list[LabelWanted], Meta(min_length=1, max_length=100)]
    language: Annotated[str, Meta(max_length=10)] = "en"


class ChargeRequest(Request, frozen=True):
    """Charge a card, for a sale."""

    amount_minor: Amount
    sale_id: Name


class ResolveRequest(Request, frozen=True):
    """A person looked at the terminal: the payment in doubt was charged, or was not."""

    charged: bool


class ReverseRequest(Request, frozen=True):
    """Pay a charge or debt back; `id` is the reversal's or refund's own, minted by the caller."""

    id: UUID


class EndOfDayRequest(Request, frozen=True):
    """Hand the day's card payments to the acquirer."""


class InventoryRequest(Request, frozen=True):
    """Read RFID tags for a while."""

    duration_ms: Annotated[int, Meta(ge=100, le=60_000)] = 5000


class CheckRequest(Request, frozen=True):
    """Ask a device how it is; `interactive` waits for a scan, for goods, or prints a page."""

    level: Literal["external", "interactive"] = "external"


class DevicesReply(msgspec.Struct, frozen=True):
    """Devices and their condition."""

    devices: list[DeviceNews]


class CheckReply(msgspec.Struct, frozen=True):
    """What a device said of itself, for a technician."""

    device: str
    text: str


class DoneReply(msgspec.Struct, frozen=True):
    """The device did it."""

    done: bool = True


class JobReply(msgspec.Struct, frozen=True):
    """A print job: queued, printing, done, doubtful (look at the paper) or failed."""

    job: str
    state: str
    message: Message


class JobsReply(msgspec.Struct, frozen=True):
    """Print jobs, newest first."""

    jobs: list[JobReply]


class CardPaymentReply(msgspec.Struct, frozen=True):
    """A card payment (`kind` charge), its reversal or refund, or what is owed to a card (`owed`).

    `state`: pending, approved, declined, failed (nothing happened), reversed (paid back), owed, or
    unknown: the terminal is being asked, and a person may settle it. `reverses`: the charge or debt
    that a reversal or refund settles, or the charge that a debt pays back. `charged_minor` is what
    the terminal says, `receipt` its slip. `task` is the worklist's open entry that the card is to
    be paid back: its sale was voided, or `sale_id` is a return or exchange.
    """

    id: str
    kind: str
    state: str
    message: Message
    amount_minor: int
    charged_minor: int
    sale_id: str
    reverses: str
    device: str
    receipt: int | None
    card: str
    number: str
    settled_by: str
    task: int | None


class CardPaymentsReply(msgspec.Struct, frozen=True):
    """The card payments and debts of a document, and what undid them, in the order begun."""

    payments: list[CardPaymentReply]


class EndOfDayReply(msgspec.Struct, frozen=True):
    """The day is closed at the terminal; its total in minor units where it tells it."""

    total_minor: int | None


class InventoryReply(msgspec.Struct, frozen=True):
    """Tags seen, and the articles among them by GTIN."""

    tags: int
    articles: list[Counted]


class SyncNews(msgspec.Struct, frozen=True):
    """Event `sync`: the link to headquarters, and how many facts it is not known to hold."""

    unsynced: int
    link: str


class CatalogueNews(msgspec.Struct, frozen=True):
    """Event `catalogue`: headquarters changed something: products, prices, taxes, people or rules.

    Ask GET /till/catalogue after the cursor that you hold, and GET /till/setup, for what is new.
    """

    cursor: str


class MissedNews(msgspec.Struct, frozen=True):
    """Event `missed`: so many events were too long ago; look whether scans are missing."""

    count: int


SHAPES: tuple[type, ...] = (
    ScanRequest,
    Verdict,
    TenderingRequest,
    WeighRequest,
    WeightNews,
    OpenDrawer,
    ShowRequest,
    PrintTest,
    SettleJob,
    LabelsRequest,
    ChargeRequest,
    ResolveRequest,
    ReverseRequest,
    EndOfDayRequest,
    InventoryRequest,
    CheckRequest,
    DevicesReply,
    CheckReply,
    DoneReply,
    JobReply,
    JobsReply,
    CardPaymentReply,
    CardPaymentsReply,
    EndOfDayReply,
    InventoryReply,
    ScanNews,
    PaymentNews,
    PrintNews,
    SyncNews,
    CatalogueNews,
    MissedNews,
)
