"""One law: a node's parts are opened in order, checked before the first sale, closed in reverse."""

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec

from edge.database import connect
from edge.settings import Settings
from edge.setup import DATABASE, SOFTWARE_VERSION
from edge.store import Command, Store
from edge.views import Views
from edge.writer import Writer

READERS = 4
P = ParamSpec("P")
R = TypeVar("R")


class LinkStatus(msgspec.Struct, frozen=True):
    """The link to headquarters as the status shows it; see StatusReply."""

    link: str = "none"
    link_since_ms: int = 0
    link_detail: str = "no broker is configured"
    unsynced: int = 0
    as_of_ms: int = 0


def wall_clock() -> int:
    """UTC now, in milliseconds."""
    return time.time_ns() // 1_000_000


class Node:
    """One store's node: the writer, the readers and the link, over one data directory."""

    def __init__(
        self,
        data: Path,
        settings: Settings,
        *,
        clock: Callable[[], int] = wall_clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Open everything; raise what the opening raises, with nothing left open."""
        self.settings = settings
        self.data = data
        self.clock = clock
        self.random = random
        self.version = SOFTWARE_VERSION
        self.started_ms = clock()
        path = data / DATABASE
        self.store = Store(
            connect(path), clock=clock, currency=settings.currency, offset_min=self._offset_min
        )
        self.writer = Writer(self.store)
        self.views = Views(str(path), currency=settings.currency)
        self.gate: sqlite3.Connection = connect(path, readonly=True)
        self.journal = self.store.books.journal
        self.logins = asyncio.Lock()
        self._readers = ThreadPoolExecutor(READERS, "reader")

    def _offset_min(self, at_ms: int) -> int:
        """Tell the local offset from UTC at a time, in minutes."""
        offset = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self.settings.zone)
        delta = offset.utcoffset()
        return int(delta.total_seconds() // 60) if delta else 0

    async def commit(self, command: Command[R]) -> R:
        """Have a command written; return its result once it is durable, raise its Problem."""
        return await asyncio.wrap_future(self.writer.submit(command))

    async def read(self, view: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a view without holding up the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, partial(view, *args, **kwargs))

    def link(self) -> LinkStatus:
        """Tell how the link to headquarters is."""
        return LinkStatus()

    def close(self) -> None:
        """Write what waits, then close everything."""
        self.writer.close()
        self._readers.shutdown()
        self.views.close()
        self.gate.close()
        self.store.close()
