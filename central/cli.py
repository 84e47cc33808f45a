"""Every command ends with what was done and what to do next, or with what went wrong."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TimeRemainingColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from central import access, audit, backup, totals, views
from central.docs import pages
from central.errors import Problem
from central.headquarters import Running, wall_clock
from central.importing import read_products
from central.server import listen, make_server, url_of
from central.settings import load_settings, make_settings
from central.setup import Opened, open_headquarters, set_up
from central.web.app import create_app
from provisioning.reference import write_pages
from sync.definitions import StoreProfile

app = typer.Typer(
    name="evertill-central",
    help="Headquarters: it holds what every store did, and tells stores what to sell.",
    no_args_is_help=True,
    add_completion=False,
)
store_app = typer.Typer(help="Make stores known and see how they stand.", no_args_is_help=True)
token_app = typer.Typer(help="Let programs and people in, and shut them out.", no_args_is_help=True)
app.add_typer(store_app, name="store")
app.add_typer(token_app, name="token")

Data = Annotated[
    Path,
    typer.Option("--data", envvar="EVERTILL_CENTRAL_DATA", help="Headquarters' data directory."),
]
DEFAULT_DATA = Path("evertill-central-data")
say = Console(stderr=True, highlight=False, soft_wrap=True)
out = Console(highlight=False)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what can be expected to go wrong into one clear line and exit code 1."""
    try:
        yield
    except Problem as problem:
        raise _failure(f"{problem.title}: {problem.detail}") from None
    except (ValueError, OSError, SQLAlchemyError) as error:
        raise _failure(str(error)) from None


def _failure(text: str) -> typer.Exit:
    say.print(f"[red]evertill-central:[/red] {text}", soft_wrap=True, markup=True)
    return typer.Exit(1)


@contextmanager
def _opened(data: Path) -> Iterator[Opened]:
    with _told(), closing(open_headquarters(data, wall_clock, secrets.token_bytes)) as opened:
        yield opened


def _bar() -> Progress:
    return Progress(*Progress.get_default_columns()[:3], TimeRemainingColumn(), console=say)


@app.command()
def init(
    *,
    data: Data = DEFAULT_DATA,
    chain: Annotated[str, typer.Option(help="Name of the chain.")] = "main",
    database: Annotated[
        str, typer.Option(help="SQLAlchemy URL; empty keeps a SQLite file in the directory.")
    ] = "",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8480,
    broker: Annotated[
        str, typer.Option(help="Broker on the way to the stores: mqtt://HOST:PORT.")
    ] = "",
) -> None:
    """Set headquarters up in a data directory of its own."""
    values: dict[str, Any] = {
        "chain": chain,
        "database": database,
        "host": host,
        "port": port,
        "broker_url": broker,
    }
    with _told():
        hq = set_up(data, make_settings(values, {}), wall_clock, secrets.token_bytes)
    say.print(f"Set up headquarters {hq.replica} in {data}. Settings: {data / 'central.toml'}")
    say.print(f"Its public key, for stores to pin as hq_key: {hq.key.hex()}")
    say.print(f"Keep a copy of {data / 'hq.key'} apart: it is in no backup.")
    say.print(f"Next: evertill-central token add me --role admin --data {data}")


@app.command()
def run(*, data: Data = DEFAULT_DATA) -> None:
    """Run headquarters until Ctrl-C or SIGTERM."""
    with _told():
        settings = load_settings(data)
        listener = listen(settings)
        with closing(listener), closing(Running(data)) as running:
            web = create_app(running.site())

            def ready() -> None:
                typer.echo(f"{running.opened.hq.replica} answers at {url_of(settings, listener)}")

            running.start()
            make_server(web, settings, ready).run([listener])
    say.print("Stopped; everything acknowledged is on disk.")


@app.command()
def status(*, data: Data = DEFAULT_DATA) -> None:
    """Show how every store stands."""
    with _opened(data) as opened, opened.store.read() as connection:
        found = views.stores(connection, wall_clock())
    _show_stores(found)


@store_app.command("list")
def store_list(*, data: Data = DEFAULT_DATA) -> None:
    """List the stores and how they stand."""
    status(data=data)


def _show_stores(found: list[views.StoreStatus]) -> None:
    table = Table("store", "name", "region", "link", "as of", "facts", "not here", "stock")
    for one in found:
        as_of = datetime.fromtimestamp(one.as_of_ms / 1000, UTC) if one.as_of_ms else None
        table.add_row(
            one.store,
            one.title,
            one.region,
            one.link,
            f"{as_of:%Y-%m-%d %H:%M:%S}" if as_of else "never",
            str(one.facts),
            str(one.missing_facts),
            one.agreement,
        )
    out.print(table)
    if not found:
        say.print("No stores yet. Next: evertill-central store add s0001")


@store_app.command("add")
def store_add(
    *,
    store: Annotated[str, typer.Argument(help="Name of the store, such as s0001.")],
    data: Data = DEFAULT_DATA,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    region: Annotated[str, typer.Option(help="Its region.")] = "",
    currency: Annotated[str, typer.Option(help="Its currency, ISO 4217.")] = "EUR",
) -> None:
    """Make a store known, or change its profile."""
    profile = StoreProfile(store, name or store, region, currency)
    with _opened(data) as opened, opened.store.write() as connection:
        opened.author.define(connection, [profile], "cli")
        chain = opened.settings.chain
    how = f"evertill-edge init --store {store} --chain {chain} --currency {currency}"
    say.print(f"Store {store} is known. Next, on its box: {how}")


@store_app.command("revoke")
def store_revoke(
    *,
    store: Annotated[str, typer.Argument(help="Name of the store.")],
    generation: Annotated[int, typer.Argument(help="The life to revoke, as in s0001-n7: 7.")],
    data: Data = DEFAULT_DATA,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
) -> None:
    """Accept nothing more from one life of a store's node: a stolen or replaced box."""
    with _opened(data) as opened, opened.store.write() as connection:
        opened.author.revoke(connection, store, generation, reason, "cli")
    say.print(f"Nothing more is accepted from {store}-n{generation}.")


@token_app.command("add")
def token_add(
    *,
    name: Annotated[str, typer.Argument(help="Whose token it is.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(access.ROLES)}.")] = "read",
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a token and print it, once."""
    with _opened(data) as opened, opened.store.write() as connection:
        secret = access.add_token(connection, name, role, wall_clock(), secrets.token_bytes)
    say.print(f"Token {name} ({role}). It is shown this once, and kept as a hash:")
    typer.echo(secret)


@token_app.command("list")
def token_list(*, data: Data = DEFAULT_DATA) -> None:
    """List the tokens, without their secrets."""
    with _opened(data) as opened, opened.store.read() as connection:
        found = access.tokens(connection)
    table = Table("name", "role", "made", "state")
    for one in found:
        made = datetime.fromtimestamp(one.created_ms / 1000, UTC)
        state = "revoked" if one.revoked_ms else "good"
        table.add_row(one.name, one.role, f"{made:%Y-%m-%d}", state)
    out.print(table)


@token_app.command("revoke")
def token_revoke(
    *, name: Annotated[str, typer.Argument(help="Whose token.")], data: Data = DEFAULT_DATA
) -> None:
    """Accept a token no more."""
    with _opened(data) as opened, opened.store.write() as connection:
        access.revoke_token(connection, name, wall_clock())
    say.print(f"Token {name} is accepted no more.")


@app.command("import-products")
def import_products(
    *,
    file: Annotated[Path, typer.Argument(help="JSON array or JSON lines of products.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Define every product of a file, or none if one of them is wrong."""
    with _opened(data) as opened:
        products = read_products(file)
        with opened.store.write() as connection:
            opened.author.define(connection, products, "cli")
    say.print(f"Defined {len(products)} products. Stores that are connected have them in a moment.")


@app.command("backup")
def back_up(
    *,
    file: Annotated[Path, typer.Argument(help="File to write; must not exist.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Write a consistent copy of the database, also while headquarters runs."""
    with _opened(data) as opened, _bar() as bar:
        task = bar.add_task("backing up")
        digest = backup.back_up(
            opened.store, file, lambda done, of: bar.update(task, completed=done, total=of)
        )
    say.print(f"Wrote {file}, BLAKE2b-256 {digest}. The key is not in it: keep hq.key apart.")


@app.command()
def restore(
    *,
    file: Annotated[Path | None, typer.Argument(help="The backup; none with --adopt.")] = None,
    adopt: Annotated[
        bool, typer.Option(help="Go on with the database that is there (after pg_restore).")
    ] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Go on from a backup as a new incarnation; stores bring back what it lacks."""
    with _told():
        if adopt == (file is not None):
            raise ValueError("name a backup file, or give --adopt for a database restored already")
        if file is not None:
            hq = backup.restore(file, data, wall_clock, secrets.token_bytes)
        else:
            hq = backup.adopt(data, wall_clock, secrets.token_bytes)
    say.print(f"Headquarters goes on as {hq.replica}. Its public key: {hq.key.hex()}")
    say.print(
        "What was revoked since that backup comes back with the store's next life: until that is"
        " heard, revoke a stolen box again."
    )
    say.print("Nothing is promised online from a store until that store has been heard again.")
    say.print(f"Next: evertill-central run --data {data}")


@app.command()
def verify(*, data: Data = DEFAULT_DATA) -> None:
    """Hash every journal and fold every fact again, and compare with counters and totals."""
    findings: list[audit.Finding] = []
    with _opened(data) as opened, opened.store.read() as connection, _bar() as bar:
        task = bar.add_task("folding facts")
        for step in audit.audit(connection):
            if isinstance(step, audit.Progress):
                bar.update(task, completed=step.done, total=step.of)
            else:
                findings.append(step)
        net = {(one.store, one.currency): one.net_minor for one in totals.by_store(connection)}
    for one in findings[:20]:
        out.print(f"{one.store}: {one.place}: {one.detail}", soft_wrap=True)
    if findings:
        raise _failure(f"{len(findings)} things do not meet; the first is above")
    for (store, currency), minor in net.items():
        out.print(f"{store}: net {minor} minor units {currency}")
    say.print("Journals, counters and totals agree.")


@app.command("docs", hidden=True)
def docs(*, folder: Annotated[Path, typer.Argument(help="The folder `docs`.")]) -> None:
    """Write the generated pages of the documentation."""
    for page in write_pages(folder, pages(app)):
        say.print(f"Wrote {page}")


if __name__ == "__main__":
    app()
