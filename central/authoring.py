"""What headquarters decides is a fact in a journal of its own, checked against the books it moves.

Chain-wide facts go to `hq-nG`, what concerns one store alone to `hq-<store>-nG`. Rights are checked
and consumed in one transaction that holds the store's books: no two promises see the same right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, text, update

from central import schema
from central.books import Books, Journal, StoreBooks
from central.errors import Conflict, Invalid, NotAdopted, NotEnoughRights, NotFound
from central.fold import read_entry
from central.incarnation import Headquarters
from central.posting import post
from sync.bodies import Born, GiveBack, HeadquartersBody, Promise, Release, Revoked
from sync.body import StockLine
from sync.facts import LINES_MAX, Fact, encode_fact
from sync.journal import Extension, follow

SOFTWARE = "evertill-central 0.1.0"
_RIGHTS = text(
    "SELECT sku.sku, SUM(CASE WHEN q.kind IN (20, 22) THEN 1 ELSE -1 END"
    " * CASE WHEN q.value > q.folded THEN q.value ELSE q.folded END) AS rights"
    " FROM quantity AS q JOIN sku ON sku.number = q.sku_no"
    " WHERE q.store_id = :store AND q.kind IN (20, 21, 22, 23) GROUP BY sku.sku"
)


@dataclass(frozen=True, slots=True)
class Written:
    """Where a decision was written: the journal and the sequence number of its last fact."""

    journal: str
    seq: int


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes for headquarters: its incarnation, clock and a source of 16-byte ids."""

    hq: Headquarters
    clock: Callable[[], int]
    mint: Callable[[], bytes]

    def define(
        self,
        connection: Connection,
        bodies: Sequence[HeadquartersBody],
        actor: str,
        store: str = "",
    ) -> Written:
        """Write definitions (products, prices, taxes, staff, rules, profiles) for all or a store.

        Raises Invalid for a body that contradicts itself, NotFound for an unknown store.
        """
        books = Books(connection, self.hq, [store] if store else [], self.clock())
        written = self._append(books, _known(books, store) if store else None, bodies, actor)
        books.write()
        return written

    def promise(
        self, connection: Connection, store: str, order: str, lines: Sequence[StockLine], actor: str
    ) -> Written:
        """Consume rights over a store's stock for an online order.

        Raises NotEnoughRights naming what is missing, NotAdopted while a restored headquarters has
        not heard from the store, Conflict when the order has a promise of this store already.
        """
        books, target = self._heard(connection, store)
        if _promised(connection, target, order):
            raise Conflict(f"order {order} has a promise of store {store} already", "order")
        free = rights(connection, target.id)
        for sku, quantity in _sums(lines).items():
            if quantity > free.get(sku, 0):
                have = f"{free.get(sku, 0)} of {sku} may be promised from store {store}"
                raise NotEnoughRights(f"only {have}, not {quantity}", "lines")
        written = self._append(books, target, [Promise(order, list(lines))], actor)
        self._finish(books, target)
        return written

    def release(
        self, connection: Connection, store: str, order: str, lines: Sequence[StockLine], actor: str
    ) -> Written:
        """Take a promise back, so that its rights may be promised again.

        Raises Conflict for more than is still promised to the order, NotAdopted as for a promise.
        """
        books, target = self._heard(connection, store)
        held = _promised(connection, target, order)
        for sku, quantity in _sums(lines).items():
            if quantity > held.get(sku, 0):
                have = f"{held.get(sku, 0)} of {sku} are promised to order {order}"
                raise Conflict(f"only {have}, not {quantity}", "lines")
        written = self._append(books, target, [Release(order, list(lines))], actor)
        self._finish(books, target)
        return written

    def give_back(
        self,
        connection: Connection,
        store: str,
        reason: str,
        lines: Sequence[StockLine],
        actor: str,
    ) -> Written:
        """Return unused rights to the store.

        Raises NotEnoughRights for more than are unused, NotAdopted as for a promise.
        """
        books, target = self._heard(connection, store)
        free = rights(connection, target.id)
        for sku, quantity in _sums(lines).items():
            if quantity > free.get(sku, 0):
                have = f"{free.get(sku, 0)} of {sku} are unused"
                raise NotEnoughRights(f"only {have}, not {quantity}", "lines")
        written = self._append(books, target, [GiveBack(reason, list(lines))], actor)
        self._finish(books, target)
        return written

    def write_for(
        self,
        connection: Connection,
        bodies: Mapping[str, Sequence[HeadquartersBody]],
        actor: str,
    ) -> list[Written]:
        """Write what concerns single stores into the journals for each of them, all or nothing.

        Checks nothing but that the bodies can be read; raise NotFound for an unknown store.
        """
        books = Books(connection, self.hq, bodies, self.clock())
        written = [
            self._append(books, _known(books, store), bodies[store], actor)
            for store in sorted(bodies)
        ]
        self._finish(books, *(books.stores[store] for store in sorted(bodies)))
        return written

    def consume_rest(self, connection: Connection, store: str, order: str) -> dict[str, int]:
        """Consume every right that is left of a store, under one name; return what it was."""
        books, target = self._books_of(connection, store)
        left = {sku: rest for sku, rest in rights(connection, target.id).items() if rest > 0}
        lines = [StockLine(sku, rest) for sku, rest in sorted(left.items())]
        bodies = [
            Promise(order, lines[start : start + LINES_MAX])
            for start in range(0, len(lines), LINES_MAX)
        ]
        if bodies:
            self._append(books, target, bodies, "headquarters")
            self._finish(books, target)
        return left

    def revoke(
        self, connection: Connection, store: str, generation: int, reason: str, actor: str
    ) -> Written:
        """Accept nothing more from a life; raise NotFound for one that was never heard of.

        A fact like any other, so that the store's next life gives it back to a headquarters that
        was restored from an older backup.
        """
        books, target = self._books_of(connection, store)
        if generation not in target.lives:
            raise NotFound(f"store {store} has no life n{generation}", "generation")
        written = self._append(books, target, [Revoked(generation, reason)], actor)
        books.write()
        return written

    def tell(
        self,
        connection: Connection,
        store: str,
        news: Callable[[Connection], Sequence[HeadquartersBody]],
        actor: str,
    ) -> Written | None:
        """Write what `news` finds to be told to a store while its books are held; None: nothing.

        Raises NotFound for an unknown store, and what `news` raises.
        """
        books, target = self._books_of(connection, store)
        bodies = news(connection)
        if not bodies:
            return None
        written = self._append(books, target, bodies, actor)
        books.write()
        return written

    def _books_of(self, connection: Connection, store: str) -> tuple[Books, StoreBooks]:
        books = Books(connection, self.hq, [store], self.clock())
        return books, _known(books, store)

    def _heard(self, connection: Connection, store: str) -> tuple[Books, StoreBooks]:
        """Return the books of a store whose rights are known.

        A headquarters that was restored has forgotten what it promised, released and gave back
        since its backup: until the store has brought that back, no right may move.
        """
        books, target = self._books_of(connection, store)
        if target.adopted != self.hq.generation:
            how = "wait until it has said hello since headquarters was set up or restored"
            raise NotAdopted(f"store {store} has not been heard: {how}", "store")
        return books, target

    def _append(
        self, books: Books, store: StoreBooks | None, bodies: Sequence[HeadquartersBody], actor: str
    ) -> Written:
        replica = self.hq.replica if store is None else self.hq.replica_for(store.name)
        journal = books.journal(replica, store, self.hq.key)
        books.lock(journal)
        facts = [] if journal.head.seq else [self._fact(Born("setup", SOFTWARE), "headquarters")]
        facts += [self._fact(body, actor) for body in bodies]
        self._post(books, store, journal, facts)
        return Written(journal.name, journal.head.seq)

    def _post(
        self, books: Books, store: StoreBooks | None, journal: Journal, facts: list[bytes]
    ) -> None:
        for data in facts:
            entry = read_entry(data, from_headquarters=True)
            if entry.body is None:
                raise Invalid(entry.reason)
        reading = Extension(journal.head.seq + 1, facts, follow(journal.head, facts))
        post(books, store, journal.id, journal, reading)
        books.checkpoint(journal, b"")

    def _fact(self, body: HeadquartersBody | Born, actor: str) -> bytes:
        return encode_fact(Fact(self.mint(), self.clock(), 0, actor[:64], body))

    def _finish(self, books: Books, *stores: StoreBooks) -> None:
        """Write, and let the counters say what the facts of these journals add up to."""
        books.write()
        table = schema.quantity
        for store in stores:
            journal = books.journals[str(self.hq.replica_for(store.name))]
            books.connection.execute(
                update(table)
                .where(table.c.store_id == store.id, table.c.journal_id == journal.id)
                .where(table.c.value < table.c.folded)
                .values(value=table.c.folded)
            )


def rights(connection: Connection, store_id: int) -> dict[str, int]:
    """Base units of each SKU that may still be promised online from a store."""
    rows = connection.execute(_RIGHTS, {"store": store_id})
    return {row.sku: int(row.rights) for row in rows}


def _known(books: Books, store: str) -> StoreBooks:
    found = books.stores.get(store)
    if found is None:
        how = f"add it with `evertill-central store add {store[:32]}`"
        raise NotFound(f"headquarters knows no store {store[:32]!r}: {how}", "store")
    return found


def _sums(lines: Sequence[StockLine]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for line in lines:
        if line.quantity < 1:
            raise Invalid("a quantity must be at least 1", "lines")
        sums[line.sku] = sums.get(line.sku, 0) + line.quantity
    if not sums:
        raise Invalid("there must be at least one line", "lines")
    return sums


def _promised(connection: Connection, store: StoreBooks, order: str) -> dict[str, int]:
    table = schema.promised
    rows = connection.execute(
        select(table.c.sku, table.c.quantity).where(
            table.c.store_id == store.id, table.c.order_id == order
        )
    )
    return {row.sku: row.quantity for row in rows}
