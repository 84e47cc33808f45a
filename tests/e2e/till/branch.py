"""A store as its people meet it: headquarters, broker and node as processes, tills in a browser."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from provisioning.broker_process import free_port
from provisioning.catalogue import Catalogue, make_catalogue
from provisioning.demo.api import StoreApi
from provisioning.demo.chain import Chain, Store, open_chain
from provisioning.demo.opening import log_in, open_for_business
from provisioning.demo.programs import call_program
from tests.parts import CHROMIUM_FLAGS

PATIENCE_MS = 60_000
SEED = 7


@dataclass(slots=True)
class Branch:
    """A store that is open: its node, what it sells, its people's PINs, tills' tokens."""

    chain: Chain
    catalogue: Catalogue
    pins: dict[str, str] = field(repr=False)
    tokens: dict[str, str] = field(repr=False)

    @property
    def store(self) -> Store:
        """The one store of the chain."""
        return self.chain.stores[0]

    def admit(self, till: str) -> str:
        """Let another till in; return its token."""
        data = ("--data", str(self.store.data))
        return call_program("evertill-edge", "device", "add", till, "--role", "till", *data)

    def code(self, sku: str) -> str:
        """Barcode of a product."""
        return next(one.gtins[0] for one in self.catalogue.products if one.sku == sku)

    def manager(self) -> StoreApi:
        """Connect to the node with all rights."""
        return log_in(self.store, self.pins)

    def kill_node(self) -> None:
        """Pull the node's power cord."""
        self.store.program.kill()

    def start_node(self) -> None:
        """Start the node again, at the address it had."""
        self.store.start(self.chain.ports)


@contextmanager
def open_branch(folder: Path, tills: tuple[str, ...] = ("w1", "w2")) -> Iterator[Branch]:
    """Open a chain of one store with a catalogue, rules and people, and let tills in."""
    with open_chain(folder, 1, free_port(), lambda _: None, lambda: None) as chain:
        catalogue = make_catalogue(SEED)
        pins = open_for_business(chain, catalogue, SEED, lambda _: None)
        branch = Branch(chain, catalogue, pins, {})
        branch.tokens.update({till: branch.admit(till) for till in tills})
        yield branch


@contextmanager
def open_browser(chromium: Path) -> Iterator[Browser]:
    """Start the system's Chromium, with nothing that looks for a network."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=str(chromium), args=CHROMIUM_FLAGS)
        with closing(browser):
            yield browser


@contextmanager
def new_window(
    browser: Browser, url: str, *, locale: str = "en-GB", width: int = 1280, height: int = 800
) -> Iterator[tuple[BrowserContext, Page]]:
    """Open a window with a browser store of its own, as a till of its own has."""
    with ExitStack() as stack:
        context = stack.enter_context(
            closing(
                browser.new_context(
                    base_url=url, locale=locale, viewport={"width": width, "height": height}
                )
            )
        )
        context.set_default_timeout(PATIENCE_MS)
        yield context, context.new_page()
