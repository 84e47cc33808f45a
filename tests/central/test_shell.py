"""The worker's thread over a real broker, with a node's session at the other end of it."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from central import schema
from central.allotting import Issue, issue
from central.authoring import Author
from central.incarnation import begin, current
from central.leases import LEASE_MS, Leases
from central.merging import Merger
from central.settings import Settings
from central.shell import Shell, link_settings
from central.store import Store, put
from central.worker import Worker
from provisioning.broker import BrokerUser, NatsBroker
from sync.definitions import StoreProfile
from sync.identity import Replica
from sync.link import Connected, LinkEvent, Message, MqttSettings
from sync.mqtt import MqttLink
from sync.records import merge
from sync.session import Commit, Effect, Self, Send, Session
from sync.signing import Signer
from sync.topics import PARTITIONS, Lane, Topics, partition
from sync.wire import Hello
from tests.central.chain import KEY, books, sale
from tests.sync.memory import Journal, MemoryLedger

WAIT_S = 30


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


class LiveNode:
    """A node's session over MQTT, its state in memory."""

    def __init__(self, port: int, user: BrokerUser) -> None:
        self.ledger = MemoryLedger(Replica.parse("s1-n1"), Signer(b"s" * 32))
        me = Self(self.ledger.me, b"b" * 16, self.ledger.signer.public_key, "test", 77)
        self.session = Session(me, "s1", "hq", self.ledger)
        self.topics = Topics("demo")
        self.lock = threading.Lock()
        settings = MqttSettings(
            host="127.0.0.1",
            port=port,
            client_id="s1",
            username=user.name,
            password=user.password,
            subscriptions=tuple(self.topics.store_reads("s1")),
        )
        self.link = MqttLink(settings, self.on_event, random.random)

    def on_event(self, event: LinkEvent) -> None:
        with self.lock:
            if isinstance(event, Connected):
                self.run(self.session.connected(now_ms()))
            elif isinstance(event, Message) and event.topic != self.topics.headquarters:
                lane = Lane(event.topic.rsplit("/", 1)[1])
                self.run(self.session.receive(lane, event.payload, now_ms()))
                event.acknowledge()

    def run(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                self.link.publish(self.topics.up("s1", effect.lane), effect.payload)
            elif isinstance(effect, Commit):
                outcome = self.ledger.commit(effect.origin, effect.message)
                if isinstance(effect.message, Hello):
                    self.run(self.session.admitted(effect.origin, effect.message, now_ms()))
                else:
                    self.run(self.session.committed(effect.origin, [outcome], now_ms()))

    def post(self, number: int) -> None:
        with self.lock:
            self.ledger.append(sale(number, ("A", 1, 100)), number.to_bytes(16, "big"))
            self.run(self.session.local_commit(now_ms()))

    def tick(self) -> None:
        with self.lock:
            self.run(self.session.tick(now_ms()))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[NatsBroker]:
    topics = Topics("demo")
    users = [
        BrokerUser(
            "hq", "h" * 16, tuple(topics.headquarters_writes), tuple(topics.headquarters_reads())
        ),
        BrokerUser(
            "s1", "s" * 16, tuple(topics.store_writes("s1")), tuple(topics.store_reads("s1"))
        ),
    ]
    started = NatsBroker(tmp_path / "broker", users)
    started.start()
    yield started
    started.stop()


def make_shell(folder: Path, store: Store, broker: NatsBroker) -> Shell:
    secret = folder / "password"
    secret.write_text("h" * 16)
    settings = Settings(
        chain="demo",
        broker_url=broker.url,
        broker_user="hq",
        broker_password_file=str(secret),
    )
    signer = Signer(KEY)
    with store.write() as connection:
        hq = begin(connection, signer.public_key, bytes(16), now_ms(), "setup")
        author = Author(hq, now_ms, lambda: random.randbytes(16))
        author.define(connection, [StoreProfile("s1", "One", "", "EUR")], "test")
    merger = Merger(store, hq, merge)
    worker = Worker(store, hq, signer, "demo", 4711, merger=merger, partitions=())
    return Shell(
        worker,
        Leases(store, "test"),
        lambda: link_settings(settings, worker, 4711),
        now_ms,
        random.random,
    )


def facts(store: Store) -> int:
    return sum(row[0] == "s1-n1" for row in books(store)["facts"])


def test_sales_arrive_over_a_broker_that_forgets(tmp_path: Path, broker: NatsBroker) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'central.db'}")
    shell = make_shell(tmp_path, store, broker)
    node = LiveNode(broker.port, BrokerUser("s1", "s" * 16))
    shell.start()
    node.link.start()
    try:
        for number in range(1, 11):
            node.post(number)

        def arrived(wanted: int) -> Callable[[], bool]:
            def check() -> bool:
                node.tick()
                return facts(store) == wanted

            return check

        wait_until(arrived(10))
        broker.kill()
        broker.forget()
        for number in range(11, 21):
            node.post(number)
        broker.start()
        wait_until(arrived(20))
        held = {(sku, kind): (v, f) for _, sku, _, kind, v, f in books(store)["quantities"]}
        wait_until(lambda: held == {("A", 3): (20, 20)} or arrived(20)())
        assert shell.worker.counts.rejected == 0
    finally:
        node.link.stop()
        shell.stop()
        store.close()


def test_what_another_worker_writes_is_told_without_waiting_for_a_tick(
    tmp_path: Path, broker: NatsBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.shell.TICK_S", 3_600.0)
    store = Store.open(f"sqlite:///{tmp_path / 'central.db'}")
    shell = make_shell(tmp_path, store, broker)
    with store.write() as connection:
        put(connection, schema.worker, [{"owner": "other", "seen_ms": now_ms()}])
        for number in range(PARTITIONS):
            if number != partition("s1"):
                lease = {"partition": number, "owner": "other", "expires_ms": 2**42}
                put(connection, schema.partition_lease, [lease])
    node = LiveNode(broker.port, BrokerUser("s1", "s" * 16))
    with store.read() as connection:
        found = current(connection)
    assert found is not None
    hq = found
    for journal in (hq.replica, hq.replica_for("s1")):
        node.ledger.state.journals[str(journal)] = Journal(Signer(KEY).public_key)
    mine = str(hq.replica_for("s1"))
    shell.start()
    node.link.start()
    try:
        node.post(1)

        def greeted() -> bool:
            node.tick()
            return facts(store) == 1

        wait_until(greeted)
        assert shell.worker.partitions == {partition("s1")}
        author = Author(hq, now_ms, lambda: random.randbytes(16))
        with store.write() as connection:
            asked = Issue("coupon:SUMMER", 5, "summer", store="s1")
            issue(connection, author, asked, "another worker")
        wait_until(lambda: len(node.ledger.state.journals[mine].facts) > 0)
    finally:
        node.link.stop()
        shell.stop()
        store.close()


def test_partitions_are_shared_and_inherited(store: Store) -> None:
    one, two = Leases(store, "one"), Leases(store, "two")
    assert len(one.renew(0)) == PARTITIONS
    assert len(two.renew(1_000)) == 0
    assert len(one.renew(2_000)) == PARTITIONS // 2
    held = two.renew(3_000)
    assert len(held) == PARTITIONS // 2
    assert not held & one.renew(4_000)
    assert two.renew(4_000 + LEASE_MS + 1) == frozenset(range(PARTITIONS))
    two.give_up()
    assert one.renew(5_000 + LEASE_MS) == frozenset(range(PARTITIONS))
