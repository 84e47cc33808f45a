"""A fact is encoded once by its author and never again: hashes, copies, repairs use those bytes."""

from collections.abc import Sequence

import msgspec

from sync.bodies import AnyBody, GoodsReceipt, TransferIn
from sync.definitions import Price, Product
from sync.effects import movements
from sync.entitlements import Allotted, Entitlement, PassedOn, is_key, is_reserved
from sync.lots import lots_fault
from sync.orders import (
    Arrived,
    InTransit,
    PurchaseOrder,
    Received,
    damage_fault,
    fault_of,
)
from sync.quantities import Movement
from sync.receipts import Line, LineKind, Return, Sale, Tender, Void
from sync.values import MONEY_MAX_MINOR, QUANTITY_MAX, RATE_SCALE_PPM

ID_BYTES = 16
LINES_MAX = 500


class FactError(ValueError):
    """Bytes that are no fact, or a fact that contradicts itself."""


class Fact(msgspec.Struct, array_like=True, frozen=True):
    """One entry of a journal.

    `id` is the 16-byte identity minted by whoever asked for it (a repeat has the same), `at_ms`
    UTC milliseconds, `offset_min` the local offset from UTC, `actor` the device or person.
    """

    id: bytes
    at_ms: int
    offset_min: int
    actor: str
    body: AnyBody


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Fact)


def encode_fact(fact: Fact) -> bytes:
    """Encode a fact into the bytes that are hashed, stored and sent."""
    return _encoder.encode(fact)


def decode_fact(data: bytes) -> Fact:
    """Decode a fact and check it against itself; raise FactError on anything else."""
    return read_fact(data)[0]


def read_fact(data: bytes) -> tuple[Fact, list[Movement]]:
    """Decode and check a fact like `decode_fact`, and return with it what it moves."""
    try:
        fact = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FactError(f"not a fact: {error}") from None
    return fact, check_fact(fact)


def check_fact(fact: Fact) -> list[Movement]:
    """Return what a fact moves; raise FactError where it contradicts itself or its ranges."""
    if len(fact.id) != ID_BYTES:
        raise FactError(f"a fact's id must have {ID_BYTES} bytes")
    if not 0 < fact.at_ms < 2**43 or not -900 <= fact.offset_min <= 900:
        raise FactError("a fact's time is out of range")
    lines: Sequence[object] = getattr(fact.body, "lines", ())
    if len(lines) > LINES_MAX:
        raise FactError(f"a fact may have at most {LINES_MAX} lines")
    moved = movements(fact.body)
    for sku, _, quantity in moved:
        if not 0 < quantity <= QUANTITY_MAX:
            raise FactError(f"a quantity must be 1 to {QUANTITY_MAX} base units")
        if not sku.isprintable():
            raise FactError("a SKU must consist of printable characters")
    _check_money(fact.body)
    fault = _expectation_fault(fact.body) or lots_fault(fact.body, moved)
    if fault:
        raise FactError(fault)
    return moved


def _check_money(body: AnyBody) -> None:
    match body:
        case Sale():
            total_minor = sum(_checked_amount(line) for line in body.lines)
            _check_total(total_minor, body.tenders, body.currency)
        case Return():
            if any(not 0 < line.quantity <= QUANTITY_MAX for line in body.lines):
                raise FactError(f"a line's quantity must be 1 to {QUANTITY_MAX}")
            if sum(line.amount_minor for line in body.lines) != body.total_minor:
                raise FactError("the lines of a return must add up to its total")
            _check_total(body.total_minor, body.tenders, body.currency)
        case Void() if body.tenders:
            _check_total(body.total_minor, body.tenders, body.currency)
        case Entitlement():
            _check_entitlement(body)
        case Product() | Price():
            if is_reserved(body.sku):
                raise FactError(f"no product may be called {body.sku!r}: it names an entitlement")
            if not 0 <= body.price_minor <= MONEY_MAX_MINOR or body.price_quantity < 1:
                raise FactError("a price must be 0 or more, for at least one base unit")
        case _:
            pass


def _check_entitlement(body: Entitlement) -> None:
    if not is_key(body.key):
        raise FactError(f"{body.key!r} is no key such as gift:CODE, points:MEMBER or coupon:CODE")
    amount, lowest = getattr(body, "amount", 1), int(not isinstance(body, PassedOn | Allotted))
    if amount < lowest or getattr(body, "asked", 0) < 0:
        raise FactError(f"an amount must be {lowest} to {QUANTITY_MAX}")


def _expectation_fault(body: AnyBody) -> str:
    match body:
        case Received() | PurchaseOrder() | Arrived() | InTransit():
            return fault_of(body)
        case GoodsReceipt() | TransferIn() if body.damaged:
            return damage_fault(body.lines, body.damaged)
        case _:
            return ""


def _checked_amount(line: Line) -> int:
    """Check a line and return what the customer pays for it."""
    if not 0 < line.quantity <= QUANTITY_MAX or not 0 < line.price_quantity <= QUANTITY_MAX:
        raise FactError(f"a line's quantity must be 1 to {QUANTITY_MAX}")
    if abs(line.price_minor) > MONEY_MAX_MINOR or abs(line.discount_minor) > MONEY_MAX_MINOR:
        raise FactError(f"a price must stay within {MONEY_MAX_MINOR} minor units")
    if line.price_minor < 0 and line.kind is not LineKind.CHARGE:
        raise FactError("only a charge may have a negative price")
    if not 0 <= line.tax_ppm <= RATE_SCALE_PPM:
        raise FactError(f"a tax rate must be 0 to {RATE_SCALE_PPM} ppm")
    amount_minor = line.amount_minor
    if abs(amount_minor) > MONEY_MAX_MINOR:
        raise FactError(f"a line must stay within {MONEY_MAX_MINOR} minor units")
    return amount_minor


def _check_total(total_minor: int, tenders: Sequence[Tender], currency: str) -> None:
    if not currency.isprintable():
        raise FactError("a currency must consist of printable characters")
    if abs(total_minor) > MONEY_MAX_MINOR:
        raise FactError(f"a total must stay within {MONEY_MAX_MINOR} minor units")
    if sum(tender.amount_minor for tender in tenders) != total_minor:
        raise FactError("the tenders must add up to the total")
