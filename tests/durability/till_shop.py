"""Tills that sell while everything around them fails: one person, two browsers, a seed.

A sale goes on from whatever a fault left: what is on the till's disk decides, as for a cashier.
"""

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from playwright.sync_api import Error, expect

from devices.simulated.terminal import TerminalPeer
from sync.definitions import Product
from tests.durability.half_dead import WELL, HalfDeadLine
from tests.durability.till_sales import Account, Asked, goods_of
from tests.durability.till_window import OnDisk, TillWindow
from tests.e2e.till.branch import PATIENCE_MS, Branch

GIFT_CODE = "GC-TORTURE"
SPENT_MAX_MINOR = 30  # less than anything costs: it never pays for a whole sale
RESCAN_S = 20.0
Strike = Callable[[TillWindow], None]


@dataclass(slots=True)
class Shop:
    """The store, the line to it, its tills, and the account of what they were asked."""

    branch: Branch
    line: HalfDeadLine
    windows: tuple[TillWindow, ...]
    goods: list[Product]
    account: Account
    rng: random.Random
    node_runs: bool = True
    is_cut: bool = False

    # -- one sale --------------------------------------------------------------------------------

    def fill(self, window: TillWindow) -> OnDisk:
        """Scan some goods into an empty basket."""
        self.clear(window)
        picked = self.rng.choices(self.goods, k=self.rng.randint(1, 4))
        for product in picked:
            window.cashier.scan(product.gtins[0])
        wanted = Counter(product.sku for product in picked)
        with suppress(AssertionError):
            return window.wait_for(wanted, RESCAN_S)
        # A busy machine tore a scan's keys apart: whoever stands there scans what is missing.
        window.page.locator("#find").fill("")
        missing = wanted - window.on_disk().goods
        for product in picked:
            if missing[product.sku] > 0:
                missing[product.sku] -= 1
                window.cashier.scan(product.gtins[0])
        return window.wait_for(wanted)

    def clear(self, window: TillWindow) -> None:
        """Come to the selling screen with nothing in hand; what is there is sold first."""
        self.recover(window)
        left = window.on_disk()
        if left.id in self.account.done:  # handed over while its store could not be written
            window.reopen()
        elif left.lines:
            self.finish(window)
            self.recover(window)
        expect(window.cashier.total).to_have_text("€0.00")

    def finish(self, window: TillWindow, strike: Strike | None = None) -> None:
        """Pay what is due in cash; `strike` comes between the last key and the screen's word."""
        while True:
            found = self.to_pay(window)
            due = window.total_minor() - sum(amount for _, amount in found.tenders)
            tenders = (*found.tenders, ("cash", due)) if due else tuple(found.tenders)
            self.ask(window, found, tenders)
            opened = window.opened
            window.page.keyboard.press("Enter")
            if strike:
                strike(window)
                strike = None
            if self.is_over(window, found, opened):
                return

    def to_pay(self, window: TillWindow) -> OnDisk:
        """Go to the tenders of the basket in hand."""
        pay = window.page.get_by_role("region", name="Pay")
        if not pay.is_visible():
            window.cashier.key("F12")
            expect(pay).to_be_visible()
        self.wait_for_card(window)
        window.cashier.key("F1")
        return window.on_disk()

    def ask(self, window: TillWindow, found: OnDisk, tenders: tuple[tuple[str, int], ...]) -> None:
        """Note what is about to be finished, as the screen shows it."""
        goods, total = goods_of(found.goods), window.total_minor()
        self.account.asked[found.id] = Asked(window.name, goods, total, tenders)

    def is_over(self, window: TillWindow, begun: OnDisk, opened: int) -> bool:
        """Whether a sale is finished; otherwise it must be in hand still, whole.

        A window that is still the same will say so; one that was opened since has only its disk.
        """
        deadline_s = time.monotonic() + PATIENCE_MS / 1000
        while window.opened == opened and time.monotonic() < deadline_s:
            if window.cashier.done.is_visible():
                self.account.done.add(begun.id)
                return True
            if window.page.get_by_text("The sale is not finished").first.is_visible():
                break
            time.sleep(0.02)
        found = window.on_disk()
        if begun.id in found.finished:
            self.account.done.add(begun.id)
            return True
        if (found.id, found.goods) != (begun.id, begun.goods):
            self.account.wrong.append(f"{window.name}: neither finished nor in hand: {begun}")
            return True
        return False

    # -- cards and gift cards --------------------------------------------------------------------

    def pay_by_card(self, window: TillWindow, strike: Strike | None = None) -> None:
        """Charge what is due at the terminal."""
        found = self.fill(window)
        self.to_pay(window)
        window.cashier.key("F2")
        charge = window.page.get_by_role("button", name=re.compile("^Charge €"))
        expect(charge).to_be_visible()
        self.ask(window, found, (("card", window.total_minor()),))
        charge.click()
        if strike:
            strike(window)
        self.wait_for_card(window)
        if window.cashier.done.is_visible() or found.id in window.on_disk().finished:
            self.account.done.add(found.id)
        else:
            self.finish(window)

    def wait_for_card(self, window: TillWindow) -> None:
        """Wait until a charge has an end; what nobody knows is looked up at the terminal."""
        deadline_s = time.monotonic() + 2 * PATIENCE_MS / 1000
        while window.on_disk().charging:
            if time.monotonic() > deadline_s:
                raise AssertionError(f"{window.name}: a charge has no end")
            self.heal()
            if window.page.get_by_role("button", name="It was paid").is_visible():
                self.tell_of_charge(window)
            time.sleep(0.05)

    def tell_of_charge(self, window: TillWindow) -> None:
        """Look at the terminal's own books and say what became of a charge."""
        paid = len(self.charges()) > len(self.booked_cards())
        name = "It was paid" if paid else "It was not paid"
        with suppress(Error):  # the terminal was asked meanwhile, and answered
            window.page.get_by_role("button", name=name).click(timeout=2_000)

    def charges(self) -> list[int]:
        """What the terminal has charged, in minor units."""
        terminal = cast(TerminalPeer, self.branch.store.hardware.peer("terminal"))
        return [booked.amount_minor for booked in terminal.books[1:] if booked.result == 0]

    def booked_cards(self) -> list[str]:
        """Sales of this run that a card has paid, as far as they are over."""
        account = self.account
        return [
            sale
            for sale in account.done
            if any(kind == "card" for kind, _ in account.asked[sale].tenders)
        ]

    def spend_gift(self, window: TillWindow, strike: Strike | None = None) -> None:
        """Take a part from the gift card, and the rest in cash."""
        self.fill(window)
        self.to_pay(window)
        window.cashier.press(re.compile("^Gift card"))
        expect(window.page.get_by_label("Gift card number")).to_be_visible()
        window.cashier.scan(GIFT_CODE)
        spend = window.page.get_by_role("button", name=re.compile("^Spend €"))
        expect(spend).to_be_enabled()
        window.page.evaluate("document.activeElement.blur()")
        window.cashier.type(str(self.rng.randint(1, SPENT_MAX_MINOR)))
        expect(spend).not_to_have_text(re.compile(f"€{window.total_minor() / 100:.2f}"))
        opened = window.opened
        spend.click()
        if strike:
            strike(window)
        if window.opened == opened:
            taken = window.page.get_by_role("list", name="Taken")
            expect(
                taken.or_(window.page.locator(".pay__way .notice--danger")).first
            ).to_be_visible()
        while self.is_well and window.on_disk().pledges:
            time.sleep(0.05)
        self.recover(window)
        self.finish(window)

    # -- aside and away --------------------------------------------------------------------------

    def put_aside(self, window: TillWindow, strike: Strike | None = None) -> None:
        """Put a basket aside; it must be sold in the end, wherever it is taken up."""
        found = self.fill(window)
        self.account.aside.add(found.id)
        window.cashier.key("F7")
        window.page.get_by_role("dialog").get_by_role("textbox").fill(found.id[-6:])
        window.page.keyboard.press("Enter")
        if strike:
            strike(window)
            self.recover(window)
        else:
            window.wait_for(Counter())

    def take_up(self, window: TillWindow, strike: Strike | None = None) -> bool:
        """Take up a basket that was put aside, if one is offered, and sell it."""
        self.clear(window)
        window.cashier.key("F8")
        dialog = window.page.get_by_role("dialog")
        expect(dialog.locator(".held, .empty").first).to_be_visible()
        button = dialog.get_by_role("button", name="Take up").first
        if not button.is_visible():
            window.cashier.key("Escape")
            return False
        button.click()
        if strike:
            strike(window)
            self.recover(window)
        else:
            expect(dialog).to_be_hidden()
        if window.on_disk().lines:
            self.account.taken_up += 1
            self.finish(window)
        return True

    def void(self, window: TillWindow) -> None:
        """Fill a basket and give it up."""
        found = self.fill(window)
        window.cashier.key("F10")
        window.page.get_by_role("dialog").get_by_role("button", name="Void the sale").click()
        window.wait_for(Counter())
        self.account.voided.add(found.id)

    # -- the world around ------------------------------------------------------------------------

    def kill_node(self) -> None:
        """Pull the node's cord, if it runs."""
        if self.node_runs:
            self.node_runs = False
            self.branch.kill_node()

    def start_node(self) -> None:
        """Start the node, if it does not run."""
        if not self.node_runs:
            self.branch.start_node()
            self.node_runs = True

    @property
    def is_well(self) -> bool:
        """Whether nothing is broken now."""
        return self.node_runs and self.line.mood == WELL and not self.is_cut

    def cut(self, window: TillWindow) -> None:
        """Cut a page's network."""
        window.context.set_offline(True)
        self.is_cut = True

    def heal(self) -> None:
        """Put everything right again."""
        self.line.mood = WELL
        self.is_cut = False
        self.start_node()
        for window in self.windows:
            window.context.set_offline(False)

    def recover(self, window: TillWindow) -> None:
        """Bring a till back to its selling screen, whatever happened to it."""
        if not window.is_open:
            window.reopen()
        dialog = window.page.get_by_role("dialog").first
        while dialog.is_visible() or not window.cashier.total.is_visible():
            window.cashier.key("Escape")

    def come_to_rest(self) -> None:
        """Finish what is in hand or aside, and wait until the node has everything."""
        self.heal()
        for window in self.windows:
            window.reopen()
            self.clear(window)
        while sum(self.take_up(window) for window in self.windows):
            pass
        deadline_s = time.monotonic() + PATIENCE_MS / 1000
        for window in self.windows:
            while (left := window.on_disk()).waiting or left.pledges or left.held:
                if time.monotonic() > deadline_s:
                    self.account.wrong.append(f"{window.name} keeps to itself: {left}")
                    return
                time.sleep(0.1)

    def new_id(self) -> str:
        """Mint an id for a request of the test's own."""
        return str(UUID(int=self.rng.getrandbits(128), version=4))
