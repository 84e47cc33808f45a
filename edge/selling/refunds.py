"""What is refunded to a gift card or to points goes back to where it came from, and never twice.

A tender that was booked here says in its reference what it spent: `KEY ID`, where the id is that of
the redemption. `KEY` alone, or a card's account, will do for a refund.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from edge.books.postings import VOID
from edge.books.tasks import task
from edge.books.transaction import Books, derived_id
from sync.entitlements import GIFT, POINTS, Credited, Debited, Reversed, card_shown, is_key, key_of
from sync.receipts import Tender


class Booked(msgspec.Struct, frozen=True):
    """What a tender is about: its key and redemption (each may be empty), and minor units."""

    kind: str
    key: str
    redemption: bytes
    amount_minor: int


def booked_by(tender: Tender) -> Booked:
    """Read what a tender's reference says."""
    name, redemption = _split(tender.reference)
    key = name if is_key(name) else f"{GIFT}:{name}"
    if tender.kind not in (GIFT, POINTS) or not is_key(key) or not key.startswith(tender.kind):
        return Booked(tender.kind, "", b"", tender.amount_minor)
    return Booked(tender.kind, key, redemption, tender.amount_minor)


def _split(reference: str) -> tuple[str, bytes]:
    """Take `NAME ID` or `NAME` apart; anything else names nothing."""
    name, space, rest = reference.strip().partition(" ")
    try:
        return name, UUID(rest).bytes if space else b""
    except ValueError:
        return "", b""


def card_of(tender: Tender) -> str:
    """Return the account of the gift card that a tender names, empty if it names none."""
    key = booked_by(tender).key
    return key.removeprefix(f"{GIFT}:") if key.startswith(GIFT) else ""


def told(tender: Tender) -> str:
    """Write a tender's reference for people: of what was booked here no more than `****Z2QX`."""
    if tender.kind == POINTS:
        return ""
    account = card_of(tender)
    return card_shown(account) if account else tender.reference


def without_code(kind: str, reference: str) -> str:
    """Return a tender's reference with a gift card's account where it has the card's code."""
    name, redemption = _split(reference)
    key = key_of(f"{GIFT}:{name.removeprefix(f'{GIFT}:')}")
    if kind != GIFT or not is_key(key):
        return reference
    return f"{key} {UUID(bytes=redemption)}" if redemption else key


def give_back(
    books: Books, cause: tuple[bytes, int, str], back: Sequence[Tender], paid: Sequence[Tender]
) -> None:
    """Give back what the tenders of a return or void say; `cause` is its id, time and actor.

    `paid` are those of the sale: what names nothing goes to the cards and points that paid, points
    only as a whole. What has nowhere to go is put on the worklist.
    """
    fact_id, at_ms, actor = cause
    for at, part in enumerate(_parts(back, paid)):
        found = books.find(part.redemption) if part.redemption else None
        spent = found.fact.body if found is not None else None
        if not isinstance(spent, Debited) or spent.taken_back or spent.key != part.key:
            spent = None
        amount = _amount(part, spent, paid)
        refund_id = derived_id(fact_id, f"refund {at}".encode())
        if spent is not None and VOID in books.undone(part.redemption):
            continue  # somebody reversed it before
        if amount == 0:
            lost = task("not-refunded", refund_minor=part.amount_minor, tender=part.kind)
            books.attend(lost, at_ms, fact_id)
        elif found and spent and found.journal == books.journal and amount == spent.amount:
            books.append(refund_id, at_ms, actor, Reversed(part.key, amount, part.redemption))
        else:
            books.append(refund_id, at_ms, actor, Credited(part.key, amount, fact_id, "refunded"))


def _amount(part: Booked, spent: Debited | None, paid: Sequence[Tender]) -> int:
    """Return what goes back in the key's own measure, 0 where nobody can tell."""
    if part.kind == GIFT:
        return part.amount_minor if part.key else 0
    whole = any(booked_by(tender) == part for tender in paid)
    return spent.amount if spent and whole else 0


def _parts(back: Sequence[Tender], paid: Sequence[Tender]) -> Iterator[Booked]:
    booked = {kind: [booked_by(x) for x in paid if x.kind == kind] for kind in (GIFT, POINTS)}
    for tender in back:
        if tender.kind not in booked or tender.amount_minor <= 0:
            continue
        part, left = booked_by(tender), tender.amount_minor
        while not part.key and left and booked[tender.kind]:
            found = booked[tender.kind].pop(0)
            given = min(left, found.amount_minor)
            left -= given
            yield msgspec.structs.replace(found, amount_minor=given)
        if left:
            yield msgspec.structs.replace(part, amount_minor=left)
