"""Draw the rows of a receipt as the printer prints them: 12 × 24 dots a column, 30 dots a line.

Without a Chinese font Chinese characters are drawn as framed cells: the layout stays true and
`Fonts.missing` says what to install.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from devices.charset import columns
from devices.fonts import Fonts, face_of, find_fonts
from devices.receipt import ImageRow, Paper, Row, TextRow

__all__ = ["CELL_PX", "Fonts", "draw", "find_fonts", "row_height", "to_png"]
CELL_PX, GLYPH_PX, LINE_PX, MARGIN_PX = 12, 24, 30, 24
LATIN_PX, CHINESE_PX = 20, 22
BASELINE_PX = 20

AnyFont = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class _Pens:
    """Fonts at one size; `doubled` where bold has no font of its own and is struck twice."""

    latin: AnyFont
    bold: AnyFont
    chinese: AnyFont | None
    doubled: bool


def _load(path: Path | None, size: int) -> AnyFont:
    if path is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(path, size, index=face_of(path))


def _pens(fonts: Fonts, size: int) -> _Pens:
    latin = _load(fonts.latin, LATIN_PX * size)
    bold = _load(fonts.bold, LATIN_PX * size) if fonts.bold else latin
    chinese = _load(fonts.chinese, CHINESE_PX * size) if fonts.chinese else None
    return _Pens(latin, bold, chinese, fonts.bold is None)


def draw(rows: Sequence[Row], paper: Paper, fonts: Fonts | None = None) -> Image.Image:
    """Draw rows as a greyscale picture with a small white margin."""
    fonts = fonts or find_fonts()
    pens = {size: _pens(fonts, size) for size in (1, 2)}
    width = paper.width_px + 2 * MARGIN_PX
    height = sum(row_height(row) for row in rows) + 2 * MARGIN_PX
    page = Image.new("L", (width, height), 255)
    top = MARGIN_PX
    for row in rows:
        if isinstance(row, ImageRow):
            page.paste(row.bitmap.image(), (MARGIN_PX + row.left_px, top))
        elif row.text:
            _write(ImageDraw.Draw(page), row, pens[row.size], top)
        top += row_height(row)
    return page


def to_png(rows: Sequence[Row], paper: Paper, fonts: Fonts | None = None) -> bytes:
    """Draw rows as a PNG file."""
    out = io.BytesIO()
    draw(rows, paper, fonts).save(out, "PNG")
    return out.getvalue()


def row_height(row: Row) -> int:
    """Dots that a row takes on the paper."""
    if isinstance(row, ImageRow):
        return row.bitmap.height_px
    return LINE_PX if row.size == 1 else LINE_PX + GLYPH_PX


def _write(pen: ImageDraw.ImageDraw, row: TextRow, pens: _Pens, top: int) -> None:
    left, cell = MARGIN_PX, CELL_PX * row.size
    baseline = top + BASELINE_PX * row.size
    for character in row.text:
        wide = columns(character) == 2
        if wide and pens.chinese is None:
            box = (left + 2, top + 3, left + 2 * cell - 3, top + GLYPH_PX * row.size - 3)
            pen.rectangle(box, outline=0)
        elif character != " ":
            font = pens.chinese if wide else pens.bold if row.bold else pens.latin
            twice = row.bold and (wide or pens.doubled)
            for shift in (0, row.size) if twice else (0,):
                place = (left + shift + wide * row.size, baseline)
                if isinstance(font, ImageFont.FreeTypeFont):
                    pen.text(place, character, fill=0, font=font, anchor="ls")
                else:
                    pen.text((place[0], top), character, fill=0, font=font)
        left += cell * (2 if wide else 1)
