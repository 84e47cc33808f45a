"""One law: a till is answered in arrays where there are many and in words where there are few."""

import datetime
from typing import Any

import msgspec

from edge.till_views import Person, Rate, Store


class LifeReply(msgspec.Struct, frozen=True):
    """A new series of receipts: number them `till-life-NUMBER` from `next_number` on, gap-free."""

    till: str
    drawer: str
    life: int
    next_number: int


class DeviceReply(msgspec.Struct, frozen=True):
    """A device of the store that this till may use."""

    name: str
    kind: str
    category: str
    state: str


class SetupReply(msgspec.Struct, frozen=True):
    """All a till needs to work but the catalogue; `rules` are parsed, by name.

    `business_day` is today's at the store, until a shift says another.
    """

    till: str
    drawer: str
    drawers: list[str]
    store: Store
    currency: str
    exponent: int
    timezone: str
    software: str
    journal: str
    business_day: datetime.date
    tax_rates: list[Rate]
    staff: list[Person]
    rules: dict[str, Any]
    devices: list[DeviceReply]
    training_allowed: bool


class CatalogueReply(msgspec.Struct, frozen=True):
    """Products that changed after a cursor; `reset`: forget what is held, this starts over.

    Each is an array: number, sku, names by language, GTINs (14 digits), unit, tax code,
    price_minor, price_quantity, tracked, active, category, variant_of, attributes.
    """

    cursor: str
    more: bool
    reset: bool
    products: list[list[Any]]


class StrandedReply(msgspec.Struct, frozen=True):
    """The document is kept, under this number of the quarantine list."""

    number: int
    repeated: bool
