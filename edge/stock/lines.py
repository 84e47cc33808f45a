"""A line of stock work names goods that keep stock, and moves so many of them within its bounds."""

import datetime
from collections.abc import Iterable, Sequence

import msgspec

from edge.books import checks
from edge.books.reads import Reads, find_item
from edge.errors import BadField, BadQuantity
from edge.stock.lots import added_up, lot_line
from sync import bodies
from sync.body import LotLine, StockLine
from sync.values import QUANTITY_MAX


class Move(msgspec.Struct, frozen=True):
    """A quantity of a SKU, in base units; the product may be named by GTIN instead.

    `lot`, `expiry_day` and `serials` tell which pieces they are, where that is known.
    """

    quantity: int
    sku: str = ""
    gtin: str = ""
    lot: str = ""
    expiry_day: datetime.date | None = None
    serials: tuple[str, ...] = ()


class Arrival(Move, frozen=True):
    """A quantity of a SKU that came in, in base units; `damaged` of it is good for nothing."""

    damaged: int = 0


class CountLine(msgspec.Struct, frozen=True):
    """What was counted; `seen` is what the books said then (None: what they say now)."""

    counted: int
    seen: int | None = None
    sku: str = ""
    gtin: str = ""


def tracked(reads: Reads, sku: str, gtin: str, field: str) -> str:
    """Find the SKU of goods that keep stock; raise Problem for any other."""
    item = find_item(reads, sku, gtin, field)
    if not item.tracked:
        raise BadField("service", f"{field}.sku", sku=item.sku)
    return item.sku


def damaged(reads: Reads, lines: Sequence[Move]) -> tuple[StockLine, ...]:
    """Add up what of it came damaged; lines without damage count for nothing."""
    broken = []
    for at, line in enumerate(lines):
        if isinstance(line, Arrival):
            field = f"lines[{at}].damaged"
            if checks.integer(line.damaged, 0, line.quantity, field, BadQuantity):
                broken.append(Move(line.damaged, line.sku, line.gtin))
    return tuple(moved(reads, broken)) if broken else ()


def moved(reads: Reads, moves: Sequence[Move], lowest: int = 1) -> list[StockLine]:
    """Name and add up what moves, one line per SKU in the order given."""
    checks.lines(moves)
    sums: dict[str, int] = {}
    for at, move in enumerate(moves):
        field = f"lines[{at}]"
        checks.integer(move.quantity, lowest, QUANTITY_MAX, f"{field}.quantity", BadQuantity)
        sku = tracked(reads, move.sku, move.gtin, field)
        sums[sku] = sums.get(sku, 0) + move.quantity
    for sku, quantity in sums.items():
        if not quantity or abs(quantity) > QUANTITY_MAX:
            raise BadQuantity(
                "line-sum", "lines", sku=sku, sum_quantity=quantity, most_quantity=QUANTITY_MAX
            )
    return [StockLine(sku, quantity) for sku, quantity in sums.items()]


def counted(reads: Reads, line: CountLine, field: str) -> bodies.CountedLine:
    """Make a line of a count, with what the books say now where nothing was seen."""
    sku = tracked(reads, line.sku, line.gtin, field)
    found = checks.integer(line.counted, 0, QUANTITY_MAX, f"{field}.counted", BadQuantity)
    books = reads.on_hand(sku) if line.seen is None else line.seen
    seen = checks.integer(books, -QUANTITY_MAX, QUANTITY_MAX, f"{field}.seen", BadQuantity)
    if abs(found - seen) > QUANTITY_MAX:
        raise BadQuantity("differs-over", field, most_quantity=QUANTITY_MAX)
    return bodies.CountedLine(sku, found, seen)


def told_lots(reads: Reads, lines: Sequence[Move]) -> tuple[LotLine, ...]:
    """Add up which lots and serial numbers lines tell of, as far as they do."""
    return added_up(_told(reads, lines))


def damaged_lots(reads: Reads, lines: Sequence[Move]) -> tuple[LotLine, ...]:
    """Add up which lots and serial numbers came damaged; raise BadField where that is not clear."""
    told = []
    for at, line in enumerate(lines):
        broken = line.damaged if isinstance(line, Arrival) else 0
        if broken and line.serials and broken != line.quantity:
            raise BadField("damaged-apart", f"lines[{at}].damaged")
        if broken:
            told.append(msgspec.structs.replace(line, quantity=broken))
    return added_up(_told(reads, told))


def _told(reads: Reads, lines: Sequence[Move]) -> Iterable[LotLine]:
    for at, line in enumerate(lines):
        field = f"lines[{at}]"
        told = lot_line(tracked(reads, line.sku, line.gtin, field), line, field)
        if told is not None:
            yield told
