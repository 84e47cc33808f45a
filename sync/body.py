"""A body is an array of fields: their order is the wire format, and its tag is never reused."""

import msgspec

from sync.values import Sku, Units


class Body(msgspec.Struct, array_like=True, frozen=True):
    """What happened, without who and when."""


class StockLine(Body, frozen=True):
    """A quantity of a SKU, in base units."""

    sku: Sku
    quantity: Units
