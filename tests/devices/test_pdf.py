"""A receipt's PDF shows what its picture shows, and its text can be selected."""

from concurrent.futures import ThreadPoolExecutor

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter

from devices.bitmap import Symbol
from devices.fonts import Fonts, find_fonts
from devices.pdf import DOT_PT, to_pdf
from devices.picture import draw
from devices.receipt import Align, Code, Columns, Document, Pair, Paper, Rule, Text, lay_out

RECEIPT = Document(
    (
        Text("上海店 Store", Align.CENTRE, bold=True, size=2),
        Rule(),
        Pair("有机苹果 Organic apples 0.750 kg", "2.99"),
        Pair("TOTAL 合计", "¥2.99", bold=True),
        Columns(("A 19 %", "2.51", "0.48", "2.99")),
        Code(Symbol.QR, "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5"),
    )
)
PAPERS = [Paper(48), Paper(32)]
FONTS = find_fonts()


def _page(data: bytes) -> tuple[Image.Image, str]:
    document = pypdfium2.PdfDocument(data)
    try:
        assert len(document) == 1
        picture = document[0].render(scale=1 / DOT_PT).to_pil().convert("L")
        return picture, document[0].get_textpage().get_text_range()
    finally:
        document.close()


@pytest.mark.skipif(bool(FONTS.missing), reason=f"to compare pictures, {FONTS.missing}")
@pytest.mark.parametrize("paper", PAPERS)
def test_the_pdf_looks_like_the_picture(paper: Paper) -> None:
    rows = lay_out(RECEIPT, paper)
    picture = draw(rows, paper)
    page, _ = _page(to_pdf(rows, paper))
    assert abs(page.width - picture.width) <= 1
    assert abs(page.height - picture.height) <= 1
    page = page.crop((0, 0, *picture.size))
    # Two rasterizers differ at edges; blurred to a column's width they must agree everywhere.
    soft = ImageFilter.GaussianBlur(6)
    difference = ImageChops.difference(page.filter(soft), picture.filter(soft))
    darkest = difference.getextrema()[1]
    assert isinstance(darkest, int)
    assert darkest < 80


@pytest.mark.parametrize("paper", PAPERS)
def test_the_text_can_be_selected(paper: Paper) -> None:
    _, text = _page(to_pdf(lay_out(RECEIPT, paper), paper))
    words = " ".join(text.split())
    for part in ("Organic apples", "TOTAL", "2.99", "A 19 %"):
        assert part in words
    if FONTS.chinese:
        assert "有机苹果" in words


def test_a_machine_without_fonts_makes_a_pdf_all_the_same() -> None:
    _, text = _page(to_pdf(lay_out(RECEIPT, Paper()), Paper(), Fonts(None, None)))
    assert "Organic apples" in " ".join(text.split())


def test_the_same_receipt_gives_the_same_bytes() -> None:
    rows = lay_out(RECEIPT, Paper())
    assert to_pdf(rows, Paper()) == to_pdf(rows, Paper())


def test_many_may_ask_at_once() -> None:
    rows = lay_out(RECEIPT, Paper())
    with ThreadPoolExecutor(4) as threads:
        made = set(threads.map(lambda _: to_pdf(rows, Paper()), range(16)))
    assert made == {to_pdf(rows, Paper())}
