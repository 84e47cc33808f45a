"""What headquarters defines for its stores; the newest definition of a thing holds."""

import msgspec

from sync.body import Body
from sync.values import Count, Currency, Minor, Sku, Units


class Product(Body, frozen=True, tag=40):
    """A SKU as headquarters defines it; the newest definition holds. `tracked`: it has stock."""

    sku: Sku
    names: dict[str, str]
    gtins: list[str]
    unit: str
    tax_code: str
    price_minor: Minor
    price_quantity: Units = 1
    tracked: bool = True
    active: bool = True
    category: str = ""
    variant_of: str = ""
    attributes: dict[str, str] = msgspec.field(default_factory=dict)


class Price(Body, frozen=True, tag=41):
    """A new price of a SKU."""

    sku: Sku
    price_minor: Minor
    price_quantity: Units = 1


class TaxRate(Body, frozen=True, tag=42):
    """A tax code's rate in parts per million, and whether prices already contain it."""

    code: str
    rate_ppm: Count
    included: bool
    name: str = ""


class Staff(Body, frozen=True, tag=43):
    """A person: roles, and the argon2id hash of the PIN."""

    staff: str
    name: str
    roles: list[str]
    pin_hash: str
    active: bool = True


class Rule(Body, frozen=True, tag=44):
    """A named rule of the chain or, in a store's own journal, of that store; value is JSON."""

    name: str
    value: str


class StoreProfile(Body, frozen=True, tag=45):
    """A store as headquarters knows it; `currency` is ISO 4217."""

    store: str
    name: str
    region: str
    currency: Currency
    active: bool = True
