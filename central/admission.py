"""A life is admitted once, under one birth and one key; whoever else claims its name is refused.

The first hello of a generation pins both. Lives that a node merely holds journals of are noted with
the keys it names, so that nothing it kept for a dead predecessor is lost.
"""

from sqlalchemy import Connection, text

from central.books import LIVE, REVOKED, Books, Journal, Life, StoreBooks
from central.records import renumber
from sync.identity import Replica
from sync.ledger import Outcome
from sync.wire import Hello, Holding

HOLDINGS_MAX = 1_000
_SHUT = text(
    "SELECT j.name, l.status, l.note, s.name AS store FROM life AS l"
    " JOIN store AS s ON s.id = l.store_id JOIN journal AS j ON j.id = l.journal_id"
    " WHERE l.status = :revoked OR NOT s.active"
)


def unknown_store(name: str) -> Outcome:
    """Refuse a store that headquarters has not been told of."""
    how = f"`evertill-central store add {name}`"
    return Outcome(refused=f"headquarters knows no store {name}: add it there with {how}")


def refusal(store: StoreBooks, origin: Replica) -> str:
    """Say why nothing from this life is accepted; empty when it is."""
    life = store.lives.get(origin.generation)
    if not store.active:
        return _closed(store.name)
    if life is not None and life.status == REVOKED:
        return _revoked(str(origin), life.note)
    return ""


def shut_out(connection: Connection) -> dict[str, str]:
    """Return every life that is accepted no more, by its name, with why."""
    return {
        row.name: _revoked(row.name, row.note) if row.status == REVOKED else _closed(row.store)
        for row in connection.execute(_SHUT, {"revoked": REVOKED})
    }


def _closed(store: str) -> str:
    return f"store {store} is closed at headquarters: reopen it there first"


def _revoked(life: str, note: str) -> str:
    why = f" ({note})" if note else ""
    return f"{life} was revoked at headquarters{why}: enrol the box anew as a new life"


def admit(books: Books, store: StoreBooks, origin: Replica, hello: Hello) -> Outcome:
    """Admit a life by its hello, or refuse it with what to do."""
    reason = refusal(store, origin)
    if reason:
        return Outcome(refused=reason)
    life = store.lives.get(origin.generation)
    if life is None:
        life = _enter(books, store, origin, hello.key)
        _renumber(books, store)
        renumber(books.connection, store.id)
    journal = books.journals[str(origin)]
    if (life.birth and life.birth != hello.birth) or journal.key != hello.key:
        how = "start a new life with `evertill-edge restore`"
        return Outcome(refused=f"generation {origin} is used twice: {how}")
    life.birth = hello.birth
    life.software = hello.software.replace("\0", "")[:64]
    store.seen.add(origin.generation)
    for holding in hello.holdings[:HOLDINGS_MAX]:
        _note_holding(books, store, origin, holding)
    _note_inheritance(books, store, hello)
    return Outcome()


def _enter(books: Books, store: StoreBooks, origin: Replica, key: bytes) -> Life:
    journal = books.journal(origin, store, key)
    life = Life(journal.id, b"", LIVE, "", "", 0, 0, False)
    store.lives[origin.generation] = life
    store.seen.add(origin.generation)
    return life


def _renumber(books: Books, store: StoreBooks) -> None:
    """Give every row that had no version one: the newcomer may lack any of them."""
    done = books.connection.execute(
        text(
            "UPDATE quantity SET version = :base + r.n FROM ("
            " SELECT sku_no, journal_id, kind,"
            " row_number() OVER (ORDER BY sku_no, journal_id, kind) AS n"
            " FROM quantity WHERE store_id = :store AND version = 0) AS r"
            " WHERE quantity.store_id = :store AND quantity.sku_no = r.sku_no"
            " AND quantity.journal_id = r.journal_id AND quantity.kind = r.kind"
        ),
        {"base": store.quantity_version, "store": store.id},
    )
    store.quantity_version += max(done.rowcount, 0)


def _note_holding(books: Books, store: StoreBooks, origin: Replica, holding: Holding) -> None:
    try:
        replica = Replica.parse(holding.journal)
    except ValueError:
        return
    journal = books.journals.get(str(replica))
    if journal is None:
        journal = _heard_of(books, store, origin, replica, holding.key)
    if journal is not None and holding.seq > journal.announced:
        journal.announced = holding.seq
        books.touch(journal)


def _heard_of(
    books: Books, store: StoreBooks, origin: Replica, replica: Replica, key: bytes
) -> Journal | None:
    """Note a journal nobody here knew: of a former life, or of an incarnation since forgotten."""
    if replica.node == store.name:
        if len(key) != 32 or replica.generation >= origin.generation:
            return None
        _enter(books, store, replica, key)
        return books.journals[str(replica)]
    chain_wide = replica.node == "hq"
    if not chain_wide and replica.node != f"hq-{store.name}":
        return None
    if key != books.hq.key or books.hq.is_mine(replica):
        return None
    return books.journal(replica, None if chain_wide else store, key)


def _note_inheritance(books: Books, store: StoreBooks, hello: Hello) -> None:
    """Remember whether another incarnation may have promised this store's rights away."""
    if store.adopted == books.hq.generation:
        return
    heard = {hello.stream, *(holding.journal for holding in hello.holdings)}
    for name in heard:
        try:
            replica = Replica.parse(name)
        except ValueError:
            continue
        if replica.is_headquarters and not books.hq.is_mine(replica):
            store.inherited = True
