"""Headquarters hands out what is in its pool and asks for more where it is; it never lends.

What is to be done follows from what is durable, so that it may be looked at any time and by
anybody: after a crash it is found again. One at a time looks at the pool.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from sqlalchemy import Connection, select, text

from central import schema
from central.authoring import Author, Written
from central.books import REVOKED
from central.entitlements import Account, Holder, accounts, is_pool_open, note_open, unheard
from central.errors import Conflict, Invalid, NotAdopted, NotFound
from central.store import Store
from sync.bodies import HeadquartersBody
from sync.entitlements import Allotted, Issued, Recalled, is_key
from sync.values import QUANTITY_MAX

WANTED_FOR_MS = 60_000
KEYS_AT_ONCE = 100
_ASKED = text(
    "SELECT DISTINCT key FROM entitlement WHERE wanted_ms > :since AND wanted_ms <= :until"
    " AND (told < want OR total > allotted) ORDER BY key LIMIT :limit"
)
_HELD = text(
    "SELECT k.sku AS key FROM quantity AS q JOIN sku AS k ON k.number = q.sku_no"
    " JOIN life AS l ON l.journal_id = q.journal_id JOIN store AS s ON s.id = l.store_id"
    " WHERE q.kind >= 30 AND s.name = :store AND l.generation = :generation"
    " UNION SELECT e.key FROM entitlement AS e JOIN store AS s ON s.id = e.store_id"
    " WHERE s.name = :store AND e.generation = :generation ORDER BY key"
)

Decision = tuple[str, HeadquartersBody]


def decide(account: Account, *, is_open: bool, since_ms: int) -> list[Decision]:
    """Answer the requests for a key made after `since_ms`, oldest first, as (store, body) to write.

    Each gets what the pool has; what is missing is recalled from living lives that are linked, but
    for what is on its way already. While the pool is not open nothing moves, and each is told so.
    """
    pool = account.pool if is_open else 0
    on_the_way = sum(one.asked for one in account.holders if one.linked)
    spare = {_life(one): one.rights - one.asked for one in account.holders if one.linked}
    decisions: list[Decision] = []
    asking = [one for one in account.holders if one.living and one.wanted_ms > since_ms]
    for holder in sorted(asking, key=lambda one: (one.wanted_ms, one.store)):
        missing = min(max(holder.total - holder.allotted, 0), QUANTITY_MAX)
        given = min(missing, max(pool, 0))
        pool -= given
        if given or holder.told < holder.want:
            answer = _answer(account, holder, given, pool)
            decisions.append((holder.store, answer))
        missing -= given
        coming = min(missing, on_the_way)
        on_the_way -= coming
        missing -= coming
        for other in account.holders if is_open else ():
            part = min(missing, spare.get(_life(other), 0))
            if part > 0 and other is not holder:
                spare[_life(other)] -= part
                missing -= part
                decisions.append((other.store, Recalled(account.key, part, other.generation)))
    return decisions


def _life(holder: Holder) -> tuple[str, int]:
    return holder.store, holder.generation


def _answer(account: Account, holder: Holder, given: int, pool: int) -> Allotted:
    others = [one for one in account.holders if one is not holder and one.rights > 0]
    elsewhere = max(pool, 0) + sum(one.rights for one in others if one.living)
    blocked = sum(one.rights for one in others if not one.living)
    return Allotted(
        account.key,
        given,
        holder.generation,
        holder.want,
        min(elsewhere, QUANTITY_MAX),
        min(blocked, QUANTITY_MAX),
    )


class Allotment:
    """Carries out what requests for rights ask of this incarnation."""

    def __init__(self, store: Store, author: Author) -> None:
        self._store = store
        self._author = author

    def settle(self, now_ms: int) -> list[str]:
        """Answer what was asked; return the stores for which something was written."""
        asked = {
            "since": now_ms - WANTED_FOR_MS,
            "until": now_ms + WANTED_FOR_MS,
            "limit": KEYS_AT_ONCE,
        }
        with self._store.read() as connection:
            keys = list(connection.scalars(_ASKED, asked))
        if not keys:
            return []
        with self._store.write() as connection:
            is_open = hold_pool(connection, self._author)
            decisions: list[Decision] = []
            for account in accounts(connection, keys, now_ms).values():
                decisions += decide(account, is_open=is_open, since_ms=asked["since"])
            write(connection, self._author, decisions)
        return sorted({store for store, _ in decisions})


def hold_pool(connection: Connection, author: Author) -> bool:
    """Be alone with the pool until the transaction ends; return whether it is open.

    Once it was found open it stays so for this incarnation.
    """
    table = schema.incarnation
    mine = table.c.generation == author.hq.generation
    connection.execute(select(table.c.generation).where(mine).with_for_update())
    if not is_pool_open(connection, author.hq):
        return False
    note_open(connection, author.hq, "heard")
    return True


def write(
    connection: Connection, author: Author, decisions: Iterable[Decision], actor: str = ""
) -> list[Written]:
    """Write decisions into the journals of their stores."""
    bodies: dict[str, list[HeadquartersBody]] = {}
    for store, body in decisions:
        bodies.setdefault(store, []).append(body)
    return author.write_for(connection, bodies, actor or "headquarters") if bodies else []


# -- what people and programs of headquarters decide ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Issue:
    """An amount of a key to issue; `shares` go to stores at once, the rest into the pool.

    It is kept in the journal for `store`, or for one that follows from the key.
    """

    key: str
    amount: int
    reason: str
    shares: Sequence[tuple[str, int]] = ()
    store: str = ""


def issue(connection: Connection, author: Author, asked: Issue, actor: str) -> Written:
    """Issue an amount; issued again, it comes on top.

    Raises Invalid for what is no key or amount, NotFound for unknown stores, Conflict for one whose
    node has never been heard.
    """
    if not is_key(asked.key):
        raise Invalid("key: name it gift:CODE, points:MEMBER or coupon:CODE", "key")
    if sum(amount for _, amount in asked.shares) > asked.amount:
        raise Invalid("shares: they are more than is issued", "shares")
    hold_pool(connection, author)
    decisions: list[Decision] = [
        (asked.store or _home(connection, asked.key), Issued(asked.key, asked.amount, asked.reason))
    ]
    for store, amount in asked.shares:
        decisions.append((store, Allotted(asked.key, amount, _newest(connection, store))))
    written = write(connection, author, decisions, actor)
    journal = str(author.hq.replica_for(decisions[0][0]))
    return next(one for one in written if one.journal == journal)


def reclaim(
    connection: Connection, author: Author, life: tuple[str, int], reason: str, actor: str
) -> dict[str, int]:
    """Free what a revoked life of a store's node held, as far as is known; return it by key.

    A decision with a risk: what that life spent and never told is spent twice. Raises Conflict for
    a life that is not revoked, NotAdopted while a restored headquarters has not heard every store.
    """
    table, stores = schema.life, schema.store
    store, generation = life
    status = connection.scalar(
        select(table.c.status)
        .join(stores, stores.c.id == table.c.store_id)
        .where(stores.c.name == store, table.c.generation == generation)
    )
    if status is None:
        raise NotFound(f"store {store} has no life n{generation}", "generation")
    if status != REVOKED:
        raise Conflict(f"{store}-n{generation} may still spend: revoke it first", "generation")
    if not hold_pool(connection, author):
        missing = ", ".join(unheard(connection, author.hq)[:20])
        raise NotAdopted(f"first hear from {missing}, or open the pool by decision", "store")
    held = connection.scalars(_HELD, {"store": store, "generation": generation})
    keys = [key for key in held if is_key(key)]  # counters alone may say anything
    freed: dict[str, int] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        for key, account in accounts(connection, keys[start : start + KEYS_AT_ONCE], 0).items():
            for one in account.holders:
                if _life(one) == life and one.rights > 0:
                    freed[key] = min(one.rights, QUANTITY_MAX)
    write(
        connection,
        author,
        [
            (store, Recalled(key, amount, generation, final=True, reason=reason))
            for key, amount in freed.items()
        ],
        actor,
    )
    return freed


def open_pool(connection: Connection, author: Author, reason: str, actor: str) -> None:
    """Decide that no store can still know of rights that a restored headquarters has forgotten."""
    note_open(connection, author.hq, f"{actor}: {reason}")


def _home(connection: Connection, key: str) -> str:
    """Choose the store in whose journal an issue is kept, so that a restore learns it back."""
    table = schema.store
    names = connection.scalars(select(table.c.name).where(table.c.active).order_by(table.c.name))
    known = list(names)
    if not known:
        raise Conflict("there is no store yet: add one first", "store")
    return str(known[crc32(key.encode()) % len(known)])


def _newest(connection: Connection, store: str) -> int:
    table, stores = schema.life, schema.store
    generation = connection.scalar(
        select(table.c.generation)
        .join(stores, stores.c.id == table.c.store_id)
        .where(stores.c.name == store)
        .order_by(table.c.generation.desc())
        .limit(1)
    )
    if generation is None:
        raise Conflict(f"the node of store {store[:32]!r} has never been heard", "shares")
    return int(generation)
