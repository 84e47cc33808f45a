"""What goods that came back owe a card, its terminal pays back once, or it is somebody's task."""

from pathlib import Path
from typing import Any

import httpx

from devices import zvt
from tests.edge.hardware.shop import Counter, bench_aside, counter, devices_of, equipped
from tests.edge.hardware.test_card_voids import payments, tasks, void
from tests.edge.hardware.test_payments import mood, terminal
from tests.edge.web.shop import make_node, new_id, problem, sale, stock_up

PRICE = 499
TILL = {"terminal": "terminal-zvt"}


def sold(made: Counter, *cards: int) -> tuple[str, list[str]]:
    """Sell teas, charging these amounts to cards; return the ids of sale and payments."""
    stock_up(made.shop)
    sale_id, ids = new_id(), sorted(new_id() for _ in cards)  # charged within one millisecond
    for identity, minor in zip(ids, cards, strict=True):
        body = {"amount_minor": minor, "sale_id": sale_id}
        assert made.till.put(f"/till/payments/{identity}", json=body).status_code == 200
        made.events.next("payment", id=identity, state="approved")
    lines = {"sku": "TEA-100", "quantity": sum(cards) // PRICE}
    paid = sale(lines, tenders=[{"kind": "card", "amount_minor": minor} for minor in cards])
    assert made.till.put(f"/sales/{sale_id}", json=paid).status_code == 201
    return sale_id, ids


def bring_back(made: Counter, sale_id: str, quantity: int = 1, **more: Any) -> str:
    """Take teas of a sale back on the card, twice under the same id; return it."""
    body = {
        "sale_id": sale_id,
        "lines": [{"line": 0, "quantity": quantity}],
        "tenders": [{"kind": "card", "amount_minor": quantity * PRICE}],
        "reason": "cold",
    } | more
    identity = new_id()
    answers = [made.till.put(f"/till/returns/{identity}", json=body) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200], answers[0].text
    return identity


def owed(made: Counter, document: str) -> list[dict[str, Any]]:
    return [one for one in payments(made, document) if one["kind"] == "owed"]


def pay_back(made: Counter, debt: dict[str, Any], identity: str = "") -> httpx.Response:
    body = {"id": identity or new_id()}
    return made.till.post(f"/till/payments/{debt['id']}/reverse", json=body)


def ended(made: Counter, debt: dict[str, Any], state: str = "approved") -> dict[str, Any]:
    """Have a debt paid back; return what that came to."""
    identity = new_id()
    answer = pay_back(made, debt, identity)
    assert answer.status_code == 200, answer.text
    made.events.next("payment", id=identity, state=state)
    found: dict[str, Any] = made.till.get(f"/till/payments/{identity}").json()
    return found


def refunds(made: Counter) -> list[tuple[int, int]]:
    """What really went back at the terminal."""
    books = terminal(made).books[1:]
    back = [one for one in books if one.request != zvt.AUTHORISE and one.result == 0]
    return [(one.request, one.amount_minor) for one in back]


def test_a_part_is_refunded_once_and_its_slip_is_kept(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        sale_id, _ = sold(made, 2 * PRICE)
        back = bring_back(made, sale_id)
        (debt,) = owed(made, back)
        (task,) = tasks(made, "card-refund")
        assert (debt["state"], debt["amount_minor"], debt["card"]) == ("owed", PRICE, "girocard")
        assert (debt["task"], task["document"]) == (task["number"], back)
        identity = new_id()
        for _ in range(2):  # pressed twice
            assert pay_back(made, debt, identity).json()["kind"] == "refund"
        made.events.next("payment", id=identity, state="approved")
        assert pay_back(made, debt, identity).json()["state"] == "approved"
        problem(pay_back(made, debt), 409, "not-now")
        assert refunds(made) == [(zvt.REFUND, PRICE)]
        assert tasks(made, "card-refund") == []
        debt, done = payments(made, back)
        assert (debt["state"], debt["task"], done["message"]["en"]) == (
            "reversed", None, "paid back"
        )  # fmt: skip
        documents = made.till.get("/till/documents", params={"kind": "audit"}).json()["documents"]
        (slip,) = [one for one in documents if one["title"] == "card-refund"]
        assert slip["about"] == back
        assert slip["detail"] == f"terminal {done['receipt']} girocard 67**********1234"


def test_a_whole_charge_of_the_day_is_reversed_and_else_refunded(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        sale_id, (payment,) = sold(made, PRICE)
        mood(made, approves=False)
        (debt,) = owed(made, bring_back(made, sale_id))
        assert ended(made, debt, "declined")["kind"] == "reverse"
        assert len(tasks(made, "card-refund")) == 1
        mood(made, approves=True)
        assert ended(made, debt)["kind"] == "refund"  # the host refused the reversal
        problem(made.till.post(f"/till/payments/{payment}/reverse", json={"id": new_id()}), 409)
        sale_id, (payment,) = sold(made, PRICE)
        (debt,) = owed(made, bring_back(made, sale_id))
        assert ended(made, debt)["kind"] == "reverse"
        assert made.till.get(f"/till/payments/{payment}").json()["state"] == "reversed"
        sale_id, _ = sold(made, PRICE)
        assert made.till.post("/till/terminal/end-of-day", json={}).status_code == 200
        (debt,) = owed(made, bring_back(made, sale_id))
        assert ended(made, debt)["kind"] == "refund"
        assert [request for request, _ in refunds(made)] == [zvt.REFUND, zvt.REVERSE, zvt.REFUND]


def test_each_of_two_cards_gets_back_what_it_paid_at_most(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        sale_id, (first, second) = sold(made, PRICE, 2 * PRICE)
        debts = owed(made, bring_back(made, sale_id, 2))
        parts = {one["reverses"]: one["amount_minor"] for one in debts}
        assert parts == {first: PRICE, second: PRICE}
        (rest,) = owed(made, bring_back(made, sale_id, 1))
        assert (rest["reverses"], rest["amount_minor"]) == (second, PRICE)
        kinds = [ended(made, one)["kind"] for one in (*debts, rest)]
        assert sorted(kinds) == ["refund", "refund", "reverse"]
        assert sum(minor for _, minor in refunds(made)) == 3 * PRICE


def test_what_was_partly_returned_is_neither_voided_nor_reversed(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        sale_id, (payment,) = sold(made, 2 * PRICE)
        bring_back(made, sale_id)
        body = {"id": new_id(), "reason": "rung up twice", "approver": "ben"}
        problem(made.till.post(f"/till/sales/{sale_id}/void", json=body), 409, "already-returned")
        path = f"/till/payments/{payment}/reverse"
        problem(made.till.post(path, json={"id": new_id()}), 409, "not-now")
        assert refunds(made) == []


def test_no_money_goes_to_a_card_without_a_document(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        _, (payment,) = sold(made, PRICE)
        made.till.post("/till/terminal/end-of-day", json={})
        path = f"/till/payments/{payment}/reverse"
        problem(made.till.post(path, json={"id": new_id()}), 409, "not-now")
        problem(made.till.post(f"/till/payments/{new_id()}/reverse", json={"id": new_id()}), 404)
        assert refunds(made) == []


def test_a_blind_return_needs_a_word_and_the_customers_card(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        stock_up(made.shop)
        body = {
            "reason": "gift",
            "lines": [{"sku": "TEA-100", "quantity": 1}],
            "tenders": [{"kind": "card", "amount_minor": PRICE}],
        }
        back = new_id()
        problem(made.till.put(f"/till/returns/{back}", json=body), 403, "approval-needed")
        assert owed(made, back) == []
        assert made.till.put(f"/till/returns/{back}", json=body | {"approver": "ben"}).is_success
        (debt,) = owed(made, back)
        assert (debt["reverses"], ended(made, debt)["kind"]) == ("", "refund")


def test_by_hand_and_without_a_terminal_nothing_is_owed(tmp_path: Path) -> None:
    by_hand = [{"kind": "card", "amount_minor": PRICE, "reference": "T1 0042"}]
    with equipped(tmp_path, **TILL) as made:
        sale_id, _ = sold(made, PRICE)
        assert payments(made, bring_back(made, sale_id, tenders=by_hand)) == []
        assert tasks(made, "card-refund") == []
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    with equipped(elsewhere) as made:
        stock_up(made.shop)
        sale_id = new_id()
        made.till.put(f"/sales/{sale_id}", json=sale())
        assert payments(made, bring_back(made, sale_id)) == []


def test_a_terminal_that_cannot_refund_leaves_it_to_a_person(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        mood(made, refunds=False)
        sale_id, _ = sold(made, 2 * PRICE)
        (debt,) = owed(made, bring_back(made, sale_id))
        assert "refused" in ended(made, debt, "failed")["message"]["en"]
        (task,) = tasks(made, "card-refund")
        path = f"/worklist/{task['number']}/close"
        assert made.till.post(path, json={"note": "by hand: T1 0042"}).status_code == 200
        mood(made, refunds=True)
        problem(pay_back(made, debt), 409, "not-now")
        assert refunds(made) == []


def test_a_kill_in_between_loses_nothing_and_refunds_once(tmp_path: Path) -> None:
    with bench_aside(tmp_path) as aside:
        data = tmp_path / "node"
        _, tokens = make_node(data, devices=devices_of(aside, TILL))
        with counter(data, tokens, aside) as made:
            sale_id, _ = sold(made, 2 * PRICE)
            back = bring_back(made, sale_id)
        identity = new_id()
        with counter(data, tokens, aside) as made:  # killed before the terminal was asked
            (debt,) = owed(made, back)
            mood(made, mute_after=True)
            pay_back(made, debt, identity)
            while not refunds(made):  # the terminal has paid it back, and says nothing
                made.till.get(f"/till/payments/{identity}")
        with counter(data, tokens, aside) as made:
            assert made.till.get(f"/till/payments/{identity}").json()["state"] == "unknown"
            problem(pay_back(made, debt), 409, "not-now")
            mood(made, dead=False)
            aside.hang_up("terminal")  # it is switched on again
            made.events.next("payment", id=identity, state="approved")
            assert tasks(made, "card-refund") == []
            assert refunds(made) == [(zvt.REFUND, PRICE)]


def test_what_nobody_knows_a_person_settles_before_it_is_tried_again(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        sale_id, _ = sold(made, 2 * PRICE)
        (debt,) = owed(made, bring_back(made, sale_id))
        mood(made, mute_before=True)
        identity = new_id()
        pay_back(made, debt, identity)
        while not terminal(made).mood.dead:
            made.till.get(f"/till/payments/{identity}")
        made.aside.unplug("terminal")
        made.events.next("payment", id=identity, state="unknown")
        problem(pay_back(made, debt), 409, "not-now")
        path = f"/till/payments/{identity}/resolve"
        settled = made.till.post(path, json={"charged": False}).json()
        assert (settled["state"], settled["settled_by"]) == ("declined", "till1")
        assert len(tasks(made, "card-refund")) == 1
        assert refunds(made) == []


def test_a_customer_without_the_card_is_not_waited_for(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        sale_id, _ = sold(made, 2 * PRICE)
        (debt,) = owed(made, bring_back(made, sale_id))
        mood(made, think_s=600.0)
        identity = new_id()
        pay_back(made, debt, identity)
        while made.till.post(f"/till/payments/{identity}/cancel", json={}).is_success:
            if made.till.get(f"/till/payments/{identity}").json()["state"] == "declined":
                break
        assert len(tasks(made, "card-refund")) == 1
        assert refunds(made) == []


# -- a terminal that gives a receipt number twice --------------------------------------------------


def test_a_receipt_number_that_came_again_is_not_reversed(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        mood(made, receipt=7)
        first, _ = sold(made, PRICE)
        sold(made, 2 * PRICE)
        void(made, first)
        (charge,) = payments(made, first)
        assert ended(made, charge)["kind"] == "refund"
        assert refunds(made) == [(zvt.REFUND, PRICE)]


def test_a_reversal_that_hit_another_charge_is_told(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        mood(made, receipt=7)
        made.aside.do(lambda: terminal(made).book(zvt.AUTHORISE, 5))  # by hand, at the terminal
        sale_id, _ = sold(made, PRICE)
        void(made, sale_id)
        (charge,) = payments(made, sale_id)
        assert ended(made, charge)["charged_minor"] == 5
        (wrong,) = tasks(made, "card-wrong")
        assert (wrong["told"]["back_minor"], wrong["told"]["charged_minor"]) == (5, PRICE)
        assert payments(made, sale_id)[0]["state"] == "approved"
        assert len(tasks(made)) == 1
        problem(pay_back(made, charge), 409, "not-now")


# -- an exchange that leaves something over --------------------------------------------------------


def exchanged(made: Counter, returned: str, credit: int, total: int) -> str:
    """Finish a sale of one tea that an exchange pays; what is left goes to the card."""
    line = {"sku": "TEA-100", "name": "Green tea", "quantity": 1, "price_minor": total}
    number = made.till.post("/till/life").json()
    body = {
        "life": number["life"],
        "number": 1,
        "business_day": "2026-03-01",
        "at_ms": 1_772_000_000_000,
        "lines": [line | {"tax_code": "std", "tax_ppm": 190_000}],
        "tenders": [
            {"kind": "exchange", "amount_minor": credit, "reference": returned},
            {"kind": "card", "amount_minor": total - credit},
        ],
        "total_minor": total,
        "operator": "ben",
    }
    identity = new_id()
    answers = [made.till.put(f"/till/sales/{identity}", json=body) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200], answers[0].text
    return identity


def test_what_an_exchange_leaves_goes_back_to_the_card_once(tmp_path: Path) -> None:
    with equipped(tmp_path, **TILL) as made:
        sale_id, (payment,) = sold(made, 2 * PRICE)
        credit = [{"kind": "exchange", "amount_minor": 2 * PRICE}]
        back = bring_back(made, sale_id, 2, tenders=credit)
        assert payments(made, back) == []
        spent = exchanged(made, back, 2 * PRICE, PRICE)
        (debt,) = owed(made, spent)
        assert (debt["reverses"], debt["amount_minor"]) == (payment, PRICE)
        assert ended(made, debt)["kind"] == "refund"
        again = exchanged(made, back, 2 * PRICE, PRICE)
        assert owed(made, again) == []
        (task,) = tasks(made, "card-refund")
        assert (task["document"], task["told"]["refund_minor"]) == (again, PRICE)
        made_up = exchanged(made, new_id(), 2 * PRICE, PRICE)
        assert owed(made, made_up) == []
        assert refunds(made) == [(zvt.REFUND, PRICE)]
        assert void(made, spent)
