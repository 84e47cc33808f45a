"""A shelf label says what a piece costs and, where goods have a measure, what a whole unit costs.

The price per kilogram, litre or metre (Directive 98/6/EC) is worked out from the measure in the
product's attribute `content` (`500 g`, `1.5 l`); of goods sold by measure it is the price itself.
"""

import io
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from PIL import Image, ImageDraw

from devices.bitmap import Symbol, barcode
from devices.layouts import shelf_label
from devices.lettering import write
from devices.zpl import DPI, Label, LabelBox, LabelText
from edge.viewed import ProductView

_WHOLE = {
    "g": ("kg", 1_000),
    "kg": ("kg", 1),
    "ml": ("l", 1_000),
    "l": ("l", 1),
    "mm": ("m", 1_000),
    "cm": ("m", 100),
    "m": ("m", 1),
}


def label_of(product: ProductView, language: str, currency: str, exponent: int) -> Label:
    """Lay out a product's shelf label of 60 × 40 mm, in a language or the first one it has."""
    name = product.names.get(language) or next(iter(product.names.values()), product.sku)
    whole = unit_price(product)
    by_measure = product.unit in _WHOLE
    note = ""
    if whole and not by_measure:
        note = f"{_money(whole[0], currency, exponent)} / {whole[1]}"
    unit = f" / {whole[1]}" if whole and by_measure else ""
    price_minor = whole[0] if whole and by_measure else product.price_minor
    code = _code(product.gtins[0]) if product.gtins else product.sku
    return shelf_label(name, _money(price_minor, currency, exponent) + unit, code, note=note)


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
    return f"{Decimal(minor).scaleb(-exponent)} {currency}"


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
            write(pen, (at[0], at[1] + bars.height + 2), part.text, _dots(2.6))
    return page


def _bars(symbol: Symbol, text: str, width_px: int, height_px: int) -> Image.Image:
    return barcode(symbol, text, width_px, height_px).image().convert("L")


def _dots(length_mm: float) -> int:
    return max(1, round(length_mm * DPI / 25.4))
