"""One law: every command ends with what was done and what to do next, or with what went wrong."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from edge import access
from edge.database import connect
from edge.docs import write_pages
from edge.errors import Problem
from edge.node import Node, wall_clock
from edge.server import listen, make_server, url_of
from edge.settings import load_settings, make_settings
from edge.setup import DATABASE, create_node
from edge.views import Views
from edge.web.app import create_app

app = typer.Typer(
    name="evertill-edge",
    help="One store's node: it sells, keeps stock and keeps headquarters up to date.",
    no_args_is_help=True,
    add_completion=False,
)
device_app = typer.Typer(help="Let devices in and shut them out.", no_args_is_help=True)
app.add_typer(device_app, name="device")

Data = Annotated[
    Path,
    typer.Option("--data", envvar="EVERTILL_EDGE_DATA", help="The node's data directory."),
]
Role = Annotated[str, typer.Option(help=f"One of {', '.join(access.DEVICE_ROLES)}.")]
DeviceName = Annotated[str, typer.Argument(help="Name of the device, such as t1.")]
DEFAULT_DATA = Path("evertill-data")

say = Console(stderr=True, highlight=False)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what can be expected to go wrong into one clear line and exit code 1."""
    try:
        yield
    except Problem as problem:
        raise _failure(f"{problem.title}: {problem.detail}") from None
    except (ValueError, OSError, sqlite3.Error) as error:
        raise _failure(str(error)) from None


def _failure(text: str) -> typer.Exit:
    say.print(f"[red]evertill-edge:[/red] {text}", soft_wrap=True)
    return typer.Exit(1)


def _database(data: Path) -> Path:
    """Find a node's database; raise FileNotFoundError saying how to get one."""
    path = data / DATABASE
    if not path.exists():
        raise FileNotFoundError(
            f"no node in {data}: make one with `evertill-edge init --data {data} --store NAME`"
        )
    return path


@app.command()
def init(
    *,
    data: Data = DEFAULT_DATA,
    store: Annotated[str, typer.Option(help="Name of the store, such as s0001.")],
    chain: Annotated[str, typer.Option(help="Name of the chain.")] = "main",
    currency: Annotated[str, typer.Option(help="Currency, ISO 4217.")] = "EUR",
    timezone: Annotated[str, typer.Option(help="Time zone (IANA name).")] = "UTC",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8470,
    generation: Annotated[
        int, typer.Option(help="Number of the node's life; 0 mints one, which is best.")
    ] = 0,
) -> None:
    """Make a node in a data directory of its own."""
    values: dict[str, Any] = {
        "store": store,
        "chain": chain,
        "currency": currency,
        "timezone": timezone,
        "host": host,
        "port": port,
    }
    with _told():
        settings = make_settings(values, {})
        replica = create_node(
            data, settings, clock=wall_clock, random=secrets.token_bytes, generation=generation
        )
    say.print(f"Made node {replica} in {data}. Settings: {data / 'edge.toml'}")
    say.print(f"Next: evertill-edge device add t1 --role till --data {data}")


@app.command()
def run(*, data: Data = DEFAULT_DATA) -> None:
    """Run the node until Ctrl-C or SIGTERM."""
    with _told():
        settings = load_settings(data)
        _database(data)
        listener = listen(settings)
        with closing(listener), closing(Node(data, settings)) as node:
            web = create_app(node)

            def ready() -> None:
                typer.echo(f"{node.journal} sells at {url_of(settings, listener)}")

            make_server(web, settings, ready).run([listener])
    say.print("Stopped; everything acknowledged is on disk.")


@app.command()
def status(*, data: Data = DEFAULT_DATA) -> None:
    """Show the node's books in numbers; it may be running or not."""
    with _told(), closing(Views(str(_database(data)))) as views:
        view = views.status()
    table = Table("What", "Value", title=view.journal)
    for name in ("facts", "products", "skus", "worklist", "quarantine", "headquarters"):
        table.add_row(name, str(getattr(view, name)))
    Console().print(table)


@device_app.command("add")
def device_add(name: DeviceName, *, role: Role, data: Data = DEFAULT_DATA) -> None:
    """Let a device in and print its token, once; the token goes to standard output."""
    token = access.device_token(secrets.token_bytes(access.TOKEN_BYTES))
    with _told(), closing(connect(_database(data))) as connection:
        access.add_device(connection, name, role, token, wall_clock())
    typer.echo(token)
    say.print(f"{name} may come in as {role}. This is the only time its token is shown.")
    say.print("Next: give it to the device as `Authorization: Bearer TOKEN`.")


@device_app.command("list")
def device_list(*, data: Data = DEFAULT_DATA) -> None:
    """List devices, revoked ones included."""
    with _told(), closing(connect(_database(data), readonly=True)) as connection:
        found = access.devices(connection)
    table = Table("Device", "Role", "Let in", "Revoked")
    for device in found:
        revoked = _day(device.revoked_ms) if device.revoked_ms else ""
        table.add_row(device.name, device.role, _day(device.created_ms), revoked)
    Console().print(table)


@device_app.command("revoke")
def device_revoke(name: DeviceName, *, data: Data = DEFAULT_DATA) -> None:
    """Shut a device out at once, with everybody logged in at it."""
    with _told(), closing(connect(_database(data))) as connection:
        access.revoke_device(connection, name, wall_clock())
    say.print(f"{name} is shut out. A new token: evertill-edge device add {name} --role ROLE")


@app.command()
def docs(*, directory: Annotated[Path, typer.Argument(help="The folder `docs` to write.")]) -> None:
    """Write the reference pages that are generated from this program."""
    with _told():
        for path in write_pages(directory, app):
            say.print(f"Wrote {path}", soft_wrap=True)


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
