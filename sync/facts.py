"""A fact is encoded once by its author and never again: hashes, copies, repairs use those bytes."""

from collections.abc import Sequence

import msgspec

from sync.bodies import AnyBody, Price, Product, Return, Sale
from sync.effects import movements
from sync.values import MONEY_MAX_MINOR, QUANTITY_MAX

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
    try:
        fact = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FactError(f"not a fact: {error}") from None
    check_fact(fact)
    return fact


def check_fact(fact: Fact) -> None:
    """Raise FactError where a fact contradicts itself or leaves the ranges of its fields."""
    if len(fact.id) != ID_BYTES:
        raise FactError(f"a fact's id must have {ID_BYTES} bytes")
    if not 0 < fact.at_ms < 2**43 or not -900 <= fact.offset_min <= 900:
        raise FactError("a fact's time is out of range")
    lines: Sequence[object] = getattr(fact.body, "lines", ())
    if len(lines) > LINES_MAX:
        raise FactError(f"a fact may have at most {LINES_MAX} lines")
    for _, _, quantity in movements(fact.body):
        if not 0 < quantity <= QUANTITY_MAX:
            raise FactError(f"a quantity must be 1 to {QUANTITY_MAX} base units")
    _check_money(fact.body)


def _check_money(body: AnyBody) -> None:
    match body:
        case Sale() | Return():
            if abs(body.total_minor) > MONEY_MAX_MINOR:
                raise FactError(f"a total must stay under {MONEY_MAX_MINOR} minor units")
            if sum(line.amount_minor for line in body.lines) != body.total_minor:
                raise FactError("the lines of a receipt must add up to its total")
            if sum(tender.amount_minor for tender in body.tenders) != body.total_minor:
                raise FactError("the tenders of a receipt must add up to its total")
            if any(line.quantity < 1 for line in body.lines):
                raise FactError("a line's quantity must be at least 1")
        case Product() | Price():
            if not 0 <= body.price_minor <= MONEY_MAX_MINOR or body.price_quantity < 1:
                raise FactError("a price must be 0 or more, for at least one base unit")
        case _:
            pass
