"""The three forms of a receipt are one layout."""

import base64
import io

import msgspec
import zxingcpp
from PIL import Image

from devices.receipt import ImageRow, TextRow, lay_out
from edge.receipts.rendering import PAPERS, Form, ReceiptReply, render
from edge.receipts.sale import sale_document
from edge.receipts.scene import Marks
from tests.edge.receipts.papers import ID, NUMBER, SALE, entry, scene

DOCUMENT = sale_document(entry(), SALE, scene(), Marks())


def test_rows_are_those_of_the_paper() -> None:
    for paper in PAPERS.values():
        data = render(DOCUMENT, paper, Form.JSON, kind="sale", title="t1")
        shown = msgspec.json.decode(data, type=ReceiptReply)
        rows = lay_out(DOCUMENT, paper)
        assert (shown.kind, shown.title, shown.columns) == ("sale", "t1", paper.columns)
        assert [(r.text, r.bold, r.size) for r in shown.rows if not r.png] == [
            (r.text, r.bold, r.size) for r in rows if isinstance(r, TextRow)
        ]
        (code,) = [row for row in shown.rows if row.png]
        (image,) = [row for row in rows if isinstance(row, ImageRow)]
        assert (code.left_px, code.width_px) == (image.left_px, image.bitmap.width_px)
        picture = Image.open(io.BytesIO(base64.b64decode(code.png))).convert("L")
        framed = Image.new("L", (picture.width + 40, picture.height + 40), 255)
        framed.paste(picture, (20, 20))
        assert zxingcpp.read_barcodes(framed)[0].text == f"{NUMBER}/{ID}"


def test_pictures_and_pages_are_what_they_say() -> None:
    png = render(DOCUMENT, PAPERS[80], Form.PNG, kind="sale", title="t1")
    picture = Image.open(io.BytesIO(png))
    assert picture.format == "PNG"
    assert zxingcpp.read_barcodes(picture)[0].text == f"{NUMBER}/{ID}"
    pdf = render(DOCUMENT, PAPERS[58], Form.PDF, kind="sale", title="t1")
    assert pdf.startswith(b"%PDF-")
