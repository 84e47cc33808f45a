"""What can happen, one type each; a body's own bytes say all it did to stock and money, for good.

A body's tag and the order of its fields are the wire format: new fields are appended with a
default, tags are never reused.
"""

from sync.body import Body, LotLine, StockLine
from sync.cash import AuditEntry, CashMoved, ShiftClosed, ShiftOpened
from sync.definitions import Price, Product, Rule, Staff, StoreProfile, TaxRate
from sync.entitlements import (
    Allotted,
    Credited,
    Debited,
    Issued,
    PassedOn,
    Recalled,
    Reversed,
    Wanted,
)
from sync.orders import Arrived, InTransit, PurchaseOrder, Received
from sync.receipts import Return, Sale, Void
from sync.values import Count, Sku, Units


class Born(Body, frozen=True, tag=1):
    """The first fact of every journal: a life began, and why (setup, restore, replace)."""

    reason: str
    software: str
    previous: Count = 0


class Opening(Body, frozen=True, tag=5):
    """Stock the books of a store start with; `lots` tells the lots and serials among it."""

    lines: list[StockLine]
    lots: tuple[LotLine, ...] = ()


class GoodsReceipt(Body, frozen=True, tag=6):
    """Goods that came in from a supplier, under the reference of the order or delivery note.

    `order` is the purchase order they came for, `damaged` what of them came damaged; `lots` tells
    the lots and serials among them.
    """

    reference: str
    supplier: str
    lines: list[StockLine]
    order: str = ""
    damaged: tuple[StockLine, ...] = ()
    lots: tuple[LotLine, ...] = ()


class WriteOff(Body, frozen=True, tag=7):
    """Goods that are gone: broken, expired, stolen, used; `lots` tells which of them."""

    reason: str
    lines: list[StockLine]
    lots: tuple[LotLine, ...] = ()


class Adjustment(Body, frozen=True, tag=8):
    """A correction of the books with a reason; quantities, also of `lots`, may be negative."""

    reason: str
    lines: list[StockLine]
    lots: tuple[LotLine, ...] = ()


class TransferOut(Body, frozen=True, tag=9):
    """Goods sent to another store; they are in transit until that store posts them in.

    `lots` tells the lots and serials among them.
    """

    to_store: str
    lines: list[StockLine]
    lots: tuple[LotLine, ...] = ()


class TransferIn(Body, frozen=True, tag=10):
    """Goods that arrived from another store; `out` is the id of its TransferOut.

    `damaged` is what of them came damaged; `lots` tells the lots and serials among them.
    """

    from_store: str
    out: bytes
    lines: list[StockLine]
    damaged: tuple[StockLine, ...] = ()
    lots: tuple[LotLine, ...] = ()


class CountedLine(Body, frozen=True):
    """What was counted, and what the books said at the moment of counting."""

    sku: Sku
    counted: Units
    seen: Units


class CountedLot(Body, frozen=True):
    """What was counted of a lot, and what the books said of it then, in base units."""

    sku: Sku
    counted: Units
    seen: Units
    lot: str = ""
    expiry_day: Count = 0


class CountedSerials(Body, frozen=True):
    """Serial numbers that were found though the books had them not, and those that are missing.

    One is named as often as it takes to put the books right.
    """

    sku: Sku
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class StockCount(Body, frozen=True, tag=11):
    """A count of a scope; only the difference to what was seen moves stock.

    `lots` and `serials` tell what it changes of the lots and serial numbers of its SKUs; where
    nothing is told of them they stay as they are.
    """

    scope: str
    lines: list[CountedLine]
    lots: tuple[CountedLot, ...] = ()
    serials: tuple[CountedSerials, ...] = ()


class Grant(Body, frozen=True, tag=12):
    """Rights over stock that the node grants to headquarters for online promises."""

    lines: list[StockLine]


class Shortfall(Body, frozen=True, tag=13):
    """Goods sold although they were reserved for headquarters: the shelf won, re-source at once."""

    sale: bytes
    lines: list[StockLine]


class Promise(Body, frozen=True, tag=46):
    """Rights consumed for an online order."""

    order: str
    lines: list[StockLine]


class Release(Body, frozen=True, tag=47):
    """Rights of a cancelled promise that headquarters may promise again."""

    order: str
    lines: list[StockLine]


class GiveBack(Body, frozen=True, tag=48):
    """Unused rights returned to the store."""

    reason: str
    lines: list[StockLine]


class Revoked(Body, frozen=True, tag=49):
    """Nothing more is accepted from a life of the store's node: a stolen or replaced box."""

    generation: Count
    reason: str


StoreBody = (
    Born
    | Sale
    | Return
    | Void
    | Opening
    | GoodsReceipt
    | WriteOff
    | Adjustment
    | TransferOut
    | TransferIn
    | StockCount
    | Grant
    | Shortfall
    | ShiftOpened
    | CashMoved
    | ShiftClosed
    | AuditEntry
    | Received
    | Credited
    | Debited
    | PassedOn
    | Wanted
    | Reversed
)
HeadquartersBody = (
    PurchaseOrder
    | Arrived
    | InTransit
    | Product
    | Price
    | TaxRate
    | Staff
    | Rule
    | StoreProfile
    | Promise
    | Release
    | GiveBack
    | Revoked
    | Allotted
    | Recalled
    | Issued
)
AnyBody = StoreBody | HeadquartersBody
