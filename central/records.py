"""Documents that people edit together, as headquarters keeps them: one merged state for all stores.

A store gets the documents that it has offered, be it by an empty state vector, and no others. Every
transaction that changes a document or who holds it takes the record clock first: so versions are
committed in their order, and no store can acknowledge past a change that it has not seen.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, select, text, update

from central import schema
from central.books import Books, StoreBooks
from central.store import Store, add_missing, insert
from sync import records
from sync.identity import Replica
from sync.ledger import Outcome
from sync.records_card import MemberCard
from sync.records_news import NOTHING, Held, Verdict, is_news
from sync.records_vector import RecordRefused
from sync.topics import Lane
from sync.wire import RecordDiff, RecordOffer

_encode = msgspec.json.Encoder().encode
_OFFERED = text(
    "SELECT i.version, r.doc_id, r.vector FROM record_interest AS i"
    " JOIN record AS r ON r.id = i.record_id"
    " WHERE i.store_id = :store AND i.version > :version AND length(r.state) > 0"
    " ORDER BY i.version LIMIT :documents"
)
_VERSION = text(
    "SELECT max(i.version) FROM record_interest AS i JOIN record AS r ON r.id = i.record_id"
    " WHERE i.store_id = :store AND i.version > 0 AND length(r.state) > 0"
)
_HAVE = text(
    "SELECT life.records_have FROM life JOIN journal ON journal.id = life.journal_id"
    " WHERE journal.name = :name AND life.store_id = :store"
)
_RENUMBER = text(
    "UPDATE record_interest SET version = :base + r.n FROM ("
    " SELECT record_id, row_number() OVER (ORDER BY record_id) AS n"
    " FROM record_interest WHERE store_id = :store) AS r"
    " WHERE record_interest.store_id = :store AND record_interest.record_id = r.record_id"
)


@dataclass(frozen=True, slots=True)
class Merged:
    """A difference that a store sent, and what became of it; see `central.merging`."""

    origin: Replica
    message: RecordDiff
    verdict: Verdict


class Records:
    """The documents that one store shares with headquarters, as its session reads them."""

    def __init__(self, store: Store, store_id: Callable[[], int]) -> None:
        self._store = store
        self._id = store_id

    def version(self) -> int:
        """Version of the newest change that the store may lack, 0 for none."""
        store = self._id()
        with self._store.read() as connection:
            return int(connection.scalar(_VERSION, {"store": store}) or 0)

    def have(self, stream: str) -> int:
        """Version of a sender's record stream that is committed here, 0 for none."""
        asked = {"name": stream, "store": self._id()}
        with self._store.read() as connection:
            return int(connection.scalar(_HAVE, asked) or 0)

    def offer_after(self, version: int, max_documents: int) -> RecordOffer | None:
        """Documents changed after `version` that the store may lack; None where there are none."""
        asked = {"store": self._id(), "version": version, "documents": max_documents + 1}
        with self._store.read() as connection:
            rows = connection.execute(_OFFERED, asked).all()
        if not rows:
            return None
        kept = rows[:max_documents]
        documents = [(row.doc_id, bytes(row.vector)) for row in kept]
        return RecordOffer(version, kept[-1].version, documents, len(kept) == len(rows))

    def wanted(self, documents: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """Offered documents that hold news; what is no offer is set aside when it is committed."""
        with self._store.read() as connection:
            return list(_news(connection, documents))

    def difference(self, document: str, state_vector: bytes) -> bytes | None:
        """What a document has beyond a state vector; None for one not held, or no state vector."""
        with self._store.read() as connection:
            held = held_of(connection, document)
        try:
            return records.diff(held.state, state_vector) if held.state else None
        except RecordRefused:
            return None


def _news(
    connection: Connection, documents: Sequence[tuple[str, bytes]]
) -> Iterator[tuple[str, bytes]]:
    for document, theirs in documents:
        try:
            if is_news(NOTHING, document, theirs):
                mine = held_of(connection, document).vector
                if is_news(mine, document, theirs):
                    yield document, mine
        except ValueError:
            continue


def held_of(connection: Connection, document: str) -> Held:
    """Return state and state vector of a document, empty where nothing is held."""
    table = schema.record
    row = connection.execute(
        select(table.c.state, table.c.vector).where(table.c.doc_id == document)
    ).first()
    return Held(bytes(row.state), bytes(row.vector)) if row else Held()


# -- writing: each transaction takes the clock before anything else of this module ---------------


def take_clock(connection: Connection) -> None:
    """Let no other transaction change documents until this one has ended."""
    table = schema.record_clock
    add_missing(connection, table, [{"only": 1, "version": 0}])
    connection.execute(select(table.c.version).with_for_update())


def _next_version(connection: Connection, count: int = 1) -> int:
    table = schema.record_clock
    newer = update(table).values(version=table.c.version + count).returning(table.c.version)
    return int(connection.scalar(newer) or 0)


def keep(
    connection: Connection, document: str, held: Held, card: MemberCard, knowing: int = 0
) -> None:
    """Write a document; every store that holds it is to get it but the one `knowing` it (an id)."""
    row = {
        "doc_id": document,
        "state": held.state,
        "vector": held.vector,
        "name": card.name,
        "words": _words(card),
        "card": _encode(card),
    }
    statement = insert(connection, schema.record)
    changes = {name: statement.excluded[name] for name in row if name != "doc_id"}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["doc_id"], set_=changes), row
    )
    table = schema.record_interest
    connection.execute(
        update(table)
        .where(table.c.record_id == _record_id(connection, document), table.c.store_id != knowing)
        .values(version=_next_version(connection))
    )


def _record_id(connection: Connection, document: str) -> int:
    table = schema.record
    found = connection.scalar(select(table.c.id).where(table.c.doc_id == document))
    return int(found or 0)


def _words(card: MemberCard) -> str:
    """Text that is searched: everything in lower case, the phone number's digits as well."""
    digits = "".join(filter(str.isdigit, card.phone))
    return "\n".join([card.name, card.phone, digits, card.email, *card.tags]).lower()


def renumber(connection: Connection, store_id: int) -> None:
    """Offer a store everything it holds once more: a new life of its node may lack any of it."""
    take_clock(connection)
    table = schema.record_interest
    held = connection.scalars(select(table.c.record_id).where(table.c.store_id == store_id)).all()
    if held:
        base = _next_version(connection, len(held)) - len(held)
        connection.execute(_RENUMBER, {"base": base, "store": store_id})


def merge_record(
    books: Books, store: StoreBooks, origin: Replica, message: RecordOffer | Merged
) -> Outcome:
    """Commit what a store says of its documents."""
    if isinstance(message, Merged):
        _take_merged(books, store, origin, message)
        return Outcome(answered_record=message.message.document)
    is_former = origin.generation != store.newest
    for document, theirs in message.documents:
        try:
            lacks = is_news(theirs, document, held_of(books.connection, document).vector)
        except ValueError as error:
            books.poison(store, Lane.RECORDS, str(error)[:200], theirs)
        else:
            # What a former life holds, its successor may lack.
            _note_interest(books.connection, store, document, lacks=lacks or is_former)
    life = store.lives[origin.generation]
    if message.since <= life.records_have < message.through:
        life.records_have = message.through
        if message.complete:
            _note_level(books, store)
    return Outcome(have_records=life.records_have)


def _take_merged(books: Books, store: StoreBooks, origin: Replica, merged: Merged) -> None:
    document, verdict = merged.message.document, merged.verdict
    result = verdict.result
    if result is None or result.card is None:
        reason = f"{document[:80]}: {verdict.reason}"
        books.poison(store, Lane.RECORDS, reason, merged.message.update)
    elif held_of(books.connection, document).vector == verdict.before != result.state_vector:
        is_former = origin.generation != store.newest
        held = Held(result.state, result.state_vector)
        _note_interest(books.connection, store, document, lacks=False)
        keep(books.connection, document, held, result.card, 0 if is_former else store.id)


def _note_interest(
    connection: Connection, store: StoreBooks, document: str, *, lacks: bool
) -> None:
    """Note that a store holds a document, or wants to; where it `lacks` some it is offered that."""
    unknown = {"doc_id": document, "state": b"", "vector": NOTHING, "card": b""}
    add_missing(connection, schema.record, [unknown])
    row = {"store_id": store.id, "record_id": _record_id(connection, document)}
    table = schema.record_interest
    add_missing(connection, table, [row | {"version": 0}])
    if lacks:
        version = _next_version(connection)
        connection.execute(update(table).filter_by(**row).values(version=version))


# -- after a loss --------------------------------------------------------------------------------


def is_rebuilding(connection: Connection, generation: int, store: str) -> bool:
    """Whether a store may bring back what others wrote: this incarnation has lost it.

    So it is from a restore until the store has offered all it holds and nothing in it was news.
    """
    stores, level, lives = schema.store, schema.record_level, schema.incarnation
    row = connection.execute(
        select(stores.c.inherited, level.c.generation)
        .outerjoin(level, level.c.store_id == stores.c.id)
        .where(stores.c.name == store)
    ).first()
    if row is None or row.generation == generation:
        return False
    is_restored = connection.scalar(
        select(lives.c.generation).where(lives.c.generation != generation).limit(1)
    )
    return bool(row.inherited or is_restored)


def _note_level(books: Books, store: StoreBooks) -> None:
    row = {"store_id": store.id, "generation": books.hq.generation}
    statement = insert(books.connection, schema.record_level)
    changes = {"generation": statement.excluded.generation}
    books.connection.execute(
        statement.on_conflict_do_update(index_elements=["store_id"], set_=changes), row
    )
