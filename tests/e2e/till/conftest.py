"""One branch and one browser for all tests of this folder: a chain takes seconds to open."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.test_processes import eventually
from tests.e2e.till.branch import Branch, new_window, open_branch, open_browser
from tests.e2e.till.cashier import Cashier

ONCE = {
    "name": {"en": "Once only", "zh": "仅限一次"},
    "type": "coupon",
    "items": {"skus": [], "categories": [], "all": True},
    "coupon": "ONCE",
    "off": "amount",
    "amount_minor": 100,
    "cap": 1,
    "stacks": True,
}
NO_PRICE_CODE = "9520001999994"
NO_PRICE = {
    "sku": "NEW-001",
    "names": {"en": "Something new", "zh": "新到商品"},
    "price_minor": 0,
    "tax_code": "S",
    "gtins": [NO_PRICE_CODE],
}
Visit = Callable[..., Cashier]


@pytest.fixture(scope="package")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """Start a browser."""
    with open_browser(chromium_path) as browser:
        yield browser


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    """Open a store that stays open: what a test does to it must not disturb the next one."""
    with open_branch(tmp_path_factory.mktemp("shop"), ()) as branch:
        with (
            closing(branch.chain.headquarters.office()) as office,
            closing(branch.manager()) as node,
        ):
            office.call("PUT", "/rules/promotion.once", {"value": json.dumps(ONCE)})
            share = {"store": branch.store.name, "amount": 1}
            issued = {"key": "coupon:ONCE", "amount": 1, "shares": [share]}
            office.call("POST", "/entitlements", issued)
            office.call("POST", "/products", {"products": [NO_PRICE]})
            eventually(lambda: node.get("/till/entitlements/coupon:ONCE")["here"] == 1)
            eventually(lambda: node.status()["products"] == len(branch.catalogue.products) + 1)
        yield branch


@pytest.fixture
def visit(shop: Branch, browser: Browser) -> Iterator[Visit]:
    """Open windows at the store, each with a browser store of its own; they must show no error."""
    with ExitStack() as stack:
        cashiers = []

        def open_window(*, locale: str = "en-GB", width: int = 1280, height: int = 800) -> Cashier:
            window = new_window(browser, shop.store.url, locale=locale, width=width, height=height)
            _, page = stack.enter_context(window)
            cashiers.append(Cashier(page))
            return cashiers[-1]

        yield open_window
        for cashier in cashiers:
            assert not cashier.errors
