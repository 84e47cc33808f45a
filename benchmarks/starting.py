"""From starting a node's process to its first sale, and its memory after 10,000 sales.

Beside it Python with uvicorn and one table, which does nothing else. The files are in the system's
cache: what is measured is the program, not the disk.
"""

import time
from collections.abc import Iterable
from statistics import median

import psutil

from benchmarks.figures import Figure, Run
from benchmarks.sale_http import (
    SKUS,
    Request,
    ask,
    ask_once,
    bare_command,
    make_node,
    node_command,
    running,
    sale_maker,
)

TILLS = 8
SALES = 10_000


def measure(run: Run) -> Iterable[Figure]:
    """Start both servers in turns; then let the last node sell."""
    run.say("cold start: making a node with a catalogue")
    data, skus = run.folder / "node", run.pick(SKUS, 2_000)
    makers = [sale_maker(token, at, skus) for at, token in enumerate(make_node(data, TILLS, skus))]
    node, bare = node_command(data), bare_command(run.folder / "row.db")
    node_s, bare_s = [], []
    for _ in run.rounds("cold start to first sale", 5, 1):
        bare_s.append(_first_answer(bare, makers[0]))
        node_s.append(_first_answer(node, makers[0]))
    sales = run.pick(SALES, 1_000)
    memory_mb = [_memory_mb(run, command, makers, sales) for command in (bare, node)]
    yield Figure(
        what="node: cold start to first sale", unit="s", value=median(node_s), goal=2.0,
        limit=median(bare_s), limit_is="Python and uvicorn to one row",
    )  # fmt: skip
    yield Figure(
        what=f"node: memory after {sales:,} sales", unit="MB", value=memory_mb[1], goal=200.0,
        limit=memory_mb[0], limit_is="Python and uvicorn after as many rows",
        note=f"{skus:,} SKUs, {TILLS} tills, its child processes included",
    )  # fmt: skip


def _first_answer(command: list[str], make: Request) -> float:
    request, began = make(), time.perf_counter()
    with running(command) as (port, _):
        ask_once(port, request)
        return time.perf_counter() - began


def _memory_mb(run: Run, command: list[str], makers: list[Request], sales: int) -> float:
    with running(command) as (port, process):
        done = 0
        while done < sales:
            run.say(f"memory: {done:,} of {sales:,} sales")
            done += len(ask(port, makers, 1.0))
        family: list[psutil.Process] = [process, *process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / 1e6
