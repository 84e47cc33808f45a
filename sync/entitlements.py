"""Rights to spend are a bounded counter: who holds them may spend them, and nobody else can.

A key names what is spent: `gift:ACCOUNT`, `points:MEMBER`, `coupon:CODE`; in the counters it stands
where goods have their SKU. A gift card's code is a bearer's money and is never written down: its
account, made from it one way, stands in its place. Amounts are minor units, points or uses. Rights
belong to one life of a store's node or to headquarters' pool, and move only by facts of whoever
holds them (Balegas et al. 2015), so that whoever is cut off spends what it holds and never what
somebody else may spend.
"""

import re
from hashlib import pbkdf2_hmac

from sync.body import Body
from sync.values import Count, Sku, Units

GIFT, POINTS, COUPON = KEY_KINDS = ("gift", "points", "coupon")
_CARD_SALT, _CARD_ROUNDS, _CARD_BYTES = b"evertill gift card", 100_000, 20
_TOLD_FROM, _TOLD = 8, 4
_ACCOUNT = r"[a-p]{40}-[A-Za-z0-9._-]{0,4}"
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_CODE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,55}"
_KEY = re.compile(rf"gift:{_ACCOUNT}|(points|coupon):{_CODE}")
_CARD = re.compile(rf"gift:(?!{_ACCOUNT}$)({_CODE})")


def is_key(text: str) -> bool:
    """Whether a text is a well-formed key; one with a gift card's code in it is none."""
    return _KEY.fullmatch(text) is not None


def card_account(code: str) -> str:
    """Return the account of a gift card's code: 160 bits of PBKDF2, then the code's last four.

    Slow on purpose (RFC 8018, 100,000 rounds): what is drawn from few codes could be found by
    trying all of them. Of a code shorter than eight characters nothing is told. The bits are
    letters, for digits could look like a payment card's number.
    """
    digest = pbkdf2_hmac("sha256", code.encode(), _CARD_SALT, _CARD_ROUNDS, _CARD_BYTES)
    return f"{digest.hex().translate(_LETTERS)}-{code[-_TOLD:] if len(code) >= _TOLD_FROM else ''}"


def key_of(text: str) -> str:
    """Return the key that people or programs mean, who may know a gift card by its code."""
    card = _CARD.fullmatch(text)
    return f"gift:{card_account(card[1])}" if card else text


def shown(key: str) -> str:
    """Write a key for people: of a gift card its last characters."""
    kind, _, account = key.partition(":")
    return f"gift card {card_shown(account)}" if kind == "gift" else key


def card_shown(account: str) -> str:
    """Write a gift card's account for people: `****Z2QX`."""
    return f"****{account.partition('-')[2]}"


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
