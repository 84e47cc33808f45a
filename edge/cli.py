"""One law: every command ends with what was done and what to do next, or with what went wrong."""

import gc
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from edge import audit
from edge.books import backup
from edge.books.chronicle import Started, Stopped
from edge.books.database import connect
from edge.commands.devices import devices_app
from edge.commands.docs import pages
from edge.commands.exports import export
from edge.commands.replay import RemoteNode, Tally, feed, reach, read_documents
from edge.commands.telling import DEFAULT_DATA, Data
from edge.commands.telling import bar as _bar
from edge.commands.telling import tell as _tell
from edge.commands.telling import told as _told
from edge.node import ADDRESS, Node, wall_clock
from edge.people import access
from edge.server import listen, make_server, url_of
from edge.settings import FILE_NAME, load_settings, make_settings
from edge.setup import SOFTWARE_VERSION, create_node
from edge.views.snapshots import Views
from edge.web.app import create_app
from provisioning.reference import write_pages

app = typer.Typer(
    name="evertill-edge",
    help="One store's node: it sells, keeps stock and keeps headquarters up to date.",
    no_args_is_help=True,
    add_completion=False,
)
device_app = typer.Typer(help="Let devices in and shut them out.", no_args_is_help=True)
app.add_typer(device_app, name="device")
app.add_typer(devices_app, name="devices")
app.command()(export)

Role = Annotated[str, typer.Option(help=f"One of {', '.join(access.DEVICE_ROLES)}.")]
DeviceName = Annotated[str, typer.Argument(help="Name of the device, such as t1.")]
Target = Annotated[Path, typer.Argument(help="The file to write.")]
Source = Annotated[Path, typer.Argument(help="The backup to start from.")]


def settings_of(target: Path) -> Path:
    """Where the settings of a backup lie."""
    return target.with_name(target.name + ".toml")


@contextmanager
def _private() -> Iterator[None]:
    """Make files that only their owner can read."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _database(data: Path) -> Path:
    """Find a node's database; raise FileNotFoundError saying how to get one."""
    path = data / backup.DATABASE
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
    """Make a node in a directory of its own."""
    values: dict[str, Any] = {
        "store": store,
        "chain": chain,
        "currency": currency,
        "timezone": timezone,
        "host": host,
        "port": port,
    }
    with _told(), _private():
        settings = make_settings(values, {})
        replica = create_node(
            data, settings, clock=wall_clock, random=secrets.token_bytes, generation=generation
        )
    _tell(f"Made node {replica} in {data}. Settings: {data / FILE_NAME}")
    _tell(f"Next: evertill-edge device add t1 --role till --data {data}")


@app.command()
def run(*, data: Data = DEFAULT_DATA) -> None:
    """Run the node until Ctrl-C or SIGTERM."""
    with _told(), _private():
        settings = load_settings(data)
        _database(data)
        listener = listen(settings)
        with closing(listener), closing(Node(data, settings)) as node:
            web = create_app(node)

            def ready() -> None:
                node.writer.submit(Started(node.version)).result()
                gc.freeze()  # the collector need not stop scans to look through what stays
                (data / ADDRESS).write_text(url_of(settings, listener), "utf-8")
                typer.echo(f"{node.journal} sells at {url_of(settings, listener)}")

            make_server(web, node, ready).run([listener])
            node.writer.submit(Stopped())
    _tell("Stopped; everything acknowledged is on disk.")


@app.command()
def verify(*, data: Data = DEFAULT_DATA) -> None:
    """Check all books against the journal.

    The node may be running or not. Stops at the first disagreement, names table and row, and exits
    with 1.
    """
    with _told(), closing(connect(_database(data), readonly=True)) as connection, _bar() as bar:
        tasks: dict[str, TaskID] = {}
        for step in audit.verify(connection):
            task = tasks.get(step.stage)
            if task is None:
                task = tasks[step.stage] = bar.add_task(step.stage)
            done = step.done + (step.total == 0)  # an empty stage is a finished one
            bar.update(task, completed=done, total=max(step.total, 1))
    _tell("Everything agrees: chain, signatures, counters, receipts, returns and products.")


@app.command("backup")
def make_backup(target: Target, *, data: Data = DEFAULT_DATA) -> None:
    """Copy the node into one file.

    The node may be running or not. Its private key is not in the copy. A manifest and the settings
    are written beside it.
    """
    with _told(), _private(), _bar() as bar:
        _database(data)
        task = bar.add_task("pages", total=None)

        def done(pages: int, total: int) -> None:
            bar.update(task, completed=pages, total=total)

        made = backup.backup(data, target, clock=wall_clock, done=done)
        shutil.copyfile(data / FILE_NAME, settings_of(target))
    _tell(f"{target} holds {made.journal} up to fact {made.seq} ({made.size:,} bytes),")
    _tell(f"with {backup.manifest_of(target).name} and {settings_of(target).name} beside it.")
    _tell("Next: keep all three on another machine.")


@app.command()
def restore(
    source: Source,
    *,
    data: Data = DEFAULT_DATA,
    generation: Annotated[
        int, typer.Option(help="Number of the new life; 0 mints one, which is best.")
    ] = 0,
) -> None:
    """Begin a new life from a backup.

    In an empty directory, under a new generation and with a new key; headquarters sends back what
    the former life had told it since.
    """
    with _told(), _private():
        replica = backup.restore(
            source,
            data,
            clock=wall_clock,
            random=secrets.token_bytes,
            software=SOFTWARE_VERSION,
            generation=generation or None,
        )
        if not (data / FILE_NAME).exists() and settings_of(source).exists():
            shutil.copyfile(settings_of(source), data / FILE_NAME)
    _tell(f"{replica} lives in {data}, with a new key. Check its settings: {data / FILE_NAME}")
    _tell("Never start the old node again. Devices come in with the tokens they have.")
    _tell(f"Next: evertill-edge run --data {data}")


@app.command()
def status(*, data: Data = DEFAULT_DATA) -> None:
    """Show the books in numbers.

    The node may be running or not.
    """
    with _told(), closing(Views(str(_database(data)))) as views:
        view = views.status()
    table = Table("What", "Value", title=view.journal)
    for name in ("facts", "products", "skus", "worklist", "quarantine", "headquarters"):
        table.add_row(name, str(getattr(view, name)))
    Console().print(table)


@app.command()
def replay(
    *,
    file: Annotated[Path, typer.Argument(help="Documents, one JSON object a line.")],
    url: Annotated[str, typer.Option(help="Address of the node.")] = "http://127.0.0.1:8470",
    token_file: Annotated[
        Path, typer.Option(help="File that holds a device's token; role admin posts everything.")
    ],
    connections: Annotated[
        int, typer.Option(min=1, max=64, help="How many documents are on the way at once.")
    ] = 8,
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for a node that does not answer.")
    ] = 60.0,
    ca: Annotated[
        Path | None, typer.Option(help="Certificate to trust, where the node has its own.")
    ] = None,
) -> None:
    """Post real documents (sales, returns, stock work) to a running node.

    Each document's id follows from its reference: run it again after an interruption and it goes
    on, run it twice and nothing changes. The format is described in docs/integrator/replay.md.
    """
    with _told():
        token = token_file.read_text("utf-8").strip()
        with reach(url, token, connections=connections, patience_s=patience, ca=ca) as node:
            try:
                tally = _replay(file, node, connections)
            except KeyboardInterrupt:
                _tell("Interrupted: run the same command again and it goes on from there.")
                raise typer.Exit(130) from None
    _tell(f"{tally.posted:,} documents posted, {tally.repeated:,} were on record before.")
    _tell("Next: see the stock they left, GET /api/v1/stock, or check the books where the node")
    _tell("lives: evertill-edge verify --data DIR")


def _replay(file: Path, node: RemoteNode, connections: int) -> Tally:
    """Read a whole file before the first of its documents is sent."""
    rate = TextColumn("{task.fields[rate]}")
    with _bar(MofNCompleteColumn(), rate, TimeRemainingColumn(elapsed_when_finished=True)) as bar:
        store = node.store()
        task = bar.add_task("reading", total=None, rate="")
        total = sum(1 for _ in read_documents(file, store))
        bar.update(task, description=f"posting at {store}", total=total)

        def done(tally: Tally) -> None:
            speed = bar.tasks[0].speed or 0
            bar.update(task, completed=tally.documents, rate=f"{speed:,.0f}/s")

        return feed(node, read_documents(file, store), connections, done)


@device_app.command("add")
def device_add(name: DeviceName, *, role: Role, data: Data = DEFAULT_DATA) -> None:
    """Let a device in and print its token.

    The token is shown this once; it alone goes to standard output.
    """
    token = access.device_token(secrets.token_bytes(access.TOKEN_BYTES))
    with _told(), closing(connect(_database(data))) as connection:
        access.add_device(connection, name, role, token, wall_clock())
    typer.echo(token)
    _tell(f"{name} may come in as {role}. This is the only time its token is shown.")
    _tell("Next: give it to the device as `Authorization: Bearer TOKEN`.")


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
    """Shut a device out.

    At once, with everybody logged in at it.
    """
    with _told(), closing(connect(_database(data))) as connection:
        access.revoke_device(connection, name, wall_clock())
    _tell(f"{name} is shut out. A new token: evertill-edge device add {name} --role ROLE")


@app.command()
def docs(*, directory: Annotated[Path, typer.Argument(help="The folder `docs` to write.")]) -> None:
    """Write the generated reference pages."""
    with _told():
        for path in write_pages(directory, pages(app)):
            _tell(f"Wrote {path}")


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
