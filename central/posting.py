"""A fact moves the books of a store once, whoever brought it and whoever wrote it."""

from central.books import FOLDED, SOURCE, Books, Journal, StoreBooks
from central.expected import task_of
from central.fold import Entry, add_to_day, read_entry, shortfalls
from central.quarantine import Task
from central.rights import note_right
from central.shifts import add_to_shift
from sync.bodies import Promise, Release, Revoked
from sync.entitlements import Entitlement
from sync.journal import Extension


def post(
    books: Books,
    store: StoreBooks | None,
    source: int,
    journal: Journal,
    reading: Extension,
) -> None:
    """Append what a batch adds to a journal, and add what they say to the store's books.

    `source` is the id of the journal of whoever brought them and their counters, 0 where those need
    not be known to whoever brought the facts. Poison is kept, and put in
    quarantine. A chain-wide journal concerns no store's books.
    """
    from_hq = journal.replica.is_headquarters
    entries = [read_entry(data, from_hq) for data in reading.facts]
    if store is not None:
        for seq, (data, entry) in enumerate(
            zip(reading.facts, entries, strict=True), reading.first
        ):
            _fold(store, journal.id, source, entry)
            _note(books, store, f"{journal.name}/{seq}", data, entry)
            if entry.body is not None and entry.id is not None:
                at = (seq, entry.id, entry.at_ms)
                books.expected.note((store.id, store.name), journal.replica, at, data, entry.body)
            if isinstance(entry.body, Entitlement):
                note_right(store.rights, journal.replica.generation, seq, entry.body)
    books.append(journal, reading.facts, reading.head, entries)


def _fold(store: StoreBooks, journal_id: int, source: int, entry: Entry) -> None:
    counters = store.counters
    for sku, kind, quantity in entry.movements:
        counts = counters.get((sku, journal_id, kind))
        if counts is None:
            counters[sku, journal_id, kind] = [0, quantity, source]
        else:
            counts[FOLDED] += quantity
            counts[SOURCE] = counts[SOURCE] if counts[SOURCE] == source else 0


def _note(books: Books, store: StoreBooks, place: str, data: bytes, entry: Entry) -> None:
    if entry.body is None:
        books.poison(store, "facts", f"{place}: {entry.reason}", data)
        return
    add_to_day(store.days, entry.body)
    add_to_shift(store.shifts, entry.at_ms, entry.body)
    for sku, quantity in shortfalls(entry.body):
        detail = f"{quantity} base units of {sku} were sold although they were reserved"
        books.tasks.append(Task(store.id, "shortfall", f"{place}/{sku}", detail))
    task = task_of(store.id, place, entry.body)
    if task is not None:
        books.tasks.append(task)
    if isinstance(entry.body, Revoked):
        books.shut(store, entry.body.generation, entry.body.reason)
    if isinstance(entry.body, Promise | Release):
        sign = 1 if isinstance(entry.body, Promise) else -1
        for line in entry.body.lines:
            key = (entry.body.order, line.sku)
            store.promises[key] = store.promises.get(key, 0) + sign * line.quantity
