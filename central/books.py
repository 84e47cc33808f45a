"""The books of the stores that one transaction touches: read and locked at once, written at once.

While a transaction holds a store's row nobody else adds to that store, so sums are added exactly
once; what many messages do to one row becomes one upsert.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select

from central import schema
from central.expected import Expected
from central.fold import Day, Entry
from central.incarnation import Headquarters
from central.quarantine import Poison, Task, assign, isolate
from central.rights import Right, RightKey, add_rights
from central.shifts import Shift, ShiftKey, add_shifts
from central.store import add_missing, bulk, put, select_in
from central.writes import add_days, add_promises, add_quantities, define, number_skus
from sync.identity import Replica
from sync.journal import Head, genesis

LIVE = "live"
REVOKED = "revoked"


@dataclass(slots=True)
class Journal:
    """A journal held here; `announced` and `covers` are how far others said it goes."""

    id: int
    replica: Replica
    key: bytes
    head: Head
    announced: int
    covers: int
    first_new: int = 0
    new: list[bytes] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name of the journal: its author's."""
        return str(self.replica)


@dataclass(slots=True)
class Life:
    """One generation of a store's node, as headquarters knows it."""

    journal_id: int
    birth: bytes
    status: str
    note: str
    software: str
    quantities_have: int
    records_have: int
    complete: bool


_STORES = (
    select(schema.store)
    .where(schema.store.c.name.in_(bindparam("names", expanding=True)))
    .order_by(schema.store.c.id)
    .with_for_update()
)
_LIVES = select(schema.life).where(schema.life.c.store_id.in_(bindparam("stores", expanding=True)))
_JOURNALS = (
    select(schema.journal)
    .where(
        or_(
            schema.journal.c.store_id.in_(bindparam("stores", expanding=True)),
            schema.journal.c.store_id.is_(None),
        )
    )
    .order_by(schema.journal.c.id)
)
_UPDATE_JOURNAL = (
    'UPDATE journal SET "key" = ?, head_seq = ?, head_hash = ?, announced = ?, covers = ?'
    " WHERE id = ?"
)
_UPDATE_STORE = (
    "UPDATE store SET quantity_version = ?, as_of_ms = ?, adopted = ?, inherited = ? WHERE id = ?"
)
_REVOKE = f"UPDATE life SET status = '{REVOKED}', note = ? WHERE store_id = ? AND generation = ?"  # noqa: S608
_INSERT_FACT = "INSERT INTO fact (journal_id, seq, id, kind, at_ms, body) VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_PEER_SKU = (
    "INSERT INTO peer_sku (journal_id, number, sku_no) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
)
_PEER_SKUS = (
    "SELECT p.number, sku.sku FROM peer_sku AS p JOIN sku ON sku.number = p.sku_no"
    " WHERE p.journal_id = ? AND p.number IN {}"
)
_HELD_TWICE = (
    "SELECT f.id, j.name, f.seq FROM fact AS f JOIN journal AS j ON j.id = f.journal_id"
    " WHERE f.journal_id IN ({}) AND f.id IN {{}}"
)
CounterKey = tuple[str, int, int]  # SKU, journal id of the author, kind
VALUE, FOLDED, SOURCE = range(3)


@dataclass(slots=True)
class StoreBooks:
    """Everything of one store that ingest reads and changes.

    `counters` maps to the largest value said, the sum folded and who brought it; `seen` are the
    generations that were heard in this transaction, `promises` changes per (order, SKU), `rights`
    those per (key, life).
    """

    id: int
    name: str
    active: bool
    quantity_version: int
    as_of_ms: int
    adopted: int
    inherited: bool
    lives: dict[int, Life] = field(default_factory=dict)
    days: dict[tuple[int, str], Day] = field(default_factory=dict)
    shifts: dict[ShiftKey, Shift] = field(default_factory=dict)
    counters: dict[CounterKey, list[int]] = field(default_factory=dict)
    promises: dict[tuple[str, str], int] = field(default_factory=dict)
    rights: dict[RightKey, Right] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    @property
    def newest(self) -> int:
        """Generation of the newest life, 0 for none."""
        return max(self.lives, default=0)


class Books:
    """The books that one transaction works on; `write` puts down everything noted here."""

    def __init__(
        self, connection: Connection, hq: Headquarters, stores: Iterable[str], now_ms: int
    ) -> None:
        self.connection = connection
        self.hq = hq
        self.now_ms = now_ms
        self.stores: dict[str, StoreBooks] = {}
        self.journals: dict[str, Journal] = {}
        self.poisons: list[Poison] = []
        self.tasks: list[Task] = []
        self.expected = Expected()
        self._changed: dict[str, Journal] = {}
        self._facts: list[tuple[int, int, bytes | None, int, int, bytes]] = []
        self._definitions: list[tuple[Replica, int, Entry, bytes]] = []
        self._checkpoints: list[dict[str, Any]] = []
        self._names: dict[int, list[tuple[int, str]]] = {}
        self._load(sorted(set(stores)))

    # -- reading -------------------------------------------------------------------------------

    def _load(self, names: Sequence[str]) -> None:
        for row in self.connection.execute(_STORES, {"names": names}):
            stand = (row.quantity_version, row.as_of_ms, row.adopted, row.inherited)
            self.stores[row.name] = StoreBooks(row.id, row.name, row.active, *stand)
        by_id = {store.id: store for store in self.stores.values()}
        ids = {"stores": list(by_id)}
        for life in self.connection.execute(_LIVES, ids):
            by_id[life.store_id].lives[life.generation] = Life(
                life.journal_id,
                life.birth,
                life.status,
                life.note,
                life.software,
                life.quantities_have,
                life.records_have,
                life.complete,
            )
        self._take_journals(self.connection.execute(_JOURNALS, ids))

    def _take_journals(self, rows: Iterable[Row[Any]]) -> None:
        for row in rows:
            self.journals[row.name] = Journal(
                row.id,
                Replica.parse(row.name),
                row.key,
                Head(row.head_seq, row.head_hash),
                row.announced,
                row.covers,
            )

    def journal(self, replica: Replica, store: StoreBooks | None, key: bytes) -> Journal:
        """Return a journal, made if it is unknown; a chain-wide one has no store."""
        name = str(replica)
        known = self.journals.get(name)
        if known is None:
            row = {
                "name": name,
                "store_id": None if store is None else store.id,
                "key": key,
                "head_seq": 0,
                "head_hash": genesis(name).hash,
            }
            add_missing(self.connection, schema.journal, [row])
            named = select(schema.journal).where(schema.journal.c.name == name)
            self._take_journals(self.connection.execute(named))
            known = self.journals[name]
        if key and not known.key:
            known.key = key
            self.touch(known)
        return known

    def lock(self, journal: Journal) -> None:
        """Hold a chain-wide journal alone: other transactions may be adding to it as well."""
        if journal.name not in self._changed:
            table = schema.journal
            row = self.connection.execute(
                select(table.c.head_seq, table.c.head_hash)
                .where(table.c.id == journal.id)
                .with_for_update()
            ).one()
            journal.head = Head(row.head_seq, row.head_hash)

    def stored(self, journal: Journal, first: int, last: int) -> list[bytes]:
        """Return the facts first to last of a journal, those not yet written included."""
        table = schema.fact
        found: list[bytes] = []
        if not journal.new or first < journal.first_new:
            found += self.connection.scalars(
                select(table.c.body)
                .where(table.c.journal_id == journal.id, table.c.seq.between(first, last))
                .order_by(table.c.seq)
            )
        if journal.new and last >= journal.first_new:
            start = max(first - journal.first_new, 0)
            found += journal.new[start : last - journal.first_new + 1]
        return found

    def names(self, journal: Journal, numbers: Sequence[int]) -> dict[int, str]:
        """Return the SKUs behind a peer's own numbers, as far as it has defined them."""
        known = dict(select_in(self.connection, _PEER_SKUS, (journal.id,), numbers))
        known.update(self._names.get(journal.id, ()))
        return known

    # -- noting --------------------------------------------------------------------------------

    def touch(self, journal: Journal) -> None:
        """Write this journal's row."""
        self._changed[journal.name] = journal

    def poison(self, store: StoreBooks, lane: str, reason: str, payload: bytes) -> None:
        """Put a payload in quarantine."""
        self.poisons.append(Poison(store.id, lane, reason, payload))

    def define_skus(self, journal: Journal, skus: Iterable[tuple[int, str]]) -> None:
        """Learn what a peer's own SKU numbers mean."""
        self._names.setdefault(journal.id, []).extend(skus)

    def append(
        self, journal: Journal, facts: Sequence[bytes], head: Head, entries: Sequence[Entry]
    ) -> None:
        """Append facts that lead to `head`, each with what it is to the books."""
        if not journal.new:
            journal.first_new = journal.head.seq + 1
        seq = journal.head.seq
        for data, entry in zip(facts, entries, strict=True):
            seq += 1
            self._facts.append((journal.id, seq, entry.id, entry.kind, entry.at_ms, data))
            if journal.replica.is_headquarters:
                self._definitions.append((journal.replica, seq, entry, data))
        journal.new.extend(facts)
        journal.head = head
        self.touch(journal)

    def checkpoint(self, journal: Journal, signature: bytes) -> None:
        """Keep the head reached, with its author's signature to hand facts on under."""
        head = journal.head
        row = {"journal_id": journal.id, "seq": head.seq, "hash": head.hash, "signature": signature}
        self._checkpoints.append(row)

    def _note_repeats(self, store: StoreBooks) -> None:
        """Put on the worklist what two lives of a store both posted: a till asked both."""
        journals = [life.journal_id for life in store.lives.values()]
        fresh = [row[2] for row in self._facts if row[0] in journals and row[2]]
        if len(journals) < 2 or not fresh:
            return
        query = _HELD_TWICE.format(", ".join(map(str, journals)))
        places: dict[bytes, list[str]] = {}
        for fact_id, name, seq in sorted(select_in(self.connection, query, (), fresh)):
            places.setdefault(bytes(fact_id), []).append(f"{name}/{seq}")
        for fact_id, where in places.items():
            if len(where) > 1:
                detail = "posted by two lives of the store: " + " and ".join(where)
                self.tasks.append(Task(store.id, "posted-twice", fact_id.hex(), detail))

    # -- writing -------------------------------------------------------------------------------

    def shut(self, store: StoreBooks, generation: int, reason: str) -> None:
        """Accept nothing more from a life, heard of or not (a restored backup may not know it)."""
        life = store.lives.get(generation)
        if life is None:
            journal = self.journal(Replica(store.name, generation), store, b"")
            life = store.lives[generation] = Life(journal.id, b"", REVOKED, "", "", 0, 0, False)
        life.status, life.note = REVOKED, reason
        store.seen.add(generation)

    def write(self) -> None:
        """Write everything that was noted."""
        connection = self.connection
        bulk(connection, _INSERT_FACT, self._facts)
        add_missing(connection, schema.checkpoint, self._checkpoints)
        define(connection, self._definitions)
        self._write_counters()
        self._write_journals()
        self._write_stores()
        for store in self.stores.values():
            self._note_repeats(store)
        self.expected.write(connection)
        self.tasks += self.expected.lost(connection)
        isolate(connection, self.poisons, self.now_ms)
        assign(connection, self.tasks, self.now_ms)

    def _write_counters(self) -> None:
        stores = sorted(self.stores.values(), key=lambda store: store.id)
        wanted = {key[0] for store in stores for key in store.counters}
        wanted.update(sku for pairs in self._names.values() for _, sku in pairs)
        numbers = number_skus(self.connection, wanted)
        rows = [
            (journal_id, number, numbers[sku])
            for journal_id, pairs in self._names.items()
            for number, sku in pairs
        ]
        bulk(self.connection, _INSERT_PEER_SKU, rows)
        quantities = [row for store in stores for row in self._quantity_rows(store, numbers)]
        add_quantities(self.connection, quantities)
        add_days(self.connection, [(store.id, store.days) for store in stores])
        add_shifts(self.connection, [(store.id, store.shifts) for store in stores])
        add_promises(self.connection, [(store.id, store.promises) for store in stores])
        add_rights(self.connection, [(store.id, store.rights) for store in stores], self.now_ms)

    def _quantity_rows(
        self, store: StoreBooks, numbers: dict[str, int]
    ) -> Iterable[tuple[int, ...]]:
        """Rows of one store in the order of their key.

        A row gets a version only if somebody but its author may lack it: a live node's own rows go
        back to nobody, and `admission` numbers them when a successor appears.
        """
        newest = store.lives.get(store.newest)
        live = newest.journal_id if newest else 0
        rows = sorted(
            (numbers[sku], journal_id, kind, counts)
            for (sku, journal_id, kind), counts in store.counters.items()
        )
        for sku_no, journal_id, kind, counts in rows:
            stamped = journal_id != live
            store.quantity_version += stamped
            version = store.quantity_version if stamped else 0
            yield store.id, sku_no, journal_id, kind, *counts[:SOURCE], version, counts[SOURCE]

    def _write_journals(self) -> None:
        rows = [
            (
                journal.key,
                journal.head.seq,
                journal.head.hash,
                max(journal.announced, journal.head.seq),
                journal.covers,
                journal.id,
            )
            for journal in sorted(self._changed.values(), key=lambda journal: journal.id)
        ]
        bulk(self.connection, _UPDATE_JOURNAL, rows)

    def _write_stores(self) -> None:
        lives = [
            {
                "store_id": store.id,
                "generation": generation,
                "journal_id": store.lives[generation].journal_id,
                "birth": store.lives[generation].birth,
                "note": store.lives[generation].note,
                "software": store.lives[generation].software,
                "first_ms": self.now_ms,
                "last_ms": self.now_ms,
                "quantities_have": store.lives[generation].quantities_have,
                "records_have": store.lives[generation].records_have,
                "complete": store.lives[generation].complete,
            }
            for store in self.stores.values()
            for generation in sorted(store.seen)
        ]
        put(self.connection, schema.life, lives, keep=("first_ms",))
        shut = [
            (life.note, store.id, generation)
            for store in self.stores.values()
            for generation, life in sorted(store.lives.items())
            if generation in store.seen and life.status == REVOKED
        ]
        bulk(self.connection, _REVOKE, shut)
        rows = [
            (one.quantity_version, one.as_of_ms, one.adopted, one.inherited, one.id)
            for one in self.stores.values()
        ]
        bulk(self.connection, _UPDATE_STORE, rows)
