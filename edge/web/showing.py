"""One law: what the books return becomes a documented answer here, and only here."""

from uuid import UUID

from edge.selling.returning import ReturnResult
from edge.selling.sales import QuoteResult, SaleResult, VoidResult
from edge.stock.moves import StockResult
from edge.views.values import SaleSummary, SaleView, SkuQuantity
from edge.web.replies import (
    KIND_NAMES,
    LineReply,
    QuoteReply,
    ReturnedLineReply,
    ReturnReply,
    SaleDetailReply,
    SaleReply,
    StockReply,
    TenderReply,
    VoidReply,
)
from sync.body import StockLine
from sync.receipts import Line, ReturnedLine, Tender
from sync.values import date_of


def line_reply(line: Line) -> LineReply:
    """Show a sold or quoted line."""
    return LineReply(
        line.sku,
        line.quantity,
        line.price_minor,
        line.price_quantity,
        line.discount_minor,
        line.amount_minor,
        line.tax_code,
        line.tax_ppm,
        line.tax_minor,
        KIND_NAMES[line.kind],
        line.note,
    )


def _tenders(tenders: tuple[Tender, ...]) -> list[TenderReply]:
    return [TenderReply(t.kind, t.amount_minor, t.reference) for t in tenders]


def _quantities(lines: tuple[StockLine, ...]) -> list[SkuQuantity]:
    return [SkuQuantity(line.sku, line.quantity) for line in lines]


def quote_reply(quote: QuoteResult) -> QuoteReply:
    """Show a quote."""
    lines = [line_reply(line) for line in quote.lines]
    return QuoteReply(quote.currency, quote.total_minor, quote.tax_minor, lines)


def sale_reply(sale: SaleResult) -> SaleReply:
    """Show a sale."""
    return SaleReply(
        UUID(bytes=sale.id),
        sale.receipt,
        sale.till,
        sale.number,
        date_of(sale.business_day),
        sale.at_ms,
        sale.currency,
        sale.total_minor,
        sale.tax_minor,
        [line_reply(line) for line in sale.lines],
        _tenders(sale.tenders),
        _quantities(sale.shortfalls),
        sale.repeated,
        sale.journal,
        sale.seq,
    )


def void_reply(void: VoidResult) -> VoidReply:
    """Show a void."""
    return VoidReply(
        UUID(bytes=void.id),
        UUID(bytes=void.sale_id),
        void.receipt,
        void.total_minor,
        void.repeated,
        void.journal,
        void.seq,
    )


def _returned(line: ReturnedLine) -> ReturnedLineReply:
    return ReturnedLineReply(
        line.line if line.line >= 0 else None,
        line.sku,
        line.quantity,
        line.amount_minor,
        line.tax_code,
        line.tax_minor,
        KIND_NAMES[line.kind],
        line.restock,
        line.note,
    )


def return_reply(returned: ReturnResult) -> ReturnReply:
    """Show a return."""
    return ReturnReply(
        UUID(bytes=returned.id),
        returned.receipt,
        returned.till,
        returned.number,
        date_of(returned.business_day),
        returned.at_ms,
        returned.currency,
        UUID(bytes=returned.sale_id) if returned.sale_id else None,
        returned.total_minor,
        returned.tax_minor,
        [_returned(line) for line in returned.lines],
        _tenders(returned.tenders),
        returned.reason,
        returned.repeated,
        returned.journal,
        returned.seq,
    )


def stock_reply(posting: StockResult) -> StockReply:
    """Show a posting of stock."""
    return StockReply(
        UUID(bytes=posting.id),
        posting.moved,
        posting.on_hand,
        posting.repeated,
        posting.journal,
        posting.seq,
    )


def sale_detail(view: SaleView) -> SaleDetailReply:
    """Show a sale with what became of it."""
    sale = sale_reply(view.sale)
    return SaleDetailReply(sale, view.actor, view.member, view.voided, view.lines)


def summary_of(view: SaleView) -> SaleSummary:
    """Show a sale found by its receipt as in a list."""
    sale = view.sale
    return SaleSummary(
        UUID(bytes=sale.id),
        sale.receipt,
        sale.at_ms,
        date_of(sale.business_day),
        sale.total_minor,
        len(sale.lines),
        view.actor,
        None,
    )
