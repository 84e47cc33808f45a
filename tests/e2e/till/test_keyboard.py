"""A till is complete without a mouse: a day from the first key to the Z report."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import Cashier
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")
STOPS = 80
_NAMED = """() => {
  const at = document.activeElement;
  return at ? (at.getAttribute("aria-label") || at.textContent || "").trim() : "";
}"""
_NO_MOUSE = """() => {
  for (const kind of ["mousedown", "pointerdown", "touchstart"]) {
    addEventListener(kind, () => { throw new Error("somebody used a mouse"); }, { capture: true });
  }
}"""


def tab_to(cashier: Cashier, name: str) -> None:
    """Press Tab until the focus is on something, as somebody without a mouse does."""
    for _ in range(STOPS):
        cashier.key("Tab")
        if re.search(name, cashier.page.evaluate(_NAMED)):
            return
    raise AssertionError(f"Tab leads to no {name}")


def press(cashier: Cashier, name: str) -> None:
    """Go to a button and press it."""
    tab_to(cashier, name)
    cashier.key("Enter")


def test_a_day_without_a_mouse(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    _begin(cashier, shop)
    receipt = _sell_with_a_discount(cashier, shop)
    _hold_and_recall(cashier, shop)
    _take_back(cashier, receipt)
    _close(cashier)


def _begin(cashier: Cashier, shop: Branch) -> None:
    page = cashier.page
    page.add_init_script(f"({_NO_MOUSE})()")
    page.goto("/till/")
    expect(page.get_by_label("Token of this till")).to_be_focused()
    page.keyboard.insert_text(shop.admit("kb1"))
    cashier.key("Enter")
    expect(page.get_by_role("heading", name="Who is at the till?")).to_be_visible()
    press(cashier, "Ana Lindqvist")
    expect(page.get_by_role("heading", name="PIN of Ana Lindqvist")).to_be_visible()
    cashier.type(shop.pins["ana"])
    cashier.key("Enter")
    expect(cashier.basket).to_be_visible()
    press(cashier, "^No shift")
    cashier.sees("No shift is open")
    cashier.type("10000")
    cashier.key("Enter")
    expect(page.get_by_role("button", name="Shift 1")).to_be_visible()
    expect(cashier.basket).to_be_visible()


def _sell_with_a_discount(cashier: Cashier, shop: Branch) -> str:
    page = cashier.page
    cashier.type("whole milk")
    expect(page.locator(".hits .item").first).to_contain_text("Meadow Lane Whole milk 1 l")
    cashier.key("Enter")
    expect(cashier.total).to_have_text("€1.29")
    cashier.key("Escape")
    cashier.key("+")
    expect(cashier.total).to_have_text("€2.58")
    cashier.key("F4")
    expect(page.get_by_role("dialog", name="Discount on the whole sale")).to_be_visible()
    cashier.type("50")
    cashier.sees("This needs a manager’s PIN.")
    cashier.key("Enter")
    expect(page.get_by_role("dialog", name="Allow €1.29 off")).to_be_visible()
    cashier.sees("王伟")
    cashier.type(shop.pins["wei"])
    cashier.key("Enter")
    expect(cashier.total).to_have_text("€1.29")
    receipt = cashier.pay_cash(200)
    expect(cashier.done).to_contain_text("€0.71")
    cashier.key("Enter")
    expect(cashier.total).to_have_text("€0.00")
    return receipt


def _hold_and_recall(cashier: Cashier, shop: Branch) -> None:
    cashier.ring_up(shop.code("DAI-001"), total="€1.29")
    cashier.key("F7")
    expect(cashier.page.get_by_role("dialog", name="Hold this basket")).to_be_visible()
    cashier.type("green hat")
    cashier.key("Enter")
    expect(cashier.total).to_have_text("€0.00")
    expect(cashier.page.get_by_role("dialog")).to_be_hidden()
    cashier.key("F8")
    cashier.sees("green hat")
    press(cashier, "^Take up")
    expect(cashier.total).to_have_text("€1.29")
    cashier.pay_cash()


def _take_back(cashier: Cashier, receipt: str) -> None:
    page = cashier.page
    cashier.key("Enter")
    expect(cashier.total).to_have_text("€0.00")
    cashier.key("F9")
    expect(page.get_by_role("searchbox", name="Receipt")).to_be_focused()
    cashier.type(receipt)
    cashier.key("Enter")
    press(cashier, "^More of Meadow Lane")
    press(cashier, "^Refund…")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    press(cashier, "^Refund$")
    expect(page.get_by_role("dialog", name="Taken back")).to_be_visible()
    cashier.key("Enter")
    expect(cashier.basket).to_be_visible()


def _close(cashier: Cashier) -> None:
    page = cashier.page
    press(cashier, "^Shift 1")
    expect(page.get_by_role("heading", name=re.compile("^Shift 1"))).to_be_visible()
    cashier.key("F10")
    _count(
        cashier,
        page,
        {"€50.00": "2", "€1.00": "1", "€0.50": "1", "€0.20": "2", "€0.02": "1", "€0.01": "1"},
    )
    press(cashier, "^Finish the count")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(cashier, "^Close the shift")
    expect(page.get_by_role("heading", name="Z 1 of kb1")).to_be_visible()
    cashier.sees("even")


def _count(cashier: Cashier, page: Page, pieces: dict[str, str]) -> None:
    expect(page.get_by_role("textbox", name="How many of €50.00", exact=True)).to_be_visible()
    for piece, number in pieces.items():
        tab_to(cashier, f"^How many of {re.escape(piece)}$")
        cashier.type(number)
