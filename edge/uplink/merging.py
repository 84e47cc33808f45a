"""Counter rows merge by maximum, and nobody writes a row of anybody else's."""

from collections.abc import Callable, Iterator

from edge.books.transaction import Books
from sync.identity import Replica
from sync.ledger import Outcome
from sync.quantities import Kind, unpack_rows
from sync.topics import Lane
from sync.wire import Delta, RowGroup

HEADQUARTERS_KINDS = frozenset(
    {
        Kind.CONSUMED,
        Kind.RELEASED,
        Kind.GIVEN_BACK,
        Kind.ISSUED,
        Kind.ALLOTTED,
        Kind.RECLAIMED,
    }
)

_Row = tuple[int, int, int, int]  # sku, kind, author, value


class _UnacceptableError(ValueError):
    """Why a delta is not merged."""


def merge_delta(books: Books, origin: Replica, delta: Delta) -> Outcome:
    """Merge a delta of headquarters and note how far it goes; a bad one is set aside as a whole."""
    sql = "SELECT peer, quantities_have FROM stream JOIN journal ON no = peer WHERE name = ?"
    row = books.connection.execute(sql, (str(origin),)).fetchone()
    if row is None:
        return Outcome()
    peer, have = row
    if delta.since > have:
        return Outcome(have_quantities=have, rewind_quantities=True)
    if delta.through <= have:
        return Outcome(have_quantities=have)
    try:
        groups = [(group, _read_group(books, group)) for group in delta.groups]
        _check_skus(books, peer, delta, groups)
    except ValueError as error:
        books.quarantine(str(origin), str(Lane.QUANTITIES), str(error), b"")
        return Outcome()
    numbers = _learn_skus(books, peer, delta)
    for group, rows in groups:
        author = _author_number(books, group.author)
        _merge(books, peer, ((numbers(n), kind, author, value) for n, kind, value in rows))
        _note_coverage(books, author, group.covers, complete=delta.complete)
    books.connection.execute(
        "UPDATE stream SET quantities_have = ?,"
        " as_of_ms = CASE WHEN ? THEN max(as_of_ms, ?) ELSE as_of_ms END WHERE peer = ?",
        (delta.through, delta.complete, delta.at_ms, peer),
    )
    return Outcome(have_quantities=delta.through)


def _read_group(books: Books, group: RowGroup) -> list[tuple[int, int, int]]:
    author = Replica.parse(group.author)
    rows = unpack_rows(group.rows)
    for _, kind, _ in rows:
        if (Kind(kind) in HEADQUARTERS_KINDS) != author.is_headquarters:
            raise _UnacceptableError(f"{group.author} may not count {Kind(kind).name}")
    if group.author == books.journal:
        raise _UnacceptableError("headquarters sends this node's own counters back to it")
    return rows


def _check_skus(
    books: Books, peer: int, delta: Delta, groups: list[tuple[RowGroup, list[tuple[int, int, int]]]]
) -> None:
    named = dict(delta.skus)
    sql = (
        "SELECT sku.sku FROM peer_sku JOIN sku ON sku.number = peer_sku.sku"
        " WHERE peer = ? AND peer_sku.number = ?"
    )
    for number in {n for _, rows in groups for n, _, _ in rows} | set(named):
        known = books.connection.execute(sql, (peer, number)).fetchone()
        if known is None and number not in named:
            raise _UnacceptableError(f"SKU number {number} was never defined")
        if known and named.get(number, known[0]) != known[0]:
            was, now = known[0], named[number]
            raise _UnacceptableError(f"SKU number {number} was {was!r} and is now {now!r}")


def _learn_skus(books: Books, peer: int, delta: Delta) -> Callable[[int], int]:
    rows = [(peer, number, books.sku_number(sku)) for number, sku in delta.skus]
    sql = "INSERT INTO peer_sku (peer, number, sku) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    books.connection.executemany(sql, rows)

    def own_number(number: int) -> int:
        sql = "SELECT sku FROM peer_sku WHERE peer = ? AND number = ?"
        found: int = books.connection.execute(sql, (peer, number)).fetchone()[0]
        return found

    return own_number


def _author_number(books: Books, name: str) -> int:
    books.connection.execute("INSERT OR IGNORE INTO journal (name) VALUES (?)", (name,))
    sql = "SELECT no FROM journal WHERE name = ?"
    number: int = books.connection.execute(sql, (name,)).fetchone()[0]
    return number


def _merge(books: Books, source: int, rows: Iterator[_Row]) -> None:
    sql = (
        "INSERT INTO quantity (sku, kind, author, value, version, source) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version,"
        " source = excluded.source WHERE excluded.value > quantity.value"
    )
    changed = "INSERT INTO changed (version, sku, kind, author) VALUES (?, ?, ?, ?)"
    for sku, kind, author, value in rows:
        version = books.version + 1
        row = (sku, kind, author, value, version, source)
        if books.connection.execute(sql, row).rowcount == 1:
            books.version = version
            books.connection.execute(changed, (version, sku, kind, author))


def _note_coverage(books: Books, author: int, seq: int, *, complete: bool) -> None:
    books.connection.execute(
        "INSERT INTO coverage (author, seq, complete) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq), complete = excluded.complete"
        " WHERE excluded.seq >= coverage.seq",
        (author, seq, complete),
    )
