"""One law: a report on paper is the report on the screen; an X report is as of now and not kept."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, Response

from edge.books.reads import Reads
from edge.books.rules import drawer_of_till
from edge.errors import UnknownFact
from edge.hardware.words import said
from edge.node import Node
from edge.receipts.figures import local_time
from edge.receipts.finding import Asked, Laid, Shop, lay_report
from edge.receipts.rendering import ReceiptReply
from edge.receipts.reports import AsOf
from edge.shifts.drawer import no_shift
from edge.shifts.reads import closing_of, open_shift, shift_row
from edge.web.auth import Reading, Selling, Supervising, node_of
from edge.web.body import read_body, reply
from edge.web.operation import FILES, operation
from edge.web.receipts import (
    PRINT,
    PRINT_EXAMPLE,
    PRINTER,
    Looking,
    PrintReceipt,
    PrintReply,
    laid_out,
    paper_of,
    print_document,
    rendered,
    shop_of,
)
from edge.web.till_decoding import till_of
from edge.web.till_shifts import Drawer, Number

router = APIRouter(tags=["receipts"])


async def _x_report(node: Node, till: str, drawer: str, language: str) -> Laid:
    """Lay out the X report of a drawer as of now; raise NoShift."""
    now_ms = node.clock()
    when = local_time(now_ms, node.store.books.offset_min(now_ms))
    as_of = AsOf(when, node.link.unsynced)

    def read(reads: Reads, shop: Shop) -> Laid:
        name = drawer or drawer_of_till(reads, till)
        shift = open_shift(reads, name)
        if shift is None:
            raise no_shift(name)
        return lay_report(reads, shop, shift, Asked(b"", language), as_of)

    return await node.read(node.views.within, partial(read, shop=shop_of(node)))


async def _closing_id(node: Node, drawer: str, number: int) -> UUID:
    """Find the id of the fact that closed a shift; raise UnknownFact."""

    def read(reads: Reads) -> UUID:
        shift = shift_row(reads, drawer, number)
        closing = closing_of(reads, shift) if shift else None
        if closing is None:
            raise UnknownFact("report", drawer=drawer, shift=number)
        return UUID(bytes=closing[0].id)

    return await node.read(node.views.within, read)


@router.get("/till/reports/x/receipt", **operation(ReceiptReply, files=FILES))
async def show_x_receipt(
    request: Request, caller: Supervising, look: Looking, drawer: Drawer = ""
) -> Response:
    """Show the X report of a drawer as it is printed: rows, PNG or PDF."""
    node = node_of(request)
    laid = await _x_report(node, caller.device, drawer, look.language)
    return await rendered(node, laid, paper_of(node, caller.device, look.roll_mm), look.form)


@router.get("/till/reports/z/{drawer}/{number}/receipt", **operation(ReceiptReply, files=FILES))
async def show_z_receipt(
    request: Request, drawer: str, number: Number, caller: Reading, look: Looking
) -> Response:
    """Show the Z report of a closed shift as it is printed: rows, PNG or PDF."""
    node = node_of(request)
    closing = await _closing_id(node, drawer, number)
    laid = await laid_out(node, Asked(closing.bytes, look.language, look.marks))
    return await rendered(node, laid, paper_of(node, caller.device, look.roll_mm), look.form)


@router.post(
    "/till/reports/x/print", **operation(PrintReply, body=PrintReceipt, example=PRINT_EXAMPLE)
)
async def print_x_report(request: Request, caller: Supervising, drawer: Drawer = "") -> Response:
    """Print the X report of a drawer as of now; every print is an original."""
    node = node_of(request)
    wanted = await read_body(request, PRINT)
    till = till_of(caller)
    node.hardware.find(till, PRINTER)
    job_id = f"x-{wanted.id}"
    job = node.hardware.prints.find(job_id)
    if job is None:
        laid = await _x_report(node, till, drawer, wanted.language)
        job = await node.hardware.print(till, job_id, laid.document)
    return reply(PrintReply(job.id, str(job.state), said(job.message), 1, copy=False))


@router.post(
    "/till/reports/z/{drawer}/{number}/print",
    **operation(PrintReply, body=PrintReceipt, example=PRINT_EXAMPLE),
)
async def print_z_report(
    request: Request, drawer: str, number: Number, caller: Selling
) -> Response:
    """Print the Z report of a closed shift: the first time as the original, later as a copy."""
    node = node_of(request)
    wanted = await read_body(request, PRINT)
    closing = await _closing_id(node, drawer, number)
    return reply(await print_document(node, closing, wanted, caller))
