"""One fact of a drawer is one Vorgang (Bon): its positions, their taxes, and how money moved.

Amounts are minor units, negative for what goes back. Positions add up to the payments of the Bon,
always; gift cards are multi-purpose vouchers (§ 3 (15) UStG): untaxed when sold, taken off when
redeemed. What cash was rounded by is no turnover and has no type of its own: it is an untaxed
DifferenzSollIst named Rundung. Source of types and keys: DSFinV-K 2.3, annexes B (BON_TYP),
C (GV_TYP), D (ZAHLART_TYP) and Anlage 2 (UST_SCHLUESSEL).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from edge.receipts.figures import is_measured
from edge.selling.refunds import told
from sync.cash import AuditEntry, CashKind, CashMoved, ShiftClosed, ShiftOpened
from sync.entitlements import card_shown
from sync.facts import Fact
from sync.receipts import Line, LineDetail, Return, ReturnedLine, Sale, Tender, Void
from sync.values import divide_half_up, included_tax_minor

NO_TAX = 5  # nicht steuerbar
TAX_FREE = 6
UNKNOWN_TAX = 7
INDIVIDUAL = 1000
# Rates in parts per million to the keys that Anlage 2 gives them while they are in force.
KEYS: Mapping[int, tuple[int, str]] = {
    190_000: (1, "Allgemeiner Steuersatz (§ 12 Abs. 1 UStG)"),
    70_000: (2, "Ermäßigter Steuersatz (§ 12 Abs. 2 UStG)"),
    78_000: (3, "Durchschnittsatz (§ 24 Abs. 1 Nr. 3 UStG)"),
    55_000: (4, "Durchschnittsatz (§ 24 Abs. 1 Nr. 1 UStG)"),
}
CASH, CHANGE, GIFT, ROUNDING = "cash", "change", "gift", "rounding"
_PAYMENT_TYPES = {CASH: "Bar", CHANGE: "Bar", "qr": "ElZahlungsdienstleister"}
_CASH_CASES = {
    CashKind.PAY_IN: ("Einzahlung", 1),
    CashKind.PAY_OUT: ("Auszahlung", -1),
    CashKind.DROP: ("Geldtransit", -1),
}

SaleOf = Callable[[bytes], Sale | None]


def tax_key(ppm: int, code: str = "x") -> int:
    """UST_SCHLUESSEL of a rate; 0 % without a code is no taxable turnover at all."""
    if ppm in KEYS:
        return KEYS[ppm][0]
    if ppm == 0:
        return TAX_FREE if code else NO_TAX
    return INDIVIDUAL + divide_half_up(ppm, 100)


@dataclass(frozen=True, slots=True)
class Part:
    """An amount at one tax key; net and tax make up gross."""

    key: int
    ppm: int
    gross_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Position:
    """A line of a Bon; `found` says how its price came about (base_amount, discount)."""

    text: str
    case: str
    parts: tuple[Part, ...]
    units: int = 1
    price: tuple[int, int] = (0, 1)  # gross minor units per so many base units
    sku: str = ""
    voucher: str = ""
    found: tuple[tuple[str, Part], ...] = ()

    @property
    def gross_minor(self) -> int:
        """What the position comes to."""
        return sum(part.gross_minor for part in self.parts)


@dataclass(frozen=True, slots=True)
class Bon:
    """A Vorgang of one closing. `refers` is the Bon it takes back, if any."""

    id: str
    number: int
    fact: Fact
    type: str = "Beleg"
    name: str = ""
    till: str = ""
    storno: bool = False
    positions: tuple[Position, ...] = ()
    payments: tuple[tuple[str, str, int], ...] = ()
    note: str = ""
    member: str = ""
    refers: bytes = b""
    counts: bool = field(default=True)  # whether closings add it up: only a Beleg is

    @property
    def gross_minor(self) -> int:
        """What all positions come to."""
        return sum(position.gross_minor for position in self.positions)


def bon_of(fact: Fact, seq: int, sale_of: SaleOf, rate_of: Callable[[str], int]) -> Bon | None:
    """Make the Bon of a fact; None for a fact that is none (stock, definitions)."""
    bon = Bon(str(UUID(bytes=fact.id)), seq, fact, till=getattr(fact.body, "till", ""))
    match fact.body:
        case Sale() as sale:
            positions = (*(_sold(line) for line in sale.lines), *_beside(sale.tenders))
            made = replace(bon, number=sale.number, positions=positions, member=sale.member)
            return replace(made, payments=payments(sale.tenders))
        case Return() as body:
            return _returned(bon, body, sale_of, rate_of)
        case Void() as body:
            return _voided(bon, body, sale_of)
        case ShiftOpened(float_minor=minor):
            return _cash(bon, "Anfangsbestand", "Schichtbeginn", minor)
        case CashMoved(kind=CashKind.NO_SALE) as body:
            return replace(_aside(bon, "Schublade geöffnet"), note=body.reason)
        case CashMoved() as body:
            case, sign = _CASH_CASES[body.kind]
            return replace(_cash(bon, case, body.reason, sign * body.amount_minor))
        case ShiftClosed() as body:
            return _difference(bon, body)
        case AuditEntry() as body:
            return replace(_aside(bon, body.action), note=f"{body.reason} {body.detail}".strip())
        case _:
            return None


def payments(tenders: Iterable[Tender], sign: int = 1) -> tuple[tuple[str, str, int], ...]:
    """Add tenders up as `(type, name, amount)`; change is cash.

    Gift cards and what was rounded are positions.
    """
    sums: dict[tuple[str, str], int] = {}
    for tender in tenders:
        if tender.kind in (GIFT, ROUNDING):
            continue
        kind = _PAYMENT_TYPES.get(tender.kind, "Unbar")
        name = "" if kind == "Bar" else tender.kind
        sums[kind, name] = sums.get((kind, name), 0) + sign * tender.amount_minor
    return tuple((*key, minor) for key, minor in sums.items()) or (("Keine", "", 0),)


def _untaxed(case: str, text: str, minor: int, voucher: str = "") -> Position:
    parts = (Part(NO_TAX, 0, minor, 0),)
    return Position(text, case, parts, price=(minor, 1), voucher=voucher)


def _beside(tenders: Iterable[Tender], sign: int = 1) -> Iterator[Position]:
    """Positions that tenders make: gift cards that were redeemed, what was rounded in cash."""
    for tender in tenders:
        if tender.kind == GIFT:
            minor = -sign * tender.amount_minor
            yield _untaxed("MehrzweckgutscheinEinloesung", "Gutschein", minor, told(tender))
        elif tender.kind == ROUNDING:
            yield _untaxed("DifferenzSollIst", "Rundung", -sign * tender.amount_minor)


def _sold(line: Line, sign: int = 1) -> Position:
    detail = line.detail or LineDetail()
    amount_minor, tax_minor = line.amounts
    case = "Rabatt" if amount_minor < 0 else "Umsatz"
    key = tax_key(line.tax_ppm, line.tax_code)
    if detail.voucher:
        case, key = "MehrzweckgutscheinKauf", NO_TAX
    part = Part(key, line.tax_ppm, sign * amount_minor, sign * tax_minor)
    price = line.price_minor
    if line.tax_added:
        price += divide_half_up(price * line.tax_ppm, 1_000_000)
    return Position(
        text=detail.name,
        case=case,
        parts=(part,),
        units=sign * line.quantity,
        price=(price, line.price_quantity),
        sku=line.sku,
        voucher=card_shown(detail.voucher) if detail.voucher else "",
        found=tuple(_price_found(line, part, sign)),
    )


def _price_found(line: Line, part: Part, sign: int) -> Iterator[tuple[str, Part]]:
    """Tell the base price and each discount of a discounted line; they add up to it exactly."""
    if not line.discount_minor:
        return
    told = [x.amount_minor for x in line.detail.discounts] if line.detail else []
    rest = line.discount_minor - sum(told)
    left = part
    for minor in [*told, *([rest] if rest else [])]:
        gross = -sign * minor
        if line.tax_added:
            gross += divide_half_up(gross * line.tax_ppm, 1_000_000)
        tax = included_tax_minor(gross, line.tax_ppm)
        yield "discount", Part(part.key, part.ppm, gross, tax)
        left = replace(left, gross_minor=left.gross_minor - gross, tax_minor=left.tax_minor - tax)
    yield "base_amount", left


def _returned(bon: Bon, body: Return, sale_of: SaleOf, rate_of: Callable[[str], int]) -> Bon:
    sale = sale_of(body.sale) if body.sale else None

    def position(line: ReturnedLine) -> Position:
        sold = sale.lines[line.line] if sale and 0 <= line.line < len(sale.lines) else None
        ppm = sold.tax_ppm if sold else rate_of(line.tax_code)
        detail = (sold.detail if sold else None) or LineDetail()
        key = NO_TAX if detail.voucher else tax_key(ppm, line.tax_code)
        part = Part(key, ppm, -line.amount_minor, -line.tax_minor)
        case = "MehrzweckgutscheinKauf" if detail.voucher else "Umsatz"
        return Position(
            text=detail.name or line.note,
            case=case,
            parts=(part,),
            units=-line.quantity,
            price=(line.amount_minor, line.quantity),
            sku=line.sku,
            voucher=card_shown(detail.voucher) if detail.voucher else "",
        )

    lines = tuple(position(line) for line in body.lines)
    positions = (*lines, *_beside(body.tenders, -1))
    made = replace(bon, number=body.number, positions=positions, note=body.reason)
    return replace(made, payments=payments(body.tenders, -1), refers=body.sale, name="Rückgabe")


def _voided(bon: Bon, body: Void, sale_of: SaleOf) -> Bon:
    sale = sale_of(body.sale)
    tenders = body.tenders or (sale.tenders if sale else ())
    if sale is None:
        part = Part(UNKNOWN_TAX, 0, -body.total_minor, -body.tax_minor)
        lines: tuple[Position, ...] = (Position("Storno", "Umsatz", (part,)),)
    else:
        lines = tuple(_sold(line, -1) for line in sale.lines)
    positions = (*lines, *_beside(tenders, -1))
    made = replace(bon, positions=positions, payments=payments(tenders, -1), storno=True)
    return replace(made, note=body.reason, refers=body.sale, name="Storno")


def _cash(bon: Bon, case: str, text: str, minor: int) -> Bon:
    return replace(bon, positions=(_untaxed(case, text, minor),), payments=(("Bar", "", minor),))


def _difference(bon: Bon, body: ShiftClosed) -> Bon:
    """What was counted over or short of the books, of each tender."""
    gaps = [(x.kind, x.counted_minor - x.expected_minor) for x in body.counts]
    gaps = [(kind, minor) for kind, minor in gaps if minor and kind != GIFT]
    if not gaps:
        return _aside(bon, "Kassenabschluss")
    tenders = [Tender(kind, minor) for kind, minor in gaps]
    positions = tuple(_untaxed("DifferenzSollIst", kind, minor) for kind, minor in gaps)
    return replace(bon, positions=positions, payments=payments(tenders), note=body.note)


def _aside(bon: Bon, name: str) -> Bon:
    """An event without business: it is told, and no closing adds it up."""
    return replace(bon, type="AVSonstige", name=name, counts=False)


def in_trade(units: int, unit: str) -> tuple[int, str]:
    """Quantity with 3 decimals in the unit of trade: `(thousandths, unit)`."""
    names = {"g": "kg", "ml": "l", "mm": "m"}
    return (units, names[unit]) if is_measured(unit) else (units * 1000, "Stück")
