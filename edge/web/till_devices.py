"""One law: a till commands its own devices and the shared ones; what they can't do says why."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from devices.driver import Level
from devices.event import Scan
from devices.printer import sample_page
from edge.errors import UnknownProduct
from edge.hardware.hub import Hub, WeightNews, lines_of
from edge.hardware.kept_jobs import Job
from edge.hardware.kept_payments import OWED, CardPayment
from edge.hardware.trouble import UnknownJob
from edge.hardware.unit import Unit
from edge.hardware.verdict import Verdict
from edge.hardware.words import said
from edge.people.access import Caller
from edge.receipts.labels import label_of
from edge.web import device_shapes as shapes
from edge.web.auth import Auditing, Reading, Selling, Stocking, node_of
from edge.web.body import read_body, reply
from edge.web.operation import operation
from edge.web.till_drawer import open_for

router = APIRouter(tags=["devices of a till"])

PAYMENT_EXAMPLE = {"amount_minor": 1299, "sale_id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5"}
JobId = Annotated[str, Path(max_length=100)]
SaleOf = Annotated[UUID, Query(description="Id of the sale or return.")]
_decoder = msgspec.json.Decoder


def _hub(request: Request) -> Hub:
    return node_of(request).hardware


# -- scanning, weighing, showing ---------------------------------------------------------------

_SCAN = _decoder(shapes.ScanRequest)
_TENDERING = _decoder(shapes.TenderingRequest)
_WEIGH = _decoder(shapes.WeighRequest)
_DRAWER = _decoder(shapes.OpenDrawer)
_SHOW = _decoder(shapes.ShowRequest)


@router.post(
    "/till/scan",
    **operation(
        Verdict,
        body=shapes.ScanRequest,
        example={"text": "9521234000013", "symbology": "]E0"},
    ),
)
async def judge_scan(request: Request, caller: Reading) -> Response:
    """Say what a code is: the same verdict as for a code from one of the till's scanners."""
    asked = await read_body(request, _SCAN)
    scan = Scan(text=asked.text, aim=asked.symbology)
    return reply(_hub(request).verdict(caller.device, scan))


@router.put(
    "/till/tendering",
    **operation(shapes.DoneReply, body=shapes.TenderingRequest, example={"paying": True}),
)
async def set_tendering(request: Request, caller: Selling) -> Response:
    """Say whether a tender is being taken: only then are scanned payment codes payments."""
    asked = await read_body(request, _TENDERING)
    _hub(request).take_tender(caller.device, paying=asked.paying)
    return reply(shapes.DoneReply())


@router.post(
    "/till/weigh",
    **operation(WeightNews, body=shapes.WeighRequest, example={"patience_ms": 5000}),
)
async def weigh(request: Request, caller: Reading) -> Response:
    """Wait for a stable weight above zero; a problem says what keeps the scale from it."""
    asked = await read_body(request, _WEIGH)
    patience_s = asked.patience_ms / 1000
    return reply(await _hub(request).weigh(caller.device, patience_s, asked.unit_price_minor))


@router.post(
    "/till/drawer/open",
    **operation(shapes.DoneReply, body=shapes.OpenDrawer, example={"reason": "change"}),
)
async def open_drawer(request: Request, caller: Selling) -> Response:
    """Open the cash drawer at the till's printer; without a document of its own it is noted."""
    asked = await read_body(request, _DRAWER)
    await open_for(node_of(request), caller, asked.reason)
    return reply(shapes.DoneReply())


@router.put(
    "/till/display",
    **operation(
        shapes.DoneReply,
        body=shapes.ShowRequest,
        example={"items": [{"text": "Green tea", "amount": "4.99"}], "total": "4.99"},
    ),
)
async def show(request: Request, caller: Reading) -> Response:
    """Show something on the customer's display, until something else is shown."""
    asked = await read_body(request, _SHOW)
    upper, lower = lines_of([(item.text, item.amount) for item in asked.items], asked.total)
    if asked.lines:
        upper, lower = (*asked.lines, "")[:2]
    await _hub(request).show(caller.device, upper, lower)
    return reply(shapes.DoneReply())


# -- printing ----------------------------------------------------------------------------------

_TEST = _decoder(shapes.PrintTest)
_SETTLE = _decoder(shapes.SettleJob)
_LABELS = _decoder(shapes.LabelsRequest)
_JOB_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4c1"


def _job_reply(job: Job) -> shapes.JobReply:
    return shapes.JobReply(job.id, str(job.state), said(job.message))


@router.post(
    "/till/print/test",
    **operation(shapes.JobReply, body=shapes.PrintTest, example={"id": _JOB_ID}),
)
async def print_test(request: Request, caller: Reading) -> Response:
    """Print a test page on the till's printer."""
    asked, hub = await read_body(request, _TEST), _hub(request)
    page = sample_page(hub.paper(caller.device))
    return reply(_job_reply(await hub.print(caller.device, f"test-{asked.id}", page)))


@router.get("/till/print", **operation(shapes.JobsReply))
async def list_print_jobs(request: Request, caller: Reading) -> Response:
    """List the till's print jobs, newest first."""
    jobs = _hub(request).prints.recent(caller.device)
    return reply(shapes.JobsReply([_job_reply(job) for job in jobs]))


@router.get("/till/print/{job_id}", **operation(shapes.JobReply))
async def get_print_job(request: Request, job_id: JobId, _caller: Reading) -> Response:
    """Show a print job."""
    job = _hub(request).prints.find(job_id)
    if job is None:
        raise UnknownJob("print", job=job_id)
    return reply(_job_reply(job))


@router.post(
    "/till/print/{job_id}/settle",
    **operation(shapes.JobReply, body=shapes.SettleJob, example={"printed": False}),
)
async def settle_print_job(request: Request, job_id: JobId, _caller: Selling) -> Response:
    """Say what somebody saw on the paper of a job in doubt; what is missing is printed again."""
    asked = await read_body(request, _SETTLE)
    return reply(_job_reply(await _hub(request).prints.settle(job_id, printed=asked.printed)))


@router.post(
    "/till/labels",
    **operation(
        shapes.JobsReply,
        body=shapes.LabelsRequest,
        example={"id": _JOB_ID, "labels": [{"sku": "TEA-100", "copies": 2}]},
    ),
)
async def print_labels(request: Request, caller: Reading) -> Response:
    """Print shelf labels on the till's label printer, as `POST /stock/labels` does."""
    asked, node = await read_body(request, _LABELS), node_of(request)
    jobs = []
    for at, wanted in enumerate(asked.labels):
        product = await node.read(node.views.product, wanted.sku)
        if product is None:
            raise UnknownProduct("sku", f"labels[{at}].sku", sku=wanted.sku)
        settings = node.settings
        label = label_of(product, asked.language, settings.currency, settings.places)
        job_id = f"label-{asked.id}-{at}"
        jobs.append(await node.hardware.print_label(caller.device, job_id, label, wanted.copies))
    return reply(shapes.JobsReply([_job_reply(job) for job in jobs]))


# -- cards -------------------------------------------------------------------------------------

_CHARGE = _decoder(shapes.ChargeRequest)
_RESOLVE = _decoder(shapes.ResolveRequest)
_REVERSE = _decoder(shapes.ReverseRequest)
_END_OF_DAY = _decoder(shapes.EndOfDayRequest)


def _payment_reply(payment: CardPayment) -> shapes.CardPaymentReply:
    return shapes.CardPaymentReply(
        id=payment.id,
        kind=payment.kind,
        state=str(payment.state),
        message=said(payment.message),
        amount_minor=payment.amount_minor,
        charged_minor=payment.charged_minor,
        sale_id=payment.sale_id,
        reverses=payment.reverses,
        device=payment.device,
        receipt=payment.receipt,
        card=payment.card,
        number=payment.number,
        settled_by=payment.settled_by,
        task=payment.task,
    )


def _terminal(request: Request, caller: Caller) -> Unit:
    return _hub(request).find(caller.device, "CAT")


def _terminal_of(request: Request, payment_id: UUID) -> Unit:
    """The terminal a payment was begun at."""
    hub = _hub(request)
    return hub.find_named(hub.payments.find(str(payment_id)).device)


def _terminal_for(request: Request, payment_id: UUID, caller: Caller) -> Unit:
    """The terminal that pays back: a charge's own, or the one where the customer stands now."""
    hub = _hub(request)
    payment = hub.payments.find(str(payment_id))
    return _terminal(request, caller) if payment.kind == OWED else hub.find_named(payment.device)


@router.put(
    "/till/payments/{payment_id}",
    **operation(shapes.CardPaymentReply, body=shapes.ChargeRequest, example=PAYMENT_EXAMPLE),
)
async def charge_card(request: Request, payment_id: UUID, caller: Selling) -> Response:
    """Begin to charge a card at the till's terminal, once under this id; events say how it goes."""
    asked = await read_body(request, _CHARGE)
    unit = _terminal(request, caller)
    payments = _hub(request).payments
    paid = await payments.charge(
        unit, caller.device, str(payment_id), asked.amount_minor, asked.sale_id
    )
    return reply(_payment_reply(paid))


@router.get("/till/payments", **operation(shapes.CardPaymentsReply))
async def payments_of_sale(request: Request, sale: SaleOf, _caller: Reading) -> Response:
    """List what terminals charged for a sale, what a return owes cards, and what undid either."""
    found = _hub(request).payments.of_sale(str(sale))
    return reply(shapes.CardPaymentsReply([_payment_reply(one) for one in found]))


@router.get("/till/payments/{payment_id}", **operation(shapes.CardPaymentReply))
async def get_payment(request: Request, payment_id: UUID, _caller: Reading) -> Response:
    """Show a card payment."""
    return reply(_payment_reply(_hub(request).payments.find(str(payment_id))))


@router.post(
    "/till/payments/{payment_id}/cancel",
    **operation(shapes.CardPaymentReply, body=shapes.EndOfDayRequest, example={}),
)
async def cancel_payment(request: Request, payment_id: UUID, caller: Selling) -> Response:
    """Ask the terminal to stop; the payment's state says whether it still could.

    A payment that never arrived here is `failed` for good: should it come late, nothing is charged.
    """
    await read_body(request, _END_OF_DAY)
    hub = _hub(request)
    try:
        unit = _terminal_of(request, payment_id)
    except UnknownJob:
        unit = _terminal(request, caller)
    return reply(_payment_reply(await hub.payments.cancel(unit, caller.device, str(payment_id))))


@router.post(
    "/till/payments/{payment_id}/resolve",
    **operation(shapes.CardPaymentReply, body=shapes.ResolveRequest, example={"charged": False}),
)
async def resolve_payment(request: Request, payment_id: UUID, caller: Selling) -> Response:
    """Settle a payment in doubt, after a look at the terminal's last receipt."""
    asked = await read_body(request, _RESOLVE)
    unit = _terminal_of(request, payment_id)
    settled = await _hub(request).payments.resolve(
        unit, str(payment_id), charged=asked.charged, by=caller.actor
    )
    return reply(_payment_reply(settled))


@router.post(
    "/till/payments/{payment_id}/reverse",
    **operation(shapes.CardPaymentReply, body=shapes.ReverseRequest, example={"id": _JOB_ID}),
)
async def reverse_payment(request: Request, payment_id: UUID, caller: Selling) -> Response:
    """Begin to pay back a charge, or what a return or exchange owes a card; answers how that is.

    A charge of today is undone as a whole. What a document asks for (`task`) is refunded where it
    can't be undone: a part, another day's charge, a card of no known charge.
    """
    asked = await read_body(request, _REVERSE)
    unit = _terminal_for(request, payment_id, caller)
    begun = await _hub(request).payments.reverse(
        unit, caller.device, str(payment_id), str(asked.id)
    )
    return reply(_payment_reply(begun))


@router.post(
    "/till/terminal/end-of-day",
    **operation(shapes.EndOfDayReply, body=shapes.EndOfDayRequest, example={}),
)
async def end_of_day(request: Request, caller: Selling) -> Response:
    """Hand the day's card payments to the acquirer; takes as long as the terminal does."""
    await read_body(request, _END_OF_DAY)
    total = await _hub(request).payments.end_of_day(_terminal(request, caller))
    return reply(shapes.EndOfDayReply(total))


# -- counting, and looking after devices -------------------------------------------------------

_INVENTORY = _decoder(shapes.InventoryRequest)
_CHECK = _decoder(shapes.CheckRequest)


@router.post(
    "/till/rfid/inventory",
    **operation(shapes.InventoryReply, body=shapes.InventoryRequest, example={"duration_ms": 5000}),
)
async def take_inventory(request: Request, caller: Stocking) -> Response:
    """Read RFID tags for a while and count the articles among them; for stock counts."""
    asked = await read_body(request, _INVENTORY)
    tags, articles = await _hub(request).inventory(caller.device, asked.duration_ms / 1000)
    return reply(shapes.InventoryReply(tags, articles))


@router.get("/devices", **operation(shapes.DevicesReply))
async def list_devices(request: Request, _caller: Reading) -> Response:
    """List the store's devices and their condition."""
    hub = _hub(request)
    return reply(shapes.DevicesReply([hub.describe(unit) for unit in hub.units.values()]))


@router.post(
    "/devices/{name}/check",
    **operation(shapes.CheckReply, body=shapes.CheckRequest, example={"level": "external"}),
)
async def check_device(request: Request, name: str, _caller: Auditing) -> Response:
    """Ask a device how it is; interactively, it waits for a scan or goods, or prints a page."""
    asked = await read_body(request, _CHECK)
    level = Level.INTERACTIVE if asked.level == "interactive" else Level.EXTERNAL
    health = await _hub(request).check(name, level)
    return reply(shapes.CheckReply(name, health.text))


@router.post(
    "/devices/{name}/page",
    **operation(shapes.JobReply, body=shapes.PrintTest, example={"id": _JOB_ID}),
)
async def print_page(request: Request, name: str, _caller: Auditing) -> Response:
    """Print a test page or label on a printer, whichever till it belongs to."""
    asked = await read_body(request, _TEST)
    return reply(_job_reply(await _hub(request).page(name, f"test-{asked.id}")))
