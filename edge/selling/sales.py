"""A receipt says for good what was sold, at what price, with what tax and how it was paid."""

from collections.abc import Iterable

import msgspec

from edge.books import checks
from edge.books.numbers import generation_of, receipt_of, receipt_text
from edge.books.postings import VOID
from edge.books.reads import Found, Reads
from edge.books.rules import smallest_coin
from edge.books.transaction import Books, request_digest
from edge.errors import AlreadyReturned, SaleVoided, UnknownFact
from edge.hardware.owed_cards import OweCards
from edge.selling.entitlements import debit_of_return
from edge.selling.pricing import SellLine, TenderLine, price_lines, settle
from edge.selling.rounding import ROUNDING, pay_out, rounded_minor
from edge.shifts.reads import day_of_shift
from edge.stock.shortfalls import check_oversell, plan_shortfall, post_shortfall, shortfalls_of
from sync.body import StockLine
from sync.lots import sold_lots
from sync.receipts import Line, LineKind, Sale, Tender, Void

__all__ = [
    "Quote",
    "QuoteResult",
    "SaleResult",
    "Sell",
    "SellLine",
    "TenderLine",
    "VoidResult",
    "VoidSale",
]
EXCHANGE = "exchange"  # a tender: what a return refunded pays for the next sale
_PAID_IN_CASH = ("cash", "change", EXCHANGE, ROUNDING)


class Sell(msgspec.Struct, frozen=True):
    """Sell: the id is 16 bytes minted once by the till, at the first line.

    `discount_minor` is taken off the whole sale and spread over its lines. `at_ms` (UTC) and
    `business_day` (days since 1970) are now and today unless given.
    """

    id: bytes
    till: str
    lines: tuple[SellLine, ...]
    tenders: tuple[TenderLine, ...]
    discount_minor: int = 0
    member: str = ""
    actor: str = ""
    at_ms: int | None = None
    business_day: int | None = None

    def run(self, books: Books) -> "SaleResult":
        """Commit the sale, or find it committed; raise Problem."""
        request = request_digest(self)
        found = books.prior(self.id, request, Sale)
        if found is not None:
            return sale_result(books, found, repeated=True)
        at_ms = books.when(self.at_ms)
        sale = plan_sale(self, books, books.day(self.business_day, at_ms), books.currency)
        short = plan_shortfall(books, sale)
        check_oversell(books, sale)
        seq = books.append(self.id, at_ms, self.actor, sale, request)
        if short:
            post_shortfall(books, self.id, at_ms, short)
        journal = books.journal
        return _result(self.id, at_ms, sale, short, journal=journal, seq=seq, repeated=False)


class SaleResult(msgspec.Struct, frozen=True):
    """A sale as it is on record; `seq` is its number in the node's journal.

    `shortfalls` names what the sale took from stock reserved for headquarters.
    """

    id: bytes
    receipt: str
    till: str
    number: int
    business_day: int
    at_ms: int
    currency: str
    total_minor: int
    tax_minor: int
    lines: tuple[Line, ...]
    tenders: tuple[Tender, ...]
    shortfalls: tuple[StockLine, ...]
    repeated: bool
    journal: str
    seq: int


class Quote(msgspec.Struct, frozen=True):
    """What a sale of these lines would come to; nothing is committed. Asked of `Views.quote`."""

    lines: tuple[SellLine, ...]
    discount_minor: int = 0


class QuoteResult(msgspec.Struct, frozen=True):
    """Priced lines with discounts and taxes, and their sums."""

    currency: str
    total_minor: int
    tax_minor: int
    lines: tuple[Line, ...]


class VoidSale(msgspec.Struct, frozen=True):
    """Undo a sale as a whole, stock and money; its receipt number stays used."""

    id: bytes
    sale_id: bytes
    reason: str
    actor: str = ""
    at_ms: int | None = None
    business_day: int | None = None
    drawer: str = ""
    shift: int = 0
    approver: str = ""
    tenders: tuple[Tender, ...] = ()

    def run(self, books: Books) -> "VoidResult":
        """Commit the void, or find it committed; raise Problem."""
        request = request_digest(self)
        found = books.prior(self.id, request, Void)
        if found is not None:
            return void_result(books, found, repeated=True)
        at_ms = books.when(self.at_ms)
        day = day_of_shift(books, self.drawer, self.shift)
        day = books.day(self.business_day if day is None else day, at_ms)
        void = plan_void(self, books, day)
        books.append(self.id, at_ms, self.actor, void, request)
        debit_of_return(books, self.id, at_ms, void, self.actor)
        owe_cards(books, self.id, void)
        written = books.find(self.id)
        assert written is not None  # noqa: S101 - written above
        return void_result(books, written, repeated=False)


class VoidResult(msgspec.Struct, frozen=True):
    """A void as it is on record; `receipt` is the sale's."""

    id: bytes
    sale_id: bytes
    receipt: str
    total_minor: int
    repeated: bool
    journal: str
    seq: int


def plan_sale(command: Sell, books: Books, business_day: int, currency: str) -> Sale:
    """Make the body of a sale from what is asked; raise Problem."""
    till = checks.till(command.till)
    lines = price_lines(books, command.lines, command.discount_minor)
    total = sum(line.amount_minor for line in lines)
    tenders = settle(total, command.tenders, smallest_coin(books))
    if command.member:
        checks.name(command.member, "member")
    checks.name(command.actor, "actor")
    number = books.next_number(till)
    return Sale(till, number, business_day, currency, lines, tenders, command.member)


def plan_void(command: VoidSale, reads: Reads, business_day: int) -> Void:
    """Make the body of a void; raise UnknownFact, SaleVoided or AlreadyReturned."""
    reason = checks.text(command.reason, "reason", needed=True)
    checks.name(command.actor, "actor")
    sale = find_sale(reads, command.sale_id).fact.body
    assert isinstance(sale, Sale)  # noqa: S101 - find_sale found one
    undone = reads.undone(command.sale_id)
    if VOID in undone:
        raise SaleVoided("void", "sale_id")
    if undone:
        raise AlreadyReturned("sale", "sale_id")
    lines = [StockLine(x.sku, x.quantity) for x in sale.lines if x.kind is LineKind.GOODS]
    return Void(
        sale.till,
        business_day,
        sale.currency,
        command.sale_id,
        lines,
        sale.total_minor,
        reason,
        sale.tax_minor,
        _rounded_back(sale, command.tenders or (paid_back(sale) if command.shift else ()), reads),
        checks.name(command.drawer, "drawer"),
        command.shift,
        checks.name(command.approver, "approver"),
        sold_lots(sale),
    )


def _rounded_back(sale: Sale, tenders: tuple[Tender, ...], reads: Reads) -> tuple[Tender, ...]:
    return tuple(pay_out(tenders, smallest_coin(reads), rounded_minor(sale.tenders)))


def paid_back(sale: Sale) -> tuple[Tender, ...]:
    """List tenders that pay a sale back as it was paid, less the change, which was cash.

    Cash is exact here, as if nothing had been rounded.

    An exchange's credit is paid back in cash: its goods are the store's; what of it went to a card
    before is change too. Change beyond the cash that was given came out of the last tenders (a
    voucher) and goes off them: nobody is paid below zero.
    """
    sums: dict[tuple[str, str], int] = {}
    for tender in sale.tenders:
        in_cash = tender.kind in _PAID_IN_CASH or tender.amount_minor < 0
        key = ("cash", "") if in_cash else (tender.kind, tender.reference)
        sums[key] = sums.get(key, 0) + tender.amount_minor
    cash = sums.get(("cash", ""), 0)
    if cash < 0 <= sale.total_minor:
        del sums[("cash", "")]
        for key in reversed(sums):
            taken = min(sums[key], -cash)
            sums[key] -= taken
            cash += taken
    return tuple(Tender(kind, minor, text) for (kind, text), minor in sums.items() if minor)


def owe_cards(books: Books, void_id: bytes, void: Void) -> None:
    """Make it a task to undo what the store's terminals charged, unless cash was paid instead."""
    found = find_sale(books, void.sale)
    sale = found.fact.body
    assert isinstance(sale, Sale)  # noqa: S101 - find_sale found one
    taken = _cash_minor(paid_back(sale))
    instead = _cash_minor(void.tenders) + rounded_minor(void.tenders) - taken if void.tenders else 0
    receipt = receipt_of(sale, generation_of(found.journal))
    OweCards(void_id, void.sale, receipt, max(instead, 0)).run(books)


def _cash_minor(tenders: Iterable[Tender]) -> int:
    return sum(one.amount_minor for one in tenders if one.kind == "cash")


def find_sale(reads: Reads, sale_id: bytes) -> Found:
    """Find a sale by id; raise UnknownFact."""
    found = reads.find(sale_id)
    if found is None or not isinstance(found.fact.body, Sale):
        raise UnknownFact("sale", "sale_id")
    return found


# -- results -------------------------------------------------------------------------------------


def sale_result(reads: Reads, found: Found, *, repeated: bool) -> SaleResult:
    """Give a sale on record; its body must be a Sale."""
    sale = found.fact.body
    assert isinstance(sale, Sale)  # noqa: S101 - the caller looked
    short = shortfalls_of(reads, found.fact.id)
    return _result(
        found.fact.id,
        found.fact.at_ms,
        sale,
        short,
        journal=found.journal,
        seq=found.seq,
        repeated=repeated,
    )


def _result(
    sale_id: bytes,
    at_ms: int,
    sale: Sale,
    short: Iterable[StockLine],
    *,
    journal: str,
    seq: int,
    repeated: bool,
) -> SaleResult:
    return SaleResult(
        id=sale_id,
        receipt=receipt_of(sale, generation_of(journal)),
        till=sale.till,
        number=sale.number,
        business_day=sale.business_day,
        at_ms=at_ms,
        currency=sale.currency,
        total_minor=sum(tender.amount_minor for tender in sale.tenders),
        tax_minor=sale.tax_minor,
        lines=tuple(sale.lines),
        tenders=tuple(sale.tenders),
        shortfalls=tuple(short),
        repeated=repeated,
        journal=journal,
        seq=seq,
    )


def void_result(reads: Reads, found: Found, *, repeated: bool) -> VoidResult:
    """Give a void on record; its body must be a Void."""
    void = found.fact.body
    assert isinstance(void, Void)  # noqa: S101 - the caller looked
    sale = find_sale(reads, void.sale)
    sold = sale.fact.body
    assert isinstance(sold, Sale)  # noqa: S101 - find_sale found one
    return VoidResult(
        id=found.fact.id,
        sale_id=void.sale,
        receipt=receipt_text(void.till, sold.life or generation_of(sale.journal), sold.number),
        total_minor=void.total_minor,
        repeated=repeated,
        journal=found.journal,
        seq=found.seq,
    )
