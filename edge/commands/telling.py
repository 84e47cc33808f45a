"""One law: a command tells people on the error output; only results go to standard output."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from edge import audit
from edge.errors import Problem

Data = Annotated[
    Path,
    typer.Option("--data", envvar="EVERTILL_EDGE_DATA", help="The node's data directory."),
]
DEFAULT_DATA = Path("evertill-data")

say = Console(stderr=True, highlight=False)


@contextmanager
def told() -> Iterator[None]:
    """Turn what can be expected to go wrong into one clear line and exit code 1."""
    try:
        yield
    except Problem as problem:
        raise failure(f"{problem.title}: {problem.detail}") from None
    except audit.Disagreement as found:
        raise failure(
            f"the books contradict each other: {found}. Keep the directory as it is, and restore"
            " the last backup into another one: evertill-edge restore BACKUP --data DIR"
        ) from None
    except (ValueError, OSError, sqlite3.Error) as error:
        raise failure(str(error)) from None


def bar(*more: ProgressColumn) -> Progress:
    """Show progress on the error output, where results don't go."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, *more, TimeElapsedColumn(), console=say)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something takes its time, and how long it has."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=say, transient=True) as progress:
        progress.add_task(what, total=None)
        yield


def tell(text: str) -> None:
    """Say something to a person, on the error output, without breaking its lines."""
    say.print(text, soft_wrap=True)


def failure(text: str) -> typer.Exit:
    """Say what went wrong; raise what this returns."""
    tell(f"[red]evertill-edge:[/red] {escape(text)}")
    return typer.Exit(1)
