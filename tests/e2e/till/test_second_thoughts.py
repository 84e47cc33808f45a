"""What goes beyond one sale at one till: gift cards, exchanges, training, the customer's screen."""

import re
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import expect

from provisioning.demo.api import StoreApi
from tests.e2e.test_processes import eventually
from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import Cashier
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")


def test_a_gift_card_sold_at_one_till_pays_at_another(shop: Branch, visit: Visit) -> None:
    seller, payer = visit(), visit()
    seller.begin(shop, "gift1")
    seller.scan(shop.code("GFT-002"))
    expect(seller.page.get_by_role("dialog", name="Gift card 25")).to_be_visible()
    seller.scan("GC-E2E-1")
    expect(seller.total).to_have_text("€25.00")
    seller.pay_cash()
    expect(seller.done).to_contain_text("in the store’s node")
    payer.begin(shop, "gift2", "jonas")
    payer.ring_up(shop.code("DAI-001"), total="€1.29")
    payer.key("F12")
    payer.press(re.compile("^Gift card"))
    expect(payer.page.get_by_label("Gift card number")).to_be_visible()
    payer.scan("GC-E2E-1")
    payer.sees("€25.00 can be spent here now")
    payer.press(re.compile("^Spend €1.29"))
    payer.receipt()
    with closing(shop.manager()) as node:
        assert node.get("/till/entitlements/gift:GC-E2E-1")["here"] == 2500 - 129


def test_the_credit_of_an_exchange_is_seen_and_outlives_a_void(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.begin(shop, "swap1")
    milk = shop.code("DAI-001")
    receipt = cashier.sell(milk, milk, total="€2.58")
    expect(cashier.done).to_contain_text("in the store’s node")
    cashier.key("Enter")
    expect(cashier.total).to_have_text("€0.00")
    dialog = cashier.take_back(receipt, "Meadow Lane")
    dialog.get_by_text("Exchange", exact=True).click()
    dialog.get_by_role("button", name="Sell on").click()
    expect(cashier.basket).to_contain_text("-€1.29")
    cashier.ring_up(shop.code("SWE-002"), total="€1.89")
    cashier.key("F10")
    cashier.page.get_by_role("dialog").get_by_role("button", name="Void the sale").click()
    cashier.sees(re.compile("^The sale was voided. The credit of €1.29 waits"))
    cashier.key("F9")
    cashier.sees("€1.29 of an exchange is in no basket yet")
    cashier.press("Sell on")
    expect(cashier.basket).to_contain_text("-€1.29")
    cashier.ring_up(shop.code("SWE-002"), total="€1.89")
    cashier.key("F12")
    expect(cashier.page.locator(".pay__due")).to_have_text("€0.60")
    cashier.key("Enter")
    last = cashier.receipt()
    with closing(shop.manager()) as node:
        (sale,) = node.get("/sales", receipt=last)["sales"]
        tenders = node.get(f"/sales/{sale['id']}")["sale"]["tenders"]
    assert [(one["kind"], one["amount_minor"]) for one in tenders] == [
        ("exchange", 129),
        ("cash", 60),
    ]


def _books(node: StoreApi) -> list[Any]:
    """Everything a sale would leave behind."""
    documents = node.get("/till/documents", till="train1", limit=200)["documents"]
    sales = [sale["id"] for sale in node.get("/sales", limit=500)["sales"]]
    report = node.get("/till/reports/x", drawer="train1")
    said = {key: value for key, value in report.items() if key != "unsynced"}
    moved = [one["id"] for one in documents if one["kind"] != "audit"]
    return [moved, sales, node.stock(), said]


def _practise(cashier: Cashier, pin: str = "") -> None:
    """Begin training with a manager's PIN, or end it."""
    cashier.page.goto("/till/desk/settings")
    switch = cashier.page.get_by_role("switch", name="Practise on this till")
    switch.click()
    if pin:
        expect(cashier.page.get_by_role("radio", name="王伟")).to_be_checked()
        cashier.type(pin)
        cashier.key("Enter")
    expect(switch).to_be_checked(checked=bool(pin))
    cashier.press("Back to selling")


def test_training_leaves_no_trace(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.begin(shop, "train1")
    expect(cashier.page.get_by_role("button", name="Node All synced")).to_be_visible()
    with closing(shop.manager()) as node:
        before = _books(node)
        _practise(cashier, shop.pins["wei"])
        cashier.sees("Training: nothing here moves money or stock")
        cashier.page.reload()
        cashier.sees("Training: nothing here moves money or stock")
        cashier.ring_up(shop.code("DAI-001"), shop.code("SWE-001"), total="€2.48")
        cashier.key("Delete")
        expect(cashier.total).to_have_text("€1.29")
        cashier.key("F12")
        cashier.key("Enter")
        expect(cashier.done).to_contain_text("Training: this sale was not recorded.")
        cashier.key("Enter")
        for path in ("stock/write-off", "desk/shift", "desk/return"):
            cashier.page.goto(f"/till/{path}")
            cashier.sees("Not while practising")
        _practise(cashier)
        expect(cashier.page.get_by_text("Training: nothing here moves")).to_be_hidden()
        assert _books(node) == before
        receipt = cashier.sell(shop.code("DAI-001"), total="€1.29")
        assert receipt.endswith("-000001")

    def trail() -> list[str]:
        found = node.get("/till/documents", till="train1", kind="audit")["documents"]
        return [one["title"] for one in found]

    with closing(shop.manager()) as node:
        eventually(lambda: trail() == ["training-end", "training"])


def test_the_customer_reads_along(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.begin(shop, "two1")
    screen = cashier.page.context.new_page()
    screen.goto("/till/customer")
    expect(screen.get_by_text("Harbour Street").first).to_be_visible()
    _read_along(cashier, shop, screen.locator("main"))
    screen.close()


def _read_along(cashier: Cashier, shop: Branch, screen: Any) -> None:
    for _ in range(3):
        cashier.scan(shop.code("SWE-001"))
    expect(screen).to_contain_text("Little Fox Milk chocolate 100 g")
    expect(screen).to_contain_text("Chocolate: 3 for the price of 2")
    expect(screen.locator(".shown__sum--large")).to_contain_text("€2.38")
    cashier.pay_cash(500)
    expect(screen).to_contain_text("€2.62")


def test_a_discount_on_the_whole_sale_is_one_line_everywhere(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.begin(shop, "whole1")
    screen = cashier.page.context.new_page()
    screen.goto("/till/customer")
    cashier.page.bring_to_front()
    cashier.scan(shop.code("GFT-002"))
    expect(cashier.page.get_by_role("dialog", name="Gift card 25")).to_be_visible()
    cashier.scan("GC-WHOLE-1")
    expect(cashier.total).to_have_text("€25.00")
    cashier.key("F4")
    cashier.sees("Nothing here can be discounted. Gift cards and charges keep their price.")
    cashier.ring_up(shop.code("DAI-001"), shop.code("SWE-002"), total="€28.18")
    _take_off(cashier, "10", "Off €3.18", "€27.86")
    cashier.press("Take the discount on the whole sale off")
    expect(cashier.total).to_have_text("€28.18")
    _take_off(cashier, "10", "Off €3.18", "€27.86")
    expect(cashier.basket).to_contain_text(re.compile("Discount 10% · Packaging damaged.*-€0.32"))
    shown = screen.locator("main")
    expect(shown).to_contain_text(re.compile("Discount: Packaging damaged.*-€0.32"))
    expect(shown.locator(".shown__saving")).to_have_count(0)
    receipt = cashier.pay_cash()
    slip = cashier.done.get_by_role("article")
    expect(slip.get_by_text(re.compile("Packaging damaged"))).to_have_count(1)
    expect(cashier.done).to_contain_text("in the store’s node")
    with closing(shop.manager()) as node:
        (sale,) = node.get("/sales", receipt=receipt)["sales"]
        printed = str(node.get(f"/till/receipts/{sale['id']}"))
        assert not [x for x in node.get("/worklist")["items"] if sale["id"] in str(x)]
    assert len(re.findall("Packaging damaged", printed)) == 1
    assert re.search(r"Discount: Packaging damaged +-0\.32", printed)
    screen.close()


def _take_off(cashier: Cashier, percent: str, base: str, total: str) -> None:
    cashier.key("F4")
    expect(cashier.page.get_by_role("dialog")).to_contain_text(base)
    cashier.type(percent)
    cashier.key("Enter")
    expect(cashier.total).to_have_text(total)


def test_a_sale_that_is_done_makes_way_at_once(shop: Branch, visit: Visit) -> None:
    cashier = visit()
    cashier.begin(shop, "next1")
    milk = shop.code("DAI-001")
    cashier.sell(milk, total="€1.29")
    cashier.key("F9")
    expect(cashier.page.get_by_role("searchbox", name="Receipt")).to_be_visible()
    cashier.key("Escape")
    expect(cashier.total).to_have_text("€0.00")
    cashier.sell(milk, total="€1.29")
    cashier.ring_up(shop.code("SWE-002"), total="€1.89")
    cashier.pay_cash()
    cashier.key("e")
    expect(cashier.page.get_by_role("dialog", name="E-receipt")).to_be_visible()
    cashier.ring_up(milk, total="€1.29")
    expect(cashier.page.get_by_role("dialog")).to_be_hidden()
    cashier.pay_cash()
    cashier.key("F8")
    expect(cashier.page.get_by_role("dialog", name="Held baskets")).to_be_visible()
    cashier.key("Escape")
    cashier.sell(milk, total="€1.29")
    cashier.key("F3")
    expect(cashier.page.get_by_role("dialog", name="Member")).to_be_visible()
    cashier.key("Escape")
    cashier.sell(milk, total="€1.29")
    cashier.type("3")
    expect(cashier.page.get_by_role("textbox", name="Find an article")).to_have_value("3")
    cashier.type("*")
    cashier.ring_up(milk, total="€3.87")
    cashier.pay_cash()
    cashier.key("Enter")
    expect(cashier.total).to_have_text("€0.00")
    expect(cashier.done).to_be_hidden()
