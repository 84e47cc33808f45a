"""Entitlements over the API of headquarters."""

import pytest
from sqlalchemy import text

from central.store import Store
from sync.entitlements import Credited, Debited, key_of
from tests.central.test_web import Api

CARD = "gift:CARD-0001"
A, B = sorted((key_of(CARD), key_of("gift:CARD-0002")))
CAP = {"key": "coupon:SUMMER", "amount": 100, "reason": "summer"}


@pytest.fixture
def api(store: Store) -> Api:
    """Two stores, one of them connected."""
    made = Api(store)
    for name in ("s1", "s2"):
        body = {"name": name.title(), "region": "north", "currency": "EUR"}
        assert made.ask("PUT", f"/stores/{name}", body).status_code == 200
    made.chain.join("s1-n1")
    made.chain.settle(6)
    return made


def test_an_issue_is_carried_out_once_and_shown(api: Api) -> None:
    asked = CAP | {"shares": [{"store": "s1", "amount": 40}]}
    before = api.authored
    first = api.ask("POST", "/entitlements", asked, "ingest", "k1")
    assert first.status_code == 200, first.text
    assert api.ask("POST", "/entitlements", asked, "ingest", "k1").json() == first.json()
    assert api.authored > before
    shown = api.ask("GET", "/entitlements/coupon:SUMMER", role="read").json()
    assert (shown["total"], shown["pool"], shown["issued"], shown["spent"]) == (100, 60, 100, 0)
    assert [(one["store"], one["rights"]) for one in shown["holders"]] == [("s1", 40)]


def test_what_stores_did_is_shown_and_paged(api: Api) -> None:
    one = api.chain.nodes["s1"]
    for key in (A, B, "points:m"):
        one.post(Credited(key, 10))
    one.post(Debited(A, 4))
    api.chain.settle(6)
    page = api.ask("GET", "/entitlements?kind=gift&limit=1").json()
    assert [(e["key"], e["total"], e["spent"]) for e in page["entitlements"]] == [(A, 6, 4)]
    after = api.ask("GET", f"/entitlements?kind=gift&limit=1&after={page['next']}").json()
    assert [e["key"] for e in after["entitlements"]] == [B]
    assert len(api.ask("GET", "/entitlements").json()["entitlements"]) == 3


def test_an_ended_life_is_freed_by_decision(api: Api) -> None:
    api.chain.nodes["s1"].post(Credited(A, 10))
    api.chain.settle(6)
    path, why = "/entitlements/lives/s1/1/reclaim", {"reason": "burnt"}
    assert api.ask("POST", path, why).json()["code"] == "conflict"
    assert api.ask("POST", path, why, "ingest").status_code == 403
    assert api.ask("POST", "/entitlements/lives/s1/9/reclaim", why).status_code == 404
    assert api.ask("POST", "/stores/s1/lives/1/revoke", why).status_code == 200
    assert api.ask("POST", path, why).json() == {"freed": {A: 10}}
    assert api.ask("POST", path, why).json() == {"freed": {}}
    assert api.ask("GET", f"/entitlements/{A}").json()["pool"] == 10


def test_the_pool_of_a_new_headquarters_is_open(api: Api) -> None:
    assert api.ask("GET", "/entitlements/pool").json() == {"open": True, "unheard": []}
    assert api.ask("POST", "/entitlements/pool/open", {"reason": "x"}, "ingest").status_code == 403
    assert api.ask("POST", "/entitlements/pool/open", {"reason": "x"}).status_code == 200


def test_a_gift_cards_code_is_kept_nowhere(api: Api, store: Store) -> None:
    issued = api.ask("POST", "/entitlements", CAP | {"key": CARD}, "ingest")
    assert issued.status_code == 200, issued.text
    shown = api.ask("GET", f"/entitlements/{CARD}")
    assert (shown.json()["key"], shown.json()["pool"]) == (key_of(CARD), 100)
    assert api.ask("GET", f"/entitlements/{key_of(CARD)}").json() == shown.json()
    with store.read() as connection:
        bodies = b"".join(connection.scalars(text("SELECT body FROM fact")))
    assert b"CARD-0001" not in bodies
    assert "CARD-0001" not in shown.text


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"key": "SUMMER"}, 422),
        ({"amount": 0}, 422),
        ({"amount": 1.5}, 422),
        ({"shares": [{"store": "s1", "amount": 101}]}, 422),
        ({"shares": [{"store": "s2", "amount": 1}]}, 409),
        ({"store": "nowhere"}, 404),
        ({"cap": 1}, 422),
    ],
)
def test_bad_input_says_what_to_do_and_changes_nothing(
    api: Api, change: dict[str, object], status: int
) -> None:
    answer = api.ask("POST", "/entitlements", CAP | change, "ingest")
    assert answer.status_code == status, answer.text
    assert len(answer.json()["detail"]) > 10
    assert api.ask("GET", "/entitlements").json() == {"entitlements": [], "next": ""}
    assert api.ask("GET", "/entitlements/coupon:SUMMER").json()["code"] == "not-found"
