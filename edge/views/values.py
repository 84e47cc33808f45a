"""What reads show: plain values; quantities in base units, money in minor units, times in ms.

Most of it leaves the API as it is, so that its fields are documented for integrators too.
"""

import datetime
from typing import Any
from uuid import UUID

import msgspec

from edge.books.tasks import Told
from edge.selling.sales import SaleResult
from edge.stock.lots import LotStock, Pieces
from edge.stock.story import Incoming


class ProductView(msgspec.Struct, frozen=True):
    """A product as a till needs it; `names` by language, prices per `price_quantity` base units."""

    sku: str
    names: dict[str, str]
    gtins: list[str]
    unit: str
    tax_code: str
    price_minor: int
    price_quantity: int
    tracked: bool
    active: bool
    category: str
    variant_of: str
    attributes: dict[str, str]
    on_hand: int
    sellable: int


class ProductPage(msgspec.Struct, frozen=True):
    """Some products; `cursor` continues behind them, empty at the end."""

    products: list[ProductView]
    cursor: str


class StockView(msgspec.Struct, frozen=True):
    """Stock of a SKU in base units; `sellable` is on hand less reserved."""

    sku: str
    on_hand: int
    reserved: int
    promisable: int
    sellable: int


class StockPage(msgspec.Struct, frozen=True):
    """Some SKUs' stock; `cursor` continues behind them, empty at the end."""

    stock: list[StockView]
    cursor: str


class SkuQuantity(msgspec.Struct, frozen=True):
    """A quantity of a SKU, in base units."""

    sku: str
    quantity: int


class Part(msgspec.Struct, frozen=True):
    """A counter behind a stock figure: `sign` is how it acts on stock on hand (-1, 0 or 1)."""

    kind: str
    author: str
    value: int
    sign: int


class Movement(msgspec.Struct, frozen=True):
    """A fact that moved a SKU: its id, its place in a journal, when, by whom, how much.

    `text` is its reason, scope, receipt or reference, `partner` the supplier, the other store or
    the member. A count says what was `counted` and what the books had `seen`. `pieces` are the
    lots and serial numbers that it told of.
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
    pieces: list[Pieces]


class StockDetail(msgspec.Struct, frozen=True):
    """Why the books say what they say: `stock.on_hand` is the sum of `sign * value` of parts.

    `movements` come newest first; `incoming` is in no stock yet. `lots` are those that are not at
    zero, by day of expiry, `serials` the serial numbers that are here.
    """

    stock: StockView
    parts: list[Part]
    movements: list[Movement]
    incoming: list[Incoming]
    lots: list[LotStock]
    serials: list[str]


class SaleLineState(msgspec.Struct, frozen=True):
    """What of a sale's line was returned and still can be, in base units, and for how much.

    `lot` and `serials` are what the sale told of it; a serial number that is here again is left
    out.
    """

    line: int
    returned: int
    returnable: int
    refund_minor: int
    lot: str
    serials: list[str]


class SaleView(msgspec.Struct, frozen=True):
    """A sale on record, with what became of it."""

    sale: SaleResult
    actor: str
    member: str
    voided: bool
    lines: list[SaleLineState]


class SaleSummary(msgspec.Struct, frozen=True):
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


class TransferView(msgspec.Struct, frozen=True):
    """A transfer `out` to, or `in` from, another store; `out` is the id of the transfer out."""

    id: UUID
    direction: str
    other: str
    out: UUID
    at_ms: int
    lines: list[SkuQuantity]


class WorkItem(msgspec.Struct, frozen=True):
    """Something a person should look at; `document` is the id of what it is about.

    `detail` says it in English, `code` and `told` (its values by name) to programs; values named
    `…_minor` are money, `…quantity` base units of the SKU, `…_ppm` rates.
    """

    number: int
    at_ms: int
    kind: str
    sku: str
    document: UUID | None
    detail: str
    code: str
    told: Told


class QuarantineItem(msgspec.Struct, frozen=True):
    """A message that was set aside, and why."""

    number: int
    at_ms: int
    origin: str
    lane: str
    reason: str
    size: int


class StatusView(msgspec.Struct, frozen=True):
    """The node by its books alone; the link's state is the relay's to tell."""

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


class Change(msgspec.Struct, frozen=True):
    """A fact of this store as streamed; `stock` is what is on hand now of the SKUs it touched."""

    seq: int
    id: UUID
    at_ms: int
    type: str
    actor: str
    stock: dict[str, int]


class JournalEntry(msgspec.Struct, frozen=True):
    """A fact of an exported journal; `hash` is the hash of the chain after it, hexadecimal.

    Bytes within `body`, such as the id of a sale, are in hexadecimal too.
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
