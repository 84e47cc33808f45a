"""The till in Chromium on 100,000 SKUs: opening, scanning, searching, paying, alone and in a crowd.

Chromium without a window, a node as a process, the built till. Everything is measured from the key
to the frame that shows what it brought. Cold: a browser just started, its HTTP and code caches
empty; the till's files (in its service worker) and the assortment are on its disk. Both also with
the node killed. Ten tills: this browser and nine that sell over HTTP (see `crowd`), in turns with
it alone.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.browser import Opened, Window, cashier, is_plain, open_window
from benchmarks.crowd import selling
from benchmarks.figures import Figure, Run, percentile
from benchmarks.lookup import varied_products
from benchmarks.sale_http import HEADQUARTERS, make_node, node_command, running
from edge.books import catalogue, database
from edge.books.backup import DATABASE
from edge.web.pages import BUILT
from provisioning.catalogue import make_catalogue
from sync.bodies import AnyBody
from sync.definitions import Product

SKUS = 100_000
TILLS = 10
LINES = 10
LONG = 150
PACE_MS = 60
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
  await ask('open', []);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const took = {};
  for (const [name, method, args] of asked) {
    const start = performance.now();
    const told = await ask(method, args);
    (took[name] ??= []).push(performance.now() - start);
    if (!told.result || told.result.length === 0) throw new Error(`nothing for ${method} ${args}`);
  }
  thread.terminate();
  return took;
}"""


@dataclass(slots=True)
class Pace:
    """What sales took at a till, in milliseconds."""

    scans: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """Everything that was measured, in milliseconds but for the loading."""

    loading_s: float = 0.0
    opened: dict[str, list[Opened]] = field(default_factory=dict)
    alone: Pace = field(default_factory=Pace)
    crowd: Pace = field(default_factory=Pace)
    long: list[float] = field(default_factory=list)
    searched: list[float] = field(default_factory=list)
    worker: dict[str, list[float]] = field(default_factory=dict)


def measure(run: Run) -> Iterable[Figure]:
    """Open a till on a large catalogue, scan, search, pay; with other tills, without the node."""
    skus, rng = run.pick(SKUS, 5_000), random.Random(5)
    products = list(varied_products(skus, rng))
    data = run.folder / "node"
    tokens = make_node(data, TILLS, 1)
    define(run, data, products)
    found = Found()
    with running(node_command(data)) as (port, node), sync_playwright() as playwright:
        url = f"http://127.0.0.1:{port}/till/"
        with open_window(playwright, run.folder / "profile", url) as window:
            run.say("till: enrolling, loading the catalogue")
            found.loading_s = window.enrol(tokens[0])
            window.page.wait_for_timeout(3_000)
            plain = [one for one in products if is_plain(one)]
            codes = (rng.choice(plain).gtins[0] for _ in count())
            _sell(run, window, found, codes, partial(selling, port, tokens[1:], plain[:5_000]))
            _search(run, window, found, rng.sample(products, run.pick(40, 6)))
            window.opens_with(plain[0].gtins[0])
            for place in ("", ", the node killed"):
                if place:
                    node.kill()
                _open(run, window, found, place)
    yield from _figures(skus, found)


def define(run: Run, data: Path, products: Sequence[Product]) -> None:
    """Have the node take its person, taxes and products as if headquarters had said them."""
    bodies: list[AnyBody] = [cashier(), *make_catalogue(1).tax_rates, *products]
    with closing(database.connect(data / DATABASE)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for number, body in enumerate(bodies):
            if number % 5_000 == 0:
                run.say(f"till: {number:,} of {len(products):,} products defined")
            catalogue.apply(connection, HEADQUARTERS, number + 10, body)
        connection.execute("COMMIT")


def _sell(
    run: Run,
    window: Window,
    found: Found,
    codes: Iterator[str],
    beside: Callable[[], AbstractContextManager[None]],
) -> None:
    """Sell alone and as one of ten, in turns; then fill one long basket."""
    window.sell(list(islice(codes, LINES)), PACE_MS)  # whatever is made at first use, is made
    for _ in run.rounds("till: selling alone and as one of ten", 4, 1):
        for pace, crowd in ((found.alone, nullcontext), (found.crowd, beside)):
            with crowd():
                for _sale in range(run.pick(10, 3)):
                    sold = window.sell(list(islice(codes, LINES)), PACE_MS)
                    pace.scans += sold.scans
                    pace.ready.append(sold.ready)
                    pace.acknowledged.append(sold.acknowledged)
    run.say("till: filling a long basket")
    long = window.sell(list(islice(codes, run.pick(LONG, 20))), PACE_MS)
    found.long = long.scans[len(long.scans) // 2 :]


def _search(run: Run, window: Window, found: Found, some: Sequence[Product]) -> None:
    run.say("till: searching as one types")
    for one in some:
        found.searched += window.search(one.names["en"][:12])
    run.say("till: asking its worker")
    page, worker = window.page, next((BUILT / "assets").glob("catalogue.worker-*.js")).name
    found.worker = page.evaluate(ASK, [f"/till/assets/{worker}", _questions(some)])


def _questions(products: Sequence[Product]) -> list[tuple[str, str, list[Any]]]:
    asked: list[tuple[str, str, list[Any]]] = []
    for one in products:
        for _ in range(4):
            asked.append(("idle", "bySkus", [[one.sku]]))
            asked.append(("barcode", "byGtin", [one.gtins[0].zfill(14)]))
        english, chinese = one.names["en"], one.names["zh"].split()[-1]
        asked += [("search", "search", [english[:end], 40]) for end in range(1, 13)]
        asked += [("search", "search", [chinese[:end], 40]) for end in range(1, 4)]
    return asked


def _open(run: Run, window: Window, found: Found, place: str) -> None:
    for _ in run.rounds(f"till: opening warm{place}", 8, 2):
        found.opened.setdefault(f"warm{place}", []).append(window.reopen())
    for _ in run.rounds(f"till: opening cold{place}", 4, 1):
        found.opened.setdefault(f"cold{place}", []).append(window.restart())


def _figures(skus: int, found: Found) -> Iterator[Figure]:
    yield Figure(
        what=f"till, {skus:,} SKUs: the catalogue loaded the first time",
        unit="s", value=found.loading_s, note="with the time to log in",
    )  # fmt: skip
    for how, opened in found.opened.items():
        goal = 3_000.0 if how.startswith("cold") else 1_000.0
        screen = median(one.screen for one in opened)
        yield Figure(what=f"till opens, {how}", unit="ms", value=screen, goal=goal)
        sells = median(one.sells for one in opened)
        yield Figure(what="the same, a first scan on the screen", unit="ms", value=sells, goal=goal)
    alone, crowd = found.alone, found.crowd
    yield _p99("scan to line on the screen", alone.scans, 100.0)
    yield _p99(f"the same, basket of {len(found.long)} lines and more", found.long, 100.0)
    yield _p99("pay: key to receipt ready", alone.ready, 150.0)
    yield _p99("pay: key to the node's word on the screen", alone.acknowledged)
    beside = f"{TILLS - 1} tills beside it, each a sale of 3 lines every 2 s"
    for what, many, single in (
        ("ten tills: scan to line", crowd.scans, alone.scans),
        ("ten tills: pay to receipt ready", crowd.ready, alone.ready),
        ("ten tills: pay to the node's word", crowd.acknowledged, alone.acknowledged),
    ):
        limit = percentile(single, 99)
        yield Figure(
            what=f"{what}, p99", unit="ms", value=percentile(many, 99), goal=1.5 * limit,
            limit=limit, limit_is="one till, in turns", note=beside,
        )  # fmt: skip
    idle = percentile(found.worker["idle"], 50)
    word = "a message to the worker and back, p50"
    rows: list[tuple[str, list[float], int, float | None]] = [
        ("search as you type: key to hits on the screen, p95", found.searched, 95, 50.0),
        ("search in the till's index, p95", found.worker["search"], 95, 50.0),
        ("barcode in the till's index, p99", found.worker["barcode"], 99, None),
    ]
    for what, timings, share, wanted in rows:
        yield Figure(
            what=what, unit="ms", value=percentile(timings, share), goal=wanted,
            limit=idle, limit_is=word,
        )  # fmt: skip


def _p99(what: str, timings: Sequence[float], goal: float | None = None) -> Figure:
    note = f"p50 {percentile(timings, 50):.1f} ms of {len(timings)}"
    return Figure(
        what=f"{what}, p99", unit="ms", value=percentile(timings, 99), goal=goal, note=note
    )
