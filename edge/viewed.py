"""What reads show: plain values; quantities in base units, money in minor units, times in ms."""

import msgspec

from edge.selling import SaleResult


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


class Part(msgspec.Struct, frozen=True):
    """One counter behind a stock figure: what `kind` counts, who counted, how it acts on it."""

    kind: str
    author: str
    value: int
    sign: int


class Movement(msgspec.Struct, frozen=True):
    """A fact that moved a SKU, newest first.

    `text` is its reason, scope, receipt or reference, `partner` the supplier, the other store or
    the member. A count says what was `counted` and what the books had `seen`.
    """

    id: bytes
    journal: str
    seq: int
    at_ms: int
    type: str
    actor: str
    kind: str
    quantity: int
    text: str = ""
    partner: str = ""
    counted: int | None = None
    seen: int | None = None


class Incoming(msgspec.Struct, frozen=True):
    """What is still to come of a SKU and in no stock yet: an `order`, or a transfer `out`."""

    order: str
    out: bytes
    partner: str
    quantity: int


class StockDetail(msgspec.Struct, frozen=True):
    """Why the books say what they say about a SKU."""

    stock: StockView
    parts: list[Part]
    movements: list[Movement]
    incoming: list[Incoming]


class SaleLineState(msgspec.Struct, frozen=True):
    """What of a sale's line can still come back, and what that would refund."""

    line: int
    returned: int
    returnable: int
    refund_minor: int


class SaleView(msgspec.Struct, frozen=True):
    """A sale on record, with what became of it."""

    sale: SaleResult
    actor: str
    member: str
    voided: bool
    lines: list[SaleLineState]


class SaleSummary(msgspec.Struct, frozen=True):
    """A sale in a list; `position` is what the next page comes `before`."""

    id: bytes
    receipt: str
    at_ms: int
    business_day: int
    total_minor: int
    lines: int
    actor: str
    position: int


class TransferView(msgspec.Struct, frozen=True):
    """A transfer out or in; `other` is the other store, `out` the id of the transfer out."""

    id: bytes
    direction: str
    other: str
    out: bytes
    at_ms: int
    lines: list[tuple[str, int]]


class WorkItem(msgspec.Struct, frozen=True):
    """Something a person should look at; `fact` is the id of the document concerned."""

    number: int
    at_ms: int
    kind: str
    sku: str
    fact: bytes
    detail: str


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
    """One own fact for the stream of changes: its number, type, SKUs touched, their new stock."""

    seq: int
    id: bytes
    at_ms: int
    type: str
    actor: str
    stock: dict[str, int]


class JournalEntry(msgspec.Struct, frozen=True):
    """A fact for export, in full; `hash` is the chain's hash after it."""

    journal: str
    seq: int
    id: bytes
    at_ms: int
    offset_min: int
    actor: str
    type: str
    body: dict[str, object]
    hash: bytes
