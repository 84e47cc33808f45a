"""Whatever is refused says which rule it breaks and what to do, and has changed nothing.

Each problem has a `code` that programs may rely on, the HTTP `status` it becomes (RFC 9457), a
`title` that never changes and, where there is one, the `field` of the request to correct, written
like `lines[2].quantity`. Its `case` and `values` say what is wrong this time; from them its
`detail` is made (`edge.refusals`), and what a till says in its own languages.
"""

from typing import ClassVar

from edge.refusals import Value, say


class Problem(Exception):  # noqa: N818 - a refusal with its reason, not a fault of the program
    """A command that is refused; nothing was changed."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    title: ClassVar[str] = "The request can't be carried out"

    def __init__(self, case: str, field: str = "", /, **values: Value) -> None:
        self.case, self.field, self.values = case, field, values
        self.detail = say(self.code, case, field, values)
        super().__init__(self.detail)


class UnknownProduct(Problem):
    """No product of this catalogue has the SKU or GTIN."""

    code = "unknown-product"
    title = "There is no such product"


class NotForSale(Problem):
    """The product exists but is withdrawn from sale."""

    code = "not-for-sale"
    title = "The product is not for sale"


class BadQuantity(Problem):
    """A quantity is no integer of base units within its range."""

    code = "bad-quantity"
    title = "The quantity is not acceptable"


class BadPrice(Problem):
    """A price, discount or total is no integer of minor units within its range."""

    code = "bad-price"
    title = "The price is not acceptable"


class BadField(Problem):
    """Another field of the request is malformed."""

    code = "bad-field"
    title = "A field is not acceptable"


class TenderShort(Problem):
    """What was tendered does not cover the total."""

    code = "tender-short"
    title = "The tenders do not cover the total"


class BadTender(Problem):
    """A tender is malformed or exceeds what it may pay."""

    code = "bad-tender"
    title = "A tender is not acceptable"


class UnknownFact(Problem):
    """The sale or other document that a command refers to is not held here."""

    code = "unknown-document"
    status = 404
    title = "There is no such document"


class Conflict(Problem):
    """The id was used before, for something else."""

    code = "conflict"
    status = 409
    title = "The id is in use with other content"


class NothingToReturn(Problem):
    """More would be taken back than was sold and not yet returned."""

    code = "nothing-to-return"
    status = 409
    title = "There is not that much left to return"


class SerialHere(Conflict):
    """A piece can't come back that is in stock by its serial number."""

    code = "serial-here"
    title = "The piece is in stock"


class SaleVoided(Problem):
    """The sale was undone as a whole."""

    code = "sale-voided"
    status = 409
    title = "The sale was voided"


class AlreadyReturned(Problem):
    """A sale of which something came back can't be voided as a whole any more."""

    code = "already-returned"
    status = 409
    title = "Part of the sale was returned"


class OutOfStock(Problem):
    """The books hold less than is asked for, and the rule of the store is not to go below."""

    code = "out-of-stock"
    status = 409
    title = "There is not enough stock"


class RightsShort(Problem):
    """Less of a gift card, of points or of a coupon can be spent here than is asked for."""

    code = "rights-short"
    status = 409
    title = "Not enough of it can be spent here"


class AlreadyReversed(Problem):
    """A redemption is reversed once, as a whole."""

    code = "already-reversed"
    status = 409
    title = "The redemption was reversed"


class ShiftIsOpen(Problem):
    """The drawer is in use already."""

    code = "shift-open"
    status = 409
    title = "The drawer is in a shift"


class ShiftIsClosed(Problem):
    """The shift has ended."""

    code = "shift-closed"
    status = 409
    title = "The shift is closed"


class NoShift(Problem):
    """The drawer is not in use."""

    code = "no-shift"
    status = 409
    title = "The drawer is in no shift"


class ApprovalNeeded(Problem):
    """Somebody with the right to approve has to allow it first."""

    code = "approval-needed"
    status = 403
    title = "Somebody has to approve this"


class TooManyLives(Problem):
    """A till's browser store was lost more often than receipts can tell apart."""

    code = "too-many-lives"
    status = 409
    title = "This till was set up too often"


class HeldTaken(Problem):
    """The basket was taken up elsewhere, or dropped."""

    code = "held-taken"
    status = 409
    title = "The basket is gone"


class HeldSold(Problem):
    """The basket was sold meanwhile."""

    code = "held-sold"
    status = 409
    title = "The basket was sold"


class Overloaded(Problem):
    """Too much is waiting to be written; try again shortly."""

    code = "overloaded"
    status = 503
    title = "The node has too much to write"


class StoreFailed(Problem):
    """The database could not make a change durable; whether it is durable is not known.

    Repeat the command under the same id: it is carried out once.
    """

    code = "store-failed"
    status = 503
    title = "The change could not be made durable"


class StoreClosed(Problem):
    """The node is shutting down."""

    code = "store-closed"
    status = 503
    title = "The node is shutting down"
