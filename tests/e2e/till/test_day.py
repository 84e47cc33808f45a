"""A day at a till: open, sell, return, lose uplink and node, reload, close: even to the cent."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from provisioning.demo.opening import log_in
from tests.e2e.test_processes import eventually
from tests.e2e.till.branch import Branch, new_window, open_branch
from tests.e2e.till.cashier import Cashier

pytestmark = pytest.mark.xdist_group("till")
FLOAT_MINOR = 10_000


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Branch]:
    """Open a store with headquarters behind it."""
    with open_branch(tmp_path) as branch:
        yield branch


def test_a_day_with_every_cable_pulled_ends_even(branch: Branch, browser: Browser) -> None:
    milk = branch.code("DAI-001")
    with (
        new_window(browser, branch.store.url) as (_, page),
        new_window(browser, branch.store.url) as (_, other_page),
    ):
        ana, jonas = Cashier(page), Cashier(other_page)
        ana.enrol(branch.tokens["w1"])
        ana.log_in("Ana Lindqvist", branch.pins["ana"])
        ana.open_shift(FLOAT_MINOR)
        first = ana.sell(milk, milk, total="€2.58", given_minor=500)
        expect(ana.done).to_contain_text("€2.42")
        expect(ana.done).to_contain_text("in the store’s node")
        receipts = [first]
        _hold(ana, milk)
        jonas.enrol(branch.tokens["w2"])
        jonas.log_in("Jonas Weber", branch.pins["jonas"])
        jonas.open_shift(FLOAT_MINOR)
        _recall(jonas)
        receipts.append(jonas.pay_cash())
        _give_one_back(ana, first)
        receipts += _sell_behind_pulled_cables(branch, ana, milk)
        ana.press("Shift 1")
        _close(ana, {"€50.00": 2, "€2.00": 2, "€1.00": 1, "€0.10": 1, "€0.05": 1, "€0.01": 1})
        ana.sees("even")
        jonas.press("Shift 1")
        _close(jonas, {"€50.00": 2, "€1.00": 1, "€0.20": 1, "€0.05": 1, "€0.02": 2})
        jonas.sees("even")
        assert not ana.errors
        assert not jonas.errors
    _judge(branch, receipts)


def _hold(cashier: Cashier, code: str) -> None:
    cashier.ring_up(code, total="€1.29")
    cashier.key("F7")
    cashier.page.get_by_role("dialog").get_by_role("textbox").fill("blue coat")
    cashier.key("Enter")
    expect(cashier.total).to_have_text("€0.00")


def _recall(cashier: Cashier) -> None:
    cashier.key("F8")
    cashier.sees("blue coat")
    cashier.press("Take up")
    expect(cashier.total).to_have_text("€1.29")


def _give_one_back(cashier: Cashier, receipt: str) -> None:
    dialog = cashier.take_back(receipt, "Meadow Lane")
    dialog.get_by_role("button", name="Refund", exact=True).click()
    expect(cashier.page.get_by_role("dialog", name="Taken back")).to_be_visible()
    cashier.press(re.compile("^Done"))
    expect(cashier.basket).to_be_visible()


def _sell_behind_pulled_cables(branch: Branch, cashier: Cashier, code: str) -> list[str]:
    """Sell with the uplink cut, with the node gone, after a reload, and after its return."""
    branch.store.proxy.cut()
    cashier.page.get_by_role("button", name=re.compile("Uplink cut")).wait_for()
    receipts = [cashier.sell(code, total="€1.29")]
    expect(cashier.done).to_contain_text("in the store’s node")
    branch.kill_node()
    cashier.page.get_by_role("button", name=re.compile("Node away")).wait_for()
    receipts.append(cashier.sell(code, total="€1.29"))
    expect(cashier.done).to_contain_text("on this till: 1 waiting")
    cashier.page.reload()
    expect(cashier.total).to_have_text("€0.00")
    receipts.append(cashier.sell(code, total="€1.29"))
    expect(cashier.done).to_contain_text("on this till: 2 waiting")
    branch.start_node()
    branch.store.proxy.restore()
    cashier.page.get_by_role("button", name="Node All synced").wait_for()
    expect(cashier.done).to_contain_text("in the store’s node")
    return receipts


def _close(cashier: Cashier, counted: dict[str, int]) -> None:
    cashier.press("Count and close")
    for piece, number in counted.items():
        box = cashier.page.get_by_role("textbox", name=f"How many of {piece}", exact=True)
        box.fill(str(number))
    cashier.press("Finish the count")
    cashier.press("Close the shift")
    expect(cashier.page.get_by_role("heading", name="Z 1 of")).to_be_visible()


def _judge(branch: Branch, receipts: list[str]) -> None:
    """Every receipt is there once; node, Z reports and headquarters agree to the cent."""
    office = branch.chain.headquarters.office
    with closing(log_in(branch.store, branch.pins)) as node, closing(office()) as hq:
        sales = node.get("/sales", limit=100)["sales"]
        assert sorted(sale["receipt"] for sale in sales) == sorted(receipts)
        reports = [node.get(f"/till/reports/z/{drawer}/1") for drawer in ("w1", "w2")]
        net_minor = sum(report["net_minor"] for report in reports)
        assert net_minor == 6 * 129 - 129
        eventually(lambda: sum(x["net_minor"] for x in hq.get("/totals", by="store")) == net_minor)
        shifts = hq.get("/shifts", store=branch.store.name)
        assert sum(shift["net_minor"] for shift in shifts) == net_minor
