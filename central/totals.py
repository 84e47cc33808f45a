"""Sales totals are sums that ingest keeps per store, business day and currency; reads only add up.

Amounts are minor units, tax included; days are counted from 1970-01-01.
"""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, text

DAYS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Total:
    """Sales of one business day (or -1: of all asked for) in one currency.

    `net_minor` = `gross_minor` - `returned_minor` - `voided_minor`; `tax_minor` is contained in
    the net.
    """

    store: str
    business_day: int
    currency: str
    sales: int
    returns: int
    voids: int
    gross_minor: int
    discount_minor: int
    tax_minor: int
    returned_minor: int
    voided_minor: int
    net_minor: int


_SUMMED = [field.name for field in fields(Total)][3:]
_SUMS = ", ".join(f"SUM(t.{name}) AS {name}" for name in _SUMMED)
_WHERE = (
    " FROM sales_total AS t JOIN store AS s ON s.id = t.store_id"
    " WHERE (:store = '' OR s.name = :store) AND t.business_day BETWEEN :first AND :last"
)
_DAYS = text(
    f"SELECT s.name, t.business_day, t.currency, {_SUMS}{_WHERE}"
    " GROUP BY s.name, t.business_day, t.currency"
    " ORDER BY t.business_day DESC, s.name, t.currency LIMIT :limit"
)
_STORES = text(
    f"SELECT s.name, -1 AS business_day, t.currency, {_SUMS}{_WHERE}"
    " GROUP BY s.name, t.currency ORDER BY s.name, t.currency LIMIT :limit"
)


def by_day(
    connection: Connection, store: str = "", first: int = 0, last: int = DAYS_MAX, limit: int = 1000
) -> list[Total]:
    """Return totals per store and business day, newest day first."""
    wanted = {"store": store, "first": first, "last": last, "limit": limit}
    rows = connection.execute(_DAYS, wanted)
    return [Total(*row[:3], *(int(value) for value in row[3:])) for row in rows]


def by_store(
    connection: Connection, store: str = "", first: int = 0, last: int = DAYS_MAX
) -> list[Total]:
    """Return totals per store over a range of business days."""
    wanted = {"store": store, "first": first, "last": last, "limit": 100_000}
    rows = connection.execute(_STORES, wanted)
    return [Total(*row[:3], *(int(value) for value in row[3:])) for row in rows]
