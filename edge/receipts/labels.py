"""A shelf label says what a piece costs and, where goods have a measure, what a whole unit costs.

The price per kilogram, litre or metre (Directive 98/6/EC) is worked out from the measure in the
product's attribute `content` (`500 g`, `1.5 l`); of goods sold by measure it is the price itself.
What is sold for less carries its price in its own code, a GS1 Digital Link (release 1.4).
"""

import datetime
import io
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from urllib.parse import quote

import msgspec
from PIL import Image, ImageDraw

from devices.bitmap import Symbol, barcode
from devices.layouts import goods_label, shelf_label
from devices.lettering import write
from devices.zpl import DPI, Label, LabelBox, LabelText
from edge.errors import BadField
from edge.views.values import ProductView

_WHOLE = {
    "g": ("kg", 1_000),
    "kg": ("kg", 1),
    "ml": ("l", 1_000),
    "l": ("l", 1),
    "mm": ("m", 1_000),
    "cm": ("m", 100),
    "m": ("m", 1),
}
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "CNY": "¥", "JPY": "¥"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"was": "was {price}", "day": "use by {day}", "lot": "lot {lot}"},
    "zh": {"was": "原价 {price}", "day": "到期日 {day}", "lot": "批号 {lot}"},
}
_LINK = "https://id.gs1.org"
_LOT = re.compile(r'[!"%-?A-Z_a-z]{1,20}')  # GS1 General Specifications, 3.4.1


class Reduced(msgspec.Struct, frozen=True):
    """Pieces that are sold for less: the price of one in minor units, and which they are."""

    price_minor: int
    lot: str = ""
    expiry_day: datetime.date | None = None


def label_of(product: ProductView, language: str, currency: str, exponent: int) -> Label:
    """Lay out a product's shelf label of 60 × 40 mm, in a language or the first one it has."""
    whole = unit_price(product)
    price, note = _money(product.price_minor, currency, exponent), ""
    if whole:
        each = f"{_money(whole[0], currency, exponent)}/{whole[1]}"
        price, note = (each, "") if product.unit in _WHOLE else (price, each)
    code = _code(product.gtins[0]) if product.gtins else product.sku
    return shelf_label(_name(product, language), price, code, note=note)


def reduced_label(
    product: ProductView, reduced: Reduced, language: str, currency: str, exponent: int
) -> Label:
    """Lay out a label of 60 × 40 mm for a piece that is sold for less.

    Raise BadField for goods that have no GTIN or are no pieces, and for a price that is not less.
    """
    if not product.gtins:
        raise BadField("no-gtin", "sku", sku=product.sku)
    if product.unit in _WHOLE:
        raise BadField("measured", "sku", sku=product.sku)
    if reduced.price_minor >= product.price_minor:
        raise BadField("not-cheaper", "price_minor", price_minor=product.price_minor)
    words = _WORDS.get(language, _WORDS["en"])
    was = words["was"].format(price=_money(product.price_minor, currency, exponent))
    day = words["day"].format(day=reduced.expiry_day) if reduced.expiry_day else ""
    lot = words["lot"].format(lot=reduced.lot) if reduced.lot else ""
    price = _money(reduced.price_minor, currency, exponent)
    code = link_of(product.gtins[0], reduced, exponent)
    return goods_label(_name(product, language), price, code, (was, day, lot))


def link_of(gtin: str, reduced: Reduced, exponent: int) -> str:
    """Write what a reduced piece is and costs as a GS1 Digital Link; a lot where GS1 allows it."""
    lot = f"/10/{quote(reduced.lot, safe='')}" if _LOT.fullmatch(reduced.lot) else ""
    day = f"17={reduced.expiry_day:%y%m%d}&" if reduced.expiry_day else ""
    return f"{_LINK}/01/{gtin}{lot}?{day}30=1&392{exponent}={reduced.price_minor}"


def _name(product: ProductView, language: str) -> str:
    return product.names.get(language) or next(iter(product.names.values()), product.sku)


def unit_price(product: ProductView) -> tuple[int, str] | None:
    """Price of a whole unit in minor units, and the unit; None for goods without a measure."""
    if product.unit in _WHOLE:
        unit, parts = _WHOLE[product.unit]
        each = Decimal(product.price_minor) / product.price_quantity
        return _rounded(each * parts), unit
    measure, _, unit = product.attributes.get("content", "").partition(" ")
    if unit not in _WHOLE:
        return None
    try:
        content = Decimal(measure)
    except InvalidOperation:
        return None
    if not content.is_finite() or content <= 0:
        return None
    whole, parts = _WHOLE[unit]
    price = Decimal(product.price_minor) / product.price_quantity
    return _rounded(price / content * parts), whole


def _rounded(price: Decimal) -> int:
    return int(price.quantize(Decimal(1), ROUND_HALF_UP))


def _money(minor: int, currency: str, exponent: int) -> str:
    return f"{Decimal(minor).scaleb(-exponent)} {_SIGNS.get(currency, currency)}"


def _code(gtin: str) -> str:
    """Shorten a GTIN of 14 digits to the EAN-13 or EAN-8 that is printed."""
    for length in (8, 13):
        if gtin[:-length].strip("0") == "":
            return gtin[-length:]
    return gtin


def to_png(label: Label) -> bytes:
    """Draw a label as the printer prints it."""
    out = io.BytesIO()
    draw(label).save(out, "PNG", optimize=True)
    return out.getvalue()


def to_pdf(labels: list[Label]) -> bytes:
    """Draw labels as a PDF, one a page, each of its own size."""
    first, *rest = [draw(label) for label in labels]
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=DPI)
    return out.getvalue()


def draw(label: Label) -> Image.Image:
    """Draw a label at the printer's resolution."""
    page = Image.new("L", (_dots(label.width_mm), _dots(label.height_mm)), 255)
    pen = ImageDraw.Draw(page)
    for part in label.parts:
        at = (_dots(part.x_mm), _dots(part.y_mm))
        if isinstance(part, LabelText):
            write(pen, at, part.text, _dots(part.height_mm))
        elif isinstance(part, LabelBox):
            size = (_dots(part.width_mm), _dots(part.height_mm))
            pen.rectangle((*at, at[0] + size[0], at[1] + size[1]), outline=0)
        else:
            bars = _bars(part.symbol, part.text, page.width - at[0], _dots(part.height_mm))
            page.paste(bars, at)
            if part.symbol is not Symbol.QR:
                write(pen, (at[0], at[1] + bars.height + 2), part.text, _dots(2.6))
    return page


def _bars(symbol: Symbol, text: str, width_px: int, height_px: int) -> Image.Image:
    return barcode(symbol, text, width_px, height_px).image().convert("L")


def _dots(length_mm: float) -> int:
    return max(1, round(length_mm * DPI / 25.4))
