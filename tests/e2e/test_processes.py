"""Real processes over a real broker: cards are edited and spent while the cables are pulled."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

from provisioning.broker_process import free_port
from provisioning.demo.api import Api, Refusal
from provisioning.demo.chain import Chain, open_chain
from sync.entitlements import key_of

PATIENCE_S = 60.0


def eventually(what: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def field(name: str, value: str) -> dict[str, Any]:
    return {"type": "set_field", "field": name, "value": value}


def edit(api: Api, member: str, *edits: dict[str, Any]) -> None:
    api.call("PATCH", f"/members/{member}", {"edits": list(edits)})


def card(api: Api, member: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = api.get(f"/members/{member}")
    except Refusal as refusal:
        if refusal.status != 404:
            raise
        return None
    return found


def held(api: Api, member: str) -> dict[str, Any]:
    found = card(api, member)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    with open_chain(folder, 2, free_port(), lambda _: None, lambda: None) as chain:
        with closing(chain.headquarters.office()) as office:
            for store in chain.stores:
                body = {"name": store.title, "region": store.region, "currency": "EUR"}
                office.call("PUT", f"/stores/{store.name}", body)
        chain.start_stores()
        yield chain


def redeem(api: Api, key: str, amount: int) -> int:
    """Spend; return the answer's status."""
    asked = {"id": str(uuid4()), "amount": amount}
    try:
        api.call("POST", f"/till/entitlements/{key}/redeem", asked)
    except Refusal as refusal:
        return refusal.status
    return 201


def test_a_gift_card_pays_in_every_store_and_never_twice(running: Chain) -> None:
    key, office = key_of(f"gift:{uuid4()}"), running.headquarters.office()
    one, two = (store.till() for store in running.stores)

    def shown(api: Api) -> dict[str, Any]:
        found: dict[str, Any] = api.get(f"/till/entitlements/{key}")
        return found

    eventually(lambda: all(shown(api)["linked"] for api in (one, two)))
    share = {"store": running.stores[0].name, "amount": 5_000}
    office.call("POST", "/entitlements", {"key": key, "amount": 5_000, "shares": [share]})
    eventually(lambda: shown(one)["here"] == 5_000)
    eventually(lambda: redeem(two, key, 3_000) == 201)
    for store in running.stores:
        store.proxy.cut()
    eventually(lambda: not shown(two)["linked"])
    assert redeem(one, key, 2_000) == 201
    assert redeem(one, key, 1) == redeem(two, key, 1) == 409
    for store in running.stores:
        store.proxy.restore()
    eventually(lambda: office.get(f"/entitlements/{key}")["total"] == 0)
    for api in (office, one, two):
        api.close()


def test_a_card_edited_behind_pulled_cables_becomes_one(running: Chain) -> None:
    chain, office = running, running.headquarters.office()
    one, two = (store.till() for store in chain.stores)
    eventually(lambda: all(api.get("/status")["link"] == "up" for api in (one, two)))
    member = str(uuid4())
    one.call("POST", "/members", {"id": member, "edits": [field("name", "Ada")]})
    eventually(lambda: card(office, member) is not None)
    eventually(lambda: card(two, member) is not None)
    for store in chain.stores:
        store.proxy.cut()
    edit(one, member, field("phone", "0123 4567"), {"type": "add_tag", "tag": "one"})
    edit(two, member, field("email", "ada@example.org"), {"type": "add_tag", "tag": "two"})
    edit(office, member, field("name", "Ada Lovelace"), {"type": "add_tag", "tag": "hq"})
    for store in chain.stores:
        store.proxy.restore()
    everybody = (office, one, two)
    eventually(lambda: all(len(held(api, member)["tags"]) == 3 for api in everybody))
    first, *others = (held(api, member) for api in everybody)
    assert all(other == first for other in others)
    assert (first["name"], first["phone"]) == ("Ada Lovelace", "0123 4567")
    assert one.get("/members", q="0123")["members"][0]["email"] == "ada@example.org"
    for api in everybody:
        api.close()
