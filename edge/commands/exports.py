"""One law: an export says what it checked, what it holds, what it does not, and what to do next."""

import datetime
import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TaskID

from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.commands.telling import DEFAULT_DATA, Data, bar, tell, told
from edge.exports.making import FORMS, MANIFEST, Made, Order, make
from edge.exports.poslog_files import Days
from edge.node import offset_of, wall_clock
from edge.settings import load_settings
from sync.values import day_of

Form = Annotated[str, typer.Option(help=f"One of {', '.join(FORMS)}.")]
First = Annotated[
    datetime.datetime,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First business day, such as 2026-01-01."),
]
Last = Annotated[
    datetime.datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last business day.")
]
Target = Annotated[Path, typer.Option("--to-dir", help="Folder to make; it must not exist yet.")]


def export(
    *, form: Form, first: First, last: Last, target: Target, data: Data = DEFAULT_DATA
) -> None:
    """Export the journal for auditors and bookkeepers.

    POSLog (JSON or CSV): every fact of some business days, with its place in the hash chain.
    DSFinV-K: single records and closings for German tax audits. The node may be running or not.
    Checks all books first, and stops at the first disagreement.
    """
    with told():
        settings = load_settings(data)
        path = data / DATABASE
        if not path.exists():
            raise FileNotFoundError(f"no node in {data}: name its directory with --data")
        days = Days(day_of(first.date()), day_of(last.date()))
        order = Order(
            form=form,
            days=days,
            data=data,
            target=target,
            currency=settings.currency,
            exponent=settings.places,
            offset_min=lambda at_ms: offset_of(settings.zone, at_ms),
        )
        made = Made()
        before = os.umask(0o077)  # receipts are nobody else's business
        try:
            _run(order, path, made)
        finally:
            os.umask(before)
    _say(order, made)


def _run(order: Order, path: Path, made: Made) -> None:
    with closing(connect(path, readonly=True)) as connection, bar() as progress:
        tasks: dict[str, TaskID] = {}
        for step in make(order, connection, wall_clock(), made):
            task = tasks.get(step.stage)
            if task is None:
                task = tasks[step.stage] = progress.add_task(step.stage)
            done = step.done + (step.total == 0)
            progress.update(task, completed=done, total=max(step.total, 1))


def _say(order: Order, made: Made) -> None:
    what = "records of closed shifts and days" if order.form == "dsfinvk" else "facts"
    tell(f"{order.target} holds {made.written:,} {what}, {order.days}.")
    tell(f"The whole hash chain was checked; {MANIFEST} says what else, and signs for it.")
    if made.later:
        tell(f"{made.later:,} records belong to shifts that are still open: export them later.")
    if made.hint:
        tell(made.hint)
    if order.form == "dsfinvk":
        tell("No TSE is connected: tse.csv and transactions_tse.csv have no rows.")
    tell("Next: hand the folder on as it is; its files are listed with their SHA-256.")
