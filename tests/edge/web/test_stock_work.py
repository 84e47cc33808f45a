"""Orders, transit, sheets, worklists and labels, as a handheld's browser asks for them."""

import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from edge.books.transaction import Books
from edge.stock.expected import apply
from sync.body import StockLine
from sync.identity import Replica
from sync.orders import InTransit, PurchaseOrder
from tests.edge.web.shop import Shop, make_node, new_id, open_shop, problem, sale, stock_up

HQ = Replica("hq-s0001", 1)
OUT = "00010203-0405-0607-0809-0a0b0c0d0e0f"


class Told:
    """What headquarters says, as if its facts had come in."""

    def run(self, books: Books) -> None:
        lines = [StockLine("TEA-100", 24), StockLine("CUP", 6)]
        for seq, order in enumerate(("PO/2026/1", "PO-2"), 1):
            apply(books, HQ, seq, bytes(16), PurchaseOrder(order, "North", lines, 20_300, note="!"))
        sent = InTransit(bytes(range(16)), "s0002", 1_000, [StockLine("TEA-100", 5)])
        apply(books, HQ, 3, bytes(16), sent)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A stocked shop that has two orders and goods in transit to expect."""
    data: Path = tmp_path_factory.mktemp("work") / "node"
    _, tokens = make_node(data)
    with open_shop(data, tokens) as shop:
        stock_up(shop)
        shop.node.writer.submit(Told()).result(20)
        yield shop


def get(client: httpx.Client, path: str, **query: Any) -> Any:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(client: httpx.Client, path: str, status: int = 201, **body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def tea(quantity: int, **more: Any) -> dict[str, Any]:
    return {"sku": "TEA-100", "quantity": quantity} | more


def count(sku: str, counted: int, **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "sku": sku, "counted": counted} | more


# -- what is to come -----------------------------------------------------------------------------


def test_an_order_is_received_with_differences_and_closed(admin: httpx.Client) -> None:
    listed = get(admin, "/stock/orders")["orders"]
    assert [one["order"] for one in listed] == ["PO-2", "PO/2026/1"]
    assert (listed[0]["due_day"], listed[0]["supplier"]) == ("2025-07-31", "North")
    before = get(admin, "/stock/TEA-100")
    assert [one["quantity"] for one in before["incoming"]] == [24, 24, 5]
    body: dict[str, Any] = {
        "id": new_id(),
        "order": "PO/2026/1",
        "lines": [tea(30, damaged=2)],
        "claim": True,
    }
    post(admin, "/stock/receipts", **body)
    post(admin, "/stock/receipts", status=200, **body)
    shown = get(admin, "/stock/orders/PO/2026/1")
    assert shown["lines"] == [
        {"sku": "TEA-100", "expected": 24, "received": 30, "damaged": 2, "difference": 6},
        {"sku": "CUP", "expected": 6, "received": 0, "damaged": 0, "difference": -6},
    ]
    problem(admin.post("/stock/orders/PO/2026/1/close", json={"id": new_id()}), 422, "bad-field")
    close: dict[str, Any] = {"id": new_id(), "reason": "cups were broken at the supplier's"}
    post(admin, "/stock/orders/PO/2026/1/close", **close)
    post(admin, "/stock/orders/PO/2026/1/close", status=200, **close)
    assert get(admin, "/stock/orders/PO/2026/1")["state"] == "closed"
    assert len(get(admin, "/stock/orders")["orders"]) == 1
    assert len(get(admin, "/stock/orders", all=True)["orders"]) == 2
    problem(admin.get("/stock/orders/NOPE"), 404, "not-found")
    after = get(admin, "/stock/TEA-100")
    assert after["stock"]["on_hand"] == before["stock"]["on_hand"] + 28
    told = [(m["type"], m["text"], m["partner"]) for m in after["movements"][:2]]
    assert told == [("WriteOff", "damaged on arrival", ""), ("GoodsReceipt", "PO/2026/1", "North")]
    kinds = {item["kind"] for item in get(admin, "/worklist")["items"]}
    assert {"claim", "over-delivery"} <= kinds


def test_goods_in_transit_are_received_short_and_closed(admin: httpx.Client) -> None:
    [sent] = get(admin, "/stock/transit")["transit"]
    assert (sent["out"], sent["from_store"], sent["lines"][0]["expected"]) == (OUT, "s0002", 5)
    body: dict[str, Any] = {"id": new_id(), "from_store": "s0002", "out": OUT, "lines": [tea(4)]}
    post(admin, "/stock/transfers-in", **body)
    assert get(admin, "/stock/TEA-100")["incoming"][-1]["quantity"] == 1
    post(admin, f"/stock/transit/{OUT}/close", id=new_id(), reason="one was missing")
    assert get(admin, "/stock/transit")["transit"] == []
    again = admin.post(f"/stock/transit/{OUT}/close", json={"id": new_id(), "reason": "again"})
    problem(again, 409, "conflict")
    problem(admin.post(f"/stock/transit/{new_id()}/close", json={"id": new_id()}), 404)


# -- counting ------------------------------------------------------------------------------------


def test_two_people_count_while_a_third_sells(shop: Shop, admin: httpx.Client) -> None:
    sheet: dict[str, Any] = {
        "id": new_id(),
        "kind": "list",
        "title": "shelf 7",
        "scope": ["CUP", "A/B"],
    }
    opened = post(admin, "/stock/sheets", **sheet)
    assert post(admin, "/stock/sheets", **sheet) == opened
    assert (opened["state"], opened["uncounted"]) == ("open", 2)
    path = f"/stock/sheets/{sheet['id']}"
    held = shop.on_hand("CUP")
    with shop.client("stock") as other:
        entry = count("CUP", held - 3, place="7")
        [first] = post(admin, f"{path}/entries", entries=[entry])["entries"]
        assert (first["seen"], first["counted_by"]) == (held, "admin1")
        admin.put(f"/sales/{new_id()}", json=sale({"sku": "CUP", "quantity": 2}))
        assert post(admin, f"{path}/entries", entries=[entry])["entries"] == [first]
        post(other, f"{path}/entries", entries=[count("A/B", 4, source="rfid")])
    progress = get(admin, path)
    assert (progress["counted"], progress["uncounted"]) == (2, 0)
    assert progress["people"] == ["admin1", "stock1"]
    assert len(get(admin, f"{path}/entries", mine=True)["entries"]) == 1
    review = get(admin, f"{path}/review")
    by_sku = {line["sku"]: line for line in review["lines"]}
    assert (by_sku["CUP"]["difference"], by_sku["CUP"]["value_minor"]) == (-3, -3_000)
    close: dict[str, Any] = {"id": new_id()}
    closed = post(admin, f"{path}/close", **close)
    assert closed["moved"] == {"CUP": -3, "A/B": 4 - 5}
    assert post(admin, f"{path}/close", status=200, **close)["documents"] == closed["documents"]
    assert shop.on_hand("CUP") == held - 5
    newest = get(admin, "/stock/CUP")["movements"][0]
    assert (newest["type"], newest["text"]) == ("StockCount", "shelf 7")
    assert (newest["counted"], newest["seen"]) == (held - 3, held)
    late = admin.post(f"{path}/entries", json={"entries": [count("CUP", 1)]})
    problem(late, 409, "sheet-closed")


def test_a_blind_count_hides_the_books_from_who_counts(shop: Shop, admin: httpx.Client) -> None:
    sheet: dict[str, Any] = {"id": new_id(), "kind": "full", "blind": True}
    path = f"/stock/sheets/{sheet['id']}"
    with shop.client("stock") as counter:
        post(counter, "/stock/sheets", **sheet)
        [entry] = post(counter, f"{path}/entries", entries=[count("CUP", 1)])["entries"]
        assert entry["seen"] is None
        assert get(counter, f"{path}/entries")["entries"][0]["seen"] is None
        problem(counter.get(f"{path}/review"), 403, "not-allowed")
        problem(counter.post(f"{path}/close", json={"id": new_id()}), 403, "not-allowed")
    assert get(admin, f"{path}/entries")["entries"][0]["seen"] is not None
    missed = {line["sku"] for line in get(admin, f"{path}/review")["uncounted"]}
    assert {"TEA-100", "APPLE"} <= missed
    problem(admin.post(f"{path}/close", json={"id": new_id()}), 409, "count-undecided")
    cancelled = admin.post(f"{path}/cancel", json={"note": "tomorrow"})
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert any(one["state"] == "cancelled" for one in get(admin, "/stock/sheets")["sheets"])


def test_bad_entries_change_nothing(shop: Shop, admin: httpx.Client) -> None:
    sheet: dict[str, Any] = {"id": new_id(), "kind": "category", "scope": ["drinks"]}
    post(admin, "/stock/sheets", **sheet)
    path = f"/stock/sheets/{sheet['id']}"
    for entry, status, code in (
        (count("NOPE", 1), 422, "unknown-product"),
        (count("WRAP", 1), 422, "bad-field"),
        (count("CUP", -1), 422, "invalid"),
        (count("CUP", 1, source="guess"), 422, "invalid"),
        (count("CUP", 1, age_ms=600_000), 409, "entry-late"),
        (count("CUP", 1, replaces=new_id()), 422, "bad-field"),
    ):
        asked = {"entries": [count("CUP", 2), entry]}
        problem(admin.post(f"{path}/entries", json=asked), status, code)
    assert get(admin, f"{path}/entries")["entries"] == []
    problem(admin.get(f"/stock/sheets/{new_id()}"), 404, "not-found")
    problem(admin.post("/stock/sheets", json={"id": new_id(), "kind": "list"}), 422, "bad-field")
    with shop.client("till") as till:
        problem(till.post(f"{path}/entries", json=asked), 403, "not-allowed")


# -- lists and labels ----------------------------------------------------------------------------


def test_worklists_show_what_is_missing(admin: httpx.Client) -> None:
    held = get(admin, "/stock/A/B")["stock"]["on_hand"]
    admin.put(f"/sales/{new_id()}", json=sale({"sku": "A/B", "quantity": held + 2}))
    [negative] = get(admin, "/stock/worklists")["negative"]
    assert (negative["sku"], negative["on_hand"]) == ("A/B", -2)


def test_labels_are_drawn(admin: httpx.Client) -> None:
    picture = admin.post("/stock/labels", json={"skus": ["TEA-100"], "format": "png"})
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.size == (480, 320)
    pages = admin.post(
        "/stock/labels", json={"skus": ["TEA-100", "APPLE"], "format": "pdf", "language": "zh"}
    )
    assert pages.headers["content-type"] == "application/pdf"
    assert pages.content.count(b"/Type /Page\n") == 2 or b"/Count 2" in pages.content
    problem(admin.post("/stock/labels", json={"skus": ["NOPE"], "format": "png"}), 422)
    problem(admin.post("/stock/labels", json={"skus": ["TEA-100"]}), 422, "invalid")
    problem(admin.post("/stock/labels", json={"skus": ["TEA-100"], "id": new_id()}), 409)


def reduce(**more: Any) -> dict[str, Any]:
    return {"id": new_id(), "sku": "TEA-100", "price_minor": 99, "lot": "L1", **more}


def test_pieces_are_marked_down_by_who_may_and_it_is_on_record(
    admin: httpx.Client, shop: Shop
) -> None:
    picture = admin.post("/stock/reductions", json=reduce(format="png"))
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.format == "PNG"
    audit = [one["id"] for one in get(admin, "/till/documents", kind="audit")["documents"]]
    asked = reduce(format="pdf", copies=3, expiry_day="2026-12-01")
    for _ in range(2):
        made = admin.post("/stock/reductions", json=asked)
        assert made.content.startswith(b"%PDF")
    trail = get(admin, "/till/documents", kind="audit")["documents"]
    assert [one["id"] for one in trail] == [asked["id"], *audit]
    assert trail[0]["title"] == "mark-down"
    problem(admin.post("/stock/reductions", json=reduce(price_minor=10**6)), 422)
    problem(admin.post("/stock/reductions", json=reduce(sku="NOPE")), 422)
    with shop.client("till") as till:
        problem(till.post("/stock/reductions", json=reduce()), 403)


def test_lots_and_serials_are_told_by_their_goods(admin: httpx.Client) -> None:
    told = {"lot": "L7", "expiry_day": "2020-01-31", "serials": ["s1", "s2"]}
    cup = {"sku": "CUP", "quantity": 3, **told}
    post(admin, "/stock/receipts", id=new_id(), lines=[cup])
    gone = {"sku": "CUP", "quantity": 1, **told, "serials": ["s2"]}
    post(admin, "/stock/write-offs", id=new_id(), reason="broken", lines=[gone])
    detail = get(admin, "/stock/CUP")
    assert detail["lots"] == [{"lot": "L7", "expiry_day": "2020-01-31", "quantity": 2}]
    assert detail["serials"] == ["s1"]
    assert detail["movements"][0]["pieces"] == [
        {"lot": "L7", "expiry_day": "2020-01-31", "quantity": 1, "serials": ["s2"]}
    ]
    [soon] = get(admin, "/stock/worklists")["expiring"]
    assert (soon["sku"], soon["lot"], soon["quantity"]) == ("CUP", "L7", 2)
    assert soon["days"] < 0
    states = {
        serial: get(admin, "/stock/serials", sku="CUP", serial=serial)
        for serial in ("s1", "s2", "s3")
    }
    assert [one["state"] for one in states.values()] == ["here", "gone", "unknown"]
    moves = [(move["type"], move["moved"], move["text"]) for move in states["s2"]["moves"]]
    assert moves == [("WriteOff", -1, "broken"), ("GoodsReceipt", 1, "")]
    twice = {"sku": "CUP", "quantity": 1, "serials": ["s1", "s1"]}
    answer = admin.post("/stock/receipts", json={"id": new_id(), "lines": [twice]})
    assert problem(answer, 422)["field"] == "lines[0].serials"
