"""Black-and-white pictures as printers want them: packed rows, one bit per dot, 1 is black."""

import io
from dataclasses import dataclass
from enum import StrEnum

import zxingcpp
from PIL import Image, UnidentifiedImageError

from devices.gs1 import is_digits

SIDE_LIMIT_PX = 4096


class Symbol(StrEnum):
    """The barcode symbologies that are printed."""

    EAN13 = "EAN13"
    EAN8 = "EAN8"
    CODE128 = "Code128"
    QR = "QRCode"


@dataclass(frozen=True, slots=True)
class Bitmap:
    """``bits`` holds ``height_px`` rows of ``(width_px + 7) // 8`` bytes, leftmost dot first."""

    width_px: int
    height_px: int
    bits: bytes

    @property
    def row_bytes(self) -> int:
        """Bytes in one row."""
        return (self.width_px + 7) // 8

    def image(self) -> Image.Image:
        """The same picture for Pillow, mode ``1``."""
        white = bytes(byte ^ 0xFF for byte in self.bits)
        return Image.frombytes("1", (self.width_px, self.height_px), white)


def from_image(image: Image.Image) -> Bitmap:
    """Pack a Pillow image; grey is dithered, transparent is white."""
    if image.mode in ("RGBA", "LA", "P"):
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    mono = image.convert("1")
    dark = bytes(byte ^ 0xFF for byte in mono.tobytes())
    spare = -mono.width % 8
    row_bytes = (mono.width + 7) // 8
    if spare:  # the padding of Pillow's rows would come out black
        keep = 0xFF << spare & 0xFF
        rows = bytearray(dark)
        for end in range(row_bytes - 1, len(rows), row_bytes):
            rows[end] &= keep
        dark = bytes(rows)
    return Bitmap(mono.width, mono.height, dark)


def from_file(data: bytes, width_px: int) -> Bitmap:
    """Read a logo (PNG, JPEG, …), made smaller to fit ``width_px``. Raises ValueError."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if max(image.size) > SIDE_LIMIT_PX:
                raise ValueError(f"the logo is larger than {SIDE_LIMIT_PX} dots")
            image.load()
            if image.width > width_px:
                height = max(1, image.height * width_px // image.width)
                return from_image(image.resize((width_px, height)))
            return from_image(image)
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("the logo is not a picture this program can read") from error


def barcode(symbol: Symbol, text: str, width_px: int, height_px: int = 80) -> Bitmap:
    """Draw a barcode with the largest module that fits. Raises ValueError if none does."""
    length = {Symbol.EAN13: 13, Symbol.EAN8: 8}.get(symbol)
    if length is not None and not (len(text) == length and is_digits(text)):
        raise ValueError(
            f"{text!r} cannot be made an {symbol.name} barcode: it needs {length} digits"
        )
    try:
        kind = zxingcpp.barcode_format_from_str(symbol.value)
        made = zxingcpp.create_barcode(text, kind)
        raw = made.to_image(scale=1, add_quiet_zones=False, add_hrt=False)
    except ValueError as error:
        raise ValueError(f"{text!r} cannot be made a {symbol.name} barcode: {error}") from error
    small = Image.fromarray(raw)
    columns, rows = small.size
    largest = 6 if symbol is Symbol.QR else 3
    quiet = 8 if symbol is Symbol.QR else 20
    module = min(largest, width_px // (columns + quiet))
    if module < 1:
        raise ValueError(f"{text!r} is too long for a {symbol.name} barcode {width_px} dots wide")
    if symbol is not Symbol.QR:
        small, rows = small.crop((0, 0, columns, 1)), 1
    height = rows * module if symbol is Symbol.QR else height_px
    return from_image(small.resize((columns * module, height), Image.Resampling.NEAREST))
