"""A receipt says for good what was sold or taken back, at what price, and how it was paid."""

from enum import IntEnum

from sync.body import Body, LotLine, StockLine
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


class LineKind(IntEnum):
    """What a line sells: goods move stock, services do not, a charge may also be negative."""

    GOODS = 0
    SERVICE = 1
    CHARGE = 2


class DiscountKind(IntEnum):
    """Why something was taken off a line."""

    MANUAL = 0
    PROMOTION = 1
    COUPON = 2
    MEMBER = 3


class Discount(Body, frozen=True):
    """A part of a line's discount as its receipt explains it; `code` names the rule or reason.

    `whole`: the line's share of a discount on the whole sale.
    """

    kind: DiscountKind
    code: str
    amount_minor: Minor
    text: str = ""
    whole: bool = False


class LineDetail(Body, frozen=True):
    """What few lines need to say.

    `list_price_minor` is the catalogue's price where another was taken, for `reason` and with the
    word of `approver`; `lot` and `expiry_day` (days since 1970, 0: none) and `serials` tell which
    pieces were sold; `voucher` is the number of a gift card that the line sells or tops up.
    """

    name: str = ""
    discounts: tuple[Discount, ...] = ()
    list_price_minor: Minor | None = None
    reason: str = ""
    approver: str = ""
    serials: tuple[str, ...] = ()
    lot: str = ""
    expiry_day: Count = 0
    voucher: str = ""


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
    detail: LineDetail | None = None

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


class Sale(Body, frozen=True, tag=2):
    """A completed sale: `till` and `number` are its receipt, `business_day` days since 1970.

    `life` is the life of a till that numbers its receipts itself, 0 where the node numbers them.
    `shift` is the number of the shift of `drawer` (0: none), `points` what the member earned.
    `detached`: rung up while the till could not reach its node.
    """

    till: str
    number: Count
    business_day: Count
    currency: Currency
    lines: list[Line]
    tenders: list[Tender]
    member: str = ""
    life: Count = 0
    drawer: str = ""
    shift: Count = 0
    points: Count = 0
    detached: bool = False

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
    """Goods taken back and money refunded; `sale` is the id of the sale, or empty without one.

    `lots` tells the lots and serials among what goes back into stock, as far as they are known.
    """

    till: str
    number: Count
    business_day: Count
    currency: Currency
    sale: bytes
    lines: list[ReturnedLine]
    tenders: list[Tender]
    total_minor: Minor
    reason: str
    drawer: str = ""
    shift: Count = 0
    approver: str = ""
    lots: tuple[LotLine, ...] = ()


class Void(Body, frozen=True, tag=4):
    """A sale undone as a whole; its receipt number stays used. Amounts repeat the sale's.

    So do `lots`: the lots and serials among its goods.
    """

    till: str
    business_day: Count
    currency: Currency
    sale: bytes
    lines: list[StockLine]
    total_minor: Minor
    reason: str
    tax_minor: Minor = 0
    tenders: tuple[Tender, ...] = ()
    drawer: str = ""
    shift: Count = 0
    approver: str = ""
    lots: tuple[LotLine, ...] = ()
