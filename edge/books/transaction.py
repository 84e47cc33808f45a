"""What a command may see and do inside the one open transaction; nothing here commits.

A fact, the counters it moves and its postings are written together or not at all.
"""

import sqlite3
from collections.abc import Callable
from hashlib import blake2b

import msgspec

from edge.books.postings import post
from edge.books.reads import Found, Item, Rate, Reads, body_kind
from edge.books.tasks import Task
from edge.errors import BadField, Conflict, StoreClosed
from sync.bodies import AnyBody
from sync.facts import ID_BYTES, Fact, FactError, encode_fact, read_fact
from sync.identity import Replica
from sync.journal import FACT_MAX_BYTES, Head, genesis, link
from sync.quantities import total
from sync.values import DAY_MS

REMEMBERED_MAX = 20_000
_encode = msgspec.msgpack.Encoder().encode

_FACT = (
    "INSERT INTO fact (journal, seq, id, kind, at_ms, hash, request, moved, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_COUNT = (
    "INSERT INTO quantity (version, sku, kind, author, value, source) VALUES (?, ?, ?, ?, ?, 0)"
    " ON CONFLICT DO UPDATE SET value = value + excluded.value, version = excluded.version"
)
_CHANGED = "INSERT INTO changed (version, sku, kind, author) VALUES (?, ?, ?, ?)"

Mark = tuple[Head, int, int, int, int]


class Books(Reads):
    """The writing side of a node's database: reads, and what is appended to it.

    Kept in memory and rebuilt from the database by `reload`: the head of the own journal, the base
    units it moved so far, the newest version of the counters and of the records, and the numbers
    of SKUs.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        clock: Callable[[], int],
        currency: str,
        offset_min: Callable[[int], int],
    ) -> None:
        super().__init__(connection)
        self.clock = clock
        self.currency = currency
        self.offset_min = offset_min
        self.reload()

    def reload(self) -> None:
        """Forget everything and read it again; raise StoreClosed where no life has begun."""
        execute = self.connection.execute
        row = execute("SELECT store, generation FROM node").fetchone()
        if row is None:
            raise StoreClosed("not-begun")
        self.replica = Replica(row[0], row[1])
        self.store, self.generation = row
        self.journal = str(self.replica)
        self.journal_no: int = execute(
            "SELECT no FROM journal WHERE name = ?", (self.journal,)
        ).fetchone()[0]
        last = execute(
            "SELECT seq, hash, moved FROM fact WHERE journal = ? ORDER BY seq DESC LIMIT 1",
            (self.journal_no,),
        ).fetchone()
        self.head = Head(last[0], last[1]) if last else genesis(self.journal)
        self.moved: int = last[2] if last else 0
        self.version = newest_version(self.connection)
        newest = "SELECT coalesce(max(version), 0) FROM record_change"
        self.record_version: int = execute(newest).fetchone()[0]
        self.inbound_facts = 0
        self.forget()

    def forget(self) -> None:
        """Drop what is remembered of tables: something was rolled back or came from outside."""
        self._numbers: dict[str, int] = {}
        self._items: dict[str, Item | None] = {}
        self._rates: dict[str, Rate | None] = {}
        self._rules: dict[str, str | None] = {}

    def mark(self) -> Mark:
        """Note what is in memory, for `back_to` after a savepoint is rolled back."""
        return self.head, self.moved, self.version, self.inbound_facts, self.record_version

    def back_to(self, mark: Mark) -> None:
        """Return to a mark."""
        self.head, self.moved, self.version, self.inbound_facts, self.record_version = mark
        self.forget()

    # -- what commands decide by -----------------------------------------------------------------

    def item(self, sku: str) -> Item | None:
        """Product by SKU, remembered."""
        if sku not in self._items:
            if len(self._items) >= REMEMBERED_MAX:
                self._items.clear()
            self._items[sku] = super().item(sku)
        return self._items[sku]

    def rate(self, code: str) -> Rate | None:
        """Tax rate of a code, remembered."""
        if code not in self._rates:
            self._rates[code] = super().rate(code)
        return self._rates[code]

    def rule(self, name: str) -> str | None:
        """Value of a rule, remembered."""
        if name not in self._rules:
            self._rules[name] = super().rule(name)
        return self._rules[name]

    def prior(self, fact_id: bytes, request: bytes, body: type[AnyBody]) -> Found | None:
        """Find what was committed under an id before; raise Conflict if it was something else.

        A fact that came back from headquarters has no request to compare: its type must do.
        """
        if len(fact_id) != ID_BYTES:
            raise BadField("id", "id", size=ID_BYTES)
        found = self.find(fact_id)
        if found is None:
            return None
        if not isinstance(found.fact.body, body) or found.request not in (None, request):
            raise Conflict("id", "id")
        return found

    def next_number(self, till: str) -> int:
        """Next receipt number of a till in this life; they have no gaps."""
        sql = "SELECT max(number) FROM receipt WHERE till = ? AND series = ?"
        last: int | None = self.connection.execute(sql, (till, self.generation)).fetchone()[0]
        return (last or 0) + 1

    def when(self, at_ms: int | None) -> int:
        """Time of a command: its own, or now."""
        if at_ms is None:
            return self.clock()
        if type(at_ms) is not int or not 0 < at_ms < 2**43:
            raise BadField("time", "at_ms")
        return at_ms

    def day(self, business_day: int | None, at_ms: int) -> int:
        """Business day of a command: its own, or the local day of its time."""
        if business_day is None:
            return (at_ms + self.offset_min(at_ms) * 60_000) // DAY_MS
        if type(business_day) is not int or not 0 <= business_day < 100_000:
            raise BadField("day", "business_day")
        return business_day

    # -- writing ---------------------------------------------------------------------------------

    def append(
        self, fact_id: bytes, at_ms: int, actor: str, body: AnyBody, request: bytes | None = None
    ) -> int:
        """Append a fact with the counters it moves and its postings; return its number."""
        data = encode_fact(Fact(fact_id, at_ms, self.offset_min(at_ms), actor, body))
        try:
            _, moves = read_fact(data)  # nobody can be told to forget a fact that nobody can read
        except FactError as error:
            raise BadField("no-document", "lines", why=str(error)) from None
        if len(data) > FACT_MAX_BYTES:
            raise BadField("document-too-large", "lines", size=len(data))
        counts = total(moves)
        head = Head(self.head.seq + 1, link(self.head.hash, data))
        moved = self.moved + sum(counts.values())
        self.connection.execute(
            _FACT,
            (
                self.journal_no,
                head.seq,
                fact_id,
                body_kind(body),
                at_ms,
                head.hash,
                request,
                moved,
                data,
            ),
        )
        if counts:
            rows = []
            for (sku, kind), quantity in counts.items():
                number = self.sku_number(sku)
                self.version += 1
                rows.append((self.version, number, int(kind), self.journal_no, quantity))
            self.connection.executemany(_COUNT, rows)
            self.connection.executemany(_CHANGED, [row[:4] for row in rows])
        post(self.connection, self.generation, head.seq, body)
        self.head, self.moved = head, moved
        return head.seq

    def sku_number(self, sku: str) -> int:
        """Own number of a SKU, given to it at its first use."""
        number = self._numbers.get(sku)
        if number is None:
            sql = "SELECT number FROM sku WHERE sku = ?"
            row = self.connection.execute(sql, (sku,)).fetchone()
            if row is None:
                self.version += 1
                insert = "INSERT INTO sku (sku, born) VALUES (?, ?)"
                row = (self.connection.execute(insert, (sku, self.version)).lastrowid,)
            number = self._numbers[sku] = int(row[0])
        return number

    def attend(self, task: Task, at_ms: int, fact_id: bytes) -> int:
        """Put something on the worklist; return the entry's number."""
        sql = "INSERT INTO worklist (at_ms, kind, sku, fact, code, told) VALUES (?, ?, ?, ?, ?, ?)"
        told = msgspec.json.encode(task.told).decode()
        row = (at_ms, task.kind, task.sku, fact_id, task.code, told)
        return int(self.connection.execute(sql, row).lastrowid or 0)

    def quarantine(self, origin: str, lane: str, reason: str, payload: bytes) -> None:
        """Set a message aside."""
        sql = "INSERT INTO quarantine (at_ms, origin, lane, reason, payload) VALUES (?, ?, ?, ?, ?)"
        self.connection.execute(sql, (self.clock(), origin, lane, reason, payload))


def newest_version(connection: sqlite3.Connection) -> int:
    """Newest version that a counter row or a SKU has."""
    sql = (
        "SELECT max(coalesce((SELECT max(born) FROM sku), 0),"
        " coalesce((SELECT max(version) FROM changed), 0))"
    )
    version: int = connection.execute(sql).fetchone()[0]
    return version


def request_digest(command: msgspec.Struct) -> bytes:
    """Digest what a command asks for; who repeats it and when makes no other request of it."""
    changing = {"actor": "", "operator": "", "at_ms": None}
    named = {name: changing[name] for name in changing.keys() & set(command.__struct_fields__)}
    said = msgspec.structs.replace(command, **named)
    name = type(command).__name__.encode()
    return blake2b(_encode(said), digest_size=16, key=name).digest()


def derived_id(fact_id: bytes, purpose: bytes) -> bytes:
    """Id of a fact that follows from another: the same from every repeat."""
    return blake2b(fact_id, digest_size=ID_BYTES, key=purpose).digest()
