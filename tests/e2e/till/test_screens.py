"""Every screen can be used by everybody: axe finds nothing serious on any, in light and in dark."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import DRAWN
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")
AXE = Path(__file__).parents[3] / "edge/till/node_modules/axe-core/axe.min.js"
PAGES = (
    "", "desk/shift", "desk/close", "desk/documents", "desk/return", "desk/return/blind",
    "desk/reports", "desk/reports/x", "desk/devices", "desk/safety", "desk/settings", "desk/about",
    "stock", "stock/lookup", "stock/lookup/DAI-001", "stock/receive", "stock/counts", "stock/send",
    "stock/transit", "stock/write-off", "stock/labels", "stock/worklist", "customer",
)  # fmt: skip
_RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
}"""
_QUIET = """() => document.getAnimations().every(one => one.playState !== "running")
  && document.querySelector(".skeleton, .spinner") === null"""


def faults(page: Page, where: str) -> list[str]:
    """What axe finds on the page that is drawn, in both themes; what moves or loads is awaited."""
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.evaluate(DRAWN)
        page.wait_for_function(_QUIET)
        if not page.evaluate("() => 'axe' in globalThis"):
            page.evaluate(AXE.read_text(encoding="utf-8"))
        said: list[Any] = page.evaluate(_RUN)
        found += [f"{where or 'sell'} ({theme}): {one}" for one in said]
    return found


def test_no_screen_shuts_anybody_out(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    page = cashier.page
    page.goto("/till/")
    expect(page.get_by_label("Token of this till")).to_be_visible()
    found = faults(page, "enrol")
    cashier.enrol(shop.admit("axe1"))
    found += faults(page, "login")
    cashier.log_in("王伟", shop.pins["wei"])
    cashier.open_shift(10_000)
    cashier.ring_up(shop.code("SWE-001"), shop.code("DAI-001"), total="€2.48")
    for key, name in {
        "F3": "Member",
        "F4": "Discount on the whole sale",
        "Enter": "Meadow",
    }.items():
        cashier.key(key)
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        found += faults(page, name)
        cashier.key("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
    cashier.key("F12")
    expect(page.get_by_role("region", name="Pay")).to_be_visible()
    found += faults(page, "pay")
    cashier.key("Enter")
    expect(cashier.done).to_be_visible()
    found += faults(page, "done")
    for path in PAGES:
        page.goto(f"/till/{path}")
        expect(page.locator("main")).to_be_visible()
        found += faults(page, path)
    assert not found, "\n".join(found)
