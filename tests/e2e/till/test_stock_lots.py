"""Lots and serial numbers in a person's hands: scanned once, kept by the books, told when asked."""

import datetime
import re
import uuid
from contextlib import closing

import pytest
from playwright.sync_api import expect

from provisioning.demo.api import StoreApi
from tests.e2e.test_processes import eventually
from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import Cashier
from tests.e2e.till.conftest import Visit
from tests.e2e.till.test_stock import at_handheld, job, post, to_stock

pytestmark = pytest.mark.xdist_group("till")
ORDER = "S0001-MIX-1"
SALMON, PHONE = "FIS-001", "ELE-001"


def in_days(days: int) -> datetime.date:
    return datetime.date.today() + datetime.timedelta(days)


def gs1(shop: Branch, sku: str, lot: str, day: datetime.date) -> str:
    return f"01{shop.code(sku).zfill(14)}17{day:%y%m%d}10{lot}"


def tell_lots(mei: Cashier, shop: Branch, lot: str, day: datetime.date) -> None:
    """Scan the lot of all that came, then the serial numbers, one of them twice."""
    page = mei.page
    page.get_by_role("button", name="Lots", exact=True).click()
    dialog = page.get_by_role("dialog")
    mei.scan(gs1(shop, SALMON, lot, day))
    expect(dialog).to_contain_text("12 of 12 have their lot")
    dialog.get_by_role("button", name="Done", exact=True).click()
    page.get_by_role("button", name="Serial numbers", exact=True).click()
    for serial in ("NOVA-1", "NOVA-2"):
        mei.scan(serial)
        expect(dialog.get_by_role("list", name="Told")).to_contain_text(serial)
    mei.scan("NOVA-2")
    expect(dialog).to_contain_text("on the list already")
    dialog.get_by_role("button", name="Damaged", exact=True).last.click()
    dialog.get_by_role("button", name="Done", exact=True).click()


def test_goods_come_in_with_lots_and_serials_and_expire(shop: Branch, visit: Visit) -> None:
    mei = at_handheld(visit, shop, "hand7", "mei")
    lot, day = "E2E-7", in_days(3)
    with closing(shop.manager()) as node:
        before = node.get(f"/stock/{PHONE}")["serials"]
        job(mei, "Receive goods")
        mei.press(re.compile(f"^{ORDER}"))
        mei.press("All as ordered")
        tell_lots(mei, shop, lot, day)
        mei.page.reload()
        expect(mei.page.get_by_text("serial NOVA-1 · 1 damaged")).to_be_visible()
        post(mei, "1 article lacks", "1 came damaged")
        held = {x["lot"]: x for x in node.get(f"/stock/{SALMON}")["lots"]}[lot]
        assert (held["expiry_day"], held["quantity"]) == (day.isoformat(), 12)
        assert node.get(f"/stock/{PHONE}")["serials"] == sorted([*before, "NOVA-2"])
        write_off(mei, lot)
        held = {x["lot"]: x for x in node.get(f"/stock/{SALMON}")["lots"]}[lot]
        assert held["quantity"] == 7


def write_off(mei: Cashier, lot: str) -> None:
    """Take five pieces of the lot off the shelf, from the list of what expires."""
    job(mei, "To do")
    page = mei.page
    page.get_by_role("tab", name=re.compile("^Expiring")).click()
    page.get_by_role("button", name=re.compile(f"lot {lot}")).click()
    page.get_by_role("dialog").get_by_role("button", name="Write off").click()
    expect(page.get_by_label("Why?")).to_have_value("expired")
    mei.press(re.compile("^Smoked salmon 200 g: 12"))
    mei.type("5")
    mei.key("Enter")
    expect(page.locator(".measure__value").first).to_have_text("5")
    expect(page.get_by_role("list", name="Goods")).to_contain_text(f"lot {lot}")
    post(mei, "1 article is written off", f"lot {lot}")


def test_a_serial_number_that_is_not_here_is_asked_about(shop: Branch, visit: Visit) -> None:
    wei = visit()
    wei.begin(shop, "serial1", "wei")
    with closing(shop.manager()) as node:
        here = node.get(f"/stock/{PHONE}")["serials"][-1]
        wei.scan(shop.code(PHONE))
        capture = wei.page.get_by_role("dialog", name="Prepaid phone Nova 2")
        expect(capture).to_be_visible()
        wei.scan("NEVER-SEEN")
        asked = wei.page.get_by_role("dialog", name="Serial NEVER-SEEN is not here by the books")
        expect(asked).to_contain_text("never received here")
        asked.get_by_role("button", name="Not now").click()
        expect(wei.total).to_have_text("€0.00")
        wei.scan(shop.code(PHONE))
        expect(capture).to_be_visible()
        wei.scan("NEVER-SEEN")
        asked.get_by_role("button", name="Sell it all the same").click()
        expect(wei.basket).to_contain_text("NEVER-SEEN")
        wei.scan(shop.code(PHONE))
        expect(capture).to_be_visible()
        wei.scan(here)
        expect(wei.basket).to_contain_text(here)
        wei.pay_cash()
        expect(wei.done).to_contain_text("in the store’s node")
        eventually(lambda: here not in node.get(f"/stock/{PHONE}")["serials"])
        odd = [x["detail"] for x in node.get("/worklist")["items"] if x["kind"] == "serial"]
        assert any("NEVER-SEEN" in detail for detail in odd)
        assert not any(here in detail for detail in odd)
        to_stock(wei)
        job(wei, "To do")
        wei.page.get_by_role("tab", name=re.compile("^Other")).click()
        wei.sees("Odd serial number")


def sold_together(shop: Branch, till: str, *serials: str) -> str:
    """Have a till deliver one line of several pieces with serial numbers; return the sale's id."""
    detail = {"serials": serials, "lot": "PHONES-9"}
    line = {"sku": PHONE, "name": "", "quantity": len(serials), "price_minor": 5_000}
    line |= {"tax_code": "S", "tax_ppm": 190_000, "detail": detail}
    total = 5_000 * len(serials)
    with closing(StoreApi(till, shop.store.url, shop.admit(till))) as device:
        sale_id = str(uuid.uuid4())
        today = device.get("/till/setup")["business_day"]
        life = device.call("POST", "/till/life")["life"]
        at_ms = int(datetime.datetime.now(datetime.UTC).timestamp() * 1000)
        sale = {"life": life, "number": 1, "business_day": today, "at_ms": at_ms, "lines": [line]}
        sale |= {"tenders": [{"kind": "cash", "amount_minor": total}], "total_minor": total}
        device.call("PUT", f"/till/sales/{sale_id}", sale)
    return sale_id


def test_a_piece_of_several_comes_back_by_its_serial_number(shop: Branch, visit: Visit) -> None:
    wei = visit()
    wei.begin(shop, "serial2", "wei")
    page = wei.page
    sale_id = sold_together(shop, "serial3", "PART-1", "PART-2", "PART-3")
    page.goto(f"/till/desk/return/{sale_id}")
    expect(page.get_by_text("Lot PHONES-9")).to_be_visible()
    refund = page.get_by_role("button", name="Refund…")
    page.get_by_role("button", name=re.compile("^More of")).first.click()
    expect(page.get_by_text("Which one comes back?")).to_be_visible()
    expect(refund).to_be_disabled()
    wei.press("PART-2")
    expect(page.get_by_role("button", name="PART-2")).to_have_attribute("aria-pressed", "true")
    refund.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Refund", exact=True).click()
    wei.sees("Taken back")
    with closing(shop.manager()) as node:
        state = node.get(f"/sales/{sale_id}")["lines"][0]
    assert (state["returnable"], state["serials"]) == (2, ["PART-1", "PART-3"])


def lots_of(node: StoreApi, sku: str) -> dict[str, int]:
    return {x["lot"]: x["quantity"] for x in node.get(f"/stock/{sku}")["lots"]}


def begin_sheet(mei: Cashier, shop: Branch, name: str) -> None:
    job(mei, "Counts")
    mei.press("Begin a count")
    for sku in (SALMON, PHONE):
        mei.scan(shop.code(sku))
    expect(mei.page.get_by_role("list", name="Goods").get_by_role("listitem")).to_have_count(2)
    mei.page.get_by_label("Name").fill(name)
    mei.press(re.compile("^Begin$"))
    expect(mei.page.get_by_role("heading", name=name)).to_be_visible()


def count_pieces(mei: Cashier, shop: Branch, lots: dict[str, int], serials: list[str]) -> None:
    """Count each lot by its GS1 code and a figure, then the phones one by one."""
    page, dialog = mei.page, mei.page.get_by_role("dialog")
    entries = page.get_by_role("list", name="Written down")
    mei.scan(shop.code(SALMON))
    expect(dialog).to_contain_text("0 of 1 have their lot")
    for lot, quantity in lots.items():
        dialog.get_by_label("Lot", exact=True).fill(lot)
        dialog.get_by_label(re.compile("^Less of|^More of")).first.wait_for()
        dialog.locator(".measure__value").click()
        mei.type(str(quantity))
        mei.key("Enter")
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(dialog.get_by_role("list", name="Told")).to_contain_text(f"lot {lot}")
    dialog.get_by_role("button", name="Done", exact=True).click()
    mei.scan(shop.code(PHONE))
    expect(entries).to_contain_text("lot ")
    for serial in serials:
        mei.scan(serial)
        expect(dialog.get_by_role("list", name="Told")).to_contain_text(serial)
    mei.scan(serials[0])
    expect(dialog).to_contain_text("on the list already")
    dialog.get_by_role("button", name="Done", exact=True).click()
    expect(entries).to_contain_text(serials[-1])


def test_lots_and_serial_numbers_are_counted_and_come_back(shop: Branch, visit: Visit) -> None:
    mei = at_handheld(visit, shop, "hand8", "mei")
    wei = at_handheld(visit, shop, "hand9", "wei")
    with closing(shop.manager()) as node:
        held = {lot: n for lot, n in lots_of(node, SALMON).items() if n > 0}
        here = node.get(f"/stock/{PHONE}")["serials"]
        gone, kept = here[0], here[1:]
        begin_sheet(mei, shop, "Shelf 9")
        counted = {**held, "E2E-9": 4}
        count_pieces(mei, shop, counted, [*kept, "FOUND-9"])
        job(wei, "Counts")
        wei.press(re.compile("^Shelf 9"))
        wei.press("Review")
        wei.sees("Found: FOUND-9")
        wei.sees(f"Missing: {gone}")
        wei.sees("lot E2E-9")
        wei.press("Close the count")
        wei.page.get_by_role("dialog").get_by_role("button", name="Close the count").click()
        wei.sees("The count is closed.")
        eventually(lambda: lots_of(node, SALMON) == counted)
        assert node.get(f"/stock/{PHONE}")["serials"] == sorted([*kept, "FOUND-9"])
        bring_back(wei, shop, kept[0], gone)
        eventually(lambda: gone in node.get(f"/stock/{PHONE}")["serials"])
        odd = [x["detail"] for x in node.get("/worklist")["items"] if x["kind"] == "serial"]
        assert any(gone in detail and "was not sold here" in detail for detail in odd)


def bring_back(wei: Cashier, shop: Branch, here: str, gone: str) -> None:
    """Bring a phone back without a receipt: one that is in stock does not pass."""
    page, dialog = wei.page, wei.page.get_by_role("dialog")
    page.goto("/till/desk/return/blind")
    expect(page.get_by_text("What came back?")).to_be_visible()
    wei.scan(shop.code(PHONE))
    wei.scan(here)
    expect(dialog).to_contain_text("is in stock by the books")
    wei.scan(gone)
    expect(dialog.get_by_role("list", name="Told")).to_contain_text("not sold here")
    dialog.get_by_role("button", name="Done", exact=True).click()
    refund = page.get_by_role("button", name="Refund…")
    expect(refund).to_be_enabled()
    refund.click()
    dialog.get_by_role("button", name="Refund", exact=True).click()
    wei.sees("Taken back")
