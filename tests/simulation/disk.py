"""Databases in memory that lose power, or refuse, at a COMMIT that the story picks."""

import sqlite3
from functools import cache
from typing import Any

from edge.books.migrations import migrate
from tests.simulation.world import Crash


class Disk(sqlite3.Connection):
    """A node's database: what is committed stays whatever happens to the process."""

    trouble = ""
    _writing = False

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        """Run a statement; in trouble, the COMMIT of a writing transaction does not go well."""
        if sql == "BEGIN IMMEDIATE":
            self._writing = True
        elif sql == "COMMIT" and self._writing:
            self._writing = False
            trouble, self.trouble = self.trouble, ""
            if trouble == "before":
                raise Crash
            if trouble == "full":  # as SQLite does, the transaction is rolled back
                super().execute("ROLLBACK")
                raise sqlite3.OperationalError("disk I/O error")
            if trouble == "after":
                super().execute(sql)
                raise Crash
        return super().execute(sql, *arguments)

    def power_cut(self) -> None:
        """Forget what was not committed."""
        self.trouble = ""
        self._writing = False
        if self.in_transaction:
            super().execute("ROLLBACK")


def open_disk(image: bytes) -> Disk:
    """Make a disk that holds an image."""
    disk = sqlite3.connect(":memory:", isolation_level=None, factory=Disk, cached_statements=512)
    disk.deserialize(image)
    disk.execute("PRAGMA foreign_keys=ON")
    return disk


@cache
def empty_node() -> bytes:
    """Return the image of a migrated database in which no life has begun."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    image = connection.serialize()
    connection.close()
    return image
