"""What a fact adds to headquarters' books is a function of its bytes alone.

A fact that cannot be read, or whose numbers no column could hold, is poison: it stays in its
journal as it came, is put in quarantine and moves nothing.
"""

from dataclasses import dataclass
from typing import Any, get_args

from sync.bodies import AnyBody, Born, HeadquartersBody, Promise, Release, Revoked, Shortfall
from sync.cash import CashMoved, ShiftClosed, ShiftOpened
from sync.definitions import Price, Product, Rule, Staff, StoreProfile, TaxRate
from sync.facts import FactError, read_fact
from sync.identity import GENERATION_MAX, check_store
from sync.quantities import Movement
from sync.receipts import Return, Sale, Void

POISON = 0
NAME_MAX = 64
_DAYS_MAX = 100_000
_DOCUMENTS_MAX = 10**9
_GRAND_TOTAL_MAX_MINOR = 10**15
_FROM_HEADQUARTERS = get_args(HeadquartersBody)
_NAMES_OF_DEFINITIONS: dict[type, str] = {
    Product: "sku",
    Price: "sku",
    TaxRate: "code",
    Staff: "staff",
    Rule: "name",
    StoreProfile: "store",
}


@dataclass(slots=True)
class Day:
    """Sums of one store's business day in one currency, minor units but for the counts."""

    sales: int = 0
    returns: int = 0
    voids: int = 0
    gross_minor: int = 0
    discount_minor: int = 0
    tax_minor: int = 0
    returned_minor: int = 0
    voided_minor: int = 0
    net_minor: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as the books see it; `kind` is its body's tag, `POISON` for one nobody can read."""

    id: bytes | None
    kind: int
    at_ms: int
    movements: list[Movement]
    body: AnyBody | None
    reason: str = ""


def read_entry(data: bytes, from_headquarters: bool) -> Entry:
    """Read a fact of a store's journal, or of headquarters'; never raises on hostile bytes."""
    try:
        fact, moved = read_fact(data)
        body = fact.body
        if isinstance(body, _FROM_HEADQUARTERS) != from_headquarters and type(body) is not Born:
            raise FactError(f"a {type(body).__name__} does not belong in this author's journal")
        _check_body(body)
    except FactError as error:
        return Entry(None, POISON, 0, [], None, str(error))
    return Entry(fact.id, kind_of(type(body)), fact.at_ms, moved, body)


def kind_of(body: type) -> int:
    """Tag of a body's type, as it is stored in `fact.kind` and `definition.kind`."""
    config: Any = getattr(body, "__struct_config__", None)
    return int(config.tag)


def check_name(name: str) -> str:
    """Return a SKU, code or name unchanged; raise FactError where it is none."""
    if not 0 < len(name) <= NAME_MAX or "\0" in name:
        raise FactError(f"{name[:80]!r} is no name: 1 to {NAME_MAX} characters, no NUL")
    return name


def definition_name(body: AnyBody) -> str | None:
    """Return the name under which a body of headquarters defines something; None for others."""
    field = _NAMES_OF_DEFINITIONS.get(type(body))
    return None if field is None else str(getattr(body, field))


def shortfalls(body: AnyBody) -> list[tuple[str, int]]:
    """Return what a body says was sold although it was reserved, as (sku, base units)."""
    return [(x.sku, x.quantity) for x in body.lines] if isinstance(body, Shortfall) else []


def _check_body(body: AnyBody) -> None:
    name = definition_name(body)
    if name is not None:
        check_name(name)
    match body:
        case Sale() | Return() | Void() | ShiftOpened() | CashMoved():
            _check_receipt(body.business_day, body.currency)
        case ShiftClosed():
            _check_receipt(body.business_day, body.currency)
            if max(body.sales, body.returns, body.voids) > _DOCUMENTS_MAX:
                raise FactError(f"a shift has at most {_DOCUMENTS_MAX} documents of a kind")
            if abs(body.grand_total_minor) > _GRAND_TOTAL_MAX_MINOR:
                raise FactError(f"a drawer sells at most {_GRAND_TOTAL_MAX_MINOR} minor units")
        case Shortfall():
            for line in body.lines:
                check_name(line.sku)
        case StoreProfile():
            _check_profile(body)
        case Promise() | Release():
            check_name(body.order)
        case Revoked() if not 1 <= body.generation <= GENERATION_MAX:
            raise FactError(f"a generation must be 1 to {GENERATION_MAX}")
        case _:
            pass


def _check_profile(body: StoreProfile) -> None:
    try:
        check_store(body.store)
    except ValueError as error:
        raise FactError(str(error)) from None
    if "\0" in body.name + body.region + body.currency:
        raise FactError("a profile must not contain NUL")


def _check_receipt(business_day: int, currency: str) -> None:
    if not 0 <= business_day < _DAYS_MAX:
        raise FactError(f"a business day must be 0 to {_DAYS_MAX - 1} days after 1970-01-01")
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise FactError("a currency must be three letters of ISO 4217")


def add_to_day(days: dict[tuple[int, str], Day], body: AnyBody) -> None:
    """Add a sale, return or void to the sums of its business day and currency."""
    match body:
        case Sale():
            day = days.setdefault((body.business_day, body.currency), Day())
            day.sales += 1
            for line in body.lines:
                amount_minor, tax_minor = line.amounts
                day.gross_minor += amount_minor
                day.net_minor += amount_minor
                day.tax_minor += tax_minor
                day.discount_minor += line.discount_minor
        case Return():
            day = days.setdefault((body.business_day, body.currency), Day())
            day.returns += 1
            day.returned_minor += body.total_minor
            day.net_minor -= body.total_minor
            day.tax_minor -= sum(line.tax_minor for line in body.lines)
        case Void():
            day = days.setdefault((body.business_day, body.currency), Day())
            day.voids += 1
            day.voided_minor += body.total_minor
            day.tax_minor -= body.tax_minor
            day.net_minor -= body.total_minor
        case _:
            pass
