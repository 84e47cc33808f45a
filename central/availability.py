"""Stock is answered from the counters held, with the moment they were true and the link's state.

A row counts as the larger of what its author said and what its facts add up to: both only grow and
neither can be ahead of the truth. All quantities are base units of the SKU.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text

from central.links import state_of
from sync.entitlements import KEY_KINDS
from sync.quantities import ON_HAND_SIGN, Kind

PAGE_MAX = 1_000
# Which rows of `sku` are goods: the keys of entitlements (kinds from 30 on) are numbered there too.
GOODS = " AND ".join(f"sku NOT LIKE '{kind}:%'" for kind in KEY_KINDS)
_EFFECTIVE = "CASE WHEN q.value > q.folded THEN q.value ELSE q.folded END"


def _signed(signs: dict[int, int]) -> str:
    whens = " ".join(f"WHEN {kind} THEN {sign}" for kind, sign in sorted(signs.items()))
    return f"SUM((CASE q.kind {whens} ELSE 0 END) * {_EFFECTIVE})"


_ON_HAND = _signed({int(kind): sign for kind, sign in ON_HAND_SIGN.items()})
_RESERVED = _signed({Kind.GRANTED: 1, Kind.GIVEN_BACK: -1, Kind.FULFILLED: -1})
_PROMISABLE = _signed({Kind.GRANTED: 1, Kind.CONSUMED: -1, Kind.RELEASED: 1, Kind.GIVEN_BACK: -1})
_SUMS = f"{_ON_HAND} AS on_hand, {_RESERVED} AS reserved, {_PROMISABLE} AS promisable"
_BY_SKU = text(
    "SELECT s.name, s.title, s.region, s.as_of_ms, l.state, l.since_ms, l.heard_ms,"  # noqa: S608
    f" {_SUMS}"
    " FROM quantity AS q JOIN store AS s ON s.id = q.store_id"
    " LEFT JOIN link AS l ON l.store_id = s.id"
    " WHERE q.kind < 30 AND q.sku_no = (SELECT number FROM sku WHERE sku = :sku)"
    " AND (:store = '' OR s.name = :store) AND (:region = '' OR s.region = :region)"
    " GROUP BY s.name, s.title, s.region, s.as_of_ms, l.state, l.since_ms, l.heard_ms"
    " ORDER BY s.name"
)
_PAGE = text(f"SELECT sku FROM sku WHERE sku > :after AND {GOODS} ORDER BY sku LIMIT :limit")  # noqa: S608
_BY_STORE = text(
    f"SELECT k.sku, {_SUMS} FROM quantity AS q JOIN sku AS k ON k.number = q.sku_no"  # noqa: S608
    " JOIN store AS s ON s.id = q.store_id"
    " WHERE s.name = :store AND k.sku > :after AND q.kind < 30"
    " GROUP BY k.sku ORDER BY k.sku LIMIT :limit"
)
_SUMMED = text(
    f"SELECT k.sku, {_SUMS} FROM quantity AS q JOIN sku AS k ON k.number = q.sku_no"  # noqa: S608
    " JOIN store AS s ON s.id = q.store_id"
    " WHERE (:region = '' OR s.region = :region) AND k.sku IN :skus GROUP BY k.sku ORDER BY k.sku"
).bindparams(bindparam("skus", expanding=True))


@dataclass(frozen=True, slots=True)
class Stock:
    """Base units of one SKU: `promisable` is what may be promised online at this moment."""

    sku: str
    on_hand: int
    reserved: int
    promisable: int


@dataclass(frozen=True, slots=True)
class StoreStock:
    """Stock of a SKU at one store, true at `as_of_ms` (0: never heard); `link` is up or cut."""

    store: str
    title: str
    region: str
    on_hand: int
    reserved: int
    promisable: int
    as_of_ms: int
    link: str
    link_since_ms: int


def of_sku(
    connection: Connection, sku: str, now_ms: int, store: str = "", region: str = ""
) -> list[StoreStock]:
    """Return a SKU's stock at every store that has ever had it, or at one store or region."""
    rows = connection.execute(_BY_SKU, {"sku": sku, "store": store, "region": region})
    return [
        StoreStock(
            row.name,
            row.title,
            row.region,
            int(row.on_hand),
            int(row.reserved),
            int(row.promisable),
            row.as_of_ms,
            state_of(row.state, row.heard_ms, now_ms),
            row.since_ms or 0,
        )
        for row in rows
    ]


def of_store(connection: Connection, store: str, after: str = "", limit: int = 100) -> list[Stock]:
    """Return a store's stock in the order of SKUs that follow `after`."""
    wanted = {"store": store, "after": after, "limit": limit}
    return _stocks(connection.execute(_BY_STORE, wanted).all())


def of_region(
    connection: Connection, region: str = "", after: str = "", limit: int = 100
) -> tuple[list[Stock], str]:
    """Return stock summed over a region, or over the chain, and where the next page begins.

    A page looks at `limit` SKUs that follow `after`, and leaves out those the region never had.
    """
    skus = list(connection.scalars(_PAGE, {"after": after, "limit": limit}))
    if not skus:
        return [], ""
    rows = connection.execute(_SUMMED, {"region": region, "skus": skus}).all()
    return _stocks(rows), skus[-1] if len(skus) == limit else ""


def _stocks(rows: Sequence[Row[Any]]) -> list[Stock]:
    return [
        Stock(row.sku, int(row.on_hand), int(row.reserved), int(row.promisable)) for row in rows
    ]
