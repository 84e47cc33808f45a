"""What deciding a command needs to know; the same reads price a sale and a quote."""

import sqlite3
from dataclasses import dataclass

import msgspec

from edge.errors import BadField, UnknownProduct
from sync.bodies import AnyBody
from sync.entitlements import KEY_KINDS
from sync.facts import Fact, decode_fact
from sync.quantities import FIRST_ENTITLEMENT_KIND, Kind, on_hand, reserved
from sync.values import parse_gtin

FIRST_HEADQUARTERS_KIND = 40
FIRST_RIGHTS_KIND = int(Kind.GRANTED)
# Which rows of `sku` are goods: the keys of entitlements are counted there too.
GOODS = " AND ".join(f"sku NOT LIKE '{kind}:%'" for kind in KEY_KINDS)


@dataclass(frozen=True, slots=True)
class Item:
    """What selling needs of a product."""

    sku: str
    tax_code: str
    price_minor: int
    price_quantity: int
    tracked: bool
    active: bool
    category: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate in parts per million, and whether prices contain it."""

    ppm: int
    included: bool


NO_TAX = Rate(0, True)


@dataclass(frozen=True, slots=True)
class Found:
    """A store's fact and where it stands."""

    fact: Fact
    journal: str
    seq: int
    request: bytes | None


_ITEM = "sku, tax_code, price_minor, price_quantity, tracked, active, category"


class Reads:
    """Reads of one connection, within whatever transaction it is in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def item(self, sku: str) -> Item | None:
        """Product by SKU."""
        sql = f"SELECT {_ITEM} FROM product WHERE sku = ?"  # noqa: S608 - a constant
        row = self.connection.execute(sql, (sku,)).fetchone()
        return row and Item(*row)

    def items_by_gtin(self, gtin: str) -> list[Item]:
        """Products that carry a GTIN of 14 digits, those for sale first."""
        sql = (
            f"SELECT {_ITEM} FROM barcode JOIN product ON product.number = barcode.product"  # noqa: S608
            " WHERE gtin = ? ORDER BY active DESC, product.number"
        )
        return [Item(*row) for row in self.connection.execute(sql, (gtin,))]

    def rate(self, code: str) -> Rate | None:
        """Tax rate of a code."""
        sql = "SELECT rate_ppm, included FROM tax_rate WHERE code = ?"
        row = self.connection.execute(sql, (code,)).fetchone()
        return row and Rate(row[0], bool(row[1]))

    def rule(self, name: str) -> str | None:
        """Value of a rule as JSON; the store's own comes before the chain's, null is none."""
        sql = (
            "SELECT value FROM rule WHERE name = ? AND value <> 'null' ORDER BY local DESC LIMIT 1"
        )
        row = self.connection.execute(sql, (name,)).fetchone()
        return row and str(row[0])

    def rule_for(self, name: str, item: Item, default: object) -> object:
        """Read a rule that is one JSON value or `{"default", "category": {}, "sku": {}}`."""
        text = self.rule(name)
        if text is None:
            return default
        try:
            value = msgspec.json.decode(text)
        except msgspec.DecodeError:
            return default
        if not isinstance(value, dict):
            return value
        by_sku, by_category = value.get("sku"), value.get("category")
        if isinstance(by_sku, dict) and item.sku in by_sku:
            return by_sku[item.sku]
        if isinstance(by_category, dict) and item.category in by_category:
            return by_category[item.category]
        return value.get("default", default)

    def counts(self, sku: str) -> dict[Kind, int]:
        """Sum up a SKU's counters over all authors."""
        sql = (
            "SELECT kind, value FROM sku JOIN quantity ON quantity.sku = sku.number"
            " WHERE sku.sku = ?"
        )
        return _sums(self.connection.execute(sql, (sku,)).fetchall())

    def on_hand(self, sku: str) -> int:
        """Base units the books say are there."""
        return on_hand(self.counts(sku))

    def has_rights(self) -> bool:
        """Whether headquarters was ever granted anything of this store's stock."""
        sql = (
            "SELECT EXISTS (SELECT 1 FROM quantity"  # noqa: S608 - constants
            f" WHERE kind >= {FIRST_RIGHTS_KIND} AND kind < {FIRST_ENTITLEMENT_KIND})"
        )
        return bool(self.connection.execute(sql).fetchone()[0])

    def reserved(self, sku: str) -> int:
        """Base units kept for headquarters."""
        sql = (
            "SELECT kind, value FROM sku JOIN quantity ON quantity.sku = sku.number"
            " WHERE sku.sku = ? AND kind >= ?"
        )
        rows = self.connection.execute(sql, (sku, FIRST_RIGHTS_KIND)).fetchall()
        return reserved(_sums(rows)) if rows else 0

    def find(self, fact_id: bytes) -> Found | None:
        """Find the store's own fact under an id, of any of its lives."""
        sql = (
            "SELECT name, seq, request, body FROM fact JOIN journal ON journal.no = fact.journal"
            " WHERE id = ? AND kind BETWEEN 1 AND ?"
        )
        row = self.connection.execute(sql, (fact_id, FIRST_HEADQUARTERS_KIND - 1)).fetchone()
        return row and Found(decode_fact(row[3]), row[0], row[1], row[2])

    def undone(self, fact_id: bytes) -> dict[str, int]:
        """List what of a fact was taken back so far, by item; see `postings.undoings`."""
        sql = "SELECT item, quantity FROM undone WHERE fact = ?"
        return dict(self.connection.execute(sql, (fact_id,)).fetchall())


def find_item(reads: Reads, sku: str, gtin: str, field: str) -> Item:
    """Find a product by SKU or GTIN; raise UnknownProduct or BadField."""
    if bool(sku) == bool(gtin):
        raise BadField("not-named", field)
    if sku:
        item = reads.item(sku)
        if item is None:
            raise UnknownProduct("sku", f"{field}.sku", sku=sku[:64])
        return item
    try:
        parsed = parse_gtin(gtin)
    except ValueError as error:
        raise BadField("gtin", f"{field}.gtin", why=str(error)) from None
    items = reads.items_by_gtin(parsed)
    if not items:
        raise UnknownProduct("gtin", f"{field}.gtin", gtin=parsed)
    if len(items) > 1 and items[1].active:
        raise BadField("gtin-ambiguous", f"{field}.gtin", gtin=parsed)
    return items[0]


def _sums(rows: list[tuple[int, int]]) -> dict[Kind, int]:
    sums: dict[Kind, int] = {}
    for number, value in rows:
        kind = Kind(number)
        sums[kind] = sums.get(kind, 0) + value
    return sums


def body_kind(body: AnyBody) -> int:
    """Tag of a body's type, as it stands in `fact.kind`."""
    tag = body.__struct_config__.tag
    assert isinstance(tag, int)  # noqa: S101 - every body is tagged by a number
    return tag
