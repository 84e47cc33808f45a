"""The journal is the truth: everything else is folded from it again and must come out the same.

A verification reads one snapshot and stops at the first disagreement, naming table and row.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge.books.numbers import generation_of
from edge.books.postings import drawer_of, receipt_of, undoings
from edge.books.reads import body_kind
from edge.books.records import contradictions
from edge.books.search import words_of
from edge.stock import expected
from sync.bodies import AnyBody
from sync.cash import ShiftClosed, ShiftOpened
from sync.effects import movements
from sync.entitlements import Allotted
from sync.facts import FactError, decode_fact
from sync.identity import HEADQUARTERS, Replica
from sync.journal import Head, genesis, link, statement
from sync.lots import LotKey, lot_moves, serial_moves
from sync.signing import is_signed

STEP = 2_000
TAIL = 256


class Disagreement(Exception):  # noqa: N818 - a finding, not a fault of the program
    """What is stored contradicts the journal; the text names table, row and what was expected."""

    def __init__(self, table: str, row: str, detail: str) -> None:
        super().__init__(f"{table} {row}: {detail}")
        self.table = table
        self.row = row
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a verification is: rows of `total` done in this stage."""

    stage: str
    done: int
    total: int


@dataclass(slots=True)
class _Numbers:
    """Numbers of a series: all up to `full`, and some `beyond` it."""

    full: int = 0
    beyond: set[int] = field(default_factory=set)

    def add(self, number: int) -> None:
        """Add a number; one that is there already changes nothing."""
        if number > self.full:
            self.beyond.add(number)
        while self.full + 1 in self.beyond:
            self.full += 1
            self.beyond.remove(self.full)

    @property
    def newest_and_count(self) -> tuple[int, int]:
        """The highest number and how many there are."""
        return max(self.beyond, default=self.full), self.full + len(self.beyond)


@dataclass(slots=True)
class _Fold:
    """What the facts of one store amount to."""

    counts: dict[tuple[int, str, int], int] = field(default_factory=dict)
    receipts: dict[tuple[str, int], _Numbers] = field(default_factory=dict)
    undone: dict[tuple[bytes, str], int] = field(default_factory=dict)
    allotted: dict[tuple[str, int], int] = field(default_factory=dict)
    opened: dict[tuple[str, int], set[tuple[int, int]]] = field(default_factory=dict)
    closed: dict[tuple[str, int], set[tuple[int, int]]] = field(default_factory=dict)
    drawers: dict[tuple[str, int], int] = field(default_factory=dict)
    lots: dict[LotKey, int] = field(default_factory=dict)
    serials: dict[tuple[str, str, int, int], int] = field(default_factory=dict)


def verify(connection: sqlite3.Connection) -> Iterator[Progress]:
    """Check a whole node on a reading connection; yield progress, raise Disagreement."""
    connection.execute("BEGIN")
    try:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise Disagreement("store.db", "file", f"{found}: restore a backup")
        store, own = connection.execute(
            "SELECT store, store || '-n' || generation FROM node"
        ).fetchone()
        fold = _Fold()
        for number, name in connection.execute("SELECT no, name FROM journal").fetchall():
            yield from _verify_journal(connection, fold, (number, name), store)
        yield Progress("counters", 0, 1)
        _verify_counters(connection, fold, own)
        _verify_receipts(connection, fold)
        _verify_undone(connection, fold)
        _verify_lots(connection, fold)
        _verify_entitlements(connection, fold)
        _verify_shifts(connection, fold)
        for table, row, detail in expected.contradictions(connection):
            raise Disagreement(table, row, detail)
        yield Progress("counters", 1, 1)
        yield from _verify_products(connection)
        yield Progress("members", 0, 1)
        for document, detail in contradictions(connection):
            raise Disagreement("record", document, detail)
        yield Progress("members", 1, 1)
    finally:
        connection.execute("COMMIT")


def verify_head(connection: sqlite3.Connection) -> None:
    """Check the end of the own journal and the sum of the counters; raise Disagreement.

    Takes milliseconds, so that a node does it before its first sale.
    """
    name = connection.execute("SELECT store || '-n' || generation FROM node").fetchone()[0]
    number = connection.execute("SELECT no FROM journal WHERE name = ?", (name,)).fetchone()[0]
    sql = "SELECT seq, hash, moved, body FROM fact WHERE journal = ? ORDER BY seq DESC LIMIT ?"
    tail = connection.execute(sql, (number, TAIL + 1)).fetchall()[::-1]
    head = genesis(name) if tail and tail[0][0] == 1 else Head(*tail.pop(0)[:2])
    for seq, digest, _, body in tail:
        if seq != head.seq + 1 or digest != link(head.hash, body):
            raise Disagreement("fact", f"{name} {seq}", "does not continue the chain")
        head = Head(seq, digest)
    sql = "SELECT coalesce(sum(value), 0) FROM quantity WHERE author = ?"
    counted = connection.execute(sql, (number,)).fetchone()[0]
    if tail and counted != tail[-1][2]:
        detail = f"they add up to {counted}, the journal to {tail[-1][2]}: run a full verify"
        raise Disagreement("quantity", f"author {name}", detail)


# -- journals ------------------------------------------------------------------------------------


def _verify_journal(
    connection: sqlite3.Connection, fold: _Fold, journal: tuple[int, str], store: str
) -> Iterator[Progress]:
    number, name = journal
    last = connection.execute("SELECT max(seq) FROM fact WHERE journal = ?", (number,)).fetchone()
    total = last[0] or 0
    head, moved = genesis(name), 0
    sql = "SELECT seq, id, kind, at_ms, hash, moved, body FROM fact WHERE journal = ? ORDER BY seq"
    for row in connection.execute(sql, (number,)):
        seq, digest, body = row[0], row[4], row[6]
        if seq != head.seq + 1:
            raise Disagreement("fact", f"{name} {seq}", f"follows {head.seq}: facts are missing")
        if digest != link(head.hash, body):
            raise Disagreement("fact", f"{name} {seq}", "its bytes do not fit the hash chain")
        head = Head(seq, digest)
        moved = _verify_fact(fold, journal, row, moved, store)
        if seq % STEP == 0:
            yield Progress(name, seq, total)
    _verify_checkpoint(connection, journal, head)
    yield Progress(name, total, total)


def _verify_fact(
    fold: _Fold, journal: tuple[int, str], row: Sequence[object], moved: int, store: str
) -> int:
    number, name = journal
    seq, fact_id, kind, at_ms, _, stored_moved, data = row
    assert isinstance(data, bytes)  # noqa: S101 - as the schema says
    assert isinstance(seq, int)  # noqa: S101 - as the schema says
    if kind == 0:
        return moved  # could not be read when it came; it lies in quarantine
    try:
        fact = decode_fact(data)
    except FactError as error:
        raise Disagreement("fact", f"{name} {seq}", f"can't be read: {error}") from None
    if (fact.id, fact.at_ms, body_kind(fact.body)) != (fact_id, at_ms, kind):
        raise Disagreement("fact", f"{name} {seq}", "its columns do not repeat its bytes")
    for sku, counted, quantity in movements(fact.body):
        key = (number, sku, int(counted))
        fold.counts[key] = fold.counts.get(key, 0) + quantity
        moved += quantity
    if isinstance(fact.body, Allotted) and Replica.parse(name).node == f"{HEADQUARTERS}-{store}":
        handed = (fact.body.key, fact.body.generation)
        fold.allotted[handed] = fold.allotted.get(handed, 0) + fact.body.amount
    if moved != stored_moved:
        raise Disagreement("fact", f"{name} {seq}", f"moved is {stored_moved}, not {moved}")
    if Replica.parse(name).node == store:
        for undone, item, quantity in undoings(fact.body):
            fold.undone[undone, item] = fold.undone.get((undone, item), 0) + quantity
        _count_lots(fold, fact.body, (generation_of(name), seq))
        receipt = receipt_of(fact.body, generation_of(name))
        if receipt is not None:
            _count_receipt(fold, receipt, f"{name} {seq}")
        _count_shift(fold, fact.body, (generation_of(name), seq))
    return moved


def _count_receipt(fold: _Fold, receipt: tuple[str, int, int], row: str) -> None:
    """The node leaves no gap; what a till numbered may arrive late, or be numbered twice."""
    till, series, number = receipt
    numbers = fold.receipts.setdefault((till, series), _Numbers())
    if series > 0 and number != numbers.full + 1:
        detail = f"is receipt {number} of {till} where {numbers.full + 1} comes next"
        raise Disagreement("fact", row, detail)
    numbers.add(number)


def _count_lots(fold: _Fold, body: AnyBody, place: tuple[int, int]) -> None:
    for lot, moved in lot_moves(body).items():
        fold.lots[lot] = fold.lots.get(lot, 0) + moved
    for serial, moved in serial_moves(body).items():
        fold.serials[*serial, *place] = moved


def _count_shift(fold: _Fold, body: AnyBody, place: tuple[int, int]) -> None:
    drawer = drawer_of(body)
    if drawer is not None:
        fold.drawers[drawer] = fold.drawers.get(drawer, 0) + 1
    match body:
        case ShiftOpened():
            fold.opened.setdefault((body.drawer, body.number), set()).add(place)
        case ShiftClosed():
            fold.closed.setdefault((body.drawer, body.number), set()).add(place)


def _verify_checkpoint(
    connection: sqlite3.Connection, journal: tuple[int, str], head: Head
) -> None:
    number, name = journal
    sql = (
        "SELECT c.seq, c.signature, f.hash, CASE WHEN j.name LIKE 'hq-%' THEN n.headquarters_key"
        " ELSE j.key END FROM checkpoint c JOIN journal j ON j.no = c.journal JOIN node n"
        " LEFT JOIN fact f ON f.journal = c.journal AND f.seq = c.seq"
        " WHERE c.journal = ? ORDER BY c.seq DESC LIMIT 1"
    )
    row = connection.execute(sql, (number,)).fetchone()
    if row is None:
        return
    seq, signature, digest, key = row
    if digest is None or seq > head.seq:
        raise Disagreement("checkpoint", f"{name} {seq}", "signs a fact that is not there")
    if not is_signed(key, statement(name, Head(seq, digest)), signature):
        raise Disagreement("checkpoint", f"{name} {seq}", "its signature is not the author's")


# -- what is folded from them --------------------------------------------------------------------


def _verify_counters(connection: sqlite3.Connection, fold: _Fold, own: str) -> None:
    """Own counters must be the fold; another author's once its facts and counters are complete."""
    sql = (
        "SELECT no, name, coverage.seq, complete,"
        " (SELECT coalesce(max(seq), 0) FROM fact WHERE journal = no)"
        " FROM journal LEFT JOIN coverage ON author = no"
    )
    exact = {
        number: name
        for number, name, covers, complete, seq in connection.execute(sql)
        if name == own or (complete and covers == seq)
    }
    counts = {key: value for key, value in fold.counts.items() if key[0] in exact}
    rows = (
        "SELECT q.author, s.sku, q.kind, q.value, c.version FROM quantity q"
        " JOIN sku s ON s.number = q.sku LEFT JOIN changed c ON c.version = q.version"
        " AND c.sku = q.sku AND c.kind = q.kind AND c.author = q.author"
    )
    for author, sku, kind, value, version in connection.execute(rows):
        row = f"{sku} kind {kind} author {author}"
        if version is None:
            raise Disagreement("changed", row, "the counter's last change is not listed")
        if author in exact:
            expected = counts.pop((author, sku, kind), 0)
            if value != expected:
                raise Disagreement("quantity", row, f"is {value}; its facts add up to {expected}")
    for (author, sku, kind), expected in counts.items():
        row = f"{sku} kind {kind} author {author}"
        raise Disagreement("quantity", row, f"is missing; its facts add up to {expected}")


def _verify_receipts(connection: sqlite3.Connection, fold: _Fold) -> None:
    sql = "SELECT till, series, max(number), count(*) FROM receipt GROUP BY till, series"
    for till, series, newest, count in connection.execute(sql):
        numbers = fold.receipts.pop((till, series), _Numbers())
        if (newest, count) != numbers.newest_and_count:
            last, expected = numbers.newest_and_count
            detail = f"has {count} numbers up to {newest}; the journal has {expected} up to {last}"
            raise Disagreement("receipt", f"{till} series {series}", detail)
    for (till, series), numbers in fold.receipts.items():
        detail = f"is missing; the journal has {numbers.newest_and_count[1]} numbers"
        raise Disagreement("receipt", f"{till} series {series}", detail)


def _verify_shifts(connection: sqlite3.Connection, fold: _Fold) -> None:
    """A number that two lives gave is the shift of whoever was heard first here."""
    sql = "SELECT drawer, number, generation, seq, closed_generation, closed_seq FROM shift"
    for drawer, number, *places in connection.execute(sql):
        row, opened, closed = f"{drawer} {number}", tuple(places[:2]), tuple(places[2:])
        if opened not in fold.opened.pop((drawer, number), set()):
            raise Disagreement("shift", row, "no fact of the journal opened it there")
        closings: list[tuple[int | None, ...]] = [
            at for at in fold.closed.get((drawer, number), ()) if at > opened
        ]
        if closed not in (closings or [(None, None)]):
            raise Disagreement("shift", row, f"is closed at {closed}, the journal: {closings}")
    for drawer, number in fold.opened:
        raise Disagreement("shift", f"{drawer} {number}", "is missing; the journal opened it")
    sql = "SELECT drawer, shift, count(*) FROM drawer_fact GROUP BY drawer, shift"
    for drawer, number, count in connection.execute(sql):
        expected = fold.drawers.pop((drawer, number), 0)
        if count != expected:
            detail = f"has {count} facts; the journal has {expected}"
            raise Disagreement("drawer_fact", f"{drawer} {number}", detail)
    for (drawer, number), expected in fold.drawers.items():
        detail = f"is missing; the journal has {expected} facts"
        raise Disagreement("drawer_fact", f"{drawer} {number}", detail)


def _verify_undone(connection: sqlite3.Connection, fold: _Fold) -> None:
    for fact_id, item, quantity in connection.execute("SELECT fact, item, quantity FROM undone"):
        expected = fold.undone.pop((fact_id, item), 0)
        if quantity != expected:
            detail = f"is {quantity}; the journal has {expected}"
            raise Disagreement("undone", f"{fact_id.hex()} {item}", detail)
    for (fact_id, item), expected in fold.undone.items():
        detail = f"is missing; the journal has {expected}"
        raise Disagreement("undone", f"{fact_id.hex()} {item}", detail)


def _verify_lots(connection: sqlite3.Connection, fold: _Fold) -> None:
    lots = {key: held for key, held in fold.lots.items() if held}
    folded: tuple[tuple[str, str, Mapping[Any, int]], ...] = (
        ("lot", "SELECT quantity, sku, lot, expiry_day FROM lot", lots),
        ("serial", "SELECT moved, sku, serial, generation, seq FROM serial", fold.serials),
    )
    for table, sql, said in folded:
        held = {tuple(key): moved for moved, *key in connection.execute(sql)}
        for key in sorted(held.keys() | said.keys()):
            if held.get(key) != said.get(key):
                row, detail = " ".join(map(str, key)), f"is {held.get(key)}"
                raise Disagreement(table, row, f"{detail}; the journal has {said.get(key)}")


def _verify_entitlements(connection: sqlite3.Connection, fold: _Fold) -> None:
    for key, generation, allotted in connection.execute(
        "SELECT key, generation, allotted FROM entitlement"
    ):
        expected = fold.allotted.pop((key, generation), None)
        if allotted != expected:
            detail = f"is {allotted}; the journals of headquarters have {expected}"
            raise Disagreement("entitlement", f"{key} generation {generation}", detail)
    for (key, generation), expected in fold.allotted.items():
        detail = f"is missing; the journals of headquarters have {expected}"
        raise Disagreement("entitlement", f"{key} generation {generation}", detail)


def _verify_products(connection: sqlite3.Connection) -> Iterator[Progress]:
    total = connection.execute("SELECT count(*) FROM product").fetchone()[0]
    sql = (
        "SELECT p.number, p.sku, p.gtins, w.words, (SELECT group_concat(value, ' ')"
        " FROM json_each(p.names)), (SELECT count(*) FROM barcode WHERE product = p.number),"
        " (SELECT count(DISTINCT value) FROM json_each(p.gtins))"
        " FROM product p LEFT JOIN product_words w ON w.rowid = p.number ORDER BY p.number"
    )
    for done, row in enumerate(connection.execute(sql), 1):
        _, sku, _, words, names, barcodes, gtins = row
        missing = set(words_of([names or "", sku]).split()) - set((words or "").split())
        if missing:
            detail = f"can't be found by {', '.join(sorted(missing)[:5])}"
            raise Disagreement("product_words", sku, detail)
        if barcodes != gtins:
            raise Disagreement("barcode", sku, f"has {barcodes} rows for {gtins} GTINs")
        if done % STEP == 0:
            yield Progress("products", done, total)
    yield Progress("products", total, total)
