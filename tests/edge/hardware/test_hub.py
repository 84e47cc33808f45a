"""Scans, weights and conditions reach their till, whatever happens to a device or to a till."""

from pathlib import Path
from typing import cast

import pytest

from devices.epc import encode_sgtin96
from devices.simulated.display import DisplayPeer
from devices.simulated.printer import PrinterPeer
from devices.simulated.rfid import ReaderPeer
from devices.simulated.scale import ScalePeer
from devices.simulated.scanner import ScannerPeer
from tests.edge.hardware.shop import Counter, Stream, equipped
from tests.edge.web.shop import PIN, TEA_GTIN, new_id, problem


def scan(made: Counter, *texts: str, aim: str = "]E0") -> None:
    peer = cast(ScannerPeer, made.peer("scanner"))
    for text in texts:
        made.use("scanner", lambda text=text: peer.scan(text, aim))  # type: ignore[misc]


def test_a_scan_becomes_a_line_of_its_till(tmp_path: Path) -> None:
    with equipped(tmp_path, scanner="scanner") as made:
        scan(made, TEA_GTIN)
        heard = made.events.next("scan")
        assert (heard["device"], heard["text"]) == ("scanner", TEA_GTIN)
        assert (heard["verdict"]["kind"], heard["verdict"]["sku"]) == ("item", "TEA-100")
        scan(made, TEA_GTIN[:-1] + str((int(TEA_GTIN[-1]) + 1) % 10))
        verdict = made.events.next("scan")["verdict"]
        assert (verdict["kind"], verdict["message_code"]) == ("refused", "check-digit")
        assert "Scan it again" in verdict["message"]["en"]
        assert "请重新扫描" in verdict["message"]["zh"]


def test_no_scan_is_lost_while_others_are_handled_nor_while_the_till_hangs_up(
    tmp_path: Path,
) -> None:
    with equipped(tmp_path, scanner="scanner") as made:
        scan(made, TEA_GTIN)
        made.events.next("scan")
        seen = made.events.last_id
        made.events.close()
        many = [f"CODE-{number}" for number in range(50)]
        scan(made, *many, aim="]C0")
        again = Stream(made.shop.client("till"), seen)
        assert [again.next("scan")["text"] for _ in many] == many
        again.close()


def test_other_tills_do_not_hear_a_scan(tmp_path: Path) -> None:
    with equipped(tmp_path, scanner="scanner") as made:
        other = Stream(made.shop.client("pos"))
        scan(made, TEA_GTIN)
        made.events.next("scan")
        made.aside.unplug("scanner")
        made.events.next("device", name="scanner", state="error")
        assert other.last_id == ""
        other.close()


def test_payment_codes_are_read_only_while_a_tender_is_taken(tmp_path: Path) -> None:
    with equipped(tmp_path, scanner="scanner") as made:
        wallet = "134567890123456789"
        scan(made, wallet, aim="]Q1")
        verdict = made.events.next("scan")["verdict"]
        assert verdict["message_code"] == "payment-code-no-tender"
        assert made.till.put("/till/tendering", json={"paying": True}).status_code == 200
        scan(made, wallet, aim="]Q1")
        verdict = made.events.next("scan")["verdict"]
        assert (verdict["kind"], verdict["wallet"]) == ("payment", "wechat")


def test_a_device_that_goes_and_comes_back_is_said_and_used(tmp_path: Path) -> None:
    with equipped(tmp_path, scanner="scanner") as made:
        made.aside.unplug("scanner")
        gone = made.events.next("device", state="error")
        assert gone["condition"] == ["offline"]
        made.aside.plug("scanner")
        assert made.events.next("device", state="idle")["condition"] == ["online"]
        scan(made, TEA_GTIN)
        assert made.events.next("scan")["verdict"]["sku"] == "TEA-100"


def test_only_stable_weights_above_zero_are_weighed(tmp_path: Path) -> None:
    with equipped(tmp_path, scale="scale-8217") as made:
        peer = cast(ScalePeer, made.peer("scale"))
        refused = problem(made.till.post("/till/weigh", json={"patience_ms": 400}), 409)
        while refused["code"] == "device-timeout":  # a busy machine: it had no time to answer
            refused = problem(made.till.post("/till/weigh", json={"patience_ms": 400}), 409)
        assert (refused["code"], refused["detail"]) == (
            "device-not-ready",
            "nothing lies on the scale",
        )
        made.use("scale", lambda: peer.put(1250))
        weighed = made.till.post("/till/weigh", json={"patience_ms": 20_000}).json()
        assert (weighed["weight_g"], weighed["weight_mg"]) == (1250, 1_250_000)
        assert made.events.next("weight")["weight_g"] == 1250


def test_the_drawer_opens_and_the_display_shows(tmp_path: Path) -> None:
    kinds = {"printer": "printer", "display": "display-cd5220"}
    with equipped(tmp_path, **kinds) as made:
        opened = made.till.post("/till/drawer/open", json={"reason": "change"})
        assert opened.json() == {"done": True}
        heard = made.events.next("device", name="printer")
        while "drawer-open" not in heard["condition"]:
            heard = made.events.next("device", name="printer")
        assert cast(PrinterPeer, made.peer("printer")).kicks == 1
        body = {"items": [{"text": "Green tea, 100 g, loose", "amount": "4.99"}], "total": "12.48"}
        assert made.till.put("/till/display", json=body).status_code == 200
        shown = cast(DisplayPeer, made.peer("display"))
        wanted = ["Green tea, 100  4.99", "TOTAL          12.48"]
        while shown.lines != wanted:
            made.aside.do(lambda: None)


def test_a_drawer_opened_for_no_document_is_on_the_audit_trail(tmp_path: Path) -> None:
    with equipped(tmp_path, printer="printer") as made:
        shift = {"id": new_id(), "drawer": "till", "float_minor": 0, "operator": "ana"}
        assert made.till.post("/till/shifts", json=shift).status_code == 201
        for reason in ("float", "sale", "test", ""):
            made.till.post("/till/drawer/open", json={"reason": reason})
        found = made.till.get("/till/documents", params={"kind": "audit", "text": "no-sale"})
        told = [(x["title"], x["reason"]) for x in found.json()["documents"]]
        assert told == [("no-sale", ""), ("no-sale", "test"), ("no-sale", "sale")]


def test_rfid_tags_are_counted_by_article(tmp_path: Path) -> None:
    with equipped(tmp_path, reader="rfid-llrp") as made:
        peer = cast(ReaderPeer, made.peer("reader"))
        tags = [encode_sgtin96(f"{TEA_GTIN:0>14}", serial) for serial in range(5)]
        made.aside.do(lambda: peer.put(*tags))
        problem(made.till.post("/till/rfid/inventory", json={}), 403)
        login = made.till.post("/staff/login", json={"staff": "ben", "pin": PIN}).json()
        boss = {"Authorization": f"Bearer {login['token']}"}
        body = {"duration_ms": 300}
        counted = made.till.post("/till/rfid/inventory", json=body, headers=boss).json()
        assert counted["tags"] == 5
        article = {"sku": "TEA-100", "gtin": f"{TEA_GTIN:0>14}", "count": 5}
        assert counted["articles"] == [article]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/till/weigh", {}),
        ("POST", "/till/drawer/open", {}),
        ("PUT", "/till/display", {"lines": ["a", "b"]}),
        ("POST", "/till/print/test", {"id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5"}),
        ("POST", "/till/terminal/end-of-day", {}),
    ],
)
def test_a_till_without_the_device_is_told_what_to_do(
    bare: Counter, method: str, path: str, body: dict[str, object]
) -> None:
    answer = bare.till.request(method, path, json=body)
    assert "edge.toml" in problem(answer, 409, "no-device")["detail"]
