"""A store node's ledger keeps the laws of the port."""

from collections.abc import Iterator

import pytest

from edge.books.database import connect
from edge.books.store import Life, Store, begin_life
from edge.errors import Problem
from edge.people.members import CreateMember, EditMember, member_of
from edge.stock.moves import Move, Open
from edge.uplink.inbound import Intake
from edge.uplink.ledger import EdgeLedger
from sync import records
from sync.definitions import Product
from sync.facts import Fact, encode_fact
from sync.identity import Replica
from sync.journal import genesis, make_batch
from sync.ledger import Outcome
from sync.quantities import Kind
from sync.records_card import AddTag
from sync.session import Commit
from sync.signing import Signer
from sync.wire import Facts
from tests.contract.ledger import STORE, Holder, LedgerContract, Message, Peer
from tests.contract.records import Editor, RecordsContract

NOW_MS = 1_763_000_000_000
SKUS = ["a", "b", "mine", *(f"own{n}" for n in range(7))]


class EdgeHolder:
    """A node over a database in memory; an earlier headquarters gave it its catalogue."""

    def __init__(self) -> None:
        self.signer = Signer(b"s1-n1".ljust(32, b"."))
        self.me = Replica(STORE, 1)
        self.own = str(self.me)
        self.connection = connect(":memory:")
        life = Life(self.me, b"b" * 16, self.signer.public_key, "setup", "t")
        begin_life(self.connection, life, lambda: NOW_MS)
        self.store = Store(self.connection, clock=lambda: NOW_MS)
        self.ledger = EdgeLedger(self.connection, self.signer, lambda: NOW_MS)
        self.intake = Intake(self.connection, self.me, records.merge)
        self._ids = 0
        self._learn_products()

    def _learn_products(self) -> None:
        chain = Peer("hq-n1")
        self.commit(chain.replica, chain.hello())
        products = [Product(sku, {"en": sku}, [], "piece", "std", 100) for sku in SKUS]
        facts = [encode_fact(Fact(self._id(), 1, 0, "", body)) for body in products]
        # A journal beside the chain's, so that the suite finds that one empty.
        batch = make_batch("hq-s1-n1", genesis("hq-s1-n1"), facts, chain.signer)
        assert self.commit(chain.replica, Facts(batch)).have[0].seq == len(SKUS)

    def _id(self) -> bytes:
        self._ids += 1
        return self._ids.to_bytes(16, "little")

    def write(self, number: int) -> None:
        self.move("a", number + 1)

    def move(self, sku: str, quantity: int) -> tuple[str, Kind]:
        command = Open(id=self._id(), lines=(Move(quantity, sku),))
        [result] = self.store.execute([command])
        assert not isinstance(result, Exception), result
        return self.own, Kind.OPENING

    def edit(self, document: str) -> None:
        self._ids += 1
        edits = (AddTag(f"own {self._ids}"),)
        member = member_of(document)
        for verb in (EditMember, CreateMember):
            [result] = self.store.execute([verb(member, edits)])
            if not isinstance(result, Problem):
                return

    def commit(self, origin: Replica, message: Message) -> Outcome:
        [outcome] = self.store.execute([self.intake.command(Commit(origin, message))])
        assert isinstance(outcome, Outcome), outcome
        return outcome


class TestEdgeLedger(LedgerContract):
    peers = ("hq-n1", "hq-n2")
    kind = Kind.CONSUMED

    @pytest.fixture
    def holder(self) -> Iterator[Holder]:
        holder = EdgeHolder()
        yield holder
        holder.store.close()


class TestEdgeRecords(RecordsContract):
    peers = ("hq-n1", "hq-n2")

    @pytest.fixture
    def holder(self) -> Iterator[Editor]:
        holder = EdgeHolder()
        yield holder
        holder.store.close()
