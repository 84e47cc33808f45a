"""Labels say the price a law asks for: per kilogram, litre or metre, to the cent."""

import io
from dataclasses import replace as _replace

import msgspec
import pytest
from PIL import Image

from devices import zpl
from devices.zpl import LabelText
from edge.stock_labels import label_of, to_pdf, to_png, unit_price
from edge.viewed import ProductView

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


def test_what_a_label_says() -> None:
    tea = product(attributes={"content": "100 g"})
    assert texts(tea) == ["Green tea", "4.79 EUR", "47.90 EUR / kg"]
    assert texts(tea, "zh")[0] == "绿茶 100克"
    assert texts(tea, "fr")[0] == "Green tea"
    apples = product(unit="g", price_minor=299, price_quantity=1000)
    assert texts(apples) == ["Green tea", "2.99 EUR / kg"]


@pytest.mark.parametrize("gtins", [["09521234567899"], ["00000000123457"], []])
def test_every_label_is_drawn_and_can_be_printed(gtins: list[str]) -> None:
    label = label_of(product(gtins=gtins), "zh", "EUR", 2)
    assert zpl.encode(label).startswith(b"^XA")
    with Image.open(io.BytesIO(to_png(label))) as image:
        assert image.size == (480, 320)
        assert min(image.tobytes()) < 50
    other = _replace(label, width_mm=80)
    assert to_pdf([label, other]).startswith(b"%PDF")
