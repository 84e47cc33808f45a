"""Differences of documents are merged beside the worker, never by it: hostile ones delay nobody.

A difference waits here until it is judged; then it is committed with whatever else waits.
"""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

from sqlalchemy import select

from central import schema
from central.incarnation import Headquarters
from central.records import Merged, held_of, is_rebuilding
from central.store import Store
from sync.identity import Replica
from sync.lanes import WANT_DOCUMENTS
from sync.records import client_id
from sync.records_news import Merge, Verdict, judge
from sync.wire import RecordDiff

_log = logging.getLogger(__name__)


class Merger:
    """Judges differences in the order they came, at once or on the thread of an executor.

    `merge` is `RecordsWorker.merge` wherever bytes come from outside. `ready` is called after each,
    on that thread.
    """

    def __init__(
        self, store: Store, hq: Headquarters, merge: Merge, executor: Executor | None = None
    ) -> None:
        self._store, self._hq, self._merge = store, hq, merge
        self._executor = executor
        self._lock = threading.Lock()
        self._under_way: Counter[str] = Counter()
        self._judged: deque[tuple[str, Merged]] = deque()
        self.ready: Callable[[], None] = lambda: None

    @property
    def waiting(self) -> int:
        """How many are judged and wait to be committed."""
        return len(self._judged)

    def submit(self, store: str, origin: Replica, diff: RecordDiff) -> None:
        """Take a difference in; more than a store was asked for are dropped, and come again."""
        with self._lock:
            if self._under_way[store] >= WANT_DOCUMENTS:
                return
            self._under_way[store] += 1
        job = partial(self._run, store, origin, diff)
        if self._executor is None:
            job()
        else:
            self._executor.submit(job)

    def take(self) -> list[tuple[str, Merged]]:
        """Hand over what is judged, each with the store it came from."""
        return [self._judged.popleft() for _ in range(len(self._judged))]

    def _run(self, store: str, origin: Replica, diff: RecordDiff) -> None:
        try:
            self._judged.append((store, Merged(origin, diff, self._judge(store, diff))))
        except Exception:  # noqa: BLE001 - whatever fails here, the store offers it again
            _log.exception("a document of store %s is left to come again", store)
        finally:
            with self._lock:
                self._under_way[store] -= 1
        self.ready()

    def _judge(self, store: str, diff: RecordDiff) -> Verdict:
        document = diff.document
        lives, stores = schema.life, schema.store
        with self._store.read() as connection:
            held = held_of(connection, document)
            writers = None
            if not is_rebuilding(connection, self._hq.generation, store):
                of = select(lives.c.generation).join(stores, stores.c.id == lives.c.store_id)
                generations = connection.scalars(of.where(stores.c.name == store)).all()
                writers = [client_id(Replica(store, one), document) for one in generations]
        return judge(self._merge, self._hq.replica, document, held, diff.update, writers=writers)
