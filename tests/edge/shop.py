"""A store's node without threads, and the headquarters that tells it what it sells.

Headquarters here signs real journals and speaks the session's own messages.
"""

import itertools
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from edge.books import database
from edge.books.store import Command, Life, Store, begin_life
from edge.books.tasks import Task
from edge.selling.pricing import SellLine, TenderLine
from edge.selling.sales import SaleResult, Sell
from edge.stock.moves import Move, Open
from edge.uplink.inbound import Receive
from edge.uplink.ledger import EdgeLedger
from sync.bodies import AnyBody, Born
from sync.definitions import Price, Product, Rule, TaxRate
from sync.facts import Fact, encode_fact
from sync.identity import Replica
from sync.journal import Head, follow, genesis, make_batch
from sync.ledger import Outcome
from sync.signing import Signer
from sync.wire import Delta, Facts, Hello, Holding

R = TypeVar("R")
START_MS = 1_750_000_000_000
HEADQUARTERS_SECRET = bytes([7]) * 32
HEADQUARTERS = Replica("hq", 1)
NODE_SECRET = bytes([1]) * 32


@dataclass
class Clock:
    """A clock that moves a millisecond each time somebody looks."""

    now_ms: int = START_MS

    def __call__(self) -> int:
        """Return UTC milliseconds."""
        self.now_ms += 1
        return self.now_ms


@dataclass
class Headquarters:
    """Writes its journals and hands them out as batches."""

    replica: Replica = HEADQUARTERS
    secret: bytes = HEADQUARTERS_SECRET
    facts: dict[str, list[bytes]] = field(default_factory=dict)
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def signer(self) -> Signer:
        """Headquarters' key."""
        return Signer(self.secret)

    def write(self, *bodies: AnyBody, store: str = "") -> Facts:
        """Append facts to the chain's journal, or to the one for a store; return their batch."""
        name = f"hq-{store}" if store else "hq"
        journal = str(Replica(name, self.replica.generation))
        held = self.facts.setdefault(journal, [])
        before = len(held)
        if not held:
            bodies = (Born("setup", "test"), *bodies)
        for body in bodies:
            fact_id = next(self.ids).to_bytes(16, "big")
            held.append(encode_fact(Fact(fact_id, START_MS, 0, "", body)))
        return self.batch(journal, before)

    def batch(self, journal: str, after: int = 0, last: int | None = None) -> Facts:
        """Facts of a journal after a number, up to and including `last`."""
        held = self.facts[journal]
        before = follow(genesis(journal), held[:after])
        return Facts(make_batch(journal, before, held[after:last], self.signer))

    def hello(self, holdings: Sequence[Holding] = (), birth: bytes = bytes(16)) -> Hello:
        """Greet a node."""
        key = self.signer.public_key
        return Hello(1, birth, key, "test", START_MS, list(holdings), "", 0, 0, False)


class Shop:
    """A node's store in a file, its clock and its headquarters."""

    def __init__(self, path: Path, *, generation: int = 1, store: str = "s0001") -> None:
        self.path = path
        self.clock = Clock()
        self.signer = Signer(NODE_SECRET)
        self.headquarters = Headquarters()
        self.replica = Replica(store, generation)
        life = Life(self.replica, bytes([9]) * 16, self.signer.public_key, "setup", "test")
        connection = database.connect(path)
        begin_life(connection, life, self.clock)
        connection.close()
        self.store = self.open()
        self._ids = itertools.count(1)

    def open(self, connection: sqlite3.Connection | None = None) -> Store:
        """Open the database (again)."""
        self.store = Store(connection or database.connect(self.path), clock=self.clock)
        return self.store

    def ledger(self) -> EdgeLedger:
        """Open the session's view."""
        reading = database.connect(self.path, readonly=True)
        return EdgeLedger(reading, self.signer, self.clock)

    def new_id(self) -> bytes:
        """Mint an id."""
        return (next(self._ids) | 1 << 100).to_bytes(16, "big")

    def run(self, command: Command[R]) -> R:
        """Execute a command by itself; raise what it raises."""
        result = self.store.execute([command])[0]
        if isinstance(result, Exception):
            raise result
        return result  # type: ignore[return-value]

    def receive(self, message: Hello | Facts | Delta) -> Outcome:
        """Commit a message of headquarters."""
        return self.run(Receive(self.headquarters.replica, message))

    def greet(self) -> None:
        """Have headquarters greet this node."""
        assert not self.receive(self.headquarters.hello()).refused

    def tell(self, *bodies: AnyBody, local: bool = False) -> Outcome:
        """Have headquarters write facts and this node receive them."""
        store = self.replica.node if local else ""
        return self.receive(self.headquarters.write(*bodies, store=store))

    def stock(self, **quantities: int) -> None:
        """Open the books with stock."""
        moves = tuple(Move(quantity, sku=sku) for sku, quantity in quantities.items())
        self.run(Open(id=self.new_id(), lines=moves))

    def sell(self, *lines: SellLine, cash: int = 100_000, discount: int = 0) -> SaleResult:
        """Sell for cash."""
        tenders = (TenderLine("cash", cash),)
        return self.run(Sell(self.new_id(), "t1", lines, tenders, discount))

    def on_hand(self, sku: str) -> int:
        """Return what the books say."""
        return self.store.books.on_hand(sku)

    def head(self) -> Head:
        """Head of the own journal."""
        return self.store.books.head

    def rows(self, sql: str, *arguments: object) -> list[tuple[object, ...]]:
        """Query the writing connection."""
        return self.store.connection.execute(sql, arguments).fetchall()

    def tasks(self) -> list[tuple[str, str, bytes, str]]:
        """Kind, SKU, document and words of everything on the worklist, in order."""
        sql = "SELECT kind, sku, fact, code, told FROM worklist ORDER BY number"
        rows = self.store.connection.execute(sql)
        return [
            (kind, sku, fact, Task(code, sku, msgspec.json.decode(told)).text)
            for kind, sku, fact, code, told in rows
        ]


def catalogue() -> list[AnyBody]:
    """A small catalogue: a tea, a coffee by weight, a service, something withdrawn."""
    return [
        TaxRate("full", 190_000, True, "VAT"),
        TaxRate("low", 70_000, True, "VAT"),
        TaxRate("us", 82_500, False, "sales tax"),
        Product(
            "TEA", {"en": "Jasmine tea", "zh": "茉莉花茶"}, ["9521234567899"], "pc", "low", 350
        ),
        Product("COFFEE", {"en": "Coffee beans", "zh": "咖啡豆"}, [], "g", "low", 1_999, 1_000),
        Product("MUG", {"en": "Café mug", "zh": "马克杯"}, [], "pc", "full", 1_000),
        Product("NAPKIN", {"en": "Paper napkins", "zh": "纸巾"}, [], "pc", "us", 333),
        Product("WRAP", {"en": "Gift wrap"}, [], "pc", "full", 100, tracked=False),
        Product("OLD", {"en": "Old tea"}, [], "pc", "low", 100, active=False),
    ]


def open_shop(directory: Path) -> Shop:
    """Make a shop that knows its catalogue."""
    shop = Shop(directory / "store.db")
    shop.greet()
    shop.tell(*catalogue())
    return shop


__all__ = ["Clock", "Headquarters", "Price", "Rule", "Shop", "catalogue", "open_shop"]
