"""Receipts: one layout, on paper and as a picture; codes read back by an independent program."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from devices.bitmap import Bitmap, Symbol, barcode, from_file, from_image
from devices.charset import columns
from devices.escpos import RESET, encode_rows
from devices.picture import CELL_PX, Fonts, draw, find_fonts, to_png
from devices.receipt import (
    Align,
    Code,
    Columns,
    Document,
    Feed,
    ImageRow,
    Logo,
    Pair,
    Paper,
    Rule,
    Text,
    TextRow,
    lay_out,
)
from devices.simulated.printer import PrinterPeer
from tests.devices.decoders import zbar

QR_TEXT = "https://example.com/r/000123"


def logo(width: int = 100, height: int = 20) -> bytes:
    picture = Image.new("L", (width, height), 255)
    picture.paste(0, (3, 3, width // 2, height - 3))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


RECEIPT = Document(
    (
        Logo(logo()),
        Text("上海店 Store", Align.CENTRE, bold=True, size=2),
        Rule(),
        Pair("有机苹果 Organic apples 0.750 kg x 3.99, from the mountain", "2.99"),
        Pair("TOTAL", "¥2.99", bold=True),
        Feed(2),
        Code(Symbol.QR, QR_TEXT),
        Code(Symbol.CODE128, "R-000123"),
        Code(Symbol.EAN13, "5901234123457"),
    )
)


def test_golden_layout() -> None:
    rows = lay_out(RECEIPT, Paper(32))
    assert [row for row in rows if isinstance(row, TextRow)] == [
        TextRow("  上海店 Store", bold=True, size=2),
        TextRow("-" * 32),
        TextRow("有机苹果 Organic apples"),
        TextRow("0.750 kg x 3.99, from the"),
        TextRow("mountain                    2.99"),
        TextRow("TOTAL                     ￥2.99", bold=True),
        TextRow(""),
        TextRow(""),
        TextRow("            R-000123"),
        TextRow("         5901234123457"),
    ]


def test_golden_bytes() -> None:
    rows = lay_out(Document((Text("Hi 苹", bold=True), Text("x", size=2), Text("y"))), Paper())
    assert encode_rows(rows) == (
        b"\x1bE\x01Hi \x1c\x26\xc6\xbb\x1c\x2e\n\x1bE\x00\x1d!\x11x\n\x1d!\x00y\n"
    )
    picture = ImageRow(Bitmap(9, 2, b"\xff\x80\x01\x00"), 8)
    assert encode_rows([picture]) == b"\x1dv0\x00\x03\x00\x02\x00\x00\xff\x80\x00\x01\x00"
    assert RESET == b"\x1b@\x1c.\x1bt\x10"


def test_tall_pictures_go_in_bands_and_come_out_whole() -> None:
    tall = ImageRow(Bitmap(8, 600, bytes(range(256)) * 2 + bytes(88)), 0)
    peer = PrinterPeer()
    peer.receive(encode_rows([tall]), 0.0)
    assert peer.sheet.rows == [tall]


@pytest.mark.parametrize("paper", [Paper(48), Paper(42), Paper(32)])
def test_the_printer_prints_what_the_picture_shows(paper: Paper) -> None:
    rows = lay_out(RECEIPT, paper)
    peer = PrinterPeer(paper)
    peer.receive(RESET + encode_rows(rows), 0.0)
    assert peer.unknown == []
    ours, theirs = draw(rows, paper), draw(peer.sheet.rows, paper)
    assert ImageChops.difference(ours, theirs).getbbox() is None


def test_codes_on_the_picture_are_read_by_zbar(tmp_path: Path) -> None:
    picture = tmp_path / "receipt.png"
    picture.write_bytes(to_png(lay_out(RECEIPT, Paper()), Paper()))
    assert zbar(picture) == {QR_TEXT, "R-000123", "5901234123457"}


def test_codes_on_the_paper_are_read_by_zbar(tmp_path: Path) -> None:
    peer = PrinterPeer()
    peer.receive(RESET + encode_rows(lay_out(RECEIPT, Paper())), 0.0)
    picture = tmp_path / "paper.png"
    picture.write_bytes(peer.picture(peer.sheet))
    assert zbar(picture) == {QR_TEXT, "R-000123", "5901234123457"}


def test_a_machine_without_a_chinese_font_says_so_and_keeps_the_layout() -> None:
    bare = Fonts(find_fonts().latin, None)
    assert "fonts-droid-fallback" in bare.missing
    rows = lay_out(Document((Text("苹果"),)), Paper())
    framed = draw(rows, Paper(), bare)
    assert framed.size == draw(rows, Paper()).size
    left = framed.getbbox()
    assert left is not None
    assert "fonts-dejavu-core" in Fonts(None, None).missing
    assert draw(rows, Paper(), Fonts(None, None)).size == framed.size


def test_what_does_not_fit_is_refused_in_words() -> None:
    for block, says in (
        (Code(Symbol.CODE128, "X" * 200), "too long"),
        (Code(Symbol.EAN13, "59012"), "cannot be made"),
        (Code(Symbol.EAN13, "5901234123458"), "cannot be made"),
        (Logo(b"no picture"), "not a picture"),
        (Text("x", size=3), "only 1 and 2"),
    ):
        with pytest.raises(ValueError, match=says):
            lay_out(Document((block,)), Paper())


def test_a_right_side_without_room_stands_below() -> None:
    rows = lay_out(Document((Pair("Operator", "0" * 63),)), Paper())
    said = [row.text for row in rows if isinstance(row, TextRow)]
    assert said[0] == "Operator"
    assert "".join(said[1:]).replace(" ", "") == "0" * 63
    assert said[1].rstrip() == said[1]


def test_a_wide_logo_is_made_to_fit() -> None:
    assert from_file(logo(1200, 100), 384).width_px == 384


def test_transparent_logos_are_white_where_they_are_clear() -> None:
    clear = from_image(Image.new("RGBA", (9, 3), (0, 0, 0, 0)))
    assert clear.bits == bytes(6)
    assert clear.image().getextrema() == (255, 255)


@settings(max_examples=50)
@given(
    st.lists(
        st.one_of(st.text(max_size=90).map(Text), st.builds(Pair, st.text(), st.text(max_size=90)))
    )
)
def test_any_text_is_laid_out_within_the_paper(blocks: list[Text | Pair]) -> None:
    for row in lay_out(Document(tuple(blocks)), Paper(32)):
        assert isinstance(row, TextRow)
        assert columns(row.text) <= 32


def test_bitmaps_survive_the_way_through_pillow() -> None:
    made = barcode(Symbol.QR, "hello", 300)
    assert from_image(made.image()) == made
    assert made.width_px % 21 == 0
    assert Paper().width_px == CELL_PX * 48


@pytest.mark.parametrize(
    ("cells", "lines"),
    [
        (("Tax", "Net", "Tax", "Gross"), ["Tax          Net     Tax   Gross"]),
        (("A 19 %", "1.00", "0.19", "1,191.19"), ["A 19 %", "        1.00      0.19  1,191.19"]),
        (("A", "1", "123456789.01"), ["A", "               1    123456789.01"]),
        (("A", "1", "2", "12345678901.00"), ["A", " " * 31 + "1", " " * 31 + "2"]),
        (("alone",), ["alone"]),
    ],
)
def test_columns_stand_under_each_other_or_get_lines_of_their_own(
    cells: tuple[str, ...], lines: list[str]
) -> None:
    rows = lay_out(Document((Columns(cells),)), Paper(32))
    texts = [row.text for row in rows if isinstance(row, TextRow)]
    assert texts[: len(lines)] == lines
    assert len(texts) in (len(lines), len(cells))
