"""A receipt as a PDF: the rows of the picture, dot for dot, with text that can be selected.

Drawn by ReportLab (BSD, pure Python): it embeds only the glyphs that are used, within milliseconds.
It takes TrueType outlines; where the machine has no such Chinese font the PDF names a standard one
(STSong-Light) that the viewer brings, and without a Latin one the built-in Courier.
"""

import io
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from devices.charset import columns
from devices.fonts import Fonts, face_of, find_fonts
from devices.picture import BASELINE_PX, CELL_PX, CHINESE_PX, LATIN_PX, MARGIN_PX, row_height
from devices.receipt import ImageRow, Paper, Row, TextRow

DOT_PT = 72 / 203.2  # 8 dots a millimetre, as receipt printers have them
COURIER, COURIER_BOLD, SONG = "Courier", "Courier-Bold", "STSong-Light"
_STROKED: Final = 2  # text render mode: filled and stroked, where bold has no font of its own
_STROKE_DOTS = 0.7
_ONE_AT_A_TIME = threading.Lock()  # ReportLab keeps its fonts, and what of them is used, in modules


@cache
def _registered(path: Path | None, otherwise: str) -> str:
    """Name under which ReportLab knows a font file, or the font to take instead."""
    if path is not None:
        try:
            name = f"{path.stem}-{face_of(path)}"
            pdfmetrics.registerFont(TTFont(name, path, subfontIndex=face_of(path)))
        except TTFError:  # PostScript outlines
            pass
        else:
            return name
    if otherwise == SONG:
        pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    return otherwise


def to_pdf(
    rows: Sequence[Row], paper: Paper, fonts: Fonts | None = None, *, title: str = "Receipt"
) -> bytes:
    """Draw rows as a PDF of one page, as long as the receipt; any thread may ask."""
    with _ONE_AT_A_TIME:
        return _page(rows, paper, fonts or find_fonts(), title)


def _page(rows: Sequence[Row], paper: Paper, fonts: Fonts, title: str) -> bytes:
    width = paper.width_px + 2 * MARGIN_PX
    height = sum(row_height(row) for row in rows) + 2 * MARGIN_PX
    out = io.BytesIO()
    size = (width * DOT_PT, height * DOT_PT)
    canvas = Canvas(out, pagesize=size, pageCompression=1, invariant=1)
    canvas.setTitle(title)
    canvas.setCreator("Evertill")
    canvas.scale(DOT_PT, DOT_PT)
    top = height - MARGIN_PX
    for row in rows:
        if isinstance(row, ImageRow):
            _draw_image(canvas, row, top)
        elif row.text:
            _draw_text(canvas, row, top, fonts)
        top -= row_height(row)
    canvas.save()
    return out.getvalue()


def _draw_image(canvas: Canvas, row: ImageRow, top: int) -> None:
    bitmap = row.bitmap
    place = (MARGIN_PX + row.left_px, top - bitmap.height_px)
    picture = ImageReader(bitmap.image())
    canvas.drawImage(picture, *place, width=bitmap.width_px, height=bitmap.height_px)


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """Cut a line where characters of one column meet those of two."""
    for wide, run in groupby(text, lambda character: columns(character) == 2):
        yield wide, "".join(run)


def _draw_text(canvas: Canvas, row: TextRow, top: int, fonts: Fonts) -> None:
    left = MARGIN_PX
    bold = _registered(fonts.bold, COURIER_BOLD) if fonts.bold or not fonts.latin else ""
    latin = _registered(fonts.latin, COURIER)
    for wide, run in _runs(row.text):
        text = canvas.beginText()
        place = (left + wide * row.size, top - BASELINE_PX * row.size)
        text.setTextTransform(row.size, 0, 0, row.size, *place)
        name = _registered(fonts.chinese, SONG) if wide else (bold if row.bold else "") or latin
        size = CHINESE_PX if wide else LATIN_PX
        advance = pdfmetrics.stringWidth("中" if wide else "0", name, size)
        text.setFont(name, size)
        text.setCharSpace(CELL_PX * (2 if wide else 1) - advance)
        if row.bold and (wide or not bold):
            text.setTextRenderMode(_STROKED)
        text.textOut(run)
        canvas.saveState()
        canvas.setLineWidth(_STROKE_DOTS)
        canvas.drawText(text)
        canvas.restoreState()
        left += columns(run) * CELL_PX * row.size
