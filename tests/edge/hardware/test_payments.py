"""A card is charged once, and a payment nobody knows of is asked for before any other."""

from contextlib import closing
from pathlib import Path
from typing import Any, cast

from devices.simulated.terminal import TerminalPeer
from edge.books.backup import DATABASE
from edge.books.database import connect
from tests.edge.hardware.shop import Counter, bench_aside, counter, devices_of, equipped
from tests.edge.web.shop import make_node, new_id, problem

SALE = new_id()


def terminal(made: Counter) -> TerminalPeer:
    return cast(TerminalPeer, made.peer("terminal"))


def charge(made: Counter, identity: str, amount_minor: int = 1299) -> dict[str, Any]:
    body = {"amount_minor": amount_minor, "sale_id": SALE}
    answer = made.till.put(f"/till/payments/{identity}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def mood(made: Counter, **values: Any) -> None:
    def verb() -> None:
        for name, value in values.items():
            setattr(terminal(made).mood, name, value)

    made.aside.do(verb)


def charged(made: Counter) -> list[int]:
    books = terminal(made).books[1:]
    return [one.amount_minor for one in books if one.result == 0]


def test_a_card_is_charged_once_however_often_it_is_asked(tmp_path: Path) -> None:
    with equipped(tmp_path, terminal="terminal-zvt") as made:
        identity = new_id()
        assert charge(made, identity)["state"] == "pending"
        made.events.next("payment", id=identity, state="approved")
        again = charge(made, identity)
        assert (again["state"], again["charged_minor"]) == ("approved", 1299)
        assert again["card"] == "girocard"
        assert charged(made) == [1299]
        other = {"amount_minor": 1, "sale_id": SALE}
        problem(made.till.put(f"/till/payments/{identity}", json=other), 409, "conflict")
        problem(made.till.get(f"/till/payments/{new_id()}"), 404, "unknown-job")


def test_a_declined_card_is_not_charged(tmp_path: Path) -> None:
    with equipped(tmp_path, terminal="terminal-zvt") as made:
        mood(made, approves=False)
        identity = new_id()
        charge(made, identity)
        made.events.next("payment", id=identity, state="declined")
        assert charged(made) == []


def test_a_customer_may_change_their_mind(tmp_path: Path) -> None:
    with equipped(tmp_path, terminal="terminal-zvt") as made:
        mood(made, think_s=600.0)
        identity = new_id()
        charge(made, identity)
        busy = made.till.put(
            f"/till/payments/{new_id()}", json={"amount_minor": 5, "sale_id": SALE}
        )
        assert identity in problem(busy, 409, "not-now")["detail"]
        while made.till.post(f"/till/payments/{identity}/cancel", json={}).status_code == 200:
            if made.till.get(f"/till/payments/{identity}").json()["state"] == "declined":
                break
        assert charged(made) == []


def test_a_charge_given_up_before_it_arrives_is_never_made(tmp_path: Path) -> None:
    with equipped(tmp_path, terminal="terminal-zvt") as made:
        late, next_one = new_id(), new_id()
        mood(made, think_s=600.0)
        charge(made, next_one)  # also while the terminal serves somebody else
        for _ in range(2):
            given_up = made.till.post(f"/till/payments/{late}/cancel", json={}).json()
            assert (given_up["state"], given_up["message"]["en"]) == ("failed", "not charged")
        assert charge(made, late)["state"] == "failed"
        assert made.till.get(f"/till/payments/{next_one}").json()["state"] == "pending"
        assert charged(made) == []


def test_a_payment_is_reversed_once(tmp_path: Path) -> None:
    with equipped(tmp_path, terminal="terminal-zvt") as made:
        identity, undo = new_id(), new_id()
        charge(made, identity)
        made.events.next("payment", id=identity, state="approved")
        path = f"/till/payments/{identity}/reverse"
        assert made.till.post(path, json={"id": undo}).json()["reverses"] == identity
        made.events.next("payment", id=undo, state="approved")
        assert made.till.get(f"/till/payments/{identity}").json()["state"] == "reversed"
        assert made.till.post(path, json={"id": undo}).json()["state"] == "approved"
        problem(made.till.post(path, json={"id": new_id()}), 409, "not-now")
        ended = made.till.post("/till/terminal/end-of-day", json={})
        assert ended.json()["total_minor"] == sum(b.amount_minor for b in terminal(made).books)


def test_a_lost_result_is_asked_for_after_a_restart(tmp_path: Path) -> None:
    with bench_aside(tmp_path) as aside:
        data = tmp_path / "node"
        _, tokens = make_node(data, devices=devices_of(aside, {"terminal": "terminal-zvt"}))
        first, second = new_id(), new_id()
        with counter(data, tokens, aside) as made:
            charge(made, first)
            made.events.next("payment", id=first, state="approved")
            mood(made, mute_after=True)
            charge(made, second, 777)
            while charged(made) != [1299, 777]:  # the terminal has booked it, and says nothing
                made.till.get(f"/till/payments/{second}")
        with closing(connect(data / DATABASE, readonly=True)) as connection:
            kept = connection.execute("SELECT state FROM payment WHERE id = ?", (second,))
            assert kept.fetchone()[0] in ("pending", "unknown")
        with counter(data, tokens, aside) as made:
            assert made.till.get(f"/till/payments/{second}").json()["state"] == "unknown"
            refused = made.till.put(
                f"/till/payments/{new_id()}", json={"amount_minor": 5, "sale_id": SALE}
            )
            assert second in problem(refused, 409, "not-now")["detail"]
            mood(made, dead=False)
            aside.hang_up("terminal")  # it is switched on again
            paid = made.events.next("payment", id=second, state="approved")
            assert paid["amount_minor"] == 777
            assert charged(made) == [1299, 777]


def test_what_was_never_sent_is_known_not_to_be_charged(tmp_path: Path) -> None:
    with bench_aside(tmp_path) as aside:
        data = tmp_path / "node"
        _, tokens = make_node(data, devices=devices_of(aside, {"terminal": "terminal-zvt"}))
        identity = new_id()
        with counter(data, tokens, aside) as made:
            mood(made, refuses=True)
            aside.hang_up("terminal")
            charge(made, identity)
            made.events.next("payment", id=identity, state="failed")
        with closing(connect(data / DATABASE)) as connection:  # killed before it was sent
            connection.execute("UPDATE payment SET state = 'pending'")
        with counter(data, tokens, aside) as made:
            found = made.till.get(f"/till/payments/{identity}").json()
            assert (found["state"], found["message"]["en"]) == ("failed", "not charged")


def test_a_terminal_that_never_answers_again_is_settled_by_a_person(tmp_path: Path) -> None:
    with bench_aside(tmp_path) as aside:
        data = tmp_path / "node"
        _, tokens = make_node(data, devices=devices_of(aside, {"terminal": "terminal-zvt"}))
        identity = new_id()
        with counter(data, tokens, aside) as made:
            charge(made, new_id(), 1)
            made.events.next("payment", state="approved")
            mood(made, mute_before=True)
            charge(made, identity)
            while not terminal(made).mood.dead:
                made.till.get(f"/till/payments/{identity}")
            aside.unplug("terminal")
            unknown = made.events.next("payment", id=identity, state="unknown")
            assert "asked" in unknown["message"]["en"]
            path = f"/till/payments/{identity}/resolve"
            settled = made.till.post(path, json={"charged": False}).json()
            assert (settled["state"], settled["settled_by"]) == ("declined", "till1")
            problem(made.till.post(path, json={"charged": True}), 409, "not-now")
