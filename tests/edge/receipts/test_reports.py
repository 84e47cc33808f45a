"""A report on paper says what its fold says, in both languages and on both rolls."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest

from devices.receipt import Document, Paper
from edge.receipts.reports import AsOf, report_document
from edge.receipts.scene import Marks
from edge.shifts.reads import Shift
from edge.shifts.reports import Late, Report, fold
from sync.bodies import AnyBody
from sync.cash import AuditEntry, CashKind, CashMoved, ShiftClosed, ShiftOpened, TenderCount
from sync.facts import Fact
from sync.receipts import Tender
from tests.edge.receipts.papers import ROLLS, SALE, TOTAL_MINOR, said, scene
from tests.edge.receipts.test_slips import RETURN, VOID

OPENED = ShiftOpened("d1", 3, 20_779, "EUR", 15_000)


def fact(body: AnyBody) -> Fact:
    """Make a fact of 2026-11-22 11:56, local time."""
    return Fact(bytes(16), 1_795_345_000_000, 60, "ana@t1", body)


def made(bodies: Sequence[AnyBody], *, closed: bool, late: bool = False) -> Report:
    """Make a report of some bodies."""
    sums = fold([fact(body) for body in bodies], lambda _: SALE)
    sums.take([Tender("cash", 15_000)])
    counts = [
        TenderCount(kind, minor, minor - 200 * (kind == "cash"))
        for kind, minor in sorted(sums.tenders.items())
    ]
    end = ShiftClosed("d1", 3, 20_779, "EUR", counts, 1, 1, 1, 0, 0, 9_912_345, "coins missing")
    return Report(
        Shift("d1", 3, fact(OPENED), (1, 1), (1, 99) if closed else None),
        sums,
        [Late(fact(SALE), (2, 4), 2)] if late else [],
        0,
        (fact(end), end) if closed else None,
    )


BODIES: list[AnyBody] = [
    SALE,
    RETURN,
    VOID,
    CashMoved("d1", 3, 20_779, "EUR", CashKind.PAY_OUT, 2500, "window cleaner", "ben"),
    CashMoved("d1", 3, 20_779, "EUR", CashKind.NO_SALE, 0, "change"),
    AuditEntry("reprint", b"", "t1"),
    AuditEntry("discount", b"", "t1"),
]


def document(*, closed: bool, language: str = "en", blind: bool = False) -> Document:
    as_of = AsOf("2026-11-22 18:00", 12, blind=blind)
    report = made(BODIES, closed=closed, late=closed)
    return report_document(report, scene(language), Marks(), as_of)


@pytest.mark.parametrize("paper", ROLLS)
def test_a_z_report_says_everything(paper: Paper) -> None:
    text = said(document(closed=True), paper)
    total = f"{TOTAL_MINOR // 100:,}.{TOTAL_MINOR % 100:02}"
    for part in (
        "Z REPORT",
        "Drawer d1 Shift 3",
        "Business day 2026-11-22",
        "Opened 2026-11-22 11:56",
        f"Sales 1 {total}",
        "Returns 1 -15.86",
        "Voids 1 -9.00",
        "Promotion 1 -4.33",
        "Member price 1 -0.80",
        "Float 150.00",
        "PAY-OUT window cleaner",
        "No-sales 1",
        "Overrides 1",
        "Reprints 1",
        "Over/short -2.00",
        "LATE SALES",
        "Not yet at headquarters 12",
        "Grand total 99,123.45",
        "Note: coins missing",
        "Signature",
    ):
        assert part in text, part


def test_a_z_report_leaves_out_no_tender_that_nobody_counted() -> None:
    report = made(BODIES, closed=True)
    assert report.closing
    fact_, end = report.closing
    cash = msgspec.structs.replace(end, counts=[x for x in end.counts if x.kind == "cash"])
    text = said(
        report_document(
            replace(report, closing=(fact_, cash)), scene("en"), Marks(), AsOf("2026-11-22 18:00")
        )
    )
    assert len(end.counts) > 1
    for kind, minor in report.sums.tenders.items():
        name = scene("en").tender(kind)
        told = f"{name} {minor / 100:.2f}"
        assert told + ("" if kind == "cash" else " -") in text, told


def test_an_x_report_is_as_of_now() -> None:
    text = said(document(closed=False))
    assert "X REPORT" in text
    assert "As of 2026-11-22 18:00" in text
    assert "TENDERS Expected" in text
    assert "Signature" not in text


def test_a_blind_report_does_not_tell_what_should_be_there() -> None:
    text = said(document(closed=False, blind=True))
    assert "Expected" not in text
    assert "Grand total" not in text
    assert "Sales 1" in text


def test_chinese() -> None:
    text = said(document(closed=True, language="zh"))
    for part in ("Z 报表", "钱箱 d1", "长短款 -2.00", "迟到销售", "累计总额", "签名"):
        assert part in text, part
