"""Why a figure moved is told in the words of the documents themselves."""

from uuid import UUID

import msgspec

from edge.books.numbers import generation_of, receipt_of
from edge.books.reads import Reads
from edge.stock.expected import Expectation, orders, transit
from edge.stock.lots import Pieces, pieces_of
from sync import bodies
from sync.bodies import AnyBody
from sync.receipts import Return, Sale, Void

INCOMING_MAX = 1_000


class Story(msgspec.Struct, frozen=True):
    """What a document says of a SKU besides the quantity; see `views.values.Movement`."""

    text: str = ""
    partner: str = ""
    counted: int | None = None
    seen: int | None = None
    pieces: list[Pieces] = []


class Incoming(msgspec.Struct, frozen=True):
    """What is still to come and in no stock yet: of an `order`, or of the transfer `out`."""

    order: str
    out: UUID | None
    partner: str
    quantity: int


def story_of(body: AnyBody, journal: str, sku: str) -> Story:
    """Tell what a document of a journal says of a SKU."""
    return msgspec.structs.replace(_story(body, journal, sku), pieces=pieces_of(body, sku))


def _story(body: AnyBody, journal: str, sku: str) -> Story:
    number = receipt_of(body, generation_of(journal))
    match body:
        case Sale():
            return Story(number, body.member)
        case Return():
            return Story(f"{number}: {body.reason}" if body.reason else number)
        case Void() | bodies.WriteOff() | bodies.Adjustment():
            return Story(body.reason)
        case bodies.GoodsReceipt():
            return Story(body.order or body.reference, body.supplier)
        case bodies.TransferOut():
            return Story("", body.to_store)
        case bodies.TransferIn():
            return Story("", body.from_store)
        case bodies.StockCount():
            counted = next(line for line in body.lines if line.sku == sku)
            return Story(body.scope, "", counted.counted, counted.seen)
        case _:
            return Story()


def incoming_of(reads: Reads, sku: str) -> list[Incoming]:
    """List what is still to come of a SKU: ordered, or on its way from another store."""
    known = (*orders(reads, limit=INCOMING_MAX), *transit(reads, limit=INCOMING_MAX))
    return [entry for one in known for entry in _incoming(one, sku)]


def _incoming(known: Expectation, sku: str) -> list[Incoming]:
    line = known.line(sku)
    if line is None or line.difference >= 0:
        return []
    out = UUID(bytes=known.out) if known.out else None
    return [Incoming(known.order, out, known.partner, -line.difference)]
