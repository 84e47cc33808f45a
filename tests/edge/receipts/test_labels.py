"""Labels say the price a law asks for: per kilogram, litre or metre, to the cent."""

import datetime
import io
from dataclasses import replace as _replace

import msgspec
import pytest
import zxingcpp
from PIL import Image

from devices import zpl
from devices.event import Scan
from devices.gate import Gate, Reading
from devices.zpl import LabelText
from edge.errors import BadField
from edge.receipts.labels import (
    Reduced,
    label_of,
    link_of,
    reduced_label,
    to_pdf,
    to_png,
    unit_price,
)
from edge.views.values import ProductView

PRODUCT = ProductView(
    "TEA-1", {"en": "Green tea", "zh": "绿茶 100克"}, ["09521234567899"], "pc", "R", 479, 1,
    True, True, "tea", "", {}, 1, 1,
)  # fmt: skip


def product(**changes: object) -> ProductView:
    return msgspec.structs.replace(PRODUCT, **changes)


@pytest.mark.parametrize(
    ("content", "unit", "price", "per", "expected"),
    [
        ("100 g", "pc", 479, 1, (4790, "kg")),
        ("1.5 l", "pc", 139, 1, (93, "l")),
        ("750 ml", "pc", 699, 1, (932, "l")),
        ("2 kg", "pc", 699, 1, (350, "kg")),
        ("20 m", "pc", 179, 1, (9, "m")),
        ("", "g", 299, 1000, (299, "kg")),
        ("", "g", 199, 100, (1990, "kg")),
        ("", "pc", 250, 1, None),
        ("6 pcs", "pc", 250, 1, None),
        ("0 g", "pc", 250, 1, None),
        ("much g", "pc", 250, 1, None),
        ("NaN g", "pc", 250, 1, None),
    ],
)
def test_the_price_of_a_whole_unit(
    content: str, unit: str, price: int, per: int, expected: tuple[int, str] | None
) -> None:
    asked = product(
        attributes={"content": content}, unit=unit, price_minor=price, price_quantity=per
    )
    assert unit_price(asked) == expected


def texts(asked: ProductView, language: str = "en") -> list[str]:
    label = label_of(asked, language, "EUR", 2)
    return [part.text for part in label.parts if isinstance(part, LabelText)]


@pytest.mark.parametrize(
    ("currency", "exponent", "price", "each"),
    [("JPY", 0, "199 ¥", "398 ¥/kg"), ("KWD", 3, "0.199 KWD", "0.398 KWD/kg")],
)
def test_a_label_has_the_decimals_of_its_currency(
    currency: str, exponent: int, price: str, each: str
) -> None:
    goods = product(price_minor=199, attributes={"content": "500 g"})
    label = label_of(goods, "en", currency, exponent)
    said = [part.text for part in label.parts if isinstance(part, LabelText)]
    assert {price, each} <= set(said)


def test_what_a_label_says() -> None:
    tea = product(attributes={"content": "100 g"})
    assert texts(tea) == ["Green tea", "4.79 €", "47.90 €/kg"]
    assert texts(tea, "zh")[0] == "绿茶 100克"
    assert texts(tea, "fr")[0] == "Green tea"
    apples = product(unit="g", price_minor=299, price_quantity=1000)
    assert texts(apples) == ["Green tea", "2.99 €/kg"]


@pytest.mark.parametrize("gtins", [["09521234567899"], ["00000000123457"], []])
def test_every_label_is_drawn_and_can_be_printed(gtins: list[str]) -> None:
    label = label_of(product(gtins=gtins), "zh", "EUR", 2)
    assert zpl.encode(label).startswith(b"^XA")
    with Image.open(io.BytesIO(to_png(label))) as image:
        assert image.size == (480, 320)
        assert min(image.tobytes()) < 50
    other = _replace(label, width_mm=80)
    assert to_pdf([label, other]).startswith(b"%PDF")


def test_a_reduced_piece_says_its_price_in_its_code() -> None:
    reduced = Reduced(239, "L2407/B", datetime.date(2026, 12, 1))
    label = reduced_label(PRODUCT, reduced, "en", "EUR", 2)
    said = [part.text for part in label.parts if isinstance(part, LabelText)]
    assert said == ["Green tea", "2.39 €", "was 4.79 €", "use by 2026-12-01", "lot L2407/B"]
    with Image.open(io.BytesIO(to_png(label))) as picture:
        [code] = zxingcpp.read_barcodes(picture)
    read = Gate().read(Scan(text=code.text))
    assert isinstance(read, Reading)
    assert (read.value, read.price_minor, read.count) == ("09521234567899", 239, 1)
    assert read.elements["10"] == "L2407/B"
    assert read.elements["17"] == "261201"
    assert zpl.encode(label).startswith(b"^XA")


@pytest.mark.parametrize("lot", ["", "批号", "x" * 21])
@pytest.mark.parametrize("exponent", [0, 2, 3])
def test_a_link_holds_what_gs1_allows(lot: str, exponent: int) -> None:
    link = link_of("09521234567899", Reduced(1, lot), exponent)
    read = Gate(decimals=exponent).read(Scan(text=link))
    assert isinstance(read, Reading)
    assert read.price_minor == 1
    assert "10" not in read.elements


@pytest.mark.parametrize(
    ("changes", "price_minor"), [({"gtins": []}, 1), ({"unit": "g"}, 1), ({}, 479), ({}, 500)]
)
def test_what_can_not_be_reduced_is_refused(changes: dict[str, object], price_minor: int) -> None:
    with pytest.raises(BadField):
        reduced_label(product(**changes), Reduced(price_minor), "en", "EUR", 2)
