"""`python -m benchmarks`: measure what design promises, each figure beside this machine's limit.

Prints a table (and JSON with `--json FILE`); `--only NAME` measures some, `--quick` less of each.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks import (
    catch_up,
    devices,
    ingest,
    lookup,
    reconnect,
    sale_core,
    sale_http,
    starting,
    till,
    visible,
    wire_bytes,
)
from benchmarks.figures import Figure, Run

BENCHES: dict[str, Callable[[Run], Iterable[Figure]]] = {
    "sale-core": sale_core.measure,
    "sale-http": sale_http.measure,
    "bytes": wire_bytes.measure,
    "catch-up": catch_up.measure,
    "visible": visible.measure,
    "ingest": ingest.measure,
    "start": starting.measure,
    "lookup": lookup.measure,
    "reconnect": reconnect.measure,
    "devices": devices.measure,
    "till": till.measure,
}


def main(words: Sequence[str] | None = None) -> int:
    """Measure what is asked for, print it, and return the exit code."""
    asked = _arguments().parse_args(words)
    console = Console(stderr=True)
    began, load = time.monotonic(), os.getloadavg()[0]
    figures: dict[str, list[Figure]] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            say = _teller(progress, progress.add_task(""), console)
            for name in asked.only or BENCHES:
                say(name)
                with tempfile.TemporaryDirectory(dir=asked.dir, prefix="evertill-bench-") as folder:
                    figures[name] = list(BENCHES[name](Run(Path(folder), asked.quick, say)))
    finally:  # whatever ends it, what was measured is shown
        machine = _machine(load)
        _print(figures, machine)
        if asked.json:
            _write(Path(asked.json), figures, machine)
    took = time.monotonic() - began
    print(f"\nTook {took:.0f} s. {_next_step(figures, asked.quick)}")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=BENCHES, metavar="NAME", help=", ".join(BENCHES)
    )
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    parser.add_argument("--quick", action="store_true", help="less of each: a look, no proof")
    parser.add_argument("--dir", help="measure on the disk of this directory")
    return parser


def _teller(progress: Progress, task: TaskID, console: Console) -> Callable[[str], None]:
    """Show what is being done: in place on a terminal, else line by line."""

    def say(text: str) -> None:
        if console.is_terminal:
            progress.update(task, description=text)
        else:
            print(f"… {text}", file=sys.stderr, flush=True)

    return say


def _machine(load_before: float) -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "python": platform.python_version(),
        "load_before": round(load_before, 1),
        "load_after": round(os.getloadavg()[0], 1),
    }


def _print(figures: dict[str, list[Figure]], machine: dict[str, object]) -> None:
    table = Table(title="Figures beside the limits of this machine, measured in the same run")
    for column in ("What", "Goal", "Figure", "", "Limit", "Ratio", "Limit is"):
        table.add_column(column, justify="left" if column in ("What", "Limit is") else "right")
    for rows in figures.values():
        for figure in rows:
            table.add_row(*_cells(figure))
        table.add_section()
    Console(width=None if sys.stdout.isatty() else 150).print(table)
    notes = dict.fromkeys(
        f"{f.what}: {f.note}" for rows in figures.values() for f in rows if f.note
    )
    print("\n".join(notes))
    print(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in machine.items()))


def _cells(figure: Figure) -> tuple[str, ...]:
    goal = "" if figure.goal is None else f"{figure.better} {_number(figure.goal)} {figure.unit}"
    mark = {True: "reached", False: "[bold]MISSED[/bold]", None: ""}[figure.reached]
    limit = "" if figure.limit is None else f"{_number(figure.limit)} {figure.unit}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f} x"
    value = f"{_number(figure.value)} {figure.unit}"
    return figure.what, goal, value, mark, limit, ratio, figure.limit_is


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _write(path: Path, figures: dict[str, list[Figure]], machine: dict[str, object]) -> None:
    rows = [
        {"bench": name, **asdict(one), "ratio": one.ratio, "reached": one.reached}
        for name, found in figures.items()
        for one in found
    ]
    path.write_text(json.dumps({"machine": machine, "figures": rows}, indent=1) + "\n", "utf-8")


def _next_step(figures: dict[str, list[Figure]], quick: bool) -> str:
    missed = {name for name, rows in figures.items() if any(f.reached is False for f in rows)}
    if quick:
        return "Next: measure in full with `make bench` on a machine that does nothing else."
    if missed:
        names = " ".join(sorted(missed))
        return (
            f"Next: repeat what was missed when the machine is quiet: `make bench ARGS='--only"
            f" {names}'`; what bounds it is in docs/developer/benchmarks.md."
        )
    return "Next: compare with docs/developer/benchmarks.md."


if __name__ == "__main__":
    sys.exit(main())
