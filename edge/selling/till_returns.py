"""At a till, what undoes a sale belongs to the drawer's shift and has somebody's word behind it."""

from uuid import UUID

import msgspec

from edge.books.rules import drawer_of_till, limits
from edge.books.tasks import task
from edge.books.transaction import Books
from edge.errors import ApprovalNeeded
from edge.hardware.owed_cards import CARD, OweRefund
from edge.people.access import may_approve
from edge.selling.returning import ReturnGoods, ReturnResult
from edge.selling.sales import EXCHANGE, SaleResult, VoidResult, VoidSale
from edge.selling.tilling import FinishedSale
from edge.shifts.doubts import shift_doubts
from edge.shifts.reads import open_shift
from sync.receipts import Return, Void


class TakeBack(msgspec.Struct, frozen=True):
    """Goods taken back at a till by an operator.

    What goes to a card is owed to it until the till's `terminal` has paid it back. A reference says
    that somebody did that by hand; without a terminal nobody else could.
    """

    goods: ReturnGoods
    operator: str = ""
    terminal: str = ""

    def run(self, books: Books) -> ReturnResult:
        """Commit the return and what it owes, or find it committed; raise Problem."""
        goods = self.goods
        drawer, shift = _place(books, goods.id, goods.till, goods.drawer, goods.shift)
        goods = msgspec.structs.replace(goods, drawer=drawer, shift=shift)
        if goods.sale_id is None and books.find(goods.id) is None:
            _check_word(books, goods.approver, self.operator, "blind-return")
        result = goods.run(books)
        _attend(books, goods.id, drawer, shift, repeated=result.repeated)
        if self.terminal and not result.repeated:
            self._owe(books, result)
        return result

    def _owe(self, books: Books, done: ReturnResult) -> None:
        minor = sum(x.amount_minor for x in done.tenders if x.kind == CARD and not x.reference)
        if minor:
            sale = done.sale_id or b""
            OweRefund(done.id, sale, done.receipt, done.till, self.terminal, minor).run(books)


class Exchange(msgspec.Struct, frozen=True):
    """A sale that a till finished; what an exchange leaves over may be owed to a card."""

    sale: FinishedSale
    terminal: str = ""

    def run(self, books: Books) -> SaleResult:
        """Commit the sale and what it owes, or find it committed; raise Problem."""
        result = self.sale.run(books)
        out = sum(
            -x.amount_minor
            for x in result.tenders
            if x.kind == CARD and x.amount_minor < 0 and not x.reference
        )
        if out and not result.repeated:
            self._owe(books, result, out)
        return result

    def _owe(self, books: Books, done: SaleResult, minor: int) -> None:
        """Owe what a return has behind it, once; for the rest somebody is asked."""
        given = {x.reference: x.amount_minor for x in done.tenders if x.kind == EXCHANGE}
        backed = 0
        for reference, amount_minor in given.items():
            found = _return_of(books, reference, amount_minor)
            part = min(minor - backed, amount_minor) if found and self.terminal else 0
            if found is None or part <= 0:
                continue
            owe = OweRefund(
                done.id, found.sale, done.receipt, done.till, self.terminal, part, reference
            )
            backed += part if owe.run(books) else 0
        if backed < minor:
            doubt = task("card-unbacked", receipt=done.receipt, refund_minor=minor - backed)
            books.attend(doubt, books.clock(), done.id)


def _return_of(books: Books, reference: str, amount_minor: int) -> Return | None:
    """Find the return whose refund paid for an exchange."""
    try:
        found = books.find(UUID(reference).bytes)
    except ValueError:
        return None
    body = found.fact.body if found else None
    if not isinstance(body, Return):
        return None
    credit = sum(x.amount_minor for x in body.tenders if x.kind == EXCHANGE)
    return body if 0 < amount_minor <= credit else None


class UndoSale(msgspec.Struct, frozen=True):
    """A sale undone as a whole at a till by an operator."""

    void: VoidSale
    till: str
    operator: str = ""

    def run(self, books: Books) -> VoidResult:
        """Commit the void, or find it committed; raise Problem."""
        void = self.void
        drawer, shift = _place(books, void.id, self.till, void.drawer, void.shift)
        void = msgspec.structs.replace(void, drawer=drawer, shift=shift)
        if not limits(books).void_sale and books.find(void.id) is None:
            _check_word(books, void.approver, self.operator, "void")
        result = void.run(books)
        _attend(books, void.id, drawer, shift, repeated=result.repeated)
        return result


def _place(books: Books, fact_id: bytes, till: str, drawer: str, shift: int) -> tuple[str, int]:
    """Drawer and shift of a document; one that is on record stays where it is."""
    drawer = drawer or drawer_of_till(books, till)
    if shift:
        return drawer, shift
    found = books.find(fact_id)
    if found is not None and isinstance(found.fact.body, Return | Void):
        return found.fact.body.drawer, found.fact.body.shift
    current = open_shift(books, drawer)
    return drawer, current.number if current else 0


def _check_word(books: Books, approver: str, operator: str, what: str) -> None:
    if not any(may_approve(books.connection, staff) for staff in (approver, operator)):
        raise ApprovalNeeded(what, "approver")


def _attend(books: Books, fact_id: bytes, drawer: str, shift: int, *, repeated: bool) -> None:
    if shift and not repeated:
        for doubt in shift_doubts(books, drawer, shift):
            books.attend(doubt, books.clock(), fact_id)
