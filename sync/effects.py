"""What a body does to stock and money is a function of the body alone: a fold needs no look-ups."""

from collections.abc import Iterable, Sequence

from sync.bodies import (
    Adjustment,
    AnyBody,
    GiveBack,
    GoodsReceipt,
    Grant,
    Opening,
    Promise,
    Release,
    StockCount,
    TransferIn,
    TransferOut,
    WriteOff,
)
from sync.body import StockLine
from sync.entitlements import Allotted, Credited, Debited, Issued, PassedOn, Recalled, Reversed
from sync.quantities import Kind, Movement
from sync.receipts import LineKind, Return, Sale, Void

_ONE_KIND: dict[type, Kind] = {
    Void: Kind.SALE_VOIDED,
    Opening: Kind.OPENING,
    GoodsReceipt: Kind.RECEIVED,
    WriteOff: Kind.WRITTEN_OFF,
    TransferOut: Kind.TRANSFERRED_OUT,
    TransferIn: Kind.TRANSFERRED_IN,
    Grant: Kind.GRANTED,
    Promise: Kind.CONSUMED,
    Release: Kind.RELEASED,
    GiveBack: Kind.GIVEN_BACK,
}
_ONE_KEY: dict[type, Kind] = {
    Credited: Kind.CREDITED,
    Debited: Kind.DEBITED,
    Reversed: Kind.CREDITED,
    PassedOn: Kind.PASSED_ON,
    Issued: Kind.ISSUED,
    Allotted: Kind.ALLOTTED,
}


def movements(body: AnyBody) -> list[Movement]:
    """List what a body moves as `(sku, kind, base units)`, each positive; most bodies move nothing.

    A shortfall moves nothing either: it says what the sale beside it took from the reserved. An
    entitlement's key stands where goods have their SKU.
    """
    kind = _ONE_KIND.get(type(body))
    if kind is not None:
        lines: Sequence[StockLine] = getattr(body, "lines", ())
        return [(line.sku, kind, line.quantity) for line in lines]
    match body:
        case Sale():
            return [(x.sku, Kind.SOLD, x.quantity) for x in body.lines if x.kind is LineKind.GOODS]
        case Return():
            goods = [x for x in body.lines if x.kind is LineKind.GOODS and x.restock]
            return [(x.sku, Kind.RETURNED, x.quantity) for x in goods]
        case Adjustment():
            changes = ((line.sku, line.quantity) for line in body.lines)
            return _signed(Kind.ADJUSTED_UP, Kind.ADJUSTED_DOWN, changes)
        case StockCount():
            changes = ((line.sku, line.counted - line.seen) for line in body.lines)
            return _signed(Kind.COUNTED_UP, Kind.COUNTED_DOWN, changes)
        case Credited() | Debited() | Reversed() | PassedOn() | Issued() | Allotted():
            return [(body.key, _ONE_KEY[type(body)], body.amount)] if body.amount else []
        case Recalled() if body.final:
            return [(body.key, Kind.RECLAIMED, body.amount)]
        case _:
            return []


def _signed(up: Kind, down: Kind, changes: Iterable[tuple[str, int]]) -> list[Movement]:
    return [(sku, up if delta > 0 else down, abs(delta)) for sku, delta in changes if delta]


def net_minor(body: AnyBody) -> int:
    """Minor units a body adds to net sales, tax included: sales less returns and voids."""
    match body:
        case Sale():
            return body.total_minor
        case Return() | Void():
            return -body.total_minor
        case _:
            return 0
