"""Text on labels is written letter by letter: a Chinese font need not have Latin letters or digits.

A letter takes half its height, a Chinese one its whole height, as the layouts reckon.
"""

from functools import cache

from PIL import ImageDraw, ImageFont

from devices.charset import columns
from devices.fonts import face_of, find_fonts

_BASELINE = 0.85


def width_px(text: str, height_px: int) -> int:
    """Width that `write` takes for a text."""
    return sum(_advance_px(letter, height_px) for letter in text)


def write(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, height_px: int) -> None:
    """Write a line of text in black, from its top left corner on."""
    left, top = at
    for letter in text:
        wide = columns(letter) == 2
        font = _font(height_px if wide else max(1, height_px * 5 // 6), chinese=wide)
        bottom = top + round(_BASELINE * height_px)
        pen.text((left, bottom), letter, fill=0, font=font, anchor="ls")
        left += _advance_px(letter, height_px)


def _advance_px(letter: str, height_px: int) -> int:
    return height_px if columns(letter) == 2 else (height_px + 1) // 2


@cache
def _font(height_px: int, *, chinese: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    fonts = find_fonts()
    path = (fonts.chinese if chinese else None) or fonts.latin
    if path is None:
        return ImageFont.load_default(height_px)
    return ImageFont.truetype(path, height_px, face_of(path))
