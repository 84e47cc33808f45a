"""Who holds the rights over a key is read from what stores and headquarters have said of it.

Headquarters' pool is exact, for nobody else can lower it; what lives of nodes hold is as of when
they last said. Amounts are minor units of a gift card, points or uses of a coupon.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text, update

from central import schema
from central.books import LIVE
from central.incarnation import Headquarters
from central.links import UP, state_of
from sync.quantities import FIRST_ENTITLEMENT_KIND, Kind, pooled, spendable

PAGE_MAX = 500
_COUNTS = text(
    "SELECT k.sku AS key, q.journal_id, q.kind,"  # noqa: S608 - a constant
    " SUM(CASE WHEN q.value > q.folded THEN q.value ELSE q.folded END) AS value"
    " FROM quantity AS q JOIN sku AS k ON k.number = q.sku_no"
    f" WHERE q.kind >= {FIRST_ENTITLEMENT_KIND} AND k.sku IN :keys"
    " GROUP BY k.sku, q.journal_id, q.kind"
).bindparams(bindparam("keys", expanding=True))
_LIVES = text(
    "SELECT l.journal_id, l.store_id, l.generation, l.status, s.name, s.active, s.as_of_ms,"
    " k.state, k.heard_ms, (SELECT MAX(n.generation) FROM life AS n WHERE n.store_id = s.id)"
    " AS newest FROM life AS l JOIN store AS s ON s.id = l.store_id"
    " LEFT JOIN link AS k ON k.store_id = s.id"
    " WHERE l.journal_id IN (SELECT q.journal_id FROM quantity AS q JOIN sku"
    "  ON sku.number = q.sku_no WHERE sku.sku IN :keys)"
    " OR EXISTS (SELECT 1 FROM entitlement AS e WHERE e.key IN :keys"
    "  AND e.store_id = l.store_id AND e.generation = l.generation) ORDER BY s.name, l.generation"
).bindparams(bindparam("keys", expanding=True))
_ROWS = text("SELECT * FROM entitlement WHERE key IN :keys").bindparams(
    bindparam("keys", expanding=True)
)
_KEYS = text(
    "SELECT DISTINCT k.sku AS key FROM quantity AS q JOIN sku AS k ON k.number = q.sku_no"  # noqa: S608
    f" WHERE q.kind >= {FIRST_ENTITLEMENT_KIND} AND k.sku > :after AND k.sku LIKE :pattern"
    " ORDER BY k.sku LIMIT :limit"
)
_UNHEARD = text(
    "SELECT s.name FROM store AS s WHERE s.active AND (s.adopted <> :generation OR s.kept <>"
    " (SELECT COALESCE(MAX(l.generation), 0) FROM life AS l WHERE l.store_id = s.id)"
    " OR EXISTS (SELECT 1 FROM journal AS j WHERE j.store_id = s.id AND j.name LIKE 'hq-%'"
    "  AND j.announced > j.head_seq)) ORDER BY s.name"
)
_MEMORY = text(
    "SELECT (SELECT COUNT(*) FROM incarnation) AS lives, (SELECT pooled FROM incarnation"
    " WHERE generation = :generation) AS pooled,"
    " EXISTS (SELECT 1 FROM store WHERE inherited) AS inherited"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """One life of a store's node and what it holds of a key (below zero: a debt).

    `asked` is what it was asked to pass on and has not answered; `total` what it wants to have
    been `allotted` all in all, by its request number `want`, asked at `wanted_ms`; `told` is the
    number of its newest request that was answered. A life that is not `living` has ended.
    """

    store: str
    generation: int
    rights: int
    living: bool
    linked: bool
    as_of_ms: int
    asked: int = 0
    allotted: int = 0
    total: int = 0
    want: int = 0
    told: int = 0
    wanted_ms: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """All rights over a key: `pool` plus what all hold is `issued` less `spent`, always."""

    key: str
    pool: int
    issued: int
    spent: int
    holders: list[Holder] = field(default_factory=list)

    @property
    def total(self) -> int:
        """What of the key is left anywhere."""
        return self.issued - self.spent


def accounts(connection: Connection, keys: Sequence[str], now_ms: int) -> dict[str, Account]:
    """Return the account of each key, empty for one that nobody ever mentioned."""
    if not keys:
        return {}
    asked = {"keys": list(keys)}
    by_author: dict[str, dict[int, dict[Kind, int]]] = {key: {} for key in keys}
    for row in connection.execute(_COUNTS, asked):
        counts = by_author[row.key].setdefault(row.journal_id, {})
        counts[Kind(row.kind)] = int(row.value)
    lives = connection.execute(_LIVES, asked).all()
    rows = {(r.key, r.store_id, r.generation): r for r in connection.execute(_ROWS, asked)}
    return {
        key: _account(
            key,
            by_author[key],
            [(life, rows.get((key, life.store_id, life.generation))) for life in lives],
            now_ms,
        )
        for key in keys
    }


def _account(
    key: str,
    by_author: dict[int, dict[Kind, int]],
    lives: Sequence[tuple[Row[Any], Row[Any] | None]],
    now_ms: int,
) -> Account:
    sums: dict[Kind, int] = {}
    for counts in by_author.values():
        for kind, value in counts.items():
            sums[kind] = sums.get(kind, 0) + value
    holders = [
        _holder(life, right, by_author.get(life.journal_id, {}), now_ms)
        for life, right in lives
        if right is not None or life.journal_id in by_author
    ]
    issued = sums.get(Kind.ISSUED, 0) + sums.get(Kind.CREDITED, 0)
    return Account(key, pooled(sums), issued, sums.get(Kind.DEBITED, 0), holders)


def _holder(life: Row[Any], right: Row[Any] | None, own: dict[Kind, int], now_ms: int) -> Holder:
    living = bool(life.active) and life.status == LIVE and life.generation == life.newest
    linked = living and state_of(life.state, life.heard_ms, now_ms) == UP
    name = (life.name, life.generation)
    if right is None:
        return Holder(*name, spendable(own), living, linked, life.as_of_ms)
    counts = own | {Kind.ALLOTTED: right.allotted, Kind.RECLAIMED: right.reclaimed}
    return Holder(
        *name,
        spendable(counts),
        living,
        linked,
        life.as_of_ms,
        max(right.recalled - right.answered, 0),
        right.allotted,
        right.total,
        right.want,
        right.told,
        right.wanted_ms,
    )


def keys_after(connection: Connection, kind: str, after: str, limit: int) -> list[str]:
    """Return keys that follow `after`, of one kind (gift, points, coupon) or of all (empty)."""
    wanted = {"after": after, "pattern": f"{kind}:%" if kind else "%", "limit": limit}
    return list(connection.scalars(_KEYS, wanted))


# -- the pool of a restored headquarters ---------------------------------------------------------


def is_pool_open(connection: Connection, hq: Headquarters) -> bool:
    """Whether headquarters knows all it ever handed out, and may hand out what is in its pool."""
    row = connection.execute(_MEMORY, {"generation": hq.generation}).one()
    return bool(row.pooled) or not (_has_forgotten(row) and unheard(connection, hq))


def note_open(connection: Connection, hq: Headquarters, why: str) -> None:
    """Remember that the pool of this incarnation is open for good; no need where nobody forgot."""
    table = schema.incarnation
    if _has_forgotten(connection.execute(_MEMORY, {"generation": hq.generation}).one()):
        mine = (table.c.generation == hq.generation, table.c.pooled == "")
        connection.execute(update(table).where(*mine).values(pooled=why[:1_000]))


def _has_forgotten(row: Row[Any]) -> bool:
    """Whether there was another incarnation: before a restore, or of a database that is gone."""
    return row.lives > 1 or bool(row.inherited)


def unheard(connection: Connection, hq: Headquarters) -> list[str]:
    """Return the stores that may know of rights which a restored headquarters has forgotten.

    A store is heard when the life that the backup knew has told all of its counters and of
    headquarters' former journals. Of one whose box was replaced meanwhile nobody can tell.
    """
    return list(connection.scalars(_UNHEARD, {"generation": hq.generation}))
