"""Whatever comes in is answered by a problem that says what to do, and changes nothing."""

import copy
import json
import logging
import socket
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edge.web.shop import Shop, new_id, problem, sale

JSON = {"Content-Type": "application/json"}
TEA = {"sku": "TEA-100", "quantity": 1}


@pytest.mark.parametrize(
    ("line", "status", "field"),
    [
        ({"sku": "NOPE", "quantity": 1}, 422, "lines[0].sku"),
        ({"gtin": "9521234000099", "quantity": 1}, 422, "lines[0].gtin"),
        ({"gtin": "abc", "quantity": 1}, 422, "lines[0].gtin"),
        ({"quantity": 1}, 422, "lines[0]"),
        ({"sku": "OLD", "quantity": 1}, 422, "lines[0].sku"),
        ({"sku": "TEA-100"}, 422, "lines[0]"),
        (TEA | {"quantity": 0}, 422, "lines[0].quantity"),
        (TEA | {"quantity": -1}, 422, "lines[0].quantity"),
        (TEA | {"quantity": 1.0}, 422, "lines[0].quantity"),
        (TEA | {"quantity": 1.5}, 422, "lines[0].quantity"),
        (TEA | {"quantity": True}, 422, "lines[0].quantity"),
        (TEA | {"quantity": "1"}, 422, "lines[0].quantity"),
        (TEA | {"quantity": None}, 422, "lines[0].quantity"),
        (TEA | {"quantity": 10**9 + 1}, 422, "lines[0].quantity"),
        (TEA | {"quantity": 10**30}, 422, "lines[0].quantity"),
        (TEA | {"price_minor": -1}, 422, "lines[0].price_minor"),
        (TEA | {"price_minor": 10**12}, 422, "lines[0].price_minor"),
        (TEA | {"price_minor": 1.25}, 422, "lines[0].price_minor"),
        (TEA | {"price_minor": 10**11, "quantity": 10**6}, 422, "lines[0]"),
        (TEA | {"price_quantity": 0}, 422, "lines[0].price_quantity"),
        (TEA | {"discount_minor": -5}, 422, "lines[0].discount_minor"),
        (TEA | {"discount_minor": 500}, 422, "lines[0].discount_minor"),
        (TEA | {"kind": "gift"}, 422, "lines[0].kind"),
        (TEA | {"discuont_minor": 5}, 422, "lines[0]"),
        (TEA | {"note": "a\x00b"}, 422, "lines[0].note"),
        (TEA | {"note": "x" * 201}, 422, "lines[0].note"),
        (TEA | {"note": "paid with 4111 1111 1111 1111"}, 422, "lines[0].note"),
        ({"sku": "POST", "quantity": 1, "kind": "charge"}, 422, "lines[0].price_minor"),
        ("TEA-100", 422, "lines[0]"),
    ],
)
def test_a_bad_line_is_named(
    shop: Shop, till: httpx.Client, line: Any, status: int, field: str
) -> None:
    books = shop.books()
    document = problem(till.put(f"/sales/{new_id()}", json=sale(line)), status)
    assert document["field"] == field
    assert shop.books() == books


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (sale() | {"lines": []}, "lines"),
        (sale(*[TEA] * 501), "lines"),
        (sale(cash=1), "tenders"),
        (sale(cash=-499), "tenders[0].amount_minor"),
        (sale() | {"tenders": [{"kind": "card", "amount_minor": 500}]}, "tenders"),
        (sale() | {"tenders": [{"kind": "", "amount_minor": 499}]}, "tenders[0].kind"),
        (sale(discount_minor=500), "discount_minor"),
        (sale(business_day="2024-02-30"), "business_day"),
        (sale(at_ms=0), "at_ms"),
        (sale(till="t\n1"), "till"),
        ([], ""),
        (None, ""),
    ],
)
def test_a_bad_sale_is_named(shop: Shop, till: httpx.Client, body: Any, field: str) -> None:
    books = shop.books()
    answer = till.put(f"/sales/{new_id()}", content=json.dumps(body), headers=JSON)
    assert problem(answer, 422).get("field", "") == field
    assert shop.books() == books


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"lines": [{"sku": "TEA-100", "quantity": NaN}], "tenders": []}',
        b'{"lines": [{"sku": "TEA-100", "quantity": 1}], "tenders": []} trailing',
        b"\xff\xfe{}",
        b'{"lines": [{"sku": "\xff", "quantity": 1}], "tenders": []}',
        b'{"lines": [{"sku": "\\ud800", "quantity": 1}], "tenders": []}',
    ],
)
def test_what_is_no_json_is_refused(shop: Shop, till: httpx.Client, content: bytes) -> None:
    books = shop.books()
    problem(till.put(f"/sales/{new_id()}", content=content, headers=JSON), 400, "malformed")
    assert shop.books() == books


@pytest.mark.parametrize("opening", [b"[", b'{"lines":', b'{"lines":[', b'{"a":', b'[{"a":'])
def test_deep_nesting_is_refused(shop: Shop, till: httpx.Client, opening: bytes) -> None:
    books = shop.books()
    content = (opening * 100_000)[: 200 * 1024]
    answer = till.put(f"/sales/{new_id()}", content=content, headers=JSON)
    assert problem(answer, answer.status_code)["status"] in (400, 422)
    assert shop.books() == books


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_is_refused(shop: Shop, till: httpx.Client, chunked: bool) -> None:
    books = shop.books()
    body = json.dumps(sale(member="m" * 300_000)).encode()
    content = iter([body[:1000], body[1000:]]) if chunked else body
    answer = till.put(f"/sales/{new_id()}", content=content, headers=JSON)
    problem(answer, 413, "too-large")
    assert shop.books() == books


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_what_is_not_declared_as_json_is_refused(
    shop: Shop, till: httpx.Client, media_type: str
) -> None:
    books = shop.books()
    content = json.dumps(sale()).encode()
    headers = {"Content-Type": media_type} if media_type else {}
    answer = till.put(f"/sales/{new_id()}", content=content, headers=headers)
    problem(answer, 415, "wrong-media-type")
    assert shop.books() == books


def test_json_may_name_its_only_encoding(till: httpx.Client) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    content = json.dumps(sale()).encode()
    answer = till.put(f"/sales/{new_id()}", content=content, headers=headers)
    assert answer.status_code == 201


def test_addresses_and_methods_that_are_not_there(till: httpx.Client) -> None:
    problem(till.get("/nothing"), 404, "not-found")
    answer = till.delete("/sales")
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/products?limit=0", "query.limit"),
        ("/products?limit=x", "query.limit"),
        ("/products?gtin=9521234000010", "gtin"),
        (f"/products?q={'x' * 101}", "query.q"),
        ("/stock/TEA-100?movements=-1", "query.movements"),
    ],
)
def test_bad_parameters_are_named(till: httpx.Client, path: str, field: str) -> None:
    assert problem(till.get(path), 422, "invalid")["field"] == field


def test_a_card_number_is_never_kept(shop: Shop, till: httpx.Client) -> None:
    books = shop.books()
    tenders = [{"kind": "card", "amount_minor": 499, "reference": "5500-0000-0000-0004"}]
    document = problem(till.put(f"/sales/{new_id()}", json=sale() | {"tenders": tenders}), 422)
    assert document["field"] == "tenders[0].reference"
    assert "5500" not in document["detail"]
    assert shop.books() == books
    tenders[0]["reference"] = "5500-0000-0000-0005"  # no check digit of a card
    assert till.put(f"/sales/{new_id()}", json=sale() | {"tenders": tenders}).status_code == 201


_junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**13), 10**13)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["TEA-100", "CUP", "goods", "charge", "", "2026-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
Place = tuple[str | int, ...]
BASKET = sale(
    TEA | {"price_minor": 300, "discount_minor": 1, "kind": "goods", "note": "n"},
    {"sku": "POST", "quantity": 1, "kind": "charge", "price_minor": -10},
    discount_minor=2,
    member="m1",
)
POSTINGS: dict[str, dict[str, Any]] = {
    "/sales": BASKET,
    "/quotes": {"lines": BASKET["lines"], "discount_minor": 1},
    "/returns": {"reason": "r", "lines": [{"sku": "CUP", "quantity": 1, "price_minor": 5}]},
    "/stock/receipts": {"reference": "r", "lines": [TEA]},
    "/stock/write-offs": {"reason": "r", "lines": [TEA]},
    "/stock/adjustments": {"reason": "r", "lines": [TEA | {"quantity": -1}]},
    "/stock/transfers-out": {"to_store": "s0002", "lines": [TEA]},
    "/stock/transfers-in": {"from_store": "s0002", "out": new_id(), "lines": [TEA]},
    "/stock/counts": {"scope": "s", "lines": [{"sku": "CUP", "counted": 4, "seen": 5}]},
    "/stock/openings": {"lines": [TEA]},
    "/stock/grants": {"lines": [TEA]},
}


def places(value: Any, at: Place = ()) -> list[Place]:
    """List every place within a JSON value."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [at, *(p for key, part in inner for p in places(part, (*at, key)))]


def put(value: Any, at: Place, junk: Any) -> Any:
    """Put junk into a copy of a JSON value."""
    if not at:
        return junk
    changed = copy.deepcopy(value)
    whole = changed
    for key in at[:-1]:
        whole = whole[key]
    whole[at[-1]] = junk
    return changed


@pytest.mark.parametrize("path", sorted(set(POSTINGS) - {"/quotes"}))
def test_a_reused_id_with_other_content_is_a_conflict(shop: Shop, path: str) -> None:
    body = POSTINGS[path] | {"id": new_id()}
    with shop.client("admin") as client:
        first = client.post(path, json=body)
        assert first.status_code == 201, first.text
        books = shop.books()
        other = copy.deepcopy(body)
        amount = "counted" if path == "/stock/counts" else "quantity"
        other["lines"][0][amount] = 3
        problem(client.post(path, json=other), 409, "conflict")
        repeat = client.post(path, json=body)
        assert (repeat.status_code, repeat.json()) == (200, first.json() | {"repeated": True})
    assert shop.books() == books


@given(st.data())
@settings(max_examples=500)
def test_any_junk_at_any_place(shop: Shop, admin: httpx.Client, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(POSTINGS)))
    body = POSTINGS[path] if path == "/quotes" else POSTINGS[path] | {"id": new_id()}
    changed = put(body, data.draw(st.sampled_from(places(body))), data.draw(_junk))
    books = shop.books()
    answer = admin.post(path, content=json.dumps(changed), headers=JSON)
    if answer.status_code >= 300:
        problem(answer, answer.status_code)
        assert 400 <= answer.status_code < 500
        assert shop.books() == books


@given(content=st.binary(max_size=300), path=st.sampled_from(sorted(POSTINGS)))
@settings(max_examples=100)
def test_any_bytes(shop: Shop, admin: httpx.Client, content: bytes, path: str) -> None:
    books = shop.books()
    answer = admin.post(path, content=content, headers=JSON)
    assert problem(answer, answer.status_code)["status"] in (400, 422)
    assert shop.books() == books


def test_a_caller_who_hangs_up_in_mid_sentence_is_no_fault_of_the_node(
    shop: Shop, till: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    address = httpx.URL(shop.url)
    token = shop.tokens["till"]
    head = f"POST /api/v1/sales HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    with (
        caplog.at_level(logging.ERROR),
        socket.create_connection((address.host, address.port or 0)) as caller,
    ):
        caller.sendall(
            f"{head}Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{{".encode()
        )
        assert till.get("/status").status_code == 200
        caller.shutdown(socket.SHUT_WR)
        while caller.recv(1000):
            pass
    assert till.get("/status").status_code == 200
    assert caplog.records == []
