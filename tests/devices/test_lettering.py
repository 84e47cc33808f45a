"""A line of mixed text is written in cells of known width, every letter with a font that has it."""

from PIL import Image, ImageDraw

from devices.fonts import find_fonts
from devices.lettering import width_px, write


def drawn(text: str, height_px: int = 40) -> bytes:
    page = Image.new("L", (width_px(text, height_px), height_px * 5 // 4), 255)
    write(ImageDraw.Draw(page), (0, 0), text, height_px)
    return page.tobytes()


def test_letters_are_half_as_wide_as_high_and_chinese_ones_square() -> None:
    assert width_px("Tea 茶", 40) == 4 * 20 + 40
    assert width_px("", 40) == 0


def test_digits_beside_chinese_are_digits() -> None:
    if find_fonts().latin is None:
        return
    assert len({drawn(digit) for digit in "0123456789"}) == 10
    assert drawn("茶1") != drawn("茶2")
