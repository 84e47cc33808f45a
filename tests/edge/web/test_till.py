"""What a till is given to work with, and how what it finished is taken, over real HTTP."""

from typing import Any

import httpx
import msgspec
import pytest

from edge.web import till_replies
from tests.edge.web.shop import TEA_GTIN, Shop, new_id, problem
from tests.edge.web.tilling import DAY, finished, line


@pytest.fixture(scope="module")
def life(till: httpx.Client) -> dict[str, Any]:
    """A series of receipts."""
    answer: dict[str, Any] = till.post("/till/life").json()
    return answer


def test_every_life_of_a_till_is_a_new_series(till: httpx.Client, shop: Shop) -> None:
    first, second = till.post("/till/life").json(), till.post("/till/life").json()
    assert first["till"] == first["drawer"] == "till1"
    assert first["next_number"] == 1
    assert shop.node.store.books.generation < first["life"] < second["life"]


def test_a_series_is_for_tills_alone(shop: Shop) -> None:
    with shop.client("pos") as pos:
        problem(pos.post("/till/life"), 403, "not-allowed")


def test_a_finished_sale_is_recorded_as_it_happened(
    till: httpx.Client, shop: Shop, life: dict[str, Any]
) -> None:
    before = shop.on_hand("TEA-100")
    sale_id = new_id()
    body = finished(life["life"], 1, line(quantity=3), operator="ana")
    answer = till.put(f"/till/sales/{sale_id}", json=body)
    assert answer.status_code == 201, answer.text
    sold = answer.json()
    assert sold["receipt"] == f"till1-{life['life']}-000001"
    assert sold["total_minor"] == 3 * 499
    assert sold["business_day"] == DAY
    assert shop.on_hand("TEA-100") == before - 3
    again = till.put(f"/till/sales/{sale_id}", json=body)
    assert again.status_code == 200
    assert again.json() == sold | {"repeated": True}
    assert shop.on_hand("TEA-100") == before - 3
    found = till.get("/sales", params={"receipt": sold["receipt"]}).json()["sales"]
    assert [(x["id"], x["actor"]) for x in found] == [(sale_id, "ana@till1")]
    listed = till.get("/sales").json()["sales"][0]
    assert listed["receipt"] == sold["receipt"]


def test_other_content_under_the_same_id_is_refused(
    till: httpx.Client, life: dict[str, Any]
) -> None:
    sale_id = new_id()
    till.put(f"/till/sales/{sale_id}", json=finished(life["life"], 2, line()))
    changed = finished(life["life"], 2, line(quantity=2))
    problem(till.put(f"/till/sales/{sale_id}", json=changed), 409, "conflict")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"total_minor": 500}, "bad-price", "total_minor"),
        ({"tenders": [{"kind": "cash", "amount_minor": 500}]}, "bad-tender", "tenders"),
        ({"tenders": []}, "bad-tender", "tenders"),
        ({"lines": [line(discount_minor=1)]}, "bad-price", "lines[0].discount_minor"),
        ({"life": 0}, "invalid", "life"),
        ({"number": 0}, "invalid", "number"),
        ({"lines": []}, "invalid", "lines"),
        ({"business_day": "yesterday"}, "invalid", "business_day"),
    ],
)
def test_a_sale_that_contradicts_itself_is_refused(
    till: httpx.Client, shop: Shop, change: dict[str, Any], code: str, field: str
) -> None:
    before = shop.books()
    body = finished(9, 1, line()) | change
    found = problem(till.put(f"/till/sales/{new_id()}", json=body), 422, code)
    assert found["field"] == field
    assert shop.books() == before


def test_a_card_number_in_a_text_is_starred_out(
    till: httpx.Client, shop: Shop, life: dict[str, Any]
) -> None:
    tenders = [{"kind": "card", "amount_minor": 499, "reference": "4111 1111 1111 1111"}]
    body = finished(life["life"], 3, line(note="card 4111111111111111")) | {"tenders": tenders}
    sold = till.put(f"/till/sales/{new_id()}", json=body).json()
    assert sold["tenders"][0]["reference"] == "***************1111"
    assert sold["lines"][0]["note"] == "card ************1111"


def test_the_setup_says_what_a_till_needs(till: httpx.Client) -> None:
    answer = till.get("/till/setup")
    setup = msgspec.json.decode(answer.content, type=till_replies.SetupReply)
    assert (setup.till, setup.drawer, setup.drawers) == ("till1", "till1", ["till1"])
    assert (setup.currency, setup.exponent, setup.timezone) == ("EUR", 2, "UTC")
    assert [(x.code, x.rate_ppm, x.included) for x in setup.tax_rates] == [
        ("net", 100_000, False),
        ("std", 190_000, True),
    ]
    assert [(x.staff, x.roles) for x in setup.staff] == [("ana", ["cashier"]), ("ben", ["manager"])]
    assert "pin" not in answer.text
    held = till.get("/till/setup", headers={"If-None-Match": answer.headers["etag"]})
    assert (held.status_code, held.content) == (304, b"")


def test_the_catalogue_comes_in_pages_and_then_only_changes(till: httpx.Client) -> None:
    first = till.get("/till/catalogue", params={"limit": 4}).json()
    assert (first["reset"], first["more"], len(first["products"])) == (True, True, 4)
    tea = next(x for x in first["products"] if x[1] == "TEA-100")
    assert tea[1:] == [
        "TEA-100",
        {"en": "Green tea", "zh": "绿茶"},
        ["0" + TEA_GTIN],
        "piece",
        "std",
        499,
        1,
        True,
        True,
        "",
        "",
        {},
    ]
    rest = till.get("/till/catalogue", params={"after": first["cursor"]}).json()
    assert (rest["reset"], rest["more"], len(rest["products"])) == (False, False, 2)
    nothing = till.get("/till/catalogue", params={"after": rest["cursor"]}).json()
    assert nothing == {"cursor": rest["cursor"], "more": False, "reset": False, "products": []}
    other = till.get("/till/catalogue", params={"after": "s0001-n1:5"}).json()
    assert (other["reset"], len(other["products"])) == (True, 6)
