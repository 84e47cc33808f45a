"""`python -m tests.simulation --seeds N --first F`, or `--seed n` to replay one with its events."""

import argparse
import os
import sys
import time
from multiprocessing import get_context

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation.chain import Report, simulate

SEEDS = 200
SHOWN = 10


def main() -> int:
    """Run what the arguments ask for; 0 if every invariant held."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many simulations to run")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="replay this one and print what happens")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    asked = parser.parse_args()
    console = Console()
    if asked.seed is not None:
        return _replay(asked.seed, console)
    return _run(range(asked.first, asked.first + asked.seeds), asked.processes, console)


def _replay(seed: int, console: Console) -> int:
    report = simulate(seed, verbose=True)
    for line in report.lines:
        console.print(line, highlight=False, markup=False)
    console.print(f"trace {report.trace}: {report.problem or 'every invariant held'}", markup=False)
    return 1 if report.invariant else 0


def _run(seeds: range, processes: int, console: Console) -> int:
    began_s = time.perf_counter()
    broken: list[Report] = []
    acknowledged = slowest_ms = 0
    columns = (TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        Progress(*columns, console=console) as progress,
        get_context("spawn").Pool(processes) as pool,
    ):
        task = progress.add_task("", total=len(seeds))
        for report in pool.imap_unordered(simulate, seeds, chunksize=4):
            progress.advance(task)
            acknowledged += report.acknowledged
            slowest_ms = max(slowest_ms, report.healed_ms)
            if report.invariant:
                broken.append(report)
                console.print(f"seed {report.seed}: {report.problem}", style="red", markup=False)
    took_s = time.perf_counter() - began_s
    console.print(
        f"{len(seeds)} simulations in {took_s:.1f} s ({len(seeds) / took_s:.1f}/s), {acknowledged}"
        f" documents acknowledged, agreement within {slowest_ms / 1000:.0f} s, {len(broken)} broken"
    )
    for report in sorted(broken, key=lambda r: r.seed)[:SHOWN]:
        console.print(f"replay with: make sim SEED={report.seed}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
