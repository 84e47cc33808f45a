"""One law: what is expected, counted, low or labelled is asked for and answered in these shapes.

Quantities are base units, money minor units, times UTC milliseconds.
"""

import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from edge.stock.counted_pieces import LotDifference
from edge.stock.expected import ExpectedLine
from edge.stock.lots import Pieces
from edge.stock.serials import SerialView
from edge.stock.worklists import Worklists
from edge.web.requests import (
    ExpiryDay,
    GtinText,
    Id,
    MaybeName,
    Name,
    Quantity,
    Request,
    Serials,
    Stock,
    StockWork,
    Text,
)
from sync.facts import LINES_MAX
from sync.values import MONEY_MAX_MINOR

Entries = Meta(min_length=1, max_length=LINES_MAX)
Scope = Meta(max_length=5_000)


class OrderReply(msgspec.Struct, frozen=True):
    """A purchase order of headquarters and what came of it.

    `state`: `open`, `complete` (all came and nothing else), `closed` or `cancelled`.
    """

    order: str
    supplier: str
    due_day: datetime.date | None
    note: str
    state: str
    lines: list[ExpectedLine]


class OrdersReply(msgspec.Struct, frozen=True):
    """Purchase orders."""

    orders: list[OrderReply]


class SentPieces(msgspec.Struct, frozen=True):
    """Lots and serial numbers that a sender told of, in base units."""

    sku: str
    quantity: int
    lot: str
    expiry_day: datetime.date | None
    serials: tuple[str, ...]


class InTransitReply(msgspec.Struct, frozen=True):
    """Goods that another store has sent; `out` is the id of its transfer. `state` as for orders.

    `lots` tells the lots and serial numbers among them, as far as the sender did.
    """

    out: UUID
    from_store: str
    sent_ms: int
    state: str
    lines: list[ExpectedLine]
    lots: list[SentPieces]


class TransitReply(msgspec.Struct, frozen=True):
    """Goods on their way to this store; they are in no store's stock."""

    transit: list[InTransitReply]


class CloseExpectation(StockWork, frozen=True, kw_only=True):
    """Nothing more will come; `reason` says why something else came than was expected."""

    reason: Text = ""


class OpenSheet(StockWork, frozen=True, kw_only=True):
    """Begin a count.

    `full` counts everything, `category` the categories in `scope`, `list` the SKUs in it (a shelf).
    `blind` hides what the books say from all but auditors and managers.
    """

    kind: Literal["full", "category", "list"]
    title: Text = ""
    scope: Annotated[tuple[Name, ...], Scope] = ()
    blind: bool = False


class CountedSome(Request, frozen=True, kw_only=True):
    """Some of the pieces that were counted: of which lot, and with which serial numbers."""

    quantity: Quantity
    lot: MaybeName = ""
    expiry_day: ExpiryDay = None
    serials: Serials = ()


class CountEntry(Request, frozen=True, kw_only=True):
    """What somebody counted of a product at a place; entries of several places add up.

    `stockroom`: customers don't take from that place. `replaces`: an own entry that was wrong.
    `whole`: this is all there is, whatever was counted of it before. `age_ms`: how long ago it was
    counted, by the caller's clock; what comes late must be counted again, for the books go on.
    `pieces` tells the lots and serial numbers among them; a serial number counts once on a sheet.
    """

    id: Id
    counted: Stock
    sku: MaybeName = ""
    gtin: GtinText = ""
    place: MaybeName = ""
    stockroom: bool = False
    replaces: UUID | None = None
    whole: bool = False
    source: Literal["hand", "scanner", "rfid"] = "hand"
    age_ms: Annotated[int, Meta(ge=0, le=2**43)] = 0
    pieces: Annotated[tuple[CountedSome, ...], Meta(max_length=LINES_MAX)] = ()


class AddEntries(Request, frozen=True, kw_only=True):
    """What was counted: all of the entries, or none; each once, by its id."""

    entries: Annotated[list[CountEntry], Entries]


class CloseSheet(StockWork, frozen=True, kw_only=True):
    """Make facts of a sheet.

    `uncounted` decides on what the sheet covers and nobody counted: `zero` (not there) or `skip`;
    `uncertain` on what moved between its places: `skip`, or count it again first.
    """

    uncounted: Literal["", "zero", "skip"] = ""
    uncertain: Literal["", "skip"] = ""


class CancelSheet(Request, frozen=True, kw_only=True):
    """Throw a sheet away."""

    note: Text = ""


class EntryReply(msgspec.Struct, frozen=True):
    """An entry; `seen` is what the books said then, null where the count is blind."""

    id: UUID
    sku: str
    counted: int
    seen: int | None
    place: str
    stockroom: bool
    at_ms: int
    counted_by: str
    source: str
    replaced_by: UUID | None
    pieces: list[Pieces]


class EntriesReply(msgspec.Struct, frozen=True):
    """Entries of a sheet, in the order they were made."""

    entries: list[EntryReply]


class SheetReply(msgspec.Struct, frozen=True):
    """A sheet and how far it is: SKUs counted and not, entries, and who counts.

    `document` is the first of its facts, once it is closed.
    """

    id: UUID
    title: str
    kind: str
    scope: list[str]
    blind: bool
    state: str
    opened_ms: int
    opened_by: str
    closed_ms: int | None
    closed_by: str | None
    document: UUID | None
    note: str
    entries: int
    counted: int
    uncounted: int
    people: list[str]


class SheetsReply(msgspec.Struct, frozen=True):
    """Sheets: open ones first, then the newest; without their progress."""

    sheets: list[SheetReply]


class ReviewLine(msgspec.Struct, frozen=True):
    """What a sheet says of a SKU: counted, what the books said then, and the difference.

    `value_minor` is the difference at the catalogue's price. `uncertain`: the books moved between
    its places, so it must be counted again as a whole, or skipped. `lots` are those that differ,
    `found` and `missing` serial numbers; `unlotted` and `unnumbered` are how many base units were
    counted without a lot or day, or without a serial number. Lots that were not told of stay as
    they are unless `unlotted` is 0, serial numbers unless `unnumbered` is 0.
    """

    sku: str
    names: dict[str, str]
    counted: int
    seen: int
    difference: int
    value_minor: int
    uncertain: bool
    lots: list[LotDifference]
    found: list[str]
    missing: list[str]
    unlotted: int
    unnumbered: int


class UncountedLine(msgspec.Struct, frozen=True):
    """A SKU that the sheet covers and nobody counted, with what the books say."""

    sku: str
    names: dict[str, str]
    on_hand: int
    value_minor: int


class ReviewReply(msgspec.Struct, frozen=True):
    """A sheet before it is closed: differences, the largest value first, and what was missed."""

    lines: list[ReviewLine]
    uncounted: list[UncountedLine]
    value_minor: int


class SheetClosedReply(msgspec.Struct, frozen=True):
    """A count on record: its documents, what they moved, and SKUs left as the books say."""

    documents: list[UUID]
    moved: dict[str, int]
    skipped: list[str]
    repeated: bool


class MakeLabels(Request, frozen=True, kw_only=True):
    """Shelf labels: print them (`id` names the job), or see them as a picture or PDF."""

    skus: Annotated[list[Name], Meta(min_length=1, max_length=100)]
    language: Annotated[str, Meta(max_length=10)] = "en"
    format: Literal["print", "png", "pdf"] = "print"
    copies: Annotated[int, Meta(ge=1, le=100)] = 1
    id: UUID | None = None


class ReduceGoods(Request, frozen=True, kw_only=True):
    """Labels for pieces that are sold for less: `price_minor` is the price of one.

    `lot` and `expiry_day` tell which pieces they are. The id names the print job and the entry of
    the audit trail.
    """

    id: Id
    sku: Name
    price_minor: Annotated[int, Meta(ge=1, le=MONEY_MAX_MINOR, description="Minor units.")]
    lot: MaybeName = ""
    expiry_day: ExpiryDay = None
    copies: Annotated[int, Meta(ge=1, le=100)] = 1
    language: Annotated[str, Meta(max_length=10)] = "en"
    format: Literal["print", "png", "pdf"] = "print"


class LabelJob(msgspec.Struct, frozen=True):
    """A label on its way to the printer; ask for it at `GET /till/print/{job}`."""

    sku: str
    job: str
    state: str


class LabelsReply(msgspec.Struct, frozen=True):
    """Labels on their way to the printer."""

    jobs: list[LabelJob]


SHAPES: tuple[type, ...] = (
    OrderReply,
    OrdersReply,
    InTransitReply,
    TransitReply,
    CloseExpectation,
    OpenSheet,
    AddEntries,
    CloseSheet,
    CancelSheet,
    EntriesReply,
    SheetReply,
    SheetsReply,
    ReviewReply,
    SheetClosedReply,
    Worklists,
    MakeLabels,
    ReduceGoods,
    LabelsReply,
    SerialView,
)
