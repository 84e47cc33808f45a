"""One law: what needs somebody's hands is listed from the books, and labels say what they say."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from msgspec.json import Decoder

from devices.zpl import Label
from edge.errors import UnknownProduct
from edge.node import Node
from edge.receipts.labels import Reduced, label_of, reduced_label, to_pdf, to_png
from edge.shifts.approvals import Entry, RecordAudit
from edge.stock.serials import SerialView, serial_view
from edge.stock.worklists import Worklists, worklists
from edge.views.values import ProductView
from edge.web.auth import Reading, Stocking, node_of
from edge.web.body import read_body, reply
from edge.web.operation import FILES, operation
from edge.web.problems import Invalid
from edge.web.stock_shapes import LabelJob, LabelsReply, MakeLabels, ReduceGoods

router = APIRouter(tags=["stock"])
_LABELS = Decoder(MakeLabels)
_REDUCE = Decoder(ReduceGoods)
EXAMPLE = {"skus": ["TEA-100"], "language": "en", "format": "png"}
_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4c7"
REDUCE_EXAMPLE = {
    "id": _ID,
    "sku": "TEA-100",
    "price_minor": 199,
    "lot": "L2407",
    "expiry_day": "2026-12-01",
    "copies": 6,
}
Sku = Annotated[str, Query(max_length=64, description="A SKU.")]
Serial = Annotated[str, Query(max_length=64, description="The serial number of one piece.")]


@router.get("/stock/worklists", **operation(Worklists))
async def get_worklists(request: Request, _caller: Reading) -> Response:
    """List what to order (low), to count (less than nothing), and to sell first (expiring)."""
    node = node_of(request)
    today = node.store.books.day(None, node.clock())
    return reply(await node.read(node.views.within, partial(worklists, today=today)))


@router.get("/stock/serials", **operation(SerialView))
async def get_serial(request: Request, sku: Sku, serial: Serial, _caller: Reading) -> Response:
    """Say whether a serial number is here by the books, and which documents made it so.

    Nobody is stopped by the answer: a till asks before the sale and lets its cashier decide.
    """
    node = node_of(request)
    view = partial(serial_view, sku=sku, serial=serial)
    return reply(await node.read(node.views.within, view))


@router.post(
    "/stock/labels", **operation(LabelsReply, body=MakeLabels, example=EXAMPLE, files=FILES)
)
async def make_labels(request: Request, caller: Reading) -> Response:
    """Make shelf labels with the price per kilogram, litre or metre where goods have a measure.

    `print` sends them to the label printer, under the caller's `id`: repeated, each is printed
    once. `png` answers with a picture of the first, `pdf` with all, one a page.
    """
    asked, node = await read_body(request, _LABELS), node_of(request)
    settings = node.settings
    labels = [
        label_of(product, asked.language, settings.currency, settings.places)
        for product in [await _product(node, sku, at) for at, sku in enumerate(asked.skus)]
    ]
    if asked.format != "print":
        return await _drawn(node, labels, asked.format)
    if asked.id is None:
        raise Invalid("id", "id")
    jobs = []
    for at, (sku, label) in enumerate(zip(asked.skus, labels, strict=True)):
        name = f"label-{asked.id}-{at}"
        job = await node.hardware.print_label(caller.device, name, label, asked.copies)
        jobs.append(LabelJob(sku, job.id, str(job.state)))
    return reply(LabelsReply(jobs))


@router.post(
    "/stock/reductions",
    **operation(LabelsReply, body=ReduceGoods, example=REDUCE_EXAMPLE, files=FILES),
)
async def reduce_goods(request: Request, caller: Stocking) -> Response:
    """Make labels for single pieces that are sold for less: their code says price, lot and day.

    The code is a GS1 Digital Link as a QR code. What is printed or saved as PDF is on the audit
    trail, once for each `id`; `png` only shows it.
    """
    asked, node = await read_body(request, _REDUCE), node_of(request)
    settings = node.settings
    product = await _product(node, asked.sku, None)
    reduced = Reduced(asked.price_minor, asked.lot, asked.expiry_day)
    label = reduced_label(product, reduced, asked.language, settings.currency, settings.places)
    if asked.format == "png":
        return await _drawn(node, [label], "png")
    pieces = " ".join(filter(None, (asked.lot, str(asked.expiry_day or ""))))
    detail = f"{asked.sku} {asked.price_minor} × {asked.copies} {pieces}".strip()
    entry = Entry(asked.id.bytes, "mark-down", detail=detail, operator=caller.staff)
    await node.commit(RecordAudit(caller.device, (entry,)))
    if asked.format == "pdf":
        return await _drawn(node, [label] * asked.copies, "pdf")
    name = f"label-{asked.id}"
    job = await node.hardware.print_label(caller.device, name, label, asked.copies)
    return reply(LabelsReply([LabelJob(asked.sku, job.id, str(job.state))]))


async def _drawn(node: Node, labels: list[Label], form: str) -> Response:
    if form == "png":
        return Response(await node.read(to_png, labels[0]), media_type="image/png")
    return Response(await node.read(to_pdf, labels), media_type="application/pdf")


async def _product(node: Node, sku: str, at: int | None) -> ProductView:
    found = await node.read(node.views.product, sku)
    if found is None:
        field = "sku" if at is None else f"skus[{at}]"
        raise UnknownProduct("sku", field, sku=sku)
    return found
