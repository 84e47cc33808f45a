"""One law: every command ends with what was done and what to do next, or with what went wrong."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.text import Text

from provisioning.broker_process import StartError
from provisioning.demo.api import Refusal
from provisioning.demo.chain import SITES
from provisioning.demo.programs import ChildDiedError
from provisioning.demo.stage import run_demo
from provisioning.demo.story import NotReachedError, Plan
from provisioning.interruption import EndedError
from provisioning.reference import commands_page, write_pages

app = typer.Typer(
    name="evertill-provision",
    help="From a bare box to a selling store: the demonstration of a chain.",
    no_args_is_help=True,
    add_completion=False,
)

PAGE = "technician/evertill-provision.md"
_EXPECTED = (
    StartError, ChildDiedError, NotReachedError, Refusal, ValueError, OSError, httpx.TransportError
)  # fmt: skip


class Telling(StrEnum):
    """Whether the demo goes on after its story."""

    ONCE = "once"
    LIVE = "live"


@app.command()
def demo(
    *,
    story: Annotated[
        Telling, typer.Option(help="once: exit after the story; live: go on until Ctrl-C.")
    ] = Telling.LIVE,
    stores: Annotated[int, typer.Option(min=3, max=len(SITES), help="How many stores.")] = 3,
    port: Annotated[
        int,
        typer.Option(
            min=1024,
            max=65000,
            help="Headquarters' port, the stores' follow; busy ones are skipped.",
        ),
    ] = 8480,
    keep: Annotated[
        Path | None, typer.Option(help="Keep data and logs in this new or empty folder.")
    ] = None,
    tills: Annotated[int, typer.Option(min=1, max=20, help="Tills in each store.")] = Plan().tills,
    pause: Annotated[
        float, typer.Option(min=0.01, help="Seconds between two customers of a till.")
    ] = Plan().pause_s,
    seconds: Annotated[
        float, typer.Option(min=3, help="Seconds the link stays cut; other acts follow suit.")
    ] = Plan().cut_s,
    seed: Annotated[
        int, typer.Option(help="Decides the catalogue and who buys what.")
    ] = Plan().seed,
) -> None:
    """Run headquarters, a broker and stores here, sell, cut, kill, and prove that nothing is lost.

    Exit code 0: every claim was proved. 1: one was not, or something failed.
    """
    console = Console(highlight=False)
    plan = Plan(tills, pause, seconds / 2, seconds, seconds / 3, seed)
    try:
        held = run_demo(
            console, once=story is Telling.ONCE, stores=stores, port=port, keep=keep, plan=plan
        )
    except KeyboardInterrupt:
        console.print("\nEnded; everything was stopped and cleared away.")
        raise typer.Exit(130) from None
    except EndedError:
        raise typer.Exit(143) from None
    except _EXPECTED as error:
        console.print(Text(f"\nThe demo failed: {error}", style="red"))
        raise typer.Exit(1) from None
    if story is Telling.LIVE:
        console.print("\nEnded; everything was stopped and cleared away.")
    if not held:
        raise typer.Exit(1)


@app.command(hidden=True)
def docs(*, folder: Annotated[Path, typer.Argument(help="The folder `docs` to write.")]) -> None:
    """Write the reference page that is generated from this program."""
    (path,) = write_pages(folder, {PAGE: reference_page()})
    Console(stderr=True).print(f"Wrote {path}", soft_wrap=True)


def reference_page() -> str:
    """Render the reference of this command."""
    return commands_page("evertill-provision", app, "evertill-provision docs docs")
