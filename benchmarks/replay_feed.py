"""One law: documents go in through `evertill-edge replay`, whatever happens to cables and to it.

One process per store posts its file; meanwhile each store's link is cut or goes dead and returns,
as dice decide, and one of the processes is killed half-way and started again.
"""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from provisioning.broker_process import ChildProcess
from provisioning.demo.api import StoreApi
from provisioning.demo.chain import Chain, Store
from provisioning.demo.programs import find_program
from provisioning.link_proxy import LinkProxy

_LOOK_S = 0.25
_PLAIN_EVERY_S = 10.0


class FeedError(RuntimeError):
    """The command that posts a file has failed; the text holds its last words."""


class Cable:
    """A link that is up for a while, then cut or dead for a while, as its dice say."""

    def __init__(self, proxy: LinkProxy, dice: random.Random, up_s: float, cut_s: float) -> None:
        """`up_s` and `cut_s` are how long it is up and cut on average."""
        self._proxy, self._dice, self._up_s, self._cut_s = proxy, dice, up_s, cut_s
        self.is_up, self.cuts, self.down_s = True, 0, 0.0
        self._since_s: float | None = None
        self._lasts_s = 0.0

    def look(self, now_s: float) -> None:
        """Cut or mend it if its time has come."""
        if self._since_s is None:
            self._begin(now_s)
        elif now_s >= self._since_s + self._lasts_s:
            if self.is_up:
                (self._proxy.cut if self._dice.random() < 0.7 else self._proxy.black_hole)()
                self.is_up = False
                self.cuts += 1
                self._begin(now_s)
            else:
                self.mend(now_s)

    def mend(self, now_s: float) -> None:
        """Bring the link back."""
        if not self.is_up and self._since_s is not None:
            self._proxy.restore()
            self.is_up = True
            self.down_s += now_s - self._since_s
        self._begin(now_s)

    def _begin(self, now_s: float) -> None:
        self._since_s = now_s
        self._lasts_s = self._dice.uniform(0.3, 1.7) * (self._up_s if self.is_up else self._cut_s)


@dataclass(slots=True)
class Feeder:
    """One store's file and the process that posts it; `base` is what the node's journal held."""

    store: Store
    file: Path
    documents: int
    token_file: Path
    log: Path
    connections: int
    base: int = 0
    posted: int = 0
    unsynced_most: int = 0
    kills: int = 0
    _child: ChildProcess | None = None

    def start(self) -> None:
        """Begin to post, or go on."""
        command = [
            str(find_program("evertill-edge")), "replay", str(self.file), "--url", self.store.url,
            "--token-file", str(self.token_file), "--connections", str(self.connections),
        ]  # fmt: skip
        self._child = ChildProcess(command, self.log)

    def kill(self) -> None:
        """Kill it (SIGKILL) if it runs."""
        if self._child is not None and self._child.exit_code is None:
            self._child.kill()
            self.kills += 1

    def is_done(self) -> bool:
        """Tell whether it has posted everything; raise FeedError if it failed."""
        if self._child is None or (code := self._child.exit_code) is None:
            return False
        if code:
            raise FeedError(f"posting at {self.store.name} failed:\n{self._child.tail()}")
        return True

    def look(self, node: StoreApi) -> None:
        """Ask the node how far it is."""
        status = node.status()
        self.posted = status["seq"] - self.base
        self.unsynced_most = max(self.unsynced_most, status["unsynced"])

    def last_words(self) -> str:
        """What the process said last."""
        return self._child.tail() if self._child else ""


@dataclass(slots=True)
class Show:
    """A bar for each store on a terminal, a line now and then elsewhere."""

    console: Console
    feeders: Sequence[Feeder]
    began_s: float
    _shown_s: float = 0.0
    _bars: Progress = field(init=False)

    def __post_init__(self) -> None:
        """Make the bars."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        rate = TextColumn("{task.fields[rate]}")
        self._bars = Progress(*columns, rate, TimeRemainingColumn(), console=self.console)
        for feeder in self.feeders:
            self._bars.add_task(feeder.store.name, total=feeder.documents, rate="")
        self._bars.add_task("all", total=sum(feeder.documents for feeder in self.feeders), rate="")
        if self.console.is_terminal:
            self._bars.start()

    def show(self, cables: Sequence[Cable], now_s: float) -> None:
        """Show how far everybody is."""
        links = ["up " if cable.is_up else "cut" for cable in cables]
        posted = [feeder.posted for feeder in self.feeders]
        rate = f"{sum(posted) / max(now_s - self.began_s, 0.001):,.0f}/s"
        for task, feeder, link in zip(self._bars.task_ids, self.feeders, links, strict=False):
            name = f"{feeder.store.name} link {link}"
            self._bars.update(task, completed=feeder.posted, description=name)
        self._bars.update(self._bars.task_ids[-1], completed=sum(posted), rate=rate)
        if not self.console.is_terminal and now_s - self._shown_s > _PLAIN_EVERY_S:
            self._shown_s = now_s
            cut = ", ".join(
                feeder.store.name
                for feeder, cable in zip(self.feeders, cables, strict=True)
                if not cable.is_up
            )
            total = sum(feeder.documents for feeder in self.feeders)
            self.console.print(
                f"  {sum(posted):,} of {total:,} documents, {rate}; links cut: {cut or 'none'}"
            )

    def close(self) -> None:
        """Leave the last picture."""
        if self.console.is_terminal:
            self._bars.stop()


def feed_all(
    chain: Chain,
    feeders: Sequence[Feeder],
    cables: Sequence[Cable],
    console: Console,
    clock_s: Callable[[], float] = time.monotonic,
) -> float:
    """Post all files at once and return how long that took, in seconds; the links are up then."""
    nodes = [feeder.store.till() for feeder in feeders]
    victim = feeders[-1]
    began_s = clock_s()
    show = Show(console, feeders, began_s)
    try:
        for feeder in feeders:
            feeder.start()
        while sum(not feeder.is_done() for feeder in feeders):  # each is asked: each may fail
            chain.check()
            for cable in cables:
                cable.look(clock_s())
            for feeder, node in zip(feeders, nodes, strict=True):
                feeder.look(node)
            if not victim.kills and victim.posted * 2 > victim.documents:
                victim.kill()
                victim.start()
            show.show(cables, clock_s())
            time.sleep(_LOOK_S)
        took_s = clock_s() - began_s
        for feeder, node in zip(feeders, nodes, strict=True):
            feeder.look(node)
        show.show(cables, clock_s())
        return took_s
    finally:
        show.close()
        for feeder in feeders:
            feeder.kill()
        for cable in cables:
            cable.mend(clock_s())
        for node in nodes:
            node.close()


def feed_again(feeder: Feeder) -> tuple[int, str]:
    """Post a store's whole file once more; return what that added, and what the command said."""
    with closing(feeder.store.till()) as node:
        before: int = node.status()["seq"]
        feeder.start()
        while not feeder.is_done():
            time.sleep(_LOOK_S)
        return node.status()["seq"] - before, feeder.last_words()
