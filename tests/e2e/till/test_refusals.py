"""Whatever goes wrong, the till says what to do next, and no sale is lost or made twice."""

import re
from contextlib import closing
from typing import cast

import pytest
from playwright.sync_api import expect

from devices.simulated.printer import PrinterPeer
from devices.simulated.terminal import TerminalPeer
from provisioning.demo.hardware import TILL
from tests.e2e.test_processes import eventually
from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import NAMES, Cashier
from tests.e2e.till.conftest import NO_PRICE_CODE, Visit

pytestmark = pytest.mark.xdist_group("till")
_CLOCK = """{
  const now = Date.now;
  globalThis.clockOffMs = 0;
  Date.now = () => now() + globalThis.clockOffMs;
}"""


def refuse(cashier: Cashier, code: str, title: str, step: str) -> None:
    """Scan what must not be sold: a dialog says why, and its step leaves the basket as it was."""
    cashier.scan(code)
    dialog = cashier.page.get_by_role("dialog", name=title)
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name=step).click()
    expect(dialog).to_be_hidden()


def test_what_must_not_be_sold_is_not(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.begin(shop, "bad1")
    milk, infant = shop.code("DAI-001").zfill(14), shop.code("FOR-001").zfill(14)
    cashier.ring_up(milk, total="€1.29")
    refuse(cashier, "9520001999987", "Unknown code", "Leave it out")
    refuse(cashier, f"\x1d01{infant}10L2407", "Recalled", "Leave it out")
    refuse(cashier, f"\x1d01{milk}17250131", "Past its date", "Leave it out")
    refuse(cashier, NO_PRICE_CODE, "No price yet", "Leave it out")
    refuse(cashier, shop.code("TOB-001"), "Is the customer 18 or older?", "No, don’t sell")
    refuse(cashier, "95200010005", "Unknown code", "Leave it out")
    expect(cashier.total).to_have_text("€1.29")
    cashier.key("F12")
    expect(cashier.page.get_by_role("region", name="Pay")).to_be_visible()
    cashier.type("100")
    cashier.key("Enter")
    expect(cashier.page.locator(".pay__due")).to_have_text("€0.29")
    cashier.key("Enter")
    expect(cashier.done).to_be_visible()
    expect(cashier.done).to_contain_text("in the store’s node")


def test_a_coupon_that_was_used_up_elsewhere_is_refused(shop: Branch, visit: Visit) -> None:
    first, second = visit(), visit()
    first.begin(shop, "cou1")
    second.begin(shop, "cou2", "jonas")
    milk = shop.code("DAI-001")
    first.ring_up(milk, total="€1.29")
    first.scan("ONCE")
    expect(first.total).to_have_text("€0.29")
    first.sees("Coupon ONCE is used")
    second.ring_up(milk, total="€1.29")
    second.scan("ONCE")
    second.sees(re.compile("^Coupon ONCE does not count: It is used up at this store"))
    expect(second.total).to_have_text("€1.29")
    first.pay_cash()
    second.pay_cash()


def test_a_store_that_was_wiped_begins_a_new_life(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    token = shop.admit("wipe1")
    cashier.enrol(token)
    cashier.log_in(NAMES["ana"], shop.pins["ana"])
    cashier.open_shift(0)
    milk = shop.code("DAI-001")
    receipts = [cashier.sell(milk, total="€1.29")]
    expect(cashier.done).to_contain_text("in the store’s node")
    cashier.page.goto("about:blank")
    browser = cashier.page.context.new_cdp_session(cashier.page)
    wiped = {"origin": shop.store.url, "storageTypes": "indexeddb"}
    browser.send("Storage.clearDataForOrigin", wiped)
    cashier.page.goto("/till/")
    cashier.sees(re.compile("^This browser’s store was emptied"))
    cashier.enrol(token)
    cashier.log_in(NAMES["ana"], shop.pins["ana"])
    receipts.append(cashier.sell(milk, total="€1.29"))
    expect(cashier.done).to_contain_text("in the store’s node")
    assert receipts[0] != receipts[1]
    with closing(shop.manager()) as node:
        for receipt in receipts:
            assert len(node.get("/sales", receipt=receipt)["sales"]) == 1


def test_a_clock_that_jumps_is_told_and_loses_no_sale(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.page.add_init_script(_CLOCK)
    cashier.begin(shop, "clock1")
    milk = shop.code("DAI-001")
    cashier.ring_up(milk, total="€1.29")
    cashier.page.evaluate("clockOffMs = 3 * 3600 * 1000")
    cashier.sees(re.compile("^This till’s clock is 1[78][0-9] minutes off"))
    receipt = cashier.pay_cash()
    expect(cashier.done).to_contain_text("in the store’s node")
    with closing(shop.manager()) as node:
        assert len(node.get("/sales", receipt=receipt)["sales"]) == 1


def test_hardware_that_fails_says_what_to_do(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.man_counter(shop, "ana")
    _pay_at_a_dead_terminal(shop, cashier)
    _print_without_paper(shop, cashier)


def _pay_at_a_dead_terminal(shop: Branch, cashier: Cashier) -> None:
    hardware = shop.store.hardware
    terminal = cast(TerminalPeer, hardware.peer("terminal"))
    hardware.use("terminal", lambda: setattr(terminal.mood, "dead", True))
    cashier.ring_up(shop.code("DAI-001"), total="€1.29")
    cashier.key("F12")
    cashier.key("F2")
    cashier.press(re.compile("^Charge €1.29"))
    cashier.sees("Nobody knows yet whether €1.29 was charged")
    hardware.use("terminal", lambda: setattr(terminal.mood, "dead", False))
    cashier.press("It was paid")
    expect(cashier.done).to_be_visible()
    with closing(shop.manager()) as node:
        found = node.get("/sales", receipt=cashier.receipt())["sales"]
        assert [sale["total_minor"] for sale in found] == [129]


def _print_without_paper(shop: Branch, cashier: Cashier) -> None:
    hardware = shop.store.hardware
    printer = cast(PrinterPeer, hardware.peer("printer"))

    def paper(*, out: bool) -> None:
        def change() -> None:
            printer.condition.paper_out = out
            printer.changed()

        hardware.use("printer", change)

    sheets = hardware.on_paper()
    paper(out=True)
    cashier.press(re.compile("^Print receipt"))
    cashier.sees(re.compile("has no paper"))
    paper(out=False)
    eventually(lambda: hardware.on_paper() == sheets + 1)
    assert TILL in cashier.receipt()
