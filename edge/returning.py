"""Nobody gets back more than was paid, nor returns more than was bought, however often asked."""

import msgspec

from edge.books import Books
from edge.selling import TenderLine
from sync.bodies import LineKind, ReturnedLine, Tender


class ReturnLine(msgspec.Struct, frozen=True):
    """A line to take back.

    With a receipt, `line` is its index in the sale and the refund follows from what was paid.
    Without one, `line` is -1, the goods are named by SKU or GTIN and `price_minor` is what is
    refunded for `price_quantity` base units (None: the catalogue's price).
    """

    line: int = -1
    sku: str = ""
    gtin: str = ""
    quantity: int = 1
    price_minor: int | None = None
    price_quantity: int = 1
    kind: LineKind = LineKind.GOODS
    restock: bool = True
    note: str = ""


class ReturnGoods(msgspec.Struct, frozen=True):
    """Take goods back and refund them; tenders are positive and add up to the refund.

    No tenders at all means that all of it is refunded in cash.
    """

    id: bytes
    till: str
    sale_id: bytes | None
    lines: tuple[ReturnLine, ...]
    tenders: tuple[TenderLine, ...] = ()
    reason: str = ""
    actor: str = ""
    at_ms: int | None = None
    business_day: int | None = None

    def run(self, books: Books) -> "ReturnResult":
        """Commit the return, or find it committed; raise Problem."""
        raise NotImplementedError


class ReturnResult(msgspec.Struct, frozen=True):
    """A return as it is on record; it has a number in the same series as sales."""

    id: bytes
    receipt: str
    till: str
    number: int
    business_day: int
    at_ms: int
    currency: str
    sale_id: bytes | None
    total_minor: int
    tax_minor: int
    lines: tuple[ReturnedLine, ...]
    tenders: tuple[Tender, ...]
    reason: str
    repeated: bool
    journal: str
    seq: int
