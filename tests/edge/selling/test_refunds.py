"""What is refunded to a gift card or to points is there again, once, whatever the tender says."""

from uuid import UUID

import pytest

from edge.errors import AlreadyReversed
from edge.selling.entitlements import Redeem, Reverse, standing
from edge.selling.pricing import TenderLine
from edge.selling.refunds import booked_by, card_of, told, without_code
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import VoidSale
from edge.selling.tilling import FinishedSale
from sync.entitlements import card_account, key_of
from sync.receipts import Tender, Void
from tests.edge.shop import Shop
from tests.edge.tilling import check_books, finished, tea
from tests.simulation.wallet import Load

CARD, POINTS = key_of("gift:8N4K-Z2QX"), "points:m1"


def here(shop: Shop, key: str = CARD) -> int:
    """What can be spent of a key."""
    return standing(shop.store.books, key).here


def paid_by_card(shop: Shop, minor: int = 500, reference: str = "{key} {id}") -> FinishedSale:
    """Sell two teas for 7.00, of which so much is paid by a card of 20.00 and the rest in cash."""
    shop.run(Load(shop.new_id(), CARD, 2_000))
    redeem = Redeem(shop.new_id(), CARD, minor)
    shop.run(redeem)
    text = reference.format(key=CARD, account=CARD.removeprefix("gift:"), id=UUID(bytes=redeem.id))
    tenders = (Tender("gift", minor, text), Tender("cash", 700 - minor))
    sale = finished(shop, tea(2), tenders=tenders)
    shop.run(sale)
    return sale


def attended(shop: Shop) -> list[object]:
    """Kinds of entries on the worklist."""
    return [kind for (kind,) in shop.rows("SELECT kind FROM worklist WHERE kind = 'entitlement'")]


@pytest.mark.parametrize("reference", ["{key} {id}", "{key}", "{account}"])
@pytest.mark.parametrize(
    "back", [(), (Tender("gift", 500), Tender("cash", 200)), (Tender("gift", 500, CARD),)]
)
def test_a_voided_sale_gives_the_card_its_money_back(
    shop: Shop, reference: str, back: tuple[Tender, ...]
) -> None:
    sale = paid_by_card(shop, reference=reference)
    back = back if len(back) != 1 else (*back, Tender("cash", 200))
    void = VoidSale(shop.new_id(), sale.id, "twice", tenders=back)
    shop.run(void)
    shop.run(void)
    assert here(shop) == 2_000
    assert attended(shop) == []
    check_books(shop)


def test_a_void_paid_back_in_cash_gives_the_card_nothing(shop: Shop) -> None:
    sale = paid_by_card(shop)
    shop.run(VoidSale(shop.new_id(), sale.id, "twice", tenders=(Tender("cash", 700),)))
    assert here(shop) == 1_500


def test_what_was_reversed_does_not_come_back_a_second_time(shop: Shop) -> None:
    sale = paid_by_card(shop)
    redemption = booked_by(sale.tenders[0]).redemption
    shop.run(Reverse(shop.new_id(), CARD, redemption))
    shop.run(VoidSale(shop.new_id(), sale.id, "twice"))
    assert here(shop) == 2_000
    other = paid_by_card(shop)
    shop.run(VoidSale(shop.new_id(), other.id, "twice"))
    assert here(shop) == 4_000
    with pytest.raises(AlreadyReversed):
        shop.run(Reverse(shop.new_id(), CARD, booked_by(other.tenders[0]).redemption))


def test_returns_go_back_to_the_card_that_paid_and_no_further(shop: Shop) -> None:
    sale = paid_by_card(shop)
    for tender in (TenderLine("gift", 350), TenderLine("gift", 350)):
        lines = (ReturnLine(quantity=1, line=0),)
        shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, lines, (tender,), "cold"))
    assert here(shop) == 1_500 + 350 + 350


def test_a_refund_to_a_card_that_nobody_named_is_attended_to(shop: Shop) -> None:
    sale = finished(shop, tea(2))
    shop.run(sale)
    refund = (TenderLine("gift", 350),)
    lines = (ReturnLine(quantity=1, line=0),)
    shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, lines, refund, "cold"))
    assert attended(shop) == ["entitlement"]


def paid_with_points(shop: Shop) -> FinishedSale:
    """Sell for 200 of 300 points, worth 4.00, and 3.00 in cash."""
    shop.run(Load(shop.new_id(), POINTS, 300))
    redeem = Redeem(shop.new_id(), POINTS, 200)
    shop.run(redeem)
    paid = (Tender("points", 400, f"{POINTS} {UUID(bytes=redeem.id)}"), Tender("cash", 300))
    sale = finished(shop, tea(2), tenders=paid)
    shop.run(sale)
    return sale


@pytest.mark.parametrize("back", [(), (Tender("points", 400), Tender("cash", 300))])
def test_points_that_paid_for_a_voided_sale_are_there_again(
    shop: Shop, back: tuple[Tender, ...]
) -> None:
    sale = paid_with_points(shop)
    shop.run(VoidSale(shop.new_id(), sale.id, "twice", tenders=back))
    assert here(shop, POINTS) == 300
    assert attended(shop) == []


def test_points_do_not_go_back_by_halves(shop: Shop) -> None:
    sale = paid_with_points(shop)
    back = (Tender("points", 399), Tender("cash", 301))
    shop.run(VoidSale(shop.new_id(), sale.id, "twice", tenders=back))
    assert here(shop, POINTS) == 100
    assert attended(shop) == ["entitlement"]


@pytest.mark.parametrize("text", ["8N4K-Z2QX", "gift:8N4K-Z2QX", " 8N4K-Z2QX ", CARD, CARD[5:]])
def test_a_reference_names_a_card_by_its_account(text: str) -> None:
    assert without_code("gift", text) == CARD
    assert without_code("gift", f"{text.strip()} {UUID(int=1)}") == f"{CARD} {UUID(int=1)}"
    assert without_code("card", text) == text
    assert card_of(Tender("gift", 1, CARD)) == card_account("8N4K-Z2QX")
    assert told(Tender("gift", 1, f"{CARD} {UUID(int=1)}")) == "****Z2QX"
    assert told(Tender("card", 1, "slip 7")) == "slip 7"


@pytest.mark.parametrize("text", ["", "no code!", f"{CARD} no-id"])
def test_a_reference_that_names_none_is_left_as_it_is(text: str) -> None:
    tender = Tender("gift", 1, without_code("gift", text))
    assert (tender.reference, card_of(tender), booked_by(tender).redemption) == (text, "", b"")


@pytest.mark.parametrize(
    ("paid", "back"),
    [
        ([("exchange", 1_000), ("change", -300)], [("cash", 700)]),
        ([("exchange", 400), ("cash", 500), ("change", -200)], [("cash", 700)]),
        ([("card", 200), ("voucher", 1_000), ("change", -500)], [("card", 200), ("voucher", 500)]),
        ([("card", 200), ("cash", 1_000), ("change", -500)], [("card", 200), ("cash", 500)]),
    ],
)
def test_nobody_is_paid_back_below_zero(
    shop: Shop, paid: list[tuple[str, int]], back: list[tuple[str, int]]
) -> None:
    sale = finished(shop, tea(2), tenders=tuple(Tender(*one) for one in paid))
    shop.run(sale)
    void = shop.run(VoidSale(shop.new_id(), sale.id, "twice", drawer="t1", shift=1))
    found = shop.store.books.find(void.id)
    assert found is not None
    assert isinstance(found.fact.body, Void)
    assert list(found.fact.body.tenders) == [Tender(*one) for one in back]
