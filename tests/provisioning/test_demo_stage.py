"""What the demo prints for a newcomer is true: the till's address and token let a browser in."""

from pathlib import Path

import httpx

from provisioning.broker_process import free_port
from provisioning.demo.chain import open_chain
from provisioning.demo.hardware import HAND_TILL
from provisioning.demo.opening import PEOPLE
from provisioning.demo.stage import addresses, by_hand, hand_till


def test_a_newcomer_can_set_a_till_up_with_what_is_printed(tmp_path: Path) -> None:
    pins = {staff: f"{number:06d}" for number, (staff, _, _) in enumerate(PEOPLE)}
    with open_chain(tmp_path, 1, free_port(), lambda _: None, lambda: None, by_hand=True) as chain:
        chain.start_stores()
        (store,) = chain.stores
        token = hand_till(store)
        told = "\n".join([*addresses(chain, pins), *by_hand(store, token, pins)])
        assert store.by_hand
        assert str(store.by_hand.receipts) in told
        for words in (token, chain.headquarters.token, *pins.values(), f"{store.url}/till/"):
            assert words in told
        assert f"kill -9 {store.program.pid}" in told
        setup = httpx.get(
            f"{store.url}/api/v1/till/setup",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
        ).raise_for_status()
        assert setup.json()["till"] == HAND_TILL
        categories = {device["category"] for device in setup.json()["devices"]}
        assert {"CAT", "LineDisplay", "POSPrinter", "Scale"} <= categories
