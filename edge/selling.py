"""A receipt says for good what was sold, at what price, with what tax and how it was paid."""

import msgspec

from sync.bodies import Line, LineKind, ReturnedLine, StockLine, Tender
from edge.books import Books


class SellLine(msgspec.Struct, frozen=True):
    """A line to sell, named by SKU or GTIN; quantity in base units.

    `price_minor` None takes the catalogue's price; otherwise it is quoted for `price_quantity` base
    units. A charge needs a price, which may be negative.
    """

    sku: str = ""
    gtin: str = ""
    quantity: int = 1
    price_minor: int | None = None
    price_quantity: int = 1
    discount_minor: int = 0
    kind: LineKind = LineKind.GOODS
    note: str = ""


class TenderLine(msgspec.Struct, frozen=True):
    """A means of payment (cash, card, voucher, ...) and the minor units it brings."""

    kind: str
    amount_minor: int
    reference: str = ""


class Sell(msgspec.Struct, frozen=True):
    """Sell: the id is 16 bytes minted once by the till, at the first line.

    `discount_minor` is taken off the whole sale and spread over its lines. `at_ms` (UTC) and
    `business_day` (days since 1970) are now and today unless given.
    """

    id: bytes
    till: str
    lines: tuple[SellLine, ...]
    tenders: tuple[TenderLine, ...]
    discount_minor: int = 0
    member: str = ""
    actor: str = ""
    at_ms: int | None = None
    business_day: int | None = None

    def run(self, books: Books) -> "SaleResult":
        """Commit the sale, or find it committed; raise Problem."""
        raise NotImplementedError


class SaleResult(msgspec.Struct, frozen=True):
    """A sale as it is on record; `seq` is its number in the node's journal.

    `shortfalls` names what the sale took from stock reserved for headquarters.
    """

    id: bytes
    receipt: str
    till: str
    number: int
    business_day: int
    at_ms: int
    currency: str
    total_minor: int
    tax_minor: int
    lines: tuple[Line, ...]
    tenders: tuple[Tender, ...]
    shortfalls: tuple[StockLine, ...]
    repeated: bool
    journal: str
    seq: int


class Quote(msgspec.Struct, frozen=True):
    """What a sale of these lines would come to; nothing is committed. Run by `Views.quote`."""

    lines: tuple[SellLine, ...]
    discount_minor: int = 0


class QuoteResult(msgspec.Struct, frozen=True):
    """Priced lines with discounts and taxes, and their sums."""

    currency: str
    total_minor: int
    tax_minor: int
    lines: tuple[Line, ...]


class VoidSale(msgspec.Struct, frozen=True):
    """Undo a sale as a whole, stock and money; its receipt number stays used."""

    id: bytes
    sale_id: bytes
    reason: str
    actor: str = ""
    at_ms: int | None = None
    business_day: int | None = None

    def run(self, books: Books) -> "VoidResult":
        """Commit the void, or find it committed; raise Problem."""
        raise NotImplementedError


class VoidResult(msgspec.Struct, frozen=True):
    """A void as it is on record."""

    id: bytes
    sale_id: bytes
    receipt: str
    total_minor: int
    repeated: bool
    journal: str
    seq: int
