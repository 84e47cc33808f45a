"""Cash changes hands in whole coins, and the tenders add up to the cent all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import BadTender, TenderShort
from edge.selling.pricing import SellLine, TenderLine, settle
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.rounding import ROUNDING, in_coins, pay_out, rounded_minor
from edge.selling.sales import Sell, VoidSale
from edge.selling.till_returns import UndoSale
from edge.shifts.drawer import CloseShift, OpenShift, shift_result
from edge.shifts.reads import fact_at, shift_row
from edge.shifts.reports import report_of
from sync.definitions import Rule, Staff
from sync.receipts import Tender
from tests.edge.shop import Shop, open_shop
from tests.edge.tilling import DAY, check_books, finished, tea

COINS = st.sampled_from((1, 5, 10, 50, 100))
MINOR = st.integers(1, 10_000)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop that rounds to 0.05, in its first shift."""
    shop = open_shop(tmp_path)
    shop.stock(TEA=1000)
    shop.tell(Rule("cash.rounding", '{"to_minor": 5}'), Staff("ben", "Ben", ["manager"], ""))
    shop.run(OpenShift(shop.new_id(), "t1", 5000, business_day=DAY))
    yield shop
    shop.store.close()


def _rounded(total_minor: int, cash_minor: int) -> tuple[Tender, ...]:
    return (Tender("cash", cash_minor), Tender(ROUNDING, total_minor - cash_minor))


def _void(shop: Shop, sale_id: bytes, tenders: tuple[Tender, ...] = ()) -> list[Tender]:
    """Undo a sale at the till; return what was paid back."""
    void = VoidSale(shop.new_id(), sale_id, "twice", tenders=tenders)
    shop.run(UndoSale(void, "t1", "ben"))
    found = shop.store.books.find(void.id)
    assert found is not None
    return list(found.fact.body.tenders)  # type: ignore[union-attr]


def test_halves_go_away_from_zero() -> None:
    assert [in_coins(minor, 5) for minor in (0, 2, 3, -2, -3)] == [0, 0, 5, 0, -5]
    assert [in_coins(minor, 100) for minor in (49, 50, -49, -50)] == [0, 100, 0, -100]


@given(MINOR, COINS, st.integers(0, 10_000), st.integers(0, 100))
def test_what_is_settled_adds_up(total: int, coin: int, card: int, more: int) -> None:
    card = min(card, total)
    cash = in_coins(total - card, coin) + more * coin
    settled = settle(total, [TenderLine("card", card), TenderLine("cash", cash)], coin)
    assert sum(x.amount_minor for x in settled) == total
    assert 2 * abs(rounded_minor(settled)) <= coin - (coin == 1)
    net = sum(x.amount_minor for x in settled if x.kind in ("cash", "change"))
    assert net == in_coins(total - card, coin)


@given(MINOR, MINOR, COINS, st.integers(-50, 50))
def test_what_is_paid_out_adds_up(card: int, cash: int, coin: int, taken: int) -> None:
    tenders = [Tender("card", card), Tender("cash", cash)]
    paid = pay_out(tenders, coin, taken)
    assert sum(x.amount_minor for x in paid) == card + cash
    assert sum(x.amount_minor for x in paid if x.kind == "cash") % coin == 0
    assert pay_out(tenders, 1) == tenders


def test_cards_are_exact_and_cash_must_reach_the_rounded_rest() -> None:
    card = TenderLine("card", 998)
    assert settle(998, [card], 5) == [Tender("card", 998)]
    part = [TenderLine("cash", 500), TenderLine("card", 498)]
    assert [x.kind for x in settle(998, part, 5)] == ["cash", "card"]
    with pytest.raises(TenderShort):
        settle(998, [TenderLine("card", 997)], 5)
    with pytest.raises(TenderShort):
        settle(998, [TenderLine("cash", 995)], 5)
    with pytest.raises(BadTender):
        settle(998, [TenderLine("card", 1000), TenderLine("cash", 0)], 5)
    with pytest.raises(BadTender):
        settle(998, [TenderLine("cash", 1000), TenderLine(ROUNDING, -2)], 5)


def test_the_nodes_own_sales_give_change_in_coins(shop: Shop) -> None:
    line = SellLine(sku="TEA", price_minor=333)
    sold = shop.run(Sell(shop.new_id(), "t9", (line,), (TenderLine("cash", 1000),)))
    assert [(x.kind, x.amount_minor) for x in sold.tenders] == [
        ("cash", 1000),
        ("change", -665),
        (ROUNDING, -2),
    ]


def test_the_drawer_is_right_to_the_cent(shop: Shop) -> None:
    sale = finished(shop, tea(2, 333), tenders=_rounded(666, 665), drawer="t1", shift=1)
    back = ReturnGoods(
        shop.new_id(), "t1", sale.id, (ReturnLine(0),), drawer="t1", shift=1, reason="torn"
    )
    shop.run(sale)
    refund = shop.run(back)
    assert [(x.kind, x.amount_minor) for x in refund.tenders] == [("cash", 335), (ROUNDING, -2)]
    other = shop.run(
        finished(shop, tea(1, 998), number=2, tenders=_rounded(998, 1000), drawer="t1", shift=1)
    )
    shift = shift_row(shop.store.books, "t1", 1)
    assert shift is not None
    opened = fact_at(shop.store.books, shift.place).id
    sums = report_of(shop.store.books, shift).sums
    assert sums.tenders == {"cash": 5000 + 665 - 335 + 1000, ROUNDING: 1 + 2 - 2}
    assert sum(sums.tenders.values()) - 5000 == sums.net_minor
    assert shift_result(shop.store.books, opened, repeated=False).tenders == ("cash",)
    assert _void(shop, other.id) == [Tender("cash", 1000), Tender(ROUNDING, -2)]
    closed = shop.run(CloseShift(shop.new_id(), "t1", 1, (("cash", 5330),)))
    assert closed.closing is not None
    assert [(x.kind, x.expected_minor) for x in closed.closing[1].counts] == [("cash", 5330)]
    assert closed.sums.tenders == {"cash": 5330, ROUNDING: 1 + 2 - 2 + 2}
    check_books(shop)


def test_a_void_pays_back_what_was_taken_whatever_the_rule_says_now(shop: Shop) -> None:
    paid = (Tender("card", 300), Tender("cash", 200), Tender(ROUNDING, -2))
    sale = shop.run(finished(shop, tea(1, 498), tenders=paid, drawer="t1", shift=1))
    shop.tell(Rule("cash.rounding", "null"))
    asked = (Tender("card", 300), Tender("cash", 198))
    assert _void(shop, sale.id, asked) == list(paid)


@pytest.mark.parametrize(("cash", "doubts"), [(1000, []), (995, ["cash"]), (998, [])])
def test_what_was_rounded_beyond_the_rule_is_looked_at(
    shop: Shop, cash: int, doubts: list[str]
) -> None:
    line = tea(1, 998)
    shop.tell(Rule("limits", '{"price_override": true}'))
    shop.run(finished(shop, line, tenders=_rounded(998, cash), operator="ben"))
    assert [row[0] for row in shop.rows("SELECT kind FROM worklist")] == doubts


@pytest.mark.parametrize("value", ['{"to_minor": 0}', '{"to_minor": "5"}', "[]", '{"to_minor": 1}'])
def test_without_a_rule_nothing_is_rounded(shop: Shop, value: str) -> None:
    shop.tell(Rule("cash.rounding", value))
    line = SellLine(sku="TEA", price_minor=333)
    sold = shop.run(Sell(shop.new_id(), "t9", (line,), (TenderLine("cash", 335),)))
    assert [(x.kind, x.amount_minor) for x in sold.tenders] == [("cash", 335), ("change", -2)]
    refund = shop.run(ReturnGoods(shop.new_id(), "t9", sold.id, (ReturnLine(0),)))
    assert [(x.kind, x.amount_minor) for x in refund.tenders] == [("cash", 333)]
