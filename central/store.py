"""Whoever writes holds the database, or its stores, alone; whoever reads sees what is committed.

SQLite runs in WAL mode with `synchronous=FULL`: a commit that returned survives a power cut.
"""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, StaticPool, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

from central.migrate import memory_image, upgrade
from provisioning.configuration import keep_private

Insert = sqlite.Insert | postgresql.Insert
_BUSY_S = 30.0
CHUNK = 5_000
_IMMEDIATE = "evertill_immediate"


def insert(connection: Connection, table: Table) -> Insert:
    """Begin an INSERT that knows ON CONFLICT, in the dialect of the connection."""
    postgres = connection.dialect.name == "postgresql"
    return postgresql.insert(table) if postgres else sqlite.insert(table)


def add_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, leaving those whose key exists as they are."""
    if rows:
        statement = f"{_inserting(table, tuple(rows[0]))} ON CONFLICT DO NOTHING"
        bulk(connection, statement, [tuple(row.values()) for row in rows])


def bulk(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Execute a statement with `?` marks for many rows, past everything that costs time per row."""
    if rows:
        marked = statement if connection.dialect.name == "sqlite" else statement.replace("?", "%s")
        connection.exec_driver_sql(marked, list(rows))


def select_in(
    connection: Connection, statement: str, fixed: tuple[Any, ...], values: Sequence[Any]
) -> list[Any]:
    """Return the rows of a statement with `?` marks that ends in `IN {}`, for many values."""
    found: list[Any] = []
    for start in range(0, len(values), CHUNK):
        chunk = values[start : start + CHUNK]
        whole = statement.format(f"({', '.join('?' * len(chunk))})")
        if connection.dialect.name != "sqlite":
            whole = whole.replace("?", "%s")
        found += connection.exec_driver_sql(whole, (*fixed, *chunk)).all()
    return found


def put(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    keep: Collection[str] = (),
) -> None:
    """Insert rows, replacing those whose primary key exists but for the columns to `keep`.

    Rows name the same columns in the same order.
    """
    if rows:
        statement = _replacing(table, tuple(rows[0]), tuple(keep))
        bulk(connection, statement, [tuple(row.values()) for row in rows])


@cache
def _inserting(table: Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608


@cache
def _replacing(table: Table, names: tuple[str, ...], keep: tuple[str, ...]) -> str:
    keys = [column.name for column in table.primary_key]
    changed = [name for name in names if name not in keys and name not in keep]
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in changed)
    conflict = ", ".join(f'"{key}"' for key in keys)
    return f"{_inserting(table, names)} ON CONFLICT ({conflict}) DO UPDATE SET {changes}"


class Store:
    """The database of headquarters, behind SQLAlchemy; make one with `open` or `in_memory`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**{_IMMEDIATE: True})

    @classmethod
    def open(cls, url: str | URL) -> Self:
        """Open and migrate the database at a SQLAlchemy URL.

        `sqlite:///FILE` makes the file if it is missing; PostgreSQL is
        `postgresql+psycopg://user@host/database`. Errors, which are logged, name no values.
        """
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            if address.database and address.database != ":memory:":
                keep_private(Path(address.database))
            engine = create_engine(address, hide_parameters=True, connect_args={"timeout": _BUSY_S})
            _own_transactions(engine)
        else:
            engine = create_engine(address, hide_parameters=True, pool_pre_ping=True)
        store = cls(engine)
        with store.write() as connection:
            upgrade(connection)
        return store

    @classmethod
    def in_memory(cls, image: bytes | None = None) -> Self:
        """Open a SQLite database that lives in memory, as it was in `image` or new and empty."""
        database = sqlite3.connect(":memory:", check_same_thread=False)
        database.deserialize(memory_image() if image is None else image)
        engine = create_engine("sqlite://", creator=lambda: database, poolclass=StaticPool)
        _own_transactions(engine)
        return cls(engine)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is one SQLite file or lives in memory."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file, None for any other database."""
        name = self.engine.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    def image(self) -> bytes:
        """Return what is committed of a SQLite database, as bytes for `in_memory`."""
        raw = self.engine.raw_connection()
        try:
            connection = raw.driver_connection
            if not isinstance(connection, sqlite3.Connection):
                raise ValueError("only a SQLite database has an image: use pg_dump")
            return connection.serialize()
        finally:
            raw.close()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that writes: committed at the end, rolled back on any exception."""
        with self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of what is committed."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _own_transactions(engine: Engine) -> None:
    """Take BEGIN away from the driver, which delays it until a write: too late to be alone."""

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -65536")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_IMMEDIATE):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # touches nothing yet and cannot fail: spared what costs a read as much again
            connection.connection.cursor().execute("BEGIN")
