"""Reads see one committed state each, on connections of their own, and never wait for a writer."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

import msgspec

from edge.books import database
from edge.books.numbers import generation_of
from edge.books.reads import GOODS, Reads
from edge.books.search import query_of
from edge.books.tasks import Task, Told
from edge.people.members import MemberChange, card_of, changes_after, find_cards, newest_change
from edge.selling.pricing import price_lines
from edge.selling.returning import ReturnResult, return_result
from edge.selling.sales import Quote, QuoteResult
from edge.stock.lots import lots_on_hand, serials_on_hand
from edge.stock.story import incoming_of
from edge.views.rows import (
    FACT_SQL,
    PRODUCT_SQL,
    change_view,
    first_product,
    journal_entry,
    lives_of,
    movements_back,
    named_part,
    nearness,
    page_of,
    parse_receipt,
    product_view,
    sale_summary,
    sale_view,
    stock_view,
    transfer_view,
)
from edge.views.values import (
    Change,
    JournalEntry,
    Part,
    ProductPage,
    ProductView,
    QuarantineItem,
    SaleSummary,
    SaleView,
    StatusView,
    StockDetail,
    StockPage,
    TransferView,
    WorkItem,
)
from sync.entitlements import is_reserved
from sync.facts import decode_fact
from sync.receipts import Return
from sync.records_card import MemberCard

CANDIDATES = 200
R = TypeVar("R")


class Views:
    """All reads of a node. Any thread may call; each has a connection of its own.

    `path` is what `database.connect` takes. Close when no thread reads any more.
    """

    def __init__(self, path: str, *, currency: str = "EUR") -> None:
        self._path = path
        self._currency = currency
        self._here = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            while self._all:
                self._all.pop().close()

    def _reads(self) -> Reads:
        reads: Reads | None = getattr(self._here, "reads", None)
        if reads is None:
            connection = database.connect(self._path, readonly=True)
            with self._lock:
                self._all.append(connection)
            reads = self._here.reads = Reads(connection)
        return reads

    @contextmanager
    def _snapshot(self) -> Iterator[Reads]:
        reads = self._reads()
        reads.connection.execute("BEGIN")
        try:
            yield reads
        finally:
            reads.connection.execute("COMMIT")

    # -- products --------------------------------------------------------------------------------

    def product(self, sku: str) -> ProductView | None:
        """Product by SKU."""
        with self._snapshot() as reads:
            return first_product(reads, sku)

    def product_by_gtin(self, gtin: str) -> ProductView | None:
        """Product by GTIN of 14 digits; one for sale comes before one withdrawn."""
        with self._snapshot() as reads:
            items = reads.items_by_gtin(gtin)
            return first_product(reads, items[0].sku) if items else None

    def search(self, text: str, limit: int = 20) -> list[ProductView]:
        """Products for sale that all words of a text occur in, best first.

        A word finds the beginnings of words, a Chinese one any part of a name; SKU and GTIN count
        as words too.
        """
        query = query_of(text)
        if not query:
            return []
        with self._snapshot() as reads:
            sql = PRODUCT_SQL + (  # noqa: S608 - constants
                " WHERE number IN"
                " (SELECT rowid FROM product_words WHERE product_words MATCH ? LIMIT ?)"
            )
            rows = reads.connection.execute(sql, (query, CANDIDATES)).fetchall()
            nearest = sorted(rows, key=nearness(text))[:limit]
            return [product_view(reads, row) for row in nearest]

    def products(self, after: str = "", limit: int = 100) -> ProductPage:
        """All products by SKU, a page at a time."""
        with self._snapshot() as reads:
            sql = f"{PRODUCT_SQL} WHERE sku > ? ORDER BY sku LIMIT ?"
            rows = reads.connection.execute(sql, (after, page_of(limit))).fetchall()
            products = [product_view(reads, row) for row in rows]
        return ProductPage(products, products[-1].sku if len(products) == limit else "")

    def quote(self, quote: Quote) -> QuoteResult:
        """Price a sale without making it; raise Problem as selling would."""
        with self._snapshot() as reads:
            lines = price_lines(reads, quote.lines, quote.discount_minor)
        return QuoteResult(
            self._currency,
            sum(line.amount_minor for line in lines),
            sum(line.tax_minor for line in lines),
            tuple(lines),
        )

    def within(self, view: Callable[[Reads], R]) -> R:
        """Run a view of another module within one snapshot."""
        with self._snapshot() as reads:
            return view(reads)

    def rule(self, name: str) -> str | None:
        """Value of a rule as JSON."""
        return self._reads().rule(name)

    # -- stock -----------------------------------------------------------------------------------

    def stock(self, after: str = "", limit: int = 100) -> StockPage:
        """Stock of all SKUs that ever moved, by SKU, a page at a time."""
        with self._snapshot() as reads:
            sql = f"SELECT sku FROM sku WHERE sku > ? AND {GOODS} ORDER BY sku LIMIT ?"  # noqa: S608
            rows = reads.connection.execute(sql, (after, page_of(limit))).fetchall()
            stock = [stock_view(reads, sku) for (sku,) in rows]
        return StockPage(stock, stock[-1].sku if len(stock) == limit else "")

    def stock_of(self, sku: str, movements: int = 20) -> StockDetail | None:
        """Why the books say what they say about a SKU; None for one that is not known at all."""
        if is_reserved(sku):
            return None
        with self._snapshot() as reads:
            parts = [Part(*row) for row in reads.connection.execute(_PARTS, (sku,))]
            if not parts and reads.item(sku) is None:
                return None
            moved = list(movements_back(reads, sku, page_of(movements)))
            named = [named_part(part) for part in parts]
            coming, lots = incoming_of(reads, sku), lots_on_hand(reads, sku)
            serials = serials_on_hand(reads, sku)
            return StockDetail(stock_view(reads, sku), named, moved, coming, lots, serials)

    def transfers(self, limit: int = 100) -> list[TransferView]:
        """Transfers out and in, newest first."""
        sql = f"{FACT_SQL} WHERE fact.kind IN (9, 10) ORDER BY fact.at_ms DESC LIMIT ?"
        rows = self._reads().connection.execute(sql, (page_of(limit),)).fetchall()
        return [transfer_view(decode_fact(body)) for _, _, body in rows]

    # -- sales -----------------------------------------------------------------------------------

    def sale(self, sale_id: bytes) -> SaleView | None:
        """A sale with what of it can come back; None if it is not held here."""
        with self._snapshot() as reads:
            return sale_view(reads, sale_id)

    def sale_by_receipt(self, receipt: str) -> SaleView | None:
        """A sale by the text of its receipt number."""
        till, generation, number = parse_receipt(receipt)
        with self._snapshot() as reads:
            sql = (
                "SELECT fact.id FROM receipt JOIN node JOIN journal"
                " ON journal.name = node.store || '-n' || receipt.generation"
                " JOIN fact ON fact.journal = journal.no AND fact.seq = receipt.seq"
                " WHERE till = ? AND series IN (?, -?) AND number = ? AND fact.kind = 2"
            )
            asked = (till, generation, generation, number)
            row = reads.connection.execute(sql, asked).fetchone()
            return sale_view(reads, row[0]) if row else None

    def sales(self, before: int = 0, limit: int = 50) -> list[SaleSummary]:
        """Sales, newest first, those before a position (0: from the newest on)."""
        life, seq = divmod(before or 2**63 - 1, 2**31)
        sql = (
            f"{FACT_SQL} WHERE kind = 2 AND fact.journal = ? AND fact.seq < ?"
            " ORDER BY fact.seq DESC LIMIT ?"
        )
        found: list[SaleSummary] = []
        with self._snapshot() as reads:
            for number, name in lives_of(reads):
                generation = generation_of(name)
                if generation > life or len(found) >= limit:
                    continue
                below = seq if generation == life else 2**31
                asked = (number, below, page_of(limit) - len(found))
                for _, at, body in reads.connection.execute(sql, asked):
                    found.append(sale_summary(decode_fact(body), generation, at))
        return found

    def returned(self, return_id: bytes) -> ReturnResult | None:
        """A return; None if it is not held here."""
        found = self._reads().find(return_id)
        if found is None or not isinstance(found.fact.body, Return):
            return None
        return return_result(found, repeated=False)

    # -- what to look at -------------------------------------------------------------------------

    def worklist(self, limit: int = 200) -> list[WorkItem]:
        """What a person should look at, newest first."""
        sql = (
            "SELECT number, at_ms, kind, sku, fact, code, told FROM worklist"
            " WHERE closed_ms IS NULL ORDER BY number DESC LIMIT ?"
        )
        rows = self._reads().connection.execute(sql, (page_of(limit),))
        items = []
        for number, at_ms, kind, sku, fact, code, text in rows:
            told = msgspec.json.decode(text, type=Told)
            said = (Task(code, sku, told).text, code, told)
            items.append(
                WorkItem(number, at_ms, kind, sku, UUID(bytes=fact) if fact else None, *said)
            )
        return items

    def quarantine(self, limit: int = 200) -> list[QuarantineItem]:
        """Messages that were set aside, newest first."""
        sql = (
            "SELECT number, at_ms, origin, lane, reason, length(payload) FROM quarantine"
            " WHERE closed_ms IS NULL ORDER BY number DESC LIMIT ?"
        )
        rows = self._reads().connection.execute(sql, (page_of(limit),))
        return [QuarantineItem(*row) for row in rows]

    def status(self) -> StatusView:
        """The node by its books alone."""
        with self._snapshot() as reads:
            row = reads.connection.execute(_STATUS).fetchone()
        return StatusView(*row)

    # -- members ---------------------------------------------------------------------------------

    def member(self, member: UUID) -> MemberCard | None:
        """Card of a member, None where none is held."""
        with self._snapshot() as reads:
            return card_of(reads.connection, member)

    def members(self, text: str, limit: int = 50) -> list[MemberCard]:
        """Cards by words of name, email and tags, or by four or more digits of the phone number."""
        with self._snapshot() as reads:
            return find_cards(reads.connection, text, page_of(limit))

    def member_changes(self, after: int, limit: int = 200) -> list[MemberChange]:
        """Cards that changed after a version, each at its newest."""
        with self._snapshot() as reads:
            return changes_after(reads.connection, after, page_of(limit))

    def member_version(self) -> int:
        """Version of the newest change of any card, 0 for none."""
        with self._snapshot() as reads:
            return newest_change(reads.connection)

    # -- facts -----------------------------------------------------------------------------------

    def changes(self, after: int, limit: int = 200) -> list[Change]:
        """Facts of the own journal after a number, with the stock they led to by now."""
        with self._snapshot() as reads:
            own = lives_of(reads)[0][0]
            sql = f"{FACT_SQL} WHERE fact.journal = ? AND fact.seq > ? ORDER BY fact.seq LIMIT ?"
            rows = reads.connection.execute(sql, (own, after, page_of(limit))).fetchall()
            return [change_view(reads, seq, decode_fact(body)) for _, seq, body in rows]

    def journal(self, name: str = "", after: int = 0, limit: int = 500) -> list[JournalEntry]:
        """Facts of a journal in full (by default the own one), after a number.

        Facts that can't be read are left out; `quarantine` has them.
        """
        with self._snapshot() as reads:
            wanted = name or lives_of(reads)[0][1]
            sql = (
                "SELECT fact.seq, fact.hash, fact.body FROM fact JOIN journal ON no = journal"
                " WHERE name = ? AND kind > 0 AND seq > ? ORDER BY seq LIMIT ?"
            )
            rows = reads.connection.execute(sql, (wanted, after, page_of(limit))).fetchall()
        return [journal_entry(wanted, seq, digest, decode_fact(body)) for seq, digest, body in rows]


_PARTS = """
SELECT kind, journal.name, value, 0 FROM sku
JOIN quantity ON quantity.sku = sku.number JOIN journal ON journal.no = quantity.author
WHERE sku.sku = ? ORDER BY kind, journal.no
"""
_STATUS = f"""
SELECT store, generation, store || '-n' || generation,
 (SELECT coalesce(max(seq), 0) FROM fact WHERE journal =
  (SELECT no FROM journal WHERE name = store || '-n' || generation)),
 (SELECT coalesce(sum((SELECT max(seq) FROM fact WHERE journal = journal.no)), 0) FROM journal),
 (SELECT count(*) FROM product), (SELECT count(*) FROM sku WHERE {GOODS}),
 (SELECT count(*) FROM worklist WHERE closed_ms IS NULL),
 (SELECT count(*) FROM quarantine WHERE closed_ms IS NULL), headquarters
FROM node
"""  # noqa: S608 - a constant
