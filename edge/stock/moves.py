"""Stock moves only by a document that names what, how much and why; each is counted once."""

from collections.abc import Iterable, Sequence

import msgspec

from edge.books import checks
from edge.books.reads import Found, Reads
from edge.books.transaction import Books, request_digest
from edge.errors import (
    BadField,
    Conflict,
    NothingToReturn,
    OutOfStock,
    UnknownFact,
)
from edge.stock import expected
from edge.stock.limits import check_write_off
from edge.stock.lines import (
    Arrival,
    CountLine,
    Move,
    counted,
    damaged,
    damaged_lots,
    moved,
    told_lots,
    tracked,
)
from edge.stock.lots import attend_serials
from edge.stock.shortfalls import check_oversell, plan_shortfall, post_shortfall
from sync import bodies
from sync.body import StockLine
from sync.effects import movements
from sync.facts import ID_BYTES
from sync.identity import Replica
from sync.orders import Received
from sync.quantities import ON_HAND_SIGN, Kind, sellable
from sync.values import QUANTITY_MAX

__all__ = [
    "BODY_OF",
    "Adjust",
    "Arrival",
    "CloseExpected",
    "Count",
    "CountLine",
    "Grant",
    "Move",
    "Open",
    "ReceiveGoods",
    "StockResult",
    "StockWork",
    "TransferIn",
    "TransferOut",
    "WriteOff",
    "append",
    "stock_result",
    "tracked",
]
SAFETY = "stock.safety"
_GOES_OUT = bodies.WriteOff | bodies.Adjustment | bodies.TransferOut | bodies.StockCount


class StockResult(msgspec.Struct, frozen=True):
    """A stock document as it is on record.

    `moved` are the changes of stock on hand (for a grant: of rights) and `on_hand` what the books
    say afterwards, per SKU in base units.
    """

    id: bytes
    moved: dict[str, int]
    on_hand: dict[str, int]
    repeated: bool
    journal: str
    seq: int


class StockWork(msgspec.Struct, frozen=True, kw_only=True):
    """What all stock documents have in common: id, who, and when (None: now)."""

    id: bytes
    actor: str = ""
    at_ms: int | None = None

    @property
    def claims(self) -> bool:
        """Whether what came damaged is to be paid by whoever sent it."""
        return False

    @property
    def arrivals(self) -> Sequence[Move]:
        """Lines of goods that came in; empty for all other work."""
        return ()

    def plan(self, _reads: Reads, /) -> bodies.AnyBody:
        """Make the body of the document; raise Problem."""
        raise BadField("no-stock-document")

    def run(self, books: Books) -> StockResult:
        """Commit the document, or find it committed; raise Problem."""
        request = request_digest(self)
        found = books.prior(self.id, request, BODY_OF[type(self)])
        if found is not None:
            return stock_result(books, found, repeated=True)
        checks.name(self.actor, "actor")
        at_ms = books.when(self.at_ms)
        body = self.plan(books)
        broken = damaged_lots(books, self.arrivals)
        append(books, self, at_ms, body, request)
        expected.arrived(books, self.id, at_ms, self.actor, body, broken=broken, claim=self.claims)
        written = books.find(self.id)
        assert written is not None  # noqa: S101 - written above
        return stock_result(books, written, repeated=False)


def append(books: Books, work: StockWork, at_ms: int, body: bodies.AnyBody, request: bytes) -> None:
    """Append the document of a piece of work, and a shortfall where it takes what is reserved."""
    short = plan_shortfall(books, body) if isinstance(body, _GOES_OUT) else []
    books.append(work.id, at_ms, work.actor, body, request)
    attend_serials(books, work.id, at_ms, body)
    if short:
        post_shortfall(books, work.id, at_ms, short)


class Open(StockWork, frozen=True, kw_only=True):
    """Stock the books start with."""

    lines: tuple[Move, ...]

    def plan(self, reads: Reads) -> bodies.Opening:
        """Make the body; raise Problem."""
        return bodies.Opening(moved(reads, self.lines), told_lots(reads, self.lines))


class _Delivery(StockWork, frozen=True, kw_only=True):
    """Goods that came in; what came damaged is written off at once, and claimed if `claim`."""

    claim: bool = False
    lines: tuple[Move, ...]

    @property
    def claims(self) -> bool:
        """Whether whoever sent them is to pay for what came damaged."""
        return self.claim

    @property
    def arrivals(self) -> Sequence[Move]:
        """Lines of what came in."""
        return self.lines


class ReceiveGoods(_Delivery, frozen=True, kw_only=True):
    """Goods that came in, under the reference of the delivery note.

    `order` is the purchase order they are for; an order may come in any number of deliveries. What
    came damaged is written off at once, and claimed from the supplier if `claim` says so.
    """

    reference: str = ""
    supplier: str = ""
    order: str = ""

    def plan(self, reads: Reads) -> bodies.GoodsReceipt:
        """Make the body; raise Problem."""
        reference = checks.name(self.reference, "reference")
        order = checks.name(self.order, "order")
        known = expected.find_order(reads, order) if order else None
        supplier = checks.name(self.supplier or (known.partner if known else ""), "supplier")
        lines, broken = moved(reads, self.lines), damaged(reads, self.lines)
        lots = told_lots(reads, self.lines)
        return bodies.GoodsReceipt(reference, supplier, lines, order, broken, lots)


class WriteOff(StockWork, frozen=True, kw_only=True):
    """Goods that are gone: broken, expired, stolen, used."""

    reason: str
    approved: bool = False
    lines: tuple[Move, ...]

    def plan(self, reads: Reads) -> bodies.WriteOff:
        """Make the body; raise Problem where the reason or the value is not allowed.

        `reason` begins with a code of the rule `reasons`, if headquarters has set any. Above the
        rule `limits.write_off_minor` (at the catalogue's price) somebody must have `approved`.
        """
        reason = checks.text(self.reason, "reason", needed=True)
        lines, lots = moved(reads, self.lines), told_lots(reads, self.lines)
        body = bodies.WriteOff(reason, lines, lots)
        check_write_off(reads, body, approved=self.approved)
        return body


class Adjust(StockWork, frozen=True, kw_only=True):
    """A correction with a reason; quantities may be negative."""

    reason: str
    lines: tuple[Move, ...]

    def plan(self, reads: Reads) -> bodies.Adjustment:
        """Make the body; raise Problem."""
        reason = checks.text(self.reason, "reason", needed=True)
        lines = moved(reads, self.lines, lowest=-QUANTITY_MAX)
        return bodies.Adjustment(reason, lines, told_lots(reads, self.lines))


class TransferOut(StockWork, frozen=True, kw_only=True):
    """Goods sent to another store."""

    to_store: str
    lines: tuple[Move, ...]

    def plan(self, reads: Reads) -> bodies.TransferOut:
        """Make the body; raise Problem."""
        to_store = _other_store(self.to_store, "to_store")
        lines, lots = moved(reads, self.lines), told_lots(reads, self.lines)
        body = bodies.TransferOut(to_store, lines, lots)
        check_oversell(reads, body)
        return body


class TransferIn(_Delivery, frozen=True, kw_only=True):
    """Goods that arrived from another store; `out` is the id of its transfer out.

    What came damaged is written off at once, and claimed from that store if `claim` says so.
    """

    from_store: str
    out: bytes

    def plan(self, reads: Reads) -> bodies.TransferIn:
        """Make the body; raise NothingToReturn where this store sent less to itself."""
        if len(self.out) != ID_BYTES:
            raise BadField("transfer-id", "out")
        from_store = _other_store(self.from_store, "from_store")
        known = expected.find_transit(reads, self.out)
        if known is not None and known.partner != from_store:
            raise BadField("other-sender", "from_store", store=known.partner)
        lines, broken = moved(reads, self.lines), damaged(reads, self.lines)
        lots = told_lots(reads, self.lines)
        body = bodies.TransferIn(from_store, self.out, lines, broken, lots)
        found = reads.find(self.out)
        if found is not None:
            _check_arrival(reads, found, body)
        return body


class CloseExpected(StockWork, frozen=True, kw_only=True):
    """Nothing more will come of an order, or of a transfer (`out`), and why that is so."""

    order: str = ""
    out: bytes = b""
    reason: str = ""

    def plan(self, reads: Reads) -> Received:
        """Make the body; raise Problem where nothing was expected, or it is closed already."""
        find = expected.find_order, expected.find_transit
        known = find[0](reads, self.order) if self.order else find[1](reads, self.out)
        kind, name = ("order", self.order) if self.order else ("transfer", self.out.hex())
        if known is None:
            raise UnknownFact(kind, "order", **{kind: name})
        if known.state in (expected.State.CLOSED, expected.State.CANCELLED):
            raise Conflict(kind, "order", **{kind: name, "state": known.state})
        differences = known.differences
        reason = checks.text(self.reason, "reason", needed=bool(differences))
        return Received(self.order, self.out, reason, differences)


class Count(StockWork, frozen=True, kw_only=True):
    """A count of a scope (a shelf, a category); only the difference to what was seen moves."""

    scope: str = ""
    lines: tuple[CountLine, ...]

    def plan(self, reads: Reads) -> bodies.StockCount:
        """Make the body; raise Problem."""
        checks.lines(self.lines)
        scope = checks.text(self.scope, "scope")
        found = [counted(reads, line, f"lines[{at}]") for at, line in enumerate(self.lines)]
        if len({line.sku for line in found}) < len(found):
            raise BadField("sku-twice", "lines")
        return bodies.StockCount(scope, found)


class Grant(StockWork, frozen=True, kw_only=True):
    """Rights granted to headquarters for online promises: at most sellable less safety stock."""

    lines: tuple[Move, ...]

    def plan(self, reads: Reads) -> bodies.Grant:
        """Make the body; raise OutOfStock where it is more than can be spared."""
        lines = moved(reads, self.lines)
        for line in lines:
            item = reads.item(line.sku)
            safety = reads.rule_for(SAFETY, item, 0) if item else 0
            kept = safety if isinstance(safety, int) else 0
            free = sellable(reads.counts(line.sku)) - kept
            if line.quantity > free:
                raise OutOfStock(
                    "grant", "lines", sku=line.sku, free_quantity=max(free, 0), kept_quantity=kept
                )
        return bodies.Grant(lines)


BODY_OF: dict[type[StockWork], type[bodies.AnyBody]] = {
    Open: bodies.Opening,
    ReceiveGoods: bodies.GoodsReceipt,
    WriteOff: bodies.WriteOff,
    Adjust: bodies.Adjustment,
    TransferOut: bodies.TransferOut,
    TransferIn: bodies.TransferIn,
    CloseExpected: Received,
    Count: bodies.StockCount,
    Grant: bodies.Grant,
}


def _other_store(name: str, field: str) -> str:
    try:
        return Replica(name, 1).node
    except ValueError as error:
        raise BadField("store", field, why=str(error)) from None


def _check_arrival(reads: Reads, found: Found, arrival: bodies.TransferIn) -> None:
    sent = found.fact.body
    if not isinstance(sent, bodies.TransferOut):
        raise BadField("other-document", "out")
    left = _sums(sent.lines)
    for sku, quantity in reads.undone(arrival.out).items():
        left[sku] = left.get(sku, 0) - quantity
    for line in arrival.lines:
        if line.quantity > left.get(line.sku, 0):
            raise NothingToReturn(
                "transfer",
                "lines",
                sku=line.sku,
                left_quantity=max(left.get(line.sku, 0), 0),
                wanted_quantity=line.quantity,
            )


def _sums(lines: Iterable[StockLine]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.sku] = sums.get(line.sku, 0) + line.quantity
    return sums


def stock_result(reads: Reads, found: Found, *, repeated: bool) -> StockResult:
    """Give a stock document on record, with the stock as it is now."""
    moved: dict[str, int] = {}
    for sku, kind, quantity in movements(found.fact.body):
        sign = 1 if kind is Kind.GRANTED else ON_HAND_SIGN[kind]
        moved[sku] = moved.get(sku, 0) + sign * quantity
    lines: Sequence[bodies.CountedLine] = getattr(found.fact.body, "lines", ())
    return StockResult(
        id=found.fact.id,
        moved=moved,
        on_hand={line.sku: reads.on_hand(line.sku) for line in lines},
        repeated=repeated,
        journal=found.journal,
        seq=found.seq,
    )
