"""Receipts as tills ask for them: looked at as often as wanted, printed once as the original."""

import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import httpx
import msgspec
import pypdfium2
import pytest
from PIL import Image

from devices.receipt import TextRow
from devices.simulated.printer import PrinterPeer
from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.receipts.rendering import ReceiptReply
from edge.web.receipts import PRINT, PRINT_EXAMPLE
from edge.web.till_held import HOLD_EXAMPLE
from sync.cash import AuditEntry
from sync.facts import decode_fact
from tests.edge.hardware.shop import (
    Counter,
    bench_aside,
    counter,
    devices_of,
    equipped,
    wait_until_connected,
)
from tests.edge.web.shop import Shop, make_node, new_id, problem
from tests.edge.web.tilling import finished, line


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A till with a receipt printer."""
    with equipped(tmp_path_factory.mktemp("printing"), printer="printer") as counted:
        yield counted


def sell(till: httpx.Client, *lines: dict[str, Any], **more: Any) -> str:
    """Record a finished sale; return its id."""
    life = till.post("/till/life").json()
    sale_id = new_id()
    document = finished(life["life"], 1, *(lines or (line(),)), operator="ana", **more)
    answer = till.put(f"/till/sales/{sale_id}", json=document)
    assert answer.status_code == 201, answer.text
    return sale_id


def text_of(answer: httpx.Response) -> str:
    """All text of a receipt's rows."""
    assert answer.status_code == 200, answer.text
    shown = msgspec.json.decode(answer.content, type=ReceiptReply)
    return " ".join(" ".join(row.text for row in shown.rows).split())


def printed(made: Counter, job: dict[str, Any]) -> str:
    """Wait for a job and read what lies in the printer's tray."""
    made.events.next("print", job=job["job"], state="done")
    rows = cast(PrinterPeer, made.peer("printer")).sheets[-1].rows
    return " ".join(" ".join(row.text for row in rows if isinstance(row, TextRow)).split())


def reprints(shop: Shop) -> list[AuditEntry]:
    """Entries of the audit trail that are reprints."""
    with closing(connect(shop.data / DATABASE, readonly=True)) as connection:
        rows = connection.execute("SELECT body FROM fact WHERE kind = 17 ORDER BY seq").fetchall()
    bodies = [decode_fact(body).body for (body,) in rows]
    return [body for body in bodies if isinstance(body, AuditEntry) and body.action == "reprint"]


def test_a_receipt_is_shown_in_every_form(made: Counter) -> None:
    sale_id = sell(made.till, line(quantity=2))
    path = f"/till/receipts/{sale_id}"
    text = text_of(made.till.get(path))
    assert "Green tea 9.98 A" in text
    assert "Served by Ana" in text
    assert "绿茶" in text_of(made.till.get(path, params={"language": "zh"}))
    picture = made.till.get(path, params={"form": "png", "paper": 58})
    assert picture.headers["content-type"] == "image/png"
    narrow = Image.open(io.BytesIO(picture.content))
    wide = Image.open(io.BytesIO(made.till.get(path, params={"form": "png"}).content))
    assert narrow.width < wide.width
    page = made.till.get(path, params={"form": "pdf"})
    assert page.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(page.content)
    assert "Green tea" in document[0].get_textpage().get_text_range()
    document.close()


def test_looking_changes_nothing(made: Counter) -> None:
    sale_id = sell(made.till)
    before = made.shop.books()
    for parameters in ({}, {"copy": 1}, {"gift": 1}, {"form": "png"}):
        assert made.till.get(f"/till/receipts/{sale_id}", params=parameters).status_code == 200
    assert made.shop.books() == before
    job = made.till.post(f"/till/receipts/{sale_id}/print", json={"id": new_id()}).json()
    assert not job["copy"]


def test_the_second_print_says_copy_and_is_on_the_audit_trail(made: Counter) -> None:
    sale_id = sell(made.till)
    path = f"/till/receipts/{sale_id}/print"
    first_id = new_id()
    before = len(reprints(made.shop))
    first = made.till.post(path, json={"id": first_id, "operator": "ana"}).json()
    assert (first["number"], first["copy"]) == (1, False)
    assert "COPY" not in printed(made, first)
    again = made.till.post(path, json={"id": first_id, "operator": "ana"}).json()
    assert (again["job"], again["copy"], again["state"]) == (first["job"], False, "done")
    assert len(reprints(made.shop)) == before
    asked = {"id": new_id(), "operator": "ben", "reason": "lost"}
    second = made.till.post(path, json=asked).json()
    assert (second["number"], second["copy"]) == (2, True)
    assert printed(made, second).startswith("* COPY *")
    (entry,) = reprints(made.shop)[before:]
    assert str(entry.subject.hex()) == sale_id.replace("-", "")
    assert (entry.reason, entry.till) == ("lost", "till1")


def test_a_gift_receipt_is_counted_by_itself(made: Counter) -> None:
    sale_id = sell(made.till)
    path = f"/till/receipts/{sale_id}/print"
    gift = made.till.post(path, json={"id": new_id(), "gift": True}).json()
    assert not gift["copy"]
    assert "GIFT RECEIPT" in printed(made, gift)
    assert not made.till.post(path, json={"id": new_id()}).json()["copy"]
    assert made.till.post(path, json={"id": new_id(), "gift": True}).json()["copy"]


def test_a_copy_may_be_asked_for_where_the_original_went_out_another_way(made: Counter) -> None:
    sale_id = sell(made.till)
    path = f"/till/receipts/{sale_id}/print"
    assert made.till.post(path, json={"id": new_id(), "copy": True}).json()["copy"]


def test_the_drawer_opens_only_when_asked(made: Counter) -> None:
    peer = cast(PrinterPeer, made.peer("printer"))
    sale_id = sell(made.till)
    path = f"/till/receipts/{sale_id}/print"
    before = peer.kicks
    printed(made, made.till.post(path, json={"id": new_id()}).json())
    assert peer.kicks == before
    printed(made, made.till.post(path, json={"id": new_id(), "kick": True}).json())
    assert peer.kicks == before + 1


def test_a_voided_sale_says_so_on_every_later_print(made: Counter) -> None:
    sale_id = sell(made.till)
    void = {"id": new_id(), "reason": "twice"}
    assert made.till.post(f"/sales/{sale_id}/void", json=void).status_code == 201
    assert "VOIDED" in text_of(made.till.get(f"/till/receipts/{sale_id}"))
    text = text_of(made.till.get(f"/till/receipts/{void['id']}"))
    assert "VOID Original" not in text
    assert "Reason: twice" in text
    assert "REFUND EUR -4.99" in text


def test_a_return_has_a_receipt(made: Counter) -> None:
    sale_id = sell(made.till)
    goods = {
        "id": new_id(),
        "sale_id": sale_id,
        "reason": "too strong",
        "lines": [{"line": 0, "quantity": 1}],
    }
    assert made.till.post("/returns", json=goods).status_code == 201
    text = text_of(made.till.get(f"/till/receipts/{goods['id']}"))
    assert "RETURN" in text
    assert "A 19 % -4.19 -0.80 -4.99" in text


def test_without_a_printer_nothing_counts_as_printed(shop: Shop) -> None:
    with shop.client("till") as till:
        sale_id = sell(till)
        before = shop.books()
        answer = till.post(f"/till/receipts/{sale_id}/print", json={"id": new_id()})
        assert "printer" in problem(answer, 409, "no-device")["detail"]
        assert shop.books() == before


def test_what_is_not_here_is_not_printed(made: Counter) -> None:
    problem(made.till.get(f"/till/receipts/{new_id()}"), 404, "not-found")
    path = f"/till/receipts/{new_id()}/print"
    problem(made.till.post(path, json={"id": new_id()}), 404, "not-found")
    sale_id = sell(made.till)
    problem(made.till.get(f"/till/receipts/{sale_id}", params={"form": "bmp"}), 422, "invalid")
    body = {"id": new_id(), "language": "fr"}
    problem(made.till.post(f"/till/receipts/{sale_id}/print", json=body), 422, "invalid")


def test_a_training_receipt_is_shown_and_not_recorded(made: Counter) -> None:
    before = made.shop.books()
    document = finished(5, 1, line(quantity=3), operator="ana")
    asked = {"id": new_id(), "document": document, "form": "json"}
    text = text_of(made.till.post("/till/receipts/preview", json=asked))
    assert text.count("T R A I N I N G") == 2
    assert "Green tea 14.97 A" in text
    assert "练习" in text_of(
        made.till.post("/till/receipts/preview", json=asked | {"language": "zh"})
    )
    plain = made.till.post("/till/receipts/preview", json=asked | {"training": False})
    assert "T R A I N I N G" not in text_of(plain)
    picture = made.till.post("/till/receipts/preview", json=asked | {"form": "pdf"})
    assert picture.content.startswith(b"%PDF-")
    assert made.shop.books() == before


def test_a_held_basket_has_a_slip(made: Counter) -> None:
    held_id = new_id()
    held = HOLD_EXAMPLE | {"label": "Mrs Smith", "total_minor": 499, "basket": "{}"}
    answer = made.till.put(f"/till/held/{held_id}", json=held)
    assert answer.status_code in (200, 201), answer.text
    text = text_of(made.till.get(f"/till/receipts/{held_id}"))
    assert "HELD BASKET Mrs Smith" in text
    path = f"/till/receipts/{held_id}/print"
    for _ in range(2):
        slip = printed(made, made.till.post(path, json={"id": new_id()}).json())
        assert "HELD BASKET Mrs Smith" in slip
        assert "COPY" not in slip


def test_reports_and_cash_slips_are_shown_and_printed(made: Counter) -> None:
    till = made.till
    shift = till.post("/till/shifts", json={"id": new_id(), "float_minor": 5000}).json()
    drawer, number = shift["drawer"], shift["number"]
    sell(till, drawer=drawer, shift=number)
    cash_id = new_id()
    cash = {"id": cash_id, "kind": "drop", "amount_minor": 2000, "shift": number}
    assert till.post("/till/cash", json=cash).status_code == 201
    assert "CASH DROP" in text_of(till.get(f"/till/receipts/{cash_id}"))
    with made.shop.client("admin") as manager:
        text = text_of(manager.get("/till/reports/x/receipt", params={"drawer": drawer}))
        assert "X REPORT" in text
        assert "Sales 1 4.99" in text
        assert "Cash 34.99" in text
    problem(till.get("/till/reports/x/receipt", params={"drawer": drawer}), 403)
    counted = [{"kind": "cash", "counted_minor": 3400}]
    closing = {"id": new_id(), "counted": counted}
    closed = till.post(f"/till/shifts/{drawer}/{number}/close", json=closing)
    assert closed.status_code == 200, closed.text
    path = f"/till/reports/z/{drawer}/{number}"
    assert "Over/short -0.99" in text_of(till.get(f"{path}/receipt"))
    assert text_of(till.get(f"{path}/receipt")) == text_of(
        till.get(f"/till/receipts/{closing['id']}")
    )
    assert "Z 报表" in text_of(till.get(f"{path}/receipt", params={"language": "zh"}))
    first = till.post(f"{path}/print", json={"id": new_id()}).json()
    assert "Z REPORT" in printed(made, first)
    assert "COPY" in printed(made, till.post(f"{path}/print", json={"id": new_id()}).json())
    problem(till.get("/till/reports/z/nobody/9/receipt"), 404, "unknown-document")


def test_a_print_is_remembered_over_a_restart(tmp_path: Path) -> None:
    with bench_aside(tmp_path) as aside:
        devices = devices_of(aside, {"printer": "printer"})
        _, tokens = make_node(tmp_path / "node", devices=devices)
        with counter(tmp_path / "node", tokens, aside) as made:
            wait_until_connected(made, "printer")
            sale_id = sell(made.till)
            path = f"/till/receipts/{sale_id}/print"
            printed(made, made.till.post(path, json={"id": new_id()}).json())
        with counter(tmp_path / "node", tokens, aside) as made:
            wait_until_connected(made, "printer")
            assert made.till.post(path, json={"id": new_id()}).json()["copy"]


def test_the_example_has_the_documented_shape() -> None:
    assert PRINT.decode(msgspec.json.encode(PRINT_EXAMPLE)).language == "en"
