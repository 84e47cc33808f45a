"""Real processes over a real broker: a card is edited everywhere while the cables are pulled."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from provisioning.broker_process import free_port
from provisioning.demo.api import Api, Refusal
from provisioning.demo.chain import Chain, open_chain

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


def test_a_card_edited_behind_pulled_cables_becomes_one(tmp_path: Path) -> None:
    with open_chain(tmp_path, 2, free_port(), lambda _: None, lambda: None) as chain:
        office = chain.headquarters.office()
        for store in chain.stores:
            body = {"name": store.title, "region": store.region, "currency": "EUR"}
            office.call("PUT", f"/stores/{store.name}", body)
        chain.start_stores()
        tell(chain, office)


def tell(chain: Chain, office: Api) -> None:
    one, two = (store.till() for store in chain.stores)
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
