"""One law: a terminal sees the chain live, anything else gets lines; both get the same story."""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from provisioning.demo.proofs import Proof
from provisioning.demo.watch import StoreState

_PLAIN_EVERY_S = 5.0


class Screen:
    """Where the story is told, with the state of all stores below it."""

    def __init__(self, console: Console, clock_s: Callable[[], float] = time.monotonic) -> None:
        self.console, self._clock_s = console, clock_s
        self._live = Live(console=console, refresh_per_second=4) if console.is_terminal else None
        self._shown_s = 0.0
        self._footer = ""

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def act(self, title: str) -> None:
        """Begin a part of the story."""
        self.console.print()
        self.console.print(Text(title, style="bold cyan"))

    def say(self, line: str) -> None:
        """Tell what happens."""
        self._print(Text(line), 2)

    def prove(self, proof: Proof) -> None:
        """Tell what was proved, or was not."""
        mark = ("proved: ", "bold green") if proof.holds else ("NOT PROVED: ", "bold red")
        self._print(Text.assemble(mark, (proof.claim, "bold")), 2)
        for figure in proof.figures:
            style = "" if proof.holds else "red"
            self._print(Text(figure, style=style), 4)

    def footer(self, line: str) -> None:
        """Keep a line below the stores."""
        self._footer = line

    def _print(self, text: Text, indent: int) -> None:
        """Print indented, without the trailing blanks that fill a terminal's line."""
        for line in text.wrap(self.console, self.console.width - indent):
            line.pad_left(indent)
            line.rstrip()
            self.console.print(line, soft_wrap=True)

    def show(self, picture: Sequence[StoreState]) -> None:
        """Show the stores as they are now; without a terminal only now and then."""
        if not picture:
            return
        if self._live:
            below = Text(self._footer, style="dim")
            self._live.update(Padding(Group(stores_table(picture), below), (1, 0, 0, 2)))
        elif self._clock_s() - self._shown_s >= _PLAIN_EVERY_S:
            self._shown_s = self._clock_s()
            for state in picture:
                self.say(plain_line(state))


def stores_table(picture: Sequence[StoreState]) -> Table:
    """Draw all stores in a table that fits 80 columns."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold underline")
    table.add_column("Store", overflow="ellipsis", no_wrap=True, max_width=20)
    for name in ("Link", "Sales", "Unsynced", "Stock agrees", "Lag", "HQ's view"):
        table.add_column(name, justify="right" if name != "Link" else "left", no_wrap=True)
    for state in picture:
        agrees = state.agree == state.positions > 0
        table.add_row(
            f"{state.name} {state.title}",
            Text(*_link(state)),
            f"{state.sales:,}",
            Text(f"{state.unsynced:,}", style="yellow" if state.unsynced > 20 else ""),
            Text(f"{state.agree} of {state.positions}", style="green" if agrees else "yellow"),
            "–" if state.lag_ms is None else f"{state.lag_ms} ms",
            age(state.age_ms),
        )
    return table


def plain_line(state: StoreState) -> str:
    """Say a store's state in one line of at most 78 columns."""
    lag = "–" if state.lag_ms is None else f"{state.lag_ms} ms"
    return (
        f"{state.name} {_link(state)[0]:9} {state.sales:5,} sales {state.unsynced:4,} unsynced"
        f" stock {state.agree}/{state.positions} lag {lag} HQ {age(state.age_ms, '')}"
    )


def age(age_ms: int, old: str = " old") -> str:
    """Say how old numbers are."""
    return "now" if age_ms < 1000 else f"{age_ms / 1000:.0f} s{old}"


def _link(state: StoreState) -> tuple[str, str]:
    if not state.node_up:
        return "node down", "bold red"
    return (state.link, "green") if state.link == "up" else (state.link, "bold red")
