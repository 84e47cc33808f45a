"""A sale, its repeat, its void and its returns over real HTTP."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.edge.web.shop import TEA_GTIN, Shop, new_id, problem, sale


def test_a_sale_is_on_record_when_it_is_answered(shop: Shop, till: httpx.Client) -> None:
    before = shop.on_hand("TEA-100")
    sale_id = new_id()
    lines = ({"gtin": TEA_GTIN, "quantity": 2}, {"sku": "APPLE", "quantity": 345})
    answer = till.put(f"/sales/{sale_id}", json=sale(*lines, cash=2000))
    assert answer.status_code == 201
    sold = answer.json()
    assert sold["id"] == sale_id
    assert sold["total_minor"] == 998 + 103
    assert sold["tax_minor"] == 159 + 16
    assert sold["till"] == "till1"
    assert sold["receipt"] == f"till1-7-{sold['number']:06d}"
    assert not sold["repeated"]
    tenders = [(t["kind"], t["amount_minor"]) for t in sold["tenders"]]
    assert tenders == [("cash", 2000), ("change", -899)]
    assert shop.on_hand("TEA-100") == before - 2
    shown = till.get(f"/sales/{sale_id}").json()
    assert shown["sale"] | {"repeated": False} == sold
    assert (shown["actor"], shown["voided"]) == ("till1", False)
    assert [line["returnable"] for line in shown["lines"]] == [2, 345]


def test_a_repeat_sells_nothing_again(shop: Shop, till: httpx.Client) -> None:
    sale_id, body = new_id(), sale()
    first = till.put(f"/sales/{sale_id}", json=body)
    books = shop.books()
    again = till.put(f"/sales/{sale_id}", json=body)
    assert again.status_code == 200
    assert again.json() == first.json() | {"repeated": True}
    posted = till.post("/sales", json=body | {"id": sale_id})
    assert posted.status_code == 200
    assert shop.books() == books


def test_an_id_in_use_is_a_conflict(shop: Shop, till: httpx.Client) -> None:
    sale_id = new_id()
    assert till.put(f"/sales/{sale_id}", json=sale()).status_code == 201
    books = shop.books()
    other = sale({"sku": "TEA-100", "quantity": 2})
    problem(till.put(f"/sales/{sale_id}", json=other), 409, "conflict")
    goods = {"id": sale_id, "reason": "x", "lines": [{"sku": "CUP", "quantity": 1}]}
    problem(till.post("/returns", json=goods), 409, "conflict")
    assert shop.books() == books


def test_receipt_numbers_have_no_gaps(till: httpx.Client) -> None:
    numbers = []
    for cash in (499, 1, 499):
        answer = till.put(f"/sales/{new_id()}", json=sale(cash=cash))
        if answer.status_code == 201:
            numbers.append(answer.json()["number"])
    assert numbers == [numbers[0], numbers[0] + 1]


def test_a_quote_comes_to_what_a_sale_does(shop: Shop, till: httpx.Client) -> None:
    basket = {
        "lines": [
            {"sku": "TEA-100", "quantity": 3, "discount_minor": 10},
            {"sku": "CUP", "quantity": 1},
            {"sku": "WRAP", "quantity": 1, "kind": "service"},
            {"sku": "POST", "quantity": 1, "kind": "charge", "price_minor": 399},
        ],
        "discount_minor": 101,
    }
    books = shop.books()
    quoted = till.post("/quotes", json=basket).json()
    assert shop.books() == books
    tenders = [{"kind": "card", "amount_minor": quoted["total_minor"], "reference": "T-1"}]
    sold = till.put(f"/sales/{new_id()}", json=basket | {"tenders": tenders}).json()
    assert {name: sold[name] for name in quoted} == quoted


def test_a_sale_is_found_by_its_receipt(till: httpx.Client) -> None:
    sold = till.put(f"/sales/{new_id()}", json=sale()).json()
    found = till.get("/sales", params={"receipt": sold["receipt"]}).json()["sales"]
    assert [summary["id"] for summary in found] == [sold["id"]]
    assert till.get("/sales", params={"receipt": "t9-1-000001"}).json() == {"sales": []}
    newest = till.get("/sales", params={"limit": 1}).json()["sales"]
    assert newest[0] | {"position": None} == found[0]
    earlier = till.get("/sales", params={"limit": 1, "before": newest[0]["position"]})
    assert earlier.json()["sales"][0]["id"] != sold["id"]


def test_a_business_day_and_time_may_be_given(till: httpx.Client) -> None:
    body = sale(at_ms=1_700_000_000_000, business_day="2023-11-14")
    sold = till.put(f"/sales/{new_id()}", json=body).json()
    assert (sold["at_ms"], sold["business_day"]) == (1_700_000_000_000, "2023-11-14")


def test_a_void_undoes_a_sale_once(shop: Shop, till: httpx.Client) -> None:
    before = shop.on_hand("CUP")
    sale_id, void = new_id(), {"id": new_id(), "reason": "rung up twice"}
    till.put(f"/sales/{sale_id}", json=sale({"sku": "CUP", "quantity": 3}))
    assert till.post(f"/sales/{sale_id}/void", json=void).status_code == 201
    assert till.post(f"/sales/{sale_id}/void", json=void).status_code == 200
    other = {"id": new_id(), "reason": "again"}
    problem(till.post(f"/sales/{sale_id}/void", json=other), 409, "sale-voided")
    assert shop.on_hand("CUP") == before
    assert till.get(f"/sales/{sale_id}").json()["voided"]
    problem(till.post(f"/sales/{new_id()}/void", json=other), 404)


def test_never_more_comes_back_than_was_sold(shop: Shop, till: httpx.Client) -> None:
    sale_id = new_id()
    till.put(f"/sales/{sale_id}", json=sale({"sku": "TEA-100", "quantity": 3, "discount_minor": 1}))
    refunds = []
    for _ in range(3):
        goods = {
            "id": new_id(),
            "sale_id": sale_id,
            "reason": "bitter",
            "lines": [{"line": 0, "quantity": 1}],
        }
        answer = till.post("/returns", json=goods)
        assert answer.status_code == 201, answer.text
        refunds.append(answer.json()["total_minor"])
        repeat = till.post("/returns", json=goods)
        assert (repeat.status_code, repeat.json()["repeated"]) == (200, True)
    assert sum(refunds) == 3 * 499 - 1
    books = shop.books()
    problem(till.post("/returns", json=goods | {"id": new_id()}), 409, "nothing-to-return")
    assert shop.books() == books
    shown = till.get(f"/returns/{goods['id']}").json()
    assert (shown["sale_id"], shown["lines"][0]["line"]) == (sale_id, 0)


def test_a_return_without_a_receipt(shop: Shop, till: httpx.Client) -> None:
    before = shop.on_hand("CUP")
    goods = {
        "id": new_id(),
        "reason": "gift",
        "lines": [{"sku": "CUP", "quantity": 1, "price_minor": 900, "restock": False}],
    }
    answer = till.post("/returns", json=goods)
    assert answer.status_code == 201, answer.text
    assert answer.json()["sale_id"] is None
    assert answer.json()["lines"][0]["line"] is None
    assert shop.on_hand("CUP") == before


@pytest.mark.parametrize("path", ["/sales/{}", "/returns/{}"])
def test_what_is_not_known_is_said_so(till: httpx.Client, path: str) -> None:
    problem(till.get(path.format(new_id())), 404, "not-found")
    problem(till.get(path.format("no-uuid")), 422, "invalid")


def test_many_tills_sell_at_once(shop: Shop) -> None:
    before = shop.on_hand("TEA-100")

    def sell(_: int) -> list[str]:
        with shop.client("pos") as client:
            return [
                client.put(f"/sales/{new_id()}", json=sale(till="p9")).json()["receipt"]
                for _ in range(10)
            ]

    with ThreadPoolExecutor(8) as pool:
        receipts = [receipt for found in pool.map(sell, range(8)) for receipt in found]
    assert sorted(receipts) == [f"p9-7-{number:06d}" for number in range(1, 81)]
    assert shop.on_hand("TEA-100") == before - 80
