"""One law: a report is shown as its facts add up, with nothing left out and nothing added."""

from uuid import UUID

from edge.shifts.drawer import CashResult, ShiftResult
from edge.shifts.reads import Shift
from edge.shifts.reports import Report, Sums, receipt_of_late
from edge.web.till_replies import (
    CashKindName,
    CashMovementReply,
    CashReply,
    DiscountsReply,
    LateReply,
    ReportReply,
    ReportSummaryReply,
    ShiftReply,
    TallyReply,
    TaxReply,
    TenderCountReply,
)
from sync.cash import CashKind, CashMoved, ShiftClosed
from sync.effects import net_minor
from sync.facts import Fact
from sync.values import date_of

CASH_NAMES: dict[CashKind, CashKindName] = {
    CashKind.PAY_IN: "pay_in",
    CashKind.PAY_OUT: "pay_out",
    CashKind.DROP: "drop",
    CashKind.NO_SALE: "no_sale",
}


def shift_reply(shift: ShiftResult) -> ShiftReply:
    """Show a shift, without what its drawer should hold."""
    return ShiftReply(
        UUID(bytes=shift.id),
        shift.drawer,
        shift.number,
        date_of(shift.business_day),
        shift.opened_ms,
        shift.opened_by,
        shift.float_minor,
        list(shift.tenders),
        shift.repeated,
    )


def cash_reply(cash: CashResult) -> CashReply:
    """Show a movement of cash."""
    return CashReply(
        UUID(bytes=cash.id),
        cash.drawer,
        cash.shift,
        CASH_NAMES[cash.kind],
        cash.amount_minor,
        cash.late,
        cash.repeated,
    )


def report_reply(report: Report, unsynced: int) -> ReportReply:
    """Show an X or Z report."""
    shift, sums = report.shift, report.sums
    closed = report.closing[1] if report.closing else None
    return ReportReply(
        drawer=shift.drawer,
        number=shift.number,
        business_day=date_of(shift.business_day),
        currency=shift.body.currency,
        opened_ms=shift.opened.at_ms,
        opened_by=shift.opened.actor,
        closed_ms=report.closing[0].at_ms if report.closing else None,
        closed_by=report.closing[0].actor if report.closing else "",
        float_minor=shift.body.float_minor,
        sales=TallyReply(sums.sales.count, sums.sales.minor),
        returns=TallyReply(sums.returns.count, sums.returns.minor),
        voids=TallyReply(sums.voids.count, sums.voids.minor),
        net_minor=sums.net_minor,
        tax_minor=sums.tax_minor,
        discounts=_discounts(sums),
        tax=[
            TaxReply(code, ppm, row.net_minor, row.tax_minor, row.net_minor + row.tax_minor)
            for (code, ppm), row in sorted(sums.tax.items())
        ],
        tenders=_tenders(sums, closed),
        cash=[_movement(fact) for fact in sums.cash],
        no_sales=sums.no_sales,
        overrides=sums.overrides,
        reprints=sums.reprints,
        late=[
            LateReply(
                UUID(bytes=late.fact.id),
                type(late.fact.body).__name__,
                receipt_of_late(late),
                late.shift,
                net_minor(late.fact.body),
                late.fact.at_ms,
            )
            for late in report.late
        ],
        late_minor=report.late_minor,
        unsynced=unsynced,
        grand_total_minor=report.grand_total_minor,
        note=closed.note if closed else "",
    )


def _discounts(sums: Sums) -> DiscountsReply:
    by_kind = {kind: tally.minor for kind, tally in sorted(sums.discounts.items())}
    count = sum(tally.count for tally in sums.discounts.values())
    return DiscountsReply(count, sums.discount_minor, by_kind)


def _tenders(sums: Sums, closed: ShiftClosed | None) -> list[TenderCountReply]:
    counted = {count.kind: count.counted_minor for count in closed.counts} if closed else {}
    rows = []
    for kind in sorted(sums.tenders.keys() | counted.keys(), key=lambda x: (x != "cash", x)):
        expected, there = sums.tenders.get(kind, 0), counted.get(kind)
        difference = None if there is None else there - expected
        rows.append(TenderCountReply(kind, expected, there, difference))
    return rows


def _movement(fact: Fact) -> CashMovementReply:
    body = fact.body
    assert isinstance(body, CashMoved)  # noqa: S101 - gathered as such
    return CashMovementReply(
        UUID(bytes=fact.id),
        CASH_NAMES[body.kind],
        body.amount_minor,
        body.reason,
        body.approver,
        fact.actor,
        fact.at_ms,
    )


def report_summary(shift: Shift, closing: tuple[Fact, ShiftClosed]) -> ReportSummaryReply:
    """Show a closed shift in a list."""
    fact, body = closing
    return ReportSummaryReply(
        shift.drawer,
        shift.number,
        date_of(shift.business_day),
        shift.opened.at_ms,
        fact.at_ms,
        fact.actor,
        body.sales,
        body.net_minor,
        sum(count.counted_minor - count.expected_minor for count in body.counts),
    )
