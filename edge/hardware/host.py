"""What hardware needs of its node: writing, the connection of the event loop, and settings."""

import sqlite3
from collections.abc import Callable
from typing import Protocol, TypeVar

from edge.books.store import Command
from edge.settings import Settings

R = TypeVar("R")


class Host(Protocol):
    """A node. `gate` is read from the event loop alone, and only by index."""

    settings: Settings
    gate: sqlite3.Connection
    clock: Callable[[], int]

    async def commit(self, command: Command[R]) -> R:
        """Have a command written; return once it is durable."""
