"""Many messages of many stores become one transaction, and every order of them the same books.

What is wrong with a message is found before anything is written, so that one store's bad message
neither rolls back nor delays another's. Facts are never refused for what they say: what cannot be
read stays in its journal as it came, and is put in quarantine.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from central.admission import admit, refusal, unknown_store
from central.books import FOLDED, SOURCE, VALUE, Books, Journal, StoreBooks
from central.fold import check_name
from central.incarnation import Headquarters
from central.posting import post
from central.quarantine import Poison
from central.records import Merged, merge_record, take_clock
from sync.facts import FactError
from sync.identity import HEADQUARTERS, Replica
from sync.journal import Batch, Extension, Forged, Fork, Gap, Head, read_batch
from sync.ledger import Outcome
from sync.quantities import unpack_rows
from sync.session import Commit
from sync.wire import Delta, Facts, Have, Hello, RecordDiff

_encode = msgspec.msgpack.Encoder().encode
AUTHORS_MAX = 64


def ingest(
    connection: Connection,
    hq: Headquarters,
    items: Sequence[tuple[str, Commit | Merged]],
    now_ms: int,
    poisons: Sequence[Poison] = (),
    *,
    asking: set[str] | None = None,
) -> list[Outcome]:
    """Commit what stores said, each item as (store, commit), in the transaction of `connection`.

    `poisons` are payloads that sessions rejected; `asking` is given the stores that said anything
    of rights which somebody may wait for. Returns one outcome per item, to be told to the stores
    after the transaction has committed and not before.
    """
    books = Books(connection, hq, (store for store, _ in items), now_ms)
    if not all(isinstance(item.message, Facts | Delta) for _, item in items):
        take_clock(connection)  # before any journal is locked: locks are taken in one order
    books.poisons.extend(poisons)
    outcomes = [_take(books, name, commit) for name, commit in items]
    books.write()
    if asking is not None:
        asking.update(name for name, store in books.stores.items() if store.rights)
    return outcomes


def _take(books: Books, name: str, commit: Commit | Merged) -> Outcome:
    store = books.stores.get(name)
    if store is None:
        return unknown_store(name)
    origin, message = commit.origin, commit.message
    if isinstance(message, Hello):
        return admit(books, store, origin, message)
    reason = refusal(store, origin)
    if reason:
        return Outcome(refused=reason)
    if origin.generation not in store.lives:
        return Outcome(refused=f"{origin} has not been admitted: it must say hello first")
    store.seen.add(origin.generation)
    match message:
        case Facts():
            return _take_facts(books, store, origin, message.batch)
        case Delta():
            return _take_delta(books, store, origin, message)
        case RecordDiff():
            if not isinstance(commit, Merged):
                raise TypeError("a difference is merged before it is committed")
            return merge_record(books, store, origin, commit)
        case _:
            return merge_record(books, store, origin, message)


# -- facts -----------------------------------------------------------------------------------


def _take_facts(books: Books, store: StoreBooks, origin: Replica, batch: Batch) -> Outcome:
    journal = books.journals.get(batch.journal)
    if journal is None or not journal.key:
        reason = "nobody here knows the author's key: it must be named in a hello"
        return _halt(books, store, batch, Head(0, b""), reason)
    if journal.replica.is_headquarters:
        books.lock(journal)
    reading = read_batch(
        journal.head, batch, lambda first, last: books.stored(journal, first, last), journal.key
    )
    match reading:
        case Fork(reason):
            return _halt(books, store, batch, journal.head, reason)
        case Forged(reason):
            _poison(books, store, batch, reason)
        case Gap(have):
            return Outcome(have=(Have(batch.journal, have, rewind=True),))
        case Extension():
            if books.hq.is_mine(journal.replica):
                reason = "the store holds facts of headquarters that headquarters never wrote"
                return _halt(books, store, batch, journal.head, reason)
            # Who hands on another's facts need not have the counters that they move.
            own = batch.journal == str(origin)
            source = store.lives[origin.generation].journal_id if own else 0
            of = None if journal.replica.node == HEADQUARTERS else store
            post(books, of, source, journal, reading)
            books.checkpoint(journal, batch.signature)
    return Outcome(have=(Have(batch.journal, journal.head.seq),))


def _halt(books: Books, store: StoreBooks, batch: Batch, head: Head, reason: str) -> Outcome:
    _poison(books, store, batch, reason)
    return Outcome(have=(Have(batch.journal, head.seq, halted=True),))


def _poison(books: Books, store: StoreBooks, batch: Batch, reason: str) -> None:
    books.poison(store, "facts", f"{batch.journal[:80]}: {reason}", _encode(batch))


# -- quantities ------------------------------------------------------------------------------


def _take_delta(books: Books, store: StoreBooks, origin: Replica, delta: Delta) -> Outcome:
    life = store.lives[origin.generation]
    if delta.since > life.quantities_have:
        return Outcome(have_quantities=life.quantities_have, rewind_quantities=True)
    try:
        rows = _read_rows(books, store, origin, delta)
    except (ValueError, FactError) as error:
        books.poison(store, "quantities", str(error), _encode(delta))
        return _ask_anew(store, origin, delta)
    for journal, counters in rows:
        for sku, kind, value in counters:
            counts = store.counters.get((sku, journal.id, kind))
            if counts is None:
                store.counters[sku, journal.id, kind] = [value, 0, life.journal_id]
            elif value > counts[VALUE]:
                counts[VALUE] = value
                counts[SOURCE] = counts[SOURCE] if counts[FOLDED] else life.journal_id
    books.define_skus(books.journals[str(origin)], delta.skus)
    if delta.through >= life.quantities_have:
        life.quantities_have = delta.through
        life.complete = delta.complete
        if delta.complete:
            store.as_of_ms = max(store.as_of_ms, min(delta.at_ms, books.now_ms))
    return Outcome(have_quantities=life.quantities_have)


def _ask_anew(store: StoreBooks, origin: Replica, delta: Delta) -> Outcome:
    """Ask once for everything from the beginning; what is wrong even then is only acknowledged."""
    life = store.lives[origin.generation]
    if delta.since == 0:
        life.quantities_have = max(life.quantities_have, delta.through)
        life.complete = False
        return Outcome(have_quantities=life.quantities_have)
    life.quantities_have = 0
    life.complete = False
    return Outcome(have_quantities=0, rewind_quantities=True)


def _read_rows(
    books: Books, store: StoreBooks, origin: Replica, delta: Delta
) -> list[tuple[Journal, list[tuple[str, int, int]]]]:
    """Decode a delta's rows with the names of their SKUs; raise ValueError where it is wrong."""
    peer = books.journals[str(origin)]
    if delta.through < delta.since or len(delta.groups) > AUTHORS_MAX:
        raise ValueError("the delta's versions run backwards, or it has too many authors")
    groups = [(group, unpack_rows(group.rows)) for group in delta.groups]
    numbers = {number for _, rows in groups for number, _, _ in rows}
    names = books.names(peer, sorted(numbers.union(number for number, _ in delta.skus)))
    for number, sku in delta.skus:
        if names.setdefault(number, check_name(sku)) != sku:
            raise ValueError(f"SKU number {number} is {names[number]!r} and cannot become {sku!r}")
    unknown = sorted(numbers - names.keys())
    if unknown:
        raise ValueError(f"SKU number {unknown[0]} was never defined")
    result = []
    for group, rows in groups:
        author = Replica.parse(group.author)
        if books.hq.is_mine(author):
            raise ValueError(f"{author} is headquarters itself: no store tells it its own counters")
        chain_wide = author.node == HEADQUARTERS
        journal = books.journal(author, None if chain_wide else store, b"")
        if group.covers > journal.covers:
            journal.covers = group.covers
            books.touch(journal)
        result.append((journal, [(names[number], kind, value) for number, kind, value in rows]))
    return result
