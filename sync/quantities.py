"""Counters that only grow, one writer a row, merged by maximum: any order, any repeat, same result.

A row is `(store, sku, replica, kind) -> cumulative integer` (a state-based PN-counter with named
kinds: Shapiro et al. 2011). Rights are the bounded counter of Balegas et al. 2015: the node grants,
headquarters consumes, and neither can write the other's rows. Kinds from 30 on count entitlements
(see `sync.entitlements`), whose key takes the place of the SKU; they never touch stock.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum

from sync.values import QUANTITY_MAX

VALUE_MAX = 2**53
FIRST_ENTITLEMENT_KIND = 30


class Kind(IntEnum):
    """What a counter row counts; a kind's number is part of the wire format and never reused."""

    OPENING = 1
    RECEIVED = 2
    SOLD = 3
    RETURNED = 4
    SALE_VOIDED = 5
    RETURN_VOIDED = 6
    ADJUSTED_UP = 7
    ADJUSTED_DOWN = 8
    WRITTEN_OFF = 9
    TRANSFERRED_OUT = 10
    TRANSFERRED_IN = 11
    COUNTED_UP = 12
    COUNTED_DOWN = 13
    GRANTED = 20
    CONSUMED = 21
    RELEASED = 22
    GIVEN_BACK = 23
    FULFILLED = 24
    CREDITED = 30
    DEBITED = 31
    PASSED_ON = 32
    ISSUED = 33
    ALLOTTED = 34
    RECLAIMED = 35


ON_HAND_SIGN: Mapping[Kind, int] = {
    Kind.OPENING: 1,
    Kind.RECEIVED: 1,
    Kind.SOLD: -1,
    Kind.RETURNED: 1,
    Kind.SALE_VOIDED: 1,
    Kind.RETURN_VOIDED: -1,
    Kind.ADJUSTED_UP: 1,
    Kind.ADJUSTED_DOWN: -1,
    Kind.WRITTEN_OFF: -1,
    Kind.TRANSFERRED_OUT: -1,
    Kind.TRANSFERRED_IN: 1,
    Kind.COUNTED_UP: 1,
    Kind.COUNTED_DOWN: -1,
}

Counts = Mapping[Kind, int]
Movement = tuple[str, Kind, int]


def on_hand(counts: Counts) -> int:
    """Sum one SKU's kinds (added up over all replicas) to the base units on hand."""
    return sum(ON_HAND_SIGN.get(kind, 0) * value for kind, value in counts.items())


def promisable(counts: Counts) -> int:
    """Rights that headquarters may still promise online: granted, not consumed, not given back."""
    return (
        counts.get(Kind.GRANTED, 0)
        - counts.get(Kind.CONSUMED, 0)
        + counts.get(Kind.RELEASED, 0)
        - counts.get(Kind.GIVEN_BACK, 0)
    )


def reserved(counts: Counts) -> int:
    """Base units kept for headquarters: granted, not given back, not handed over."""
    return (
        counts.get(Kind.GRANTED, 0) - counts.get(Kind.GIVEN_BACK, 0) - counts.get(Kind.FULFILLED, 0)
    )


def sellable(counts: Counts) -> int:
    """Base units a walk-in may have without touching what is reserved; may be negative."""
    return on_hand(counts) - reserved(counts)


def spendable(counts: Counts) -> int:
    """Rights over an entitlement that a life of a node holds, or a store; below zero is a debt."""
    return (
        counts.get(Kind.CREDITED, 0)
        + counts.get(Kind.ALLOTTED, 0)
        - counts.get(Kind.DEBITED, 0)
        - counts.get(Kind.PASSED_ON, 0)
        - counts.get(Kind.RECLAIMED, 0)
    )


def pooled(counts: Counts) -> int:
    """Rights over an entitlement that headquarters holds, from the counts of all stores."""
    return (
        counts.get(Kind.ISSUED, 0)
        + counts.get(Kind.PASSED_ON, 0)
        + counts.get(Kind.RECLAIMED, 0)
        - counts.get(Kind.ALLOTTED, 0)
    )


def total(movements: Iterable[Movement]) -> dict[tuple[str, Kind], int]:
    """Add movements up per (sku, kind); raise ValueError for one that is not positive."""
    sums: dict[tuple[str, Kind], int] = {}
    for sku, kind, quantity in movements:
        if not 0 < quantity <= QUANTITY_MAX:
            raise ValueError(f"a movement of {quantity} of {sku} must be 1 to {QUANTITY_MAX}")
        sums[sku, kind] = sums.get((sku, kind), 0) + quantity
    return sums


Row = tuple[int, int, int]  # sku number of the sender, kind, cumulative value


def pack_rows(rows: Iterable[Row]) -> bytes:
    """Encode rows as LEB128 varints: per kind its number, a count, then (sku gap, value) pairs.

    SKU numbers ascend within a kind, so that a gap takes one or two bytes.
    """
    by_kind: dict[int, list[tuple[int, int]]] = {}
    for number, kind, value in sorted(rows):
        by_kind.setdefault(kind, []).append((number, value))
    out = bytearray()
    for kind, pairs in sorted(by_kind.items()):
        _put(out, kind)
        _put(out, len(pairs))
        previous = 0
        for number, value in pairs:
            _put(out, number - previous)
            _put(out, value)
            previous = number
    return bytes(out)


def unpack_rows(packed: bytes) -> list[Row]:
    """Decode what `pack_rows` wrote; raise ValueError on anything else."""
    rows: list[Row] = []
    at, end = 0, len(packed)
    while at < end:
        kind, at = _take(packed, at)
        count, at = _take(packed, at)
        Kind(kind)
        if 2 * count > end - at:
            raise ValueError("a kind announces more rows than there are bytes")
        number = 0
        for _ in range(count):
            gap, at = _take(packed, at)
            value, at = _take(packed, at)
            number += gap
            if number > VALUE_MAX:
                raise ValueError("a SKU number is larger than any count can be")
            rows.append((number, kind, value))
    return rows


def _put(out: bytearray, value: int) -> None:
    if not 0 <= value <= VALUE_MAX:
        raise ValueError(f"{value} is outside what a counter row can hold")
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _take(packed: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(packed) or shift > 49:
            raise ValueError("the packed rows end in the middle of a number")
        byte = packed[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            break
        shift += 7
    if value > VALUE_MAX:
        raise ValueError("a counter row is larger than any count can be")
    return value, at
