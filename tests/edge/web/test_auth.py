"""Nobody gets in without a token, and roles decide what it may do."""

from contextlib import closing
from pathlib import Path

import httpx
import pytest

from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.node import wall_clock
from edge.people import access
from tests.edge.web.shop import Shop, new_id, open_shop, problem, sale, stock_up

READS = ("/products", "/stock", "/sales", "/transfers", "/status", "/worklist", "/whoami")
AUDITS = ("/quarantine", "/journal")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Basic abc", "Bearer evd_wrong", "Bearer evs_wrong"]
)
def test_nobody_gets_in_without_a_token(shop: Shop, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    books = shop.books()
    with httpx.Client(base_url=f"{shop.url}/api/v1", headers=headers) as client:
        for path in (*READS, *AUDITS, "/events", "/openapi.json"):
            answer = client.get(path)
            problem(answer, 401, "not-authenticated")
            assert answer.headers["www-authenticate"] == "Bearer"
        problem(client.put(f"/sales/{new_id()}", json=sale()), 401)
        problem(client.post("/stock/receipts", json={}), 401)
        assert client.get("/health").json() == {"status": "ok"}
    assert shop.books() == books


@pytest.mark.parametrize(
    ("role", "sells", "posts", "audits"),
    [
        ("till", True, False, False),
        ("pos", True, False, False),
        ("stock", False, True, False),
        ("readonly", False, False, False),
        ("admin", True, True, True),
    ],
)
def test_roles_decide(shop: Shop, role: str, sells: bool, posts: bool, audits: bool) -> None:
    with shop.client(role) as client:
        assert all(client.get(path).status_code == 200 for path in READS)
        for path in AUDITS:
            assert client.get(path).status_code == (200 if audits else 403)
        books = shop.books()
        sold = client.put(f"/sales/{new_id()}", json=sale())
        goods = {"id": new_id(), "lines": [{"sku": "CUP", "quantity": 1}]}
        posted = client.post("/stock/receipts", json=goods)
        assert sold.status_code == (201 if sells else 403)
        assert posted.status_code == (201 if posts else 403)
        for answer in (sold, posted):
            if answer.status_code == 403:
                problem(answer, 403, "not-allowed")
        if not sells and not posts:
            assert shop.books() == books
        who = client.get("/whoami").json()
        assert (who["device"], who["role"]) == (f"{role}1", role)


def test_a_till_numbers_its_own_receipts_only(shop: Shop, till: httpx.Client) -> None:
    problem(till.put(f"/sales/{new_id()}", json=sale(till="t9")), 403, "not-allowed")
    assert till.put(f"/sales/{new_id()}", json=sale(till="till1")).status_code == 201
    with shop.client("pos") as client:
        sold = client.put(f"/sales/{new_id()}", json=sale(till="t9"))
        assert sold.json()["receipt"].startswith("t9-")


def test_a_revoked_device_is_out_at_once(own_data: tuple[Path, dict[str, str]]) -> None:
    data, tokens = own_data
    with open_shop(data, tokens) as shop, shop.client("till") as till:
        stock_up(shop)
        assert till.put(f"/sales/{new_id()}", json=sale()).status_code == 201
        books = shop.books()
        with closing(connect(data / DATABASE)) as connection:
            access.revoke_device(connection, "till1", wall_clock())
        problem(till.put(f"/sales/{new_id()}", json=sale()), 401)
        problem(till.get("/status"), 401)
        assert shop.books() == books


def test_only_hashes_of_tokens_are_kept(own_data: tuple[Path, dict[str, str]]) -> None:
    data, tokens = own_data
    stored = b"".join(path.read_bytes() for path in data.iterdir())
    assert all(token.encode() not in stored for token in tokens.values())
    assert all(access.token_hash(token) in stored for token in tokens.values())
