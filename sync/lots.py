"""What a body does to lots and serial numbers is a function of the body alone, as with counters.

Both are sums, so that facts may come in any order. Nothing has to be told of its lot: what is on
hand beyond all lots is of none that is known.
"""

from collections.abc import Sequence

from sync.bodies import (
    Adjustment,
    AnyBody,
    GoodsReceipt,
    Opening,
    StockCount,
    TransferIn,
    TransferOut,
    WriteOff,
)
from sync.body import LotLine
from sync.orders import InTransit
from sync.quantities import ON_HAND_SIGN, Movement
from sync.receipts import LineKind, Return, Sale, Void

NAME_MAX = 64
DAY_MAX = 100_000

LotKey = tuple[str, str, int]  # SKU, lot, day of expiry
SerialKey = tuple[str, str]  # SKU, serial number


def lots_of(body: AnyBody) -> tuple[int, Sequence[LotLine]]:
    """Give the sign by which a body acts on stock, and which lots and serials it tells of."""
    match body:
        case Sale():
            return -1, sold_lots(body)
        case WriteOff() | TransferOut():
            return -1, body.lots
        case Opening() | GoodsReceipt() | TransferIn() | Adjustment() | Return() | Void():
            return 1, body.lots
        case StockCount():
            return 1, counted_lots(body)
        case _:
            return 1, ()


def sold_lots(sale: Sale) -> tuple[LotLine, ...]:
    """Tell the lots and serials of the goods of a sale."""
    return tuple(
        LotLine(line.sku, line.quantity, known.lot, known.expiry_day, known.serials)
        for line in sale.lines
        if line.kind is LineKind.GOODS and (known := line.detail) is not None
        if known.lot or known.expiry_day or known.serials
    )


def counted_lots(count: StockCount) -> tuple[LotLine, ...]:
    """Tell the lots and serials that a count puts right; those it takes away are negative."""
    lots = (LotLine(x.sku, x.counted - x.seen, x.lot, x.expiry_day) for x in count.lots)
    found = (LotLine(x.sku, len(x.found), serials=x.found) for x in count.serials)
    missing = (LotLine(x.sku, -len(x.missing), serials=x.missing) for x in count.serials)
    return tuple(line for line in (*lots, *found, *missing) if line.quantity)


def lot_moves(body: AnyBody) -> dict[LotKey, int]:
    """Add up what a body does to each lot, in base units; what comes to nothing is left out."""
    sign, lines = lots_of(body)
    sums: dict[LotKey, int] = {}
    for line in lines:
        if line.lot or line.expiry_day:
            key = line.sku, line.lot, line.expiry_day
            sums[key] = sums.get(key, 0) + sign * line.quantity
    return {key: moved for key, moved in sums.items() if moved}


def serial_moves(body: AnyBody) -> dict[SerialKey, int]:
    """Add up how often a body brings in each serial number (negative: takes it away)."""
    sign, lines = lots_of(body)
    sums: dict[SerialKey, int] = {}
    for line in lines:
        by = sign if line.quantity > 0 else -sign
        for serial in line.serials:
            key = line.sku, serial
            sums[key] = sums.get(key, 0) + by
    return {key: moved for key, moved in sums.items() if moved}


def lots_fault(body: AnyBody, moved: Sequence[Movement]) -> str:
    """Say what is wrong with the `lots` of a body; empty where nothing is.

    What a sale says of its goods is never refused, nor what undoes it and says the same again.
    """
    if isinstance(body, StockCount):
        return _count_fault(body)
    lines: Sequence[LotLine] = getattr(body, "lots", ())
    if not lines or isinstance(body, Return | Void):
        return ""
    serials: set[SerialKey] = set()
    for line in lines:
        fault = _line_fault(line, serials)
        if fault:
            return fault
    return "" if isinstance(body, InTransit) else _sum_fault(body, moved)


def _sum_fault(body: AnyBody, moved: Sequence[Movement]) -> str:
    stock: dict[str, int] = {}
    for sku, kind, quantity in moved:
        stock[sku] = stock.get(sku, 0) + ON_HAND_SIGN.get(kind, 0) * quantity
    sign, lines = lots_of(body)
    told: dict[str, int] = {}
    for line in lines:
        moves = stock.get(line.sku, 0)
        told[line.sku] = told.get(line.sku, 0) + sign * line.quantity
        if sign * line.quantity * moves <= 0 or abs(told[line.sku]) > abs(moves):
            return f"{line.sku}: other lots are told of than move"
    return ""


def _count_fault(count: StockCount) -> str:
    """A count may change lots though the quantity is right: only what it tells is looked at."""
    counted = {line.sku: line.counted for line in count.lines}
    lots = [(one.sku, one.lot, one.expiry_day) for one in count.lots]
    numbered = [one.sku for one in count.serials]
    if not {sku for sku, *_ in lots} | set(numbered) <= counted.keys():
        return "a count tells lots or serial numbers of what it did not count"
    if len(set(lots)) < len(lots) or len(set(numbered)) < len(numbered):
        return "a count tells of a lot or of a SKU's serial numbers twice"
    if any(one.counted < 0 for one in count.lots):
        return "less than nothing was counted of a lot"
    for some in count.serials:
        found, missing = set(some.found), set(some.missing)
        if len(found) > counted[some.sku] or found & missing:
            return f"{some.sku}: other serial numbers were found than were counted"
        for one in sorted(found | missing):
            if fault := _line_fault(LotLine(some.sku, 1, serials=(one,)), set()):
                return fault
    named = (LotLine(sku, 1, lot, day) for sku, lot, day in lots)
    return next((fault for line in named if (fault := _line_fault(line, set()))), "")


def _line_fault(line: LotLine, serials: set[tuple[str, str]]) -> str:
    names = (line.lot, *line.serials)
    if any(len(name) > NAME_MAX or not name.isprintable() for name in names) or "" in line.serials:
        return f"a lot or serial number has 1 to {NAME_MAX} printable characters"
    if line.expiry_day > DAY_MAX:
        return "a day of expiry is out of range"
    if not (line.lot or line.expiry_day or line.serials):
        return "say the lot, the day of expiry or the serial numbers"
    if len(line.serials) > abs(line.quantity):
        return f"{line.sku}: there are more serial numbers than pieces"
    for serial in line.serials:
        if (line.sku, serial) in serials:
            return f"{line.sku}: serial number {serial} is there twice"
        serials.add((line.sku, serial))
    return ""
