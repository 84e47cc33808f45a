"""A backup is one file, consistent while headquarters runs; what is restored is a new incarnation.

The key is not in it: it is kept apart, and put back by hand.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

from central.errors import Conflict, Invalid, Unprepared
from central.incarnation import BIRTH_BYTES, Headquarters, begin, current
from central.settings import (
    DATABASE_NAME,
    FILE_NAME,
    Settings,
    database_url,
    load_settings,
)
from central.setup import read_key
from central.store import Store
from provisioning.configuration import keep_private, settings_toml, write_new

_PAGES = 4_096
_POSTGRES = (
    "the database is not a SQLite file: back it up with pg_dump, and after pg_restore go on with"
    " `evertill-central restore --adopt`"
)


def back_up(store: Store, file: Path, progress: Callable[[int, int], None]) -> str:
    """Write a consistent copy of a running database to a new file; return its BLAKE2b-256.

    Raises Conflict where the file exists, Unprepared for a database that is no file.
    """
    if store.file is None:
        raise Unprepared(_POSTGRES)
    if file.exists():
        raise Conflict(f"{file} exists: take another name")
    partial = file.with_name(file.name + ".partial")
    partial.unlink(missing_ok=True)
    keep_private(partial)
    try:
        with (
            closing(sqlite3.connect(store.file)) as source,
            closing(sqlite3.connect(partial)) as target,
        ):
            source.backup(
                target, pages=_PAGES, progress=lambda _, left, of: progress(of - left, of)
            )
            target.execute("PRAGMA journal_mode = DELETE")
        partial.rename(file)
    finally:
        partial.unlink(missing_ok=True)
    return fingerprint(file)


def fingerprint(file: Path) -> str:
    """Return the BLAKE2b-256 of a file in hexadecimal."""
    digest = blake2b(digest_size=32)
    with file.open("rb") as opened:
        while block := opened.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def restore(
    file: Path, data: Path, clock: Callable[[], int], random: Callable[[int], bytes]
) -> Headquarters:
    """Put a backup into a data directory that has `hq.key` but no database, as a new incarnation.

    Raises Conflict where there is a database, Invalid for a file that is damaged or no backup.
    """
    target = data / DATABASE_NAME
    if target.exists():
        raise Conflict(f"{target} exists: move it away first, it is not overwritten")
    read_key(data)
    _check(file)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_private(target)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    if not (data / FILE_NAME).exists():
        write_new(data / FILE_NAME, settings_toml(Settings()).encode())
    return adopt(data, clock, random)


def adopt(data: Path, clock: Callable[[], int], random: Callable[[int], bytes]) -> Headquarters:
    """Go on with a restored database as a new incarnation; raise Unprepared for an empty one."""
    signer = read_key(data)
    store = Store.open(database_url(data, load_settings(data)))
    try:
        with store.write() as connection:
            if current(connection) is None:
                raise Unprepared(
                    f"the database is empty: set it up with `evertill-central init --data {data}`"
                )
            birth = random(BIRTH_BYTES)
            return begin(connection, signer.public_key, birth, clock(), "restore")
    finally:
        store.close()


def _check(file: Path) -> None:
    if not file.exists():
        raise Invalid(f"{file} does not exist")
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            found = database.execute("PRAGMA quick_check").fetchone()[0]
            database.execute("SELECT generation FROM incarnation").fetchone()
    except sqlite3.DatabaseError as error:
        raise Invalid(f"{file} is no backup of headquarters, or damaged: {error}") from None
    if found != "ok":
        raise Invalid(f"{file} is damaged: {found}; take an older backup")
