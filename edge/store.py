"""One writer: whatever is acknowledged is durable, all of it or nothing, in one order."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from edge.books import Books

R_co = TypeVar("R_co", covariant=True)


class Command(Protocol[R_co]):
    """Something to write: selling, stock work, what headquarters sent, and the like."""

    def run(self, books: Books) -> R_co:
        """Write within the open transaction and return the result; raise Problem to refuse."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit changed: the own journal's head, and whether headquarters' facts came in."""

    seq: int
    facts: int
    inbound: bool


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
        offset_min: Callable[[int], int] = lambda at_ms: 0,
    ) -> None:
        raise NotImplementedError

    def execute(self, commands: Sequence[Command[object]]) -> list[object | Exception]:
        """Run commands in one transaction and return each one's result, or why it failed."""
        raise NotImplementedError

    def on_commit(self, call: Callable[[Committed], None]) -> None:
        """Have `call` told after every commit, on the writing thread."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connection."""
        raise NotImplementedError
