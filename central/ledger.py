"""What headquarters holds of one store, as its session reads it: committed state and nothing else.

Headquarters signs batches of its own journals on the spot; a store's former lives are handed on
under the signatures they left.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from central.incarnation import Headquarters
from central.records import Records
from central.store import Store
from sync.journal import Batch, Head, follow, genesis, make_batch
from sync.quantities import pack_rows
from sync.signing import Signer
from sync.wire import Delta, Holding, RecordOffer, RowGroup

_FACTS_AT_ONCE = 500
_HOLDINGS = text(
    "SELECT name, head_seq, head_hash, key FROM journal"
    " WHERE (store_id = :store OR store_id IS NULL) AND head_seq > 0 ORDER BY id"
)
_JOURNAL = text("SELECT id, head_seq, key FROM journal WHERE name = :name")
_CHECKPOINT = text(
    "SELECT seq, hash FROM checkpoint WHERE journal_id = :id AND seq <= :seq"
    " ORDER BY seq DESC LIMIT 1"
)
_SIGNED = text(
    "SELECT seq, signature FROM checkpoint WHERE journal_id = :id AND seq > :seq"
    " ORDER BY seq LIMIT 100"
)
_FACTS = text(
    "SELECT body FROM fact WHERE journal_id = :id AND seq > :after AND seq <= :last ORDER BY seq"
)
_VERSION = text(
    "SELECT version FROM quantity WHERE store_id = :store AND version > 0 AND source <> :peer"
    " ORDER BY version DESC LIMIT 1"
)
_ROWS = text(
    "SELECT q.version, q.kind, q.sku_no, sku.sku, q.value, q.folded, j.name, j.head_seq, j.covers"
    " FROM quantity AS q JOIN sku ON sku.number = q.sku_no JOIN journal AS j ON j.id = q.journal_id"
    " WHERE q.store_id = :store AND q.version > 0 AND q.version > :version AND q.source <> :peer"
    " ORDER BY q.version LIMIT :rows"
)
_STREAM = text(
    "SELECT life.quantities_have FROM life JOIN journal ON journal.id = life.journal_id"
    " WHERE journal.name = :name AND life.store_id = :store"
)
_LAST_LIFE = text(
    "SELECT journal.name FROM life JOIN journal ON journal.id = life.journal_id"
    " WHERE life.store_id = :store AND life.birth <> :nobody ORDER BY life.generation DESC LIMIT 1"
).bindparams(nobody=b"")
_STORE = text("SELECT id FROM store WHERE name = :name")
_JOURNAL_ID = text("SELECT id FROM journal WHERE name = :name")


class CentralLedger:
    """One store's shared state at headquarters (implements `sync.ledger.Ledger`)."""

    def __init__(
        self, store: Store, hq: Headquarters, signer: Signer, name: str, clock: Callable[[], int]
    ) -> None:
        self._store = store
        self._hq = hq
        self._signer = signer
        self._clock = clock
        self._records = Records(store, lambda: self._id)
        self._name = name
        self._found = 0

    @property
    def _id(self) -> int:
        """Id of the store, 0 as long as nobody has made it known."""
        if not self._found:
            with self._store.read() as connection:
                self._found = int(connection.scalar(_STORE, {"name": self._name}) or 0)
        return self._found

    def last_life(self) -> str:
        """Name of the newest life that was admitted, empty if there was none."""
        store = self._id
        with self._store.read() as connection:
            return str(connection.scalar(_LAST_LIFE, {"store": store}) or "")

    def holdings(self) -> Sequence[Holding]:
        """Head of every journal shared with the store, with its author's public key."""
        store = self._id
        with self._store.read() as connection:
            rows = connection.execute(_HOLDINGS, {"store": store}).all()
        return [Holding(r.name, r.head_seq, bytes(r.head_hash), bytes(r.key)) for r in rows]

    def batch_after(self, journal: str, seq: int, max_bytes: int) -> Batch | None:
        """Signed batch that follows `seq`, None at the head."""
        with self._store.read() as connection:
            row = connection.execute(_JOURNAL, {"name": journal}).first()
            if row is None or seq >= row.head_seq:
                return None
            before = _head_at(connection, journal, row.id, seq)
            if bytes(row.key) == self._signer.public_key:
                facts = _up_to(_facts(connection, row.id, seq, seq + _FACTS_AT_ONCE), max_bytes)
                return make_batch(journal, before, facts, self._signer)
            return _signed_batch(connection, journal, row.id, before, max_bytes)

    def quantity_version(self, peer: str) -> int:
        """Version of the newest row that did not come from `peer`, 0 for none."""
        store = self._id
        with self._store.read() as connection:
            source = _journal_id(connection, peer)
            found = connection.scalar(_VERSION, {"store": store, "peer": source})
        return int(found or 0)

    def delta_after(self, peer: str, version: int, max_rows: int) -> Delta | None:
        """Rows newer than `version` that did not come from `peer`; None where there are none."""
        now_ms, store = self._clock(), self._id
        with self._store.read() as connection:
            wanted = {
                "store": store,
                "version": version,
                "peer": _journal_id(connection, peer),
                "rows": max_rows + 1,
            }
            found = connection.execute(_ROWS, wanted).all()
        if not found:
            return None
        rows, complete = found[:max_rows], len(found) <= max_rows
        authors: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
        for row in rows:
            key = (row.name, max(row.head_seq, row.covers))
            entry = (row.sku_no, row.kind, max(row.value, row.folded))
            authors.setdefault(key, []).append(entry)
        groups = [RowGroup(name, covers, pack_rows(r)) for (name, covers), r in authors.items()]
        skus = sorted({(row.sku_no, row.sku) for row in rows})
        return Delta(version, rows[-1].version, complete, now_ms, skus, groups)

    def quantities_have(self, stream: str) -> int:
        """Version of a store's quantity stream that is committed here, 0 for none."""
        store = self._id
        with self._store.read() as connection:
            found = connection.scalar(_STREAM, {"name": stream, "store": store})
        return int(found or 0)

    def record_version(self, peer: str) -> int:  # noqa: ARG002 - versions are the store's
        """Version of the newest document change that did not come from `peer`, 0 for none."""
        return self._records.version()

    def offer_after(
        self,
        peer: str,  # noqa: ARG002 - what the store's newest life sent has no version of its own
        version: int,
        max_documents: int,
    ) -> RecordOffer | None:
        """Documents changed after `version`, not by `peer` alone; None where there are none."""
        return self._records.offer_after(version, max_documents)

    def records_have(self, stream: str) -> int:
        """Version of a store's record stream that is committed here, 0 for none."""
        return self._records.have(stream)

    def wanted(self, documents: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """Offered documents that hold news, with the state vectors held here."""
        return self._records.wanted(documents)

    def difference(self, document: str, state_vector: bytes) -> bytes | None:
        """What a document has beyond a state vector; None for a document not held."""
        return self._records.difference(document, state_vector)


def _journal_id(connection: Connection, name: str) -> int:
    return int(connection.scalar(_JOURNAL_ID, {"name": name}) or -1)


def _facts(connection: Connection, journal_id: int, after: int, last: int) -> list[bytes]:
    found = connection.scalars(_FACTS, {"id": journal_id, "after": after, "last": last})
    return [bytes(body) for body in found]


def _up_to(facts: list[bytes], max_bytes: int) -> list[bytes]:
    size = 0
    for count, fact in enumerate(facts):
        size += len(fact)
        if size > max_bytes and count:
            return facts[:count]
    return facts


def _head_at(connection: Connection, name: str, journal_id: int, seq: int) -> Head:
    """Head after fact `seq`: followed from the last one that was kept."""
    row = connection.execute(_CHECKPOINT, {"id": journal_id, "seq": seq}).first()
    kept = genesis(name) if row is None else Head(row.seq, bytes(row.hash))
    return follow(kept, _facts(connection, journal_id, kept.seq, seq))


def _signed_batch(
    connection: Connection, name: str, journal_id: int, before: Head, max_bytes: int
) -> Batch | None:
    """Cut at the last signature that fits; at the first one where none does."""
    signed = connection.execute(_SIGNED, {"id": journal_id, "seq": before.seq}).all()
    if not signed:
        return None
    facts = _facts(connection, journal_id, before.seq, signed[-1].seq)
    reach = before.seq + len(_up_to(facts, max_bytes))
    cut = max((row for row in signed if row.seq <= reach), default=signed[0], key=_seq)
    count = cut.seq - before.seq
    return Batch(name, before.seq + 1, before.hash, facts[:count], bytes(cut.signature))


def _seq(row: Row[Any]) -> int:
    return int(row.seq)
