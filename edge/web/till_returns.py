"""One law: money leaves a drawer for goods that came back, once, with somebody's word behind it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from msgspec import structs
from msgspec.json import Decoder

from edge.selling.refunds import without_code
from edge.selling.returning import ReturnGoods, ReturnResult
from edge.selling.sales import VoidResult, VoidSale
from edge.selling.till_returns import TakeBack, UndoSale
from edge.web import requests
from edge.web import till_requests as asked
from edge.web.auth import Selling, node_of
from edge.web.body import read_body, reply
from edge.web.decoding import return_command, void_command
from edge.web.operation import operation
from edge.web.replies import ReturnReply, VoidReply
from edge.web.showing import return_reply, void_reply
from edge.web.till_decoding import till_of
from edge.web.till_shifts import who
from sync.receipts import Tender

router = APIRouter(tags=["the till"])

RETURN_EXAMPLE = {
    "sale_id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5",
    "reason": "wrong size",
    "lines": [{"line": 0, "quantity": 1}],
    "drawer": "t1",
    "shift": 3,
    "operator": "ana",
}
VOID_EXAMPLE = {
    "id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b6",
    "reason": "rung up twice",
    "drawer": "t1",
    "shift": 3,
    "operator": "ana",
    "approver": "ben",
}
_RETURN = Decoder(asked.TillReturn)
_VOID = Decoder(asked.TillVoid)


@router.put(
    "/till/returns/{return_id}",
    **operation(
        ReturnReply, status=201, body=asked.TillReturn, example=RETURN_EXAMPLE, repeat=True
    ),
)
async def put_return(request: Request, return_id: UUID, caller: Selling) -> Response:
    """Take goods back at a till, out of its drawer; without a receipt somebody must approve.

    A tender `card` without a reference is owed to the card: the till's terminal pays it back, see
    /till/payments. With a reference, or without a terminal, it was refunded by hand.
    """
    goods = await read_body(request, _RETURN)
    plain = requests.ReturnGoods(
        id=return_id,
        reason=goods.reason,
        lines=goods.lines,
        tenders=goods.tenders,
        sale_id=goods.sale_id,
        till=till_of(caller),
        at_ms=goods.at_ms,
        business_day=goods.business_day,
    )
    command: ReturnGoods = structs.replace(
        return_command(plain, caller),
        actor=who(goods.operator, caller),
        drawer=goods.drawer,
        shift=goods.shift,
        approver=goods.approver,
    )
    node = node_of(request)
    terminal = node.hardware.terminal_of(command.till)
    take_back = TakeBack(command, goods.operator or caller.staff, terminal)
    result: ReturnResult = await node.commit(take_back)
    return reply(return_reply(result), 200 if result.repeated else 201)


@router.post(
    "/till/sales/{sale_id}/void",
    **operation(VoidReply, status=201, body=asked.TillVoid, example=VOID_EXAMPLE, repeat=True),
)
async def void_at_till(request: Request, sale_id: UUID, caller: Selling) -> Response:
    """Undo a sale as a whole at a till; without tenders it is paid back as it was paid."""
    void = await read_body(request, _VOID)
    plain = requests.VoidSale(
        id=void.id, reason=void.reason, at_ms=void.at_ms, business_day=void.business_day
    )
    command: VoidSale = structs.replace(
        void_command(sale_id, plain, caller),
        actor=who(void.operator, caller),
        drawer=void.drawer,
        shift=void.shift,
        approver=void.approver,
        tenders=tuple(
            Tender(x.kind, x.amount_minor, without_code(x.kind, x.reference)) for x in void.tenders
        ),
    )
    undo = UndoSale(command, till_of(caller), void.operator or caller.staff)
    result: VoidResult = await node_of(request).commit(undo)
    return reply(void_reply(result), 200 if result.repeated else 201)
