"""A browser store that is full sells on the node's word alone, and loses and doubles nothing."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import CDPSession, expect

from tests.e2e.till.branch import Branch
from tests.e2e.till.cashier import Cashier
from tests.e2e.till.conftest import Visit

pytestmark = pytest.mark.xdist_group("till")
ROOM_BYTES = 8_000_000
FULL = "This browser’s store is full"
# Fills what room there is down to the last byte; random, so that nothing is packed smaller.
_FILL = """async () => {
  const db = await new Promise((opened, failed) => {
    const asked = indexedDB.open("filler", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("junk", { autoIncrement: true });
    asked.onsuccess = () => opened(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const fits = (size) => new Promise((told) => {
    const writing = db.transaction("junk", "readwrite");
    writing.objectStore("junk").add(crypto.getRandomValues(new Uint8Array(size)));
    writing.oncomplete = () => told(true);
    writing.onabort = () => told(false);
  });
  for (const size of [65536, 4096, 256, 16, 1]) while (await fits(size));
  db.close();
}"""


@contextmanager
def little_room(cashier: Cashier, url: str) -> Iterator[CDPSession]:
    """Give a browser little room for this store, until it is over."""
    browser = cashier.page.context.new_cdp_session(cashier.page)
    browser.send("Storage.overrideQuotaForOrigin", {"origin": url, "quotaSize": ROOM_BYTES})
    yield browser
    browser.send("Storage.overrideQuotaForOrigin", {"origin": url})


def fill(cashier: Cashier, browser: CDPSession, url: str) -> None:
    """Leave no room at all."""
    cashier.page.evaluate(_FILL)
    browser.send("Storage.overrideQuotaForOrigin", {"origin": url, "quotaSize": 1})


def sales_of(shop: Branch, till: str) -> list[tuple[str, int]]:
    """Receipts that the node has of a till, with what each came to."""
    with closing(shop.manager()) as node:
        sales = node.get("/sales", limit=500)["sales"]
        assert node.get("/till/documents", till=till, kind="sale")["documents"]
    return sorted((x["receipt"], x["total_minor"]) for x in sales if x["receipt"].startswith(till))


def test_a_full_store_sells_on_the_nodes_word(shop: Branch, visit: Visit) -> None:
    cashier, url, milk = visit(), shop.store.url, shop.code("DAI-001")
    with little_room(cashier, url) as browser:
        cashier.begin(shop, "full1")
        receipts = [cashier.sell(milk, total="€1.29")]
        expect(cashier.done).to_contain_text("in the store’s node")
        cashier.key("Enter")
        fill(cashier, browser, url)
        receipts.append(cashier.sell(milk, milk, total="€2.58"))
        cashier.sees(re.compile(FULL))
        expect(cashier.done).to_contain_text("in the store’s node")
        cashier.key("Enter")
        receipts.append(_sell_with_the_node_away_too(shop, cashier, milk))
        cashier.page.reload()
        expect(cashier.total).to_have_text("€0.00")
    receipts.append(cashier.sell(milk, total="€1.29"))
    expect(cashier.done).to_contain_text("in the store’s node")
    expect(cashier.page.get_by_text(re.compile(FULL))).to_be_hidden()
    numbers = [int(receipt.rpartition("-")[2]) for receipt in receipts]
    assert numbers == [1, 2, 3, 4]
    assert sales_of(shop, "full1") == list(zip(receipts, [129, 258, 318, 129], strict=True))


def _sell_with_the_node_away_too(shop: Branch, cashier: Cashier, milk: str) -> str:
    """Neither place can keep the sale: it is not done, and is done once when the node is back."""
    cashier.ring_up(milk, shop.code("SWE-002"), total="€3.18")
    cashier.page.context.set_offline(True)
    cashier.page.get_by_role("button", name=re.compile("Node away")).wait_for()
    cashier.key("F12")
    expect(cashier.page.get_by_role("region", name="Pay")).to_be_visible()
    cashier.key("Enter")
    cashier.sees(re.compile("could not be kept on this till and the node does not answer"))
    expect(cashier.page.locator(".pay__due")).to_have_text("€0.00")
    cashier.key("Enter")
    expect(cashier.page.get_by_role("button", name="Finish the sale")).to_be_enabled()
    expect(cashier.done).to_be_hidden()
    cashier.page.context.set_offline(False)
    cashier.page.get_by_role("button", name=re.compile("^Node All synced")).wait_for()
    cashier.press("Finish the sale")
    receipt = cashier.receipt()
    expect(cashier.done).to_contain_text("in the store’s node")
    return receipt
