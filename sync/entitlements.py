"""Rights to spend are a bounded counter: who holds them may spend them, and nobody else can.

A key names what is spent: `gift:CODE`, `points:MEMBER`, `coupon:CODE`; in the counters it stands
where goods have their SKU. Amounts are minor units, points or uses. Rights belong to one life of a
store's node or to headquarters' pool, and move only by facts of whoever holds them (Balegas et al.
2015), so that whoever is cut off spends what it holds and never what somebody else may spend.
"""

import re

from sync.body import Body
from sync.values import Count, Sku, Units

KEY_KINDS = ("gift", "points", "coupon")
_KEY = re.compile(rf"({'|'.join(KEY_KINDS)}):[A-Za-z0-9][A-Za-z0-9._-]{{0,55}}")


def is_key(text: str) -> bool:
    """Whether a text is a well-formed key."""
    return _KEY.fullmatch(text) is not None


def is_reserved(sku: str) -> bool:
    """Whether a SKU would be taken for a key: no product may be called so."""
    return sku.lower().startswith(tuple(f"{kind}:" for kind in KEY_KINDS))


class Entitlement(Body, frozen=True):
    """What happened to the rights over one key."""

    key: Sku


class Credited(Entitlement, frozen=True, tag=18):
    """Issued, topped up or earned at this store; `cause` is the id of the sale or return."""

    amount: Units
    cause: bytes = b""
    reason: str = ""


class Debited(Entitlement, frozen=True, tag=19):
    """Spent here out of rights held here, for the document `cause`.

    With `taken_back` it undoes what was credited, and may lead below zero: a debt.
    """

    amount: Units
    cause: bytes = b""
    taken_back: bool = False


class PassedOn(Entitlement, frozen=True, tag=20):
    """Rights handed to headquarters, in answer to a recall of `asked`; the amount may be 0."""

    amount: Units
    asked: Units = 0


class Wanted(Entitlement, frozen=True, tag=21):
    """A request: this life of the node is to have been allotted `total` of a key, all in all."""

    total: Count


class Reversed(Entitlement, frozen=True, tag=22):
    """A spending undone; `debit` is the id of its Debited, whose key and amount it repeats."""

    amount: Units
    debit: bytes


class Allotted(Entitlement, frozen=True, tag=50):
    """Rights handed to one life of the store's node, in answer to its `want` (a fact's number).

    `elsewhere` is what others hold, `blocked` what ended lives still held; the amount may be 0.
    """

    amount: Units
    generation: Count
    want: Count = 0
    elsewhere: Count = 0
    blocked: Count = 0


class Recalled(Entitlement, frozen=True, tag=51):
    """Headquarters asks a life of the store's node to pass rights on.

    `final`: that life has ended, nobody answers any more, and what it held counts as passed on.
    """

    amount: Units
    generation: Count
    final: bool = False
    reason: str = ""


class Issued(Entitlement, frozen=True, tag=52):
    """Headquarters issued into its pool: a coupon's cap, a card sold elsewhere, an old balance."""

    amount: Units
    reason: str = ""
