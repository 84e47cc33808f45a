"""Headquarters' ledger keeps the laws of the port."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from central import schema
from central.authoring import Author
from central.incarnation import begin
from central.ingest import ingest
from central.ledger import CentralLedger
from central.members import create, edit, member_of
from central.merging import Merger
from central.records import Merged, held_of
from central.store import Store
from sync.body import StockLine
from sync.definitions import Rule
from sync.identity import Replica
from sync.ledger import Outcome
from sync.quantities import Kind, pack_rows
from sync.records import merge
from sync.records_card import AddTag
from sync.session import Commit
from sync.signing import Signer
from sync.wire import Delta, RecordDiff, RowGroup
from tests.contract.ledger import STORE, Holder, LedgerContract, Message, Peer
from tests.contract.records import Editor, RecordsContract

NOW_MS = 1_000_000


class CentralHolder:
    """Headquarters over a database in memory; a third life of the store grants what it promises."""

    def __init__(self) -> None:
        self.store = Store.in_memory()
        self.signer = Signer(b"hq".ljust(32, b"."))
        with self.store.write() as connection:
            key = self.signer.public_key
            self.hq = begin(connection, key, b"b" * 16, 60_000, "setup")
            row = {"name": STORE, "title": STORE, "adopted": self.hq.generation}
            connection.execute(schema.store.insert().values(**row))
        self.me = self.hq.replica
        self.own = str(self.me)
        self._ids = 0
        self.author = Author(self.hq, lambda: NOW_MS, self._mint)
        self.merger = Merger(self.store, self.hq, merge)
        self.ledger = CentralLedger(self.store, self.hq, self.signer, STORE, lambda: NOW_MS)
        self._granter = Peer("s1-n9")
        self._granted: list[str] = []
        self._totals: dict[str, int] = {}

    def _mint(self) -> bytes:
        self._ids += 1
        return self._ids.to_bytes(16, "big")

    def write(self, number: int) -> None:
        with self.store.write() as connection:
            self.author.define(connection, [Rule("stock.safety", str(number))], "test")

    def move(self, sku: str, quantity: int) -> tuple[str, Kind]:
        if sku not in self._granted:
            self._grant(sku)
        with self.store.write() as connection:
            order = f"order{self._ids}"
            self.author.promise(connection, STORE, order, [StockLine(sku, quantity)], "test")
        return str(self.hq.replica_for(STORE)), Kind.CONSUMED

    def _grant(self, sku: str) -> None:
        if not self._granted:
            self.commit(self._granter.replica, self._granter.hello())
        self._granted.append(sku)
        number = len(self._granted)
        rows = pack_rows([(number, int(Kind.GRANTED), 1_000)])
        group = RowGroup("s1-n9", 1, rows)
        delta = Delta(number - 1, number, True, 1, [(number, sku)], [group])
        assert self.commit(self._granter.replica, delta).have_quantities == number

    def edit(self, document: str) -> None:
        member, edits = member_of(document), [AddTag(f"own {self._mint().hex()}")]
        with self.store.write() as connection:
            if held_of(connection, document).state:
                edit(connection, self.hq, member, edits)
                return
            create(connection, self.hq, member, edits)
            stores, table = schema.store, schema.record_interest
            store = connection.scalar(select(stores.c.id).where(stores.c.name == STORE))
            record = connection.scalar(select(func.max(schema.record.c.id)))
            connection.execute(table.insert().values(store_id=store, record_id=record, version=0))
            edit(connection, self.hq, member, [AddTag("told")])

    def commit(self, origin: Replica, message: Message) -> Outcome:
        items: list[tuple[str, Commit | Merged]] = [(STORE, Commit(origin, message))]
        if isinstance(message, RecordDiff):
            self.merger.submit(STORE, origin, message)
            items = list(self.merger.take())
        with self.store.write() as connection:
            [outcome] = ingest(connection, self.hq, items, NOW_MS)
        return outcome


class TestCentralLedger(LedgerContract):
    peers = ("s1-n1", "s1-n2")
    kind = Kind.SOLD

    @pytest.fixture
    def holder(self) -> Iterator[Holder]:
        holder = CentralHolder()
        yield holder
        holder.store.close()


class TestCentralRecords(RecordsContract):
    peers = ("s1-n1", "s1-n2")

    @pytest.fixture
    def holder(self) -> Iterator[Editor]:
        holder = CentralHolder()
        yield holder
        holder.store.close()
