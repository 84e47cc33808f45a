"""A sale's receipt says all that was sold, why it cost that and how it was paid; it adds up."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.bitmap import Symbol
from devices.receipt import Code, Paper
from edge.receipts.sale import sale_document, sum_taxes
from edge.receipts.scene import Marks
from edge.selling.tilling import BY_LABEL
from sync.receipts import Discount, DiscountKind, Line, LineDetail, Tender
from tests.edge.receipts.papers import (
    ID,
    LINES,
    NUMBER,
    ROLLS,
    SALE,
    TOTAL_MINOR,
    entry,
    lines_of,
    said,
    scene,
    without,
)


def test_golden() -> None:
    sale = without(SALE, lines=LINES[:3], tenders=[Tender("cash", 4600)], points=0, member="")
    document = sale_document(entry(), sale, scene(points=None), Marks())
    assert lines_of(document, Paper(32)) == [
        "     Mitte",
        "        Lindenstraße 12",
        "           VAT ID DE1",
        "--------------------------------",
        "Receipt         t1-990000-000042",
        "2026-11-22 11:56         Till t1",
        "Business day          2026-11-22",
        "Served by                    Ana",
        "Sold while the till was offline",
        "--------------------------------",
        "Jasmine tea              38.97 A",
        "  3 × 12.99",
        "  3 for 2                -4.33  ",
        "Apples                    2.16 A",
        "  0.542 kg × 3.99/kg",
        "Mug                       8.00 B",
        "  Price changed, was 10.00",
        "  Reason: damaged box",
        "  Approved by: Ben",
        "  Member price           -0.80  ",
        "--------------------------------",
        "TOTAL EUR  44.00",
        "You saved                 5.13  ",
        "Cash                     46.00  ",
        "--------------------------------",
        "Tax          Net     Tax   Gross",
        "A 7 %      34.39    2.41   36.80",
        "B 19 %      6.05    1.15    7.20",
        "",
        "  For returns, show this code",
        "",
        "           Thank you",
    ]


@pytest.mark.parametrize("paper", ROLLS)
def test_everything_that_is_known_of_a_sale_is_on_its_receipt(paper: Paper) -> None:
    text = said(sale_document(entry(), SALE, scene(), Marks()), paper)
    for part in (
        "Serial no. 356938035643809",
        "Lot L22, use by 2027-07-01",
        "Gift card ****0007",
        "Ref. ****0100",
        "Balance of gift card 15.00",
        "Balance of gift card ****0007 50.00",
        "Points earned +61",
        "Points balance 412",
        "Change 10.00",
        "C 0 %",
        "D 8.25 %",
        "Subtotal",
    ):
        assert part in text, part


def test_what_was_rounded_stands_between_the_total_and_what_was_paid() -> None:
    paid = [Tender("cash", 5000), Tender("change", -595), Tender("rounding", -5)]
    sale = without(SALE, lines=LINES[:3], tenders=paid, points=0, member="")
    lines = lines_of(sale_document(entry(), sale, scene(points=None), Marks()), Paper(32))
    at = lines.index("TOTAL EUR  44.00")
    assert [line.rstrip() for line in lines[at + 2 : at + 5]] == [
        "Rounding                  0.05",
        "Cash                     50.00",
        "Change                    5.95",
    ]


def test_chinese() -> None:
    text = said(sale_document(entry(), SALE, scene("zh"), Marks()))
    for part in ("茉莉花茶", "合计 EUR", "找零 10.00", "营业日", "税号 DE1", "谢谢", "离线收银"):
        assert part in text, part
    assert not re.search(r"Receipt|Total|Till|Cash|Tax", text)


def test_the_code_is_number_and_id_and_none_in_training() -> None:
    codes = [b for b in sale_document(entry(), SALE, scene(), Marks()).blocks if _is_code(b)]
    assert codes == [Code(Symbol.QR, f"{NUMBER}/{ID}")]
    document = sale_document(entry(), SALE, scene(), Marks(training=True))
    assert not any(_is_code(block) for block in document.blocks)
    assert said(document).count("T R A I N I N G") == 2


def _is_code(block: object) -> bool:
    return isinstance(block, Code)


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        (Marks(copy=True), "* COPY *"),
        (Marks(voided=True), "* VOIDED *"),
        (Marks(training=True), "Not a receipt"),
        (Marks(gift=True), "GIFT RECEIPT"),
    ],
)
def test_a_print_that_is_not_the_original_says_so(marks: Marks, words: str) -> None:
    assert words in said(sale_document(entry(), SALE, scene(), marks))
    assert words not in said(sale_document(entry(), SALE, scene(), Marks()))


def test_a_gift_receipt_tells_no_price_and_no_gift_card() -> None:
    text = said(sale_document(entry(), SALE, scene(), Marks(gift=True)))
    assert not re.search(r"\d\.\d\d(?!\d)", text.replace("t1-990000", ""))
    assert "GC-" not in text
    assert "Serial no. 356938035643809" in text
    assert "0.542 kg" in text


def test_a_price_from_the_label_needs_no_explaining() -> None:
    detail = LineDetail(list_price_minor=399, reason=BY_LABEL)
    sale = without(SALE, lines=[Line("APPLE", 500, 250, "low", 70_000, detail=detail)])
    text = said(sale_document(entry(), sale, scene(), Marks()))
    assert "Price changed" not in text
    assert BY_LABEL not in text.lower()


def test_a_typed_price_needs_no_explaining_and_the_tills_own_reasons_have_words() -> None:
    def receipt(reason: str, language: str = "en") -> str:
        detail = LineDetail(reason=reason, approver="ben" if reason == "no-price" else "")
        sale = without(SALE, lines=[Line("APPLE", 500, 250, "low", 70_000, detail=detail)])
        return said(sale_document(entry(), sale, scene(language), Marks()))

    assert "open-price" not in receipt("open-price")
    assert "Reason: Had no price" in receipt("no-price")
    assert "Approved by: Ben" in receipt("no-price")
    assert "破损" in receipt("damaged", "zh")
    assert "Reason: crushed corner" in receipt("crushed corner")


def test_a_name_given_at_the_till_stays() -> None:
    detail = LineDetail(name="Old lamp")
    sale = without(SALE, lines=[Line("MUG", 1, 100, "", 0, detail=detail)])
    assert "Old lamp" in said(sale_document(entry(), sale, scene("zh"), Marks()))
    known = without(sale, lines=[Line("MUG", 1, 100, "", 0, detail=LineDetail(name="Mug"))])
    assert "马克杯" in said(sale_document(entry(), known, scene("zh"), Marks()))


def test_a_huge_receipt_fits_the_narrow_roll() -> None:
    line = Line("TEA", 10**6, 99_999, "full", 190_000)
    sale = without(SALE, lines=[line], tenders=[Tender("cash", line.amount_minor)])
    assert "999,990,000.00" in said(sale_document(entry(), sale, scene(), Marks()), Paper(32))


def _shared(off: int, share: int, *, approver: str = "wei") -> Line:
    whole = Discount(DiscountKind.MANUAL, "goodwill", share, "Goodwill", whole=True)
    own = (Discount(DiscountKind.PROMOTION, "p1", off, "3 for 2"),) if off else ()
    detail = LineDetail(discounts=(*own, whole), reason="goodwill", approver=approver)
    return Line("TEA", 3, 1299, "low", 70_000, discount_minor=off + share, detail=detail)


def test_a_discount_on_the_whole_sale_stands_once_below_the_lines() -> None:
    sold = [_shared(433, 346), _shared(0, 390)]
    total = sum(line.amount_minor for line in sold)
    sale = without(SALE, lines=sold, tenders=[Tender("cash", total)], points=0, member="")
    rows = lines_of(sale_document(entry(), sale, scene(points=None), Marks()), Paper(32))
    at = rows.index("Discount: Goodwill       -7.36  ")
    assert rows[at - 1].startswith("---")
    assert [row for row in rows if "Goodwill" in row] == [rows[at]]
    assert rows[at + 1] == "  Approved by: wei"
    assert [row for row in rows if "Approved by" in row] == [rows[at + 1]]
    assert rows[at + 2].startswith("---")
    assert [row for row in rows if "Reason" in row] == []


def test_a_promotion_of_the_whole_sale_stands_there_once_by_its_name() -> None:
    part = Discount(DiscountKind.PROMOTION, "spend-50", 250, "5.00 off from 50.00", whole=True)
    line = _shared(0, 390)
    assert line.detail is not None
    detail = replace(line.detail, discounts=(part, *line.detail.discounts))
    sold = [replace(line, discount_minor=640, detail=detail)] * 2
    total = sum(one.amount_minor for one in sold)
    sale = without(SALE, lines=sold, tenders=[Tender("cash", total)], points=0, member="")
    rows = lines_of(sale_document(entry(), sale, scene(points=None), Marks()), Paper(32))
    at = rows.index("5.00 off from 50.00      -5.00  ")
    assert rows[at - 1].startswith("---")
    assert rows[at + 1] == "Discount: Goodwill       -7.80  "
    assert rows[at + 2] == "  Approved by: wei"


lines = st.builds(
    lambda quantity, price, off, ppm, added, told, whole: Line(
        "TEA",
        quantity,
        price,
        f"t{ppm}",
        ppm,
        added,
        discount_minor=min(off, quantity * price),
        detail=LineDetail(
            discounts=(
                Discount(DiscountKind.MANUAL, "x", min(off, quantity * price, told), "", whole),
            )
        ),
    ),
    st.integers(1, 50),
    st.integers(0, 10_000),
    st.integers(0, 5_000),
    st.sampled_from([0, 70_000, 190_000, 82_500]),
    st.booleans(),
    st.integers(0, 5_000),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(lines, min_size=1, max_size=8))
def test_the_column_adds_up_by_hand(sold: list[Line]) -> None:
    total = sum(line.amount_minor for line in sold)
    sale = without(SALE, lines=sold, tenders=[Tender("cash", total)], points=0, member="")
    rows = lines_of(sale_document(entry(), sale, scene(points=None), Marks()), Paper())
    rules = [at for at, row in enumerate(rows) if row.startswith("---")]
    until = next(at for at, row in enumerate(rows) if row.startswith(("Subtotal", "TOTAL EUR")))
    amounts = [_amount(row) for row in rows[rules[1] + 1 : until]]
    added = sum(line.tax_minor for line in sold if line.tax_added)
    assert sum(amounts) + added == total
    (shown,) = [row for row in rows if row.startswith("TOTAL EUR")]
    assert shown.endswith(f" {total // 100:,}.{total % 100:02}")


def _amount(row: str) -> int:
    """Amount in the right column of a row, 0 for a row that only explains."""
    found = re.search(r" (-?[\d,]+\.\d\d) .$", row)
    return int(re.sub(r"[,.]", "", found[1])) if found else 0


@given(st.lists(lines, min_size=1, max_size=8))
def test_the_tax_table_adds_up_to_the_receipt(sold: list[Line]) -> None:
    taxes = sum_taxes((x.tax_code, x.tax_ppm, x.amount_minor, x.tax_minor) for x in sold)
    assert sum(tax.gross_minor for tax in taxes) == sum(line.amount_minor for line in sold)
    assert sum(tax.tax_minor for tax in taxes) == sum(line.tax_minor for line in sold)


def test_the_total_of_the_example_is_what_was_paid() -> None:
    assert sum(tender.amount_minor for tender in SALE.tenders) == TOTAL_MINOR
