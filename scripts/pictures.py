"""Make the documents' pictures from the running product: `.venv/bin/python -m scripts.pictures`.

It runs the demo of a chain, cuts a store's link, and takes what a person would see then: the
terminal as an SVG, headquarters' status page in both languages as PNG. Then it opens a store, sells
at its till in a browser, and takes the till in both languages and the receipt. Needs Chromium.
"""

import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import httpx
from playwright.sync_api import expect
from rich.console import Console
from rich.padding import Padding
from rich.terminal_theme import MONOKAI

from provisioning.catalogue import make_catalogue
from provisioning.demo.chain import Headquarters, open_chain
from provisioning.demo.opening import open_for_business
from provisioning.demo.story import Plan, Story
from provisioning.demo.view import Screen, stores_table
from provisioning.demo.watch import StoreState
from sync.values import gtin_check_digit
from tests.e2e.till.branch import Branch, new_window, open_branch, open_browser
from tests.e2e.till.cashier import Cashier
from tests.parts import CHROMIUM

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PAGE_WIDTH, PAGE_HEIGHT = 1120, 985
CUT_FOR_MS = 6_000
TILL = "w1"
BASKET = ("DAI-001", "DAI-001", "SWE-001", "SWE-001", "SWE-001", "TIN-008", "TEA-001", "FRU-014")
APPLES, APPLES_G = "FRU-003", 1_236


class Recorder(Screen):
    """A screen that keeps what it is told, and takes the pictures once a store is cut off."""

    def __init__(self, take: Callable[[Console], None]) -> None:
        super().__init__(Console(record=True, width=80, file=StringIO(), highlight=False))
        self._take, self.taken = take, False

    def show(self, picture: Sequence[StoreState]) -> None:
        """Take the pictures when headquarters' numbers of a cut-off store have aged a little."""
        if self.taken or not any(s.link == "cut" and s.age_ms > CUT_FOR_MS for s in picture):
            return
        self.taken = True
        self.console.print(Padding(stores_table(picture), (1, 0, 1, 2)))
        self._take(self.console)


def terminal_picture(console: Console) -> str:
    """Render what a console has printed as an SVG that fetches no font from anywhere."""
    svg = console.export_svg(title="make demo", theme=MONOKAI, unique_id="evertill")
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "'DejaVu Sans Mono', Menlo, monospace")
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


def status_page(hq: Headquarters, language: str) -> str:
    """Sign in at headquarters and return its status page as it is now."""
    with httpx.Client(base_url=hq.url, follow_redirects=True, trust_env=False) as client:
        client.post("/login", data={"token": hq.token}).raise_for_status()
        page = client.get("/", params={"lang": language}).raise_for_status().text
    return re.sub(r'<meta http-equiv="refresh"[^>]*>', "", page)


def page_picture(page: str, target: Path) -> None:
    """Have Chromium draw a page."""
    with (
        open_browser(CHROMIUM.require()) as browser,
        new_window(browser, "about:blank", width=PAGE_WIDTH, height=PAGE_HEIGHT) as (_, window),
    ):
        window.set_content(page)
        window.screenshot(path=target)


def scale_label(branch: Branch, sku: str, grams: int) -> str:
    """Make the barcode that the counter's scale prints on weighed goods."""
    (product,) = (one for one in branch.catalogue.products if one.sku == sku)
    digits = f"29{product.attributes['plu']:0>5}{grams:05d}"
    return f"{digits}{gtin_check_digit(digits)}"


def fill_basket(cashier: Cashier, branch: Branch) -> None:
    """Scan a purchase as a customer brings it, and a coupon."""
    gtins = {product.sku: product.gtins for product in branch.catalogue.products}
    for code in (*(gtins[sku][0] for sku in BASKET), scale_label(branch, APPLES, APPLES_G)):
        before = cashier.basket.inner_text()
        cashier.scan(code)
        expect(cashier.basket).not_to_have_text(before, use_inner_text=True)
    cashier.scan("WELCOME10")
    expect(cashier.basket).to_contain_text("Welcome coupon")
    expect(cashier.page.locator(".toast")).to_have_count(0)


def till_pictures(branch: Branch, cashier: Cashier) -> None:
    """Take the selling screen in both languages, then pay and take the receipt."""
    cashier.enrol(branch.tokens[TILL])
    cashier.log_in("Ana Lindqvist", branch.pins["ana"])
    cashier.open_shift(10_000)
    fill_basket(cashier, branch)
    cashier.page.screenshot(path=FOLDER / "till-en.png")
    cashier.press("改用中文")
    cashier.sees("嘉拉苹果")
    cashier.page.screenshot(path=FOLDER / "till-zh.png")
    cashier.press("Switch to English")
    cashier.pay_cash(5_000)
    expect(cashier.done).to_contain_text("in the store’s node")
    headers = {"Authorization": f"Bearer {branch.tokens[TILL]}"}
    with httpx.Client(
        base_url=f"{branch.store.url}/api/v1", headers=headers, trust_env=False
    ) as node:
        sale = node.get("/sales").raise_for_status().json()["sales"][0]["id"]
        receipt = node.get(f"/till/receipts/{sale}", params={"form": "png", "language": "en"})
        (FOLDER / "receipt-en.png").write_bytes(receipt.raise_for_status().content)


def picture_store() -> None:
    """Open a store with one till in a browser, and take its pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_branch(Path(folder), (TILL,)) as branch,
        open_browser(CHROMIUM.require()) as browser,
        new_window(browser, branch.store.url) as (_, page),
    ):
        till_pictures(branch, Cashier(page))


def picture_chain() -> bool:
    """Run the demo until a store has been cut off for a while, and take the pictures."""
    pages: dict[str, str] = {}

    def take(console: Console) -> None:
        for language in ("en", "zh"):
            pages[language] = status_page(chain.headquarters, language)
        (FOLDER / "demo.svg").write_text(terminal_picture(console), "utf-8")

    screen, plan = Recorder(take), Plan()
    screen.act("Evertill: headquarters and 3 stores on this machine")
    with (
        tempfile.TemporaryDirectory() as folder,
        open_chain(Path(folder), 3, 8480, screen.say, lambda: None) as chain,
    ):
        catalogue = make_catalogue(plan.seed)
        pins = open_for_business(chain, catalogue, plan.seed, screen.say)
        story = Story(chain, catalogue, plan, screen, pins)
        try:
            story.begin()
            story.sell_together()
            story.cut_and_restore(chain.stores[1])
        finally:
            story.end()
    for language, page in pages.items():
        page_picture(page, FOLDER / f"headquarters-{language}.png")
    return screen.taken


def main() -> None:
    """Take all pictures, or `chain` or `store` as the first word says."""
    tell = Console(stderr=True)
    FOLDER.mkdir(exist_ok=True)
    wanted = sys.argv[1:] or ["chain", "store"]
    taken = "chain" not in wanted or picture_chain()
    if "store" in wanted:
        picture_store()
    for path in sorted(FOLDER.iterdir()):
        tell.print(f"{path.name}: {path.stat().st_size:,} bytes")
    sys.exit(0 if taken else 1)


if __name__ == "__main__":
    main()
