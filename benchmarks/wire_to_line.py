"""From a scanner's last byte on the wire to the line in a till's browser, while others sell.

The node is a process, eight devices hang on ptys of this one, Chromium is the till they belong to.
What is measured begins when the last byte was written and ends with the frame that shows the line;
both clocks are set against each other before each sale.
"""

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import sync_playwright

from benchmarks.browser import Window, cashier, open_window
from benchmarks.figures import Run
from benchmarks.sale_http import (
    HEADQUARTERS,
    ask,
    make_node,
    node_command,
    running,
    sale_maker,
)
from devices.simulated.aside import Aside
from devices.simulated.scanner import ScannerPeer
from edge.books import catalogue, database
from edge.books.backup import DATABASE
from edge.settings import FILE_NAME
from provisioning.catalogue import gtin_13
from sync.definitions import Product

TILLS = 8
EIGHT = (
    *("scanner", "scanner-stx", "scale-8217", "scale-cas"),
    *("printer", "display-cd5220", "labels-zpl", "terminal-zvt"),
)
ARTICLES = 1_000
LINES = 10
EVERY_S = 0.15
PATIENCE_S = 60.0
# Resolves with the moment each of so many lines was seen.
LINES_SEEN = """count => {
  const seen = [];
  window.linesSeen = (async () => {
    while (seen.length < count) {
      const next = seen.length + 1;
      const at = await stopwatch.shown(() => document.querySelectorAll('.line').length >= next);
      const now = document.querySelectorAll('.line').length;
      while (seen.length < Math.min(now, count)) seen.push(at);
    }
    return seen;
  })();
}"""


def measure_lines(run: Run, *, selling: bool) -> tuple[list[float], float]:
    """Scan at a till; return the milliseconds of each scan, and the other tills' sales a second."""
    data = run.folder / ("wire-selling" if selling else "wire-quiet")
    skus = run.pick(20_000, 2_000)
    tokens = make_node(data, TILLS + 1, skus)
    _define(data)
    with ExitStack() as stack:
        aside = stack.enter_context(_devices(data))
        port, _ = stack.enter_context(running(node_command(data)))
        playwright = stack.enter_context(sync_playwright())
        url = f"http://127.0.0.1:{port}/till/"
        window = stack.enter_context(open_window(playwright, data / "profile", url))
        window.enrol(tokens[0])
        window.page.wait_for_timeout(2_000)
        _sale(window, aside, 0)  # whatever is made at first use, is made
        with _sellers(port, tokens[1:] if selling else [], skus) as sold:
            time.sleep(1.0)
            found: list[float] = []
            for sale in range(1, run.pick(25, 3) + 1):
                found += _sale(window, aside, sale)
    return found, sold[0] if sold else 0.0


def _define(data: Path) -> None:
    """Have the node take a cashier, and articles with codes that count up."""
    with closing(database.connect(data / DATABASE)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        catalogue.apply(connection, HEADQUARTERS, 900_000, cashier())
        for n in range(ARTICLES):
            names = {"en": f"Scanned {n}"}
            product = Product(f"SCAN-{n}", names, [gtin_13(n)], "piece", "std", 100 + n)
            catalogue.apply(connection, HEADQUARTERS, 900_001 + n, product)
        connection.execute("COMMIT")


@contextmanager
def _devices(data: Path) -> Iterator[Aside]:
    """Plug eight devices into the node's first till."""
    with (
        tempfile.TemporaryDirectory(prefix="ports-") as ports,
        closing(Aside(Path(ports))) as aside,
        (data / FILE_NAME).open("a", encoding="utf-8") as settings,
    ):
        for kind in EIGHT:
            url = aside.add(kind, kind)
            table = f'[[devices]]\nname = "{kind}"\nkind = "{kind}"\nurl = "{url}"\n'
            settings.write(f'{table}till = "t0"\n')
        settings.close()
        yield aside


def _sale(window: Window, aside: Aside, sale: int) -> list[float]:
    """Scan one sale's articles at a pace of six a second, pay; return the milliseconds of each."""
    peer = cast(ScannerPeer, aside.peer("scanner"))
    page, clock_ms = window.page, window.clock_ms()
    page.evaluate(LINES_SEEN, LINES)
    sent: list[float] = []

    def scan(code: str) -> None:
        peer.scan(code, "]E0")
        sent.append(time.monotonic() * 1000 - clock_ms)

    for line in range(LINES):
        time.sleep(EVERY_S)
        aside.use("scanner", partial(scan, gtin_13((sale * LINES + line) % ARTICLES)))
    seen: list[float] = page.evaluate("window.linesSeen")
    page.evaluate("stopwatch.pay()")
    return [at - began for at, began in zip(seen, sent, strict=True)]


@contextmanager
def _sellers(port: int, tokens: Sequence[str], skus: int) -> Iterator[list[float]]:
    """Have tills sell as fast as they can meanwhile; the list holds their sales a second after."""
    sold: list[float] = []
    if not tokens:
        yield sold
        return
    spawn = multiprocessing.get_context("spawn")
    ended, (ours, theirs) = spawn.Event(), spawn.Pipe()
    process = spawn.Process(target=_sell, args=(port, list(tokens), skus, ended, theirs))
    process.start()
    try:
        yield sold
    finally:
        ended.set()
        if ours.poll(PATIENCE_S):
            sold.append(ours.recv())
        process.join(PATIENCE_S)


def _sell(port: int, tokens: list[str], skus: int, ended: threading.Event, pipe: Any) -> None:
    makers = [sale_maker(token, at, skus) for at, token in enumerate(tokens)]
    began, sales = time.monotonic(), 0
    while not ended.is_set():
        sales += len(ask(port, makers, 0.5))
    pipe.send(sales / (time.monotonic() - began))
