"""What cannot be accepted is kept, counted and bounded: a repeat adds to a count, never a row.

The quarantine holds payloads that are no valid message; the worklist holds things that are true
but need a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import Connection, select, update

from central import schema
from central.store import insert

ENTRIES_MAX = 200
PAYLOAD_MAX_BYTES = 65_536
_REASON_MAX = 400
OVERFLOW = "more payloads than are kept one by one; these are only counted"


@dataclass(frozen=True, slots=True)
class Poison:
    """A payload that was not accepted, and why."""

    store_id: int
    lane: str
    reason: str
    payload: bytes

    @property
    def digest(self) -> bytes:
        """What makes two of them the same entry."""
        named = f"{self.lane}\0{self.reason}\0".encode(errors="replace")
        return blake2b(named + self.payload, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person has to look at; `subject` is unique within store and kind."""

    store_id: int
    kind: str
    subject: str
    detail: str


def isolate(connection: Connection, poisons: Iterable[Poison], now_ms: int) -> None:
    """Put payloads in quarantine; a repeat counts up, and reopens what was resolved."""
    by_store: dict[int, dict[bytes, tuple[Poison, int]]] = {}
    for poison in poisons:
        entries = by_store.setdefault(poison.store_id, {})
        known = entries.get(poison.digest)
        entries[poison.digest] = (poison, known[1] + 1 if known else 1)
    for store_id, entries in sorted(by_store.items()):
        _isolate(connection, _bounded(connection, store_id, entries), now_ms)


def _bounded(
    connection: Connection, store_id: int, entries: dict[bytes, tuple[Poison, int]]
) -> dict[bytes, tuple[Poison, int]]:
    table = schema.quarantine
    kept = select(table.c.digest).where(table.c.store_id == store_id, table.c.resolved_ms == 0)
    held = {bytes(digest) for digest in connection.scalars(kept)}
    room = ENTRIES_MAX - len(held)
    result: dict[bytes, tuple[Poison, int]] = {}
    crowd = Poison(store_id, "any", OVERFLOW, b"")
    for digest, (poison, count) in sorted(entries.items()):
        if digest in held or room > 0:
            room -= digest not in held
            result[digest] = (poison, count)
        else:
            result[crowd.digest] = (crowd, result.get(crowd.digest, (crowd, 0))[1] + count)
    return result


def _isolate(connection: Connection, entries: dict[bytes, tuple[Poison, int]], now_ms: int) -> None:
    statement = insert(connection, schema.quarantine)
    table, new = schema.quarantine.c, statement.excluded
    changes = {
        "count": table["count"] + new["count"],
        "last_ms": new.last_ms,
        "resolved_ms": 0,
    }
    connection.execute(
        statement.on_conflict_do_update(index_elements=["store_id", "digest"], set_=changes),
        [
            {
                "store_id": poison.store_id,
                "lane": poison.lane,
                "reason": poison.reason[:_REASON_MAX].replace("\0", "\\0"),
                "digest": digest,
                "payload": poison.payload[:PAYLOAD_MAX_BYTES],
                "size_bytes": len(poison.payload),
                "count": count,
                "first_ms": now_ms,
                "last_ms": now_ms,
            }
            for digest, (poison, count) in entries.items()
        ],
    )


def assign(connection: Connection, tasks: Iterable[Task], now_ms: int) -> None:
    """Put tasks on the worklist; one that is there already gets the newer detail."""
    rows = [
        {
            "store_id": task.store_id,
            "kind": task.kind,
            "subject": task.subject.replace("\0", "\\0"),
            "detail": task.detail.replace("\0", "\\0"),
            "first_ms": now_ms,
        }
        for task in tasks
    ]
    if not rows:
        return
    statement = insert(connection, schema.worklist)
    changes = {"detail": statement.excluded.detail}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["store_id", "kind", "subject"], set_=changes
        ),
        rows,
    )


def resolve(connection: Connection, entry: int, by: str, note: str, now_ms: int) -> bool:
    """Mark a quarantine entry as dealt with; False if there is no such open entry."""
    table = schema.quarantine
    done = connection.execute(
        update(table)
        .where(table.c.id == entry, table.c.resolved_ms == 0)
        .values(resolved_ms=now_ms, resolved_by=by, note=note)
    )
    return done.rowcount == 1


def settle(connection: Connection, task: int, by: str, note: str, now_ms: int) -> bool:
    """Mark a worklist task as done; False if there is no such open task."""
    table = schema.worklist
    done = connection.execute(
        update(table)
        .where(table.c.id == task, table.c.resolved_ms == 0)
        .values(resolved_ms=now_ms, resolved_by=by, note=note)
    )
    return done.rowcount == 1
