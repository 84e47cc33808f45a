"""A voided sale's card gets its money back at the terminal, or somebody has it on a list."""

import re
from contextlib import closing
from typing import Any, cast

import pytest
from playwright.sync_api import expect

from devices.simulated.terminal import TerminalPeer
from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import Cashier
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")


def _tasks(shop: Branch) -> list[Any]:
    with closing(shop.manager()) as node:
        items = node.get("/worklist")["items"]
    return [one for one in items if one["kind"] == "card-void"]


def _void(cashier: Cashier, receipt: str) -> None:
    page = cashier.page
    page.goto("/till/desk/documents")
    page.get_by_role("button", name=re.compile(f"Sale {receipt}")).click()
    cashier.press("Void the sale")
    dialog = page.get_by_role("dialog", name="Void the sale")
    expect(dialog).to_contain_text("What a terminal of the store charged is undone there next")
    dialog.get_by_role("textbox").fill("rung up twice")
    dialog.get_by_role("button", name=re.compile("^Void €")).click()


def test_a_void_gives_the_card_its_money_back(shop: Branch, visit: Visit) -> None:
    cashier, hardware = visit(), shop.store.hardware
    terminal = cast(TerminalPeer, hardware.peer("terminal"))
    cashier.man_counter(shop, "wei")
    cashier.ring_up(shop.code("DAI-001"), total="€1.29")
    cashier.key("F12")
    cashier.key("F2")
    cashier.press(re.compile("^Charge €1.29"))
    receipt = cashier.receipt()
    expect(cashier.done).to_contain_text("in the store’s node")
    hardware.use("terminal", lambda: setattr(terminal.mood, "approves", False))
    _void(cashier, receipt)
    cashier.sees("The terminal did not undo €1.29")
    assert len(_tasks(shop)) == 1
    cashier.page.reload()
    hardware.use("terminal", lambda: setattr(terminal.mood, "approves", True))
    cashier.page.goto("/till/desk/documents")
    cashier.page.get_by_role("button", name=re.compile(f"Sale {receipt}")).click()
    cashier.press("Undo at the terminal")
    cashier.sees("€1.29 went back to girocard")
    assert _tasks(shop) == []
