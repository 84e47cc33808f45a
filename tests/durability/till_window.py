"""A till's browser as a person and a power cut meet it: real keys, real windows, SIGKILL.

What the till has on its disk is read from its database beside it, to know how far it came.
"""

import os
import re
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect

from tests.e2e.till.branch import PATIENCE_MS
from tests.e2e.till.cashier import Cashier
from tests.parts import CHROMIUM_FLAGS

_CLOCK = """{
  const now = Date.now;
  globalThis.clockOffMs = 0;
  Date.now = () => now() + globalThis.clockOffMs;
}"""
# What stands on the screen as done, told at once: a kill right after must not make it unsaid.
_LISTEN = """{
  const seen = new Set();
  const look = () => {
    const said = document.querySelector('.safe .num')?.textContent ?? '';
    if (said === '' || seen.has(said)) return;
    seen.add(said);
    globalThis.saidDone(said);
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}"""
_READ = """() => new Promise((done, failed) => {
  const opening = indexedDB.open('evertill');
  opening.onerror = () => failed(opening.error);
  opening.onsuccess = () => {
    const db = opening.result;
    const stores = ['basket', 'outbox', 'finished', 'held', 'pledges'];
    if (db.objectStoreNames.length === 0) { db.close(); return failed(new Error('no database')); }
    const tx = db.transaction(stores);
    const keysOnly = new Set(['outbox', 'finished', 'held']);
    const found = stores.map((name) => {
      const store = tx.objectStore(name);
      return keysOnly.has(name) ? store.getAllKeys() : store.getAll();
    });
    tx.oncomplete = () => {
      db.close();
      const [basket, outbox, finished, held, pledges] = found.map((asked) => asked.result);
      const empty = { id: '', lines: [], tenders: [] };
      const { id, lines, tenders } = basket[0] ?? empty;
      done({
        id,
        lines: lines.map(({ sku, quantity }) => [sku, quantity]),
        tenders: tenders.map(({ kind, amountMinor }) => [kind, amountMinor]),
        waiting: outbox.length,
        finished,
        held,
        charging: pledges.some((one) => one.kind === 'card' && one.sale === id),
        pledges: pledges.length,
      });
    };
  };
})"""


class OnDisk(msgspec.Struct, frozen=True):
    """What a till has on its disk: the basket in hand, what waits, what was finished."""

    id: str
    lines: list[tuple[str, int]]
    tenders: list[tuple[str, int]]
    waiting: int
    finished: list[str]
    held: list[str]
    charging: bool
    pledges: int

    @property
    def goods(self) -> Counter[str]:
        """Units in the basket by SKU."""
        counted: Counter[str] = Counter()
        for sku, quantity in self.lines:
            counted[sku] += quantity
        return counted


@dataclass
class TillWindow:
    """One till: a browser with a folder of its own, and the cashier before it."""

    name: str
    url: str
    folder: Path
    chromium: Path
    playwright: Playwright
    said: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    opened: int = 0
    _context: BrowserContext | None = None
    _cashier: Cashier | None = None

    @property
    def cashier(self) -> Cashier:
        """Whoever stands at the window that is open."""
        assert self._cashier is not None, "open the window first"
        return self._cashier

    @property
    def page(self) -> Page:
        """The window that is open."""
        return self.cashier.page

    @property
    def context(self) -> BrowserContext:
        """The browser."""
        assert self._context is not None, "open the window first"
        return self._context

    @property
    def is_open(self) -> bool:
        """Whether a browser runs."""
        return self._context is not None

    def open(self) -> None:
        """Start the browser on its folder, as after a power cut."""
        self._context = self.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=self.chromium,
            args=list(CHROMIUM_FLAGS),
            base_url=self.url,
            locale="en-GB",
            viewport={"width": 1280, "height": 800},
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.expose_function("saidDone", self._heard)
        self.context.add_init_script(_CLOCK + _LISTEN)
        self.take(self.context.pages[0])

    def _heard(self, receipt: str) -> None:
        self.said.add(receipt)

    def take(self, page: Page) -> None:
        """Stand before another window of the same browser."""
        self._cashier = Cashier(page, self.errors)
        self.opened += 1

    def close(self) -> None:
        """Close the browser, if one is open."""
        context, self._context = self._context, None
        if context:
            with suppress(Error):
                context.close()

    def kill(self) -> None:
        """End the browser with SIGKILL, all its processes at once."""
        for pid in _processes(self.folder):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.close()

    def on_disk(self) -> OnDisk:
        """Read the till's database; what is being written is read when it is written."""
        return msgspec.convert(self.page.evaluate(_READ), OnDisk)

    def start(self, token: str, staff: str, pin: str) -> None:
        """Set the till up, log in, open a shift, and wait until it opens without a network."""
        cashier = self.cashier
        cashier.enrol(token)
        cashier.log_in(staff, pin)
        cashier.open_shift(0)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def reopen(self) -> None:
        """Load the page anew, or start the browser where it was killed, and wait for the till."""
        if not self.is_open:
            self.open()
            self.page.goto("/till/")
        else:
            self.page.reload()
            self.opened += 1
        expect(self.page.locator("main.sell")).to_be_visible()

    def total_minor(self) -> int:
        """What the basket on the screen comes to."""
        digits = re.sub(r"[^0-9-]", "", self.cashier.total.inner_text())
        return int(digits)

    def wait_for(self, goods: Counter[str], patience_s: float = PATIENCE_MS / 1000) -> OnDisk:
        """Wait until the basket is on disk as it should be; the screen is never behind that."""
        deadline_s = time.monotonic() + patience_s
        while (found := self.on_disk()).goods != goods:
            if time.monotonic() > deadline_s:
                screen = self.page.locator("body").inner_text()
                raise AssertionError(f"{self.name} has {found}, not {goods}, and shows:\n{screen}")
            time.sleep(0.01)
        return found


def _processes(folder: Path) -> list[int]:
    """Processes of the browser that works in a folder, and of nobody else."""
    wanted = f"--user-data-dir={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                arguments = (entry / "cmdline").read_bytes()
                if wanted in arguments.split(b"\0"):
                    found.append(int(entry.name))
    return found
