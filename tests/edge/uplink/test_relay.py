"""The relay over a real broker: selling never waits, and both ends agree whatever happens."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from edge.books import database
from edge.books.writer import Writer
from edge.selling.pricing import SellLine, TenderLine
from edge.selling.sales import SaleResult, Sell
from edge.uplink.inbound import Intake
from edge.uplink.ledger import EdgeLedger
from edge.uplink.relay import Relay
from provisioning.broker import NatsBroker
from provisioning.broker_process import free_port
from sync.identity import Replica
from sync.records import merge
from sync.session import Self as Me
from sync.topics import Topics
from tests.brokers import eventually, headquarters_user, running, settings, store_user
from tests.edge.peer import Peer
from tests.edge.shop import Shop, catalogue

TOPICS = Topics("chain")
STORE = "s0001"


class Store:
    """A shop with its writer and its relay."""

    def __init__(self, shop: Shop, port: int) -> None:
        self.shop = shop
        self.writer = Writer(shop.store)
        me = Me(Replica(STORE, 1), bytes([9]) * 16, shop.signer.public_key, "test", 5)
        self.reading = database.connect(shop.path, readonly=True)
        self.relay = Relay(
            me,
            EdgeLedger(self.reading, shop.signer, shop.clock),
            Intake(self.reading, me.replica, merge),
            self.writer,
            settings(port, STORE),
            chain="chain",
            known="",
            head=shop.head().seq,
            acked=0,
            clock=shop.clock,
            random=random.Random(1).random,
        )
        shop.store.on_commit(self.relay.committed)
        self.relay.start()

    def close(self) -> None:
        """Stop in order."""
        self.relay.stop()
        assert self.writer.close()
        self.reading.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Query committed state from the test's thread."""
        with closing(database.connect(self.shop.path, readonly=True)) as reading:
            return reading.execute(sql).fetchall()

    @property
    def knows_catalogue(self) -> bool:
        """Whether the last product has arrived."""
        return bool(self.rows("SELECT 1 FROM product WHERE sku = 'OLD'"))

    def sell(self, quantity: int = 1) -> SaleResult:
        """Sell tea for cash."""
        lines = (SellLine(sku="TEA", quantity=quantity),)
        sale = Sell(self.shop.new_id(), "t1", lines, (TenderLine("cash", 10**6),))
        return self.writer.submit(sale).result(30)


@contextmanager
def chain(folder: Path) -> Iterator[tuple[Store, Peer, NatsBroker]]:
    """Run a broker, headquarters and one store."""
    users = [headquarters_user(), store_user(STORE)]
    with ExitStack() as stack:
        port = free_port()
        broker = stack.enter_context(running(NatsBroker, folder, users, port=port))
        assert isinstance(broker, NatsBroker)
        how = settings(port, "hq", TOPICS.headquarters_reads())
        peer = stack.enter_context(closing(Peer(how, TOPICS, STORE)))
        store = stack.enter_context(closing(Store(Shop(folder / "store.db"), port)))
        stack.callback(store.shop.store.close)
        yield store, peer, broker


def synced(store: Store, peer: Peer) -> bool:
    """Whether headquarters holds all facts and counters of the store."""
    with peer.lock:
        held = {h.journal: h.seq for h in peer.ledger.holdings()}
        sold = sum(row.value for row in peer.ledger.state.rows.values())
    status = store.relay.status
    ((head, moved),) = store.rows(
        "SELECT seq, moved FROM fact WHERE journal = 1 ORDER BY seq DESC LIMIT 1"
    )
    agreed = (held.get(f"{STORE}-n1"), sold) == (head, moved)
    return agreed and (status.link, status.unsynced) == ("up", 0)


def test_a_store_learns_sells_is_cut_off_and_agrees_again(tmp_path: Path) -> None:
    with chain(tmp_path) as (store, peer, broker):
        eventually(lambda: peer.is_open, "the session opens")
        peer.write(*catalogue())
        eventually(lambda: store.knows_catalogue, "the catalogue arrives")
        store.sell()
        eventually(lambda: synced(store, peer), "the sale is at headquarters")
        broker.kill()
        eventually(lambda: store.relay.status.link == "cut", "the cut is seen")
        for _ in range(20):
            store.sell(2)
        eventually(lambda: store.relay.status.unsynced == 20, "the backlog is shown")
        broker.start()
        eventually(lambda: synced(store, peer), "both agree again")
        with peer.lock:
            assert [row.value for row in peer.ledger.state.rows.values()] == [41]


@pytest.mark.parametrize("lane", ["facts", "hello", "records"])
def test_a_poisoned_message_is_set_aside_and_nothing_stops(tmp_path: Path, lane: str) -> None:
    with chain(tmp_path) as (store, peer, _):
        eventually(lambda: peer.is_open, "the session opens")
        peer.say(lane, b"\x00 poison")
        eventually(lambda: bool(store.rows("SELECT * FROM quarantine")), "it is set aside")
        peer.write(*catalogue())
        eventually(lambda: store.knows_catalogue, "the catalogue arrives")
