"""A till gets all it works with from one snapshot: what is not in it, it does not need."""

from typing import Any

import msgspec

from edge.books.reads import Reads
from edge.books.rules import Training, all_rules, drawer_of_till, drawers, read_rule

CATALOGUE_MAX = 20_000
_PRODUCTS = (
    "SELECT version, number, sku, names, gtins, unit, tax_code, price_minor, price_quantity,"
    " tracked, active, category, variant_of, attributes FROM product"
    " WHERE version > ? ORDER BY version LIMIT ?"
)


class Store(msgspec.Struct, frozen=True):
    """The store by name; `region` is its country or state as headquarters names it."""

    store: str
    name: str
    region: str


class Rate(msgspec.Struct, frozen=True):
    """A tax rate in parts per million; `included`: prices contain it."""

    code: str
    rate_ppm: int
    included: bool
    name: str


class Person(msgspec.Struct, frozen=True):
    """Somebody who works here."""

    staff: str
    name: str
    roles: list[str]


class Setup(msgspec.Struct, frozen=True):
    """What the books say of a till's surroundings."""

    drawer: str
    drawers: list[str]
    store: Store
    journal: str
    tax_rates: list[Rate]
    staff: list[Person]
    rules: dict[str, Any]
    training_allowed: bool


class Catalogue(msgspec.Struct, frozen=True):
    """Products that changed, as arrays; `reset`: forget what is held, this starts over."""

    cursor: str
    more: bool
    reset: bool
    products: list[tuple[Any, ...]]


def setup_of(reads: Reads, till: str) -> Setup:
    """Read what a till needs to work but the catalogue."""
    execute = reads.connection.execute
    store, journal = execute("SELECT store, store || '-n' || generation FROM node").fetchone()
    profile = execute("SELECT name, region FROM profile WHERE store = ?", (store,)).fetchone()
    rates = execute("SELECT code, rate_ppm, included, name FROM tax_rate ORDER BY code")
    people = execute("SELECT staff, name, roles FROM staff WHERE active ORDER BY name, staff")
    tills = execute("SELECT name FROM device WHERE role = 'till' AND revoked_ms IS NULL")
    shared = drawers(reads)
    names = {shared.get(name, name) for (name,) in tills} | {drawer_of_till(reads, till)}
    return Setup(
        drawer=drawer_of_till(reads, till),
        drawers=sorted(names),
        store=Store(store, *(profile or (store, ""))),
        journal=journal,
        tax_rates=[Rate(code, ppm, bool(included), name) for code, ppm, included, name in rates],
        staff=[Person(staff, name, msgspec.json.decode(roles)) for staff, name, roles in people],
        rules=all_rules(reads),
        training_allowed=read_rule(reads, "training", Training, Training()).enabled,
    )


def catalogue_after(reads: Reads, cursor: str, limit: int) -> Catalogue:
    """Read products that changed after a cursor; one from another life of the node starts over."""
    sql = "SELECT store || '-n' || generation FROM node"
    journal = reads.connection.execute(sql).fetchone()[0]
    known, _, text = cursor.rpartition(":")
    is_known = known == journal and text.isascii() and text.isdigit() and len(text) < 16
    after = int(text) if is_known else 0
    rows = reads.connection.execute(_PRODUCTS, (after, limit + 1)).fetchall()
    page = rows[:limit]
    newest = page[-1][0] if page else after
    return Catalogue(
        cursor=f"{journal}:{newest}",
        more=len(rows) > limit,
        reset=not is_known,
        products=[_product(row) for row in page],
    )


def _product(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Make a product's array; names, GTINs and attributes are kept as JSON and pass as they are."""
    _, number, sku, names, gtins, *plain, tracked, active, category, variant_of, attributes = row
    return (
        number,
        sku,
        msgspec.Raw(names.encode()),
        msgspec.Raw(gtins.encode()),
        *plain,
        bool(tracked),
        bool(active),
        category,
        variant_of,
        msgspec.Raw(attributes.encode()),
    )
