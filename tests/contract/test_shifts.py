"""The day's Z reports of a store are headquarters' own totals, to the cent, whatever happened."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from central import shifts, totals
from central.audit import Finding, audit
from central.shifts import ShiftTotal
from central.store import Store
from edge.selling.pricing import SellLine, TenderLine
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import VoidSale
from edge.selling.till_returns import TakeBack
from edge.shifts.drawer import CloseShift, MoveCash, OpenShift
from edge.shifts.reports import Report
from sync.cash import CashKind, ShiftClosed, TenderCount
from sync.facts import decode_fact
from sync.receipts import Discount, DiscountKind, Line, LineDetail, Tender
from tests.central.chain import Chain
from tests.edge.shop import Shop, open_shop
from tests.edge.tilling import DAY, check_books, finished

DRAWERS = ("t1", "t2")


@pytest.fixture
def store() -> Iterator[Store]:
    """Headquarters' database."""
    opened = Store.in_memory()
    yield opened
    opened.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A stocked shop."""
    shop = open_shop(tmp_path)
    shop.stock(TEA=10_000, MUG=10_000, NAPKIN=10_000)
    yield shop
    shop.store.close()


class _Day:
    """Two drawers for some shifts, with everything that a day brings, drawn from a seed."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self.shop = shop
        self.draw = random.Random(seed)
        self.sold: list[tuple[bytes, int]] = []
        self.undone: set[bytes] = set()
        self.reports: list[Report] = []
        self.number = 0

    def line(self) -> Line:
        """A line with one of three tax rules, perhaps discounted."""
        sku, code, ppm, added = self.draw.choice(
            [
                ("TEA", "low", 70_000, False),
                ("MUG", "full", 190_000, False),
                ("NAPKIN", "us", 82_500, True),
            ]
        )
        quantity, price = self.draw.randint(1, 5), self.draw.randint(1, 2000)
        off = self.draw.choice([0, self.draw.randint(0, price)])
        part = Discount(DiscountKind.PROMOTION, "p", off)
        detail = LineDetail(discounts=(part,)) if off else None
        return Line(sku, quantity, price, code, ppm, added, discount_minor=off, detail=detail)

    def sell(self, drawer: str, shift: int) -> None:
        """Sell, for cash with change or by card."""
        lines = [self.line() for _ in range(self.draw.randint(1, 4))]
        total = sum(line.amount_minor for line in lines)
        given = self.draw.randint(0, 500)
        cash = (Tender("cash", total + given), Tender("change", -given))
        tenders = self.draw.choice([cash, (Tender("card", total),)])
        self.number += 1
        sale = finished(
            self.shop,
            *lines,
            till=drawer,
            tenders=tenders,
            drawer=drawer,
            shift=shift,
            number=self.number,
        )
        self.sold.append((self.shop.run(sale).id, len(lines)))

    def undo(self, drawer: str, shift: int) -> None:
        """Return a line of a sale, or void it."""
        left = [sale for sale in self.sold if sale[0] not in self.undone]
        if not left:
            return
        sale_id, lines = self.draw.choice(left)
        self.undone.add(sale_id)
        new_id = self.shop.new_id()
        if self.draw.random() < 0.5:
            void = VoidSale(new_id, sale_id, "twice", drawer=drawer, shift=shift)
            self.shop.run(void)
        else:
            line = (ReturnLine(self.draw.randrange(lines), quantity=1),)
            goods = ReturnGoods(new_id, drawer, sale_id, line, drawer=drawer, shift=shift)
            self.shop.run(TakeBack(goods))

    def run(self) -> None:
        """Live the day; the last shift of the second drawer stays open."""
        for number in (1, 2, 3):
            for drawer in DRAWERS:
                day = DAY + (number > 2)
                self.shop.run(OpenShift(self.shop.new_id(), drawer, 5000, business_day=day))
            for _ in range(12):
                drawer = self.draw.choice(DRAWERS)
                late = self.draw.random() < 0.2
                self.sell(drawer, self.draw.randint(1, number) if late else number)
                if self.draw.random() < 0.3:
                    self.undo(drawer, number)
                kind = self.draw.choice(list(CashKind))
                amount = 0 if kind is CashKind.NO_SALE else self.draw.randint(1, 900)
                self.shop.run(MoveCash(self.shop.new_id(), drawer, kind, amount))
            for drawer in DRAWERS[: 2 if number < 3 else 1]:
                counted = (("cash", self.draw.randint(0, 9999)),)
                close = CloseShift(self.shop.new_id(), drawer, number, counted)
                self.reports.append(self.shop.run(close))


def _tell(chain: Chain, shop: Shop) -> None:
    chain.add_store("s0001")
    node = chain.join("s0001-n1")
    for (body,) in shop.rows("SELECT body FROM fact WHERE journal = 1 AND seq > 1 ORDER BY seq"):
        assert isinstance(body, bytes)
        node.post(decode_fact(body).body)
    chain.settle(10)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reports_and_totals_agree_to_the_cent(store: Store, shop: Shop, seed: int) -> None:
    day = _Day(shop, seed)
    day.run()
    shop.run(
        ReturnGoods(
            shop.new_id(), "t1", None, (ReturnLine(sku="MUG"),), (TenderLine("card", 1000),)
        )
    )
    shop.sell(SellLine("TEA"))
    check_books(shop)
    chain = Chain(store)
    _tell(chain, shop)
    with store.read() as connection:
        held = {(x.drawer, x.number): x for x in shifts.by_day(connection)}
        days = totals.by_day(connection, "s0001")
        assert [step for step in audit(connection) if isinstance(step, Finding)] == []
    for report in day.reports:
        _check_report(held[report.shift.drawer, report.shift.number], report)
    late = {
        drawer: sum(x.late_minor for x in held.values() if x.drawer == drawer) for drawer in DRAWERS
    }
    assert late["t1"] == sum(r.late_minor for r in day.reports if r.shift.drawer == "t1")
    reported = sum(report.sums.net_minor for report in day.reports)
    still_open = held["t2", 3].sums.net_minor
    in_shifts = sum(shift.sums.net_minor for shift in held.values())
    assert in_shifts == reported + sum(late.values()) + still_open
    outside = 350 - 1000
    assert sum(total.net_minor for total in days) == in_shifts + outside
    for total in days:
        mine = [x.sums.net_minor for x in held.values() if x.business_day == total.business_day]
        assert total.net_minor == sum(mine) + (outside if total.business_day == DAY else 0)


def _check_report(held: ShiftTotal, report: Report) -> None:
    """Compare what headquarters added up, what the report's fact says and the report here."""
    here, sums = held.sums, report.sums
    assert held.business_day == report.shift.business_day
    assert here.grand_total_minor == report.grand_total_minor
    assert (here.said_net_minor, here.said_tax_minor) == (sums.net_minor, sums.tax_minor)
    said = here.said_sales, here.said_returns, here.said_voids
    assert said == (sums.sales.count, sums.returns.count, sums.voids.count)
    moved = here.paid_in_minor - here.paid_out_minor - here.dropped_minor
    takings = sums.tenders["cash"] - here.float_minor - moved
    assert takings + sums.tenders.get("card", 0) == sums.net_minor
    assert report.closing is not None
    counted = report.closing[1].counts[0].counted_minor
    assert held.over_short_minor == counted - sums.tenders["cash"]


def test_a_report_that_its_facts_contradict_is_found(store: Store, shop: Shop) -> None:
    shop.run(OpenShift(shop.new_id(), "t1", 0, business_day=DAY))
    shop.run(finished(shop, drawer="t1", shift=1))
    count = TenderCount("cash", 350, 350)
    forged = ShiftClosed("t1", 1, DAY, "EUR", [count], 1, 0, 0, 349, 23, 349)
    shop.store.connection.execute("BEGIN")
    shop.store.books.append(shop.new_id(), 1, "", forged)
    shop.store.connection.execute("COMMIT")
    _tell(Chain(store), shop)
    with store.read() as connection:
        found = [step for step in audit(connection) if isinstance(step, Finding)]
    assert [(one.store, one.place) for one in found] == [("s0001", "shift t1 1")]
    assert "349" in found[0].detail
