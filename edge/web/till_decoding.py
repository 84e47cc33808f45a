"""One law: what a till sent is taken as it is; only card numbers in its texts are starred out."""

from uuid import UUID

from msgspec.json import Decoder

from edge.books import checks
from edge.people.access import Caller
from edge.selling import tilling
from edge.selling.refunds import booked_by, without_code
from edge.web import till_requests as asked
from edge.web.problems import NotAllowed
from sync.entitlements import key_of
from sync.receipts import Discount, DiscountKind, Line, LineDetail, LineKind, Tender
from sync.values import day_of

FINISHED_SALE = Decoder(asked.FinishedSale)

_KINDS = {"goods": LineKind.GOODS, "service": LineKind.SERVICE, "charge": LineKind.CHARGE}
_DISCOUNTS = {
    "manual": DiscountKind.MANUAL,
    "promotion": DiscountKind.PROMOTION,
    "coupon": DiscountKind.COUPON,
    "member": DiscountKind.MEMBER,
}


def till_of(caller: Caller) -> str:
    """Name the till that asks; raise NotAllowed for a device that is none."""
    if caller.role not in ("till", "admin"):
        raise NotAllowed("no-till", device=caller.device)
    return caller.device


def finished_sale(sale_id: UUID, sale: asked.FinishedSale, caller: Caller) -> tilling.FinishedSale:
    """Make a finished sale's command."""
    till = till_of(caller)
    return tilling.FinishedSale(
        id=sale_id.bytes,
        till=till,
        life=sale.life,
        number=sale.number,
        drawer=sale.drawer,
        shift=sale.shift,
        business_day=day_of(sale.business_day),
        lines=tuple(_line(line) for line in sale.lines),
        tenders=tuple(
            Tender(x.kind, x.amount_minor, _reference(x.kind, x.reference)) for x in sale.tenders
        ),
        total_minor=sale.total_minor,
        at_ms=sale.at_ms,
        operator=sale.operator or caller.staff,
        member=sale.member,
        points=sale.points,
        detached=sale.detached,
    )


def _reference(kind: str, text: str) -> str:
    """Return a tender's reference; digits of a redemption's id are nobody's card number."""
    reference = without_code(kind, text)
    return reference if booked_by(Tender(kind, 0, reference)).key else checks.masked(reference)


def _line(line: asked.TillLine) -> Line:
    return Line(
        line.sku,
        line.quantity,
        line.price_minor,
        line.tax_code,
        line.tax_ppm,
        line.tax_added,
        line.price_quantity,
        line.discount_minor,
        line.tax_adjust_minor,
        _KINDS[line.kind],
        checks.masked(line.note),
        _detail(line.name, line.detail or asked.LineDetail()),
    )


def _detail(name: str, detail: asked.LineDetail) -> LineDetail:
    return LineDetail(
        name=checks.masked(name),
        discounts=tuple(
            Discount(_DISCOUNTS[x.kind], x.code, x.amount_minor, checks.masked(x.text), x.whole)
            for x in detail.discounts
        ),
        list_price_minor=detail.list_price_minor,
        reason=checks.masked(detail.reason),
        approver=detail.approver,
        serials=tuple(detail.serials),
        lot=detail.lot,
        expiry_day=detail.expiry_day,
        voucher=key_of(f"gift:{detail.voucher.strip()}").removeprefix("gift:"),
    )
