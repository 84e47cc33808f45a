"""A partition is served by whoever leases it in the database; a lease not renewed runs out.

Workers share the partitions evenly without knowing of one another but through the database. A lease
only keeps two workers from doing the same work: what both commit is the same as if one had.
"""

from sqlalchemy import func, select, text

from central import schema
from central.store import Store, put
from sync.topics import PARTITIONS

LEASE_MS = 20_000


class Leases:
    """The partitions one worker process holds; `owner` is a name of its own."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner

    def renew(self, now_ms: int) -> frozenset[int]:
        """Renew what is held, take or give up to an even share, and return what is held now."""
        with self._store.write() as connection:
            put(connection, schema.worker, [{"owner": self._owner, "seen_ms": now_ms}])
            workers = connection.scalar(
                select(func.count())
                .select_from(schema.worker)
                .where(schema.worker.c.seen_ms > now_ms - LEASE_MS)
            )
            share = -(-PARTITIONS // max(workers or 1, 1))
            table = schema.partition_lease
            rows = connection.execute(select(table).order_by(table.c.partition)).all()
            held = [r.partition for r in rows if r.owner == self._owner and r.expires_ms > now_ms]
            busy = {r.partition for r in rows if r.expires_ms > now_ms}
            free = [number for number in range(PARTITIONS) if number not in busy]
            keep = sorted([*held, *free[: max(share - len(held), 0)]])
            put(connection, table, [self._lease(n, now_ms + LEASE_MS) for n in keep[:share]])
            put(connection, table, [self._lease(n, 0) for n in keep[share:]])
        return frozenset(keep[:share])

    def give_up(self) -> None:
        """Let everything go at once, so that others need not wait for it to run out."""
        with self._store.write() as connection:
            owner = {"owner": self._owner}
            connection.execute(
                text("UPDATE partition_lease SET expires_ms = 0 WHERE owner = :owner"), owner
            )
            connection.execute(text("DELETE FROM worker WHERE owner = :owner"), owner)

    def _lease(self, number: int, expires_ms: int) -> dict[str, object]:
        return {"partition": number, "owner": self._owner, "expires_ms": expires_ms}
