"""The API and the status page, over the real app."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from central.access import add_token, revoke_token
from central.settings import Settings
from central.store import Store
from central.web.app import create_app
from central.web.site import Site
from central.web.words import LANGUAGES, WORDS, choose
from sync.bodies import Grant, Opening, TransferIn, TransferOut
from sync.body import StockLine
from sync.topics import Lane
from tests.central.chain import Chain, rows, sale

PRODUCT = {"names": {"en": "Apple", "zh": "苹果"}, "tax_code": "std", "price_minor": 250}


class Api:
    """A client of the app, one for each role."""

    def __init__(self, store: Store) -> None:
        self.chain = Chain(store)
        self.authored = 0
        self.tokens: dict[str, str] = {}
        with store.write() as connection:
            for role in ("read", "ingest", "admin"):
                random = self.chain.random.randbytes
                self.tokens[role] = add_token(connection, role, role, 1, random)
        site = Site(
            Settings(chain="demo"),
            store,
            self.chain.hq,
            self.chain.author,
            self.chain.clock,
            self.chain.random.randbytes,
            self._authored,
            lambda: {"messages": 5},
        )
        self.client = TestClient(create_app(site), raise_server_exceptions=False)

    def _authored(self) -> None:
        self.authored += 1

    def ask(
        self, method: str, path: str, body: Any = None, role: str = "admin", key: str = ""
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        if key:
            headers["Idempotency-Key"] = key
        response: httpx.Response = self.client.request(
            method, f"/api/v1{path}", json=body, headers=headers
        )
        return response


@pytest.fixture
def api(store: Store) -> Api:
    made = Api(store)
    for name, region in (("s1", "north"), ("s2", "south")):
        body = {"name": name.title(), "region": region, "currency": "EUR"}
        assert made.ask("PUT", f"/stores/{name}", body).status_code == 200
    return made


@pytest.fixture
def busy(api: Api) -> Api:
    """Two stores with stock and sales; s2 is not heard any more."""
    one, two = api.chain.join("s1-n1"), api.chain.join("s2-n1")
    one.post(Opening([StockLine("A", 10), StockLine("B", 4)]))
    one.post(Grant([StockLine("A", 5)]))
    one.post(sale(1, ("A", 2, 300)))
    two.post(Opening([StockLine("A", 7)]))
    two.post(sale(1, ("A", 1, 300)))
    api.chain.settle(20)
    return api


def is_problem(response: httpx.Response, status: int, code: str) -> bool:
    document = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, document["code"]) == (status, code), document
    assert document["detail"]
    return True


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer evc_wrong", "Basic abc"])
def test_who_does_not_say_who_they_are_sees_nothing(api: Api, token: str) -> None:
    for path in ("/api/v1/stores", "/api/v1/availability/A", "/metrics", "/api/v1/openapi.json"):
        response = api.client.get(path, headers={"Authorization": token} if token else {})
        assert is_problem(response, 401, "not-authenticated")
    assert api.client.get("/api/v1/health").json() == {"status": "ok"}


def test_the_api_says_what_it_takes_and_what_errors_look_like(api: Api) -> None:
    document = api.ask("GET", "/openapi.json").json()
    assert document["security"] == [{"token": []}]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["responses"].keys() <= {"200", "201", "default"}, path
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            for parameter in operation.get("parameters", []):
                shape = parameter["schema"]
                bounded = {"minimum", "maximum"} <= shape.keys()
                assert shape.get("type") != "integer" or bounded, path


@pytest.mark.parametrize(
    "path", ["/availability?after=%00", "/members?q=%00", "/quarantine?store=%00&limit=1"]
)
def test_a_nul_in_an_address_finds_nothing_and_breaks_nothing(api: Api, path: str) -> None:
    found = api.ask("GET", path)
    assert found.status_code == 200 or is_problem(found, 422, "invalid")


def test_half_a_character_is_refused(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.tokens['admin']}"}
    body = b'{"name": "\\ud800", "currency": "EUR"}'
    refused = api.client.put("/api/v1/stores/s9", content=body, headers=headers)
    assert is_problem(refused, 422, "invalid")


def test_a_role_may_do_its_part_and_no_more(api: Api) -> None:
    assert is_problem(api.ask("PUT", "/products/A", PRODUCT, "read"), 403, "not-allowed")
    store = {"name": "x", "currency": "EUR"}
    assert is_problem(api.ask("PUT", "/stores/s9", store, "ingest"), 403, "not-allowed")
    person = {"name": "Ana", "roles": ["cashier"], "pin_hash": "$argon2id$x"}
    assert is_problem(api.ask("PUT", "/staff/ana", person, "ingest"), 403, "not-allowed")
    assert api.ask("PUT", "/products/A", PRODUCT, "ingest").status_code == 200
    with api.chain.store.write() as connection:
        revoke_token(connection, "ingest", 5)
    assert is_problem(api.ask("GET", "/products/A", role="ingest"), 401, "not-authenticated")


def test_products_and_prices_follow_the_newest_definition(api: Api) -> None:
    told = api.authored
    assert api.ask("PUT", "/products/A", PRODUCT).json()["journal"] == str(api.chain.hq.replica)
    assert api.authored == told + 1
    api.ask("PUT", "/prices/A", {"price_minor": 199})
    shown = api.ask("GET", "/products/A").json()
    assert (shown["price_minor"], shown["names"]["zh"]) == (199, "苹果")
    api.ask("PUT", "/products/A", PRODUCT)
    assert api.ask("GET", "/products").json()["products"][0]["price_minor"] == 250


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/products/A", PRODUCT | {"price_minor": -1}, "price_minor"),
        ("/products/A", PRODUCT | {"price_minor": 1.0}, "price_minor"),
        ("/products/A", PRODUCT | {"price_minor": True}, "price_minor"),
        ("/products/A", PRODUCT | {"price_minor": 10**30}, "price_minor"),
        ("/products/A", PRODUCT | {"colour": "red"}, "colour"),
        ("/products/A", PRODUCT | {"gtins": ["4006381333932"]}, "gtins"),
        ("/rules/x", {"value": "{"}, "value"),
        ("/staff/x", {"name": "x", "roles": [], "pin_hash": "1234"}, "pin_hash"),
        ("/stores/hq-1", {"name": "x", "currency": "EUR"}, ""),
        ("/stores/s3", {"name": "x", "currency": "euro"}, "currency"),
    ],
)
def test_bad_input_names_the_field_and_changes_nothing(
    api: Api, path: str, body: dict[str, Any], field: str
) -> None:
    before = rows(api.chain.store, "SELECT COUNT(*) FROM fact")
    response = api.ask("PUT", path, body)
    assert is_problem(response, 422, "invalid")
    assert response.json().get("field", "") == field
    assert rows(api.chain.store, "SELECT COUNT(*) FROM fact") == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"[" * 200_000, 400, "malformed"),
        (b'"' + b"x" * 2_000_000 + b'"', 413, "too-large"),
    ],
)
def test_bytes_that_are_no_request_get_a_problem(
    api: Api, body: bytes, status: int, code: str
) -> None:
    headers = {
        "Authorization": f"Bearer {api.tokens['admin']}",
        "Content-Type": "application/json",
    }
    response = api.client.put("/api/v1/prices/A", content=body, headers=headers)
    assert is_problem(response, status, code)


def test_an_idempotency_key_carries_out_once(api: Api) -> None:
    first = api.ask("PUT", "/products/A", PRODUCT, key="k")
    assert api.ask("PUT", "/products/A", PRODUCT, key="k").json() == first.json()
    changed = PRODUCT | {"price_minor": 1}
    assert is_problem(api.ask("PUT", "/products/A", changed, key="k"), 409, "conflict")
    assert api.ask("GET", "/products/A").json()["price_minor"] == 250
    assert is_problem(api.ask("GET", "/nothing"), 404, "not-found")
    assert is_problem(api.ask("DELETE", "/status"), 405, "method-not-allowed")


def test_stock_is_told_by_sku_store_and_region(busy: Api) -> None:
    found = busy.ask("GET", "/availability/A").json()
    assert (found["on_hand"], found["reserved"], found["promisable"]) == (14, 5, 5)
    by_store = {one["store"]: (one["on_hand"], one["link"]) for one in found["stores"]}
    assert by_store == {"s1": (8, "up"), "s2": (6, "up")}
    assert all(one["as_of_ms"] > 0 for one in found["stores"])
    north = busy.ask("GET", "/availability?region=north").json()["stock"]
    assert [(one["sku"], one["on_hand"]) for one in north] == [("A", 8), ("B", 4)]
    page = busy.ask("GET", "/availability?store=s1&limit=1").json()
    assert page["next"] == "A"
    rest = busy.ask("GET", "/availability?store=s1&limit=1&after=A").json()
    assert [one["sku"] for one in rest["stock"]] == ["B"]
    busy.chain.clock.now_ms += 60_000
    late = busy.ask("GET", "/availability/A").json()["stores"]
    assert {one["link"] for one in late} == {"cut"}


def test_totals_and_status_add_up(busy: Api) -> None:
    by_store = busy.ask("GET", "/totals?by=store").json()
    assert {one["store"]: one["net_minor"] for one in by_store} == {"s1": 600, "s2": 300}
    stores = {one["store"]: one for one in busy.ask("GET", "/stores").json()}
    assert stores["s1"]["agreement"] == "agrees"
    assert stores["s1"]["takings"] == [{"currency": "EUR", "sales": 1, "net_minor": 600}]
    assert busy.ask("GET", "/stores/s1").json()["lives"][0]["replica"] == "s1-n1"
    assert busy.ask("GET", "/status").json()["stores_up"] == 2


def test_a_journal_is_listed_fact_by_fact(busy: Api) -> None:
    facts = busy.ask("GET", "/journals/s1-n1").json()["facts"]
    assert [(one["seq"], one["type"], one["net_minor"]) for one in facts] == [
        (1, "Opening", 0),
        (2, "Grant", 0),
        (3, "Sale", 600),
    ]
    page = busy.ask("GET", "/journals/s1-n1?after=1&limit=1").json()["facts"]
    assert page == facts[1:2]
    assert busy.ask("GET", "/journals/s9-n1").json()["facts"] == []


def test_rights_are_promised_released_and_given_back_and_never_twice(busy: Api) -> None:
    def ask(what: str, **body: Any) -> httpx.Response:
        return busy.ask("POST", f"/stores/s1/{what}", body)

    lines = [{"sku": "A", "quantity": 3}]
    assert ask("promises", order="o1", lines=lines).status_code == 200
    assert is_problem(ask("promises", order="o1", lines=lines), 409, "conflict")
    assert is_problem(ask("promises", order="o2", lines=lines), 409, "not-enough-rights")
    one = [{"sku": "A", "quantity": 1}]
    assert ask("releases", order="o1", lines=one).status_code == 200
    assert is_problem(ask("releases", order="o1", lines=lines), 409, "conflict")
    assert ask("give-backs", reason="unused", lines=lines).status_code == 200
    assert is_problem(ask("promises", order="o3", lines=one), 409, "not-enough-rights")
    found = busy.ask("GET", "/availability/A?store=s1").json()
    assert (found["promisable"], found["reserved"]) == (0, 2)


def test_nothing_is_promised_from_a_store_that_was_never_heard(api: Api) -> None:
    body = {"order": "o1", "lines": [{"sku": "A", "quantity": 1}]}
    assert is_problem(api.ask("POST", "/stores/s1/promises", body), 409, "not-adopted")


def test_a_life_is_revoked(busy: Api) -> None:
    path = "/stores/s1/lives/{}/revoke"
    assert is_problem(busy.ask("POST", path.format(9), {"reason": "x"}), 404, "not-found")
    assert busy.ask("POST", path.format(1), {"reason": "stolen"}).status_code == 200
    (life,) = busy.ask("GET", "/stores/s1").json()["lives"]
    assert (life["status"], life["note"]) == ("revoked", "stolen")


def test_quarantine_is_listed_resolved_and_reopened(busy: Api) -> None:
    def garble() -> None:
        topic = busy.chain.worker.topics.up("s1", Lane.FACTS)
        busy.chain.worker.receive(topic, b"<garbage>", busy.chain.clock.now_ms)
        busy.chain.worker.commit(busy.chain.clock.now_ms)

    garble()
    (entry,) = busy.ask("GET", "/quarantine").json()
    assert (entry["store"], entry["lane"], entry["count"]) == ("s1", "facts", 1)
    payload = busy.ask("GET", f"/quarantine/{entry['id']}/payload")
    assert payload.content == b"<garbage>"
    resolve = f"/quarantine/{entry['id']}/resolve"
    assert busy.ask("POST", resolve, {"note": "a bad cable"}).status_code == 200
    assert is_problem(busy.ask("POST", resolve, {"note": "again"}), 404, "not-found")
    assert busy.ask("GET", "/quarantine").json() == []
    garble()
    assert busy.ask("GET", "/quarantine").json()[0]["count"] == 2


def test_goods_in_transit_are_seen(busy: Api) -> None:
    one, two = busy.chain.nodes["s1"], busy.chain.nodes["s2"]
    one.post(TransferOut("s2", [StockLine("A", 3)]), b"t" * 16)
    two.post(TransferIn("s1", b"t" * 16, [StockLine("A", 1)]))
    busy.chain.settle(5)
    (moving,) = busy.ask("GET", "/transit").json()
    assert (moving["from_store"], moving["to_store"], moving["quantity"]) == ("s1", "s2", 2)


def test_metrics_are_prometheus_text(busy: Api) -> None:
    headers = {"Authorization": f"Bearer {busy.tokens['read']}"}
    text = busy.client.get("/metrics", headers=headers).text
    assert 'evertill_store_up{store="s1"} 1.0' in text
    assert "evertill_worker_messages_total 5.0" in text


def test_the_page_needs_a_token_and_shows_every_store(busy: Api) -> None:
    assert 'type="password"' in busy.client.get("/").text
    assert busy.client.post("/login", data={"token": "wrong"}).status_code == 401
    reply = busy.client.post("/login", data={"token": busy.tokens["read"]}, follow_redirects=False)
    cookie = reply.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert busy.tokens["read"] not in cookie
    english = busy.client.get("/?lang=en").text
    assert "s1" in english
    assert "Connected" in english
    assert "6.00 EUR" in english
    assert "门店" in busy.client.get("/?lang=zh").text
    assert busy.client.get("/api/v1/stores").status_code == 401
    busy.client.post("/logout")
    assert 'type="password"' in busy.client.get("/").text


def test_the_page_claims_nothing_now_about_a_store_that_is_cut_off(busy: Api) -> None:
    busy.client.post("/login", data={"token": busy.tokens["read"]})
    assert "Agrees" in busy.client.get("/?lang=en").text
    busy.chain.clock.now_ms += 60_000
    page = busy.client.get("/?lang=en").text
    assert ("Agreed then" in page, "Agrees" in page, "≥ 0" in page) == (True, False, True)


def test_the_page_escapes_what_stores_say(api: Api) -> None:
    body = {"name": "<script>alert(1)</script>", "currency": "EUR"}
    assert api.ask("PUT", "/stores/s1", body).status_code == 200
    api.client.post("/login", data={"token": api.tokens["read"]})
    response = api.client.get("/?lang=en")
    assert "<script" not in response.text
    assert "&lt;script&gt;" in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_every_word_of_the_page_is_said_in_both_languages() -> None:
    assert all(len(texts) == len(LANGUAGES) and all(texts) for texts in WORDS.values())
    assert choose("", "zh-CN,zh;q=0.9,en;q=0.8") == "zh"
    assert choose("", "de,fr") == "en"
    assert choose("zh", "en") == "zh"
