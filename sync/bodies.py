"""What can happen, one type each; a body's own bytes say all it did to stock and money, for good.

A body's tag and the order of its fields are the wire format: new fields are appended with a
default, tags are never reused.
"""

from enum import IntEnum

import msgspec

from sync.values import (
    Count,
    Currency,
    Minor,
    Sku,
    Units,
    added_tax_minor,
    included_tax_minor,
    line_amount_minor,
)


class Body(msgspec.Struct, array_like=True, frozen=True):
    """What happened, without who and when."""


class LineKind(IntEnum):
    """What a line sells: goods move stock, services do not, a charge may also be negative."""

    GOODS = 0
    SERVICE = 1
    CHARGE = 2


class Line(Body, frozen=True):
    """One line of a receipt, as it was priced; what it came to follows by law.

    `price_minor` is quoted for `price_quantity` base units, tax included unless `tax_added`. Tax is
    rounded half up per line; `tax_adjust_minor` is what rounding per receipt moves to this line.
    """

    sku: Sku
    quantity: Units
    price_minor: Minor
    tax_code: str
    tax_ppm: int
    tax_added: bool = False
    price_quantity: Units = 1
    discount_minor: Minor = 0
    tax_adjust_minor: Minor = 0
    kind: LineKind = LineKind.GOODS
    note: str = ""

    @property
    def base_minor(self) -> int:
        """Price times quantity less the discount, before any tax is added."""
        gross = line_amount_minor(self.quantity, self.price_minor, self.price_quantity)
        return gross - self.discount_minor

    @property
    def amounts(self) -> tuple[int, int]:
        """`amount_minor` and `tax_minor` together, for who needs both."""
        base = self.base_minor
        rule = added_tax_minor if self.tax_added else included_tax_minor
        tax = rule(base, self.tax_ppm) + self.tax_adjust_minor
        return (base + tax if self.tax_added else base), tax

    @property
    def tax_minor(self) -> int:
        """Tax contained in `amount_minor`."""
        return self.amounts[1]

    @property
    def amount_minor(self) -> int:
        """What the customer pays for the line, discounts deducted, tax included."""
        return self.amounts[0] if self.tax_added else self.base_minor


class Tender(Body, frozen=True):
    """A means of payment and the minor units it brought (negative: change or money handed back)."""

    kind: str
    amount_minor: Minor
    reference: str = ""


class Born(Body, frozen=True, tag=1):
    """The first fact of every journal: a life began, and why (setup, restore, replace)."""

    reason: str
    software: str
    previous: Count = 0


class Sale(Body, frozen=True, tag=2):
    """A completed sale: `till` and `number` are its receipt, `business_day` days since 1970."""

    till: str
    number: Count
    business_day: Count
    currency: Currency
    lines: list[Line]
    tenders: list[Tender]
    member: str = ""

    @property
    def total_minor(self) -> int:
        """What the customer pays, tax included; the tenders add up to it."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def tax_minor(self) -> int:
        """Tax contained in the total."""
        return sum(line.tax_minor for line in self.lines)


class ReturnedLine(Body, frozen=True):
    """A line taken back; `line` is its index in the sale, or -1 without a receipt."""

    line: int
    sku: Sku
    quantity: Units
    amount_minor: Minor
    tax_code: str
    tax_minor: Minor
    kind: LineKind = LineKind.GOODS
    restock: bool = True
    note: str = ""


class Return(Body, frozen=True, tag=3):
    """Goods taken back and money refunded; `sale` is the id of the sale, or empty without one."""

    till: str
    number: Count
    business_day: Count
    currency: Currency
    sale: bytes
    lines: list[ReturnedLine]
    tenders: list[Tender]
    total_minor: Minor
    reason: str


class StockLine(Body, frozen=True):
    """A quantity of a SKU, in base units."""

    sku: Sku
    quantity: Units


class Void(Body, frozen=True, tag=4):
    """A sale undone as a whole; its receipt number stays used. Amounts repeat the sale's."""

    till: str
    business_day: Count
    currency: Currency
    sale: bytes
    lines: list[StockLine]
    total_minor: Minor
    reason: str
    tax_minor: Minor = 0


class Opening(Body, frozen=True, tag=5):
    """Stock the books of a store start with."""

    lines: list[StockLine]


class GoodsReceipt(Body, frozen=True, tag=6):
    """Goods that came in from a supplier, under the reference of the order or delivery note."""

    reference: str
    supplier: str
    lines: list[StockLine]


class WriteOff(Body, frozen=True, tag=7):
    """Goods that are gone: broken, expired, stolen, used."""

    reason: str
    lines: list[StockLine]


class Adjustment(Body, frozen=True, tag=8):
    """A correction of the books with a reason; quantities may be negative."""

    reason: str
    lines: list[StockLine]


class TransferOut(Body, frozen=True, tag=9):
    """Goods sent to another store; they are in transit until that store posts them in."""

    to_store: str
    lines: list[StockLine]


class TransferIn(Body, frozen=True, tag=10):
    """Goods that arrived from another store; `out` is the id of its TransferOut."""

    from_store: str
    out: bytes
    lines: list[StockLine]


class CountedLine(Body, frozen=True):
    """What was counted, and what the books said at the moment of counting."""

    sku: Sku
    counted: Units
    seen: Units


class StockCount(Body, frozen=True, tag=11):
    """A count of a scope; only the difference to what was seen moves stock."""

    scope: str
    lines: list[CountedLine]


class Grant(Body, frozen=True, tag=12):
    """Rights over stock that the node grants to headquarters for online promises."""

    lines: list[StockLine]


class Shortfall(Body, frozen=True, tag=13):
    """Goods sold although they were reserved for headquarters: the shelf won, re-source at once."""

    sale: bytes
    lines: list[StockLine]


class Product(Body, frozen=True, tag=40):
    """A SKU as headquarters defines it; the newest definition holds. `tracked`: it has stock."""

    sku: Sku
    names: dict[str, str]
    gtins: list[str]
    unit: str
    tax_code: str
    price_minor: Minor
    price_quantity: Units = 1
    tracked: bool = True
    active: bool = True
    category: str = ""
    variant_of: str = ""
    attributes: dict[str, str] = {}


class Price(Body, frozen=True, tag=41):
    """A new price of a SKU."""

    sku: Sku
    price_minor: Minor
    price_quantity: Units = 1


class TaxRate(Body, frozen=True, tag=42):
    """A tax code's rate in parts per million, and whether prices already contain it."""

    code: str
    rate_ppm: Count
    included: bool
    name: str = ""


class Staff(Body, frozen=True, tag=43):
    """A person: roles, and the argon2id hash of the PIN."""

    staff: str
    name: str
    roles: list[str]
    pin_hash: str
    active: bool = True


class Rule(Body, frozen=True, tag=44):
    """A named rule of the chain or, in a store's own journal, of that store; value is JSON."""

    name: str
    value: str


class StoreProfile(Body, frozen=True, tag=45):
    """A store as headquarters knows it; `currency` is ISO 4217."""

    store: str
    name: str
    region: str
    currency: Currency
    active: bool = True


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
)
HeadquartersBody = (
    Product | Price | TaxRate | Staff | Rule | StoreProfile | Promise | Release | GiveBack | Revoked
)
AnyBody = StoreBody | HeadquartersBody
