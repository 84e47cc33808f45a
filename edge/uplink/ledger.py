"""What headquarters may learn is read from committed state, each message from one snapshot."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from edge.books.records import RecordReads
from sync.flow import PIECE_MAX_BYTES
from sync.journal import Batch, Head, genesis, make_batch
from sync.lanes import BODY_ROOM_BYTES
from sync.quantities import pack_rows
from sync.signing import Signer
from sync.wire import Delta, Holding, RecordOffer, RowGroup

_ROW_BYTES = 12
_FACTS_MAX = 4_000

_CHANGES = """
SELECT c.version, q.sku, q.kind, q.author, q.value FROM changed c
JOIN quantity q ON q.sku = c.sku AND q.kind = c.kind AND q.author = c.author
 AND q.version = c.version
WHERE c.version > ? AND q.source <> ? ORDER BY c.version LIMIT ?
"""
_NEWEST = """
SELECT c.version FROM changed c
JOIN quantity q ON q.sku = c.sku AND q.kind = c.kind AND q.author = c.author
 AND q.version = c.version
WHERE q.source <> ? ORDER BY c.version DESC LIMIT 1
"""

_Change = tuple[int, int, int, int, int]  # version, sku, kind, author, value


class EdgeLedger:
    """The session's view of a node (`sync.ledger.Ledger`), on a reading connection of its own."""

    def __init__(
        self, connection: sqlite3.Connection, signer: Signer, clock: Callable[[], int]
    ) -> None:
        self._connection = connection
        self._signer = signer
        self._clock = clock
        self._records = RecordReads(connection)
        row = connection.execute("SELECT store || '-n' || generation FROM node").fetchone()
        self._own: str = row[0]

    # -- journals ------------------------------------------------------------------------------

    def holdings(self) -> Sequence[Holding]:
        """Head of every journal held, with its author's public key."""
        with self._snapshot():
            return [
                Holding(name, head.seq, head.hash, key)
                for number, name, key in self._journals()
                for head in [self._head(number, name)]
            ]

    def _journals(self) -> list[tuple[int, str, bytes]]:
        sql = (
            "SELECT no, name, CASE WHEN name LIKE 'hq-%' THEN headquarters_key ELSE key END"
            " FROM journal, node ORDER BY no"
        )
        return self._connection.execute(sql).fetchall()

    def _head(self, number: int, name: str) -> Head:
        sql = "SELECT seq, hash FROM fact WHERE journal = ? ORDER BY seq DESC LIMIT 1"
        row = self._connection.execute(sql, (number,)).fetchone()
        return Head(*row) if row else genesis(name)

    def _head_at(self, number: int, name: str, seq: int) -> Head | None:
        if seq == 0:
            return genesis(name)
        sql = "SELECT seq, hash FROM fact WHERE journal = ? AND seq = ?"
        row = self._connection.execute(sql, (number, seq)).fetchone()
        return Head(*row) if row else None

    def batch_after(self, journal: str, seq: int, max_bytes: int) -> Batch | None:
        """Signed batch that follows `seq`, None at the head; see `sync.ledger.Ledger`."""
        with self._snapshot():
            sql = "SELECT no FROM journal WHERE name = ?"
            row = self._connection.execute(sql, (journal,)).fetchone()
            before = self._head_at(row[0], journal, seq) if row else None
            if before is None:
                return None
            room = min(max_bytes, PIECE_MAX_BYTES)
            if journal == self._own:
                facts = self._facts(row[0], seq, _FACTS_MAX, room)
                return make_batch(journal, before, facts, self._signer) if facts else None
            return self._others_batch(row[0], journal, before, room)

    def _facts(self, number: int, seq: int, limit: int, room: int) -> list[bytes]:
        sql = "SELECT body FROM fact WHERE journal = ? AND seq > ? ORDER BY seq LIMIT ?"
        facts: list[bytes] = []
        for (body,) in self._connection.execute(sql, (number, seq, limit)):
            room -= len(body)
            if room < 0 and facts:
                break
            facts.append(body)
        return facts

    def _others_batch(self, number: int, journal: str, before: Head, room: int) -> Batch | None:
        """Cut at the last signature that fits, or at the first there is."""
        reach = before.seq + len(self._facts(number, before.seq, _FACTS_MAX, room))
        within = "seq > ? AND seq <= ? ORDER BY seq DESC"
        beyond = "seq > ? AND seq > ? ORDER BY seq"
        for where in (within, beyond):
            sql = f"SELECT seq, signature FROM checkpoint WHERE journal = ? AND {where} LIMIT 1"  # noqa: S608
            row = self._connection.execute(sql, (number, before.seq, reach)).fetchone()
            if row:
                count = row[0] - before.seq
                facts = self._facts(number, before.seq, count, 2**40)
                return Batch(journal, before.seq + 1, before.hash, facts, row[1])
        return None

    # -- quantities ----------------------------------------------------------------------------

    def quantity_version(self, peer: str) -> int:
        """Version of the newest row that did not come from `peer`, 0 for none."""
        row = self._connection.execute(_NEWEST, (self._source(peer),)).fetchone()
        return row[0] if row else 0

    def delta_after(self, peer: str, version: int, max_rows: int) -> Delta | None:
        """Rows newer than `version` that did not come from `peer`; None where there are none.

        Every SKU first used in the versions covered is defined, also one whose row has moved on to
        a later version: the next delta may then take it for known.
        """
        with self._snapshot():
            asked = (version, self._source(peer), max_rows + 1)
            rows: list[_Change] = self._connection.execute(_CHANGES, asked).fetchall()
            if not rows:
                return None
            sql = "SELECT born, number, sku FROM sku WHERE born > ? AND born <= ? ORDER BY born"
            skus = self._connection.execute(sql, (version, rows[-1][0])).fetchall()
            through = _cut(rows[:max_rows], skus)
            kept = [row for row in rows if row[0] <= through]
            return Delta(
                since=version,
                through=through,
                complete=len(kept) == len(rows),
                at_ms=self._clock(),
                skus=[(number, sku) for born, number, sku in skus if born <= through],
                groups=list(self._groups(kept)),
            )

    def _groups(self, rows: Sequence[_Change]) -> Iterator[RowGroup]:
        by_author: dict[int, list[tuple[int, int, int]]] = {}
        for _, sku, kind, author, value in rows:
            by_author.setdefault(author, []).append((sku, kind, value))
        for author, counters in sorted(by_author.items()):
            name, covers = self._covers(author)
            yield RowGroup(name, covers, pack_rows(counters))

    def _covers(self, author: int) -> tuple[str, int]:
        sql = (
            "SELECT name, coverage.seq FROM journal LEFT JOIN coverage ON author = no WHERE no = ?"
        )
        name, covers = self._connection.execute(sql, (author,)).fetchone()
        return name, self._head(author, name).seq if covers is None else covers

    def quantities_have(self, stream: str) -> int:
        """Version of a sender's quantity stream that is committed here, 0 for none."""
        sql = "SELECT quantities_have FROM stream JOIN journal ON no = peer WHERE name = ?"
        row = self._connection.execute(sql, (stream,)).fetchone()
        return row[0] if row else 0

    def _source(self, peer: str) -> int:
        row = self._connection.execute("SELECT no FROM journal WHERE name = ?", (peer,)).fetchone()
        return row[0] if row else -1

    # -- records -------------------------------------------------------------------------------

    def record_version(self, peer: str) -> int:
        """Version of the newest document change that did not come from `peer`, 0 for none."""
        return self._records.version(peer)

    def offer_after(self, peer: str, version: int, max_documents: int) -> RecordOffer | None:
        """Documents changed after `version`, not by `peer` alone; None where there are none."""
        return self._records.offer_after(peer, version, max_documents)

    def records_have(self, stream: str) -> int:
        """Version of a sender's record stream that is committed here, 0 for none."""
        return self._records.have(stream)

    def wanted(self, documents: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """Offered documents that hold news, with the state vectors held here."""
        return self._records.wanted(documents)

    def difference(self, document: str, state_vector: bytes) -> bytes | None:
        """What a document has beyond a state vector; None for a document not held."""
        return self._records.difference(document, state_vector)

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")


def _cut(rows: Sequence[_Change], skus: Sequence[tuple[int, int, str]]) -> int:
    """Version up to which rows and definitions fit into one message even uncompressed."""
    costs = [(row[0], _ROW_BYTES) for row in rows]
    costs += [(born, 12 + len(sku.encode())) for born, _, sku in skus if born <= rows[-1][0]]
    room, through = BODY_ROOM_BYTES, 0
    for version, cost in sorted(costs):
        room -= cost
        if room < 0 and through:
            break
        through = version
    return through
