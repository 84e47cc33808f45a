"""The ledger of the tests keeps the same laws as the real ones."""

import pytest

from sync.identity import Replica
from sync.ledger import Outcome
from sync.quantities import Kind
from tests.contract.ledger import Holder, LedgerContract, Message
from tests.contract.records import Counts, Editor, RecordsContract
from tests.sync.memory import opening
from tests.sync.pair import ledger


class MemoryHolder:
    """A store's node over dictionaries."""

    def __init__(self) -> None:
        self.ledger = ledger("s1-n1")
        self.me = self.ledger.me
        self.own = str(self.me)

    def write(self, number: int) -> None:
        self.ledger.append(opening("a", number + 1), number.to_bytes(16, "big"))

    def move(self, sku: str, quantity: int) -> tuple[str, Kind]:
        self.ledger.append(opening(sku, quantity), sku.encode().ljust(16, b"."))
        return self.own, Kind.OPENING

    def edit(self, document: str) -> None:
        self.ledger.edit(document)

    def commit(self, origin: Replica, message: Message) -> Outcome:
        return self.ledger.commit(origin, message)


class TestMemoryLedger(LedgerContract):
    peers = ("hq-n1", "hq-n2")
    kind = Kind.CONSUMED

    @pytest.fixture
    def holder(self) -> Holder:
        return MemoryHolder()


class TestMemoryRecords(RecordsContract):
    peers = ("hq-n1", "hq-n2")
    paper = Counts

    @pytest.fixture
    def holder(self) -> Editor:
        return MemoryHolder()
