"""A count is as many documents as it takes for each to fit; the first with a SKU moves it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from sync.bodies import CountedLine, CountedLot, CountedSerials, StockCount
from sync.facts import LINES_MAX

DOCUMENT_BYTES = 30_000
SHARE_BYTES = 20_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class CountedSku:
    """What was counted of a SKU, and what that changes of its lots and serial numbers."""

    line: CountedLine
    lots: tuple[CountedLot, ...]
    serials: CountedSerials


def documents(scope: str, counted: Iterable[CountedSku]) -> Iterator[StockCount]:
    """Make the documents of a count, in the order of what was counted."""
    page: list[CountedSku] = []
    filled = 0
    for one in (share for whole in counted for share in _shares(whole)):
        weight = _weight(one)
        repeats = any(other.line.sku == one.line.sku for other in page)
        if page and (len(page) == LINES_MAX or filled + weight > DOCUMENT_BYTES or repeats):
            yield _document(scope, page)
            page, filled = [], 0
        page.append(one)
        filled += weight
    if page:
        yield _document(scope, page)


def _document(scope: str, page: Sequence[CountedSku]) -> StockCount:
    serials = tuple(one.serials for one in page if one.serials.found or one.serials.missing)
    lots = tuple(lot for one in page for lot in one.lots)
    return StockCount(scope, [one.line for one in page], lots, serials)


def _shares(whole: CountedSku) -> Iterator[CountedSku]:
    """Divide a SKU with more lots or serial numbers than fit; only the first share moves it."""
    sku, counted = whole.line.sku, whole.line.counted
    nothing = CountedSku(whole.line, (), CountedSerials(sku))
    if _weight(whole) <= SHARE_BYTES:
        yield whole
        return
    parts = [
        *(replace(nothing, lots=lots) for lots in _cut(whole.lots)),
        *(
            replace(nothing, serials=CountedSerials(sku, found))
            for found in _cut(whole.serials.found)
        ),
        *(
            replace(nothing, serials=CountedSerials(sku, (), gone))
            for gone in _cut(whole.serials.missing)
        ),
    ]
    still = CountedLine(sku, counted, counted)
    yield parts[0]
    yield from (replace(part, line=still) for part in parts[1:])


def _cut(whole: Sequence[_T]) -> Iterator[tuple[_T, ...]]:
    part: list[_T] = []
    filled = 0
    for one in whole:
        weight = len(msgspec.msgpack.encode(one))
        if part and filled + weight > SHARE_BYTES:
            yield tuple(part)
            part, filled = [], 0
        part.append(one)
        filled += weight
    if part:
        yield tuple(part)


def _weight(one: CountedSku) -> int:
    return len(msgspec.msgpack.encode((one.line, one.lots, one.serials)))
