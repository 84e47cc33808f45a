"""Gift cards, points and coupons at a store: spent within the rights it holds, never beyond."""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge.audit import Disagreement, verify
from edge.books import database
from edge.books.store import Life, begin_life
from edge.books.transaction import Books
from edge.errors import AlreadyReversed, BadField, Conflict, RightsShort, UnknownFact
from edge.selling.entitlements import (
    Ask,
    Redeem,
    Reverse,
    credit_of_sale,
    debit_of_return,
    standing,
)
from sync.bodies import AnyBody
from sync.entitlements import (
    Allotted,
    Credited,
    Debited,
    PassedOn,
    Recalled,
    Wanted,
    card_account,
    key_of,
)
from sync.facts import decode_fact
from sync.identity import Replica
from sync.quantities import Kind
from sync.receipts import Line, LineDetail, LineKind, Return, ReturnedLine, Sale, Tender, Void
from tests.edge.shop import START_MS, Headquarters, Shop, open_shop

GIFT, POINTS = key_of("gift:CODE-0X1"), "points:m1"
SALE_ID = bytes([5]) * 16


def account(code: str) -> str:
    """What a till writes down of a code."""
    return key_of(f"gift:{code}").removeprefix("gift:")


class Write:
    """Append a document with what follows from it, as the commands of tills do."""

    def __init__(self, fact_id: bytes, body: AnyBody) -> None:
        self.fact_id, self.body = fact_id, body

    def run(self, books: Books) -> None:
        books.append(self.fact_id, START_MS, "ana", self.body)
        if isinstance(self.body, Sale):
            credit_of_sale(books, self.fact_id, START_MS, self.body, "ana")
        elif isinstance(self.body, Return | Void):
            debit_of_return(books, self.fact_id, START_MS, self.body, "ana")


def sale(*vouchers: tuple[str, int], member: str = "", points: int = 0, price: int = 500) -> Sale:
    """Make a sale of two teas and of gift cards."""
    lines = [Line("TEA", 2, price, "low", 0)]
    lines += [
        Line(
            "CARD",
            1,
            worth,
            "none",
            0,
            kind=LineKind.SERVICE,
            detail=LineDetail(voucher=account(code)),
        )
        for code, worth in vouchers
    ]
    total = 2 * price + sum(worth for _, worth in vouchers)
    tenders = [Tender("cash", total)]
    return Sale("t1", 1, 20_000, "EUR", lines, tenders, member=member, points=points)


def back(number: int, line: int, quantity: int, amount: int, *tenders: Tender) -> Return:
    """Make a return of units of one line of the sale."""
    returned = ReturnedLine(line, "TEA", quantity, amount, "low", 0, restock=False)
    paid = list(tenders) or [Tender("cash", amount)]
    return Return("t1", number, 20_000, "EUR", SALE_ID, [returned], paid, amount, "r")


def here(shop: Shop, key: str) -> int:
    """Rights that can be spent."""
    return standing(shop.store.books, key).here


def bodies(shop: Shop, kind: type[AnyBody]) -> list[AnyBody]:
    """Own facts of a type."""
    sql = "SELECT body FROM fact WHERE journal = 1 ORDER BY seq"
    found = [decode_fact(body).body for (body,) in shop.store.connection.execute(sql)]
    return [body for body in found if isinstance(body, kind)]


def test_a_gift_card_is_spent_down_to_nothing_and_not_further(shop: Shop) -> None:
    shop.run(Write(SALE_ID, sale(("CODE-0X1", 5_000))))
    assert here(shop, GIFT) == 5_000
    first = Redeem(shop.new_id(), GIFT, 3_000, SALE_ID)
    assert shop.run(first).here == 2_000
    repeat = shop.run(first)
    assert (repeat.repeated, repeat.here) == (True, 2_000)
    with pytest.raises(
        RightsShort, match=r"2000 minor units of gift card [*]{4}-0X1 can be spent here, 2001 minor"
    ):
        shop.run(Redeem(shop.new_id(), GIFT, 2_001))
    assert shop.run(Redeem(shop.new_id(), GIFT, 2_000)).here == 0
    with pytest.raises(RightsShort):
        shop.run(Redeem(shop.new_id(), GIFT, 1))
    with pytest.raises(Conflict):
        shop.run(Redeem(first.id, GIFT, 2_999, SALE_ID))
    list(verify(shop.store.connection))


@pytest.mark.parametrize("key", ["", "gift:", "gift:a b", "cash:x", "gift:" + "x" * 57, "GIFT:X"])
def test_what_is_no_key_is_refused(shop: Shop, key: str) -> None:
    with pytest.raises(BadField, match="name it gift:CODE"):
        shop.run(Redeem(shop.new_id(), key, 1))


def test_a_redemption_is_reversed_once(shop: Shop) -> None:
    shop.run(Write(SALE_ID, sale(("CODE-0X1", 5_000))))
    spent = Redeem(shop.new_id(), GIFT, 3_000)
    shop.run(spent)
    reverse = Reverse(shop.new_id(), GIFT, spent.id)
    assert shop.run(reverse).here == 5_000
    assert shop.run(reverse).repeated
    with pytest.raises(AlreadyReversed):
        shop.run(Reverse(shop.new_id(), GIFT, spent.id))
    with pytest.raises(UnknownFact):
        shop.run(Reverse(shop.new_id(), key_of("gift:CODE-0X2"), spent.id))
    with pytest.raises(UnknownFact):
        shop.run(Reverse(shop.new_id(), GIFT, SALE_ID))
    assert here(shop, GIFT) == 5_000
    list(verify(shop.store.connection))


def test_a_voucher_that_is_no_code_goes_to_the_worklist(shop: Shop) -> None:
    shop.run(Write(SALE_ID, sale(("no code!", 5_000))))
    assert shop.rows("SELECT kind FROM worklist") == [("entitlement",)]
    assert bodies(shop, Credited) == []


def test_a_void_takes_back_what_is_left_of_a_card(shop: Shop) -> None:
    shop.run(Write(SALE_ID, sale(("CODE-0X1", 5_000), member="m1", points=60)))
    shop.run(Redeem(shop.new_id(), GIFT, 2_000))
    shop.run(Write(shop.new_id(), Void("t1", 20_000, "EUR", SALE_ID, [], 6_000, "wrong")))
    assert here(shop, GIFT) == 0
    assert here(shop, POINTS) == 0
    ((_, _, _, detail),) = shop.tasks()
    assert detail.startswith("2000 of gift card ****-0X1 were spent")


def test_points_that_were_spent_become_a_debt_paid_by_the_next(shop: Shop) -> None:
    shop.run(Write(SALE_ID, sale(member="m1", points=10)))
    shop.run(Redeem(shop.new_id(), POINTS, 10))
    shop.run(Write(shop.new_id(), back(2, 0, 1, 500)))
    assert here(shop, POINTS) == -5
    assert bodies(shop, Wanted) == [Wanted(POINTS, 5)]
    with pytest.raises(RightsShort, match="0 of the points of m1 can be spent here"):
        shop.run(Redeem(shop.new_id(), POINTS, 1))
    shop.run(Write(shop.new_id(), sale(member="m1", points=8)))
    assert here(shop, POINTS) == 3


@pytest.mark.parametrize("points", [1, 2, 7, 99])
@pytest.mark.parametrize("price", [1, 333])
def test_returns_take_back_exactly_what_was_earned(shop: Shop, points: int, price: int) -> None:
    shop.run(Write(SALE_ID, sale(("CODE-0X1", 501), member="m1", points=points, price=price)))
    for number in (2, 3):
        shop.run(Write(shop.new_id(), back(number, 0, 1, price)))
    assert 0 <= here(shop, POINTS) <= points
    shop.run(Write(shop.new_id(), back(4, 1, 1, 501)))
    assert here(shop, POINTS) == here(shop, GIFT) == 0
    assert all(body.taken_back for body in bodies(shop, Debited) if isinstance(body, Debited))


def test_a_refund_onto_a_card_credits_it(shop: Shop) -> None:
    shop.run(Write(SALE_ID, sale()))
    shop.run(Write(shop.new_id(), back(2, 0, 1, 500, Tender("gift", 500, card_account("X9")))))
    assert here(shop, key_of("gift:X9")) == 500


# -- with headquarters ---------------------------------------------------------------------------


def test_what_headquarters_allots_to_this_life_can_be_spent(shop: Shop) -> None:
    seq = shop.run(Ask(shop.new_id(), GIFT, 700))
    assert bodies(shop, Wanted) == [Wanted(GIFT, 700)]
    shop.tell(Allotted(GIFT, 700, 1, seq, elsewhere=50, blocked=3), local=True)
    held = standing(shop.store.books, GIFT)
    assert (held.here, held.elsewhere, held.blocked, held.answered) == (700, 50, 3, seq)
    assert held.as_of_ms == START_MS
    shop.run(Redeem(shop.new_id(), GIFT, 600))
    shop.run(Ask(shop.new_id(), GIFT, 150))
    shop.run(Ask(shop.new_id(), GIFT))
    assert bodies(shop, Wanted)[1:] == [Wanted(GIFT, 750), Wanted(GIFT, 700)]
    list(verify(shop.store.connection))


def test_what_another_life_or_store_was_allotted_can_not_be_spent(shop: Shop) -> None:
    shop.tell(Allotted(GIFT, 700, 2), local=True)
    shop.tell(Allotted(GIFT, 700, 1))
    assert here(shop, GIFT) == 0
    list(verify(shop.store.connection))


def test_a_recall_is_answered_at_once_with_what_is_there(shop: Shop) -> None:
    shop.run(Write(SALE_ID, sale(("CODE-0X1", 5_000))))
    shop.tell(Recalled(GIFT, 2_000, 1), Recalled(GIFT, 9_000, 2), local=True)
    shop.tell(Recalled(GIFT, 9_000, 1), local=True)
    shop.tell(Recalled(GIFT, 1, 1), local=True)
    assert bodies(shop, PassedOn) == [
        PassedOn(GIFT, 2_000, 2_000),
        PassedOn(GIFT, 3_000, 9_000),
        PassedOn(GIFT, 0, 1),
    ]
    assert here(shop, GIFT) == 0
    shop.receive(shop.headquarters.batch("hq-s0001-n1"))
    assert len(bodies(shop, PassedOn)) == 3
    list(verify(shop.store.connection))


def test_a_new_life_leaves_its_predecessors_rights_alone(shop: Shop) -> None:
    shop.run(Write(SALE_ID, sale(("CODE-0X1", 5_000))))
    shop.tell(Allotted(GIFT, 700, 1), local=True)
    spent = Redeem(shop.new_id(), GIFT, 100)
    shop.run(spent)
    shop.store.close()
    connection = database.connect(shop.path)
    key = Headquarters().signer.public_key
    begin_life(connection, Life(Replica("s0001", 2), bytes(16), key, "restore", "t", 1), shop.clock)
    shop.open(connection)
    assert here(shop, GIFT) == 0
    with pytest.raises(UnknownFact, match="headquarters can issue"):
        shop.run(Reverse(shop.new_id(), GIFT, spent.id))


def test_a_tampered_allotment_is_found(shop: Shop) -> None:
    shop.tell(Allotted(GIFT, 700, 1), local=True)
    shop.store.connection.execute("UPDATE entitlement SET allotted = 701")
    with pytest.raises(Disagreement, match="is 701; the journals of headquarters have 700"):
        list(verify(shop.store.connection))


def test_keys_are_no_stock(shop: Shop) -> None:
    shop.run(Write(SALE_ID, sale(("CODE-0X1", 5_000))))
    books = shop.store.books
    assert not books.has_rights()
    assert books.on_hand(GIFT) == 0
    assert books.counts(GIFT) == {Kind.CREDITED: 5_000}
    plan = shop.rows(
        "EXPLAIN QUERY PLAN SELECT EXISTS (SELECT 1 FROM quantity WHERE kind >= 20 AND kind < 30)"
    )
    assert "quantity_rights" in str(plan)


AMOUNTS = st.integers(1, 60)


class Rights(RuleBasedStateMachine):
    """Whatever a till and headquarters do, in any order: what is spent was there before."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = TemporaryDirectory()
        self.shop = open_shop(Path(self.directory.name))
        self.held = self.sales = 0
        self.spent: list[tuple[bytes, int]] = []

    @rule(amount=AMOUNTS)
    def issue(self, amount: int) -> None:
        self.sales += 1
        sold = msgspec.structs.replace(sale(("CODE-0X1", amount)), number=self.sales)
        self.shop.run(Write(self.shop.new_id(), sold))
        self.held += amount

    @rule(amount=AMOUNTS)
    def spend(self, amount: int) -> None:
        redeem = Redeem(self.shop.new_id(), GIFT, amount)
        try:
            self.shop.run(redeem)
        except RightsShort:
            assert amount > self.held
            return
        self.held -= amount
        self.spent.append((redeem.id, amount))

    @rule(repeat=st.booleans())
    def reverse(self, *, repeat: bool) -> None:
        if self.spent:
            redeemed, amount = self.spent.pop()
            command = Reverse(self.shop.new_id(), GIFT, redeemed)
            self.shop.run(command)
            if repeat:
                self.shop.run(command)
            self.held += amount

    @rule(amount=st.integers(0, 60), life=st.integers(1, 2))
    def allot(self, amount: int, life: int) -> None:
        self.shop.tell(Allotted(GIFT, amount, life), local=True)
        self.held += amount if life == 1 else 0

    @rule(amount=AMOUNTS, life=st.integers(1, 2))
    def recall(self, amount: int, life: int) -> None:
        self.shop.tell(Recalled(GIFT, amount, life), local=True)
        self.held -= min(amount, self.held) if life == 1 else 0

    @rule()
    def repeat(self) -> None:
        if "hq-s0001-n1" in self.shop.headquarters.facts:
            self.shop.receive(self.shop.headquarters.batch("hq-s0001-n1"))

    @invariant()
    def agrees(self) -> None:
        assert here(self.shop, GIFT) == self.held >= 0

    def teardown(self) -> None:
        list(verify(self.shop.store.connection))
        self.shop.store.close()
        self.directory.cleanup()


TestRights = Rights.TestCase
TestRights.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
