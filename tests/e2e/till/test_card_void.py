"""What a void or a return owes a card goes back at the terminal, or somebody has it on a list."""

import re
from contextlib import closing
from typing import Any, cast

import pytest
from playwright.sync_api import expect

from devices import zvt
from devices.simulated.terminal import TerminalPeer
from tests.e2e.test_processes import eventually
from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import Cashier
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")


def _tasks(shop: Branch, kind: str = "card-void") -> list[Any]:
    with closing(shop.manager()) as node:
        items = node.get("/worklist")["items"]
    return [one for one in items if one["kind"] == kind]


def _void(cashier: Cashier, receipt: str) -> None:
    page = cashier.page
    page.goto("/till/desk/documents")
    page.get_by_role("button", name=re.compile(f"Sale {receipt}")).click()
    cashier.press("Void the sale")
    dialog = page.get_by_role("dialog", name="Void the sale")
    expect(dialog).to_contain_text("What a terminal of the store charged is undone there next")
    dialog.get_by_role("textbox").fill("rung up twice")
    dialog.get_by_role("button", name=re.compile("^Void €")).click()


def _charge(cashier: Cashier, total: str) -> str:
    """Have the terminal charge what was rung up; return the receipt number."""
    cashier.key("F12")
    cashier.key("F2")
    cashier.press(re.compile(f"^Charge {total}"))
    receipt = cashier.receipt()
    expect(cashier.done).to_contain_text("in the store’s node")
    return receipt


def test_a_void_gives_the_card_its_money_back(shop: Branch, visit: Visit) -> None:
    cashier, hardware = visit(), shop.store.hardware
    terminal = cast(TerminalPeer, hardware.peer("terminal"))
    cashier.man_counter(shop, "wei")
    cashier.ring_up(shop.code("DAI-001"), total="€1.29")
    receipt = _charge(cashier, "€1.29")
    hardware.use("terminal", lambda: setattr(terminal.mood, "approves", False))
    _void(cashier, receipt)
    cashier.sees("The terminal did not pay €1.29 back")
    assert len(_tasks(shop)) == 1
    cashier.page.reload()
    hardware.use("terminal", lambda: setattr(terminal.mood, "approves", True))
    cashier.page.goto("/till/desk/documents")
    cashier.page.get_by_role("button", name=re.compile(f"Sale {receipt}")).click()
    cashier.press("Undo at the terminal")
    cashier.sees("€1.29 went back to girocard")
    assert _tasks(shop) == []


def test_a_return_gives_the_card_its_part_though_the_terminal_falls_silent(
    shop: Branch, visit: Visit
) -> None:
    cashier, hardware = visit(), shop.store.hardware
    terminal = cast(TerminalPeer, hardware.peer("terminal"))
    cashier.man_counter(shop, "wei")
    milk = shop.code("DAI-001")
    cashier.ring_up(milk, milk, total="€2.58")
    receipt = _charge(cashier, "€2.58")
    hardware.use("terminal", lambda: setattr(terminal.mood, "mute_after", True))
    dialog = cashier.take_back(receipt, "Meadow Lane")
    expect(dialog.get_by_role("radio", name="The terminal")).to_be_checked()
    dialog.get_by_role("button", name="Refund", exact=True).click()
    cashier.sees(re.compile("Ask the customer for girocard …1234"))
    eventually(lambda: terminal.mood.dead)  # it has paid back, and says nothing
    expect(cashier.page.get_by_role("button", name="Done")).to_be_disabled()
    hardware.hang_up("terminal")
    cashier.sees("Nobody knows whether €1.29 went back.")
    assert len(_tasks(shop, "card-refund")) == 1
    cashier.page.goto("/till/desk/documents")
    cashier.page.get_by_role("button", name=re.compile("Return t1-")).first.click()
    cashier.sees("Nobody knows whether €1.29 went back.")
    hardware.use("terminal", lambda: setattr(terminal.mood, "dead", False))
    hardware.hang_up("terminal")
    cashier.sees("€1.29 went back to girocard")
    assert _tasks(shop, "card-refund") == []
    assert [(one.request, one.amount_minor) for one in terminal.books[-2:]] == [
        (zvt.AUTHORISE, 258),
        (zvt.REFUND, 129),
    ]
