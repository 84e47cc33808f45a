"""One layout, three forms: rows for a screen, a picture and a PDF show what the printer prints."""

import base64
import io
from enum import StrEnum

import msgspec

from devices.pdf import to_pdf
from devices.picture import to_png
from devices.receipt import Document, ImageRow, Paper, Row, lay_out


class Form(StrEnum):
    """How a receipt is wanted."""

    JSON = "json"
    PNG = "png"
    PDF = "pdf"


MEDIA_TYPES = {
    Form.JSON: "application/json",
    Form.PNG: "image/png",
    Form.PDF: "application/pdf",
}
PAPERS = {80: Paper(48), 58: Paper(32)}


class RowReply(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row of a receipt: a line of text, or a picture (PNG in Base64) and where it stands.

    A text of size 2 is twice as wide and high; widths and places are in dots, 12 to a column.
    """

    text: str = ""
    bold: bool = False
    size: int = 1
    png: str = ""
    left_px: int = 0
    width_px: int = 0
    height_px: int = 0


class ReceiptReply(msgspec.Struct, frozen=True):
    """A receipt as the printer lays it out, `columns` wide."""

    kind: str
    title: str
    columns: int
    rows: list[RowReply]


def render(document: Document, paper: Paper, form: Form, *, kind: str, title: str) -> bytes:
    """Lay a document out for a roll and give it in a form."""
    rows = lay_out(document, paper)
    if form is Form.PNG:
        return to_png(rows, paper)
    if form is Form.PDF:
        return to_pdf(rows, paper, title=title)
    shown = [_row(row) for row in rows]
    return msgspec.json.encode(ReceiptReply(kind, title, paper.columns, shown))


def _row(row: Row) -> RowReply:
    if not isinstance(row, ImageRow):
        return RowReply(row.text, row.bold, row.size)
    out = io.BytesIO()
    row.bitmap.image().save(out, "PNG", optimize=True)
    png = base64.b64encode(out.getvalue()).decode()
    size = (row.bitmap.width_px, row.bitmap.height_px)
    return RowReply(png=png, left_px=row.left_px, width_px=size[0], height_px=size[1])
