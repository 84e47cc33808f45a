"""One connection writes and many read; what is committed has reached the disk before we say so.

The log is carried over into the database beside the sales, so that no sale waits for it. SQLite
would do it inside whichever commit fills the log, and that one customer would wait. Inside a commit
it now happens only when the log has outgrown what the thread here can keep up with, and then most
of it is done.
"""

import logging
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from provisioning.configuration import keep_private

PAGE_BYTES = 2048
BUSY_MS = 5_000
LOG_BYTES = 1 << 20
LOG_PAGES_MAX = 16_384
PAUSE_S = 0.25

_log = logging.getLogger(__name__)


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


class Checkpointer:
    """Carries over the log of the database behind a writing connection; a thread of its own."""

    def __init__(self, writing: sqlite3.Connection) -> None:
        """Start, unless the database lives in memory. Call before the connection is used."""
        file = writing.execute("PRAGMA database_list").fetchone()[2]
        self._log_path = Path(f"{file}-wal")
        self._file = file
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoint", daemon=True)
        if file:
            writing.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES_MAX}")
            self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._file:
            self._thread.join()

    def _run(self) -> None:
        with closing(connect(self._file)) as connection:
            while not self._stop.wait(PAUSE_S):
                try:
                    if os.path.getsize(self._log_path) > LOG_BYTES:
                        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                except (OSError, sqlite3.Error) as error:
                    _log.warning("the log waits to be carried over: %s", error)
