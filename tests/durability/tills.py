"""Torture tills: real Chromium, a real node, a line that lies; nothing done is lost or doubled.

Tills sell in every way while faults are drawn from a seed: SIGKILL of node and browser between
the key that finishes and the word that it is done, reloads, cut and half-dead networks, a second
window, new builds, clocks that jump, a store that is full.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from playwright.sync_api import Error, expect, sync_playwright

from provisioning.demo.hardware import TILL
from sync.definitions import Product
from tests.durability.half_dead import HalfDeadLine
from tests.durability.till_faults import Faults
from tests.durability.till_sales import Account, TillToll
from tests.durability.till_shop import GIFT_CODE, SPENT_MAX_MINOR, Shop, Strike
from tests.durability.till_verdict import judge
from tests.durability.till_window import TillWindow
from tests.e2e.till.branch import PATIENCE_MS, Branch, open_branch
from tests.e2e.till.cashier import NAMES

_PLAIN = ("DAI", "SWE", "PAP", "CLE", "SNA")
_CARD = "GFT-002"
FACE_MINOR = 2_500


def torture_tills(
    moves: int,
    seed: int,
    chromium: Path,
    tick: Callable[[], None] = lambda: None,
    names: tuple[str, ...] = (),
) -> TillToll:
    """Do `moves` things at two tills under faults drawn from `seed`; say what is wrong.

    `names`: only these faults, all where it is empty.
    """
    with (
        tempfile.TemporaryDirectory(prefix="evertill-tills-") as folder,
        open_shop(Path(folder), random.Random(seed), chromium) as shop,
    ):
        with closing(shop.branch.manager()) as node:
            before = node.stock()
        _sell_gift_card(shop)
        faults = Faults(shop).draw(names)
        for _ in range(moves):
            _one_move(shop, faults)
            tick()
        shop.come_to_rest()
        return judge(shop, before, FACE_MINOR)


@contextmanager
def open_shop(folder: Path, rng: random.Random, chromium: Path) -> Iterator[Shop]:
    """Open a store with two tills in browsers of their own, behind one line."""
    with ExitStack() as stack:
        branch = stack.enter_context(open_branch(folder, ("w2",)))
        line = stack.enter_context(HalfDeadLine(branch.store.port))
        playwright = stack.enter_context(sync_playwright())
        expect.set_options(timeout=PATIENCE_MS)
        windows = tuple(
            TillWindow(name, line.url, folder / f"browser-{name}", chromium, playwright)
            for name in (TILL, "w2")
        )
        shop = Shop(branch, line, windows, _plain_goods(branch), Account(), rng)
        tokens = (branch.store.till_token, branch.tokens["w2"])
        for window, token, staff in zip(windows, tokens, ("ana", "jonas"), strict=True):
            stack.callback(window.close)
            window.open()
            window.start(token, NAMES[staff], branch.pins[staff])
        yield shop


def _plain_goods(branch: Branch) -> list[Product]:
    """Goods that are sold by a scan alone."""
    return [
        product
        for product in branch.catalogue.products
        if product.sku.startswith(_PLAIN) and product.unit == "pc" and product.gtins
        if product.price_minor > SPENT_MAX_MINOR
        if not {"age", "serial", "lot", "recalled", "open_price"} & product.attributes.keys()
    ]


def _sell_gift_card(shop: Shop) -> None:
    """Sell the card that pays for parts of later sales."""
    window = shop.windows[0]
    window.cashier.scan(shop.branch.code(_CARD))
    expect(window.page.get_by_role("dialog")).to_be_visible()
    window.cashier.scan(GIFT_CODE)
    expect(window.cashier.total).to_have_text("€25.00")
    shop.finish(window)
    expect(window.cashier.done).to_contain_text("in the store’s node")


def _one_move(shop: Shop, faults: Iterator[tuple[str, Strike]]) -> None:
    """Do one thing at one till, mostly under a fault; sometimes let the fault last."""
    window = shop.rng.choice(shop.windows)
    name, strike = next(faults) if shop.rng.random() < 0.8 else ("nothing", None)
    what = shop.rng.choice(("cash", "cash", "card", "gift", "aside", "take up", "void"))
    if what == "card":
        window = shop.windows[0]
    if not shop.is_well:
        what = "cash"
    shop.account.story.append(f"{window.name}: {what}, {name}")
    try:
        _do(shop, what, window, strike)
    except (AssertionError, Error) as error:
        last = "\n".join(shop.account.story[-8:])
        raise AssertionError(f"{error}\n\nThe last moves:\n{last}") from error
    if shop.rng.random() < 0.6:
        shop.heal()


def _do(shop: Shop, what: str, window: TillWindow, strike: Strike | None) -> None:
    """Do a thing by its name."""
    if what == "card":
        shop.pay_by_card(window, strike)
    elif what == "gift":
        shop.spend_gift(window, strike)
    elif what == "aside":
        shop.put_aside(window, strike)
    elif what == "take up":
        shop.take_up(window, strike)
    elif what == "void":
        shop.void(window)
    else:
        shop.fill(window)
        shop.finish(window, strike)
