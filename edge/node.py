"""One law: a node's parts are opened in order, checked before the first sale, closed in reverse."""

import asyncio
import fcntl
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from edge.audit import verify_head
from edge.books.backup import DATABASE, KEY, read_key
from edge.books.database import connect
from edge.books.store import Command, Store
from edge.books.writer import Writer
from edge.hardware.hub import Hub
from edge.settings import Settings
from edge.setup import SOFTWARE_VERSION
from edge.uplink.inbound import Intake, PinHeadquarters
from edge.uplink.ledger import EdgeLedger
from edge.uplink.relay import Relay, RelayStatus
from edge.views.snapshots import Views
from sync.link import MqttSettings
from sync.records_worker import RecordsWorker
from sync.session import Self
from sync.signing import Signer

LOCK = "node.lock"
ADDRESS = "node.url"  # where the API of the process that holds the lock is
READERS = 4
P = ParamSpec("P")
R = TypeVar("R")


def wall_clock() -> int:
    """UTC now, in milliseconds."""
    return time.time_ns() // 1_000_000


def offset_of(zone: ZoneInfo, at_ms: int) -> int:
    """Tell a zone's offset from UTC at a time, in minutes."""
    delta = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).utcoffset()
    return int(delta.total_seconds() // 60) if delta else 0


@contextmanager
def sole_process(data: Path) -> Iterator[None]:
    """Hold a node's directory; raise OSError if another process does. A killed process lets go."""
    with (data / LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(
                f"another process runs the node in {data}: stop it first, or use that one"
            ) from None
        yield


@dataclass(frozen=True, slots=True)
class _Known:
    """What a node remembers of itself and of headquarters from before it was opened."""

    birth: bytes
    headquarters: str
    acked: int


class Node:
    """One store's node: the writer, the readers and the link, over one data directory."""

    def __init__(
        self,
        data: Path,
        settings: Settings,
        *,
        clock: Callable[[], int] = wall_clock,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Open everything; raise what opening or checking it raises, with nothing left open."""
        self.settings = settings
        self.data = data
        self.clock = clock
        self.random = random
        self.version = SOFTWARE_VERSION
        self.started_ms = clock()
        self.logins = asyncio.Lock()
        with ExitStack() as parts:
            self._open(parts)
            self._parts = parts.pop_all()
        self.hardware = Hub(self)  # started and closed by the event loop that serves

    def _open(self, parts: ExitStack) -> None:
        path = self.data / DATABASE
        settings = self.settings
        parts.enter_context(sole_process(self.data))
        self.store = Store(
            connect(path), clock=self.clock, currency=settings.currency, offset_min=self._offset_min
        )
        parts.enter_context(closing(self.store))
        self.journal = self.store.books.journal
        self.gate = parts.enter_context(closing(connect(path, readonly=True)))
        verify_head(self.gate)
        self.views = parts.enter_context(closing(Views(str(path), currency=settings.currency)))
        self._readers = parts.enter_context(ThreadPoolExecutor(READERS, "reader"))
        if settings.hq_key:
            self._pin(PinHeadquarters(bytes.fromhex(settings.hq_key)))
        self.writer = parts.enter_context(closing(Writer(self.store)))
        self._relay = self._make_relay(parts) if settings.broker else None
        if self._relay:
            self.store.on_commit(self._relay.committed)
            self._relay.start()
            parts.callback(self._relay.stop)

    def _pin(self, command: PinHeadquarters) -> None:
        (result,) = self.store.execute([command])
        if isinstance(result, Exception):
            raise result

    def _make_relay(self, parts: ExitStack) -> Relay:
        known = self._known()
        signer = Signer(read_key(self.data / KEY))
        reading = parts.enter_context(closing(connect(self.data / DATABASE, readonly=True)))
        session = (int.from_bytes(self.random(8), "big") >> 1) or 1
        replica, head = self.store.books.replica, self.store.books.head
        merging = parts.enter_context(RecordsWorker())
        return Relay(
            Self(replica, known.birth, signer.public_key, self.version, session),
            EdgeLedger(reading, signer, self.clock),
            Intake(reading, replica, merging.merge),
            self.writer,
            self._mqtt_settings(),
            chain=self.settings.chain,
            known=known.headquarters,
            head=head.seq,
            acked=known.acked,
            clock=self.clock,
            random=lambda: (int.from_bytes(self.random(7), "big") >> 3) / 2**53,
        )

    def _known(self) -> _Known:
        sql = (
            "SELECT birth, headquarters, acked FROM node"
            " JOIN journal ON name = store || '-n' || generation"
        )
        return _Known(*self.gate.execute(sql).fetchone())

    def _mqtt_settings(self) -> MqttSettings:
        settings = self.settings
        host, port = settings.broker or ("", 0)
        password_file = self.file(settings.broker_password_file)
        return MqttSettings(
            host=host,
            port=port,
            client_id=self.journal,
            username=settings.broker_user or None,
            password=password_file.read_text("utf-8").strip() if password_file else None,
            ca_file=self.file(settings.broker_ca_file),
            cert_file=self.file(settings.broker_cert_file),
            key_file=self.file(settings.broker_key_file),
            backoff_max_s=settings.broker_retry_max_s,
        )

    def _offset_min(self, at_ms: int) -> int:
        """Tell the local offset from UTC at a time, in minutes."""
        return offset_of(self.settings.zone, at_ms)

    def file(self, name: str) -> Path | None:
        """Find a file named in the settings; relative names start in the data directory."""
        return self.data / name if name else None

    @property
    def link(self) -> RelayStatus:
        """How the link to headquarters is; `none` for a store on its own."""
        if self._relay is None:
            return RelayStatus("none", self.started_ms, "no broker is configured", 0, 0)
        return self._relay.status

    async def commit(self, command: Command[R]) -> R:
        """Have a command written; return its result once it is durable, raise its Problem."""
        return await asyncio.wrap_future(self.writer.submit(command))

    async def read(self, view: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a view without holding up the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, partial(view, *args, **kwargs))

    def close(self) -> None:
        """End the link, write what waits, close everything."""
        self._parts.close()
