"""A desk fits a phone, and what it shows is what is on record now, never what was."""

import re
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_processes import eventually
from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import DRAWN
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")
# What reaches over the edge of the card or page that it lies in, which does not scroll sideways.
_STICKS_OUT = """() => [...document.querySelectorAll(".card, .welcome, .page__body")]
  .flatMap(box => [...box.querySelectorAll("dd, dt, p, button, input, code, .card")]
    .filter(one => one.getBoundingClientRect().right > box.getBoundingClientRect().right + 1)
    .map(one => `${one.tagName} ${one.className}: ${one.textContent.slice(0, 60)}`))"""


def _fits(page: Page, where: str) -> None:
    page.evaluate(DRAWN)
    found = page.evaluate(_STICKS_OUT)
    assert not found, f"{where}: {found}"


def test_enrolment_and_reports_fit_a_phone(shop: Branch, visit: Visit) -> None:
    cashier = visit(width=390, height=844)
    page = cashier.page
    page.goto("/till/")
    expect(page.get_by_label("Token of this till")).to_be_visible()
    _fits(page, "enrol")
    cashier.enrol(shop.admit("phone1"))
    page.set_viewport_size({"width": 1280, "height": 800})
    cashier.log_in("王伟", shop.pins["wei"])
    cashier.open_shift(10_000)
    cashier.sell(shop.code("DAI-001"), total="€1.29")
    page.goto("/till/desk/shift")
    cashier.press("Drop to the safe")
    expect(page.get_by_role("dialog", name="Drop to the safe")).to_be_visible()
    cashier.type("2000")
    cashier.key("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    with closing(shop.manager()) as node:
        eventually(lambda: len(node.get("/till/reports/x", drawer="phone1")["cash"]) == 1)
    page.goto("/till/desk/reports/x")
    expect(page.get_by_role("row", name=re.compile("Dropped"))).to_contain_text("-€20.00")
    page.set_viewport_size({"width": 390, "height": 844})
    _fits(page, "X report")


def test_a_voided_sale_is_shown_as_voided_at_once(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    page = cashier.page
    cashier.begin(shop, "voids1", staff="wei")
    receipt = cashier.sell(shop.code("DAI-001"), total="€1.29")
    expect(cashier.done).to_contain_text("in the store’s node")
    page.goto("/till/desk/documents")
    page.get_by_role("button", name=re.compile(f"Sale {receipt}")).click()
    picture = page.get_by_role("img", name="Picture of the receipt")
    expect(picture).to_be_visible()
    before = picture.get_attribute("src")
    cashier.press("Void the sale")
    dialog = page.get_by_role("dialog", name="Void the sale")
    dialog.get_by_role("textbox").fill("rung up twice")
    dialog.get_by_role("button", name=re.compile("^Void €")).click()
    expect(page.get_by_text("This sale was voided")).to_be_visible()
    expect(picture).not_to_have_attribute("src", before or "")
    page.goto("/till/desk/documents")
    expect(page.get_by_role("button", name=re.compile(f"Void {receipt}"))).to_be_visible()


def test_a_manager_sees_what_is_to_be_allowed(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    page = cashier.page
    cashier.begin(shop, "allow1", float_minor=10_000)
    cashier.press("Menu")
    expect(page.get_by_role("dialog").get_by_text("Settings")).to_be_visible()
    expect(page.get_by_role("switch", name=re.compile("[Tt]raining|Practise"))).to_have_count(0)
    cashier.key("Escape")
    page.goto("/till/desk/shift")
    expect(page.get_by_role("heading", name="Shift 1 of allow1")).to_be_visible()
    cashier.key("F7")
    expect(page.get_by_role("dialog", name="Pay out")).to_be_visible()
    cashier.type("700")
    cashier.key("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Who allows it?")
    expect(dialog).to_contain_text("€7.00")
    expect(dialog.get_by_role("radio", name="王伟")).to_be_checked()
    cashier.type(shop.pins["wei"])
    cashier.key("Enter")
    expect(dialog).to_be_hidden()
    page.goto("/till/desk/documents")
    page.get_by_role("tab", name="Audit trail").click()
    page.get_by_role("searchbox").fill("pay-out")
    cashier.sees(re.compile("Ana Lindqvist, allowed by 王伟 · .* · €7.00"))
