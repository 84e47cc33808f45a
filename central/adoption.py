"""Headquarters that lost its memory promises nothing from a store until that store has spoken.

What an earlier incarnation promised after the backup was taken is known to nobody. So every right
that is left when a restored headquarters first has a store's complete counters counts as promised,
under the order `restored`, until a person has decided otherwise.
"""

from collections.abc import Mapping

from sqlalchemy import func, select, update

from central import schema
from central.authoring import Author
from central.quarantine import Task, assign
from central.store import Store
from sync.session import Session, State

RESTORED = "restored"


class Adoption:
    """Adopts each store once for this incarnation."""

    def __init__(self, store: Store, author: Author) -> None:
        self._store = store
        self._author = author
        self._done: set[str] = set()

    def adopt(self, sessions: Mapping[str, Session], now_ms: int) -> list[str]:
        """Adopt every store whose counters are complete; return those whose rights were moved."""
        ready = [
            name
            for name, session in sessions.items()
            if name not in self._done and session.state is State.OPEN and session.as_of_ms
        ]
        return [name for name in ready if self._adopt(name, now_ms)]

    def _adopt(self, name: str, now_ms: int) -> bool:
        table, generation = schema.store, self._author.hq.generation
        with self._store.write() as connection:
            found = connection.execute(
                select(table.c.id, table.c.adopted, table.c.inherited).where(table.c.name == name)
            ).first()
            left: dict[str, int] = {}
            if found is not None and found.adopted != generation:
                count = select(func.count()).select_from(schema.incarnation)
                if found.inherited or (connection.scalar(count) or 0) > 1:
                    left = self._author.consume_rest(connection, name, RESTORED)
                connection.execute(
                    update(table).where(table.c.id == found.id).values(adopted=generation)
                )
                if left:
                    detail = ", ".join(f"{rest} of {sku}" for sku, rest in sorted(left.items()))
                    text = f"rights that may have been promised before the restore: {detail}"
                    task = Task(found.id, RESTORED, f"hq-n{generation}", text[:2_000])
                    assign(connection, [task], now_ms)
        self._done.add(name)
        return bool(left)
