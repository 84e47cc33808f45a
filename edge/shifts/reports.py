"""An X or Z report is a fold of a drawer's facts: nothing in it is counted anywhere else.

A shift's own facts are those that name it and were written between its opening and its closing.
What came at another time belongs to no sum of it: the drawer's next report shows it as late.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from edge.books.numbers import receipt_of
from edge.books.reads import Reads
from edge.shifts.reads import Place, Shift, closing_of, shift_row
from sync.cash import AuditEntry, CashKind, CashMoved, ShiftClosed
from sync.effects import net_minor
from sync.facts import Fact, decode_fact
from sync.receipts import Return, Sale, Tender, Void

CASH = "cash"
CHANGE = "change"
ROUNDING = "rounding"  # what cash left of totals or took beyond them: nothing to count
REPRINT = "reprint"
NO_SALE = "no-sale"
TRAINING = "training"  # its beginning, its end, and what was only practised
CASH_SIGN = {CashKind.PAY_IN: 1, CashKind.PAY_OUT: -1, CashKind.DROP: -1, CashKind.NO_SALE: 0}

SaleOf = Callable[[bytes], Sale | None]


@dataclass(slots=True)
class Tally:
    """How many documents there were, and what they came to."""

    count: int = 0
    minor: int = 0

    def add(self, minor: int) -> None:
        """Add a document."""
        self.count += 1
        self.minor += minor


@dataclass(slots=True)
class TaxSum:
    """Sums at one rate; net and tax make up gross."""

    net_minor: int = 0
    tax_minor: int = 0

    def add(self, amount_minor: int, tax_minor: int) -> None:
        """Add an amount that contains a tax."""
        self.net_minor += amount_minor - tax_minor
        self.tax_minor += tax_minor


@dataclass(slots=True)
class Sums:
    """What the facts of a shift amount to; `tenders` is what they should have left behind."""

    sales: Tally = field(default_factory=Tally)
    returns: Tally = field(default_factory=Tally)
    voids: Tally = field(default_factory=Tally)
    discounts: dict[str, Tally] = field(default_factory=dict)
    tax: dict[tuple[str, int], TaxSum] = field(default_factory=dict)
    tenders: dict[str, int] = field(default_factory=dict)
    cash: list[Fact] = field(default_factory=list)
    no_sales: int = 0
    overrides: int = 0
    reprints: int = 0

    @property
    def net_minor(self) -> int:
        """Sales less returns and voids, tax included."""
        return self.sales.minor - self.returns.minor - self.voids.minor

    @property
    def tax_minor(self) -> int:
        """Tax contained in the net."""
        return sum(row.tax_minor for row in self.tax.values())

    @property
    def discount_minor(self) -> int:
        """All that was taken off."""
        return sum(tally.minor for tally in self.discounts.values())

    def take(self, tenders: Iterable[Tender], sign: int = 1) -> None:
        """Add tenders that came in, or (sign -1) went out; change is cash."""
        for tender in tenders:
            kind = CASH if tender.kind == CHANGE else tender.kind
            self.tenders[kind] = self.tenders.get(kind, 0) + sign * tender.amount_minor

    def tax_row(self, code: str, ppm: int) -> TaxSum:
        """Row of a rate."""
        row = self.tax.get((code, ppm))
        if row is None:
            row = self.tax[code, ppm] = TaxSum()
        return row


def fold(facts: Iterable[Fact], sale_of: SaleOf) -> Sums:
    """Add up the facts of a shift; `sale_of` finds the sale that a return or void takes back."""
    sums = Sums()
    for fact in facts:
        match fact.body:
            case Sale():
                _add_sale(sums, fact.body)
            case Return():
                _add_return(sums, fact.body, sale_of)
            case Void():
                _add_void(sums, fact.body, sale_of)
            case CashMoved(kind=kind, amount_minor=amount_minor):
                sums.cash.append(fact)
                sums.no_sales += kind is CashKind.NO_SALE
                sums.take([Tender(CASH, amount_minor)], CASH_SIGN[kind])
            case AuditEntry(action=action, approver=approver):
                sums.reprints += action == REPRINT
                # One that was approved is followed by its own movement of cash.
                sums.no_sales += action == NO_SALE and not approver
                allowed = action not in (REPRINT, NO_SALE)
                sums.overrides += allowed and not action.startswith(TRAINING)
            case _:
                pass
    return sums


def _add_sale(sums: Sums, sale: Sale) -> None:
    total_minor = 0
    for line in sale.lines:
        amount_minor, tax_minor = line.amounts
        total_minor += amount_minor
        sums.tax_row(line.tax_code, line.tax_ppm).add(amount_minor, tax_minor)
        if not line.discount_minor:
            continue
        parts = line.detail.discounts if line.detail else ()
        for part in parts:
            sums.discounts.setdefault(part.kind.name.lower(), Tally()).add(part.amount_minor)
        rest_minor = line.discount_minor - sum(part.amount_minor for part in parts)
        if rest_minor:
            sums.discounts.setdefault("manual", Tally()).add(rest_minor)
    sums.sales.add(total_minor)
    sums.take(sale.tenders)


def _add_return(sums: Sums, body: Return, sale_of: SaleOf) -> None:
    sale = sale_of(body.sale) if body.sale else None
    for line in body.lines:
        known = sale is not None and 0 <= line.line < len(sale.lines)
        ppm = sale.lines[line.line].tax_ppm if sale and known else -1
        sums.tax_row(line.tax_code, ppm).add(-line.amount_minor, -line.tax_minor)
    sums.returns.add(body.total_minor)
    sums.take(body.tenders, -1)


def _add_void(sums: Sums, void: Void, sale_of: SaleOf) -> None:
    sale = sale_of(void.sale)
    if sale is None:
        sums.tax_row("", -1).add(-void.total_minor, -void.tax_minor)
    else:
        for line in sale.lines:
            amount_minor, tax_minor = line.amounts
            sums.tax_row(line.tax_code, line.tax_ppm).add(-amount_minor, -tax_minor)
    sums.voids.add(void.total_minor)
    sums.take(void.tenders, -1)


# -- where a shift's facts are -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Late:
    """A document that came after its shift was closed; `place` is where it stands."""

    fact: Fact
    place: Place
    shift: int


@dataclass(frozen=True, slots=True)
class Report:
    """A shift as its report shows it; `closing` is None for an X report."""

    shift: Shift
    sums: Sums
    late: list[Late]
    before_minor: int
    closing: tuple[Fact, ShiftClosed] | None

    @property
    def late_minor(self) -> int:
        """Net of the late documents."""
        return sum(net_minor(late.fact.body) for late in self.late)

    @property
    def grand_total_minor(self) -> int:
        """Net sales of the drawer since its first shift."""
        return self.before_minor + self.sums.net_minor + self.late_minor


_FACTS = (
    "SELECT fact.body, d.generation, d.seq, d.shift FROM drawer_fact AS d JOIN node"
    " JOIN journal ON journal.name = node.store || '-n' || d.generation"
    " JOIN fact ON fact.journal = journal.no AND fact.seq = d.seq WHERE d.drawer = ?"
)
_END: Place = (2**62, 0)


def report_of(reads: Reads, shift: Shift) -> Report:
    """Fold a shift's facts: an X report while it is open, its Z report afterwards."""
    end = shift.closed or _END
    execute = reads.connection.execute
    own = execute(
        f"{_FACTS} AND d.shift = ? AND (d.generation, d.seq) > (?, ?)"
        " AND (d.generation, d.seq) < (?, ?) ORDER BY d.generation, d.seq",
        (shift.drawer, shift.number, *shift.place, *end),
    )
    sums = fold((decode_fact(row[0]) for row in own), lambda sale: _sale_of(reads, sale))
    sums.take([Tender(CASH, shift.body.float_minor)])
    before = shift_row(reads, shift.drawer, shift.number - 1)
    closing = closing_of(reads, before) if before else None
    late = execute(
        f"{_FACTS} AND (d.generation, d.seq) > (?, ?) AND (d.generation, d.seq) < (?, ?)"
        " AND NOT (d.shift = ? AND (d.generation, d.seq) > (?, ?)) ORDER BY d.generation, d.seq",
        (
            shift.drawer,
            *((before and before.closed) or (0, 0)),
            *end,
            shift.number,
            *shift.place,
        ),
    )
    return Report(
        shift,
        _with_rates(reads, sums),
        [Late(decode_fact(body), (generation, seq), n) for body, generation, seq, n in late],
        closing[1].grand_total_minor if closing else 0,
        closing_of(reads, shift),
    )


def _sale_of(reads: Reads, sale_id: bytes) -> Sale | None:
    found = reads.find(sale_id)
    return found.fact.body if found and isinstance(found.fact.body, Sale) else None


def _with_rates(reads: Reads, sums: Sums) -> Sums:
    """Put what came back without a receipt to the rate of its code."""
    for code in [code for code, ppm in sums.tax if ppm < 0]:
        row = sums.tax.pop((code, -1))
        sold = [ppm for other, ppm in sums.tax if other == code]
        rate = reads.rate(code)
        ppm = sold[0] if sold else rate.ppm if rate else 0
        sums.tax_row(code, ppm).add(row.net_minor + row.tax_minor, row.tax_minor)
    return sums


def receipt_of_late(late: Late) -> str:
    """Text of a late document's receipt number, empty where it has none."""
    return receipt_of(late.fact.body, late.place[0])
