"""Nobody gets back more than was paid, nor returns more than was bought, however often asked."""

import datetime
from collections.abc import Sequence

import msgspec

from edge.books import checks
from edge.books.numbers import generation_of, receipt_text
from edge.books.postings import VOID
from edge.books.reads import Found, Reads, find_item
from edge.books.rules import smallest_coin
from edge.books.tasks import task
from edge.books.transaction import Books, request_digest
from edge.errors import BadField, BadPrice, BadTender, NothingToReturn, SaleVoided, SerialHere
from edge.selling.entitlements import debit_of_return
from edge.selling.pricing import SellLine, TenderLine, check_tender, portion, price_lines
from edge.selling.rounding import pay_out
from edge.selling.sales import find_sale
from edge.shifts.reads import day_of_shift
from edge.stock.lots import added_up, lot_line, returned_lots, serial_state
from edge.stock.serials import not_sold_here
from sync.body import LotLine
from sync.receipts import Line, LineKind, Return, ReturnedLine, Sale, Tender


class ReturnLine(msgspec.Struct, frozen=True):
    """A line to take back.

    With a receipt, `line` is its index in the sale and the refund follows from what was paid.
    Without one, `line` is -1, the goods are named by SKU or GTIN and `price_minor` is what is
    refunded for `price_quantity` base units (None: the catalogue's price). `serials` are those of
    the pieces that come back, where the sale told of some and not all come back at once. Without a
    receipt they tell, with `lot` and `expiry_day`, which pieces come back, as far as that is known.
    """

    line: int = -1
    sku: str = ""
    gtin: str = ""
    quantity: int = 1
    price_minor: int | None = None
    price_quantity: int = 1
    kind: LineKind = LineKind.GOODS
    restock: bool = True
    note: str = ""
    serials: tuple[str, ...] = ()
    lot: str = ""
    expiry_day: datetime.date | None = None


class ReturnGoods(msgspec.Struct, frozen=True):
    """Take goods back and refund them; tenders are positive and add up to the refund.

    No tenders at all means that all of it is refunded in cash. Cash is rounded where the rule says
    so.
    """

    id: bytes
    till: str
    sale_id: bytes | None
    lines: tuple[ReturnLine, ...]
    tenders: tuple[TenderLine, ...] = ()
    reason: str = ""
    actor: str = ""
    at_ms: int | None = None
    business_day: int | None = None
    drawer: str = ""
    shift: int = 0
    approver: str = ""

    def run(self, books: Books) -> "ReturnResult":
        """Commit the return, or find it committed; raise Problem."""
        request = request_digest(self)
        found = books.prior(self.id, request, Return)
        if found is None:
            at_ms = books.when(self.at_ms)
            day = day_of_shift(books, self.drawer, self.shift)
            day = books.day(self.business_day if day is None else day, at_ms)
            body = plan_return(self, books, day, books.currency)
            foreign = [] if self.sale_id else not_sold_here(books, named_serials(books, self.lines))
            seq = books.append(self.id, at_ms, self.actor, body, request)
            debit_of_return(books, self.id, at_ms, body, self.actor)
            for serial in foreign:
                books.attend(task("serial-foreign", serial[0], serial=serial[1]), at_ms, self.id)
            return _result(self.id, at_ms, body, books.journal, seq, repeated=False)
        return return_result(found, repeated=True)


class ReturnResult(msgspec.Struct, frozen=True):
    """A return as it is on record; it has a number in the same series as sales."""

    id: bytes
    receipt: str
    till: str
    number: int
    business_day: int
    at_ms: int
    currency: str
    sale_id: bytes | None
    total_minor: int
    tax_minor: int
    lines: tuple[ReturnedLine, ...]
    tenders: tuple[Tender, ...]
    reason: str
    repeated: bool
    journal: str
    seq: int


def plan_return(command: ReturnGoods, books: Books, business_day: int, currency: str) -> Return:
    """Make the body of a return from what is asked; raise Problem."""
    till = checks.till(command.till)
    checks.lines(command.lines)
    lots: list[LotLine] = []
    if command.sale_id is None:
        lines = _without_receipt(books, command.lines, lots)
    else:
        lines = _with_receipt(books, command.sale_id, command.lines, lots)
    total = sum(line.amount_minor for line in lines)
    return Return(
        till=till,
        number=books.next_number(till),
        business_day=business_day,
        currency=currency,
        sale=command.sale_id or b"",
        lines=lines,
        tenders=pay_out(_tenders(total, command.tenders), smallest_coin(books)),
        total_minor=total,
        reason=checks.text(command.reason, "reason"),
        drawer=checks.name(command.drawer, "drawer"),
        shift=command.shift,
        approver=checks.name(command.approver, "approver"),
        lots=added_up(lots),
    )


def _with_receipt(
    reads: Reads, sale_id: bytes, asked: Sequence[ReturnLine], lots: list[LotLine]
) -> list[ReturnedLine]:
    """Take lines of a sale back, and note in `lots` which pieces go back into stock."""
    sale = find_sale(reads, sale_id).fact.body
    assert isinstance(sale, Sale)  # noqa: S101 - find_sale found one
    undone = reads.undone(sale_id)
    if VOID in undone:
        raise SaleVoided("return", "sale_id")
    lines = []
    for at, line in enumerate(asked):
        field = f"lines[{at}]"
        checks.integer(line.line, 0, len(sale.lines) - 1, f"{field}.line", BadField)
        if line.sku or line.gtin or line.price_minor is not None or line.lot or line.expiry_day:
            raise BadField("lines-by-index", field)
        before = undone.get(str(line.line), 0)
        sold = sale.lines[line.line]
        lines.append(refund(sold, line, before, field))
        back = returned_lots(sold, line.quantity, before, line.serials, field)
        if back is not None and line.restock:
            lots.append(back)
        undone[str(line.line)] = before + line.quantity
    return lines


def refund(sold: Line, asked: ReturnLine, before: int, field: str = "lines[0]") -> ReturnedLine:
    """Take units of a sold line back after `before` of them; raise NothingToReturn."""
    quantity = checks.quantity(asked.quantity, f"{field}.quantity")
    if quantity > sold.quantity - before:
        raise NothingToReturn(
            "returned",
            f"{field}.quantity",
            sku=sold.sku,
            sold_quantity=sold.quantity,
            back_quantity=before,
            wanted_quantity=quantity,
        )
    return ReturnedLine(
        line=asked.line,
        sku=sold.sku,
        quantity=quantity,
        amount_minor=portion(sold.amount_minor, sold.quantity, before, quantity),
        tax_code=sold.tax_code,
        tax_minor=portion(sold.tax_minor, sold.quantity, before, quantity),
        kind=sold.kind,
        restock=asked.restock,
        note=checks.text(asked.note, f"{field}.note"),
    )


def _without_receipt(
    reads: Reads, asked: Sequence[ReturnLine], lots: list[LotLine]
) -> list[ReturnedLine]:
    """Take goods back that nobody knows the sale of; note in `lots` which go back into stock."""
    if any(line.line != -1 for line in asked):
        raise BadField("lines-by-name", "lines")
    wanted = [
        SellLine(x.sku, x.gtin, x.quantity, x.price_minor, x.price_quantity, 0, x.kind, x.note)
        for x in asked
    ]
    priced = price_lines(reads, wanted, 0, withdrawn=True)
    for at, (line, want) in enumerate(zip(priced, asked, strict=True)):
        told = lot_line(line.sku, want, f"lines[{at}]")
        if told is not None and line.kind is LineKind.GOODS:
            _check_gone(reads, told)
            if want.restock:
                lots.append(told)
    return [
        ReturnedLine(
            line=-1,
            sku=line.sku,
            quantity=line.quantity,
            amount_minor=line.amount_minor,
            tax_code=line.tax_code,
            tax_minor=line.tax_minor,
            kind=line.kind,
            restock=want.restock,
            note=line.note,
        )
        for line, want in zip(priced, asked, strict=True)
    ]


def _check_gone(reads: Reads, told: LotLine) -> None:
    for serial in told.serials:
        if serial_state(reads, told.sku, serial).here:
            raise SerialHere("return", "lines", sku=told.sku, serial=serial)


def named_serials(reads: Reads, asked: Sequence[ReturnLine]) -> list[tuple[str, str]]:
    """List the serial numbers that lines without a receipt name, with the SKU of each."""
    return [
        (find_item(reads, line.sku, line.gtin, "lines").sku, serial)
        for line in asked
        for serial in line.serials
    ]


def _tenders(total_minor: int, tenders: Sequence[TenderLine]) -> list[Tender]:
    if not tenders:
        return [Tender("cash", total_minor)] if total_minor else []
    return check_refund(total_minor, tenders)


def check_refund(total_minor: int, tenders: Sequence[TenderLine]) -> list[Tender]:
    """Check that tenders pay out exactly a refund; raise Problem."""
    if total_minor < 0:
        raise BadPrice("negative-refund", "lines")
    checks.lines(tenders, "tenders")
    for at, tender in enumerate(tenders):
        check_tender(tender, f"tenders[{at}]")
    paid = sum(tender.amount_minor for tender in tenders)
    if paid != total_minor:
        raise BadTender("refund-sum", "tenders", total_minor=total_minor, paid_minor=paid)
    return [Tender(x.kind, x.amount_minor, x.reference) for x in tenders]


def return_result(found: Found, *, repeated: bool) -> ReturnResult:
    """Give a return on record; its body must be a Return."""
    body = found.fact.body
    assert isinstance(body, Return)  # noqa: S101 - the caller looked
    fact = found.fact
    return _result(fact.id, fact.at_ms, body, found.journal, found.seq, repeated=repeated)


def _result(
    return_id: bytes, at_ms: int, body: Return, journal: str, seq: int, *, repeated: bool
) -> ReturnResult:
    return ReturnResult(
        id=return_id,
        receipt=receipt_text(body.till, generation_of(journal), body.number),
        till=body.till,
        number=body.number,
        business_day=body.business_day,
        at_ms=at_ms,
        currency=body.currency,
        sale_id=body.sale or None,
        total_minor=body.total_minor,
        tax_minor=sum(line.tax_minor for line in body.lines),
        lines=tuple(body.lines),
        tenders=tuple(body.tenders),
        reason=body.reason,
        repeated=repeated,
        journal=journal,
        seq=seq,
    )
