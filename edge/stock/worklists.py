"""What to order, to count and to sell first: read from the books as they are, never kept beside."""

import datetime
from typing import Any

import msgspec

from edge.books.reads import Reads
from edge.stock.expected import orders, transit
from edge.stock.lots import merged
from sync.quantities import ON_HAND_SIGN
from sync.values import date_of

LOW = "stock.low"
EXPIRING = "stock.expiring"
EXPIRING_DAYS = 7
LIST_MAX = 5_000
_SIGNS = " ".join(f"WHEN {int(kind)} THEN {sign}" for kind, sign in ON_HAND_SIGN.items())
_BOOKS = (
    "SELECT product.sku, names, category, json_extract(attributes, '$.reorder_point'),"  # noqa: S608
    f" coalesce(sum((CASE kind {_SIGNS} ELSE 0 END) * value), 0) AS held, active"
    " FROM product JOIN sku USING (sku) LEFT JOIN quantity ON quantity.sku = sku.number"
    " WHERE tracked GROUP BY product.sku ORDER BY product.sku"
)


class LowItem(msgspec.Struct, frozen=True):
    """A SKU to order: `on_hand` is not above `reorder_point`; `coming` is ordered or on its way.

    All in base units.
    """

    sku: str
    names: dict[str, str]
    category: str
    on_hand: int
    reorder_point: int
    coming: int


class NegativeItem(msgspec.Struct, frozen=True):
    """A SKU of which the books say that less than nothing is there: count it."""

    sku: str
    names: dict[str, str]
    category: str
    on_hand: int


class ExpiringLot(msgspec.Struct, frozen=True):
    """A lot on hand to be sold first or taken off the shelf: `days` are left, below 0 none.

    0 days: today is its last day. `quantity` in base units; `lot` is empty where only its day of
    expiry is known.
    """

    sku: str
    names: dict[str, str]
    category: str
    lot: str
    expiry_day: datetime.date
    days: int
    quantity: int


class Worklists(msgspec.Struct, frozen=True):
    """Stock to order, to count and to sell first; `cut` says that there is more than is listed."""

    low: list[LowItem]
    negative: list[NegativeItem]
    expiring: list[ExpiringLot]
    cut: bool


class _Points(msgspec.Struct, frozen=True):
    default: int | None = None
    category: dict[str, int] = {}
    sku: dict[str, int] = {}


def worklists(reads: Reads, today: int) -> Worklists:
    """List what is low, below zero or soon past its day, of all SKUs that this store ever kept.

    A SKU's reorder point is, in this order, what the rule `stock.low` says of it, its attribute
    `reorder_point`, or what the rule says of its category or by default; without any it is never
    low. `today` is in days since 1970.
    """
    points, coming = _points(reads, LOW), incoming(reads)
    low: list[LowItem] = []
    negative: list[NegativeItem] = []
    for sku, names, category, attribute, held, active in reads.connection.execute(_BOOKS):
        if held < 0:
            negative.append(NegativeItem(sku, msgspec.json.decode(names), category, held))
        point = _point(points, sku, category, attribute)
        if active and point is not None and held <= point:
            named = msgspec.json.decode(names)
            low.append(LowItem(sku, named, category, held, point, coming.get(sku, 0)))
    low.sort(key=lambda item: (item.on_hand + item.coming - item.reorder_point, item.sku))
    negative.sort(key=lambda item: (item.on_hand, item.sku))
    soon = expiring(reads, today)
    cut = max(len(low), len(negative), len(soon)) > LIST_MAX
    return Worklists(low[:LIST_MAX], negative[:LIST_MAX], soon[:LIST_MAX], cut)


def expiring(reads: Reads, today: int) -> list[ExpiringLot]:
    """List lots on hand whose last day is near or past, the first of them first.

    How near is said by the rule `stock.expiring`, in days, like `stock.low`.
    """
    points, last = _points(reads, EXPIRING), date_of(today)
    sql = "SELECT sku, lot, expiry_day, quantity FROM lot"
    found = []
    for sku, lot in merged(reads.connection.execute(sql).fetchall()):
        if lot.expiry_day is None or lot.quantity < 0:
            continue
        days = (lot.expiry_day - last).days
        item = reads.item(sku)
        category = item.category if item else ""
        near = points.sku.get(sku, points.category.get(category, points.default))
        if days <= (EXPIRING_DAYS if near is None else near):
            names = _names(reads, sku)
            line = (lot.lot, lot.expiry_day, days, lot.quantity)
            found.append(ExpiringLot(sku, names, category, *line))
    return found


def _names(reads: Reads, sku: str) -> dict[str, str]:
    row = reads.connection.execute("SELECT names FROM product WHERE sku = ?", (sku,)).fetchone()
    return msgspec.json.decode(row[0], type=dict[str, str]) if row else {}


def incoming(reads: Reads) -> dict[str, int]:
    """Add up what is still to come of each SKU: ordered, or sent by another store."""
    coming: dict[str, int] = {}
    for known in (*orders(reads, limit=LIST_MAX), *transit(reads, limit=LIST_MAX)):
        for line in known.lines:
            if line.difference < 0:
                coming[line.sku] = coming.get(line.sku, 0) - line.difference
    return coming


def _points(reads: Reads, rule: str) -> _Points:
    text = reads.rule(rule)
    try:
        value: Any = msgspec.json.decode(text) if text else {}
        plain = {"default": value} if isinstance(value, int) else value
        return msgspec.convert(plain, _Points)
    except msgspec.MsgspecError:
        return _Points()


def _point(points: _Points, sku: str, category: str, attribute: object) -> int | None:
    if sku in points.sku:
        return points.sku[sku]
    if isinstance(attribute, str) and attribute.isascii() and attribute.isdigit():
        return int(attribute)
    return points.category.get(category, points.default)
