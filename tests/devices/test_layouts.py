"""Ready-made labels: whatever goes in stays on the label; a foreign renderer and zbar agree."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from devices.charset import columns
from devices.layouts import parcel_label, shelf_label
from devices.zpl import Label, LabelText, encode
from tests.devices.decoders import render_zpl, zbar

SHELF = shelf_label(
    "Organic apples from the mountain, first class", "EUR 2.99", "5901234123457", note="1 kg = 3.99"
)
PARCEL = parcel_label(
    ("Shop 12", "High Street 1"), ("Ana Müller", "Ring 5", "1010 Wien"), "PARCEL-000123"
)


def test_codes_are_read_back(tmp_path: Path) -> None:
    for label, code in ((SHELF, "5901234123457"), (PARCEL, "PARCEL-000123")):
        picture = tmp_path / f"{code}.png"
        render_zpl(encode(label), label.width_mm, label.height_mm, picture)
        assert zbar(picture) == {code}


def fits(label: Label) -> bool:
    texts = [part for part in label.parts if isinstance(part, LabelText)]
    return all(
        part.x_mm + columns(part.text) * part.height_mm / 2 <= label.width_mm for part in texts
    )


@given(st.text(max_size=200), st.text(max_size=40), st.lists(st.text(max_size=80), max_size=9))
def test_long_texts_stay_on_the_label(name: str, note: str, lines: list[str]) -> None:
    assert fits(shelf_label(name, "EUR 1.00", "X-1", note=note))
    parcel = parcel_label(tuple(lines), tuple(lines), "X-1")
    assert fits(parcel)
    assert encode(parcel).endswith(b"^XZ")


def test_any_code_finds_its_symbol() -> None:
    assert b"^BEN" in encode(SHELF)
    assert b"^B8N" in encode(shelf_label("x", "1", "96385074"))
    assert b"^BCN" in encode(shelf_label("x", "1", "SKU-42"))
