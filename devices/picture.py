"""Draw the rows of a receipt as the printer prints them: 12 × 24 dots a column, 30 dots a line.

Fonts are looked for on the machine (Debian: ``fonts-dejavu-core``, ``fonts-droid-fallback``).
Without a Chinese font Chinese characters are drawn as framed cells: the layout stays true and
`find_fonts` says what is missing.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from devices.charset import columns
from devices.receipt import ImageRow, Paper, Row, TextRow

CELL_PX, GLYPH_PX, LINE_PX, MARGIN_PX = 12, 24, 30, 12
LATIN = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
    "/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf",
    "/System/Library/Fonts/Menlo.ttc",
)
CHINESE = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/droid/DroidSansFallback.ttf",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/System/Library/Fonts/PingFang.ttc",
)

AnyFont = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Fonts:
    """Font files to draw with; None where the machine has none."""

    latin: Path | None
    chinese: Path | None

    @property
    def missing(self) -> str:
        """What to install for a true picture; empty if nothing."""
        lacking = [] if self.latin else ["fonts-dejavu-core"]
        lacking += [] if self.chinese else ["fonts-droid-fallback (Chinese)"]
        return f"install {' and '.join(lacking)}" if lacking else ""


def find_fonts() -> Fonts:
    """Find fonts on this machine."""

    def first(names: Sequence[str]) -> Path | None:
        return next((Path(name) for name in names if Path(name).exists()), None)

    return Fonts(first(LATIN), first(CHINESE))


def _load(path: Path | None, size: int) -> AnyFont:
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


def draw(rows: Sequence[Row], paper: Paper, fonts: Fonts | None = None) -> Image.Image:
    """Draw rows as a greyscale picture with a small white margin."""
    fonts = fonts or find_fonts()
    latin, chinese = _load(fonts.latin, 20), _load(fonts.chinese, 22)
    width = paper.width_px + 2 * MARGIN_PX
    height = sum(_height(row) for row in rows) + 2 * MARGIN_PX
    page = Image.new("L", (width, height), 255)
    top = MARGIN_PX
    for row in rows:
        if isinstance(row, ImageRow):
            page.paste(row.bitmap.image(), (MARGIN_PX + row.left_px, top))
        elif row.text:
            strip = _draw_text(row, latin, chinese, framed=fonts.chinese is None)
            page.paste(strip, (MARGIN_PX, top))
        top += _height(row)
    return page


def to_png(rows: Sequence[Row], paper: Paper, fonts: Fonts | None = None) -> bytes:
    """Draw rows as a PNG file."""
    out = io.BytesIO()
    draw(rows, paper, fonts).save(out, "PNG", optimize=True)
    return out.getvalue()


def _height(row: Row) -> int:
    if isinstance(row, ImageRow):
        return row.bitmap.height_px
    return LINE_PX if row.size == 1 else LINE_PX + GLYPH_PX


def _draw_text(row: TextRow, latin: AnyFont, chinese: AnyFont, *, framed: bool) -> Image.Image:
    strip = Image.new("L", (columns(row.text) * CELL_PX, GLYPH_PX + 2), 255)
    pen = ImageDraw.Draw(strip)
    left = 0
    for character in row.text:
        wide = columns(character) == 2
        if wide and framed:
            pen.rectangle((left + 2, 3, left + 2 * CELL_PX - 3, GLYPH_PX - 3), outline=0)
        else:
            font, down = (chinese, 0) if wide else (latin, 1)
            for shift in (0, 1) if row.bold else (0,):
                pen.text((left + shift, down), character, fill=0, font=font)
        left += CELL_PX * (2 if wide else 1)
    if row.size == 2:
        strip = strip.resize((strip.width * 2, strip.height * 2), Image.Resampling.NEAREST)
    return strip
