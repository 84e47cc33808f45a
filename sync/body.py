"""A body is an array of fields: their order is the wire format, and its tag is never reused."""

import msgspec

from sync.values import Count, Sku, Units


class Body(msgspec.Struct, array_like=True, frozen=True):
    """What happened, without who and when."""


class StockLine(Body, frozen=True):
    """A quantity of a SKU, in base units."""

    sku: Sku
    quantity: Units


class LotLine(Body, frozen=True):
    """Which pieces of a SKU: so many base units of a lot, and the serial numbers among them.

    `expiry_day` is in days since 1970, 0 where none is known; `lot` is empty where there is none.
    """

    sku: Sku
    quantity: Units
    lot: str = ""
    expiry_day: Count = 0
    serials: tuple[str, ...] = ()
