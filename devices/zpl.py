"""ZPL II (Zebra): the bytes of a label, and the printer's host status. Pure.

Text goes out as UTF-8 with every command character escaped, so no product name can command the
printer. Text beyond Latin-1 is drawn here and sent as a picture, because few label printers have
the fonts.
"""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from devices.bitmap import Symbol, from_image
from devices.gs1 import check_digit, is_digits
from devices.lettering import width_px, write

STATUS_QUESTION = b"~HS"
STRING_LIMIT_BYTES = 128
DPI = 203


@dataclass(frozen=True, slots=True)
class LabelText:
    """A line of text, its top left corner and height in millimetres."""

    x_mm: float
    y_mm: float
    height_mm: float
    text: str


@dataclass(frozen=True, slots=True)
class LabelCode:
    """A barcode, its top left corner and height in millimetres (a QR code has its own size)."""

    x_mm: float
    y_mm: float
    height_mm: float
    symbol: Symbol
    text: str


@dataclass(frozen=True, slots=True)
class LabelBox:
    """A frame, or a line if it is as thin as its border (0.3 mm)."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float


Part = LabelText | LabelCode | LabelBox


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a given size and what is on it."""

    width_mm: float
    height_mm: float
    parts: tuple[Part, ...]


def encode(label: Label, *, copies: int = 1, dpi: int = DPI) -> bytes:
    """Return a label as ZPL. Raises ValueError saying what cannot be printed."""
    if not 1 <= copies <= 999:
        raise ValueError(f"{copies} copies: 1 to 999 are possible")

    def dots(length_mm: float) -> int:
        return max(1, round(length_mm * dpi / 25.4))

    out = [f"^XA^CI28^PW{dots(label.width_mm)}^LL{dots(label.height_mm)}^LH0,0"]
    for part in label.parts:
        if not (0 <= part.x_mm < label.width_mm and 0 <= part.y_mm < label.height_mm):
            raise ValueError(f"{part} lies outside the label")
        field = f"^FO{round(part.x_mm * dpi / 25.4)},{round(part.y_mm * dpi / 25.4)}"
        if isinstance(part, LabelText):
            field += _text(part.text, dots(part.height_mm))
        elif isinstance(part, LabelCode):
            field += _code(part, dots(part.height_mm))
        else:
            field += f"^GB{dots(part.width_mm)},{dots(part.height_mm)},{dots(0.3)}"
        out.append(field + "^FS")
    out.append(f"^PQ{copies}^XZ")
    return "".join(out).encode()


def _escape(text: str) -> str:
    """Return field data for ``^FH_``: command characters and controls as ``_5E``."""
    return "".join(
        f"_{ord(letter):02X}" if letter in "^~_\\" or ord(letter) < 0x20 else letter
        for letter in text
    )


def _text(text: str, height: int) -> str:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return _drawn(text, height)
    return f"^A0N,{height},{height}^FH_^FD{_escape(text)}"


def _drawn(text: str, height: int) -> str:
    text = "".join(letter if letter.isprintable() else "?" for letter in text)[:200]
    canvas = Image.new("L", (max(1, width_px(text, height)), height + height // 4), 255)
    write(ImageDraw.Draw(canvas), (0, 0), text, height)
    picture = from_image(canvas.point(lambda value: 255 if value > 127 else 0))
    size = len(picture.bits)
    return f"^GFA,{size},{size},{picture.row_bytes},{picture.bits.hex().upper()}"


def _code(part: LabelCode, height: int) -> str:
    text = part.text
    if part.symbol in (Symbol.EAN13, Symbol.EAN8):
        length = 13 if part.symbol is Symbol.EAN13 else 8
        if len(text) != length or not is_digits(text) or check_digit(text[:-1]) != text[-1]:
            raise ValueError(f"{text!r} is not a valid {part.symbol.name}")
        command = "BE" if part.symbol is Symbol.EAN13 else "B8"
        return f"^BY2^{command}N,{height},Y,N^FD{text[:-1]}"
    if not (text and text.isascii() and text.isprintable()):
        raise ValueError(f"{text!r} cannot be a barcode on a label: use plain ASCII")
    if part.symbol is Symbol.QR:
        return f"^BQN,2,4^FH_^FDMA,{_escape(text)}"
    return f"^BY2^BCN,{height},Y,N,N,A^FH_^FD{_escape(text)}"


@dataclass(frozen=True, slots=True)
class HostStatus:
    """The answer to ``~HS``, as far as it matters."""

    paper_out: bool
    paused: bool
    head_open: bool
    ribbon_out: bool
    formats_waiting: int
    labels_left: int
    other_fault: bool

    @property
    def idle(self) -> bool:
        """Everything sent is on paper."""
        return self.formats_waiting == 0 and self.labels_left == 0


class Statuses:
    """Cut what a label printer sends into host statuses: three strings, STX … ETX each."""

    def __init__(self) -> None:
        self._string: bytearray | None = None
        self._strings: list[list[str]] = []

    def reset(self) -> None:
        """Forget half an answer."""
        self._string = None
        self._strings.clear()

    def feed(self, data: bytes) -> list[HostStatus]:
        """Take bytes in any pieces."""
        found: list[HostStatus] = []
        for byte in data:
            if byte == 0x02:
                self._string = bytearray()
            elif self._string is not None and byte == 0x03:
                found += self._end(self._string.decode("latin-1").split(","))
                self._string = None
            elif self._string is not None:
                self._string.append(byte)
                if len(self._string) > STRING_LIMIT_BYTES:
                    self.reset()
        return found

    def _end(self, string: list[str]) -> list[HostStatus]:
        wanted = (12, 11, 2)[len(self._strings)]
        if len(string) != wanted:
            # A string went missing: this may be the first of the next answer.
            self._strings = [string] if len(string) == 12 else []
            return []
        self._strings.append(string)
        if wanted != 2:
            return []
        first, second, _ = self._strings
        self._strings = []
        numbers = [*first[:11], *second]
        if not all(is_digits(number) for number in numbers):
            return []
        return [
            HostStatus(
                paper_out=first[1] != "0",
                paused=first[2] != "0",
                head_open=second[2] != "0",
                ribbon_out=second[3] != "0",
                formats_waiting=int(first[4]),
                labels_left=int(second[8]),
                other_fault=any(first[at] != "0" for at in (5, 9, 10)),
            )
        ]
