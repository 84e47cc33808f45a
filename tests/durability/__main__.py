"""The long durability runs: power cuts and kill loops, with progress, figures and an exit code."""

import argparse
import sys

from rich.console import Console
from rich.progress import Progress, track

from tests.durability.kills import kill_often
from tests.durability.power import Finding, cut_many


def main() -> int:
    """Run both; return 1 if anything acknowledged was lost, or if the power cuts saw nothing."""
    parser = argparse.ArgumentParser(prog="make durability", description=__doc__)
    parser.add_argument("--cuts", type=int, default=3_000, help="power cuts for each setting")
    parser.add_argument("--kills", type=int, default=100, help="processes killed")
    parser.add_argument("--stores", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    console = Console()
    full = _cut("FULL", asked.cuts, asked.seed, console)
    normal = _cut("NORMAL", asked.cuts, asked.seed, console)
    with Progress(console=console) as progress:
        task = progress.add_task("killing", total=asked.kills)
        toll = kill_often(
            asked.kills,
            asked.stores,
            asked.seed,
            lambda said: progress.advance(task) if said.startswith("killed") else None,
        )
    killed = ", ".join(f"{count} {victim}" for victim, count in sorted(toll.killed.items()))
    console.print(f"killed {killed}: {toll.receipts:,} receipts, agreed in {toll.agreed_s:.1f} s")
    for fault in toll.faults:
        console.print(f"[red]FAULT[/red] {fault}")
    sound = full.lost == full.damaged == 0 < normal.lost and not toll.faults
    console.print(
        "Nothing acknowledged was lost. Next: `make sim` for faults of the network and the clock."
        if sound
        else "FAILED: run again with the same --seed, and read docs/developer/testing.md."
    )
    return 0 if sound else 1


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
