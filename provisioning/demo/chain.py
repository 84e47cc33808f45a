"""One law: what a chain starts it ends, in reverse order, whatever happens in between.

A broker, headquarters and stores, each a process of its own under one folder. Every store reaches
the broker through a proxy of its own: that is the cable which can be pulled.
"""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from devices.simulated.aside import Aside
from provisioning.broker import BrokerUser, NatsBroker
from provisioning.broker_process import StartError, free_port, port_is_free
from provisioning.catalogue import CURRENCY
from provisioning.demo.api import HeadquartersApi, StoreApi
from provisioning.demo.hardware import TILL, HandHardware, ShopHardware
from provisioning.demo.programs import HOST, ChildDiedError, Program, call_program
from provisioning.interruption import all_at_once
from provisioning.link_proxy import LinkProxy
from sync.topics import Topics

CHAIN = "demo"
HQ = "hq"
SITES = (
    ("s0001", "Harbour Street", "north"),
    ("s0002", "Old Market", "north"),
    ("s0003", "Main Station", "south"),
    ("s0004", "Linden Square", "south"),
    ("s0005", "Riverside", "west"),
    ("s0006", "University", "west"),
)


class Ports:
    """Chooses ports from a preferred one on, around those that are taken."""

    def __init__(self, first: int) -> None:
        self._next, self._lock = first, threading.Lock()

    def take(self) -> int:
        """Choose the next port that is free now; any other free one where 100 are taken."""
        with self._lock:
            for port in range(self._next, min(self._next + 100, 65536)):
                if port_is_free(port, HOST):
                    self._next = port + 1
                    return port
        return free_port(HOST)


@dataclass(slots=True, kw_only=True)
class Site:
    """A process of the chain that answers HTTP: its data, its address, the token it knows."""

    name: str
    data: Path
    program: Program
    port: int = 0
    token: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Address of its API."""
        return f"http://{HOST}:{self.port}"

    def start(self, ports: Ports) -> None:
        """Start it on a free port, and on the same one ever after."""
        while True:
            port = self.port or ports.take()
            try:
                self.program.start(port)
            except StartError as error:
                # Somebody took the port between our look and its start: take another one.
                if self.port or "cannot listen" not in str(error):
                    raise
            else:
                self.port = port
                return


@dataclass(slots=True, kw_only=True)
class Store(Site):
    """A store: its node, and the cable that leads to headquarters.

    One that `may_die` is for people to kill: whoever lets them starts it again.
    """

    title: str
    region: str
    proxy: LinkProxy
    hardware: ShopHardware
    by_hand: HandHardware | None = None
    may_die: bool = False
    till_token: str = field(default="", repr=False)

    def counter(self) -> StoreApi:
        """Connect to the node as its first till, which has the hardware."""
        return StoreApi(self.name, self.url, self.till_token)

    def till(self) -> StoreApi:
        """Connect to the node as a till."""
        return StoreApi(self.name, self.url, self.token)


@dataclass(slots=True, kw_only=True)
class Headquarters(Site):
    """Headquarters."""

    def office(self) -> HeadquartersApi:
        """Connect with all rights."""
        return HeadquartersApi(self.name, self.url, self.token)


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything that runs."""

    broker: NatsBroker
    headquarters: Headquarters
    stores: tuple[Store, ...]
    ports: Ports

    def start_stores(self) -> None:
        """Start all nodes at once."""
        all_at_once([partial(store.start, self.ports) for store in self.stores])

    def check(self) -> None:
        """Raise ChildDiedError if a process has ended by itself that should not."""
        if not self.broker.running:
            raise ChildDiedError("the broker", None, self.broker.log_tail())
        lasting = [store for store in self.stores if not store.may_die]
        for site in (self.headquarters, *lasting):
            site.program.check()

    def stop(self) -> None:
        """End nodes and headquarters, all at once: each has seconds to finish what it does."""
        sites = (*self.stores, self.headquarters)
        all_at_once([site.program.stop for site in sites])


@contextmanager
def open_chain(
    folder: Path,
    stores: int,
    port: int,
    say: Callable[[str], None],
    at_end: Callable[[], None],
    *,
    currency: str = CURRENCY,
    by_hand: bool = False,
) -> Iterator[Chain]:
    """Start broker and headquarters and make the nodes; at the end, end everything.

    Headquarters answers at `port`, the nodes at the following ones, where these are free. `at_end`
    is called before anything is ended. `by_hand`: the first store has devices for one more till.
    """
    sites = SITES[:stores]
    topics = Topics(CHAIN)
    hq_user = BrokerUser(
        HQ, _secret(), tuple(topics.headquarters_writes), tuple(topics.headquarters_reads())
    )
    users = [
        BrokerUser(
            name, _secret(), tuple(topics.store_writes(name)), tuple(topics.store_reads(name))
        )
        for name, _, _ in sites
    ]
    with ExitStack() as stack:
        try:
            chain = _start(
                stack, folder, port, say, [hq_user, *users], currency=currency, by_hand=by_hand
            )
            yield chain
        finally:
            at_end()


def _start(
    stack: ExitStack,
    folder: Path,
    port: int,
    say: Callable[[str], None],
    users: list[BrokerUser],
    *,
    currency: str,
    by_hand: bool,
) -> Chain:
    """Start the broker, make headquarters and nodes, start headquarters."""
    say("starting the broker (nats-server); each client has a user of its own")
    broker = NatsBroker(folder / "broker", users)
    stack.callback(broker.stop)
    broker.start()
    say(f"setting up headquarters and {len(users) - 1} store nodes")
    hq = _headquarters(folder, users[0], broker.port)
    (folder / "ports").mkdir()
    aside = stack.enter_context(closing(Aside(folder / "ports")))
    nodes = tuple(
        _store(folder, site, user, stack.enter_context(LinkProxy(broker.port)), aside)
        for site, user in zip(SITES, users[1:], strict=False)
    )
    if by_hand:
        nodes[0].by_hand = HandHardware(aside, nodes[0].name, folder / "receipts")
    chain = Chain(broker, hq, nodes, Ports(port))
    stack.callback(chain.stop)
    makers = [partial(_make_store, node, currency) for node in nodes]
    all_at_once([partial(_make_headquarters, hq), *makers])
    hq.start(chain.ports)
    return chain


def _secret() -> str:
    return secrets.token_urlsafe(24)


def _headquarters(folder: Path, user: BrokerUser, broker_port: int) -> Headquarters:
    data = folder / HQ
    program = Program(
        title="headquarters",
        command=("evertill-central", "run", "--data", str(data)),
        log=folder / "hq.log",
        port_variable="EVERTILL_CENTRAL_PORT",
        environment=_environment("EVERTILL_CENTRAL", folder, user, broker_port),
    )
    return Headquarters(name=HQ, data=data, program=program)


def _make_headquarters(hq: Headquarters) -> None:
    data = ("--data", str(hq.data))
    call_program("evertill-central", "init", *data, "--chain", CHAIN)
    hq.token = call_program("evertill-central", "token", "add", "demo", "--role", "admin", *data)


def _store(
    folder: Path, site: tuple[str, str, str], user: BrokerUser, proxy: LinkProxy, aside: Aside
) -> Store:
    name, title, region = site
    data = folder / name
    program = Program(
        title=f"the node of {name}",
        command=("evertill-edge", "run", "--data", str(data)),
        log=folder / f"{name}.log",
        port_variable="EVERTILL_EDGE_PORT",
        environment={
            **_environment("EVERTILL_EDGE", folder, user, proxy.port),
            "EVERTILL_EDGE_BROKER_RETRY_MAX_S": "4",  # a few stores need not spare the broker
        },
    )
    return Store(
        name=name,
        title=title,
        region=region,
        data=data,
        program=program,
        proxy=proxy,
        hardware=ShopHardware(aside, name),
    )


def _make_store(store: Store, currency: str) -> None:
    data = ("--data", str(store.data))
    call_program(
        "evertill-edge", "init", *data, "--store", store.name, "--chain", CHAIN,
        "--currency", currency,
    )  # fmt: skip
    with (store.data / "edge.toml").open("a", encoding="utf-8") as settings:
        settings.write(store.hardware.settings)
        if store.by_hand:
            settings.write(store.by_hand.settings)
    store.token = call_program("evertill-edge", "device", "add", "pos", "--role", "pos", *data)
    store.till_token = call_program("evertill-edge", "device", "add", TILL, "--role", "till", *data)


def _environment(prefix: str, folder: Path, user: BrokerUser, broker_port: int) -> dict[str, str]:
    """Say where the broker is; the password lies in a file that only this user can read."""
    path = folder / f"{user.name}.password"
    path.touch(mode=0o600)
    path.write_text(user.password or "")
    return {
        f"{prefix}_BROKER_URL": f"mqtt://{HOST}:{broker_port}",
        f"{prefix}_BROKER_USER": user.name,
        f"{prefix}_BROKER_PASSWORD_FILE": str(path),
    }
