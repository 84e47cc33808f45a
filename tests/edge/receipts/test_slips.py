"""Returns, voids, cash slips and held baskets say whom they concern and what for."""

import pytest

from devices.bitmap import Symbol
from devices.receipt import Code, Paper
from edge.receipts.scene import Marks
from edge.receipts.slips import Held, cash_document, held_document, opening_document
from edge.receipts.taken_back import return_document, void_document
from sync.body import StockLine
from sync.cash import CashKind, CashMoved, ShiftOpened
from sync.receipts import Return, ReturnedLine, Tender, Void
from tests.edge.receipts.papers import ID, NUMBER, ROLLS, entry, said, scene

RETURN = Return(
    "t1",
    43,
    20_779,
    "EUR",
    bytes(16),
    [
        ReturnedLine(0, "TEA", 1, 866, "low", 57),
        ReturnedLine(2, "MUG", 1, 720, "full", 115, restock=False),
    ],
    [Tender("cash", 1586)],
    1586,
    "wrong size",
    approver="ben",
)
VOID = Void(
    "t1", 20_779, "EUR", bytes(16), [StockLine("X", 3)], 900, "twice", 0, (Tender("cash", 900),)
)


@pytest.mark.parametrize("paper", ROLLS)
def test_a_return_names_its_sale_and_lowers_the_takings(paper: Paper) -> None:
    document = return_document(entry(RETURN, "t1-7-000043", NUMBER), RETURN, scene(), Marks())
    text = said(document, paper)
    for part in (
        "RETURN",
        "Receipt t1-7-000043",
        f"Original {NUMBER}",
        "Reason: wrong size",
        "Approved by Ben",
        "Jasmine tea -8.66 A",
        "not for resale",
        "REFUND EUR -15.86",
        "Cash -15.86",
        "Signature",
    ):
        assert part in text, part
    assert "A 7 % -8.09 -0.57 -8.66" in said(document, Paper(48))


def test_a_return_without_receipt_says_so() -> None:
    assert "Without receipt" in said(return_document(entry(RETURN), RETURN, scene(), Marks()))
    assert "无小票" in said(return_document(entry(RETURN), RETURN, scene("zh"), Marks()))


def test_a_void_names_the_sale_and_what_it_was() -> None:
    document = void_document(entry(VOID, "", NUMBER), VOID, scene(), Marks(), {"X": "Old lamp"})
    text = said(document)
    for part in ("VOID", f"Original {NUMBER}", "Old lamp -3", "REFUND EUR -9.00", "Reason: twice"):
        assert part in text, part
    assert "Receipt" not in text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (CashKind.PAY_IN, ("PAY-IN", "EUR 25.00")),
        (CashKind.PAY_OUT, ("PAY-OUT", "EUR -25.00", "Reason: window cleaner", "Approved by Ben")),
        (CashKind.DROP, ("CASH DROP", "EUR -25.00")),
        (CashKind.NO_SALE, ("NO SALE",)),
    ],
)
def test_cash_slips(kind: CashKind, words: tuple[str, ...]) -> None:
    body = CashMoved("d1", 3, 20_779, "EUR", kind, 2500, "window cleaner", "ben")
    text = said(cash_document(entry(body), body, scene(), Marks()))
    for part in (*words, "Drawer d1", "Shift 3", "By Ana", "Signature"):
        assert part in text, part
    assert ("25.00" in text) is (kind is not CashKind.NO_SALE)


def test_a_shift_begins_with_its_float() -> None:
    body = ShiftOpened("d1", 3, 20_779, "EUR", 15_000)
    assert "Float EUR 150.00" in said(opening_document(entry(body), body, scene(), Marks()))


def test_a_held_basket_is_found_again_by_its_code() -> None:
    document = held_document(Held(ID, "Mrs Smith", 4, 4210, "ana", "2026-11-22 15:57"), scene())
    assert Code(Symbol.QR, f"held:{ID}") in document.blocks
    assert "Mrs Smith" in said(document)
    assert "TOTAL EUR 42.10" in said(document)
