"""The faults a till must stand, each struck between a key and the screen's word."""

import re
import time
from collections.abc import Callable, Iterator

from playwright.sync_api import expect

from provisioning.demo.programs import HOST
from tests.durability.half_dead import Mood
from tests.durability.till_shop import Shop, Strike
from tests.durability.till_window import TillWindow

_UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration('/till/');
  await registration.update();
  for (let tries = 0; registration.waiting === null && tries < 100; tries++)
    await new Promise((done) => setTimeout(done, 50));
  return registration.waiting !== null;
}"""
_REVISION = re.compile(r"[0-9a-f]{16}")


class Faults:
    """Faults by name, drawn so that each comes in turn."""

    def __init__(self, shop: Shop) -> None:
        self._shop, self._rng = shop, shop.rng
        self._builds = 0
        self._revision = ""
        self.strikes: dict[str, Callable[[TillWindow], None]] = {
            "browser killed": self.kill_browser,
            "node killed": self.kill_node,
            "reload": self.reload,
            "network cut": self.cut,
            "answers lost": self.lose_answers,
            "answers late": self.delay,
            "node and browser killed": self.kill_both,
            "another window takes over": self.another_window,
            "new build": self.new_build,
            "clock jumped": self.jump,
            "store full": self.fill_store,
        }

    def draw(self, names: tuple[str, ...] = ()) -> Iterator[tuple[str, Strike]]:
        """Yield faults without end: all of them in a drawn order, and again."""
        while True:
            order = list(names or self.strikes)
            self._rng.shuffle(order)
            for name in order:
                yield name, self._counted(name)

    def _counted(self, name: str) -> Strike:
        def strike(window: TillWindow) -> None:
            self._shop.account.faults[name] += 1
            self.strikes[name](window)

        return strike

    def _soon(self) -> None:
        """Wait a moment, so that a fault meets different steps of what is under way."""
        time.sleep(self._rng.choice((0.0, 0.002, 0.01, 0.03, 0.1)))

    def kill_browser(self, window: TillWindow) -> None:
        """SIGKILL the browser in the middle of what it does."""
        self._soon()
        window.kill()
        window.reopen()

    def kill_node(self, window: TillWindow) -> None:
        """SIGKILL the node, perhaps in the middle of a PUT."""
        self._soon()
        self._shop.kill_node()
        if self._rng.random() < 0.5:
            self._shop.start_node()
        self._wait(window)

    def kill_both(self, window: TillWindow) -> None:
        """A power cut in the shop."""
        self._soon()
        self._shop.kill_node()
        self.kill_browser(window)

    def reload(self, window: TillWindow) -> None:
        """Load the page anew."""
        self._soon()
        window.reopen()

    def cut(self, window: TillWindow) -> None:
        """Cut the page's network."""
        self._shop.cut(window)
        self._wait(window)

    def lose_answers(self, window: TillWindow) -> None:
        """Let the node do what it is asked, and nobody hear of it."""
        self._shop.line.mood = Mood(loses_answers=True)
        self._wait(window)

    def delay(self, window: TillWindow) -> None:
        """Let everything come late."""
        self._shop.line.mood = Mood(delay_s=self._rng.uniform(0.2, 1.5))
        self._wait(window)

    def another_window(self, window: TillWindow) -> None:
        """Open the same till twice and let the second window take over in the middle."""
        first = window.page
        second = window.context.new_page()
        window.take(second)
        second.goto("/till/")
        expect(second.get_by_text("Another window of this till is selling.").first).to_be_visible()
        second.get_by_role("button", name="Sell here instead").click()
        expect(second.get_by_text("Another window of this till is selling.")).to_have_count(0)
        expect(first.get_by_text("Another window of this till is selling.").first).to_be_visible()
        if self._rng.random() < 0.5:
            first.close()
        else:
            second.close()
            window.take(first)
            banner = first.get_by_text("Another window of this till is selling.")
            expect(banner).to_have_count(0)

    def new_build(self, window: TillWindow) -> None:
        """Give the till another build in the middle of the day, taken up at the next start."""
        shop = self._shop
        shop.heal()
        if not self._revision:
            script = window.page.evaluate("fetch('/till/sw.js').then((found) => found.text())")
            self._revision = _REVISION.findall(script)[0]
        self._builds += 1
        shop.line.give_another_build(self._revision, f"{self._builds:016x}")
        assert window.page.evaluate(_UPDATE), "the new build was not found"
        window.reopen()
        caches = window.page.evaluate("caches.keys()")
        assert f"till-{self._builds:016x}" in caches, caches

    def jump(self, window: TillWindow) -> None:
        """Set the till's clock wrong."""
        off_ms = self._rng.choice((-2, -1, 1, 2)) * 3_600_000
        window.page.evaluate(f"clockOffMs = {off_ms}")

    def fill_store(self, window: TillWindow) -> None:
        """Let the browser's store refuse everything for a while."""
        self._shop.heal()
        browser = window.context.new_cdp_session(window.page)
        origin = {"origin": f"http://{HOST}:{self._shop.line.port}"}
        browser.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": 1})
        self._wait(window)
        browser.send("Storage.overrideQuotaForOrigin", origin)

    def _wait(self, window: TillWindow) -> None:
        """Let the page do what it does under the fault."""
        window.page.wait_for_timeout(self._rng.choice((50, 200, 500)))
