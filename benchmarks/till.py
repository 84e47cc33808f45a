"""The till in a real browser on a catalogue of 100,000 SKUs: opening, scanning and searching.

Chromium without a window against a node of its own. What the screen shows is measured at the
screen: from the Enter of a keyboard wedge to the line in the basket. Lookups and searches are
measured at the till's own index, the built worker, with the message there and back. Beside them a
message that does nothing.
"""

import os
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from argon2 import PasswordHasher
from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.figures import Figure, Run, percentile
from benchmarks.lookup import varied_products
from benchmarks.sale_http import HEADQUARTERS, make_node, node_command, running
from edge import catalogue, database
from edge.backup import DATABASE
from edge.web.pages import BUILT
from sync.definitions import Product, Staff

SKUS = 100_000
PIN = "4711"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PATIENCE_MS = 180_000
# Notes when the selling screen is there, in milliseconds since the navigation began.
WATCH = """
new MutationObserver((_, observer) => {
  if (document.querySelector('.pay-button')) {
    window.openedMs = performance.now();
    observer.disconnect();
  }
}).observe(document, { childList: true, subtree: true });
"""
PRODUCTS = """async () => {
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open('evertill');
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  const get = (store, how) => new Promise((resolve) => {
    const request = db.transaction(store).objectStore(store)[how]('catalogue');
    request.onsuccess = () => resolve(request.result);
  });
  const kept = await get('meta', 'get');
  db.close();
  return kept?.cursor ?? '';
}"""
# Types each code as a wedge does and waits for the total to change.
SCAN = """async (codes) => {
  const took = [];
  for (const code of codes) {
    const total = document.querySelector('.sums__total');
    const before = total.textContent;
    const changed = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        if (total.textContent !== before) {
          observer.disconnect();
          resolve(performance.now());
        }
      });
      observer.observe(total, { childList: true, subtree: true, characterData: true });
    });
    const press = (key) => document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    for (const key of code) press(key);
    const pressed = performance.now();
    press('Enter');
    took.push(await changed - pressed);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return took;
}"""
# Asks the built worker of the catalogue, one question at a time.
ASK = """async ([worker, asked]) => {
  const thread = new Worker(worker, { type: 'module' });
  const waiting = new Map();
  thread.addEventListener('message', ({ data }) => waiting.get(data.id)?.(data));
  let id = 0;
  const ask = (method, args) => new Promise((resolve) => {
    waiting.set(++id, resolve);
    thread.postMessage({ id, method, args });
  });
  const began = performance.now();
  await ask('open', []);
  const opened = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const took = {};
  for (const [name, method, args] of asked) {
    const start = performance.now();
    const told = await ask(method, args);
    (took[name] ??= []).push(performance.now() - start);
    if (!told.result || told.result.length === 0) throw new Error(`nothing for ${method} ${args}`);
  }
  thread.terminate();
  return { opened, took };
}"""


def measure(run: Run) -> Iterable[Figure]:
    """Open a till on a large catalogue, scan and search."""
    skus, rng = run.pick(SKUS, 5_000), random.Random(5)
    products = list(varied_products(skus, rng))
    data = run.folder / "node"
    token = make_node(data, 1, 1)[0]
    _define(run, data, products)
    plain = [one for one in products if _is_plain(one)]
    with running(node_command(data)) as (port, _process), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with closing(browser.new_context(viewport={"width": 1280, "height": 800})) as context:
            context.add_init_script(WATCH)
            page, loading_ms = _enrol(run, context, f"http://127.0.0.1:{port}/till/", token)
            opened = [_open(page) for _ in run.rounds("till: opening", 10, 3)]
            codes = [one.gtins[0] for one in rng.sample(plain, run.pick(300, 30))]
            run.say("till: scanning")
            scanned: list[float] = page.evaluate(SCAN, codes)
            run.say("till: looking up and searching")
            asked = _questions(rng.sample(products, run.pick(200, 30)))
            index: dict[str, Any] = page.evaluate(ASK, [_worker(), asked])
        browser.close()
    yield from _figures(skus, loading_ms, opened, scanned, index)


def _is_plain(product: Product) -> bool:
    """Whether a scan makes a line at once, without a question."""
    asks = {"serial", "lot", "age", "open_price", "gift_card", "recalled"}
    weighed = product.unit in ("g", "ml", "mm")
    return not weighed and not asks & set(product.attributes) and product.price_minor > 0


def _define(run: Run, data: Path, products: Sequence[Product]) -> None:
    person = Staff("ana", "Ana", ["cashier"], PasswordHasher(1, 8, 1).hash(PIN))
    bodies: list[Product | Staff] = [person, *products]
    with closing(database.connect(data / DATABASE)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for number, body in enumerate(bodies, 10):
            if number % 10_000 == 0:
                run.say(f"till: {number:,} of {len(products):,} products defined")
            catalogue.apply(connection, HEADQUARTERS, number, body)
        connection.execute("COMMIT")


def _enrol(run: Run, context: BrowserContext, url: str, token: str) -> tuple[Page, float]:
    """Make a till of the browser; return its page and how long the catalogue took (ms)."""
    run.say("till: enrolling, loading the catalogue")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(url)
    page.locator("input").first.fill(token)
    began: float = page.evaluate("performance.now()")
    page.keyboard.press("Enter")
    page.get_by_text("Ana").first.click()
    page.keyboard.type(PIN, delay=90)
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.wait_for_selector(".pay-button")
    seen = ""
    while True:  # the cursor moves with every page of the catalogue and then stays
        page.wait_for_timeout(1_000)
        now: str = page.evaluate(PRODUCTS)
        if now and now == seen:
            break
        seen = now
    ended: float = page.evaluate("performance.now()")
    return page, ended - began - 1_000


def _open(page: Page) -> float:
    page.reload()
    page.wait_for_selector(".pay-button")
    opened: float = page.evaluate("window.openedMs")
    page.wait_for_timeout(1_500)
    return opened


def _worker() -> str:
    name = next((BUILT / "assets").glob("catalogue.worker-*.js")).name
    return f"/till/assets/{name}"


def _questions(products: Sequence[Product]) -> list[tuple[str, str, list[Any]]]:
    asked: list[tuple[str, str, list[Any]]] = []
    for one in products:
        asked.append(("idle", "bySkus", [[one.sku]]))
        asked.append(("barcode", "byGtin", [one.gtins[0].zfill(14)]))
        english, chinese = one.names["en"], one.names["zh"].split()[-1]
        asked += [("search", "search", [english[:end], 40]) for end in range(1, 13)]
        asked += [("search", "search", [chinese[:end], 40]) for end in range(1, 4)]
    return asked


def _figures(
    skus: int, loading_ms: float, opened: list[float], scanned: list[float], index: dict[str, Any]
) -> Iterator[Figure]:
    took: dict[str, list[float]] = index["took"]
    idle = percentile(took["idle"], 50)
    word = "a message to the worker and back, p50"
    yield Figure(
        what=f"till, {skus:,} SKUs: the catalogue loaded the first time",
        unit="s", value=loading_ms / 1000, note="with the time to log in",
    )  # fmt: skip
    yield Figure(what="till opens, warm", unit="ms", value=median(opened), goal=1_000)
    yield Figure(what="its index is ready for scans", unit="ms", value=index["opened"], goal=1_000)
    yield Figure(
        what="scan to line on the screen, p99", unit="ms", value=percentile(scanned, 99), goal=100
    )
    for what, name, share, goal in (
        ("barcode in the till's index, p99", "barcode", 99, 1.0),
        ("search as you type, p95", "search", 95, 50.0),
    ):
        yield Figure(
            what=what, unit="ms", value=percentile(took[name], share), goal=goal,
            limit=idle, limit_is=word,
        )  # fmt: skip
