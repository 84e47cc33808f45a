"""One law: what needs somebody's hands is listed from the books, and labels say what they say."""

from functools import partial

from fastapi import APIRouter, Request, Response
from msgspec.json import Decoder

from edge.errors import UnknownProduct
from edge.node import Node
from edge.stock_labels import label_of, to_pdf, to_png
from edge.stock_worklists import Worklists, worklists
from edge.viewed import ProductView
from edge.web.auth import Reading, node_of
from edge.web.body import read_body, reply
from edge.web.operation import FILES, operation
from edge.web.problems import Invalid
from edge.web.stock_shapes import LabelJob, LabelsReply, MakeLabels

router = APIRouter(tags=["stock"])
_LABELS = Decoder(MakeLabels)
EXAMPLE = {"skus": ["TEA-100"], "language": "en", "format": "png"}


@router.get("/stock/worklists", **operation(Worklists))
async def get_worklists(request: Request, _caller: Reading) -> Response:
    """List what to order (low), to count (less than nothing), and to sell first (expiring)."""
    node = node_of(request)
    today = node.store.books.day(None, node.clock())
    return reply(await node.read(node.views.within, partial(worklists, today=today)))


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
        label_of(product, asked.language, settings.currency, settings.exponent)
        for product in [await _product(node, sku, at) for at, sku in enumerate(asked.skus)]
    ]
    if asked.format == "png":
        return Response(await node.read(to_png, labels[0]), media_type="image/png")
    if asked.format == "pdf":
        return Response(await node.read(to_pdf, labels), media_type="application/pdf")
    if asked.id is None:
        raise Invalid("Mint an id, so that a repeat prints nothing twice.", field="id")
    jobs = []
    for at, (sku, label) in enumerate(zip(asked.skus, labels, strict=True)):
        name = f"label-{asked.id}-{at}"
        job = await node.hardware.print_label(caller.device, name, label, asked.copies)
        jobs.append(LabelJob(sku, job.id, str(job.state)))
    return reply(LabelsReply(jobs))


async def _product(node: Node, sku: str, at: int) -> ProductView:
    found = await node.read(node.views.product, sku)
    if found is None:
        raise UnknownProduct(f"no product has the SKU {sku!r}: find it by its name", f"skus[{at}]")
    return found
