"""A drawer is in one shift at a time, and what its shift should hold follows from its facts alone.

The count is blind: who closes says what is there before being told what should be.
"""

from collections.abc import Sequence

import msgspec

from edge.books import checks
from edge.books.reads import Found, Reads
from edge.books.tasks import Task, task
from edge.books.transaction import Books, request_digest
from edge.errors import BadField, NoShift, ShiftIsClosed, ShiftIsOpen, UnknownFact
from edge.people.access import may_approve
from edge.shifts.doubts import attend_clock, shift_doubts
from edge.shifts.reads import Shift, last_shift, open_shift, shift_row
from edge.shifts.reports import CASH, ROUNDING, Report, report_of
from sync.cash import CashKind, CashMoved, ShiftClosed, ShiftOpened, TenderCount
from sync.values import MONEY_MAX_MINOR

Counted = tuple[str, int]
_BY_WORD = {CashKind.PAY_OUT: "pay-out", CashKind.NO_SALE: "no-sale"}


class ShiftResult(msgspec.Struct, frozen=True):
    """A shift as it was opened; `tenders` are the kinds taken so far, cash first."""

    id: bytes
    drawer: str
    number: int
    business_day: int
    opened_ms: int
    opened_by: str
    float_minor: int
    tenders: tuple[str, ...]
    repeated: bool


class OpenShift(msgspec.Struct, frozen=True):
    """Put a drawer into use; `business_day` (days since 1970) is today unless given."""

    id: bytes
    drawer: str
    float_minor: int
    till: str = ""
    actor: str = ""
    at_ms: int | None = None
    business_day: int | None = None

    def run(self, books: Books) -> ShiftResult:
        """Open the next shift, or find it opened; raise ShiftIsOpen."""
        request = request_digest(self)
        found = books.prior(self.id, request, ShiftOpened)
        if found is None:
            at_ms = books.when(self.at_ms)
            last = last_shift(books, checks.name(self.drawer, "drawer", needed=True))
            if last is not None and last.closed is None:
                raise ShiftIsOpen(
                    "drawer",
                    "drawer",
                    drawer=self.drawer,
                    shift=last.number,
                    since_ms=last.opened.at_ms,
                    staff=last.opened.actor,
                )
            body = ShiftOpened(
                drawer=self.drawer,
                number=last.number + 1 if last else 1,
                business_day=books.day(self.business_day, at_ms),
                currency=books.currency,
                float_minor=checks.money(self.float_minor, "float_minor"),
            )
            books.append(self.id, at_ms, self.actor, body, request)
            attend_clock(books, self.till, self.id, at_ms)
        return shift_result(books, self.id, repeated=found is not None)


class CashResult(msgspec.Struct, frozen=True):
    """A movement of cash on record; `late`: its shift was closed before."""

    id: bytes
    drawer: str
    shift: int
    kind: CashKind
    amount_minor: int
    late: bool
    repeated: bool


class MoveCash(msgspec.Struct, frozen=True):
    """Put cash into a drawer or take it out; `shift` 0 is the open one."""

    id: bytes
    drawer: str
    kind: CashKind
    amount_minor: int
    reason: str = ""
    shift: int = 0
    approver: str = ""
    till: str = ""
    actor: str = ""
    at_ms: int | None = None

    def run(self, books: Books) -> CashResult:
        """Commit it, or find it committed; raise Problem."""
        request = request_digest(self)
        found = books.prior(self.id, request, CashMoved)
        if found is not None:
            return _cash_result(books, found, repeated=True)
        at_ms = books.when(self.at_ms)
        shift = self._shift(books)
        body = CashMoved(
            drawer=self.drawer,
            shift=shift.number if shift else self.shift,
            business_day=shift.business_day if shift else books.day(None, at_ms),
            currency=books.currency,
            kind=self.kind,
            amount_minor=_amount(self.kind, self.amount_minor),
            reason=checks.text(self.reason, "reason"),
            approver=checks.name(self.approver, "approver"),
        )
        books.append(self.id, at_ms, self.actor, body, request)
        for doubt in [*shift_doubts(books, body.drawer, body.shift), *self._doubts(books)]:
            books.attend(doubt, books.clock(), self.id)
        attend_clock(books, self.till, self.id, at_ms)
        written = books.find(self.id)
        assert written is not None  # noqa: S101 - written above
        return _cash_result(books, written, repeated=False)

    def _doubts(self, books: Books) -> list[Task]:
        """What nobody allowed who may: it happened, so it is recorded and looked at."""
        operator = self.actor.partition("@")[0]
        if self.kind not in _BY_WORD or any(
            may_approve(books.connection, staff) for staff in (self.approver, operator)
        ):
            return []
        return [task(_BY_WORD[self.kind], drawer=self.drawer)]

    def _shift(self, books: Books) -> Shift | None:
        if self.shift:
            return shift_row(books, self.drawer, self.shift)
        shift = open_shift(books, self.drawer)
        if shift is None:
            raise no_shift(self.drawer)
        return shift


class CloseShift(msgspec.Struct, frozen=True):
    """End a shift with what was counted of each tender; a kind left out was not counted."""

    id: bytes
    drawer: str
    number: int
    counted: tuple[Counted, ...]
    note: str = ""
    till: str = ""
    actor: str = ""
    at_ms: int | None = None

    def run(self, books: Books) -> Report:
        """Write the Z report's fact, or find it written; return the report."""
        request = request_digest(self)
        found = books.prior(self.id, request, ShiftClosed)
        shift = shift_row(books, self.drawer, self.number)
        if shift is None:
            raise UnknownFact("shift", "number", drawer=self.drawer, shift=self.number)
        if found is None:
            if shift.closed is not None:
                raise ShiftIsClosed("report", "number", drawer=self.drawer, shift=self.number)
            at_ms = books.when(self.at_ms)
            body = plan_closing(report_of(books, shift), self.counted, self.note)
            books.append(self.id, at_ms, self.actor, body, request)
            attend_clock(books, self.till, self.id, at_ms)
            shift = shift_row(books, self.drawer, self.number)
            assert shift is not None  # noqa: S101 - found above
        return report_of(books, shift)


def plan_closing(report: Report, counted: Sequence[Counted], note: str) -> ShiftClosed:
    """Make the body that closes a shift; raise BadField."""
    checks.lines(counted, "counted", lowest=0)
    kinds = [kind for kind, _ in counted]
    if len(set(kinds)) < len(kinds):
        raise BadField("counted-twice", "counted")
    shift, sums = report.shift, report.sums
    counts = []
    for at, (kind, counted_minor) in enumerate(counted):
        field = f"counted[{at}]"
        checks.tender_kind(kind, f"{field}.kind")
        low, high = -MONEY_MAX_MINOR, MONEY_MAX_MINOR
        checks.integer(counted_minor, low, high, f"{field}.counted_minor", BadField)
        counts.append(TenderCount(kind, sums.tenders.get(kind, 0), counted_minor))
    return ShiftClosed(
        drawer=shift.drawer,
        number=shift.number,
        business_day=shift.business_day,
        currency=shift.body.currency,
        counts=counts,
        sales=sums.sales.count,
        returns=sums.returns.count,
        voids=sums.voids.count,
        net_minor=sums.net_minor,
        tax_minor=sums.tax_minor,
        grand_total_minor=report.grand_total_minor,
        note=checks.text(note, "note"),
    )


def no_shift(drawer: str) -> NoShift:
    """Say that a drawer is not in use."""
    return NoShift("drawer", "drawer", drawer=drawer)


def _amount(kind: CashKind, amount_minor: int) -> int:
    checks.money(amount_minor, "amount_minor")
    if (amount_minor == 0) != (kind is CashKind.NO_SALE):
        raise BadField("movement", "amount_minor")
    return amount_minor


def shift_result(reads: Reads, shift_id: bytes, *, repeated: bool) -> ShiftResult:
    """Give a shift by the id that it was opened under."""
    found = reads.find(shift_id)
    assert found is not None  # noqa: S101 - the caller knows it
    body = found.fact.body
    assert isinstance(body, ShiftOpened)  # noqa: S101 - the caller knows it
    shift = shift_row(reads, body.drawer, body.number)
    taken = report_of(reads, shift).sums.tenders if shift else {}
    return ShiftResult(
        id=shift_id,
        drawer=body.drawer,
        number=body.number,
        business_day=body.business_day,
        opened_ms=found.fact.at_ms,
        opened_by=found.fact.actor,
        float_minor=body.float_minor,
        tenders=(CASH, *sorted(taken.keys() - {CASH, ROUNDING})),
        repeated=repeated,
    )


def _cash_result(reads: Reads, found: Found, *, repeated: bool) -> CashResult:
    body = found.fact.body
    assert isinstance(body, CashMoved)  # noqa: S101 - the caller looked
    shift = shift_row(reads, body.drawer, body.shift)
    late = shift is None or (shift.closed is not None)
    return CashResult(
        found.fact.id, body.drawer, body.shift, body.kind, body.amount_minor, late, repeated
    )
