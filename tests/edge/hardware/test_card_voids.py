"""What a void leaves charged on a card is somebody's task until the terminal has undone it."""

from pathlib import Path
from typing import Any

from tests.edge.hardware.shop import Counter, bench_aside, counter, devices_of, equipped
from tests.edge.hardware.test_payments import charged, mood, terminal
from tests.edge.web.shop import make_node, new_id, problem, sale, stock_up

PRICE = 499


def sold_by_card(made: Counter) -> tuple[str, str]:
    """Charge a card and sell for it; return the ids of sale and payment."""
    stock_up(made.shop)
    sale_id, payment = new_id(), new_id()
    body = {"amount_minor": PRICE, "sale_id": sale_id}
    assert made.till.put(f"/till/payments/{payment}", json=body).status_code == 200
    made.events.next("payment", id=payment, state="approved")
    paid = sale(tenders=[{"kind": "card", "amount_minor": PRICE}])
    assert made.till.put(f"/sales/{sale_id}", json=paid).status_code == 201
    return sale_id, payment


def void(made: Counter, sale_id: str, **more: Any) -> str:
    """Void a sale, twice under the same id; return it."""
    body = {"id": new_id(), "reason": "rung up twice", "approver": "ben"} | more
    path = f"/till/sales/{sale_id}/void"
    assert [made.till.post(path, json=body).status_code for _ in range(2)] == [201, 200]
    return str(body["id"])


def payments(made: Counter, sale_id: str) -> list[dict[str, Any]]:
    found = made.till.get("/till/payments", params={"sale": sale_id}).json()["payments"]
    assert isinstance(found, list)
    return found


def tasks(made: Counter, kind: str = "card-void") -> list[dict[str, Any]]:
    items = made.till.get("/worklist").json()["items"]
    return [one for one in items if one["kind"] == kind]


def test_a_void_is_a_task_until_its_card_is_reversed(tmp_path: Path) -> None:
    with equipped(tmp_path, terminal="terminal-zvt") as made:
        sale_id, payment = sold_by_card(made)
        assert [one["task"] for one in payments(made, sale_id)] == [None]
        void_id = void(made, sale_id)
        (task,) = tasks(made)
        assert (task["document"], task["told"]["charged_minor"]) == (void_id, PRICE)
        assert [one["task"] for one in payments(made, sale_id)] == [task["number"]]
        undo = new_id()
        made.till.post(f"/till/payments/{payment}/reverse", json={"id": undo})
        made.events.next("payment", id=undo, state="approved")
        paid, undone = payments(made, sale_id)
        assert (paid["state"], paid["task"], undone["state"]) == ("reversed", None, "approved")
        assert tasks(made) == []
        assert payments(made, new_id()) == []


def test_what_was_reversed_before_or_paid_in_cash_is_no_task(tmp_path: Path) -> None:
    with equipped(tmp_path, terminal="terminal-zvt") as made:
        before, payment = sold_by_card(made)
        undo = new_id()
        made.till.post(f"/till/payments/{payment}/reverse", json={"id": undo})
        made.events.next("payment", id=undo, state="approved")
        void(made, before)
        in_cash, _ = sold_by_card(made)
        void(made, in_cash, tenders=[{"kind": "cash", "amount_minor": PRICE}])
        assert tasks(made) == []
        assert [one["task"] for one in payments(made, in_cash)] == [None]


def test_a_terminal_that_refuses_leaves_the_task(tmp_path: Path) -> None:
    with equipped(tmp_path, terminal="terminal-zvt") as made:
        sale_id, payment = sold_by_card(made)
        void(made, sale_id)
        mood(made, approves=False)
        undo, again = new_id(), new_id()
        path = f"/till/payments/{payment}/reverse"
        made.till.post(path, json={"id": undo})
        made.events.next("payment", id=undo, state="declined")
        (task,) = tasks(made)
        mood(made, approves=True)
        made.till.post(path, json={"id": again})
        made.events.next("payment", id=again, state="approved")
        assert tasks(made) == []
        assert payments(made, sale_id)[0]["state"] == "reversed"
        with made.shop.client("stock") as stock:
            path = f"/worklist/{task['number']}/close"
            closed = stock.post(path, json={"note": "seen"})
        assert closed.json()["repeated"] is True


def test_after_the_terminals_day_it_is_refunded_or_a_person_does(tmp_path: Path) -> None:
    with equipped(tmp_path, terminal="terminal-zvt") as made:
        sale_id, payment = sold_by_card(made)
        by_hand, _ = sold_by_card(made)
        assert made.till.post("/till/terminal/end-of-day", json={}).status_code == 200
        path = f"/till/payments/{payment}/reverse"
        refused = made.till.post(path, json={"id": new_id()})  # nothing asks for it yet
        assert "refund the card" in problem(refused, 409, "not-now")["detail"]
        void(made, sale_id)
        undo = new_id()
        assert made.till.post(path, json={"id": undo}).json()["kind"] == "refund"
        made.events.next("payment", id=undo, state="approved")
        assert payments(made, sale_id)[0]["state"] == "reversed"
        void(made, by_hand)
        (task,) = tasks(made)
        with made.shop.client("stock") as stock:
            path = f"/worklist/{task['number']}/close"
            assert stock.post(path, json={"note": "refunded by hand"}).status_code == 200
        (paid,) = payments(made, by_hand)
        assert (paid["state"], paid["task"]) == ("approved", None)


def test_a_kill_between_void_and_reversal_loses_neither(tmp_path: Path) -> None:
    with bench_aside(tmp_path) as aside:
        data = tmp_path / "node"
        _, tokens = make_node(data, devices=devices_of(aside, {"terminal": "terminal-zvt"}))
        with counter(data, tokens, aside) as made:
            sale_id, payment = sold_by_card(made)
            void(made, sale_id)
        undo = new_id()
        with counter(data, tokens, aside) as made:
            assert len(tasks(made)) == 1
            mood(made, mute_after=True)
            made.till.post(f"/till/payments/{payment}/reverse", json={"id": undo})
            while len(charged(made)) < 2:  # the terminal has undone it, and says nothing
                made.till.get(f"/till/payments/{undo}")
        with counter(data, tokens, aside) as made:
            assert len(tasks(made)) == 1
            mood(made, dead=False)
            aside.hang_up("terminal")  # it is switched on again
            made.events.next("payment", id=undo, state="approved")
            assert tasks(made) == []
            assert len(terminal(made).books) == 3
