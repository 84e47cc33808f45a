"""A store spends the rights that this life of its node holds, and never one more, linked or not.

What was credited here less what was debited and passed on stands in this journal's own counters;
what headquarters allotted to this life stands in `entitlement`. Nobody else can lower the sum, so
it needs no asking. A predecessor's rights stay its own: only headquarters can free them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from edge.books import checks
from edge.books.postings import VOID
from edge.books.reads import Reads
from edge.books.tasks import Task, task
from edge.books.transaction import Books, derived_id, request_digest
from edge.errors import AlreadyReversed, BadField, BadQuantity, RightsShort, UnknownFact
from edge.selling.pricing import portion
from edge.selling.refunds import give_back
from sync.entitlements import (
    GIFT,
    POINTS,
    Allotted,
    Credited,
    Debited,
    PassedOn,
    Recalled,
    Reversed,
    Wanted,
    card_shown,
    is_key,
)
from sync.facts import Fact
from sync.identity import Replica, headquarters_for
from sync.quantities import Kind, spendable
from sync.receipts import Return, Sale, Void
from sync.values import QUANTITY_MAX, line_amount_minor

_OWN = (
    "SELECT kind, value FROM sku JOIN quantity ON quantity.sku = sku.number"
    " WHERE sku.sku = ? AND kind >= 30 AND author ="
    " (SELECT no FROM journal, node WHERE name = store || '-n' || generation)"
)
_SAID = (
    "SELECT allotted, elsewhere, blocked, want, as_of_ms FROM entitlement, node"
    " WHERE key = ? AND entitlement.generation = node.generation"
)
_ALLOT = (
    "INSERT INTO entitlement (key, generation, allotted, elsewhere, blocked, want, as_of_ms)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
    " allotted = allotted + excluded.allotted, want = max(want, excluded.want),"
    " elsewhere = iif(excluded.as_of_ms >= as_of_ms, excluded.elsewhere, elsewhere),"
    " blocked = iif(excluded.as_of_ms >= as_of_ms, excluded.blocked, blocked),"
    " as_of_ms = max(as_of_ms, excluded.as_of_ms)"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Rights over a key: `here` can be spent now (below zero: a debt), the rest is hearsay.

    `elsewhere` others held and `blocked` ended lives held, as headquarters knew at `as_of_ms` (0:
    it never said) when it answered the request number `answered` of this life. `allotted` is what
    it handed to this life so far.
    """

    key: str
    here: int
    elsewhere: int
    blocked: int
    as_of_ms: int
    answered: int
    allotted: int


def standing(reads: Reads, key: str) -> Standing:
    """Rights over a key as they stand; raise BadField for a key that is none."""
    if not is_key(key):
        raise BadField("key", "key")
    said = reads.connection.execute(_SAID, (key,)).fetchone()
    allotted, elsewhere, blocked, want, as_of_ms = said or (0, 0, 0, 0, 0)
    counts = {Kind(k): value for k, value in reads.connection.execute(_OWN, (key,))}
    here = spendable(counts | {Kind.ALLOTTED: allotted})
    return Standing(key, here, elsewhere, blocked, as_of_ms, want, allotted)


class Redeem(msgspec.Struct, frozen=True):
    """Spend rights held here for a sale (16 bytes, or empty)."""

    id: bytes
    key: str
    amount: int
    sale_id: bytes = b""
    actor: str = ""
    at_ms: int | None = None

    def run(self, books: Books) -> "Spent":
        """Commit it, or find it committed; raise RightsShort where less is held here."""
        request = request_digest(self)
        if books.prior(self.id, request, Debited) is not None:
            return _spent(books, self.id, repeated=True)
        checks.integer(self.amount, 1, QUANTITY_MAX, "amount", BadQuantity)
        checks.name(self.actor, "actor")
        held = standing(books, self.key)
        if held.here < self.amount:
            raise rights_short(held, self.amount)
        body = Debited(self.key, self.amount, self.sale_id)
        books.append(self.id, books.when(self.at_ms), self.actor, body, request)
        return _spent(books, self.id, repeated=False)


class Reverse(msgspec.Struct, frozen=True):
    """Undo a redemption as a whole: the sale it was for did not come about."""

    id: bytes
    key: str
    redeemed_id: bytes
    actor: str = ""
    at_ms: int | None = None

    def run(self, books: Books) -> "Spent":
        """Commit it, or find it committed; raise UnknownFact or AlreadyReversed."""
        request = request_digest(self)
        if books.prior(self.id, request, Reversed) is not None:
            return _spent(books, self.id, repeated=True)
        checks.name(self.actor, "actor")
        debit = books.find(self.redeemed_id)
        body = debit and debit.fact.body
        if not isinstance(body, Debited) or body.taken_back or body.key != self.key:
            raise UnknownFact("redemption", "redeemed_id")
        if debit is None or debit.journal != books.journal:
            raise UnknownFact("other-box", "redeemed_id")
        if VOID in books.undone(self.redeemed_id):
            raise AlreadyReversed("redemption", "redeemed_id")
        undone = Reversed(self.key, body.amount, self.redeemed_id)
        books.append(self.id, books.when(self.at_ms), self.actor, undone, request)
        return _spent(books, self.id, repeated=False)


class Ask(msgspec.Struct, frozen=True):
    """Ask headquarters for so many rights that `amount` can be spent here; 0: only for its word."""

    id: bytes
    key: str
    amount: int = 0

    def run(self, books: Books) -> int:
        """Write the request; return its number, which headquarters' answer names."""
        held = standing(books, self.key)
        checks.integer(self.amount, 0, QUANTITY_MAX, "amount", BadQuantity)
        total = held.allotted + (max(self.amount - held.here, 0) if self.amount else 0)
        return books.append(self.id, books.clock(), "", Wanted(self.key, total))


class Spent(msgspec.Struct, frozen=True):
    """A redemption (above zero) or its reversal (below) on record; `here` is what is left."""

    id: bytes
    key: str
    amount: int
    here: int
    repeated: bool
    journal: str
    seq: int


def _spent(reads: Reads, fact_id: bytes, *, repeated: bool) -> Spent:
    found = reads.find(fact_id)
    assert found is not None  # noqa: S101 - the caller wrote or found it
    body = found.fact.body
    assert isinstance(body, Debited | Reversed)  # noqa: S101 - likewise
    amount = body.amount if isinstance(body, Debited) else -body.amount
    here = standing(reads, body.key).here
    return Spent(fact_id, body.key, amount, here, repeated, found.journal, found.seq)


def rights_short(held: Standing, wanted: int, *, asked: bool | None = None) -> RightsShort:
    """Say that there is less than is wanted; `asked`: whether headquarters could be asked."""
    kind, _, account = held.key.partition(":")
    unit, name = (
        ("_minor", "card") if kind == GIFT else ("", "member" if kind == POINTS else "coupon")
    )
    told: dict[str, int | str] = {
        name: card_shown(account) if kind == GIFT else account,
        f"here{unit}": max(held.here, 0),
        f"wanted{unit}": wanted,
    }
    if asked is None:
        return RightsShort(kind, "amount", **told)
    case = f"{kind}-{'asked' if asked else 'cut-off'}"
    if held.as_of_ms:
        case += "-blocked" if held.blocked else "-known"
        told |= {f"elsewhere{unit}": held.elsewhere, "known_ms": held.as_of_ms}
    if held.as_of_ms and held.blocked:
        told[f"blocked{unit}"] = held.blocked
    return RightsShort(case, "amount", **told)


# -- what headquarters says ----------------------------------------------------------------------


def take(books: Books, author: Replica, fact: Fact) -> None:
    """Take in what headquarters allots, and pass on at once what it recalls from this life."""
    body = fact.body
    if not isinstance(body, Allotted | Recalled):
        return
    if author != headquarters_for(books.store, author.generation):
        return
    match body:
        case Allotted():
            row = (body.key, body.generation, body.amount, body.elsewhere, body.blocked, body.want)
            books.connection.execute(_ALLOT, (*row, fact.at_ms))
        case Recalled() if body.generation == books.generation and not body.final:
            amount = min(max(standing(books, body.key).here, 0), body.amount)
            answer = PassedOn(body.key, amount, body.amount)
            books.append(derived_id(fact.id, b"passed on"), books.clock(), "", answer)
        case _:
            pass


# -- what sales and returns do -------------------------------------------------------------------


def credit_of_sale(books: Books, sale_id: bytes, at_ms: int, sale: Sale, actor: str = "") -> None:
    """Credit the gift cards a sale sold, at face value, and the points its member earned.

    Call it in the sale's commit, once. What makes no key is put on the worklist: a sale that was
    made is never refused.
    """
    for at, key, amount in _credits(sale):
        if not is_key(key) or not 0 < amount <= QUANTITY_MAX:
            books.attend(_not_credited(key, amount), at_ms, sale_id)
            continue
        fact_id = derived_id(sale_id, f"credit {at}".encode())
        books.append(fact_id, at_ms, actor, Credited(key, amount, sale_id, "sold"))


def _not_credited(key: str, amount: int) -> Task:
    kind, _, account = key.partition(":")
    if kind == "points":
        return task("points-not-credited", points=amount, member=account)
    return task("card-not-credited", sold_minor=amount, card=card_shown(account))


def _credits(sale: Sale) -> Iterator[tuple[int, str, int]]:
    for at, line in enumerate(sale.lines):
        if line.detail is not None and line.detail.voucher:
            face = line_amount_minor(line.quantity, line.price_minor, line.price_quantity)
            yield at, f"{GIFT}:{line.detail.voucher}", face
    if sale.points and sale.member:
        yield -1, f"{POINTS}:{sale.member}", sale.points


def debit_of_return(
    books: Books, fact_id: bytes, at_ms: int, body: Return | Void, actor: str = ""
) -> None:
    """Take back what a returned or voided sale credited; give back what it is refunded with.

    Call it right after the return or void was appended. Of a gift card only what is left here is
    taken back, and what is missing goes to the worklist; points may go below zero: a debt, paid by
    what is earned here next or by rights from elsewhere, which headquarters is asked for.
    """
    found = books.find(body.sale) if body.sale else None
    sale = found.fact.body if found is not None else None
    if isinstance(sale, Sale):
        for at, key, amount in _taken_back(books, sale, body):
            taken = _left(books, fact_id, at_ms, key, amount)
            if taken:
                debit_id = derived_id(fact_id, f"debit {at}".encode())
                books.append(debit_id, at_ms, actor, Debited(key, taken, fact_id, taken_back=True))
            held = standing(books, key)
            if held.here < 0:
                ask_id = derived_id(fact_id, f"ask {at}".encode())
                books.append(ask_id, at_ms, actor, Wanted(key, held.allotted - held.here))
    paid = sale.tenders if isinstance(sale, Sale) else []
    back = body.tenders or (paid if isinstance(body, Void) else ())
    give_back(books, (fact_id, at_ms, actor), back, paid)


def _taken_back(reads: Reads, sale: Sale, body: Return | Void) -> Iterator[tuple[int, str, int]]:
    """What of each credit of a sale an undoing takes back; all undoings add up to all of it."""
    if isinstance(body, Void):
        yield from ((at, key, amount) for at, key, amount in _credits(sale) if is_key(key))
        return
    undone = reads.undone(body.sale)
    after = {at: undone.get(str(at), 0) for at in range(len(sale.lines))}
    before = dict(after)
    for line in body.lines:
        if line.line >= 0:
            before[line.line] -= line.quantity
    for at, key, amount in _credits(sale):
        if at >= 0:
            whole, was, now = sale.lines[at].quantity, before[at], after[at]
        else:
            whole, was, now = sale.total_minor, _refunded(sale, before), _refunded(sale, after)
        taken = portion(amount, whole, was, now - was) if whole > 0 else 0
        if is_key(key) and taken > 0:
            yield at, key, taken


def _refunded(sale: Sale, undone: Mapping[int, int]) -> int:
    """What has been refunded of a sale after so many units of each of its lines came back."""
    lines = enumerate(sale.lines)
    return sum(portion(x.amount_minor, x.quantity, 0, undone[at]) for at, x in lines)


def _left(books: Books, fact_id: bytes, at_ms: int, key: str, amount: int) -> int:
    """What can be taken back of a credit: of points all, of a card what has not been spent."""
    if key.startswith(POINTS):
        return amount
    left = min(amount, max(standing(books, key).here, 0))
    if left < amount:
        card = card_shown(key.partition(":")[2])
        odd = task("not-taken-back", spent_minor=amount - left, card=card)
        books.attend(odd, at_ms, fact_id)
    return left
