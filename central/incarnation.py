"""Each life of headquarters' database is an incarnation with a generation of its own.

A database restored from a backup has forgotten what it said. It goes on under a new generation, so
that nothing it says now can contradict what stores still hold from before.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from central import schema
from sync.identity import HEADQUARTERS, Replica, headquarters_for, mint_generation

BIRTH_BYTES = 16


@dataclass(frozen=True, slots=True)
class Headquarters:
    """The incarnation that is alive; `key` is headquarters' public key."""

    generation: int
    birth: bytes
    key: bytes

    @property
    def replica(self) -> Replica:
        """Name of the incarnation, and of its chain-wide journal."""
        return Replica(HEADQUARTERS, self.generation)

    def replica_for(self, store: str) -> Replica:
        """Name of the journal with what concerns one store alone."""
        return headquarters_for(store, self.generation)

    def is_mine(self, journal: Replica) -> bool:
        """Whether this incarnation, and nobody else, writes a journal."""
        return journal.is_headquarters and journal.generation == self.generation


def begin(
    connection: Connection, key: bytes, birth: bytes, now_ms: int, reason: str
) -> Headquarters:
    """Begin a new incarnation (`reason`: setup, restore, adopt) and return it.

    `key` is the public key of `hq.key`, `birth` 16 random bytes. It has said nothing yet: its first
    fact is written by `authoring.append`. Of each store is `kept` which life is its newest now.
    """
    newest = connection.scalar(
        select(schema.incarnation.c.generation).order_by(schema.incarnation.c.generation.desc())
    )
    generation = mint_generation(newest or 0, now_ms)
    connection.execute(
        schema.incarnation.insert().values(
            generation=generation, birth=birth, public_key=key, reason=reason, started_ms=now_ms
        )
    )
    newest_life = select(func.coalesce(func.max(schema.life.c.generation), 0)).where(
        schema.life.c.store_id == schema.store.c.id
    )
    connection.execute(schema.store.update().values(kept=newest_life.scalar_subquery()))
    return Headquarters(generation, birth, key)


def current(connection: Connection) -> Headquarters | None:
    """Return the incarnation that is alive; None in a database that has none yet."""
    table = schema.incarnation
    row = connection.execute(select(table).order_by(table.c.generation.desc()).limit(1)).first()
    return None if row is None else Headquarters(row.generation, row.birth, row.public_key)
