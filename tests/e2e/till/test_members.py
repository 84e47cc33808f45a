"""Points of a member: earned, read on screen and paper, spent next time, as the node counts."""

import re
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from provisioning.demo.api import StoreApi
from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import Cashier
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")
NAME = "Mei Points"


def enrol_member(node: StoreApi) -> str:
    """Make a member's card; return its id."""
    member = str(uuid4())
    name = {"type": "set_field", "field": "name", "value": NAME}
    node.call("POST", "/members", {"id": member, "edits": [name]})
    return member


def sale_of(node: StoreApi, receipt: str) -> Any:
    """Find a sale by its receipt."""
    (found,) = node.get("/sales", receipt=receipt)["sales"]
    return node.get(f"/sales/{found['id']}")["sale"]


def ring_up_for(cashier: Cashier, member: str, *codes: str, total: str) -> None:
    """Scan the member's card and what is bought."""
    cashier.scan(member)
    expect(cashier.basket).to_contain_text(NAME)
    cashier.ring_up(*codes, total=total)


def test_points_are_earned_and_spent(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.begin(shop, "pts1")
    with closing(shop.manager()) as node:
        member = enrol_member(node)
        _earn(cashier, shop, node, member)
        cashier.key("Enter")
        _spend(cashier, shop, node, member)


def points_of(node: StoreApi, member: str) -> int:
    """Points that a member can spend here, as the node counts."""
    here: int = node.get(f"/till/entitlements/points:{member}")["here"]
    return here


def _earn(cashier: Cashier, shop: Branch, node: StoreApi, member: str) -> None:
    cooker = shop.code("KIT-012")
    ring_up_for(cashier, member, cooker, cooker, cooker, total="€120.97")
    expect(cashier.basket).to_contain_text(re.compile("Earns.*120 points"))
    receipt = cashier.pay_cash()
    expect(cashier.done).to_contain_text("120 points earned")
    expect(cashier.done.get_by_role("article")).to_contain_text(re.compile("Points earned.*120"))
    expect(cashier.done).to_contain_text("in the store’s node")
    sold = sale_of(node, receipt)
    assert points_of(node, member) == 120
    rows = str(node.get(f"/till/receipts/{sold['id']}"))
    assert re.search(r"Points earned +\+120", rows)
    assert re.search(r"Points balance +120", rows)


def _spend(cashier: Cashier, shop: Branch, node: StoreApi, member: str) -> None:
    milk = shop.code("DAI-001")
    ring_up_for(cashier, member, milk, milk, total="€2.58")
    expect(cashier.basket).to_contain_text("120 points")
    cashier.key("F12")
    cashier.press(re.compile("^Points"))
    cashier.sees("120 points, worth €1.20")
    cashier.press(re.compile("^Spend €1.20"))
    expect(cashier.page.locator(".pay__due")).to_have_text("€1.38")
    assert points_of(node, member) == 0
    cashier.key("F1")
    cashier.key("Enter")
    receipt = cashier.receipt()
    expect(cashier.done).to_contain_text("1 point earned")
    expect(cashier.done).to_contain_text("in the store’s node")
    sold = sale_of(node, receipt)
    spent = [(one["kind"], one["amount_minor"]) for one in sold["tenders"]]
    assert spent == [("points", 120), ("cash", 138)]
    assert points_of(node, member) == 1
