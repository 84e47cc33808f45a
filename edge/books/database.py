"""One connection writes and many read; what is committed has reached the disk before we say so."""

import sqlite3
from pathlib import Path

from provisioning.configuration import keep_private

PAGE_BYTES = 2048
BUSY_MS = 5_000


def connect(path: str | Path, *, readonly: bool = False) -> sqlite3.Connection:
    """Open a database file, or a `file:` URI as SQLite defines it (memory for simulations).

    A new file is readable by its owner alone: it will hold hashes of PINs and members' names.

    Transactions are explicit. A connection may move between threads but not be shared by two.
    """
    text = str(path)
    if not readonly and not text.startswith(("file:", ":")):
        keep_private(Path(text))
    connection = sqlite3.connect(
        text,
        uri=text.startswith("file:"),
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    if readonly:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA mmap_size=268435456")
        return connection
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA cache_size=-32768")
    return connection
