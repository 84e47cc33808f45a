"""A finished sale is never refused for what the books say, and nothing odd goes unnoticed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.errors import Conflict, TooManyLives
from edge.selling.pricing import SellLine
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.tilling import LIVES_MAX, BeginLife, doubts_of
from edge.shifts.doubts import CLOCK_MAX_MS
from edge.shifts.drawer import CloseShift, OpenShift
from edge.views.snapshots import Views
from sync.definitions import Price, Product, Rule, Staff
from sync.receipts import Discount, DiscountKind, Line, LineDetail, LineKind, Sale
from tests.edge.shop import START_MS, Shop, open_shop
from tests.edge.tilling import DAY, check_books, finished, tea


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with stock, a cashier and a manager."""
    shop = open_shop(tmp_path)
    shop.stock(TEA=100, MUG=10)
    shop.tell(Staff("ana", "Ana", ["cashier"], ""), Staff("ben", "Ben", ["manager"], ""))
    yield shop
    shop.store.close()


def _kinds(shop: Shop) -> list[str]:
    return [str(row[0]) for row in shop.rows("SELECT kind FROM worklist ORDER BY number")]


def _manual(amount_minor: int, approver: str = "", reason: str = "") -> LineDetail:
    part = Discount(DiscountKind.MANUAL, "regular", amount_minor)
    return LineDetail(discounts=(part,), approver=approver, reason=reason)


def _labelled(amount_minor: int) -> Line:
    """Make a line of 3.45 with something off by hand; a tenth of it is 34.5."""
    detail = _manual(amount_minor, reason="label")
    return Line("TEA", 1, 345, "low", 70_000, discount_minor=amount_minor, detail=detail)


def test_what_fits_the_books_leaves_nothing_to_look_at(shop: Shop) -> None:
    sold = shop.run(finished(shop, tea(2), operator="ana"))
    assert (sold.receipt, sold.total_minor) == ("t1-5-000001", 700)
    assert shop.on_hand("TEA") == 98
    assert _kinds(shop) == []


ODD = [
    ("unknown-sku", Line("GHOST", 1, 100, "low", 70_000)),
    ("price", tea(price_minor=300)),
    ("discount", Line("TEA", 1, 350, "low", 70_000, discount_minor=100, detail=_manual(100))),
    ("discount", _labelled(36)),
    ("tax", Line("TEA", 1, 350, "low", 190_000)),
]
FINE = [
    Line("TEA", 1, 350, "low", 70_000, discount_minor=35, detail=_manual(35)),
    _labelled(35),
    Line("TEA", 1, 300, "low", 70_000, detail=LineDetail(approver="ben")),
    Line("TEA", 1, 300, "low", 70_000, detail=LineDetail(reason="label")),
    Line("TEA", 1, 350, "low", 70_000, discount_minor=300, detail=_manual(300, "ben")),
    Line("POSTAGE", 1, -100, "", 0, kind=LineKind.CHARGE),
    Line("FREE", 1, 4711, "low", 70_000),
]


@pytest.mark.parametrize(("kind", "line"), ODD)
def test_what_does_not_fit_is_sold_and_looked_at(shop: Shop, kind: str, line: Line) -> None:
    shop.run(finished(shop, line, tea(), operator="ana"))
    assert _kinds(shop) == [kind]


@pytest.mark.parametrize("line", FINE)
def test_what_somebody_may_do_is_nothing_to_look_at(shop: Shop, line: Line) -> None:
    free = Product("FREE", {"en": "Open"}, [], "pc", "low", 1, attributes={"open_price": "1"})
    shop.tell(free)
    shop.run(finished(shop, line, tea(), operator="ana"))
    assert _kinds(shop) == []


def test_a_manager_needs_nobodys_word_and_a_cashiers_word_is_none(shop: Shop) -> None:
    cheap = tea(price_minor=1)
    shop.run(finished(shop, cheap, operator="ben"))
    assert _kinds(shop) == []
    said = Line("TEA", 1, 1, "low", 70_000, detail=LineDetail(approver="ana"))
    shop.run(finished(shop, said, operator="ana", number=2))
    assert _kinds(shop) == ["price"]


def test_the_price_before_is_good_for_who_has_not_heard_yet(shop: Shop) -> None:
    shop.tell(Price("TEA", 400))
    shop.run(finished(shop, tea(price_minor=350)))
    shop.run(finished(shop, tea(price_minor=400), number=2))
    assert _kinds(shop) == []
    shop.tell(Price("TEA", 450))
    shop.run(finished(shop, tea(price_minor=350), number=3))
    assert _kinds(shop) == ["price"]


def test_the_rules_of_headquarters_set_the_limits(shop: Shop) -> None:
    shop.tell(Rule("limits", '{"cashier_discount_ppm": 500000, "price_override": true}'))
    half = Line("TEA", 1, 350, "low", 70_000, discount_minor=175, detail=_manual(175))
    shop.run(finished(shop, half, tea(price_minor=1)))
    assert _kinds(shop) == []
    shop.tell(Rule("limits", '{"cashier_discount_ppm": "lots"}'))
    shop.run(finished(shop, half, number=2))
    assert _kinds(shop) == ["discount"]


def test_a_number_that_is_taken_loses_no_sale(shop: Shop) -> None:
    first = shop.run(finished(shop, number=7))
    second = shop.run(finished(shop, number=7))
    assert first.receipt == second.receipt
    assert _kinds(shop) == ["receipt-number"]
    assert shop.on_hand("TEA") == 98
    check_books(shop)


def test_numbers_may_arrive_in_any_order(shop: Shop) -> None:
    for number in (3, 1, 7, 2):
        shop.run(finished(shop, number=number))
    shop.run(finished(shop, life=6))
    shop.sell(SellLine("TEA"))
    assert _kinds(shop) == []
    check_books(shop)


def test_a_life_is_found_by_its_receipt_whatever_the_nodes_life(shop: Shop) -> None:
    """A till's life and the node's generation may be the same number."""
    views = Views(str(shop.path))
    goods = (ReturnLine(sku="TEA"),)
    returned = shop.run(ReturnGoods(shop.new_id(), "t1", None, goods))
    mine = shop.run(finished(shop, life=1))
    assert returned.receipt == mine.receipt == "t1-1-000001"
    found = views.sale_by_receipt("t1-1-000001")
    assert found is not None
    assert found.sale.id == mine.id
    views.close()
    check_books(shop)


def test_a_name_is_kept_where_no_product_has_it(shop: Shop) -> None:
    known = Line("TEA", 1, 350, "low", 70_000, detail=LineDetail(name="Jasmine tea"))
    other = Line("TEA", 1, 350, "low", 70_000, detail=LineDetail(name="Tea of the day"))
    sale_id = shop.run(finished(shop, known, other)).id
    found = shop.store.books.find(sale_id)
    assert found is not None
    assert isinstance(found.fact.body, Sale)
    assert [line.detail and line.detail.name for line in found.fact.body.lines] == [
        None,
        "Tea of the day",
    ]


def test_a_wrong_clock_is_noticed_once(shop: Shop) -> None:
    ahead = START_MS + CLOCK_MAX_MS + 60_000
    shop.run(finished(shop, at_ms=ahead))
    shop.run(finished(shop, at_ms=ahead, number=2))
    assert _kinds(shop) == ["clock"]
    late = START_MS - 3 * CLOCK_MAX_MS
    shop.run(finished(shop, at_ms=late, number=3, till="t2", detached=True))
    assert _kinds(shop) == ["clock"]
    shop.run(finished(shop, at_ms=late, number=4, till="t2"))
    assert _kinds(shop) == ["clock", "clock"]
    assert shop.rows("SELECT max(at_ms) FROM fact WHERE kind = 2") == [(ahead,)]


def test_a_repeat_is_the_same_sale_whoever_sends_it(shop: Shop) -> None:
    sale_id = shop.new_id()
    first = shop.run(finished(shop, sale_id=sale_id, operator="ana"))
    again = shop.run(finished(shop, sale_id=sale_id, operator="ben"))
    assert (again.repeated, again.seq) == (True, first.seq)
    with pytest.raises(Conflict):
        shop.run(finished(shop, tea(2), sale_id=sale_id))
    assert shop.on_hand("TEA") == 99


def test_a_shift_decides_the_business_day_and_late_sales_are_noticed(shop: Shop) -> None:
    shop.run(OpenShift(shop.new_id(), "t1", 0, business_day=DAY + 5))
    sold = shop.run(finished(shop, drawer="t1", shift=1))
    assert sold.business_day == DAY + 5
    shop.run(CloseShift(shop.new_id(), "t1", 1, ()))
    late = shop.run(finished(shop, drawer="t1", shift=1, number=2))
    assert late.business_day == DAY + 5
    shop.run(finished(shop, drawer="t1", shift=9, number=3))
    assert _kinds(shop) == ["late-sale", "late-sale"]


def test_every_life_is_greater_than_all_before(shop: Shop) -> None:
    lives = [shop.run(BeginLife("t1")).life for _ in range(3)]
    assert lives == sorted(set(lives))
    shop.run(finished(shop, life=lives[-1] + 1000))
    assert shop.run(BeginLife("t1")).life > lives[-1] + 1000
    assert shop.run(BeginLife("t2")).life == shop.store.books.generation * LIVES_MAX + 1


def test_nodes_of_the_same_minute_give_no_life_twice(shop: Shop) -> None:
    generation = shop.store.books.generation
    mine = [shop.run(BeginLife("t1")).life for _ in range(LIVES_MAX - 1)]
    assert generation * LIVES_MAX < min(mine)
    assert max(mine) < (generation + 1) * LIVES_MAX
    with pytest.raises(TooManyLives, match="another name"):
        shop.run(BeginLife("t1"))


def test_doubts_change_nothing(shop: Shop) -> None:
    before = shop.rows("SELECT * FROM worklist")
    command = finished(shop, tea(price_minor=1))
    sale = Sale("t1", 1, DAY, "EUR", list(command.lines), list(command.tenders))
    assert doubts_of(command, sale, shop.store.books)
    assert shop.rows("SELECT * FROM worklist") == before
