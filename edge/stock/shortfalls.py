"""Stock that is not there: what a customer holds is sold, unless a rule blocks it."""

import msgspec

from edge.books.reads import Reads
from edge.books.tasks import task
from edge.books.transaction import Books, derived_id
from edge.errors import OutOfStock
from sync.bodies import Shortfall
from sync.body import StockLine
from sync.effects import movements
from sync.quantities import ON_HAND_SIGN, sellable

OVERSELL = "stock.oversell"


def goods_out(body: msgspec.Struct) -> dict[str, int]:
    """Base units per SKU by which a body lowers what is on hand."""
    out: dict[str, int] = {}
    for sku, kind, quantity in movements(body):  # type: ignore[arg-type]
        out[sku] = out.get(sku, 0) - ON_HAND_SIGN.get(kind, 0) * quantity
    return {sku: quantity for sku, quantity in out.items() if quantity > 0}


def plan_shortfall(reads: Reads, body: msgspec.Struct) -> list[StockLine]:
    """List what goods going out take from stock that is reserved for headquarters."""
    if not reads.has_rights():
        return []
    short = []
    for sku, quantity in goods_out(body).items():
        kept = reads.reserved(sku)
        if kept <= 0:
            continue
        before = reads.on_hand(sku)
        covered = min(kept, max(before, 0)) - min(kept, max(before - quantity, 0))
        if covered:
            short.append(StockLine(sku, covered))
    return short


def check_oversell(reads: Reads, body: msgspec.Struct) -> None:
    """Raise OutOfStock where the store's rule is to block rather than to go below sellable."""
    if reads.rule(OVERSELL) is None:
        return
    for sku, quantity in goods_out(body).items():
        item = reads.item(sku)
        if item is None or reads.rule_for(OVERSELL, item, "sell") != "block":
            continue
        free = sellable(reads.counts(sku))
        if free < quantity:
            raise OutOfStock(
                "sell", "lines", sku=sku, free_quantity=max(free, 0), wanted_quantity=quantity
            )


def post_shortfall(books: Books, fact_id: bytes, at_ms: int, short: list[StockLine]) -> None:
    """Record that goods left although they were reserved, for headquarters and for the staff."""
    shortfall_id = derived_id(fact_id, b"shortfall")
    books.append(shortfall_id, at_ms, "", Shortfall(fact_id, short))
    for line in short:
        books.attend(task("reserved-sold", line.sku, quantity=line.quantity), at_ms, fact_id)


def shortfalls_of(reads: Reads, fact_id: bytes) -> list[StockLine]:
    """Find the shortfall that a fact led to."""
    found = reads.find(derived_id(fact_id, b"shortfall"))
    return found.fact.body.lines if found and isinstance(found.fact.body, Shortfall) else []
