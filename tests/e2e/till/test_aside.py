"""A basket put aside comes back by its slip, at any till; given up, it keeps what it owes."""

import re
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import expect

from devices.simulated.scanner import ScannerPeer
from tests.e2e.test_processes import eventually
from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import NAMES, Cashier
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")


def put_aside(cashier: Cashier, label: str) -> None:
    """Hold the basket in hand under a name."""
    cashier.key("F7")
    cashier.page.get_by_role("dialog").get_by_role("textbox").fill(label)
    cashier.key("Enter")
    expect(cashier.page.get_by_role("dialog")).to_be_hidden()
    expect(cashier.total).to_have_text("€0.00")


def slip_of(shop: Branch, label: str) -> str:
    """Say what the code on the slip of a held basket says."""
    with closing(shop.manager()) as node:
        (held,) = [one for one in node.get("/till/held")["held"] if one["label"] == label]
    return f"held:{held['id']}"


def test_a_slip_brings_its_basket_back_at_another_till(shop: Branch, visit: Visit) -> None:
    holder, taker = visit(), visit()
    milk = shop.code("DAI-001")
    holder.begin(shop, "slip1")
    holder.ring_up(milk, milk, total="€2.58")
    put_aside(holder, "red scarf")
    code = slip_of(shop, "red scarf")
    taker.begin(shop, "slip2", "jonas")
    taker.ring_up(milk, total="€1.29")
    taker.scan(code)
    taker.sees("Finish or hold the basket in hand first.")
    expect(taker.total).to_have_text("€1.29")
    taker.pay_cash()
    taker.scan(code)
    taker.sees("The held basket is back")
    expect(taker.total).to_have_text("€2.58")
    holder.scan(code)
    holder.sees("This basket was taken up at slip2: list the held ones again.")
    taker.pay_cash()
    expect(taker.done).to_contain_text("in the store’s node")
    holder.scan(code)
    holder.sees("This basket was sold: find its receipt, and begin a new one.")
    expect(holder.total).to_have_text("€0.00")


def test_a_printed_slip_is_read_by_the_nodes_scanner(
    shop: Branch, visit: Visit, tmp_path: Path
) -> None:
    cashier, hardware = visit(), shop.store.hardware
    cashier.enrol(shop.store.till_token)
    cashier.log_in(NAMES["ana"], shop.pins["ana"])
    cashier.ring_up(shop.code("DAI-001"), total="€1.29")
    sheets = hardware.on_paper()
    cashier.key("F7")
    cashier.press("Hold and print slip")
    expect(cashier.page.get_by_role("dialog")).to_be_hidden()
    eventually(lambda: hardware.on_paper() > sheets)
    slip = hardware.photograph(tmp_path)[-1]
    scanner = cast(ScannerPeer, hardware.peer("scanner"))

    def read_slip() -> None:
        assert scanner.scan_picture(slip) == 1

    hardware.use("scanner", read_slip)
    cashier.sees("The held basket is back")
    expect(cashier.total).to_have_text("€1.29")
    cashier.key("F10")
    cashier.press("Void the sale")
    expect(cashier.total).to_have_text("€0.00")


def test_a_basket_given_up_keeps_the_credit_in_it(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.begin(shop, "drop1")
    receipt = cashier.sell(shop.code("DAI-001"), total="€1.29")
    expect(cashier.done).to_contain_text("in the store’s node")
    dialog = cashier.take_back(receipt, "Meadow Lane")
    dialog.get_by_text("Exchange", exact=True).click()
    dialog.get_by_role("button", name="Sell on").click()
    expect(cashier.basket).to_contain_text("-€1.29")
    cashier.ring_up(shop.code("SWE-002"), total="€1.89")
    put_aside(cashier, "swap")
    _discard(cashier, "Keep it held")
    expect(cashier.page.get_by_role("dialog", name="Held baskets")).to_contain_text("swap")
    cashier.key("Escape")
    _discard(cashier, "Discard, keep the credit")
    cashier.sees(re.compile("^Discarded. The credit of €1.29 waits"))
    cashier.key("Escape")
    cashier.key("F9")
    cashier.sees("€1.29 of an exchange is in no basket yet")
    cashier.press("Sell on")
    expect(cashier.basket).to_contain_text("-€1.29")
    with closing(shop.manager()) as node:
        assert "swap" not in str(node.get("/till/held"))


def _discard(cashier: Cashier, answer: str) -> None:
    cashier.key("F8")
    cashier.page.get_by_role("listitem").filter(has_text="swap").get_by_role(
        "button", name="Discard"
    ).click()
    dialog = cashier.page.get_by_role("dialog", name="Discard the held basket?")
    expect(dialog).to_contain_text("€1.29 of an exchange")
    dialog.get_by_role("button", name=answer, exact=True).click()
    expect(dialog).to_be_hidden()
