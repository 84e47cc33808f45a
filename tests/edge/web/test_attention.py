"""What a person has seen to leaves the lists, with the name and the note of who saw to it."""

from uuid import uuid4

from tests.edge.web.shop import Shop


def arrive_from_nowhere(shop: Shop) -> int:
    """Post an arrival whose dispatch is unknown here; returns its entry of the worklist."""
    arrived = {
        "id": str(uuid4()),
        "from_store": "s0009",
        "out": str(uuid4()),
        "lines": [{"sku": "TEA-100", "quantity": 2}],
    }
    with shop.client("stock") as client:
        posted = client.post("/stock/transfers-in", json=arrived)
        assert posted.status_code == 201, posted.text
        items = client.get("/worklist").json()["items"]
        return max(int(item["number"]) for item in items if item["document"] == arrived["id"])


def test_an_entry_that_was_seen_to_leaves_the_worklist(shop: Shop) -> None:
    number = arrive_from_nowhere(shop)
    with shop.client("stock") as client:
        note = {"note": "the other store posted it a day late"}
        closed = client.post(f"/worklist/{number}/close", json=note).json()
        again = client.post(f"/worklist/{number}/close", json=note).json()
        assert closed == {"number": number, "closed_ms": closed["closed_ms"], "repeated": False}
        assert again == closed | {"repeated": True}
        assert number not in [item["number"] for item in client.get("/worklist").json()["items"]]


def test_closing_needs_a_note_an_entry_and_the_right(shop: Shop) -> None:
    number = arrive_from_nowhere(shop)
    with shop.client("stock") as client, shop.client("readonly") as reader:
        assert client.post(f"/worklist/{number}/close", json={}).status_code == 422
        assert client.post(f"/worklist/{number}/close", json={"note": "  "}).status_code == 422
        unknown = client.post("/worklist/999999/close", json={"note": "done"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-document")
        assert reader.post(f"/worklist/{number}/close", json={"note": "x"}).status_code == 403
        assert client.post("/quarantine/1/close", json={"note": "x"}).status_code == 403
        assert number in [item["number"] for item in client.get("/worklist").json()["items"]]
