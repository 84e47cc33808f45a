"""A sale's receipt: what was sold, why it cost that, what tax is in it and how it was paid.

Every line shows its price before discounts and each discount by itself, one on the whole sale comes
once below the lines, so that the column adds up to the total by hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from devices.bitmap import Symbol
from devices.receipt import Block, Code, Columns, Document, Feed, Pair, Rule, Text
from edge.receipts.figures import date, is_measured, percent, quantity, unit_price
from edge.receipts.scene import (
    Entry,
    Marks,
    Scene,
    banner,
    business_day,
    centred,
    footing,
    heading,
    large,
)
from edge.selling.refunds import card_of, told
from edge.selling.tilling import BY_LABEL
from sync.entitlements import card_shown
from sync.receipts import Discount, DiscountKind, Line, LineDetail, LineKind, Sale, Tender

INDENT = "  "
_USUAL = (BY_LABEL, "open-price")  # a price on the goods, or typed for goods that have none
_DISCOUNT_WORDS = {
    DiscountKind.MANUAL: "manual",
    DiscountKind.PROMOTION: "promotion",
    DiscountKind.COUPON: "coupon",
    DiscountKind.MEMBER: "member",
}


@dataclass(frozen=True, slots=True)
class TaxSum:
    """What a receipt contains of one tax code at one rate."""

    code: str
    ppm: int
    gross_minor: int
    tax_minor: int


def sum_taxes(parts: Iterable[tuple[str, int, int, int]]) -> list[TaxSum]:
    """Add up `(code, rate in ppm, gross, tax)` by code and rate, in the order of appearance."""
    sums: dict[tuple[str, int], tuple[int, int]] = {}
    for code, ppm, gross, tax in parts:
        before = sums.get((code, ppm), (0, 0))
        sums[code, ppm] = (before[0] + gross, before[1] + tax)
    return [TaxSum(code, ppm, *amounts) for (code, ppm), amounts in sums.items()]


def letter_of(taxes: Sequence[TaxSum], code: str, ppm: int) -> str:
    """Letter by which lines point to the tax table."""
    at = next((at for at, tax in enumerate(taxes) if (tax.code, tax.ppm) == (code, ppm)), 0)
    return chr(ord("A") + at % 26)


def tax_table(scene: Scene, taxes: Sequence[TaxSum], sign: int = 1) -> list[Block]:
    """Net, tax and gross of each rate."""
    if not taxes:
        return []
    words = scene.words
    titles = (words("tax"), words("net"), words("tax-amount"), words("gross"))
    blocks: list[Block] = [Rule(), Columns(titles, bold=True)]
    for tax in taxes:
        amounts = (tax.gross_minor - tax.tax_minor, tax.tax_minor, tax.gross_minor)
        name = f"{letter_of(taxes, tax.code, tax.ppm)} {percent(tax.ppm)}"
        blocks.append(Columns((name, *(scene.money(sign * amount) for amount in amounts))))
    return blocks


def sale_document(entry: Entry, sale: Sale, scene: Scene, marks: Marks) -> Document:
    """Lay out a sale's receipt, or its gift receipt without prices."""
    lines = sale.lines
    taxes = sum_taxes((x.tax_code, x.tax_ppm, x.amount_minor, x.tax_minor) for x in lines)
    blocks = banner(scene, marks) + heading(scene)
    if marks.gift:
        blocks.append(large(scene.words("gift-receipt")))
    blocks += facts_of(entry, scene, sale.till, sale.business_day)
    if sale.detached:
        blocks.append(Text(scene.words("detached")))
    blocks.append(Rule())
    for line in lines:
        blocks += _gift_line(line, scene) if marks.gift else _line(line, scene, taxes)
    if not marks.gift:
        blocks += _totals(sale, scene) + _tenders(sale.tenders, scene)
        blocks += tax_table(scene, taxes) + _loyalty(sale, scene)
    blocks += code_block(entry, scene, marks) + footing(scene)
    if marks.training:
        blocks += [Feed(), *banner(scene, Marks(training=True))]
    return Document(tuple(blocks))


def facts_of(entry: Entry, scene: Scene, till: str, day: int) -> list[Block]:
    """Number, till, when, business day and who."""
    words = scene.words
    blocks: list[Block] = []
    if entry.number:
        blocks.append(Pair(words("receipt"), entry.number, bold=True))
    blocks.append(Pair(entry.when, f"{words('till')} {till}"))
    blocks.append(Pair(*business_day(scene, day)))
    if entry.actor:
        blocks.append(Pair(words("operator"), scene.person(entry.actor)))
    return blocks


def code_block(entry: Entry, scene: Scene, marks: Marks) -> list[Block]:
    """The receipt's number and id as a QR code, by which a return finds it."""
    if not scene.profile.code or marks.training:
        return []
    text = f"{entry.number}/{entry.id}" if entry.number else entry.id
    return [Feed(), centred(scene.words("code")), Code(Symbol.QR, text)]


def _line(line: Line, scene: Scene, taxes: Sequence[TaxSum]) -> list[Block]:
    detail = line.detail or LineDetail()
    letter = letter_of(taxes, line.tax_code, line.tax_ppm)
    gross = line.base_minor + line.discount_minor
    name = scene.product_name(line.sku, detail.name)
    blocks: list[Block] = [Pair(name, f"{scene.money(gross)} {letter}")]
    unit = scene.unit(line.sku)
    if line.quantity != 1 or line.price_quantity != 1 or is_measured(unit):
        price = unit_price(line.price_minor, line.price_quantity, unit, scene.exponent)
        blocks.append(Text(f"{INDENT}{quantity(line.quantity, unit)} × {price}"))
    blocks += _override(line, detail, scene)
    told = tuple(discount for discount in detail.discounts if not discount.whole)
    rest = line.discount_minor - sum(discount.amount_minor for discount in detail.discounts)
    if rest:
        told = (*told, Discount(DiscountKind.MANUAL, "", rest))
    for discount in told:
        text = INDENT + _explained(discount, scene)
        blocks.append(Pair(text, f"{scene.money(-discount.amount_minor)}{INDENT}"))
    return [*blocks, *_pieces(line, detail, scene)]


def _explained(discount: Discount, scene: Scene) -> str:
    return scene.saving(discount) or scene.words(_DISCOUNT_WORDS[discount.kind])


def _on_the_whole(lines: Iterable[Line], scene: Scene) -> list[Block]:
    """What the whole sale was spared: each once, however many lines share it, and who said yes."""
    sums: dict[str, int] = {}
    allowed: dict[str, str] = {}
    for line in lines:
        detail = line.detail or LineDetail()
        for discount in detail.discounts:
            if discount.whole:
                by_hand = discount.kind is DiscountKind.MANUAL
                text = _explained(discount, scene)
                name = scene.words.label("manual", text) if by_hand else text
                sums[name] = sums.get(name, 0) + discount.amount_minor
                if by_hand and not _is_changed_itself(detail):
                    allowed.setdefault(name, detail.approver)
    blocks: list[Block] = []
    for name, amount in sums.items():
        blocks.append(Pair(name, f"{scene.money(-amount)}{INDENT}"))
        if allowed.get(name):
            approver = scene.person(allowed[name])
            blocks.append(Text(INDENT + scene.words.label("approver", approver)))
    return [Rule(), *blocks] if blocks else []


def _is_changed_itself(detail: LineDetail) -> bool:
    """Whether reason and approver are the line's own, not those of a discount on the whole sale."""
    by_hand = [x for x in detail.discounts if x.kind is DiscountKind.MANUAL]
    return detail.list_price_minor is not None or not all(x.whole for x in by_hand) or not by_hand


def _override(line: Line, detail: LineDetail, scene: Scene) -> list[Block]:
    """Say that another price was taken than the catalogue's, why, and who allowed it."""
    words = scene.words
    blocks: list[Block] = []
    was = detail.list_price_minor
    if detail.reason in _USUAL or not _is_changed_itself(detail):
        return blocks
    if was is not None and was != line.price_minor:
        unit = scene.unit(line.sku)
        price = unit_price(was, line.price_quantity, unit, scene.exponent)
        blocks.append(Text(f"{INDENT}{words('price-was')} {price}"))
    if detail.reason:
        blocks.append(Text(INDENT + words.label("reason", scene.reason("discount", detail.reason))))
    if detail.approver:
        blocks.append(Text(INDENT + words.label("approver", scene.person(detail.approver))))
    return blocks


def _pieces(line: Line, detail: LineDetail, scene: Scene) -> list[Block]:
    """Which pieces they were: serial numbers, lot, gift card, note."""
    words = scene.words
    texts = [f"{words('serial')} {serial}" for serial in detail.serials]
    if detail.lot or detail.expiry_day:
        expiry = f"{words('expiry')} {date(detail.expiry_day)}" if detail.expiry_day else ""
        lot = f"{words('lot')} {detail.lot}" if detail.lot else ""
        texts.append(", ".join(part for part in (lot, expiry) if part))
    if detail.voucher:
        texts.append(f"{words('gift-card')} {card_shown(detail.voucher)}")
    if line.note:
        texts.append(line.note)
    return [Text(INDENT + text) for text in texts]


def _gift_line(line: Line, scene: Scene) -> list[Block]:
    """What was sold, without what it cost; charges and gift cards are nobody's present."""
    detail = line.detail or LineDetail()
    if line.kind is LineKind.CHARGE or detail.voucher:
        return []
    unit = scene.unit(line.sku)
    name = scene.product_name(line.sku, detail.name)
    return [Pair(name, quantity(line.quantity, unit)), *_pieces(line, detail, scene)]


def _totals(sale: Sale, scene: Scene) -> list[Block]:
    words, money = scene.words, scene.money
    added = sum(line.tax_minor for line in sale.lines if line.tax_added)
    blocks = [*_on_the_whole(sale.lines, scene), Rule()]
    if added or any(line.tax_added for line in sale.lines):
        blocks.append(Pair(words("subtotal"), money(sale.total_minor - added) + INDENT))
        blocks.append(Pair(words("plus-tax"), money(added) + INDENT))
    total = f"{words('total')} {sale.currency}"
    blocks.append(Pair(total, money(sale.total_minor), bold=True, size=2))
    saved = sum(line.discount_minor for line in sale.lines)
    if saved > 0:
        blocks.append(Pair(words("saved"), money(saved) + INDENT))
    return blocks


def _tenders(tenders: Iterable[Tender], scene: Scene) -> list[Block]:
    blocks: list[Block] = []
    # A rounding is read with the total: total and rounding are what cash had to cover.
    for tender in sorted(tenders, key=lambda one: one.kind != "rounding"):
        computed = tender.kind in ("change", "rounding")
        amount = -tender.amount_minor if computed else tender.amount_minor
        blocks.append(Pair(scene.tender(tender.kind), scene.money(amount) + INDENT))
        reference = told(tender)
        if reference:
            blocks.append(Text(f"{INDENT}{scene.words('reference')} {reference}"))
        left = scene.gift_cards.get(card_of(tender))
        if left is not None:
            blocks.append(Pair(INDENT + scene.words("gift-balance"), scene.money(left) + INDENT))
    return blocks


def _loyalty(sale: Sale, scene: Scene) -> list[Block]:
    """Points, and balances of the gift cards that were sold."""
    words = scene.words
    blocks: list[Block] = []
    if sale.points:
        blocks.append(Pair(words("points-earned"), f"{sale.points:+,}"))
    if sale.member and scene.points is not None:
        blocks.append(Pair(words("points-balance"), f"{scene.points:,}"))
    sold = dict.fromkeys(x.detail.voucher for x in sale.lines if x.detail and x.detail.voucher)
    for card in sold:
        if card in scene.gift_cards:
            title = f"{words('gift-balance')} {card_shown(card)}"
            blocks.append(Pair(title, scene.money(scene.gift_cards[card])))
    return [Rule(), *blocks] if blocks else []
