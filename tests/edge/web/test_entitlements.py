"""Gift cards, points and coupons over the API of a store that has no link."""

import itertools
import os

import httpx
import pytest

from sync.entitlements import card_shown, key_of
from tests.edge.web.shop import Shop, new_id, problem
from tests.edge.web.tilling import finished, line
from tests.simulation.wallet import Load

KEYS = (key_of(f"gift:CARD-{number:04d}") for number in itertools.count())


@pytest.fixture
def key(shop: Shop) -> str:
    """A card of its own with 50.00 on it."""
    made = next(KEYS)
    shop.node.writer.submit(Load(os.urandom(16), made, 5_000)).result(30)
    return made


def spend(till: httpx.Client, key: str, amount: object, **more: object) -> httpx.Response:
    """Redeem."""
    asked = {"id": new_id(), "amount": amount} | more
    return till.post(f"/till/entitlements/{key}/redeem", json=asked)


def test_a_card_is_shown_and_spent(till: httpx.Client, key: str) -> None:
    shown = till.get(f"/till/entitlements/{key}").json()
    assert shown == {
        "key": key,
        "here": 5_000,
        "elsewhere": 0,
        "blocked": 0,
        "as_of_ms": 0,
        "linked": False,
    }
    asked = {"id": new_id(), "amount": 3_000, "sale_id": new_id(), "operator": "ana"}
    path = f"/till/entitlements/{key}/redeem"
    first, again = till.post(path, json=asked), till.post(path, json=asked)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["here"] == again.json()["here"] == 2_000
    assert problem(till.post(path, json=asked | {"amount": 2_999}), 409, "conflict")


def test_too_little_is_an_honest_answer(till: httpx.Client, key: str) -> None:
    short = problem(spend(till, key, 5_001), 409, "rights-short")
    assert short["field"] == "amount"
    assert short["case"] == "gift-cut-off"
    card = card_shown(key.partition(":")[2])
    assert short["values"] == {"card": card, "here_minor": 5_000, "wanted_minor": 5_001}
    assert f"5000 minor units of gift card {card} can be spent here" in short["detail"]
    assert "take the rest by another tender" in short["detail"]
    asked = till.post(f"/till/entitlements/{key}/ask", json={"amount": 9_000}).json()
    assert (asked["here"], asked["linked"]) == (5_000, False)


def test_a_redemption_is_reversed(till: httpx.Client, key: str) -> None:
    redeemed = spend(till, key, 3_000).json()["id"]
    path = f"/till/entitlements/{key}/reverse"
    asked = {"id": new_id(), "redeemed_id": redeemed}
    done = till.post(path, json=asked)
    assert (done.status_code, done.json()["amount"], done.json()["here"]) == (201, -3_000, 5_000)
    assert till.post(path, json=asked).status_code == 200
    problem(till.post(path, json=asked | {"id": new_id()}), 409, "already-reversed")
    problem(till.post(path, json=asked | {"id": new_id(), "redeemed_id": new_id()}), 404)


@pytest.mark.parametrize("amount", [0, -1, 1.5, "5", True, 10**10])
def test_an_amount_is_a_positive_integer(till: httpx.Client, key: str, amount: object) -> None:
    problem(spend(till, key, amount), 422)
    assert till.get(f"/till/entitlements/{key}").json()["here"] == 5_000


def test_who_may_not_sell_may_not_redeem(shop: Shop, key: str) -> None:
    with shop.client("readonly") as client:
        assert client.get(f"/till/entitlements/{key}").status_code == 200
        problem(spend(client, key, 1), 403)
        problem(client.get("/till/entitlements/TEA-100"), 422)


def test_keys_are_no_stock(till: httpx.Client, key: str) -> None:
    listed = till.get("/stock", params={"limit": 500}).text
    assert "TEA-100" in listed
    assert key not in listed
    problem(till.get(f"/stock/{key}"), 404)


def test_the_code_of_a_card_is_written_down_nowhere(shop: Shop, till: httpx.Client) -> None:
    code, life = "8N4K-Z2QX-Y7WV", till.post("/till/life").json()["life"]
    card = line("CARD", 1, 5_000, tax_ppm=0, kind="service", detail={"voucher": code})
    sold = till.put(f"/till/sales/{new_id()}", json=finished(life, 1, card))
    assert sold.status_code == 201, sold.text
    key = key_of(f"gift:{code}")
    assert till.get(f"/till/entitlements/gift:{code}").json()["key"] == key
    assert till.get(f"/till/entitlements/{key}").json()["here"] == 5_000
    redeemed = spend(till, f"gift:{code}", 499).json()["id"]
    tea, paid = line(), [{"kind": "gift", "amount_minor": 499, "reference": f"{code} {redeemed}"}]
    sale = finished(life, 2, tea) | {"tenders": paid}
    sale_id = new_id()
    answer = till.put(f"/till/sales/{sale_id}", json=sale)
    assert answer.status_code == 201, answer.text
    shown = till.get(f"/till/receipts/{sale_id}?form=json").text
    assert "****Y7WV" in shown
    assert "45.01" in shown
    kept = b"".join(path.read_bytes() for path in shop.data.rglob("*") if path.is_file())
    assert key.encode() in kept
    for written in (kept, sold.content, answer.content, shown.encode()):
        assert code.encode() not in written
