"""Every posting moves stock by what it says, and a figure tells where it comes from."""

from typing import Any

import httpx
import pytest

from edge.web.stock import WORKS
from tests.edge.web.shop import Shop, new_id, problem, sale


def post(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/stock/{path}", json={"id": new_id()} | body)
    assert answer.status_code == 201, answer.text
    posted: dict[str, Any] = answer.json()
    return posted


def tea(quantity: int) -> list[dict[str, Any]]:
    return [{"sku": "TEA-100", "quantity": quantity}]


def test_every_posting_moves_stock_by_what_it_says(shop: Shop, admin: httpx.Client) -> None:
    expected = shop.on_hand("TEA-100")
    for path, body, change in (
        ("receipts", {"reference": "PO-1", "supplier": "North", "lines": tea(24)}, 24),
        ("write-offs", {"reason": "broken", "lines": tea(3)}, -3),
        ("adjustments", {"reason": "found", "lines": tea(2)}, 2),
        ("adjustments", {"reason": "lost", "lines": tea(-1)}, -1),
        ("transfers-out", {"to_store": "s0002", "lines": tea(5)}, -5),
        ("transfers-in", {"from_store": "s0002", "out": new_id(), "lines": tea(4)}, 4),
        ("openings", {"lines": tea(7)}, 7),
    ):
        posted = post(admin, path, **body)
        expected += change
        assert posted["moved"] == {"TEA-100": change}
        assert posted["on_hand"] == {"TEA-100": expected}
    assert shop.on_hand("TEA-100") == expected


def test_a_count_moves_the_difference_to_what_was_seen(shop: Shop, admin: httpx.Client) -> None:
    now = shop.on_hand("CUP")
    admin.put(f"/sales/{new_id()}", json=sale({"sku": "CUP", "quantity": 1}))
    line = {"sku": "CUP", "counted": now - 2, "seen": now}
    assert post(admin, "counts", scope="shelf 7", lines=[line])["on_hand"] == {"CUP": now - 3}
    post(admin, "counts", lines=[{"sku": "CUP", "counted": 11}])
    assert shop.on_hand("CUP") == 11


def test_a_figure_says_where_it_comes_from(shop: Shop, admin: httpx.Client) -> None:
    goods = post(admin, "receipts", lines=[{"sku": "A/B", "quantity": 2}])
    detail = admin.get("/stock/A/B").json()
    assert detail["stock"]["on_hand"] == sum(p["sign"] * p["value"] for p in detail["parts"])
    newest = detail["movements"][0]
    assert (newest["id"], newest["quantity"], newest["actor"]) == (goods["id"], 2, "admin1")
    assert len(admin.get("/stock/A/B", params={"movements": 1}).json()["movements"]) == 1
    problem(admin.get("/stock/NOPE"), 404, "not-found")


def test_rights_are_granted_out_of_what_is_there(shop: Shop, admin: httpx.Client) -> None:
    before = admin.get("/stock/TEA-100").json()["stock"]
    post(admin, "grants", lines=tea(5))
    after = admin.get("/stock/TEA-100").json()["stock"]
    assert after["reserved"] == before["reserved"] + 5
    assert after["sellable"] == before["sellable"] - 5
    assert after["on_hand"] == before["on_hand"]
    books = shop.books()
    too_much = {"id": new_id(), "lines": tea(10**6)}
    problem(admin.post("/stock/grants", json=too_much), 409, "out-of-stock")
    assert shop.books() == books


def test_stock_is_listed_page_by_page(shop: Shop, admin: httpx.Client) -> None:
    first = admin.get("/stock", params={"limit": 2}).json()
    rest = admin.get("/stock", params={"cursor": first["cursor"]}).json()
    listed = {item["sku"]: item["on_hand"] for item in first["stock"] + rest["stock"]}
    assert listed["TEA-100"] == shop.on_hand("TEA-100")
    assert {"APPLE", "CUP", "A/B"} <= set(listed)


def test_transfers_are_listed(admin: httpx.Client) -> None:
    sent = post(admin, "transfers-out", to_store="s0003", lines=tea(1))
    shown = admin.get("/transfers", params={"limit": 1}).json()["transfers"][0]
    assert (shown["id"], shown["direction"], shown["other"]) == (sent["id"], "out", "s0003")
    assert shown["lines"] == tea(1)


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.path)
def test_the_documented_example_is_accepted(admin: httpx.Client, work: Any) -> None:
    post(admin, work.path, **work.example)
