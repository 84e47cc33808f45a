"""A sale that a till has finished is a fact: it is recorded, whatever has to be looked at after.

The till priced and numbered it and handed the goods over. What does not fit the books here leads to
the worklist; only a document that contradicts itself is refused.
"""

import msgspec

from edge.books import checks
from edge.books.numbers import receipt_text
from edge.books.reads import Item, Reads
from edge.books.rules import drawer_of_till, limits, smallest_coin
from edge.books.tasks import Task, Told, task
from edge.books.transaction import Books, request_digest
from edge.errors import BadField, BadPrice, BadTender, TooManyLives
from edge.people.access import may_approve
from edge.selling.entitlements import credit_of_sale
from edge.selling.rounding import rounded_minor
from edge.selling.sales import SaleResult, sale_result
from edge.shifts.doubts import actor_of, attend_clock, shift_doubts
from edge.shifts.reads import shift_row
from edge.stock.lots import attend_serials
from edge.stock.shortfalls import plan_shortfall, post_shortfall
from sync.receipts import DiscountKind, Line, LineDetail, LineKind, Sale, Tender
from sync.values import RATE_SCALE_PPM, line_amount_minor

LIVES_MAX = 1_000
BY_LABEL = "label"


class Life(msgspec.Struct, frozen=True):
    """A life of a till's series of receipts: `next_number` is the first to be given."""

    till: str
    drawer: str
    life: int
    next_number: int


class BeginLife(msgspec.Struct, frozen=True):
    """Begin a new series of receipts for a till whose browser has none."""

    till: str

    def run(self, books: Books) -> Life:
        """Mint a life that no node of the store has given this till or will; raise TooManyLives.

        No two lives of a node share a generation, so each has its own `LIVES_MAX` numbers: a box
        that replaced another in the same minute needs to know nothing of what that one gave.
        """
        till = checks.till(self.till)
        execute = books.connection.execute
        begun, last = execute(
            "SELECT count(*), max(life) FROM till_life WHERE till = ?", (till,)
        ).fetchone()
        if begun >= LIVES_MAX - 1:
            raise TooManyLives("till", "till", till=till, count=begun)
        sold = execute("SELECT -min(series) FROM receipt WHERE till = ?", (till,)).fetchone()[0]
        life = max(last or 0, sold or 0, books.generation * LIVES_MAX) + 1
        execute("INSERT INTO till_life VALUES (?, ?, ?)", (till, life, books.clock()))
        return Life(till, drawer_of_till(books, till), life, 1)


class FinishedSale(msgspec.Struct, frozen=True):
    """A sale as its till finished it; `lines` and `tenders` are those of the receipt, with change.

    `total_minor` is what the till's screen said. `detached`: the node was out of its reach.
    """

    id: bytes
    till: str
    life: int
    number: int
    drawer: str
    shift: int
    business_day: int
    lines: tuple[Line, ...]
    tenders: tuple[Tender, ...]
    total_minor: int
    at_ms: int
    operator: str = ""
    member: str = ""
    points: int = 0
    detached: bool = False

    def run(self, books: Books) -> SaleResult:
        """Commit it, or find it committed; raise Problem where it contradicts itself."""
        request = request_digest(self)
        found = books.prior(self.id, request, Sale)
        if found is not None:
            return sale_result(books, found, repeated=True)
        check_sums(self)
        sale = self._body(books)
        doubts = doubts_of(self, sale, books)
        short = plan_shortfall(books, sale)
        actor = actor_of(self.operator, self.till)
        books.append(self.id, self.at_ms, actor, sale, request)
        attend_serials(books, self.id, books.clock(), sale)
        credit_of_sale(books, self.id, self.at_ms, sale, actor)
        if short:
            post_shortfall(books, self.id, self.at_ms, short)
        for doubt in doubts:
            books.attend(doubt, books.clock(), self.id)
        attend_clock(books, self.till, self.id, self.at_ms, detached=self.detached)
        written = books.find(self.id)
        assert written is not None  # noqa: S101 - written above
        return sale_result(books, written, repeated=False)

    def _body(self, books: Books) -> Sale:
        """Make the body; a shift that is known here decides the business day."""
        shift = shift_row(books, self.drawer, self.shift)
        return Sale(
            till=checks.till(self.till),
            number=self.number,
            business_day=shift.business_day if shift else self.business_day,
            currency=books.currency,
            lines=[named(books, line) for line in self.lines],
            tenders=list(self.tenders),
            member=self.member,
            life=self.life,
            drawer=self.drawer,
            shift=self.shift,
            points=self.points,
            detached=self.detached,
        )


def check_sums(sale: FinishedSale) -> None:
    """Raise Problem where the lines, the tenders and the total of a sale do not agree."""
    if sale.life < 1 or sale.number < 1:
        raise BadField("receipt-number", "number")
    checks.lines(sale.lines)
    for at, line in enumerate(sale.lines):
        explained = sum(x.amount_minor for x in line.detail.discounts) if line.detail else 0
        if explained != line.discount_minor:
            raise BadPrice(
                "discount-sum",
                f"lines[{at}].discount_minor",
                sum_minor=explained,
                discount_minor=line.discount_minor,
            )
    lines_minor = sum(line.amount_minor for line in sale.lines)
    if lines_minor != sale.total_minor:
        raise BadPrice(
            "line-sum", "total_minor", lines_minor=lines_minor, total_minor=sale.total_minor
        )
    paid_minor = sum(tender.amount_minor for tender in sale.tenders)
    if paid_minor != sale.total_minor:
        raise BadTender(
            "tender-sum", "tenders", paid_minor=paid_minor, total_minor=sale.total_minor
        )


def named(reads: Reads, line: Line) -> Line:
    """Keep the name that a receipt shows only where no product here has it: it is repeated else."""
    name = line.detail.name if line.detail else ""
    if not line.detail or not name:
        return line
    sql = "SELECT names FROM product WHERE sku = ?"
    row = reads.connection.execute(sql, (line.sku,)).fetchone()
    if row is None or name not in msgspec.json.decode(row[0]).values():
        return line
    detail = msgspec.structs.replace(line.detail, name="")
    bare = None if detail == LineDetail() else detail
    return msgspec.structs.replace(line, detail=bare)


# -- what a person should look at ----------------------------------------------------------------


def doubts_of(sale: FinishedSale, body: Sale, books: Books) -> list[Task]:
    """List what does not fit the books."""
    free = may_approve(books.connection, sale.operator)
    found = [doubt for line in body.lines for doubt in _line_doubts(books, line, free)]
    sql = "SELECT 1 FROM receipt WHERE till = ? AND series = ? AND number = ?"
    row = books.connection.execute(sql, (body.till, -body.life, body.number)).fetchone()
    if row is not None:
        receipt = receipt_text(body.till, body.life, body.number)
        found.append(task("receipt-number", receipt=receipt))
    rounding, coin = rounded_minor(body.tenders), smallest_coin(books)
    if 2 * abs(rounding) > coin:
        found.append(task("rounding", rounding_minor=rounding, most_minor=coin // 2))
    if body.shift:
        found += shift_doubts(books, body.drawer, body.shift)
    return found


def _line_doubts(books: Books, line: Line, free: bool) -> list[Task]:
    if line.kind is LineKind.CHARGE:
        return []
    item = books.item(line.sku)
    if item is None:
        return [task("unknown-sku", line.sku)]
    detail = line.detail or LineDetail()
    allowed = free or may_approve(books.connection, detail.approver)
    found = []
    if not allowed and not _has_price(books, item, line, detail):
        sold: Told = {"sold_minor": line.price_minor, "sold_quantity": line.price_quantity}
        here: Told = {"price_minor": item.price_minor, "price_quantity": item.price_quantity}
        found.append(task("price", line.sku, **sold, **here))
    # Less than one minor unit over is the rounding of a share.
    if not allowed and (_manual(detail) - 1) * RATE_SCALE_PPM >= _limit(books) * _gross(line):
        off: Told = {"off_minor": _manual(detail), "gross_minor": _gross(line)}
        found.append(task("discount", line.sku, **off))
    rate = books.rate(item.tax_code)
    if rate and (line.tax_ppm, line.tax_added) != (rate.ppm, not rate.included):
        found.append(task("tax", line.sku, sold_ppm=line.tax_ppm, rate_ppm=rate.ppm))
    return found


def _has_price(reads: Reads, item: Item, line: Line, detail: LineDetail) -> bool:
    """Whether a line has the catalogue's price, present or last, or one that it may have."""
    if (line.price_minor, line.price_quantity) == (item.price_minor, item.price_quantity):
        return True
    if detail.reason == BY_LABEL or limits(reads).price_override:
        return True
    sql = "SELECT before_minor, before_quantity, attributes FROM product WHERE sku = ?"
    row = reads.connection.execute(sql, (line.sku,)).fetchone()
    is_open = bool(msgspec.json.decode(row[2]).get("open_price"))
    return is_open or (line.price_minor, line.price_quantity) == row[:2]


def _manual(detail: LineDetail) -> int:
    return sum(x.amount_minor for x in detail.discounts if x.kind is DiscountKind.MANUAL)


def _gross(line: Line) -> int:
    return line_amount_minor(line.quantity, line.price_minor, line.price_quantity)


def _limit(reads: Reads) -> int:
    return limits(reads).cashier_discount_ppm
