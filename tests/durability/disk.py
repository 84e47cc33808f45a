"""A disk that forgets: what was written and not synced may survive a power cut whole, torn or not.

A SQLite VFS (through apsw) that writes to real files and keeps a log of every write, truncation,
sync and deletion. `Disk.after_cut` replays the log up to any moment into what the disk would hold
if the power had failed there: everything before a file's last sync, and of the rest a random part,
in sectors of 512 bytes and in any order. Killing a process can't show a missing fsync; this can.
"""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

SECTOR_BYTES = 512


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that was done to a file: `write`, `truncate`, `sync` or `delete`."""

    file: str
    kind: str
    offset: int = 0
    data: bytes = b""


class Disk(apsw.VFS):
    """The VFS, registered under `name` while it is alive; `log` grows with every operation."""

    def __init__(self, name: str, start: dict[str, bytes]) -> None:
        self.name = name
        self.start = start
        self.log: list[Operation] = []
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> "DiskFile":  # noqa: N802 - apsw's name
        """Open a file below this disk."""
        return DiskFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - apsw's name
        """Delete a file."""
        self.log.append(Operation(Path(filename).name, "delete"))
        super().xDelete(filename, syncdir)

    def after_cut(self, moment: int, rng: random.Random) -> dict[str, bytes]:
        """Contents of every file if the power had failed after `moment` operations."""
        contents = {name: bytearray(data) for name, data in self.start.items()}
        loose: dict[str, list[Operation]] = {}
        for operation in self.log[:moment]:
            if operation.kind == "sync":
                _apply(contents, loose.pop(operation.file, []))
            elif operation.kind == "delete":
                loose.pop(operation.file, None)
                contents.pop(operation.file, None)
            else:
                loose.setdefault(operation.file, []).append(operation)
        for operations in loose.values():
            _apply(contents, _survivors(operations, rng))
        return {name: bytes(data) for name, data in contents.items()}


class DiskFile(apsw.VFSFile):
    """A file of the disk."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._file = Path(path).name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's name
        """Write, and remember it as not synced."""
        self._disk.log.append(Operation(self._file, "write", offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - apsw's name
        """Truncate, and remember it as not synced."""
        self._disk.log.append(Operation(self._file, "truncate", newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802 - apsw's name
        """Note that everything before is on the disk; really syncing would only cost time."""
        self._disk.log.append(Operation(self._file, "sync"))


def _apply(contents: dict[str, bytearray], operations: Iterable[Operation]) -> None:
    for operation in operations:
        data = contents.setdefault(operation.file, bytearray())
        if operation.kind == "truncate":
            del data[operation.offset :]
        else:
            missing = operation.offset - len(data)
            data.extend(bytes(max(missing, 0)))
            data[operation.offset : operation.offset + len(operation.data)] = operation.data


def _survivors(operations: Sequence[Operation], rng: random.Random) -> Iterator[Operation]:
    """Pick what of the loose operations reached the disk: nothing, all, or any sectors."""
    mood = rng.random()
    for operation in operations:
        if operation.kind != "write":
            if rng.random() < mood:
                yield operation
            continue
        for at in range(0, len(operation.data), SECTOR_BYTES):
            if rng.random() < mood:
                sector = operation.data[at : at + SECTOR_BYTES]
                yield Operation(operation.file, "write", operation.offset + at, sector)


class _Cursor:
    def __init__(self, connection: apsw.Connection, cursor: apsw.Cursor) -> None:
        self._cursor = cursor
        self.lastrowid = connection.last_insert_rowid()
        self.rowcount = connection.changes()

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)


class DiskConnection:
    """A connection on a disk, as much of `sqlite3.Connection` as the node's store uses."""

    def __init__(self, path: Path, disk: Disk, synchronous: str) -> None:
        self._connection = apsw.Connection(str(path), vfs=disk.name)
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            self.execute(f"PRAGMA {pragma}")

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def execute(self, sql: str, bindings: Sequence[Any] = ()) -> _Cursor:
        """Run one statement; raise sqlite3.Error as the standard library would."""
        try:
            return _Cursor(self._connection, self._connection.execute(sql, bindings))
        except apsw.Error as error:
            raise sqlite3.OperationalError(str(error)) from error

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> _Cursor:
        """Run one statement for many rows; raise sqlite3.Error."""
        try:
            return _Cursor(self._connection, self._connection.executemany(sql, rows))
        except apsw.Error as error:
            raise sqlite3.OperationalError(str(error)) from error

    def close(self) -> None:
        """Close it, with a last checkpoint."""
        self._connection.close()
