"""A sale is priced once, in integers: what each line costs adds up to exactly what is paid."""

from collections.abc import Sequence

import msgspec

from edge.books import checks
from edge.books.reads import NO_TAX, Rate, Reads, find_item
from edge.errors import BadField, BadPrice, BadTender, NotForSale, TenderShort
from edge.selling.rounding import ROUNDING, in_coins, pay_out
from sync.receipts import Line, LineKind, Tender
from sync.values import MONEY_MAX_MINOR, QUANTITY_MAX, divide_half_up


class SellLine(msgspec.Struct, frozen=True):
    """A line to sell, named by SKU or GTIN; quantity in base units.

    `price_minor` None takes the catalogue's price; otherwise it is quoted for `price_quantity` base
    units. A charge is named by a code in `sku` and needs a price, which may be negative.
    """

    sku: str = ""
    gtin: str = ""
    quantity: int = 1
    price_minor: int | None = None
    price_quantity: int = 1
    discount_minor: int = 0
    kind: LineKind = LineKind.GOODS
    note: str = ""


class TenderLine(msgspec.Struct, frozen=True):
    """A means of payment (cash, card, voucher, ...) and the minor units it brings."""

    kind: str
    amount_minor: int
    reference: str = ""


def price_lines(
    reads: Reads, asked: Sequence[SellLine], discount_minor: int, *, withdrawn: bool = False
) -> list[Line]:
    """Price lines and spread the sale's discount over them; raise Problem.

    `withdrawn` accepts products that are no longer sold: what was bought may come back.
    """
    checks.lines(asked)
    lines = [_price(reads, line, f"lines[{at}]", withdrawn) for at, line in enumerate(asked)]
    if discount_minor:
        lines = _take_off(lines, checks.money(discount_minor, "discount_minor"))
    total = sum(line.amount_minor for line in lines)
    if abs(total) > MONEY_MAX_MINOR:
        raise BadPrice("total-over", "lines", total_minor=total, most_minor=MONEY_MAX_MINOR)
    if total < 0 and any(line.kind is not LineKind.CHARGE for line in lines):
        raise BadPrice("negative-total", "lines")
    return lines


def _price(reads: Reads, asked: SellLine, field: str, withdrawn: bool) -> Line:
    quantity = checks.quantity(asked.quantity, f"{field}.quantity")
    if asked.note:
        checks.text(asked.note, f"{field}.note")
    if asked.kind is LineKind.CHARGE:
        return _price_charge(reads, asked, field)
    item = find_item(reads, asked.sku, asked.gtin, field)
    if not item.active and not withdrawn:
        raise NotForSale("sku", f"{field}.sku", sku=item.sku)
    price_minor, price_quantity = item.price_minor, item.price_quantity
    if asked.price_minor is not None:
        price_minor = checks.money(asked.price_minor, f"{field}.price_minor")
        price_quantity = checks.integer(
            asked.price_quantity, 1, QUANTITY_MAX, f"{field}.price_quantity", BadPrice
        )
    rate = rate_of(reads, item.tax_code, field)
    line = Line(
        item.sku,
        quantity,
        price_minor,
        item.tax_code,
        rate.ppm,
        not rate.included,
        price_quantity,
        kind=LineKind.GOODS if item.tracked else LineKind.SERVICE,
        note=asked.note,
    )
    return _discounted(line, asked.discount_minor, field)


def _price_charge(reads: Reads, asked: SellLine, field: str) -> Line:
    if not checks.name(asked.sku, f"{field}.sku", needed=True) or asked.gtin:
        raise BadField("charge-code", f"{field}.sku")
    if asked.price_minor is None:
        raise BadPrice("charge-price", f"{field}.price_minor")
    price_minor = checks.money(asked.price_minor, f"{field}.price_minor", -MONEY_MAX_MINOR)
    price_quantity = checks.integer(
        asked.price_quantity, 1, QUANTITY_MAX, f"{field}.price_quantity", BadPrice
    )
    item = reads.item(asked.sku)
    code = item.tax_code if item else ""
    rate = rate_of(reads, code, field)
    line = Line(
        asked.sku,
        asked.quantity,
        price_minor,
        code,
        rate.ppm,
        not rate.included,
        price_quantity,
        kind=LineKind.CHARGE,
        note=asked.note,
    )
    return _discounted(line, asked.discount_minor, field)


def rate_of(reads: Reads, code: str, field: str) -> Rate:
    """Find a tax rate; the empty code is untaxed."""
    rate = reads.rate(code) if code else NO_TAX
    if rate is None:
        raise BadField("tax-unknown", field, tax=code)
    return rate


def _discounted(line: Line, discount_minor: int, field: str) -> Line:
    base = line.base_minor
    if abs(base) > MONEY_MAX_MINOR:
        raise BadPrice("line-over", field, line_minor=base, most_minor=MONEY_MAX_MINOR)
    if not discount_minor:
        return line
    checks.integer(discount_minor, 0, max(base, 0), f"{field}.discount_minor", BadPrice)
    return msgspec.structs.replace(line, discount_minor=discount_minor)


def _take_off(lines: Sequence[Line], discount_minor: int) -> list[Line]:
    """Charges bear none of a discount: postage is not reduced by a coupon."""
    weights = [0 if x.kind is LineKind.CHARGE else x.base_minor for x in lines]
    if discount_minor > sum(weights):
        raise BadPrice(
            "discount-over",
            "discount_minor",
            discount_minor=discount_minor,
            goods_minor=sum(weights),
        )
    shares = spread(discount_minor, weights)
    return [
        msgspec.structs.replace(line, discount_minor=line.discount_minor + share) if share else line
        for line, share in zip(lines, shares, strict=True)
    ]


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights so that the parts add up to it (largest remainder method).

    Weights are 0 or more. No part exceeds its weight if the amount does not exceed their sum.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    parts = [divmod(amount * weight, whole) for weight in weights]
    shares = [share for share, _ in parts]
    order = sorted(range(len(parts)), key=lambda at: (-parts[at][1], at))
    for at in order[: amount - sum(shares)]:
        shares[at] += 1
    return shares


def portion(amount: int, whole: int, before: int, taken: int) -> int:
    """Amount that `taken` units carry after `before` units of `whole` were taken.

    The portions of any division into units add up to exactly the amount.
    """
    return divide_half_up(amount * (before + taken), whole) - divide_half_up(amount * before, whole)


def settle(total_minor: int, tenders: Sequence[TenderLine], coin: int = 1) -> list[Tender]:
    """Check that tenders cover a sale's total and give change in cash; raise Problem.

    What cash has to cover is rounded to the smallest `coin`; what is paid to the cent stays exact.
    """
    checks.lines(tenders, "tenders", lowest=0)
    for at, tender in enumerate(tenders):
        check_tender(tender, f"tenders[{at}]", negative=total_minor < 0)
    paid = sum(tender.amount_minor for tender in tenders)
    settled = [Tender(x.kind, x.amount_minor, x.reference) for x in tenders]
    given = [tender.amount_minor for tender in tenders if tender.kind == "cash"]
    cash, over = sum(given), paid - total_minor
    needed = in_coins(cash - over, coin) if over else cash
    short = over < 0 and not (given and coin > 1 and cash >= needed)
    if short or (over and total_minor < 0):
        raise TenderShort("paid", "tenders", paid_minor=paid, total_minor=total_minor)
    if over > max(cash, 0):
        raise BadTender("too-much", "tenders", over_minor=over)
    if total_minor < 0:
        return pay_out(settled, coin)
    change = max(0, cash - needed)
    computed = Tender("change", -change), Tender(ROUNDING, change - over)
    return [*settled, *(tender for tender in computed if tender.amount_minor)]


def check_tender(tender: TenderLine, field: str, *, negative: bool = False) -> None:
    """Check a tender by itself; raise Problem."""
    checks.tender_kind(tender.kind, f"{field}.kind")
    low, high = (-MONEY_MAX_MINOR, -1) if negative else (0, MONEY_MAX_MINOR)
    checks.integer(tender.amount_minor, low, high, f"{field}.amount_minor", BadTender)
    if tender.reference:
        checks.text(tender.reference, f"{field}.reference")
