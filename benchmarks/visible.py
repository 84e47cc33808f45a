"""How long after a till asks for a sale it is durable at headquarters too, through real processes.

A node, a broker (nats-server) and headquarters as processes of their own; the broker's proxies of
the demo are left out. The clock runs from sending the request to seeing the fact in headquarters'
database, read every tenth of a millisecond on a connection of our own, which disturbs no writer.
The limit: two commits of one row and one message through the same broker (two hops, QoS 1, no
client library), measured between the sales.
"""

import socket
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.figures import Figure, Rounds, Run, milliseconds
from benchmarks.sale_core import commit_row, make_row_database, sku_name
from benchmarks.sale_http import receive, sale_maker
from central.settings import DATABASE_NAME
from edge.books import database
from provisioning.demo.chain import CHAIN, HQ, Chain, Store, open_chain
from sync.topics import Lane, Topics

PORT = 18_400
PAUSE_S = 0.02
POLL_S = 0.000_1
PATIENCE_S = 30.0
SKUS = 200
OTHER = "s0002"


def measure(run: Run) -> Iterable[Figure]:
    """Start a chain of one store, sell at a customer's pace, and watch headquarters' database."""
    run.say("visible at headquarters: starting broker, headquarters and a node")
    seen, bare = Rounds(), Rounds()
    with ExitStack() as stack:
        chain = stack.enter_context(open_chain(run.folder, 2, PORT, run.say, lambda: None))
        store = _open_store(chain)
        journal = _journal(store)
        path = chain.headquarters.data / DATABASE_NAME
        central = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
        row = stack.enter_context(closing(make_row_database(run.folder / "row.db")))
        hop = stack.enter_context(closing(Hop(run.folder, chain.broker.port)))
        till = stack.enter_context(socket.create_connection(_address(store)))
        till.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        make = sale_maker(store.token, 1, SKUS, till="t1")
        watch = Watch(central, journal)
        for _ in range(20):
            watch.sale(till, make())
        for _ in run.rounds("visible at headquarters", 5, 1):
            sale_ms, bare_ms = [], []
            for _ in range(run.pick(80, 60)):
                time.sleep(PAUSE_S)
                sale_ms.append(watch.sale(till, make()))
                bare_ms.append(2 * milliseconds(lambda: commit_row(row)) + hop.message_ms())
            seen.add(sale_ms)
            bare.add(bare_ms)
    return list(_figures(seen, bare))


def _figures(seen: Rounds, bare: Rounds) -> Iterator[Figure]:
    what, limit_is = "sale visible and durable at headquarters", "two commits, one message"
    note = (
        f"from the till's request to headquarters' commit, one sale every {PAUSE_S * 1000:.0f} ms"
    )
    yield Figure(
        what=f"{what}, p50", unit="ms", value=seen.p50, goal=3.0,
        limit=bare.p50, limit_is=f"{limit_is}, p50", note=note,
    )  # fmt: skip
    yield Figure(
        what=f"{what}, p99", unit="ms", value=seen.p99, goal=15.0,
        limit=bare.p99, limit_is=f"{limit_is}, p99",
    )  # fmt: skip


def _open_store(chain: Chain) -> Store:
    """Make the store and its goods known, start its node without a proxy, wait for the goods."""
    store = chain.stores[0]
    office = chain.headquarters.office()
    office.call("PUT", f"/stores/{store.name}", {"name": "a", "region": "", "currency": "EUR"})
    rate = {"rate_ppm": 190_000, "included": True, "name": "Standard"}
    office.call("PUT", "/tax-rates/std", rate)
    products = [
        {"sku": sku_name(n), "names": {"en": f"Article {n}"}, "tax_code": "std", "price_minor": 100}
        for n in range(SKUS)
    ]
    office.call("POST", "/products", {"products": products})
    office.close()
    environment = dict(store.program.environment)
    environment["EVERTILL_EDGE_BROKER_URL"] = chain.broker.url
    store.program = replace(store.program, environment=environment)
    store.start(chain.ports)
    deadline = time.monotonic() + PATIENCE_S
    with closing(store.till()) as till:
        while till.status()["products"] < SKUS:
            assert time.monotonic() < deadline, "the node got no catalogue"
            time.sleep(0.05)
    return store


def _journal(store: Store) -> str:
    with closing(database.connect(store.data / "store.db", readonly=True)) as reading:
        name: str = reading.execute("SELECT store || '-n' || generation FROM node").fetchone()[0]
    return name


def _address(store: Store) -> tuple[str, int]:
    parts = urlsplit(store.url)
    return str(parts.hostname), int(parts.port or 0)


class Watch:
    """Sees how far a journal is committed at headquarters."""

    def __init__(self, central: sqlite3.Connection, journal: str) -> None:
        self._central, self._journal = central, journal
        deadline = time.monotonic() + PATIENCE_S
        while not self._head():
            assert time.monotonic() < deadline, "headquarters has not heard the store"
            time.sleep(0.05)

    def _head(self) -> int:
        sql = "SELECT head_seq FROM journal WHERE name = ?"
        row = self._central.execute(sql, (self._journal,)).fetchone()
        return int(row[0]) if row else 0

    def sale(self, till: socket.socket, request: bytes) -> float:
        """Sell one after everything has arrived; return milliseconds until it has as well."""
        head = self._head()
        began = time.perf_counter()
        till.sendall(request)
        while self._head() == head:
            assert time.perf_counter() - began < PATIENCE_S, "the sale has not arrived"
            time.sleep(POLL_S)
        took_ms = (time.perf_counter() - began) * 1000
        answer = receive(till)
        assert answer.startswith(b"HTTP/1.1 201"), answer
        return took_ms


class Hop:
    """A message through the broker, by two bare sockets that speak just enough MQTT 3.1.1."""

    def __init__(self, folder: Path, port: int) -> None:
        """Connect as headquarters and as a store that is not running, as the broker allows."""
        topics = Topics(CHAIN)
        self._topic = topics.down(OTHER, Lane.FACTS).encode()
        self._sender = self._connect(folder, port, HQ)
        self._receiver = self._connect(folder, port, OTHER)
        body = b"\0\1" + _text(self._topic) + b"\1"
        self._receiver.sendall(_packet(0x82, body))
        assert _read(self._receiver)[0] == 0x90, "the broker does not let us subscribe"

    def _connect(self, folder: Path, port: int, user: str) -> socket.socket:
        password = (folder / f"{user}.password").read_bytes()
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(PATIENCE_S)
        client = _text(f"bench-{user}".encode())
        start = _text(b"MQTT") + b"\4\xc2\0\0" + client + _text(user.encode()) + _text(password)
        connection.sendall(_packet(0x10, start))
        assert _read(connection)[1][1] == 0, "the broker does not let us in"
        return connection

    def message_ms(self) -> float:
        """Milliseconds from sending a message of 200 bytes to having it at the other end."""
        began = time.perf_counter()
        self._sender.sendall(_packet(0x32, _text(self._topic) + b"\0\1" + bytes(200)))
        kind, body = _read(self._receiver)
        took_ms = (time.perf_counter() - began) * 1000
        assert kind >> 4 == 3, "no message came"
        at = 2 + len(self._topic)
        self._receiver.sendall(_packet(0x40, body[at : at + 2]))
        assert _read(self._sender)[0] == 0x40, "the broker did not take the message"
        return took_ms

    def close(self) -> None:
        """Hang up."""
        self._sender.close()
        self._receiver.close()


def _text(words: bytes) -> bytes:
    return len(words).to_bytes(2, "big") + words


def _packet(kind: int, body: bytes) -> bytes:
    low, high = len(body) & 127, len(body) >> 7
    return bytes([kind, low | 128, high] if high else [kind, low]) + body


def _read(connection: socket.socket) -> tuple[int, bytes]:
    """Read one packet: its kind and flags, and its body."""
    kind = connection.recv(1)[0]
    length = shift = 0
    while True:
        byte = connection.recv(1)[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    body = b""
    while len(body) < length:
        body += connection.recv(length - len(body))
    return kind, body
