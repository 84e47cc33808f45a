"""What a cashier does at a till: looks, scans, types and presses; nothing a hand could not do."""

import re
from contextlib import closing
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from provisioning.demo.hardware import TILL
from provisioning.demo.opening import PEOPLE
from tests.e2e.till.branch import Branch

HAND_MS = 60
NAMES = {staff: name for staff, name, _ in PEOPLE}
# A wedge's keys come faster than a busy test can send them one by one.
_SCAN = """code => {
  for (const key of [...code, "Enter"]) {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}"""

DRAWN = """() => new Promise(done =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0))))"""


@dataclass(slots=True)
class Cashier:
    """A person at a till's window; `language` is what the screen speaks."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    # -- beginning -------------------------------------------------------------------------------

    def enrol(self, token: str) -> None:
        """Set the till up as its technician would."""
        self.page.goto("/till/")
        self.page.get_by_label("Token of this till").fill(token)
        self.press("Set up")
        expect(self.page.get_by_role("heading", name="Who is at the till?")).to_be_visible()

    def log_in(self, name: str, pin: str) -> None:
        """Tap a name and type the PIN."""
        self.page.get_by_role("button", name=name).first.click()
        expect(self.page.get_by_role("heading", name=f"PIN of {name}")).to_be_visible()
        self.type(pin)
        self.key("Enter")
        expect(self.basket).to_be_visible()

    def open_shift(self, float_minor: int) -> None:
        """Count the float and begin."""
        self.press("No shift")
        expect(self.page.get_by_text("No shift is open")).to_be_visible()
        self.type(str(float_minor))
        self.press(re.compile("^Open with"))
        expect(self.page.get_by_role("button", name=re.compile("^Shift"))).to_be_visible()
        expect(self.basket).to_be_visible()

    def begin(self, branch: Branch, till: str, staff: str = "ana", float_minor: int = 0) -> None:
        """Set a new till up, log in and open a shift."""
        self.enrol(branch.admit(till))
        self.log_in(NAMES[staff], branch.pins[staff])
        self.open_shift(float_minor)

    def man_counter(self, branch: Branch, staff: str) -> None:
        """Set the till with the devices up, log in and sell in its shift, open or not."""
        self.enrol(branch.store.till_token)
        self.log_in(NAMES[staff], branch.pins[staff])
        with closing(branch.manager()) as node:
            is_open = node.get("/till/shifts/current", drawer=TILL) is not None
        if not is_open:
            self.open_shift(0)
        expect(self.page.get_by_role("button", name=re.compile("^Shift"))).to_be_visible()

    # -- selling ---------------------------------------------------------------------------------

    @property
    def basket(self) -> Locator:
        """The basket."""
        return self.page.get_by_role("region", name="Basket")

    @property
    def total(self) -> Locator:
        """What is to be paid, large."""
        return self.basket.locator("strong").last

    @property
    def done(self) -> Locator:
        """The screen after a sale."""
        return self.page.get_by_role("region", name="Sale done")

    def scan(self, code: str) -> None:
        """Scan with a keyboard wedge, once the screen that is seen is the one that listens."""
        self.page.evaluate(DRAWN)
        self.page.evaluate(_SCAN, code)

    def ring_up(self, *codes: str, total: str) -> None:
        """Scan articles one after the other and see the total."""
        for code in codes:
            self.scan(code)
        expect(self.total).to_have_text(total)

    def pay_cash(self, given_minor: int | None = None) -> str:
        """Take cash, exact unless said; return the receipt's number."""
        self.key("F12")
        expect(self.page.get_by_role("region", name="Pay")).to_be_visible()
        if given_minor is not None:
            self.type(str(given_minor))
        self.key("Enter")
        return self.receipt()

    def receipt(self) -> str:
        """Read the receipt's number off the screen after a sale."""
        expect(self.done).to_be_visible()
        found = re.search(r"\w+-\d+-\d{6}", self.done.inner_text())
        assert found, self.done.inner_text()
        return found[0]

    def sell(self, *codes: str, total: str, given_minor: int | None = None) -> str:
        """Scan, take cash, return the receipt's number."""
        self.ring_up(*codes, total=total)
        return self.pay_cash(given_minor)

    def take_back(self, receipt: str, name: str) -> Locator:
        """Choose one piece of a sale's line to come back; return the dialog of its refund."""
        self.key("F9")
        self.page.get_by_role("searchbox", name="Receipt").fill(receipt)
        self.key("Enter")
        self.press(re.compile(f"^More of {name}"))
        self.press("Refund…")
        return self.page.get_by_role("dialog")

    # -- the small things ------------------------------------------------------------------------

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=name).first.click()

    def type(self, text: str) -> None:
        """Type as a hand does."""
        self.page.keyboard.type(text, delay=HAND_MS)

    def key(self, name: str) -> None:
        """Press one key, once the screen that is seen is the one that listens."""
        self.page.evaluate(DRAWN)
        self.page.keyboard.press(name)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until it stands somewhere on the screen."""
        expect(self.page.get_by_text(text).first).to_be_visible()
