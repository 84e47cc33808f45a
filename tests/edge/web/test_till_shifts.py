"""A shift over real HTTP: opened, used, counted blind and closed; its report adds up."""

from typing import Any

import httpx
import msgspec
import pytest

from edge.web import till_replies, till_requests
from edge.web.till_control import APPROVE_EXAMPLE, AUDIT_EXAMPLE
from edge.web.till_shifts import CASH_EXAMPLE, CLOSE_EXAMPLE, OPEN_EXAMPLE
from tests.edge.web.shop import PIN, Shop, new_id, problem
from tests.edge.web.tilling import DAY, finished, line


@pytest.mark.parametrize(
    ("example", "shape"),
    [
        (OPEN_EXAMPLE, till_requests.OpenShift),
        (CASH_EXAMPLE, till_requests.MoveCash),
        (CLOSE_EXAMPLE, till_requests.CloseShift),
        (APPROVE_EXAMPLE, till_requests.Approve),
        (AUDIT_EXAMPLE, till_requests.Audit),
    ],
)
def test_examples_have_the_documented_shape(example: object, shape: type) -> None:
    msgspec.json.decode(msgspec.json.encode(example), type=shape)


def _open(till: httpx.Client, drawer: str, float_minor: int = 10_000) -> dict[str, Any]:
    body = {"id": new_id(), "drawer": drawer, "float_minor": float_minor, "business_day": DAY}
    answer = till.post("/till/shifts", json=body)
    assert answer.status_code == 201, answer.text
    shift: dict[str, Any] = answer.json()
    return shift


def _sell(till: httpx.Client, drawer: str, shift: int, **more: Any) -> dict[str, Any]:
    life = till.post("/till/life").json()["life"]
    body = finished(life, 1, line(quantity=2), drawer=drawer, shift=shift) | more
    answer = till.put(f"/till/sales/{new_id()}", json=body)
    assert answer.status_code == 201, answer.text
    sold: dict[str, Any] = answer.json()
    return sold


def _close(till: httpx.Client, drawer: str, number: int, counted: dict[str, int]) -> dict[str, Any]:
    body = {
        "id": new_id(),
        "counted": [{"kind": kind, "counted_minor": minor} for kind, minor in counted.items()],
        "operator": "ana",
    }
    answer = till.post(f"/till/shifts/{drawer}/{number}/close", json=body)
    assert answer.status_code == 200, answer.text
    msgspec.json.decode(answer.content, type=till_replies.ReportReply)
    report: dict[str, Any] = answer.json()
    assert till.post(f"/till/shifts/{drawer}/{number}/close", json=body).json() == report
    return report


def test_a_day_at_a_drawer(till: httpx.Client, admin: httpx.Client, shop: Shop) -> None:
    assert till.get("/till/shifts/current").json() is None
    body = {"id": new_id(), "float_minor": 10_000, "operator": "ana", "business_day": DAY}
    opened = till.post("/till/shifts", json=body).json()
    assert (opened["drawer"], opened["number"], opened["opened_by"]) == ("till1", 1, "ana@till1")
    assert till.post("/till/shifts", json=body).json() == opened | {"repeated": True}
    problem(till.post("/till/shifts", json=body | {"id": new_id()}), 409, "shift-open")

    tenders = [{"kind": "cash", "amount_minor": 2000}, {"kind": "change", "amount_minor": -1002}]
    _sell(till, "till1", 1, tenders=tenders)
    discount = {"discounts": [{"kind": "promotion", "code": "tea", "amount_minor": 100}]}
    goods = line(quantity=2, discount_minor=100, detail=discount)
    card = [{"kind": "card", "amount_minor": 898}]
    _sell(till, "till1", 1, lines=[goods], tenders=card, total_minor=898)
    for kind, amount in (("pay_in", 500), ("pay_out", 200), ("drop", 1000), ("no_sale", 0)):
        moved = {"id": new_id(), "kind": kind, "amount_minor": amount, "reason": "why not"}
        answer = till.post("/till/cash", json=moved)
        assert answer.status_code == 201, answer.text
        assert till.post("/till/cash", json=moved).json() == answer.json() | {"repeated": True}

    current = till.get("/till/shifts/current").json()
    assert current["tenders"] == ["cash", "card"]
    assert "expected" not in str(current)
    problem(till.get("/till/reports/x"), 403, "not-allowed")
    x = admin.get("/till/reports/x", params={"drawer": "till1"}).json()
    assert x["closed_ms"] is None
    cash = 10_000 + 2000 - 1002 + 500 - 200 - 1000
    assert [(t["kind"], t["expected_minor"], t["counted_minor"]) for t in x["tenders"]] == [
        ("cash", cash, None),
        ("card", 898, None),
    ]
    z = _close(till, "till1", 1, {"cash": cash - 5, "card": 898})
    assert z["tenders"][0]["over_short_minor"] == -5
    assert z["sales"] == {"count": 2, "minor": 998 + 898}
    assert z["discounts"] == {"count": 1, "minor": 100, "by_kind": {"promotion": 100}}
    assert sum(row["gross_minor"] for row in z["tax"]) == z["net_minor"] == 998 + 898
    assert (z["no_sales"], len(z["cash"]), z["business_day"]) == (1, 4, DAY)
    assert z["grand_total_minor"] == z["net_minor"]
    same = admin.get("/till/reports/z/till1/1").json()
    assert same == z
    assert till.get("/till/shifts/current").json() is None
    again = {"id": new_id(), "counted": []}
    problem(till.post("/till/shifts/till1/1/close", json=again), 409, "shift-closed")
    problem(till.post("/till/shifts/till1/9/close", json=again), 404, "unknown-document")


def test_a_sale_of_a_closed_shift_shows_as_late_in_the_next_report(
    till: httpx.Client, admin: httpx.Client
) -> None:
    _open(till, "d2")
    _sell(till, "d2", 1)
    first = _close(till, "d2", 1, {})
    late = _sell(till, "d2", 1, business_day="2030-01-01")
    assert late["business_day"] == DAY
    items = admin.get("/worklist").json()["items"]
    assert any(x["kind"] == "late-sale" and x["document"] == late["id"] for x in items)
    assert admin.get("/till/reports/z/d2/1").json() == first
    _open(till, "d2")
    _sell(till, "d2", 2)
    second = _close(till, "d2", 2, {"cash": 10_998})
    assert [(x["id"], x["shift"], x["receipt"]) for x in second["late"]] == [
        (late["id"], 1, late["receipt"])
    ]
    assert second["sales"] == {"count": 1, "minor": 998}
    assert second["late_minor"] == 998
    assert second["grand_total_minor"] == 3 * 998
    assert second["tenders"][0]["over_short_minor"] == 0
    _open(till, "d2")
    assert _close(till, "d2", 3, {})["late"] == []
    listed = admin.get("/till/reports", params={"drawer": "d2"}).json()["reports"]
    assert [x["number"] for x in listed] == [3, 2, 1]
    older = admin.get("/till/reports", params={"drawer": "d2", "before": 2}).json()["reports"]
    assert [x["number"] for x in older] == [1]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"kind": "no_sale", "amount_minor": 1}, 422, "bad-field"),
        ({"kind": "drop", "amount_minor": 0}, 422, "bad-field"),
        ({"kind": "gift"}, 422, "invalid"),
        ({"drawer": "nobodys"}, 409, "no-shift"),
    ],
)
def test_bad_movements_of_cash_are_refused(
    till: httpx.Client, shop: Shop, change: dict[str, Any], status: int, code: str
) -> None:
    if till.get("/till/shifts/current", params={"drawer": "d3"}).json() is None:
        _open(till, "d3")
    before = shop.books()
    body = {"id": new_id(), "drawer": "d3", "kind": "pay_in", "amount_minor": 5} | change
    problem(till.post("/till/cash", json=body), status, code)
    assert shop.books() == before


def test_a_count_names_each_tender_once(till: httpx.Client) -> None:
    _open(till, "d4")
    twice = [{"kind": "cash", "counted_minor": 1}, {"kind": "cash", "counted_minor": 2}]
    body = {"id": new_id(), "counted": twice}
    problem(till.post("/till/shifts/d4/1/close", json=body), 422, "bad-field")


def test_a_managers_word_is_kept_and_counted(till: httpx.Client, admin: httpx.Client) -> None:
    _open(till, "till1")
    asked = {"id": new_id(), "staff": "ben", "pin": PIN, "action": "price-override"}
    answer = till.post("/till/approvals", json=asked)
    assert (answer.status_code, answer.json()["approver"]) == (201, "ben")
    assert till.post("/till/approvals", json=asked).status_code == 200
    refused = asked | {"id": new_id(), "staff": "ana"}
    problem(till.post("/till/approvals", json=refused), 403, "not-allowed")
    wrong = asked | {"id": new_id(), "pin": "0000"}
    problem(till.post("/till/approvals", json=wrong), 403, "wrong-pin")
    entry = {"id": new_id(), "action": "reprint", "at_ms": 1_795_190_400_000, "subject": "z"}
    audit = {"entries": [entry, entry | {"id": new_id(), "action": "void-line"}]}
    assert till.post("/till/audit", json=audit).json() == {"recorded": 2, "repeated": 0}
    assert till.post("/till/audit", json=audit).json() == {"recorded": 0, "repeated": 2}
    x = admin.get("/till/reports/x", params={"drawer": "till1"}).json()
    assert (x["overrides"], x["reprints"]) == (2, 1)


def test_wrong_pins_of_approvals_lock_like_those_of_logins(own_shop: Shop) -> None:
    with own_shop.client() as till:
        asked = {"staff": "ben", "pin": "0000", "action": "discount"}
        for _ in range(5):
            answer = till.post("/till/approvals", json=asked | {"id": new_id()})
            problem(answer, 403, "wrong-pin")
        right = asked | {"id": new_id(), "pin": PIN}
        problem(till.post("/till/approvals", json=right), 429, "too-many-tries")
        login = {"staff": "ben", "pin": PIN}
        problem(till.post("/staff/login", json=login), 429, "too-many-tries")
