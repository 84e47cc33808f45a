"""What the screen showed comes back; what it was about to show may be lost, and no more."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.till.branch import Branch
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")
# Leave the page as soon as the total is another one, before the screen is even drawn.
_SCAN_AND_LEAVE = """(basket, code) => {
  const total = () => [...basket.querySelectorAll("strong")].at(-1)?.textContent;
  const before = total();
  new MutationObserver(() => {
    if (total() === before) return;
    sessionStorage.setItem("shown", total());
    location.reload();
  }).observe(basket, { subtree: true, childList: true, characterData: true });
  for (const key of [...code, "Enter"]) {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}"""


@pytest.mark.parametrize("training", [False, True])
def test_a_page_left_right_after_a_scan(shop: Branch, visit: Visit, training: bool) -> None:
    cashier = visit()
    till = "left2" if training else "left1"
    cashier.begin(shop, till)
    code = shop.code("BAG-002")
    cashier.ring_up(code, total="€1.99")
    if training:
        cashier.page.evaluate("localStorage.setItem('evertill.training', 'ana')")
        cashier.page.reload()
        expect(cashier.total).to_have_text("€1.99")
    before = "€1.99"
    for total in ("€3.98", "€5.97", "€7.96"):
        with cashier.page.expect_navigation():
            cashier.basket.evaluate(_SCAN_AND_LEAVE, code)
        assert cashier.page.evaluate("sessionStorage.getItem('shown')") == total
        expect(cashier.total).to_have_text(re.compile(f"{before}|{total}"))
        if cashier.total.inner_text() == before:  # it waited behind another writing
            cashier.scan(code)
        expect(cashier.total).to_have_text(total)
        before = total
