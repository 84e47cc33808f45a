"""What tills ask of devices has one shape, and what is wrong with a request is said."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from edge.books.backup import DATABASE
from edge.books.catalogue import apply
from edge.books.database import connect
from edge.hardware.verdict import Verdict
from edge.node import wall_clock
from edge.people import access
from edge.web import device_shapes as shapes
from edge.web import till_events
from sync.definitions import Rule
from sync.identity import HEADQUARTERS, Replica, headquarters_for
from tests.edge.web.shop import TEA_GTIN, Shop, new_id, open_shop, problem

ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5"


def frames(answer: httpx.Response) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        else:
            yield fields
            fields = {}


def test_a_typed_code_gets_the_gates_verdict(till: httpx.Client) -> None:
    text = till.post("/till/scan", json={"text": TEA_GTIN, "symbology": "]E0"}).content
    found = msgspec.json.decode(text, type=Verdict)
    assert (found.kind, found.sku) == ("item", "TEA-100")
    assert msgspec.json.decode(msgspec.json.encode(found)) == json.loads(text)
    wrong = till.post("/till/scan", json={"text": TEA_GTIN[:-1] + "9"}).json()
    assert wrong["message_code"] == "check-digit"


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/till/scan", {"text": "x", "symbology": "E0"}, "symbology"),
        ("POST", "/till/scan", {"text": "x" * 5000}, "text"),
        ("PUT", "/till/tendering", {"paying": "yes"}, "paying"),
        ("POST", "/till/weigh", {"patience_ms": 10**9}, "patience_ms"),
        ("PUT", "/till/display", {"lines": ["a", "b", "c"]}, "lines"),
        ("PUT", "/till/display", {"lines": ["\u001b@"]}, "lines[0]"),
        ("POST", "/till/print/test", {"id": "x"}, "id"),
        ("POST", "/till/labels", {"id": ID, "labels": []}, "labels"),
        ("POST", "/till/labels", {"id": ID, "labels": [{"sku": "x", "copies": 0}]}, "labels"),
        ("PUT", f"/till/payments/{ID}", {"amount_minor": 0, "sale_id": "x"}, "amount_minor"),
        ("PUT", f"/till/payments/{ID}", {"amount_minor": 1.5, "sale_id": "x"}, "amount_minor"),
        ("POST", "/till/terminal/end-of-day", {"colour": 1}, ""),
        ("POST", "/till/print/x/settle", {"printed": None}, "printed"),
    ],
)
def test_a_wrong_request_names_its_field(
    till: httpx.Client, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    document = problem(till.request(method, path, json=body), 422)
    assert field in document.get("field", "")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/till/drawer/open", {}),
        ("PUT", "/till/tendering", {"paying": True}),
        ("PUT", f"/till/payments/{ID}", {"amount_minor": 1, "sale_id": "x"}),
        ("POST", "/till/rfid/inventory", {}),
        ("POST", "/devices/x/check", {}),
        ("POST", "/devices/x/page", {"id": ID}),
    ],
)
def test_a_display_in_the_window_commands_nothing(
    shop: Shop, method: str, path: str, body: dict[str, Any]
) -> None:
    with shop.client("readonly") as window:
        problem(window.request(method, path, json=body), 403)


def test_lists_are_empty_without_devices(till: httpx.Client, admin: httpx.Client) -> None:
    assert till.get("/devices").json() == {"devices": []}
    assert till.get("/till/print").json() == {"jobs": []}
    missing = admin.post("/devices/x/check", json={})
    assert "no device is called 'x'" in problem(missing, 409, "no-device")["detail"]
    problem(till.get(f"/till/payments/{new_id()}"), 404, "unknown-job")


def test_a_stream_begins_with_how_things_are(till: httpx.Client) -> None:
    with till.stream("GET", "/till/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        first = next(frames(answer))
    assert first["event"] == "sync"
    assert msgspec.json.decode(first["data"], type=shapes.SyncNews).link == "none"


@pytest.mark.parametrize("place", ["x", "abc:", "abc:-1", "ABC:1"])
def test_a_malformed_place_is_refused(till: httpx.Client, place: str) -> None:
    problem(till.get("/till/events", params={"after": place}), 422)


def test_a_place_of_an_earlier_run_is_taken(till: httpx.Client) -> None:
    with till.stream("GET", "/till/events", params={"after": "abc:17"}) as answer:
        assert next(frames(answer))["event"] == "sync"


@pytest.mark.parametrize("store", [False, True], ids=["chain", "store"])
def test_a_till_hears_that_headquarters_changed_a_rule(
    own_data: tuple[Path, dict[str, str]], *, store: bool
) -> None:
    data, tokens = own_data
    author = headquarters_for("s0001", 9) if store else Replica(HEADQUARTERS, 9)
    with (
        open_shop(data, tokens) as shop,
        shop.client("till") as till,
        till.stream("GET", "/till/events") as answer,
        closing(connect(data / DATABASE)) as connection,
    ):
        found = frames(answer)
        assert next(found)["event"] == "sync"
        for seq in (900, 901):
            apply(connection, author, seq, Rule("tips", "{}"))
            assert next(one for one in found if one["event"] != "sync")["event"] == "catalogue"


def test_listeners_are_bounded(till: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(till_events, "LISTENERS_MAX", 0)
    problem(till.get("/till/events"), 503, "too-many-listeners")


def test_a_stream_ends_with_its_token_and_with_the_node(
    own_data: tuple[Path, dict[str, str]],
) -> None:
    data, tokens = own_data
    with open_shop(data, tokens) as shop, shop.client("till") as till:
        with till.stream("GET", "/till/events") as answer:
            found = frames(answer)
            next(found)
            with closing(connect(data / DATABASE)) as connection:
                access.revoke_device(connection, "till1", wall_clock())
            assert list(found) == []
        with shop.client("pos") as pos, pos.stream("GET", "/till/events") as answer:
            found = frames(answer)
            next(found)
            shop.server.should_exit = True
            assert list(found) == []
