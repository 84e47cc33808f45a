"""Two independent accounts of the same stock must meet: what nodes counted, and what facts add up.

Headquarters re-hashes every journal, folds every fact anew and compares; the first thing that does
not meet is named with its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, text

from central import schema
from central.expected import Expected
from central.findings import Finding
from central.fold import Day, add_to_day, read_entry
from central.shift_audit import ShiftFold, compare_shifts
from central.totals import by_day
from sync.identity import Replica
from sync.journal import Head, genesis, link

__all__ = ["Finding", "Progress", "audit"]
_PAGE = 2_000
_ROWS = text(
    "SELECT k.sku, q.kind, q.value, q.folded FROM quantity AS q"
    " JOIN sku AS k ON k.number = q.sku_no WHERE q.journal_id = :journal"
)
_SUCCEEDED = text(
    "SELECT 1 FROM life AS l JOIN life AS n ON n.store_id = l.store_id"
    " AND n.generation > l.generation WHERE l.journal_id = :journal LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an audit is: facts read of all."""

    done: int
    of: int


def audit(connection: Connection) -> Iterator[Finding | Progress]:
    """Check every journal, counter row and total; yield progress, and whatever does not meet."""
    table = schema.journal
    journals = connection.execute(select(table).order_by(table.c.id)).all()
    whole, done = sum(row.head_seq for row in journals), 0
    stores = {row.id: row.name for row in connection.execute(select(schema.store))}
    days: dict[int, dict[tuple[int, str], Day]] = {}
    shifts: dict[int, ShiftFold] = {store_id: ShiftFold() for store_id in stores}
    expected = Expected()
    for row in journals:
        store = stores.get(row.store_id, "")
        if row.store_id is not None:
            shifts[row.store_id].begin_journal()
        head = genesis(row.name)
        counts: dict[tuple[str, int], int] = {}
        beyond: dict[tuple[str, int], int] = {}
        from_hq = Replica.parse(row.name).is_headquarters
        while page := _facts(connection, row.id, head.seq):
            for data in page:
                head = Head(head.seq + 1, link(head.hash, data))
                entry = read_entry(data, from_hq)
                for sku, kind, quantity in entry.movements:
                    counts[sku, kind] = counts.get((sku, kind), 0) + quantity
                    if head.seq > row.covers:
                        beyond[sku, kind] = beyond.get((sku, kind), 0) + quantity
                if entry.body is not None and entry.id is not None and row.store_id is not None:
                    at = (head.seq, entry.id, entry.at_ms)
                    author = Replica.parse(row.name)
                    expected.note((row.store_id, store), author, at, data, entry.body)
                    add_to_day(days.setdefault(row.store_id, {}), entry.body)
                    shifts[row.store_id].add(entry.at_ms, entry.body)
            done += len(page)
            yield Progress(done, whole)
        if (head.seq, head.hash) != (row.head_seq, bytes(row.head_hash)):
            detail = f"the facts lead to {head.seq}, not to the head {row.head_seq} that is noted"
            yield Finding(store, row.name, detail)
        if row.store_id is not None:
            yield from _compare(connection, store, row, counts, beyond)
    yield from _compare_days(connection, stores, days)
    yield from compare_shifts(connection, stores, shifts)
    for place, detail in expected.contradictions(connection):
        yield Finding("", place, detail)


def _facts(connection: Connection, journal_id: int, after: int) -> list[bytes]:
    table = schema.fact
    found = connection.scalars(
        select(table.c.body)
        .where(table.c.journal_id == journal_id, table.c.seq > after)
        .order_by(table.c.seq)
        .limit(_PAGE)
    )
    return [bytes(body) for body in found]


def _compare(
    connection: Connection,
    store: str,
    journal: Row[Any],
    counts: dict[tuple[str, int], int],
    beyond: dict[tuple[str, int], int],
) -> Iterator[Finding]:
    """Compare one author's rows with its facts; counters can be checked up to what they cover."""
    rows = connection.execute(_ROWS, {"journal": journal.id}).all()
    complete = journal.head_seq >= journal.covers > 0 and _is_complete(connection, journal.id)
    succeeded = bool(connection.scalar(_SUCCEEDED, {"journal": journal.id}))
    for row in rows:
        place = f"{journal.name} {row.sku} kind {row.kind}"
        fold = counts.pop((row.sku, row.kind), 0)
        if fold != row.folded:
            detail = f"the facts add up to {fold}, the books say {row.folded}"
            yield Finding(store, place, detail)
        covered = fold - beyond.get((row.sku, row.kind), 0)
        # A former life's last counters may have died with it, and its facts come by its successor.
        if complete and (row.value > covered if succeeded else row.value != covered):
            detail = f"the node counted {row.value}, its facts add up to {covered}"
            yield Finding(store, place, detail)
    for (sku, kind), fold in counts.items():
        place = f"{journal.name} {sku} kind {kind}"
        yield Finding(store, place, f"the facts add up to {fold}, the books have no row")


def _is_complete(connection: Connection, journal_id: int) -> bool:
    table = schema.life
    found = connection.scalar(select(table.c.complete).where(table.c.journal_id == journal_id))
    return bool(found)


def _compare_days(
    connection: Connection, stores: dict[int, str], days: dict[int, dict[tuple[int, str], Day]]
) -> Iterator[Finding]:
    folded = {
        (stores[store_id], day, currency): sums
        for store_id, by in days.items()
        for (day, currency), sums in by.items()
    }
    for total in by_day(connection, limit=10**9):
        sums = folded.pop((total.store, total.business_day, total.currency), Day())
        noted = Day(*(getattr(total, name) for name in Day.__slots__))
        if noted != sums:
            place = f"day {total.business_day} {total.currency}"
            detail = f"the facts add up to {sums}, the totals say {noted}"
            yield Finding(total.store, place, detail)
    for (store, day, currency), sums in folded.items():
        yield Finding(store, f"day {day} {currency}", f"{sums} is in no total")
