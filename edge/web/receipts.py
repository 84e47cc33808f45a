"""One law: looking at a receipt changes nothing; printing one is counted before it goes out."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from devices.receipt import Paper
from edge.books.numbers import receipt_text
from edge.hardware.words import Message, said
from edge.node import Node
from edge.people.access import Caller
from edge.receipts.finding import HELD, Asked, Laid, Shop, lay, lay_entry
from edge.receipts.printing import RecordPrint
from edge.receipts.rendering import MEDIA_TYPES, PAPERS, Form, ReceiptReply, render
from edge.receipts.scene import Entry, Marks
from edge.selling.tilling import FinishedSale as Finished
from edge.shifts.doubts import actor_of
from edge.web.auth import Reading, Selling, node_of
from edge.web.body import read_body, reply
from edge.web.operation import FILES, operation
from edge.web.problems import NotFound
from edge.web.requests import Id, Reason
from edge.web.requests import Request as Shape
from edge.web.till_decoding import finished_sale, till_of
from edge.web.till_requests import FinishedSale, Operator
from sync.receipts import Sale

router = APIRouter(tags=["receipts"])

Gift = Annotated[bool, Query(description="A gift receipt, without prices.")]
Copy = Annotated[bool, Query(description="Marked as a copy.")]
Roll = Annotated[
    Literal["", "58", "80"], Query(description="Width in mm; empty: that of the till's printer.")
]
AsForm = Annotated[
    Literal["json", "png", "pdf"], Query(description="Rows for a screen, a picture, or a PDF.")
]
Language = Annotated[Literal["", "en", "zh"], Query(description="Empty: the store's own.")]


@dataclass(frozen=True, slots=True)
class Look:
    """How a document is to be shown."""

    form: Form
    language: str
    roll_mm: int
    marks: Marks


def _look(
    form: AsForm = "json",
    language: Language = "",
    paper: Roll = "",
    gift: Gift = False,
    copy: Copy = False,
) -> Look:
    return Look(Form(form), language, int(paper or 0), Marks(copy=copy, gift=gift))


Looking = Annotated[Look, Depends(_look)]


class PrintReceipt(Shape, frozen=True, kw_only=True):
    """Print a document on the till's printer; `id` names this request, so that it prints once.

    The first print is the original. Any other, and one with `copy`, says COPY and is noted on the
    audit trail. `kick` opens the drawer with it.
    """

    id: Id
    language: Literal["", "en", "zh"] = ""
    gift: bool = False
    copy: bool = False
    kick: bool = False
    operator: Operator = ""
    reason: Reason | Literal[""] = ""


class PreviewReceipt(Shape, frozen=True, kw_only=True):
    """A sale as a till would finish it, to be shown and never recorded."""

    id: Id
    document: FinishedSale
    form: Literal["json", "png", "pdf"] = "png"
    language: Literal["", "en", "zh"] = ""
    training: bool = True
    paper: Literal[0, 58, 80] = 0


class PrintReply(msgspec.Struct, frozen=True):
    """A print job, as event `print` goes on telling of it.

    `number` counts the prints of this document, `copy`: it says COPY.
    """

    job: str
    state: str
    message: Message
    number: int
    copy: bool


PRINTER = "POSPrinter"
PRINT = msgspec.json.Decoder(PrintReceipt)
PREVIEW = msgspec.json.Decoder(PreviewReceipt)
PRINT_EXAMPLE = {"id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4c1", "language": "en", "operator": "ana"}


def shop_of(node: Node) -> Shop:
    """What settings say of money and clock."""
    return Shop(node.settings.currency, node.settings.places, node.store.books.offset_min)


def paper_of(node: Node, till: str, roll_mm: int = 0) -> Paper:
    """The roll to lay out for: the one asked for, else that of the till's printer."""
    return PAPERS[roll_mm] if roll_mm else node.hardware.paper(till)


async def rendered(node: Node, laid: Laid, paper: Paper, form: Form) -> Response:
    """Answer with a document in a form; drawn by a reading thread."""
    draw = partial(render, kind=laid.kind, title=laid.title)
    data = await node.read(draw, laid.document, paper, form)
    headers = {"Content-Disposition": f'inline; filename="{laid.kind}.{form}"'}
    return Response(data, media_type=MEDIA_TYPES[form], headers=headers)


async def laid_out(node: Node, asked: Asked) -> Laid:
    """Find and lay out a document; raise NotFound."""
    laid = await node.read(node.views.within, partial(lay, shop=shop_of(node), asked=asked))
    if laid is None:
        raise NotFound("paper", id=str(UUID(bytes=asked.id)))
    return laid


@router.get("/till/receipts/{document_id}", **operation(ReceiptReply, files=FILES))
async def show_receipt(
    request: Request,
    document_id: UUID,
    caller: Reading,
    look: Looking,
) -> Response:
    """Show a receipt, a report or a slip as it is printed: rows, PNG or PDF. Records nothing."""
    node = node_of(request)
    asked = Asked(document_id.bytes, look.language, look.marks)
    laid = await laid_out(node, asked)
    return await rendered(node, laid, paper_of(node, caller.device, look.roll_mm), look.form)


@router.post(
    "/till/receipts/preview",
    **operation(ReceiptReply, body=PreviewReceipt, files=FILES),
)
async def preview_receipt(request: Request, caller: Selling) -> Response:
    """Show the receipt of a sale that is not recorded, marked as training unless told otherwise."""
    node = node_of(request)
    asked = await read_body(request, PREVIEW)
    sale = finished_sale(asked.id, asked.document, caller)
    entry = Entry(
        id=str(asked.id),
        body=_body_of(sale, node.settings.currency),
        at_ms=sale.at_ms,
        offset_min=node.store.books.offset_min(sale.at_ms),
        actor=sale.operator,
        number=receipt_text(sale.till, sale.life, sale.number),
    )
    marks = Marks(training=asked.training)
    view = partial(lay_entry, shop=shop_of(node), entry=entry, language=asked.language, marks=marks)
    laid = await node.read(node.views.within, view)
    paper = paper_of(node, caller.device, asked.paper)
    return await rendered(node, laid, paper, Form(asked.form))


def _body_of(sale: Finished, currency: str) -> Sale:
    return Sale(
        till=sale.till,
        number=sale.number,
        business_day=sale.business_day,
        currency=currency,
        lines=list(sale.lines),
        tenders=list(sale.tenders),
        member=sale.member,
        life=sale.life,
        points=sale.points,
        detached=sale.detached,
    )


@router.post(
    "/till/receipts/{document_id}/print",
    **operation(PrintReply, body=PrintReceipt, example=PRINT_EXAMPLE),
)
async def print_receipt(request: Request, document_id: UUID, caller: Selling) -> Response:
    """Print a document on the till's printer: the first time as the original, later as a copy."""
    wanted = await read_body(request, PRINT)
    return reply(await print_document(node_of(request), document_id, wanted, caller))


async def print_document(
    node: Node, document_id: UUID, wanted: PrintReceipt, caller: Caller
) -> PrintReply:
    """Count a print of a document on record and queue it; raise NotFound or NoDevice."""
    till = till_of(caller)
    node.hardware.find(till, PRINTER)  # without a printer nothing is counted as printed
    asked = Asked(document_id.bytes, wanted.language, Marks(gift=wanted.gift))
    laid = await laid_out(node, asked)
    if laid.kind == HELD:  # no document of value: every print is the same slip
        slip = await node.hardware.print(till, f"held-{wanted.id}", laid.document)
        return PrintReply(slip.id, str(slip.state), said(slip.message), 1, copy=False)
    command = RecordPrint(
        request=wanted.id.bytes,
        document=asked.id,
        till=till,
        gift=wanted.gift,
        copy=wanted.copy,
        actor=actor_of(wanted.operator or caller.staff, till),
        reason=wanted.reason,
    )
    printed = await node.commit(command)
    job_id = f"{'gift' if wanted.gift else 'receipt'}-{document_id}-{printed.number}"
    job = node.hardware.prints.find(job_id)
    if job is None:
        marks = Marks(copy=printed.copy, gift=wanted.gift)
        laid = await laid_out(node, replace(asked, marks=marks))
        job = await node.hardware.print(till, job_id, replace(laid.document, kick=wanted.kick))
    message = said(job.message)
    return PrintReply(job.id, str(job.state), message, printed.number, printed.copy)
