"""One thread writes; those who wait at the same time share one commit, tills before backfill."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from typing import Any, TypeVar

from edge.books.database import Checkpointer
from edge.books.store import Command, Store
from edge.books.tidying import Tidy
from edge.errors import Overloaded, StoreClosed

R = TypeVar("R")

GROUP_MAX = 64
BACKFILL_GROUP_MAX = 4
WAITING_MAX = 1_024
TIDY_EVERY = 20_000


class Priority(IntEnum):
    """Who goes first."""

    TILL = 0
    BACKFILL = 1


class Writer:
    """Puts one thread around a Store. Close it before anything it writes to."""

    def __init__(self, store: Store, *, waiting_max: int = WAITING_MAX) -> None:
        """Start the thread; at most `waiting_max` commands wait per priority."""
        self._store = store
        self._waiting_max = waiting_max
        self._queues: dict[Priority, deque[tuple[Command[Any], Future[Any]]]] = {
            priority: deque() for priority in Priority
        }
        self._wake = threading.Condition()
        self._closing = False
        self._tidied, self._tidy_after = store.books.version, 0
        self._checkpointer = Checkpointer(store.connection)
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, command: Command[R], priority: Priority = Priority.TILL) -> "Future[R]":
        """Queue a command; its future resolves after the commit that carries it.

        Raises Overloaded when too much waits, StoreClosed after `close`.
        """
        future: Future[R] = Future()
        with self._wake:
            queue = self._queues[priority]
            if self._closing:
                raise StoreClosed("closing")
            if len(queue) >= self._waiting_max:
                raise Overloaded("queue", waiting=len(queue))
            queue.append((command, future))
            self._wake.notify()
        return future

    def close(self, timeout_s: float = 30.0) -> bool:
        """Write what waits, then end the thread; False if that takes longer than `timeout_s`."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._checkpointer.close()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while group := self._next_group():
            live = [(c, f) for c, f in group if f.set_running_or_notify_cancel()]
            results = self._store.execute([command for command, _ in live])
            for (_, future), result in zip(live, results, strict=True):
                _resolve(future, result)
            self._tidy()

    def _tidy(self) -> None:
        """Take the next small piece of tidying if nobody waits and enough has changed."""
        version = self._store.books.version
        if version - self._tidied < TIDY_EVERY or any(self._queues.values()):
            return
        done = self._store.execute([Tidy(self._tidy_after)])[0]
        self._tidy_after = done if isinstance(done, int) else 0
        if not self._tidy_after:
            self._tidied = version

    def _next_group(self) -> list[tuple[Command[Any], "Future[Any]"]]:
        tills, backfill = self._queues[Priority.TILL], self._queues[Priority.BACKFILL]
        with self._wake:
            while not (tills or backfill or self._closing):
                self._wake.wait()
            group = [tills.popleft() for _ in range(min(len(tills), GROUP_MAX))]
            # Backfill rides along in small pieces, so that a till waits for little of it and it
            # still moves while tills are busy.
            group += [backfill.popleft() for _ in range(min(len(backfill), BACKFILL_GROUP_MAX))]
            return group


def _resolve(future: "Future[Any]", result: object | Exception) -> None:
    settle: Callable[[Any], None] = future.set_result
    if isinstance(result, Exception):
        settle = future.set_exception
    settle(result)
