"""`python -m tests.simulation.mutants`: which planted fault is seen by which seed and invariant."""

import argparse
import importlib
import logging
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing import get_context

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from tests.simulation.plants import MUTANTS, Mutant, plant

SEEDS_MAX = 400


@dataclass(frozen=True)
class Catch:
    """Whether a mutant was caught: by which seed, after how many, and what was seen."""

    mutant: Mutant
    seed: int
    tried: int
    invariant: int
    problem: str
    took_s: float

    @property
    def caught(self) -> bool:
        """Whether any seed saw it."""
        return self.invariant != 0


def hunt(mutant: Mutant, seeds: Iterable[int]) -> Catch:
    """Run simulations with a fault planted until one breaks; once in a process."""
    logging.disable()  # what is broken on purpose complains at length
    plant(mutant)
    simulate = importlib.import_module("tests.simulation.chain").simulate
    began_s, tried = time.perf_counter(), 0
    for seed in seeds:
        tried += 1
        report = simulate(seed)
        if report.invariant:
            took_s = time.perf_counter() - began_s
            return Catch(mutant, seed, tried, report.invariant, report.problem, took_s)
    return Catch(mutant, -1, tried, 0, "", time.perf_counter() - began_s)


def _hunt(job: tuple[Mutant, range]) -> Catch:
    return hunt(*job)


def hunt_all(mutants: Iterable[Mutant], seeds: range, processes: int) -> Iterable[Catch]:
    """Hunt each mutant in a process of its own."""
    jobs = [(mutant, seeds) for mutant in mutants]
    with get_context("spawn").Pool(processes, maxtasksperchild=1) as pool:
        yield from pool.imap_unordered(_hunt, jobs)


def main() -> int:
    """Hunt all mutants, or those whose name holds a word; 0 if all were caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants whose name holds all of these")
    parser.add_argument("--seeds", type=int, default=SEEDS_MAX, help="how many seeds each may take")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    asked = parser.parse_args()
    chosen = [m for m in MUTANTS if all(word in m.name for word in asked.words)]
    seeds = range(asked.first, asked.first + asked.seeds)
    console = Console()
    catches: list[Catch] = []
    columns = (TextColumn("hunting"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(chosen))
        for catch in hunt_all(chosen, seeds, asked.processes):
            progress.advance(task)
            catches.append(catch)
            if not catch.caught:
                progress.console.print(f"survived {catch.tried} seeds: {catch.mutant.name}")
    console.print(_table(catches))
    survivors = sum(not catch.caught for catch in catches)
    console.print(f"{len(catches) - survivors} of {len(catches)} mutants caught")
    return 1 if survivors else 0


def _table(catches: list[Catch]) -> Table:
    table = Table("mutant", "module", "seed", "tried", "seen as")
    for catch in sorted(catches, key=lambda c: (c.caught, c.tried, c.mutant.name)):
        seen = catch.problem.splitlines()[0][:90] if catch.caught else "SURVIVED"
        seed = str(catch.seed) if catch.caught else "-"
        table.add_row(catch.mutant.name, catch.mutant.module, seed, str(catch.tried), seen)
    return table


if __name__ == "__main__":
    sys.exit(main())
