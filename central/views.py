"""What people and programs may see of headquarters, read from committed state and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, text

from central import schema
from central.availability import GOODS
from central.fold import POISON, kind_of
from central.links import state_of
from sync.bodies import AnyBody
from sync.definitions import Price, Product
from sync.effects import net_minor
from sync.facts import Fact, decode_fact

_STORES = text(
    "SELECT s.id, s.name, s.title, s.region, s.currency, s.active, s.as_of_ms, s.adopted,"
    " l.state, l.reason, l.since_ms, l.heard_ms FROM store AS s"
    " LEFT JOIN link AS l ON l.store_id = s.id"
    " WHERE :name = '' OR s.name = :name ORDER BY s.name"
)
_JOURNALS = text(
    "SELECT store_id, SUM(head_seq) AS held,"
    " SUM(CASE WHEN announced > head_seq OR covers > head_seq THEN"
    "   (CASE WHEN announced > covers THEN announced ELSE covers END) - head_seq ELSE 0 END)"
    " AS missing FROM journal WHERE store_id IS NOT NULL GROUP BY store_id"
)
_DIFFERENCES = text(
    "SELECT q.store_id, SUM(CASE WHEN q.value > q.folded THEN 1 ELSE 0 END) AS ahead,"
    " SUM(CASE WHEN q.folded > q.value THEN 1 ELSE 0 END) AS behind"
    " FROM quantity AS q WHERE q.value <> q.folded GROUP BY q.store_id"
)
_SALES = text(
    "SELECT store_id, currency, SUM(sales) AS sales, SUM(net_minor) AS net_minor FROM sales_total"
    " GROUP BY store_id, currency ORDER BY store_id, currency"
)
_OPEN = text(
    "SELECT store_id, COUNT(*) AS entries FROM quarantine WHERE resolved_ms = 0 GROUP BY store_id"
)
_TASKS = text(
    "SELECT store_id, COUNT(*) AS entries FROM worklist WHERE resolved_ms = 0 GROUP BY store_id"
)
_LIVES = text(
    "SELECT j.name AS replica, l.generation, l.status, l.note, l.software, l.first_ms, l.last_ms,"
    " j.head_seq, j.announced, j.covers FROM life AS l JOIN journal AS j ON j.id = l.journal_id"
    " WHERE l.store_id = :store ORDER BY l.generation DESC"
)
_UNKNOWN = text(
    "SELECT DISTINCT k.sku FROM sku AS k LEFT JOIN definition AS d"  # noqa: S608 - a constant
    " ON d.kind = 40 AND d.scope = '' AND d.name = k.sku WHERE d.name IS NULL"
    f" AND {GOODS.replace('sku', 'k.sku')}"
    " ORDER BY k.sku LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Takings:
    """Sales of a store in one currency, minor units."""

    currency: str
    sales: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """How a store stands.

    `missing_facts` are those it has announced and not yet delivered; `agreement` is `agrees`,
    `facts-behind` (counters are ahead of the facts), `counters-behind` or `nothing-yet`.
    """

    store: str
    title: str
    region: str
    currency: str
    active: bool
    link: str
    link_reason: str
    link_since_ms: int
    as_of_ms: int
    facts: int
    missing_facts: int
    agreement: str
    differing_rows: int
    quarantined: int
    tasks: int
    takings: list[Takings]


@dataclass(frozen=True, slots=True)
class LifeStatus:
    """One life of a store's node; `facts` of `announced` are held."""

    replica: str
    generation: int
    status: str
    note: str
    software: str
    first_ms: int
    last_ms: int
    facts: int
    announced: int


def stores(connection: Connection, now_ms: int, name: str = "") -> list[StoreStatus]:
    """Return how every store stands, or one."""
    journals = _by_store(connection.execute(_JOURNALS).all())
    differences = _by_store(connection.execute(_DIFFERENCES).all())
    quarantined = _by_store(connection.execute(_OPEN).all())
    tasks = _by_store(connection.execute(_TASKS).all())
    takings: dict[int, list[Takings]] = {}
    for row in connection.execute(_SALES):
        entry = Takings(row.currency, int(row.sales), int(row.net_minor))
        takings.setdefault(row.store_id, []).append(entry)
    result = []
    for row in connection.execute(_STORES, {"name": name}):
        journal, difference = journals.get(row.id), differences.get(row.id)
        held, missing = (int(journal.held), int(journal.missing)) if journal else (0, 0)
        result.append(
            StoreStatus(
                row.name,
                row.title,
                row.region,
                row.currency,
                bool(row.active),
                state_of(row.state, row.heard_ms, now_ms),
                row.reason or "",
                row.since_ms or 0,
                row.as_of_ms,
                held,
                missing,
                _agreement(row.as_of_ms or held, difference),
                int(difference.ahead + difference.behind) if difference else 0,
                quarantined[row.id].entries if row.id in quarantined else 0,
                tasks[row.id].entries if row.id in tasks else 0,
                takings.get(row.id, []),
            )
        )
    return result


def _agreement(heard: int, difference: Row[Any] | None) -> str:
    if difference is None:
        return "agrees" if heard else "nothing-yet"
    return "facts-behind" if difference.ahead else "counters-behind"


def _by_store(rows: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    return {row.store_id: row for row in rows}


def lives(connection: Connection, store: str) -> list[LifeStatus]:
    """Return the lives of a store's node, newest first."""
    table = schema.store
    store_id = connection.scalar(select(table.c.id).where(table.c.name == store))
    return [
        LifeStatus(
            row.replica,
            row.generation,
            row.status,
            row.note,
            row.software,
            row.first_ms,
            row.last_ms,
            row.head_seq,
            max(row.announced, row.covers, row.head_seq),
        )
        for row in connection.execute(_LIVES, {"store": store_id or 0})
    ]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A payload that was not accepted; `count` tells how often it came."""

    id: int
    store: str
    lane: str
    reason: str
    size_bytes: int
    count: int
    first_ms: int
    last_ms: int
    resolved_ms: int
    resolved_by: str
    note: str


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """Something that a person has to look at."""

    id: int
    store: str
    kind: str
    subject: str
    detail: str
    first_ms: int
    resolved_ms: int
    resolved_by: str
    note: str


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A fact of a journal; `net_minor` is what it adds to net sales, tax included."""

    seq: int
    id: bytes
    at_ms: int
    actor: str
    type: str
    net_minor: int


def journal(
    connection: Connection, name: str, after: int = 0, limit: int = 100
) -> list[JournalEntry]:
    """Return the facts of a journal that follow `after`; what cannot be read is left out."""
    rows = connection.execute(
        select(schema.fact.c.seq, schema.fact.c.body)
        .join(schema.journal, schema.journal.c.id == schema.fact.c.journal_id)
        .where(schema.journal.c.name == name)
        .where(schema.fact.c.seq > after, schema.fact.c.kind != POISON)
        .order_by(schema.fact.c.seq)
        .limit(limit)
    )
    found = []
    for row in rows:
        fact = decode_fact(bytes(row.body))
        kind, net = type(fact.body).__name__, net_minor(fact.body)
        found.append(JournalEntry(row.seq, fact.id, fact.at_ms, fact.actor, kind, net))
    return found


def quarantined(
    connection: Connection, store: str = "", resolved: bool = False, limit: int = 200
) -> list[Quarantined]:
    """Return what lies in quarantine, newest first; `resolved` asks for what was dealt with."""
    table, stores_ = schema.quarantine, schema.store
    query = (
        select(table, stores_.c.name)
        .join(stores_, stores_.c.id == table.c.store_id)
        .where((table.c.resolved_ms > 0) == resolved)
        .order_by(table.c.last_ms.desc(), table.c.id.desc())
        .limit(limit)
    )
    if store:
        query = query.where(stores_.c.name == store)
    return [
        Quarantined(
            row.id,
            row.name,
            row.lane,
            row.reason,
            row.size_bytes,
            row._mapping["count"],
            row.first_ms,
            row.last_ms,
            row.resolved_ms,
            row.resolved_by,
            row.note,
        )
        for row in connection.execute(query)
    ]


def quarantined_payload(connection: Connection, entry: int) -> bytes | None:
    """Return the payload of a quarantine entry, None where there is no such entry."""
    table = schema.quarantine
    found = connection.scalar(select(table.c.payload).where(table.c.id == entry))
    return None if found is None else bytes(found)


def tasks(
    connection: Connection, store: str = "", resolved: bool = False, limit: int = 200
) -> list[TaskEntry]:
    """Return the worklist, newest first; `resolved` asks for what was done."""
    table, stores_ = schema.worklist, schema.store
    query = (
        select(table, stores_.c.name)
        .join(stores_, stores_.c.id == table.c.store_id)
        .where((table.c.resolved_ms > 0) == resolved)
        .order_by(table.c.first_ms.desc(), table.c.id.desc())
        .limit(limit)
    )
    if store:
        query = query.where(stores_.c.name == store)
    return [
        TaskEntry(
            row.id,
            row.name,
            row.kind,
            row.subject,
            row.detail,
            row.first_ms,
            row.resolved_ms,
            row.resolved_by,
            row.note,
        )
        for row in connection.execute(query)
    ]


def unknown_skus(connection: Connection, limit: int = 200) -> list[str]:
    """Return SKUs that stores move and headquarters has never defined."""
    return list(connection.scalars(_UNKNOWN, {"limit": limit}))


def definition(connection: Connection, body: type, name: str, scope: str = "") -> AnyBody | None:
    """Return the definition that holds under a name, None where there is none."""
    fact = _definition(connection, body, name, scope)
    return None if fact is None else fact[1].body


def _definition(
    connection: Connection, body: type, name: str, scope: str
) -> tuple[tuple[int, int], Fact] | None:
    table = schema.definition
    row = connection.execute(
        select(table).where(
            table.c.kind == kind_of(body), table.c.scope == scope, table.c.name == name
        )
    ).first()
    return None if row is None else ((row.generation, row.seq), decode_fact(bytes(row.body)))


def definitions(
    connection: Connection, body: type, scope: str = "", after: str = "", limit: int = 100
) -> list[AnyBody]:
    """Return the definitions of one type in the order of their names."""
    table = schema.definition
    rows = connection.scalars(
        select(table.c.body)
        .where(table.c.kind == kind_of(body), table.c.scope == scope, table.c.name > after)
        .order_by(table.c.name)
        .limit(limit)
    )
    return [decode_fact(bytes(data)).body for data in rows]


def price(connection: Connection, sku: str) -> tuple[int, int] | None:
    """Return a SKU's price in minor units for how many base units: the newest that was set."""
    found = [
        entry
        for body in (Product, Price)
        if (entry := _definition(connection, body, sku, "")) is not None
    ]
    if not found:
        return None
    newest = max(found, key=lambda entry: entry[0])[1].body
    if not isinstance(newest, Product | Price):
        return None
    return newest.price_minor, newest.price_quantity
