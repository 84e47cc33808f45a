"""The long durability runs: power cuts, kill loops and tortured tills, with figures."""

import argparse
import sys
from collections import Counter

from rich.console import Console
from rich.progress import Progress, track

from tests.durability.kills import kill_often
from tests.durability.power import Finding, cut_many
from tests.durability.tills import torture_tills
from tests.parts import CHROMIUM

PARTS = ("power", "kills", "till")


def main() -> int:
    """Run what is asked; return 1 if anything done was lost or doubled, or cuts saw nothing."""
    parser = argparse.ArgumentParser(prog="make durability", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be repeated")
    parser.add_argument("--cuts", type=int, default=3_000, help="power cuts for each setting")
    parser.add_argument("--kills", type=int, default=100, help="processes killed")
    parser.add_argument("--stores", type=int, default=3)
    parser.add_argument("--moves", type=int, default=200, help="things done at tills")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    console = Console()
    runs = {"power": _power, "kills": _kills, "till": _tills}
    sound = [runs[part](asked, console) for part in asked.only or PARTS]
    console.print(
        "Nothing acknowledged was lost. Next: `make sim` for faults of the network and the clock."
        if all(sound)
        else "FAILED: run again with the same --seed, and read docs/developer/testing.md."
    )
    return 0 if all(sound) else 1


def _power(asked: argparse.Namespace, console: Console) -> bool:
    full = _cut("FULL", asked.cuts, asked.seed, console)
    normal = _cut("NORMAL", asked.cuts, asked.seed, console)
    return full.lost == full.damaged == 0 < normal.lost


def _kills(asked: argparse.Namespace, console: Console) -> bool:
    with Progress(console=console) as progress:
        task = progress.add_task("killing", total=asked.kills)
        toll = kill_often(
            asked.kills,
            asked.stores,
            asked.seed,
            lambda said: progress.advance(task) if said.startswith("killed") else None,
        )
    killed = _listed(toll.killed)
    console.print(f"killed {killed}: {toll.receipts:,} receipts, agreed in {toll.agreed_s:.1f} s")
    return _told(toll.faults, console)


def _tills(asked: argparse.Namespace, console: Console) -> bool:
    chromium = CHROMIUM.find()
    if chromium is None:
        console.print(f"tills were left out. {CHROMIUM.missing()}")
        return True
    with Progress(console=console) as progress:
        task = progress.add_task("torturing tills", total=asked.moves)
        toll = torture_tills(asked.moves, asked.seed, chromium, lambda: progress.advance(task))
    console.print(
        f"tills stood {_listed(toll.faults)}: {toll.sales:,} sales ({toll.cards} by card,"
        f" {toll.gifts} with a gift card, {toll.aside} put aside before, {toll.voided} others"
        f" voided), {toll.lost_answers} answers lost, {len(toll.wrong)} wrong"
    )
    return _told(toll.wrong, console)


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(counted.items()))


def _told(wrong: list[str], console: Console) -> bool:
    for fault in wrong:
        console.print(f"[red]FAULT[/red] {fault}")
    return not wrong


def _cut(synchronous: str, cuts: int, seed: int, console: Console) -> Finding:
    total = Finding()
    for part in track(
        range(max(cuts // 100, 1)), f"cutting, synchronous={synchronous}", console=console
    ):
        found = cut_many(synchronous, sales=200, cuts=100, seed=seed + part)
        total.cuts += found.cuts
        total.acknowledged += found.acknowledged
        total.lost += found.lost
        total.damaged += found.damaged
    console.print(
        f"power cut {total.cuts:,} times with synchronous={synchronous}: lost {total.lost:,} of"
        f" {total.acknowledged:,} acknowledged sales, {total.damaged} stores damaged"
    )
    return total


if __name__ == "__main__":
    sys.exit(main())
