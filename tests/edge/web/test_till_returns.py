"""What a till takes back, voids, holds, finds again and could not deliver, over real HTTP."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import msgspec
import pytest

from edge.web import till_replies, till_requests
from edge.web.till_held import HOLD_EXAMPLE
from edge.web.till_papers import STRANDED_EXAMPLE
from edge.web.till_returns import RETURN_EXAMPLE, VOID_EXAMPLE
from tests.edge.web.shop import Shop, new_id, problem
from tests.edge.web.tilling import DAY, finished, line


@pytest.mark.parametrize(
    ("example", "shape"),
    [
        (HOLD_EXAMPLE, till_requests.Hold),
        (RETURN_EXAMPLE, till_requests.TillReturn),
        (VOID_EXAMPLE, till_requests.TillVoid),
        (STRANDED_EXAMPLE, till_requests.Stranded),
    ],
)
def test_examples_have_the_documented_shape(example: object, shape: type) -> None:
    msgspec.json.decode(msgspec.json.encode(example), type=shape)


@pytest.fixture(scope="module")
def drawer(till: httpx.Client) -> str:
    """The till's own drawer, in a shift."""
    body = {"id": new_id(), "float_minor": 5000, "business_day": DAY}
    assert till.post("/till/shifts", json=body).status_code == 201
    return "till1"


def _sell(till: httpx.Client, *lines: dict[str, Any], **more: Any) -> str:
    life, sale_id = till.post("/till/life").json()["life"], new_id()
    body = finished(life, 1, *(lines or (line(quantity=2),)), drawer="till1", shift=1) | more
    answer = till.put(f"/till/sales/{sale_id}", json=body)
    assert answer.status_code == 201, answer.text
    return sale_id


def _cash(admin: httpx.Client) -> int:
    tenders = admin.get("/till/reports/x", params={"drawer": "till1"}).json()["tenders"]
    return next(int(x["expected_minor"]) for x in tenders if x["kind"] == "cash")


def test_a_return_is_paid_out_of_the_open_shift(
    till: httpx.Client, admin: httpx.Client, drawer: str
) -> None:
    sale_id, return_id = _sell(till), new_id()
    before = _cash(admin)
    body = {"sale_id": sale_id, "reason": "too big", "lines": [{"line": 0, "quantity": 1}]}
    answer = till.put(f"/till/returns/{return_id}", json=body)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["total_minor"], answer.json()["business_day"]) == (499, DAY)
    assert _cash(admin) == before - 499
    assert till.put(f"/till/returns/{return_id}", json=body).status_code == 200
    problem(till.put(f"/till/returns/{new_id()}", json=body | {"reason": ""}), 422, "invalid")
    over = body | {"lines": [{"line": 0, "quantity": 2}]}
    problem(till.put(f"/till/returns/{new_id()}", json=over), 409, "nothing-to-return")


def test_goods_without_a_receipt_need_a_managers_word(
    till: httpx.Client, shop: Shop, drawer: str
) -> None:
    body = {"reason": "gift", "lines": [{"sku": "TEA-100", "quantity": 1}], "operator": "ana"}
    before = shop.books()
    problem(till.put(f"/till/returns/{new_id()}", json=body), 403, "approval-needed")
    wrong = body | {"approver": "ana"}
    problem(till.put(f"/till/returns/{new_id()}", json=wrong), 403, "approval-needed")
    assert shop.books() == before
    assert till.put(f"/till/returns/{new_id()}", json=body | {"approver": "ben"}).status_code == 201


def test_an_exchange_leaves_the_drawer_even(
    till: httpx.Client, admin: httpx.Client, drawer: str
) -> None:
    sale_id = _sell(till)
    before = _cash(admin)
    swap = [{"kind": "exchange", "amount_minor": 998}]
    body = {
        "sale_id": sale_id,
        "reason": "other colour",
        "lines": [{"line": 0, "quantity": 2}],
        "tenders": swap,
    }
    assert till.put(f"/till/returns/{new_id()}", json=body).status_code == 201
    _sell(till, tenders=swap)
    x = admin.get("/till/reports/x", params={"drawer": "till1"}).json()
    expected = {row["kind"]: row["expected_minor"] for row in x["tenders"]}
    assert (expected["exchange"], expected["cash"]) == (0, before)


def test_a_void_pays_back_what_was_paid(
    till: httpx.Client, admin: httpx.Client, drawer: str
) -> None:
    before = _cash(admin)
    paid = [
        {"kind": "card", "amount_minor": 500},
        {"kind": "cash", "amount_minor": 1000},
        {"kind": "change", "amount_minor": -502},
    ]
    sale_id = _sell(till, tenders=paid)
    body = {"id": new_id(), "reason": "rung up twice", "operator": "ana"}
    path = f"/till/sales/{sale_id}/void"
    problem(till.post(path, json=body), 403, "approval-needed")
    wrong = body | {"approver": "ben", "tenders": [{"kind": "cash", "amount_minor": 997}]}
    problem(till.post(path, json=wrong), 422)
    answer = till.post(path, json=body | {"approver": "ben"})
    assert answer.status_code == 201, answer.text
    assert till.post(path, json=body | {"approver": "ben"}).status_code == 200
    assert _cash(admin) == before
    x = admin.get("/till/reports/x", params={"drawer": "till1"}).json()
    assert (x["voids"]["count"], x["voids"]["minor"]) == (1, 998)
    assert next(r["expected_minor"] for r in x["tenders"] if r["kind"] == "card") == 0


def test_a_held_basket_goes_to_one_till_and_is_sold_once(till: httpx.Client, shop: Shop) -> None:
    sale_id = new_id()
    path = f"/till/held/{sale_id}"
    problem(till.post(f"{path}/recall"), 404, "unknown-document")
    problem(till.get(path), 404, "unknown-document")
    held = till.put(path, json=HOLD_EXAMPLE | {"basket": '{"lines": []}'})
    assert held.status_code == 200, held.text
    assert held.json() in till.get("/till/held").json()["held"]
    seen = till.get(path).json()
    assert seen == held.json() | {"basket": '{"lines": []}'}, "whoever looks takes nothing"
    with shop.client("admin") as other, ThreadPoolExecutor(8) as pool:
        asked = [(till, other)[at % 2] for at in range(8)]
        answers = list(pool.map(lambda client: client.post(f"{path}/recall"), asked))
        got = [answer.status_code == 200 for answer in answers]
        assert got in ([True, False] * 4, [False, True] * 4)
        winner, loser = (till, other) if got[0] else (other, till)
        problem(loser.post(f"{path}/recall"), 409, "held-taken")
        problem(loser.get(path), 409, "held-taken")
        problem(loser.delete(path), 409, "held-taken")
        assert winner.post(f"{path}/recall").json()["basket"] == '{"lines": []}'
        assert sale_id not in till.get("/till/held").text
        assert winner.put(path, json=HOLD_EXAMPLE).status_code == 200
        assert sale_id not in till.get("/till/held").text, "the first putting aside came late"
        assert loser.put(path, json=HOLD_EXAMPLE).status_code == 200
        again = HOLD_EXAMPLE | {"hold": new_id()}
        problem(loser.put(path, json=again), 409, "held-taken")
        assert winner.put(path, json=again).status_code == 200
        assert sale_id in till.get("/till/held").text
    life = till.post("/till/life").json()["life"]
    sold = till.put(f"/till/sales/{sale_id}", json=finished(life, 1, line()))
    assert sold.status_code == 201
    assert sale_id not in till.get("/till/held").text
    problem(till.post(f"{path}/recall"), 409, "held-sold")
    problem(till.put(path, json=HOLD_EXAMPLE), 409, "held-sold")


def test_a_dropped_basket_stays_dropped(till: httpx.Client) -> None:
    path = f"/till/held/{new_id()}"
    till.put(path, json=HOLD_EXAMPLE)
    assert till.delete(path).status_code == 200
    assert till.delete(path).status_code == 200
    problem(till.post(f"{path}/recall"), 409, "held-taken")


def test_a_stranded_document_is_kept_once(till: httpx.Client, admin: httpx.Client) -> None:
    body = STRANDED_EXAMPLE | {"id": new_id(), "document": '{"note": "' + "x" * 300_000 + '"}'}
    first = till.post("/till/stranded", json=body)
    assert first.status_code == 201, first.text
    again = till.post("/till/stranded", json=body)
    assert (again.status_code, again.json()["number"]) == (200, first.json()["number"])
    items = admin.get("/quarantine").json()["items"]
    kept = [item for item in items if body["id"] in item["reason"]]
    assert [(item["origin"], item["size"]) for item in kept] == [("till1", 300_012)]
    kinds = [x["kind"] for x in admin.get("/worklist").json()["items"]]
    assert kinds.count("stranded") == 1


def test_documents_are_found_newest_first(
    till: httpx.Client, admin: httpx.Client, drawer: str
) -> None:
    sale_id = _sell(till, line(sku="APPLE", price=3, name="Apple"))
    back = {"sale_id": sale_id, "reason": "mouldy", "lines": [{"line": 0, "quantity": 1}]}
    till.put(f"/till/returns/{new_id()}", json=back)
    cash = {"id": new_id(), "kind": "drop", "amount_minor": 100, "reason": "to the safe"}
    till.post("/till/cash", json=cash)
    entry = {"id": new_id(), "action": "reprint", "at_ms": 1_795_190_400_000, "subject": sale_id}
    entry["detail"] = "Sale 2"
    till.post("/till/audit", json={"entries": [entry]})
    answer = till.get("/till/documents", params={"limit": 4})
    page = msgspec.json.decode(answer.content, type=till_replies.DocumentsReply)
    assert [x.kind for x in page.documents] == ["audit", "cash", "return", "sale"]
    audit, dropped, returned, sold = page.documents
    assert (str(audit.about), audit.title) == (sale_id, "reprint")
    assert (dropped.title, dropped.amount_minor, dropped.shift) == ("drop", -100, 1)
    assert (str(returned.about), returned.amount_minor) == (sale_id, -3)
    assert (str(sold.id), sold.amount_minor, str(sold.business_day)) == (sale_id, 3, DAY)
    assert (audit.receipt, audit.detail) == (sold.receipt, "Sale 2")
    older = till.get("/till/documents", params={"limit": 1, "before": page.before}).json()
    assert older["documents"][0]["at_ms"] <= sold.at_ms
    assert older["documents"][0]["id"] not in {str(x.id) for x in page.documents}

    def ids(**asked: str) -> list[str]:
        found = till.get("/till/documents", params=asked).json()["documents"]
        return [x["id"] for x in found]

    assert ids(kind="sale", text="APPLE") == [sale_id]
    assert ids(text=sold.receipt) == [str(audit.id), sale_id]
    assert sale_id in ids(day=DAY, kind="sale")
    assert ids(day="2020-01-01") == []
    assert ids(till="nobodys") == []
    problem(till.get("/till/documents", params={"before": "x"}), 422, "invalid")
