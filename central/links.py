"""A store is up while its session is open; everything else is cut, and since when is remembered.

Written only when something changed, and at most every few seconds for the time last heard.
"""

from collections.abc import Mapping

from sqlalchemy import select, update

from central import schema
from central.store import Store, put
from sync.session import Session, State

HEARD_EVERY_MS = 5_000
GRACE_MS = 15_000
STALE_MS = 30_000
UP, CUT = "up", "cut"


def state_of(state: str | None, heard_ms: int | None, now_ms: int) -> str:
    """Read a noted state: a store stays up only while somebody goes on noting it."""
    return UP if state == UP and now_ms - (heard_ms or 0) <= STALE_MS else CUT


class Links:
    """Keeps the link state of every store a worker serves, and the age of its numbers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: dict[str, tuple[str, str]] = {}
        self._since: dict[str, int] = {}
        self._as_of: dict[str, int] = {}
        self._written: dict[str, int] = {}
        self._heard: dict[str, int] = {}
        self._began_ms = 0

    def note(
        self,
        sessions: Mapping[str, Session],
        known: Mapping[str, int],
        connected: bool,
        now_ms: int,
    ) -> None:
        """Write what changed since the last call; `known` maps stores to their ids."""
        self._began_ms = self._began_ms or now_ms
        if not self._told and known:
            self._recall(known)
        rows, ages = [], []
        for name, store_id in known.items():
            session = sessions.get(name)
            if session is None and now_ms - self._began_ms < GRACE_MS:
                continue
            state = _state(session, connected)
            as_of_ms = session.as_of_ms if session else 0
            newer = as_of_ms > self._as_of.get(name, 0)
            late = now_ms - self._written.get(name, 0) >= HEARD_EVERY_MS
            due = state[0] == UP and (late or newer)
            if state != self._told.get(name):
                self._since[name] = now_ms
            elif not due:
                continue
            row = {"store_id": store_id, "state": state[0], "reason": state[1]}
            row |= {"since_ms": self._since.get(name, now_ms)}
            row |= {"heard_ms": now_ms if state[0] == UP else self._heard.get(name, 0)}
            if state[0] == UP:
                self._heard[name] = now_ms
            rows.append(row)
            self._told[name] = state
            self._written[name] = now_ms
            if newer:
                ages.append((store_id, min(as_of_ms, now_ms)))
                self._as_of[name] = as_of_ms
        if rows:
            self._write(rows, ages)

    def _recall(self, known: Mapping[str, int]) -> None:
        """Take up what the process before us said: a store that stayed away did not just leave."""
        table = schema.link
        names = {store_id: name for name, store_id in known.items()}
        with self._store.read() as connection:
            for row in connection.execute(select(table)):
                name = names.get(row.store_id)
                if name is not None:
                    self._told[name] = (row.state, row.reason)
                    self._since[name] = row.since_ms
                    self._heard[name] = row.heard_ms

    def _write(self, rows: list[dict[str, object]], ages: list[tuple[int, int]]) -> None:
        table = schema.store
        with self._store.write() as connection:
            put(connection, schema.link, rows)
            for store_id, as_of_ms in ages:
                connection.execute(
                    update(table)
                    .where(table.c.id == store_id, table.c.as_of_ms < as_of_ms)
                    .values(as_of_ms=as_of_ms)
                )


def _state(session: Session | None, connected: bool) -> tuple[str, str]:
    if not connected:
        return CUT, "headquarters has lost its broker"
    if session is None or session.state is State.DOWN:
        return CUT, "not heard"
    if session.state is State.REFUSED:
        return CUT, session.refusal
    return (UP, "") if session.state is State.OPEN else (CUT, "does not answer")
