"""The node tells its state, and its journal is exported in full."""

import json

import httpx

from tests.edge.web.shop import Shop, new_id, sale


def test_the_node_tells_its_state(shop: Shop, till: httpx.Client) -> None:
    before = till.get("/status").json()
    assert (before["store"], before["generation"], before["journal"]) == ("s0001", 7, "s0001-n7")
    assert (before["link"], before["products"]) == ("none", 6)
    assert before["started_ms"] <= before["now_ms"] <= shop.node.clock()
    till.put(f"/sales/{new_id()}", json=sale())
    assert till.get("/status").json()["seq"] == before["seq"] + 1


def test_health_is_open(shop: Shop) -> None:
    assert httpx.get(f"{shop.url}/api/v1/health").json() == {"status": "ok"}


def test_the_journal_is_exported_in_full(shop: Shop, till: httpx.Client) -> None:
    sold = till.put(f"/sales/{new_id()}", json=sale()).json()
    with shop.client("admin") as admin, admin.stream("GET", "/journal") as answer:
        assert answer.headers["content-type"] == "application/jsonl"
        lines = [json.loads(line) for line in answer.iter_lines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert (lines[-1]["id"], lines[-1]["journal"]) == (sold["id"], sold["journal"])
    assert all(len(line["hash"]) == 64 for line in lines)
    with shop.client("admin") as admin:
        after = admin.get("/journal", params={"after": sold["seq"]})
        other = admin.get("/journal", params={"name": "hq-n9"})
    assert (after.text, other.text) == ("", "")


def test_what_needs_a_person_is_listed(shop: Shop) -> None:
    with shop.client("admin") as admin:
        goods = {"from_store": "s9", "out": new_id(), "lines": [{"sku": "CUP", "quantity": 1}]}
        posted = admin.post("/stock/transfers-in", json={"id": new_id()} | goods).json()
        items = admin.get("/worklist").json()["items"]
        assert posted["id"] in [item["document"] for item in items]
        assert admin.get("/quarantine").json() == {"items": []}
