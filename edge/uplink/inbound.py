"""What headquarters sends is checked, kept in its author's bytes, and blocks nothing if it is bad.

Each message is one command: what it brings is committed with the note of how far it goes, so that
the progress told afterwards is never more than is durable here.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from edge.books import catalogue
from edge.books.postings import post
from edge.books.reads import FIRST_HEADQUARTERS_KIND, body_kind
from edge.books.records import MergeRecord, RecordReads, receive_offer
from edge.books.store import Command
from edge.books.tasks import task
from edge.books.transaction import Books
from edge.selling import entitlements
from edge.stock import expected
from edge.uplink.merging import merge_delta
from sync.bodies import Born
from sync.effects import movements
from sync.facts import Fact, FactError, decode_fact
from sync.identity import Replica
from sync.journal import Batch, Extension, Forged, Fork, Gap, Head, genesis, link, read_batch
from sync.ledger import Outcome
from sync.records_news import Merge, judge
from sync.session import Commit
from sync.signing import KEY_BYTES
from sync.topics import Lane
from sync.wire import Delta, Facts, Have, Hello, RecordDiff, RecordOffer

HOLDINGS_MAX = 1_000
ROLLED_BACK = (
    "headquarters holds more of this node's journal than the node itself: its disk went back in"
    " time or a second box uses its name; give it a new life: `evertill-edge backup`, then"
    " `evertill-edge restore` into a new directory"
)

_FACT = (
    "INSERT INTO fact (journal, seq, id, kind, at_ms, hash, request, moved, body)"
    " VALUES (?, ?, ?, ?, ?, ?, NULL, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Receive:
    """Commit what a session asks to have committed."""

    origin: Replica
    message: Hello | Facts | Delta | RecordOffer

    def run(self, books: Books) -> Outcome:
        """Commit it and return how far it leads."""
        match self.message:
            case Hello():
                return _hello(books, self.origin, self.message)
            case Facts(batch):
                return _facts(books, self.origin, batch)
            case Delta():
                return merge_delta(books, self.origin, self.message)
            case RecordOffer():
                return receive_offer(books, self.origin, self.message)


@dataclass(frozen=True, slots=True)
class Intake:
    """Makes commands of what a session asks to have committed, on the session's thread.

    Differences of documents are merged here, before the writer sees them. `connection` reads, `me`
    is this life, `merge` should run in a process of its own for bytes from outside.
    """

    connection: sqlite3.Connection
    me: Replica
    merge: Merge

    def command(self, commit: Commit) -> Command[Outcome]:
        """Make the command that commits it; its result is to be told to the session."""
        origin, message = commit.origin, commit.message
        if not isinstance(message, RecordDiff):
            return Receive(origin, message)
        held = RecordReads(self.connection).held(message.document)
        verdict = judge(self.merge, self.me, message.document, held, message.update)
        return MergeRecord(origin, message, verdict)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Keep a payload that is no acceptable message, with the reason."""

    origin: str
    lane: Lane
    reason: str
    payload: bytes

    def run(self, books: Books) -> None:
        """Put it into quarantine."""
        books.quarantine(self.origin, str(self.lane), self.reason, self.payload)


@dataclass(frozen=True, slots=True)
class PinHeadquarters:
    """Trust this public key of headquarters from now on, whatever was trusted before."""

    key: bytes

    def run(self, books: Books) -> None:
        """Write the key; raise ValueError unless it has 32 bytes."""
        if len(self.key) != KEY_BYTES:
            raise ValueError(f"a public key has {KEY_BYTES} bytes")
        books.connection.execute("UPDATE node SET headquarters_key = ?", (self.key,))


@dataclass(frozen=True, slots=True)
class NoteAcknowledged:
    """Remember how many own facts headquarters holds, to show it while there is no link."""

    seq: int

    def run(self, books: Books) -> None:
        """Write the number; nothing relies on it."""
        sql = "UPDATE journal SET acked = ? WHERE no = ?"
        books.connection.execute(sql, (self.seq, books.journal_no))


# -- who is there --------------------------------------------------------------------------------


def _hello(books: Books, origin: Replica, hello: Hello) -> Outcome:
    refusal = _refusal(books, origin, hello)
    if refusal:
        return Outcome(refused=refusal)
    execute = books.connection.execute
    execute("UPDATE node SET headquarters = ?, headquarters_key = ?", (str(origin), hello.key))
    peer = journal_number(books, str(origin), hello.key)
    execute(
        "INSERT INTO stream (peer, birth) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (peer, hello.birth),
    )
    for holding in hello.holdings[:HOLDINGS_MAX]:
        author = _parse(holding.journal)
        if author and author.node == books.store and len(holding.key) == KEY_BYTES:
            journal_number(books, holding.journal, holding.key)
    return Outcome()


def _refusal(books: Books, origin: Replica, hello: Hello) -> str:
    execute = books.connection.execute
    known, key = execute("SELECT headquarters, headquarters_key FROM node").fetchone()
    if key and key != hello.key:
        return (
            "headquarters shows another key than the one this node trusts: if it really has a new"
            " one, set hq_key in edge.toml and start the node again"
        )
    if known and origin.generation < Replica.parse(known).generation:
        return f"{origin} is an earlier life of headquarters; {known} was here already"
    sql = "SELECT birth FROM stream JOIN journal ON no = peer WHERE name = ?"
    birth = execute(sql, (str(origin),)).fetchone()
    if birth and birth[0] != hello.birth:
        return (
            f"two lives of headquarters use the name {origin}: one of them needs a new generation"
        )
    for holding in hello.holdings[:HOLDINGS_MAX]:
        if holding.journal == books.journal and not _is_ours(books, holding.seq, holding.hash):
            return ROLLED_BACK
    return ""


def _is_ours(books: Books, seq: int, digest: bytes) -> bool:
    if seq > books.head.seq:
        return False
    sql = "SELECT hash FROM fact WHERE journal = ? AND seq = ?"
    row = books.connection.execute(sql, (books.journal_no, seq)).fetchone()
    return row is None or row[0] == digest


def _parse(journal: str) -> Replica | None:
    try:
        return Replica.parse(journal)
    except ValueError:
        return None


def journal_number(books: Books, name: str, key: bytes = b"") -> int:
    """Own number of a journal, made at its first mention; a key is learnt once."""
    books.connection.execute(
        "INSERT INTO journal (name, key) VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET key = excluded.key WHERE journal.key = x''",
        (name, key),
    )
    sql = "SELECT no FROM journal WHERE name = ?"
    number: int = books.connection.execute(sql, (name,)).fetchone()[0]
    return number


# -- facts ---------------------------------------------------------------------------------------


def _facts(books: Books, origin: Replica, batch: Batch) -> Outcome:
    author = Replica.parse(batch.journal)
    number = journal_number(books, batch.journal)
    key = _author_key(books, author, number)
    head, moved = _head_of(books, number, batch.journal)
    reading = read_batch(head, batch, lambda first, last: _bodies(books, number, first, last), key)
    if batch.journal == books.journal and isinstance(reading, Extension | Gap):
        return Outcome(refused=ROLLED_BACK)
    match reading:
        case Extension():
            _extend(books, author, (number, head, moved), reading.facts)
            sql = "INSERT INTO checkpoint (journal, seq, signature) VALUES (?, ?, ?)"
            books.connection.execute(sql, (number, reading.head.seq, batch.signature))
            return Outcome(have=(Have(batch.journal, reading.head.seq),))
        case Gap():
            return Outcome(have=(Have(batch.journal, head.seq, rewind=True),))
        case Forged(reason):
            _set_aside(books, origin, batch, reason)
            return Outcome(have=(Have(batch.journal, head.seq),))
        case Fork(reason):
            _set_aside(books, origin, batch, reason)
            books.connection.execute("UPDATE journal SET halted = 1 WHERE no = ?", (number,))
            return Outcome(have=(Have(batch.journal, head.seq, halted=True),))
        case _:
            return Outcome(have=(Have(batch.journal, head.seq),))


def _set_aside(books: Books, origin: Replica, batch: Batch, reason: str) -> None:
    payload = b"".join(batch.facts)
    books.quarantine(str(origin), str(Lane.FACTS), f"{batch.journal}: {reason}", payload)


def _author_key(books: Books, author: Replica, number: int) -> bytes:
    table, where = ("node", "only = 1") if author.is_headquarters else ("journal", "no = ?")
    column = "headquarters_key" if author.is_headquarters else "key"
    sql = f"SELECT {column} FROM {table} WHERE {where}"  # noqa: S608 - constants
    arguments = () if author.is_headquarters else (number,)
    key: bytes = books.connection.execute(sql, arguments).fetchone()[0]
    return key


def _head_of(books: Books, number: int, name: str) -> tuple[Head, int]:
    sql = "SELECT seq, hash, moved FROM fact WHERE journal = ? ORDER BY seq DESC LIMIT 1"
    row = books.connection.execute(sql, (number,)).fetchone()
    return (Head(row[0], row[1]), row[2]) if row else (genesis(name), 0)


def _bodies(books: Books, number: int, first: int, last: int) -> list[bytes]:
    sql = "SELECT body FROM fact WHERE journal = ? AND seq BETWEEN ? AND ? ORDER BY seq"
    return [row[0] for row in books.connection.execute(sql, (number, first, last))]


def _extend(
    books: Books, author: Replica, at: tuple[int, Head, int], facts: Sequence[bytes]
) -> None:
    number, head, moved = at
    seq, digest = head.seq, head.hash
    for data in facts:
        seq, digest = seq + 1, link(digest, data)
        fact = _read(books, author, seq, data)
        kind = body_kind(fact.body) if fact else 0
        moved += sum(quantity for _, _, quantity in movements(fact.body)) if fact else 0
        fact_id, at_ms = (fact.id, fact.at_ms) if fact else (digest[:16], 0)
        known = fact and not author.is_headquarters and books.find(fact_id)
        row = (number, seq, fact_id, kind, at_ms, digest, moved, data)
        books.connection.execute(_FACT, row)
        books.inbound_facts += 1
        if known:
            both = task("twice", first=str(known.journal), second=str(author))
            books.attend(both, books.clock(), fact_id)
        if fact:
            _apply(books, author, seq, fact)
    books.forget()


def _read(books: Books, author: Replica, seq: int, data: bytes) -> Fact | None:
    try:
        fact = decode_fact(data)
        of_headquarters = body_kind(fact.body) >= FIRST_HEADQUARTERS_KIND
        if of_headquarters != author.is_headquarters and not isinstance(fact.body, Born):
            raise FactError(f"{author} may not write a {type(fact.body).__name__}")
    except FactError as error:
        books.quarantine(str(author), str(Lane.FACTS), f"{author} fact {seq}: {error}", data)
        return None
    return fact


def _apply(books: Books, author: Replica, seq: int, fact: Fact) -> None:
    if author.is_headquarters:
        for odd in catalogue.apply(books.connection, author, seq, fact.body):
            books.attend(odd, books.clock(), fact.id)
        expected.apply(books, author, seq, fact.id, fact.body)
        entitlements.take(books, author, fact)
    elif not post(books.connection, author.generation, seq, fact.body):
        books.attend(task("receipt", fact=f"{author}:{seq}"), books.clock(), fact.id)
