"""One law: who counts a drawer is not told before what should be in it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from msgspec.json import Decoder

from edge.books.reads import Reads
from edge.books.rules import drawer_of_till
from edge.errors import UnknownFact
from edge.node import Node
from edge.people.access import Caller
from edge.shifts.doubts import actor_of
from edge.shifts.drawer import CloseShift, MoveCash, OpenShift, ShiftResult, no_shift, shift_result
from edge.shifts.reads import closed_before, closing_of, open_shift, shift_row
from edge.shifts.reports import Report, report_of
from edge.web import till_requests as asked
from edge.web.auth import Reading, Selling, Supervising, node_of
from edge.web.body import read_body, reply
from edge.web.operation import operation
from edge.web.till_replies import (
    CashReply,
    ReportReply,
    ReportsReply,
    ReportSummaryReply,
    ShiftReply,
)
from edge.web.till_reports import (
    CASH_NAMES,
    cash_reply,
    report_reply,
    report_summary,
    shift_reply,
)
from sync.values import COUNT_MAX, day_of

router = APIRouter(tags=["shifts and cash"])

_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4c1"
OPEN_EXAMPLE = {"id": _ID, "drawer": "t1", "float_minor": 20_000, "operator": "ana"}
CASH_EXAMPLE = {
    "id": _ID,
    "drawer": "t1",
    "shift": 3,
    "kind": "pay_out",
    "amount_minor": 1500,
    "reason": "stamps",
    "approver": "ben",
    "operator": "ana",
}
CLOSE_EXAMPLE = {
    "id": _ID,
    "counted": [{"kind": "cash", "counted_minor": 41_250}],
    "note": "a coin was stuck",
    "operator": "ana",
}
_OPEN = Decoder(asked.OpenShift)
_CASH = Decoder(asked.MoveCash)
_CLOSE = Decoder(asked.CloseShift)
_CASH_KINDS = {name: kind for kind, name in CASH_NAMES.items()}

Drawer = Annotated[str, Query(max_length=64, description="Drawer; empty: the till's own.")]
Number = Annotated[int, Path(ge=1, le=COUNT_MAX, description="Number of a shift.")]
Before = Annotated[
    int, Query(ge=0, le=COUNT_MAX, description="Shifts below this number; 0: the newest.")
]
Limit = Annotated[int, Query(ge=1, le=200, description="At most this many.")]


@router.post(
    "/till/shifts",
    **operation(ShiftReply, status=201, body=asked.OpenShift, example=OPEN_EXAMPLE, repeat=True),
)
async def open_a_shift(request: Request, caller: Selling) -> Response:
    """Put a drawer into use with its float; a drawer is in one shift at a time."""
    node = node_of(request)
    shift = await read_body(request, _OPEN)
    command = OpenShift(
        id=shift.id.bytes,
        drawer=await _drawer(node, shift.drawer, caller),
        float_minor=shift.float_minor,
        till=caller.device,
        actor=who(shift.operator, caller),
        at_ms=shift.at_ms,
        business_day=None if shift.business_day is None else day_of(shift.business_day),
    )
    result = await node.commit(command)
    return reply(shift_reply(result), 200 if result.repeated else 201)


@router.get("/till/shifts/current", **operation(ShiftReply, maybe=True))
async def get_current_shift(request: Request, caller: Reading, drawer: Drawer = "") -> Response:
    """Show the shift a drawer is in, without what should be in the drawer; null for none."""
    node = node_of(request)

    def current(reads: Reads) -> ShiftResult | None:
        shift = open_shift(reads, drawer or drawer_of_till(reads, caller.device))
        return None if shift is None else shift_result(reads, shift.opened.id, repeated=False)

    found = await node.read(node.views.within, current)
    return reply(None if found is None else shift_reply(found))


@router.post(
    "/till/cash",
    **operation(CashReply, status=201, body=asked.MoveCash, example=CASH_EXAMPLE, repeat=True),
)
async def move_cash(request: Request, caller: Selling) -> Response:
    """Record cash put into a drawer or taken out of it, or that it was opened for nothing."""
    node = node_of(request)
    cash = await read_body(request, _CASH)
    command = MoveCash(
        id=cash.id.bytes,
        drawer=await _drawer(node, cash.drawer, caller),
        kind=_CASH_KINDS[cash.kind],
        amount_minor=cash.amount_minor,
        reason=cash.reason,
        shift=cash.shift,
        approver=cash.approver,
        till=caller.device,
        actor=who(cash.operator, caller),
        at_ms=cash.at_ms,
    )
    result = await node.commit(command)
    return reply(cash_reply(result), 200 if result.repeated else 201)


@router.post(
    "/till/shifts/{drawer}/{number}/close",
    **operation(ReportReply, body=asked.CloseShift, example=CLOSE_EXAMPLE),
)
async def close_a_shift(request: Request, drawer: str, number: Number, caller: Selling) -> Response:
    """End a shift with what was counted; its Z report is the answer, also to a repeat."""
    node = node_of(request)
    closing = await read_body(request, _CLOSE)
    command = CloseShift(
        id=closing.id.bytes,
        drawer=drawer,
        number=number,
        counted=tuple((count.kind, count.counted_minor) for count in closing.counted),
        note=closing.note,
        till=caller.device,
        actor=who(closing.operator, caller),
        at_ms=closing.at_ms,
    )
    report = await node.commit(command)
    return reply(report_reply(report, node.link.unsynced))


@router.get("/till/reports/x", **operation(ReportReply))
async def get_x_report(request: Request, caller: Supervising, drawer: Drawer = "") -> Response:
    """Show what the open shift of a drawer amounts to so far; nothing is closed by it."""
    node = node_of(request)

    def read(reads: Reads) -> Report:
        name = drawer or drawer_of_till(reads, caller.device)
        shift = open_shift(reads, name)
        if shift is None:
            raise no_shift(name)
        return report_of(reads, shift)

    return reply(report_reply(await node.read(node.views.within, read), node.link.unsynced))


@router.get("/till/reports/z/{drawer}/{number}", **operation(ReportReply))
async def get_z_report(
    request: Request, drawer: str, number: Number, _caller: Supervising
) -> Response:
    """Show the report of a closed shift again."""
    node = node_of(request)

    def read(reads: Reads) -> Report:
        shift = shift_row(reads, drawer, number)
        if shift is None or shift.closed is None:
            raise UnknownFact("report", drawer=drawer, shift=number)
        return report_of(reads, shift)

    return reply(report_reply(await node.read(node.views.within, read), node.link.unsynced))


@router.get("/till/reports", **operation(ReportsReply))
async def list_reports(
    request: Request,
    caller: Supervising,
    drawer: Drawer = "",
    before: Before = 0,
    limit: Limit = 50,
) -> Response:
    """List Z reports of a drawer, newest first."""
    node = node_of(request)

    def read(reads: Reads) -> list[ReportSummaryReply]:
        name = drawer or drawer_of_till(reads, caller.device)
        shifts = closed_before(reads, name, before or 2**62, limit)
        closings = [(shift, closing_of(reads, shift)) for shift in shifts]
        return [report_summary(shift, closing) for shift, closing in closings if closing]

    return reply(ReportsReply(await node.read(node.views.within, read)))


async def _drawer(node: Node, drawer: str, caller: Caller) -> str:
    if drawer:
        return drawer
    return await node.read(node.views.within, lambda reads: drawer_of_till(reads, caller.device))


def who(operator: str, caller: Caller) -> str:
    """How facts name who acts: the person a till names, else who is logged in, at the device."""
    return actor_of(operator or caller.staff, caller.device)
