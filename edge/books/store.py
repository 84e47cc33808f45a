"""One writer: whatever is acknowledged is durable, all of it or nothing, in one order.

After a commit that failed nothing in memory is trusted: it is read again from the database.
"""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from edge.books.migrations import migrate
from edge.books.transaction import Books, Mark
from edge.errors import Problem, StoreClosed, StoreFailed
from sync.bodies import Born
from sync.identity import Replica

R_co = TypeVar("R_co", covariant=True)
_log = logging.getLogger(__name__)
# What SQLite raises for what one command asked; anything else concerns the database as a whole.
_OWN_FAULTS = (
    sqlite3.IntegrityError,
    sqlite3.ProgrammingError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
)


class Command(Protocol[R_co]):
    """Something to write: selling, stock work, what headquarters sent, and the like."""

    def run(self, books: Books) -> R_co:
        """Write within the open transaction and return the result; raise Problem to refuse."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit led to: the own journal's head, the newest counter version, facts taken in."""

    seq: int
    version: int
    inbound_facts: int


class Store:
    """The one writing connection and everything that is kept in memory beside it.

    Synchronous and single-threaded: a `Writer` puts a thread around it, a simulation none.
    `offset_min` gives the local offset from UTC, in minutes, at a UTC time in milliseconds.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        clock: Callable[[], int],
        currency: str = "EUR",
        offset_min: Callable[[int], int] = lambda _: 0,
    ) -> None:
        """Take over a connection of `database.connect`; raise StoreClosed if no life has begun."""
        migrate(connection)
        self.connection = connection
        self.books = Books(connection, clock, currency, offset_min)
        self._listeners: list[Callable[[Committed], None]] = []
        self._closed = False
        self._stale = False

    def execute(self, commands: Sequence[Command[object]]) -> list[object]:
        """Run commands in one transaction and return each one's result, or its exception.

        A command that fails leaves nothing behind and lets the others be. If the commit fails, all
        fail with StoreFailed.
        """
        if self._closed:
            return [StoreClosed("closing") for _ in commands]
        if not commands:
            return []
        try:
            if self._stale:
                self._read_again()
            before = self.books.mark()
            self.connection.execute("BEGIN IMMEDIATE")
            results = [self._run(command) for command in commands]
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            return [self._failed(error) for _ in commands]
        if self.books.mark() != before:
            self._tell()
        return results

    def on_commit(self, call: Callable[[Committed], None]) -> None:
        """Have `call` told after every commit that changed something, on the writing thread."""
        self._listeners.append(call)

    def close(self) -> None:
        """Close the connection; nothing can be executed afterwards."""
        if not self._closed:
            self._closed = True
            self.connection.close()

    def _run(self, command: Command[object]) -> object:
        before = self.books.mark()
        self.connection.execute("SAVEPOINT command")
        try:
            result = command.run(self.books)
        except sqlite3.Error as error:
            if not isinstance(error, _OWN_FAULTS):
                raise
            return self._undo(command, error, before)
        except Exception as error:  # noqa: BLE001 - whatever one command raises is its own result
            return self._undo(command, error, before)
        self.connection.execute("RELEASE command")
        return result

    def _undo(self, command: Command[object], error: Exception, before: Mark) -> Exception:
        self.connection.execute("ROLLBACK TO command")
        self.connection.execute("RELEASE command")
        self.books.back_to(before)
        if not isinstance(error, Problem):
            _log.error("a %s failed", type(command).__name__, exc_info=error)
        return error

    def _failed(self, error: sqlite3.Error) -> StoreFailed:
        self._stale = True
        return StoreFailed("database", why=str(error))

    def _read_again(self) -> None:
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")
        self.books.reload()
        self._stale = False

    def _tell(self) -> None:
        books = self.books
        committed = Committed(books.head.seq, books.version, books.inbound_facts)
        for call in self._listeners:
            try:
                call(committed)
            except Exception:  # noqa: BLE001 - what is durable is acknowledged whoever listens
                _log.exception("a listener to commits failed")


@dataclass(frozen=True, slots=True)
class Life:
    """A life to begin: `birth` is 16 random bytes, `key` the public half of its new key."""

    replica: Replica
    birth: bytes
    key: bytes
    reason: str
    software: str
    previous: int = 0


def begin_life(connection: sqlite3.Connection, life: Life, clock: Callable[[], int]) -> None:
    """Make a database this life's: who it is, its journal, and Born as the journal's first fact."""
    migrate(connection)
    replica, now_ms = life.replica, clock()
    node = (replica.node, replica.generation, life.birth, life.previous, now_ms)
    born = Born(life.reason, life.software, life.previous)
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO node (only, store, generation, birth, previous, created_ms)"
            " VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET store = excluded.store,"
            " generation = excluded.generation, birth = excluded.birth,"
            " previous = excluded.previous, created_ms = excluded.created_ms",
            node,
        )
        row = (str(replica), life.key)
        connection.execute("INSERT INTO journal (name, key) VALUES (?, ?)", row)
        Books(connection, clock, "", lambda _: 0).append(life.birth, now_ms, "", born)
