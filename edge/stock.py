"""Stock moves only by a document that names what, how much and why; each is counted once."""

import msgspec

from edge.books import Books


class Move(msgspec.Struct, frozen=True):
    """A quantity of a SKU, in base units; the product may be named by GTIN instead."""

    quantity: int
    sku: str = ""
    gtin: str = ""


class CountLine(msgspec.Struct, frozen=True):
    """What was counted; `seen` is what the books said then (None: what they say now)."""

    counted: int
    seen: int | None = None
    sku: str = ""
    gtin: str = ""


class StockResult(msgspec.Struct, frozen=True):
    """A stock document as it is on record.

    `moved` are the changes of stock on hand (for a grant: of rights) and `on_hand` what the books
    say afterwards, per SKU in base units.
    """

    id: bytes
    moved: dict[str, int]
    on_hand: dict[str, int]
    repeated: bool
    journal: str
    seq: int


class StockWork(msgspec.Struct, frozen=True, kw_only=True):
    """What all stock documents have in common: id, who, and when (None: now)."""

    id: bytes
    actor: str = ""
    at_ms: int | None = None

    def run(self, books: Books) -> StockResult:
        """Commit the document, or find it committed; raise Problem."""
        raise NotImplementedError


class Open(StockWork, frozen=True, kw_only=True):
    """Stock the books start with."""

    lines: tuple[Move, ...]


class ReceiveGoods(StockWork, frozen=True, kw_only=True):
    """Goods that came in, under the reference of the order or delivery note."""

    reference: str = ""
    supplier: str = ""
    lines: tuple[Move, ...]


class WriteOff(StockWork, frozen=True, kw_only=True):
    """Goods that are gone: broken, expired, stolen, used."""

    reason: str
    lines: tuple[Move, ...]


class Adjust(StockWork, frozen=True, kw_only=True):
    """A correction with a reason; quantities may be negative."""

    reason: str
    lines: tuple[Move, ...]


class TransferOut(StockWork, frozen=True, kw_only=True):
    """Goods sent to another store."""

    to_store: str
    lines: tuple[Move, ...]


class TransferIn(StockWork, frozen=True, kw_only=True):
    """Goods that arrived from another store; `out` is the id of its transfer out."""

    from_store: str
    out: bytes
    lines: tuple[Move, ...]


class Count(StockWork, frozen=True, kw_only=True):
    """A count of a scope (a shelf, a category); only the difference to what was seen moves."""

    scope: str = ""
    lines: tuple[CountLine, ...]


class Grant(StockWork, frozen=True, kw_only=True):
    """Rights granted to headquarters for online promises: at most sellable less safety stock."""

    lines: tuple[Move, ...]
