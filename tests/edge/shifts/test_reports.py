"""A report adds up exactly: compared with a naive sum over the same facts, cent by cent."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.selling.pricing import TenderLine
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import VoidSale
from edge.selling.till_returns import TakeBack, UndoSale
from edge.shifts.drawer import CloseShift, MoveCash, OpenShift
from edge.shifts.reads import shift_row
from edge.shifts.reports import Report, fold, report_of
from sync.bodies import AnyBody
from sync.cash import AuditEntry, CashKind, CashMoved
from sync.facts import Fact
from sync.receipts import (
    Discount,
    DiscountKind,
    Line,
    LineDetail,
    Return,
    ReturnedLine,
    Sale,
    Tender,
    Void,
)
from tests.edge.shop import START_MS, Shop, open_shop
from tests.edge.tilling import DAY, check_books, finished, tea

MINOR = st.integers(0, 10_000)
TENDERS = st.lists(
    st.builds(Tender, st.sampled_from(["cash", "card", "gift", "change"]), st.integers(-500, 500)),
    max_size=4,
).map(tuple)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A line at one of two rates, discounted in up to two ways."""
    parts = draw(
        st.lists(
            st.builds(Discount, st.sampled_from(DiscountKind), st.just("x"), st.integers(1, 99)),
            max_size=2,
        )
    )
    return Line(
        "TEA",
        draw(st.integers(1, 9)),
        draw(MINOR),
        draw(st.sampled_from(["low", "full"])),
        draw(st.sampled_from([70_000, 190_000])),
        draw(st.booleans()),
        discount_minor=sum(part.amount_minor for part in parts) + draw(st.integers(0, 1)),
        detail=LineDetail(discounts=tuple(parts)) if parts else None,
    )


SALES = st.builds(
    lambda lines, tenders: Sale("t1", 1, DAY, "EUR", lines, list(tenders)),
    st.lists(lines(), min_size=1, max_size=4),
    TENDERS,
)
RETURNS = st.builds(
    lambda parts, tenders: Return(
        "t1",
        1,
        DAY,
        "EUR",
        b"",
        [ReturnedLine(-1, "TEA", 1, amount, "low", tax) for amount, tax in parts],
        list(tenders),
        sum(amount for amount, _ in parts),
        "",
    ),
    st.lists(st.tuples(MINOR, st.integers(0, 99)), min_size=1, max_size=3),
    TENDERS,
)
CASH = st.builds(
    lambda kind, minor: CashMoved("t1", 1, DAY, "EUR", kind, minor, ""),
    st.sampled_from(CashKind),
    MINOR,
)
AUDITS = st.sampled_from(["reprint", "no-sale", "price-override", "discount"]).map(
    lambda action: AuditEntry(action, b"", "t1")
)


@given(st.lists(st.one_of(SALES, RETURNS, CASH, AUDITS), max_size=20), st.sets(st.integers(0, 19)))
def test_a_fold_is_the_naive_sum(bodies: list[AnyBody], voided: set[int]) -> None:
    facts = [Fact(bytes([at]) * 16, START_MS, 0, "", body) for at, body in enumerate(bodies)]
    sales = {fact.id: fact.body for fact in facts if isinstance(fact.body, Sale)}
    for at in voided & set(range(len(bodies))):
        sale = sales.get(bytes([at]) * 16)
        if sale is not None:
            tenders = (Tender("cash", sale.total_minor),)
            total, tax = sale.total_minor, sale.tax_minor
            void = Void("t1", DAY, "EUR", bytes([at]) * 16, [], total, "", tax, tenders)
            facts.append(Fact(bytes([99]) * 16, START_MS, 0, "", void))
    sums = fold(facts, sales.get)
    drawer: Counter[str] = Counter()
    net = tax_minor = 0
    for fact in facts:
        body = fact.body
        sign = 1 if isinstance(body, Sale) else -1
        match body:
            case Sale():
                net += body.total_minor
                tax_minor += body.tax_minor
            case Return():
                net -= body.total_minor
                tax_minor -= sum(line.tax_minor for line in body.lines)
            case Void():
                net -= body.total_minor
                tax_minor -= body.tax_minor
            case CashMoved():
                drawer["cash"] += {0: 1, 1: -1, 2: -1, 3: 0}[body.kind] * body.amount_minor
        for tender in getattr(body, "tenders", ()):
            drawer["cash" if tender.kind == "change" else tender.kind] += sign * tender.amount_minor
    assert {kind: minor for kind, minor in sums.tenders.items() if minor} == {
        kind: minor for kind, minor in drawer.items() if minor
    }
    assert (sums.net_minor, sums.tax_minor) == (net, tax_minor)
    assert sum(row.net_minor + row.tax_minor for row in sums.tax.values()) == net
    discounts = sum(line.discount_minor for sale in sales.values() for line in sale.lines)
    assert sums.discount_minor == discounts
    actions = Counter(fact.body.action for fact in facts if isinstance(fact.body, AuditEntry))
    assert sums.reprints == actions["reprint"]
    assert sums.overrides == actions["price-override"] + actions["discount"]


# -- in the books --------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with a till in its first shift."""
    shop = open_shop(tmp_path)
    shop.stock(TEA=1000)
    shop.run(OpenShift(shop.new_id(), "t1", 5000, business_day=DAY))
    yield shop
    shop.store.close()


def _report(shop: Shop, number: int) -> Report:
    shift = shift_row(shop.store.books, "t1", number)
    assert shift is not None
    return report_of(shop.store.books, shift)


def test_everything_that_moves_cash_is_expected_in_the_drawer(shop: Shop) -> None:
    paid = (Tender("card", 200), Tender("cash", 1000), Tender("change", -150))
    sale = shop.run(finished(shop, tea(3), tenders=paid, drawer="t1", shift=1))
    goods = ReturnGoods(shop.new_id(), "t1", sale.id, (ReturnLine(0, quantity=1),))
    shop.run(TakeBack(goods))
    other = shop.run(finished(shop, number=2, drawer="t1", shift=1))
    void = VoidSale(shop.new_id(), other.id, "twice", drawer="t1", shift=1)
    shop.run(void)
    for kind, minor in ((CashKind.PAY_IN, 70), (CashKind.PAY_OUT, 30), (CashKind.DROP, 4000)):
        shop.run(MoveCash(shop.new_id(), "t1", kind, minor))
    sums = _report(shop, 1).sums
    assert sums.tenders == {"cash": 5000 + 850 - 350 + 350 - 350 + 70 - 30 - 4000, "card": 200}
    assert (sums.sales.count, sums.returns.count, sums.voids.count) == (2, 1, 1)
    check_books(shop)


def test_a_return_of_another_day_is_taxed_as_it_was_sold(shop: Shop) -> None:
    sale = shop.run(finished(shop, tea(2), drawer="t1", shift=1))
    shop.run(CloseShift(shop.new_id(), "t1", 1, ()))
    shop.run(OpenShift(shop.new_id(), "t1", 0, business_day=DAY + 1))
    back = (ReturnLine(0, quantity=2),)
    tenders = (TenderLine("card", 700),)
    shop.run(TakeBack(ReturnGoods(shop.new_id(), "t1", sale.id, back, tenders)))
    sums = _report(shop, 2).sums
    assert {key: row.tax_minor for key, row in sums.tax.items()} == {("low", 70_000): -46}
    assert sums.tenders["card"] == -700
    assert (sums.net_minor, _report(shop, 2).grand_total_minor) == (-700, 0)


def test_a_closed_report_says_for_good_what_its_fact_says(shop: Shop) -> None:
    shop.run(finished(shop, tea(2), drawer="t1", shift=1))
    closed = shop.run(CloseShift(shop.new_id(), "t1", 1, (("cash", 5600),)))
    for number in (2, 3):
        shop.run(finished(shop, number=number, drawer="t1", shift=1))
    again = _report(shop, 1)
    assert again == closed
    assert again.closing is not None
    body = again.closing[1]
    sums = again.sums
    assert (body.sales, body.net_minor, body.tax_minor) == (1, sums.net_minor, sums.tax_minor)
    assert [(x.kind, x.expected_minor, x.counted_minor) for x in body.counts] == [
        ("cash", 5700, 5600)
    ]


def test_late_documents_are_in_the_next_report_and_in_no_other(shop: Shop) -> None:
    shop.run(CloseShift(shop.new_id(), "t1", 1, ()))
    late = shop.run(finished(shop, drawer="t1", shift=1))
    for number in (2, 3):
        shop.run(OpenShift(shop.new_id(), "t1", 0))
        shop.run(CloseShift(shop.new_id(), "t1", number, ()))
    reports = [_report(shop, number) for number in (1, 2, 3)]
    assert [[x.fact.id for x in report.late] for report in reports] == [[], [late.id], []]
    assert [report.grand_total_minor for report in reports] == [0, 350, 350]
    check_books(shop)


def test_grand_totals_add_up_all_that_the_drawer_ever_sold(shop: Shop) -> None:
    total = 0
    for number in range(1, 6):
        total += shop.run(
            finished(shop, tea(number), number=number, drawer="t1", shift=number)
        ).total_minor
        report = shop.run(CloseShift(shop.new_id(), "t1", number, ()))
        assert report.grand_total_minor == total
        shop.run(OpenShift(shop.new_id(), "t1", 0))


def test_an_undone_sale_of_a_till_keeps_its_word(shop: Shop) -> None:
    """`UndoSale` finds drawer and shift by itself, the same for a repeat after the shift."""
    sale = shop.run(finished(shop, drawer="t1", shift=1))
    undo = UndoSale(VoidSale(shop.new_id(), sale.id, "twice"), "t1", "boss")
    shop.store.books.connection.execute(
        "INSERT INTO staff VALUES ('boss', 'Boss', '[\"manager\"]', '', 1, 1)"
    )
    first = shop.run(undo)
    shop.run(CloseShift(shop.new_id(), "t1", 1, ()))
    assert shop.run(undo).seq == first.seq
    assert _report(shop, 1).sums.voids.count == 1


@pytest.mark.parametrize("action", ["training", "training-end", "training-approval"])
def test_what_was_only_practised_is_no_override(action: str) -> None:
    entry = AuditEntry(action, b"", "t1", "", "ben")
    assert fold([Fact(bytes(16), START_MS, 0, "ana@t1", entry)], lambda _: None).overrides == 0


@pytest.mark.parametrize(
    ("action", "approver", "counted"), [("no-sale", "", 1), ("no-sale", "ben", 0)]
)
def test_a_drawer_opened_for_nothing_is_counted_once(
    action: str, approver: str, counted: int
) -> None:
    """What was approved is followed by its own movement of cash."""
    entry = AuditEntry(action, b"", "t1", "test", approver)
    sums = fold([Fact(bytes(16), START_MS, 0, "ana@t1", entry)], lambda _: None)
    assert (sums.no_sales, sums.overrides) == (counted, 0)
