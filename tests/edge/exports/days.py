"""Days of a shop with everything that can happen at a till, and exports of them."""

import csv
import json
from contextlib import closing
from pathlib import Path
from typing import Any

from edge.books import database
from edge.books.backup import KEY
from edge.exports.making import Made, Order, make
from edge.exports.poslog_files import Days
from edge.receipts.printing import RecordPrint
from edge.selling.pricing import SellLine, TenderLine
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import Sell, VoidSale
from edge.selling.tilling import FinishedSale
from edge.shifts.drawer import CloseShift, MoveCash, OpenShift
from sync.cash import CashKind
from sync.definitions import Rule
from sync.entitlements import card_account
from sync.facts import Fact, decode_fact
from sync.receipts import Discount, DiscountKind, Line, LineDetail, LineKind, Tender
from tests.edge.shop import NODE_SECRET, START_MS, Shop, open_shop
from tests.edge.tilling import DAY, finished, tea

ALL = Days(0, 99_999)
MUG = Line(
    "MUG",
    2,
    1000,
    "full",
    190_000,
    discount_minor=350,
    detail=LineDetail(
        list_price_minor=1200,
        reason="dented",
        approver="ben",
        discounts=(
            Discount(DiscountKind.PROMOTION, "p1", 250, "spring"),
            Discount(DiscountKind.MANUAL, "dent", 100, whole=True),
        ),
    ),
)
NAPKINS = Line(
    "NAPKIN",
    3,
    333,
    "us",
    82_500,
    tax_added=True,
    discount_minor=99,
    detail=LineDetail(discounts=(Discount(DiscountKind.COUPON, "c", 99),)),
)
CARD = Line(
    "GIFT",
    1,
    5000,
    "",
    0,
    kind=LineKind.SERVICE,
    detail=LineDetail(voucher=card_account("CARD-0007")),
)
COFFEE = Line("COFFEE", 542, 1999, "low", 70_000, price_quantity=1000)


class Week:
    """A shop that trades; numbers its till's receipts."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / KEY).write_bytes(NODE_SECRET)
        self.folder = folder
        self.shop: Shop = open_shop(folder)
        self.number = 0

    def open(self, number: int = 1, float_minor: int = 10_000, day: int = DAY) -> None:
        """Open a shift of drawer t1."""
        made = self.shop.run(
            OpenShift(self.shop.new_id(), "t1", float_minor, "t1", "ana@t1", business_day=day)
        )
        assert made.number == number

    def sell(self, *lines: Line, shift: int = 1, day: int = DAY, **more: Any) -> FinishedSale:
        """Sell at the till."""
        self.number += 1
        drawer = "t1" if shift else ""
        sale = finished(
            self.shop,
            *lines,
            number=self.number,
            drawer=drawer,
            shift=shift,
            operator="ana",
            business_day=day,
            **more,
        )
        self.shop.run(sale)
        return sale

    def move(self, kind: CashKind, minor: int, shift: int = 1) -> None:
        """Move cash."""
        self.shop.run(MoveCash(self.shop.new_id(), "t1", kind, minor, "why", shift, "ben", "t1"))

    def give_back(self, sale: FinishedSale, line: int = 0, shift: int = 1) -> None:
        """Take one piece back."""
        asked = (ReturnLine(line, quantity=1),)
        self.shop.run(
            ReturnGoods(
                self.shop.new_id(), "t1", sale.id, asked, drawer="t1", shift=shift, reason="torn"
            )
        )

    def void(self, sale: FinishedSale, shift: int = 1) -> None:
        """Undo a sale as a whole."""
        back = tuple(sale.tenders)
        self.shop.run(
            VoidSale(self.shop.new_id(), sale.id, "twice", drawer="t1", shift=shift, tenders=back)
        )

    def close(self, number: int = 1, cash_minor: int = 0) -> None:
        """Close a shift with what was counted of cash."""
        counted = (("cash", cash_minor),)
        self.shop.run(CloseShift(self.shop.new_id(), "t1", number, counted, "ok", "t1", "ben@t1"))

    def reprint(self, sale: FinishedSale) -> None:
        """Print a receipt twice."""
        for _ in range(2):
            self.shop.run(RecordPrint(self.shop.new_id(), sale.id, "t1", actor="ana@t1"))

    def sell_elsewhere(self, minor: int = 700) -> None:
        """Sell through the API of other systems' tills, without a shift."""
        lines = (SellLine(sku="TEA", quantity=2),)
        self.shop.run(Sell(self.shop.new_id(), "pos9", lines, (TenderLine("card", minor),)))

    def facts(self) -> list[Fact]:
        """All own facts, oldest first."""
        rows = self.shop.rows(
            "SELECT body FROM fact JOIN journal ON no = journal WHERE name LIKE 's0001-n%'"
            " ORDER BY journal, seq"
        )
        return [decode_fact(bytes(row[0])) for row in rows]  # type: ignore[call-overload]

    def export(self, form: str, days: Days = ALL, name: str = "") -> tuple[Path, Made]:
        """Export, as the command does."""
        target = self.folder / (name or f"out-{form}")
        order = Order(form, days, self.folder, target, "EUR", 2, lambda _: 60)
        made = Made()
        with closing(database.connect(self.shop.path, readonly=True)) as connection:
            for _ in make(order, connection, START_MS, made):
                pass
        return target, made


def a_busy_day(folder: Path) -> Week:
    """Two shifts, one late sale, one shift still open, and sales without a shift."""
    week = Week(folder)
    week.shop.stock(TEA=100, MUG=10)
    week.open(1)
    first = week.sell(tea(3), MUG, COFFEE, member="m1", points=4)
    paid = sum(line.amount_minor for line in (CARD, NAPKINS))
    week.sell(CARD, NAPKINS, tenders=(Tender("cash", paid + 500), Tender("change", -500)))
    week.sell(
        tea(2), tenders=(Tender("gift", 300, card_account("CARD-0007")), Tender("card", 400, "T1"))
    )
    wrong = week.sell(MUG)
    week.void(wrong)
    week.give_back(first)
    for kind, minor in (
        (CashKind.PAY_IN, 1000),
        (CashKind.PAY_OUT, 250),
        (CashKind.DROP, 4000),
        (CashKind.NO_SALE, 0),
    ):
        week.move(kind, minor)
    week.reprint(first)
    week.close(1, 12_345)
    week.open(2, day=DAY + 1)
    week.sell(tea(1), shift=1, detached=True, at_ms=START_MS - 5_000)
    week.sell(tea(1), shift=1, detached=True, at_ms=START_MS - 1_000)
    week.sell(MUG, shift=2, day=DAY + 1)
    week.close(2, 50_000)
    week.open(3, day=DAY + 2)
    week.sell(tea(5), shift=3, day=DAY + 2)
    week.sell_elsewhere()
    return week


def a_rounded_day(folder: Path) -> Week:
    """A shift in which cash is rounded to 0.05: sold, taken back, undone."""
    week = Week(folder)
    week.shop.stock(TEA=100)
    week.shop.tell(Rule("cash.rounding", '{"to_minor": 5}'))
    week.open(1)
    first = week.sell(tea(3, 333), tenders=(Tender("cash", 1000), Tender("rounding", -1)))
    change = Tender("change", -1335)
    wrong = week.sell(tea(2, 333), tenders=(Tender("cash", 2000), change, Tender("rounding", 1)))
    card = Tender("card", 331)
    week.sell(tea(1, 998), tenders=(card, Tender("cash", 665), Tender("rounding", 2)))
    week.void(wrong)
    week.give_back(first)
    week.close(1, 12_345)
    return week


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text("utf-8"))


def read_csv(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))
