"""People log in at devices; wrong PINs lock them, through a restart too."""

from pathlib import Path

import httpx
import pytest

from edge.people.access import DEVICE_FAILURES_MAX, FAILURES_WINDOW_MS, SESSION_MS
from tests.edge.web.shop import PIN, Shop, new_id, open_shop, problem, sale, stock_up

Data = tuple[Path, dict[str, str]]


def log_in(client: httpx.Client, staff: str, pin: str = PIN) -> httpx.Response:
    return client.post("/staff/login", json={"staff": staff, "pin": pin})


def as_person(shop: Shop, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{shop.url}/api/v1", headers=headers)


def test_a_person_logs_in_sells_and_logs_out(shop: Shop, till: httpx.Client) -> None:
    answer = log_in(till, "ana").json()
    assert (answer["name"], answer["roles"]) == ("Ana", ["cashier"])
    with as_person(shop, answer["token"]) as ana:
        assert ana.get("/whoami").json()["staff"] == "ana"
        sale_id = new_id()
        assert ana.put(f"/sales/{sale_id}", json=sale()).status_code == 201
        assert ana.get(f"/sales/{sale_id}").json()["actor"] == "ana@till1"
        problem(ana.post("/stock/grants", json={}), 403)
        assert ana.post("/staff/logout").status_code == 200
        problem(ana.get("/whoami"), 401)
    problem(till.post("/staff/logout"), 422)


def test_a_manager_may_more_than_the_till_but_not_on_a_display(shop: Shop) -> None:
    with shop.client("till") as till, shop.client("readonly") as display:
        with as_person(shop, log_in(till, "ben").json()["token"]) as ben:
            assert ben.get("/quarantine").status_code == 200
        with as_person(shop, log_in(display, "ben").json()["token"]) as ben:
            problem(ben.get("/quarantine"), 403)
            problem(ben.put(f"/sales/{new_id()}", json=sale()), 403)


@pytest.mark.parametrize(("staff", "pin"), [("ana", "0000"), ("gone", PIN), ("nobody", PIN)])
def test_who_may_not_is_not_told_why(till: httpx.Client, staff: str, pin: str) -> None:
    detail = problem(log_in(till, staff, pin), 401)["detail"]
    assert detail == "Name or PIN is wrong: check both and try again."


def test_five_wrong_pins_lock_through_a_restart(own_data: Data) -> None:
    data, tokens = own_data
    with open_shop(data, tokens) as shop, shop.client("till") as till:
        for _ in range(5):
            problem(log_in(till, "ana", "0000"), 401)
        problem(log_in(till, "ana"), 429, "too-many-tries")
        assert log_in(till, "ben").status_code == 200
    with open_shop(data, tokens) as shop, shop.client("pos") as other:
        problem(log_in(other, "ana"), 429)
        begin_ms = shop.node.clock()
        shop.node.clock = lambda: begin_ms + FAILURES_WINDOW_MS
        assert log_in(other, "ana").status_code == 200


def test_a_device_that_tries_all_names_is_locked_and_others_are_not(own_data: Data) -> None:
    data, tokens = own_data
    with open_shop(data, tokens) as shop, shop.client("till") as till, shop.client("pos") as other:
        for number in range(DEVICE_FAILURES_MAX):
            problem(log_in(till, f"person{number // 4}", "0000"), 401)
        problem(log_in(till, "ana"), 429, "too-many-tries")
        assert log_in(other, "ana").status_code == 200


def test_a_right_pin_forgets_the_wrong_ones(own_data: Data) -> None:
    data, tokens = own_data
    with open_shop(data, tokens) as shop, shop.client("till") as till:
        for _ in range(2):
            for _ in range(4):
                problem(log_in(till, "ana", "0000"), 401)
            assert log_in(till, "ana").status_code == 200


def test_a_session_ends_by_time_and_survives_a_restart(own_data: Data) -> None:
    data, tokens = own_data
    with open_shop(data, tokens) as shop, shop.client("till") as till:
        token = log_in(till, "ana").json()["token"]
    with open_shop(data, tokens) as shop, as_person(shop, token) as ana:
        stock_up(shop)
        assert ana.get("/whoami").status_code == 200
        begin_ms = shop.node.clock()
        shop.node.clock = lambda: begin_ms + SESSION_MS
        problem(ana.get("/whoami"), 401)
        problem(ana.put(f"/sales/{new_id()}", json=sale()), 401)
