"""A receipt is a document, laid out once into rows; the printer and the picture share the rows."""

from dataclasses import dataclass
from enum import StrEnum

from devices.bitmap import Bitmap, Symbol, barcode, from_file
from devices.charset import columns, printable, wrap

BLOCKS_LIMIT = 5000


class Align(StrEnum):
    """Where a text stands."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Paper:
    """A roll: its width in columns of 12 dots (80 mm: 48, 58 mm: 32)."""

    columns: int = 48

    @property
    def width_px(self) -> int:
        """Printable dots across."""
        return self.columns * 12


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. ``size`` 2 is double width and height."""

    text: str
    align: Align = Align.LEFT
    bold: bool = False
    size: int = 1


@dataclass(frozen=True, slots=True)
class Pair:
    """Something on the left, its amount on the right; a long left side wraps.

    A right side that leaves no room stands below, on lines of its own.

    With ``size`` 2 both are double width and height where they fit.
    """

    left: str
    right: str
    bold: bool = False
    size: int = 1


@dataclass(frozen=True, slots=True)
class Columns:
    """A row of a table: the first cell on the left, the others in equal columns on the right.

    Rows with the same number of cells stand under each other; where a cell is too wide for its
    column, the first one gets a line of its own, or every cell.
    """

    cells: tuple[str, ...]
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    character: str = "-"


@dataclass(frozen=True, slots=True)
class Code:
    """A barcode or QR code, centred; the text is printed under a linear one."""

    symbol: Symbol
    text: str


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture file (PNG, JPEG), centred."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty lines."""

    lines: int = 1


Block = Text | Pair | Columns | Rule | Code | Logo | Feed


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be printed, top to bottom; ``kick`` opens the drawer with it."""

    blocks: tuple[Block, ...]
    cut: bool = True
    kick: bool = False


@dataclass(frozen=True, slots=True)
class TextRow:
    """One printed line: what it says, from the left edge."""

    text: str
    bold: bool = False
    size: int = 1


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A picture, ``left_px`` (a multiple of 8) from the left edge."""

    bitmap: Bitmap
    left_px: int


Row = TextRow | ImageRow


def lay_out(document: Document, paper: Paper) -> list[Row]:
    """Lay a document out for a roll. Raises ValueError saying which block does not fit."""
    if len(document.blocks) > BLOCKS_LIMIT:
        raise ValueError(f"the document has more than {BLOCKS_LIMIT} blocks")
    return [row for block in document.blocks for row in _lay_out_block(block, paper)]


def _lay_out_block(block: Block, paper: Paper) -> list[Row]:
    if isinstance(block, Text):
        return _text_rows(block, paper)
    if isinstance(block, Pair):
        return _pair_rows(block, paper)
    if isinstance(block, Columns):
        return _column_rows(block, paper)
    if isinstance(block, Rule):
        mark = printable(block.character)[:1] or "-"
        return [TextRow(mark * (paper.columns // columns(mark)))]
    if isinstance(block, Feed):
        return [TextRow("") for _ in range(min(block.lines, 50))]
    if isinstance(block, Logo):
        return [_centred(from_file(block.data, paper.width_px), paper)]
    rows: list[Row] = [_centred(barcode(block.symbol, block.text, paper.width_px), paper)]
    if block.symbol is not Symbol.QR:
        rows += _text_rows(Text(block.text, Align.CENTRE), paper)
    return rows


def _text_rows(block: Text, paper: Paper) -> list[Row]:
    if block.size not in (1, 2):
        raise ValueError(f"text size {block.size}: only 1 and 2 exist")
    width = paper.columns // block.size
    rows: list[Row] = []
    for paragraph in block.text.split("\n"):
        for line in _hang(printable(paragraph), width):
            spare = width - columns(line)
            pad = {Align.LEFT: 0, Align.CENTRE: spare // 2, Align.RIGHT: spare}[block.align]
            rows.append(TextRow((" " * pad + line).rstrip(), block.bold, block.size))
    return rows


def _hang(text: str, width: int) -> list[str]:
    """Break a line as `wrap` does; what goes on below is indented as it began."""
    indent = len(text) - len(text.lstrip(" "))
    if not indent or width - indent < width // 2:
        return wrap(text, width)
    return [" " * indent + line for line in wrap(text[indent:], width - indent)]


def _pair_rows(block: Pair, paper: Paper) -> list[Row]:
    left, right = printable(block.left), printable(block.right)
    size = 2 if block.size == 2 and columns(left + right) < paper.columns // 2 else 1
    width = paper.columns // size
    room = width - columns(right) - 1
    if room < width // 4:
        below = Text(right, Align.RIGHT, block.bold)
        return [*_text_rows(Text(left, bold=block.bold), paper), *_text_rows(below, paper)]
    *first, last = _hang(left, room)
    gap = " " * (width - columns(last) - columns(right))
    lines = [*(line.rstrip() for line in first), last + gap + right]
    return [TextRow(line, block.bold, size) for line in lines]


def _column_rows(block: Columns, paper: Paper) -> list[Row]:
    first, *others = (printable(cell) for cell in block.cells)
    if not others:
        return _text_rows(Text(first, bold=block.bold), paper)
    width = paper.columns // (len(others) + 1)
    fits = columns(first) <= paper.columns - width * len(others)
    if fits and all(columns(cell) < width for cell in others):
        line = first + " " * (paper.columns - width * len(others) - columns(first))
        line += "".join(" " * (width - columns(cell)) + cell for cell in others)
        return [TextRow(line, block.bold)]
    width = paper.columns // len(others)
    if any(columns(cell) >= width for cell in others):
        lines = [Text(cell, Align.RIGHT, bold=block.bold) for cell in others]
        return _text_rows(Text(first, bold=block.bold), paper) + [
            row for line in lines for row in _text_rows(line, paper)
        ]
    line = "".join(" " * (width - columns(cell)) + cell for cell in others)
    line = " " * (paper.columns - width * len(others)) + line
    return [*_text_rows(Text(first, bold=block.bold), paper), TextRow(line, block.bold)]


def _centred(bitmap: Bitmap, paper: Paper) -> ImageRow:
    return ImageRow(bitmap, max(0, (paper.width_px - bitmap.width_px) // 16 * 8))
