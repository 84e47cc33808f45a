"""What is kept is what was asked for."""

from devices.bitmap import Symbol
from devices.layouts import parcel_label, shelf_label
from devices.receipt import Align, Code, Document, Feed, Logo, Pair, Rule, Text
from edge.hardware.documents import keep_document, keep_label, restore_document, restore_label


def test_a_document_survives() -> None:
    blocks = (
        Text("谢谢", Align.CENTRE, bold=True, size=2),
        Pair("Tea", "4.99"),
        Rule("="),
        Code(Symbol.QR, "https://example.org"),
        Logo(b"\x89PNG\x00\xff"),
        Feed(3),
    )
    for document in (Document(blocks), Document(blocks, cut=False, kick=True)):
        assert restore_document(keep_document(document)) == document


def test_a_label_survives() -> None:
    for label in (shelf_label("Tea", "4.99", "x", note="n"), parcel_label(("a",), ("b",), "c")):
        assert restore_label(keep_label(label, 3)) == (label, 3)
