"""A listener misses nothing, and a stream ends with its token."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.node import wall_clock
from edge.people import access
from edge.web import stream
from tests.edge.web.shop import Shop, new_id, open_shop, problem, sale, stock_up

Event = tuple[str, str, dict[str, Any]]


def events(answer: httpx.Response) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in answer.iter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield fields["id"], fields["event"], json.loads(fields["data"])
            fields = {}


def listen(client: httpx.Client, after: str, count: int, **headers: str) -> list[Event]:
    with client.stream("GET", "/events", params={"after": after}, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        found = events(answer)
        return [next(found) for _ in range(count)]


def test_a_listener_hears_what_is_sold(shop: Shop, till: httpx.Client) -> None:
    sold = till.put(f"/sales/{new_id()}", json=sale()).json()
    place = f"{sold['journal']}:{sold['seq'] - 1}"
    with shop.client("readonly") as display:
        ((identity, name, change),) = listen(display, place, 1)
    assert identity == f"{sold['journal']}:{sold['seq']}"
    assert (name, change["id"], change["actor"]) == ("Sale", sold["id"], "till1")
    assert change["stock"] == {"TEA-100": shop.on_hand("TEA-100")}


def test_a_waiting_listener_is_woken(shop: Shop, till: httpx.Client) -> None:
    heard: list[Event] = []
    listening = threading.Event()

    def wait() -> None:
        with shop.client("readonly") as display, display.stream("GET", "/events") as answer:
            listening.set()
            heard.append(next(events(answer)))

    thread = threading.Thread(target=wait)
    thread.start()
    assert listening.wait(10)
    sold = till.put(f"/sales/{new_id()}", json=sale()).json()
    thread.join(10)
    assert [change["id"] for _, _, change in heard] == [sold["id"]]


def test_a_listener_goes_on_where_it_was_and_misses_nothing(shop: Shop, till: httpx.Client) -> None:
    ids = [till.put(f"/sales/{new_id()}", json=sale()).json() for _ in range(3)]
    place = f"s0001-n7:{ids[0]['seq']}"
    heard = listen(till, "", 2, **{"Last-Event-ID": place})
    assert [change["id"] for _, _, change in heard] == [sold["id"] for sold in ids[1:]]


@pytest.mark.parametrize("place", ["s0001-n6:1", "s0001-n7:999999"])
def test_a_listener_of_another_life_is_told_to_start_over(till: httpx.Client, place: str) -> None:
    ((identity, name, data),) = listen(till, place, 1)
    head = till.get("/status").json()["seq"]
    assert (identity, name) == (f"s0001-n7:{head}", "restart")
    assert data == {"journal": "s0001-n7", "seq": head}


@pytest.mark.parametrize("place", ["x", "s0001-n7:", "s0001-n7:-1", "s0001-n7:٣"])
def test_a_malformed_place_is_refused(till: httpx.Client, place: str) -> None:
    document = problem(till.get("/events", params={"after": place}), 422)
    assert document["field"] == "Last-Event-ID"


def test_listeners_are_bounded(
    shop: Shop, till: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LISTENERS_MAX", 0)
    answer = till.get("/events")
    problem(answer, 503, "too-many-listeners")
    assert answer.headers["retry-after"] == "1"


def test_a_stream_ends_with_its_token_and_with_the_node(
    own_data: tuple[Path, dict[str, str]],
) -> None:
    data, tokens = own_data
    ended: list[str] = []

    def hear(shop: Shop, role: str, listening: threading.Event) -> None:
        with shop.client(role) as client, client.stream("GET", "/events") as answer:
            listening.set()
            for _ in events(answer):
                pass
            ended.append(role)

    with open_shop(data, tokens) as shop:
        threads = []
        for role in ("till", "pos"):
            listening = threading.Event()
            threads.append(threading.Thread(target=hear, args=(shop, role, listening)))
            threads[-1].start()
            assert listening.wait(10)
        with closing(connect(data / DATABASE)) as connection:
            access.revoke_device(connection, "till1", wall_clock())
        stock_up(shop)
        threads[0].join(10)
        assert ended == ["till"]
    threads[1].join(10)
    assert ended == ["till", "pos"]
