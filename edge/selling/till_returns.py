"""At a till, what undoes a sale belongs to the drawer's shift and has somebody's word behind it."""

import msgspec

from edge.books.rules import drawer_of_till, limits
from edge.books.transaction import Books
from edge.errors import ApprovalNeeded
from edge.people.access import may_approve
from edge.selling.returning import ReturnGoods, ReturnResult
from edge.selling.sales import VoidResult, VoidSale
from edge.shifts.doubts import shift_doubts
from edge.shifts.reads import open_shift
from sync.receipts import Return, Void


class TakeBack(msgspec.Struct, frozen=True):
    """Goods taken back at a till by an operator."""

    goods: ReturnGoods
    operator: str = ""

    def run(self, books: Books) -> ReturnResult:
        """Commit the return, or find it committed; raise Problem."""
        goods = self.goods
        drawer, shift = _place(books, goods.id, goods.till, goods.drawer, goods.shift)
        goods = msgspec.structs.replace(goods, drawer=drawer, shift=shift)
        if goods.sale_id is None and books.find(goods.id) is None:
            _check_word(books, goods.approver, self.operator, "blind-return")
        result = goods.run(books)
        _attend(books, goods.id, drawer, shift, repeated=result.repeated)
        return result


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
