"""A till in Chromium, with a stopwatch inside its page: from the key to the frame that shows it.

A moment is taken in the page itself: when the key goes down, and when the frame with what it
brought has been drawn (the next animation frame's work is done). Frames of a browser come 60 times
a second, so that up to 17 ms of every figure are the wait for one.
"""

import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import cast

from argon2 import PasswordHasher
from playwright.sync_api import BrowserContext, Page, Playwright

from sync.definitions import Product, Staff
from tests.parts import CHROMIUM, CHROMIUM_FLAGS

PIN = "4711"
PATIENCE_MS = 120_000
CACHES = ("Cache", "Code Cache", "GPUCache", "DawnGraphiteCache", "DawnWebGPUCache")
HAND_MS = 90

# What stands in every page before the till's own scripts. `opening`, if kept in the page's storage,
# is a code that is scanned as soon as the selling screen is there.
STOPWATCH = """(() => {
  const one = (selector) => document.querySelector(selector);
  const rest = (ms) => new Promise((done) => setTimeout(done, ms));
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(performance.now());
    port2.postMessage(0);
  }));
  const until = (test) => new Promise((done, fail) => {
    if (test()) return done();
    const late = setTimeout(() => {
      fail(new Error(`never came: ${test}; the screen says: ${document.body.innerText}`));
    }, 60_000);
    const observer = new MutationObserver(() => {
      if (!test()) return;
      observer.disconnect();
      clearTimeout(late);
      done();
    });
    observer.observe(document, {
      childList: true, subtree: true, characterData: true, attributes: true,
    });
  });
  const shown = async (test) => { await until(test); return frame(); };
  const press = (key) => (document.activeElement ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const total = () => one('.sums__total strong')?.textContent ?? '';
  const scan = async (code) => {
    const before = total();
    for (const key of code) press(key);
    const at = performance.now();
    press('Enter');
    return (await shown(() => total() !== before)) - at;
  };
  const pay = async () => {
    press('F12');
    await shown(() => one('.pay'));
    await rest(120);
    const at = performance.now();
    press('Enter');
    const ready = (await shown(() => one('.sold'))) - at;
    const acknowledged = (await shown(() => one('.safe--node'))) - at;
    await rest(120);
    press('Enter');
    await shown(() => one('.pay-button'));
    await rest(120);
    return { ready, acknowledged };
  };
  const sell = async ({ codes, pace }) => {
    const scans = [];
    for (const code of codes) {
      scans.push(await scan(code));
      await rest(pace);
    }
    return { scans, ...(await pay()) };
  };
  let keyed = 0;
  addEventListener('keydown', (event) => { keyed = event.timeStamp; }, true);
  // To be called before the key: resolves when what was found for a text is on the screen.
  const found = (text) => {
    const label = `Found for \u201c${text}\u201d`;
    window.finding = shown(() => one('.hits')?.getAttribute('aria-label') === label)
      .then((at) => at - keyed);
  };
  const opened = (async () => {
    await until(() => one('.pay-button'));
    const screen = await frame();
    const code = localStorage.getItem('opening');
    if (!code) return { screen, sells: screen };
    await scan(code);
    return { screen, sells: performance.now() };
  })();
  window.stopwatch = { scan, pay, sell, found, opened, total, rest, shown, one };
})()"""
CURSOR = """async () => {
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open('evertill');
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
  const kept = await new Promise((resolve) => {
    const request = db.transaction('meta').objectStore('meta').get('catalogue');
    request.onsuccess = () => resolve(request.result);
  });
  db.close();
  return kept?.cursor ?? '';
}"""


def cashier() -> Staff:
    """Return who sells; the browser logs in with `PIN`."""
    return Staff("ana", "Ana", ["cashier"], PasswordHasher(1, 8, 1).hash(PIN))


def is_plain(product: Product) -> bool:
    """Whether a scan makes a line at once, without a question."""
    asks = {"serial", "lot", "age", "open_price", "gift_card", "recalled"}
    weighed = product.unit in ("g", "ml", "mm")
    return not weighed and not asks & set(product.attributes) and product.price_minor > 0


@dataclass(frozen=True, slots=True)
class Sold:
    """What a sale took: each scan, the receipt ready, the node's word for it (ms)."""

    scans: list[float]
    ready: float
    acknowledged: float


@dataclass(frozen=True, slots=True)
class Opened:
    """Since the navigation began: the selling screen, and a scan on it (ms)."""

    screen: float
    sells: float


@dataclass(slots=True)
class Window:
    """A till's window, over restarts of its browser; everything it knows is in `profile`."""

    playwright: Playwright
    profile: Path
    url: str
    page: Page

    def enrol(self, token: str) -> float:
        """Make a till of the browser, open a shift; return how long loading took (s)."""
        page = self.page
        page.goto(self.url)
        page.locator("input").first.fill(token)
        began = time.monotonic()
        page.keyboard.press("Enter")
        page.get_by_text("Ana").first.click()
        page.keyboard.type(PIN, delay=HAND_MS)
        page.wait_for_timeout(300)
        page.keyboard.press("Enter")
        page.wait_for_selector(".pay-button")
        loading_s = self._loaded() - began
        page.get_by_role("button", name="No shift").click()
        page.get_by_text("No shift is open").wait_for()
        page.keyboard.type("10000", delay=HAND_MS)
        page.get_by_role("button", name=re.compile("^Open with")).click()
        page.wait_for_selector(".pay-button")
        return loading_s

    def _loaded(self) -> float:
        """Wait for the whole catalogue; return when it was there (s)."""
        seen = ""
        while True:  # the cursor moves with every page of the catalogue and then stays
            self.page.wait_for_timeout(1_000)
            now: str = self.page.evaluate(CURSOR)
            if now and now == seen:
                return time.monotonic() - 1.0
            seen = now

    def sell(self, codes: Sequence[str], pace_ms: int) -> Sold:
        """Scan, take cash, wait for the node's word, begin the next sale."""
        given = {"codes": list(codes), "pace": pace_ms}
        return Sold(**self.page.evaluate("given => stopwatch.sell(given)", given))

    def scan(self, code: str) -> float:
        """Scan one article; return the milliseconds."""
        return cast(float, self.page.evaluate("code => stopwatch.scan(code)", code))

    def search(self, text: str) -> list[float]:
        """Type a search; return the milliseconds from each key to its hits on the screen."""
        took: list[float] = []
        self.page.keyboard.press("F2")
        for end in range(1, len(text) + 1):
            if text[end - 1] == " ":  # a space alone changes nothing that is found
                self.page.keyboard.type(" ")
                continue
            self.page.evaluate("text => stopwatch.found(text)", text[:end])
            self.page.keyboard.type(text[end - 1])
            took.append(self.page.evaluate("window.finding"))
            self.page.wait_for_timeout(HAND_MS)
        self.page.keyboard.press("Escape")
        self.page.wait_for_timeout(HAND_MS)
        return took

    def opens_with(self, code: str) -> None:
        """Scan this code from now on whenever the till opens."""
        self.page.evaluate("code => localStorage.setItem('opening', code)", code)

    def reopen(self) -> Opened:
        """Load the page again."""
        self.page.reload(wait_until="commit")
        return self._opened()

    def restart(self) -> Opened:
        """Start the browser anew with empty caches, and open the till."""
        self.page.context.close()
        for name in CACHES:
            shutil.rmtree(self.profile / "Default" / name, ignore_errors=True)
        self.page = _launch(self.playwright, self.profile).pages[0]
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.goto(self.url, wait_until="commit")
        return self._opened()

    def _opened(self) -> Opened:
        opened = Opened(**self.page.evaluate("stopwatch.opened"))
        self.page.wait_for_timeout(1_500)
        return opened

    def clock_ms(self) -> float:
        """How far this process' `time.monotonic` is ahead of the page's clock, in milliseconds."""
        offsets: list[tuple[float, float]] = []
        for _ in range(50):
            before = time.monotonic() * 1000
            inside: float = self.page.evaluate("performance.now()")
            after = time.monotonic() * 1000
            offsets.append((after - before, (before + after) / 2 - inside))
        return median(offset for _, offset in sorted(offsets)[:5])


@contextmanager
def open_window(playwright: Playwright, profile: Path, url: str) -> Iterator[Window]:
    """Open a browser with a store of its own, as a till has."""
    page = _launch(playwright, profile).pages[0]
    page.set_default_timeout(PATIENCE_MS)
    window = Window(playwright, profile, url, page)
    with closing(_Last(window)):
        yield window


class _Last:
    """Closes whichever browser the window has by then."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def close(self) -> None:
        self._window.page.context.close()


def _launch(playwright: Playwright, profile: Path) -> BrowserContext:
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=CHROMIUM.require(),
        args=CHROMIUM_FLAGS,
        viewport={"width": 1280, "height": 800},
    )
    context.add_init_script(STOPWATCH)
    return context
