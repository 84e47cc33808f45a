"""A device is a port plus a driver: it alone does I/O, and it is polled by nobody.

The event loop watches the descriptor; the driver decides. When the port is lost it is said once,
found again by the same URL (so name it by id), and its return is said once.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable

from devices.driver import Check, Command, Driver, Level
from devices.event import Event, Fault, Power, Reason, Scan, State, Status
from devices.port import Opener, Port, PortError, open_port

log = logging.getLogger(__name__)

EVENTS_LIMIT = 1000
RETRY_S = 0.5


class DeviceError(Exception):
    """The device is not in a state for this; the text says what to do."""


class Device:
    """One device of the shop. Life: open, claim(owner), enable, …, close (UnifiedPOS)."""

    def __init__(
        self,
        name: str,
        url: str,
        driver: Driver,
        *,
        opener: Opener = open_port,
        retry_s: float = RETRY_S,
    ) -> None:
        self.name = name
        self.url = url
        self.driver = driver
        self.owner: str | None = None
        self.enabled = False
        self._opener = opener
        self._retry_s = retry_s
        self._open = False
        self._reported_lost = False
        self._port: Port | None = None
        self._unsent = b""
        self._timer: asyncio.TimerHandle | None = None
        self._settling: asyncio.TimerHandle | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._inbox: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[Event]] = {}

    @property
    def state(self) -> State:
        """CLOSED, ERROR while the port is lost, BUSY during a command, else IDLE."""
        if not self._open:
            return State.CLOSED
        if self._port is None:
            return State.ERROR
        return State.BUSY if self.driver.busy else State.IDLE

    async def open(self) -> None:
        """Start using the port. A missing device is no error: it is looked for until it comes."""
        if self._open:
            raise DeviceError(f"{self.name} is open already")
        self._open = True
        await self._connect()

    def claim(self, owner: str) -> None:
        """Make ``owner`` the only one who may command the device."""
        if not self._open:
            raise DeviceError(f"open {self.name} first")
        if self.owner not in (None, owner):
            raise DeviceError(f"{self.name} is in use by {self.owner}")
        self.owner = owner

    def release(self, owner: str) -> None:
        """Give the device back."""
        if self.owner != owner:
            raise DeviceError(f"{self.name} is not claimed by {owner}")
        self.enabled = False
        self.owner = None

    def enable(self, owner: str) -> None:
        """Let input flow: until then scans are ignored and commands refused."""
        self._require(owner)
        self.enabled = True

    async def close(self) -> None:
        """Give the port back and end everything under way."""
        self._open = self.enabled = False
        self.owner = None
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
            self._connecting = None
        self._drop_port()
        for ref, future in self._waiting.items():
            if not future.done():
                message = f"{self.name} was closed before this was done"
                future.set_result(Fault(ref=ref, reason=Reason.LOST, message=message))

    async def ask(self, command: Command, owner: str) -> Event:
        """Do a command and wait for its final event (a result or a `Fault`)."""
        self._require(owner)
        if not self.enabled:
            raise DeviceError(f"enable {self.name} first")
        if command.ref in self._waiting:
            raise DeviceError(f"{self.name} is doing {command.ref} already")
        if self._port is None and not command.offline:
            message = f"{self.name} is not connected; check cable and power"
            return Fault(ref=command.ref, reason=Reason.LOST, message=message)
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._waiting[command.ref] = future
        self.driver.submit(command, self._now())
        self._pump()
        try:
            return await future
        finally:
            self._waiting.pop(command.ref, None)

    async def check_health(self, owner: str, level: Level = Level.EXTERNAL) -> Event:
        """Ask the device how it is: `Health` or `Fault`."""
        return await self.ask(Check(ref=f"check {self.name}", level=level), owner)

    async def next_event(self) -> Event:
        """The oldest event nobody has handled yet; waits for one. Scans queue, none is lost."""
        while not self._inbox:
            self._arrived.clear()
            await self._arrived.wait()
        return self._inbox.popleft()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while True:
            yield await self.next_event()

    def _require(self, owner: str) -> None:
        if self.owner != owner:
            raise DeviceError(f"claim {self.name} first")

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            port = await self._opener(self.url)
        except PortError as error:
            self._report_lost(str(error))
            self._retry()
            return
        if not self._open:  # closed while the port was being opened
            port.close()
            return
        self._port = port
        loop.add_reader(port.descriptor, self._readable)
        if self._reported_lost:
            self._settling = loop.call_later(self._retry_s, self._settle)
        self.driver.started(self._now())
        self._pump()

    def _retry(self) -> None:
        async def later() -> None:
            await asyncio.sleep(self._retry_s)
            await self._connect()

        if self._open:
            self._connecting = asyncio.get_running_loop().create_task(later())

    def _settle(self) -> None:
        """The device is back: it sent something, or held the line for a while.

        Some printers and readers take a connection and close it at once while they are in use.
        """
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None
            self._reported_lost = False
            log.info("%s is back", self.name)
            self._deliver(Status(status=Power.ONLINE))

    def _report_lost(self, why: str) -> None:
        if not self._reported_lost:
            self._reported_lost = True
            log.warning("%s is lost: %s", self.name, why)
            self._deliver(Status(status=Power.OFFLINE))

    def _readable(self) -> None:
        if self._port is None:
            return
        try:
            data = self._port.read()
        except PortError as error:
            self._lose(error)
            return
        if data:
            self._settle()
            self._drive(self.driver.receive, data)
            if self.driver.hang_up and self._port is not None:
                self._lose(PortError("what it sends makes no sense"))

    def _writable(self) -> None:
        if self._port is not None:
            asyncio.get_running_loop().remove_writer(self._port.descriptor)
            self._pump()

    def _tick(self) -> None:
        """Let the driver's time run out, unless what it waits for has come and was not read yet."""
        self._timer = None
        if self._port is not None and self._port.has_news():
            self._readable()
            if self.driver.wake_at is None or (self._timer and self._timer.when() > self._now()):
                return
        if self._port is not None:
            self._drive(self.driver.tick)

    def _drive(self, step: Callable[..., None], *data: bytes) -> None:
        """Let the driver take a step; one that fails begins anew and brings nothing else down."""
        try:
            step(*data, self._now())
        except Exception as error:
            log.exception("%s: its driver failed", self.name)
            self._lose(PortError(f"its driver failed: {error}"))
        else:
            self._pump()

    def _pump(self) -> None:
        """Write what the driver wants written, deliver its events, set its timer."""
        for event in self.driver.take_events():
            self._deliver(event)
        if self._port is None:
            return
        loop = asyncio.get_running_loop()
        self._unsent += self.driver.to_send()
        if self._unsent:
            try:
                self._unsent = self._unsent[self._port.write(self._unsent) :]
            except PortError as error:
                self._lose(error)
                return
            if self._unsent:
                loop.add_writer(self._port.descriptor, self._writable)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.driver.wake_at is not None:
            self._timer = loop.call_at(self.driver.wake_at, self._tick)

    def _lose(self, error: PortError) -> None:
        self._drop_port()
        self._report_lost(str(error))
        self._retry()

    def _drop_port(self) -> None:
        for timer in (self._timer, self._settling):
            if timer is not None:
                timer.cancel()
        self._timer = self._settling = None
        if self._port is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._port.descriptor)
        loop.remove_writer(self._port.descriptor)
        self._port.close()
        self._port = None
        self._unsent = b""
        self.driver.lost(self._now())
        for event in self.driver.take_events():
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        future = self._waiting.get(event.ref) if event.final and event.ref else None
        if future is not None and not future.done():
            future.set_result(event)
            return
        if isinstance(event, Scan) and not self.enabled:
            return
        if len(self._inbox) >= EVENTS_LIMIT:
            self._make_room()
        self._inbox.append(event)
        self._arrived.set()

    def _make_room(self) -> None:
        stale = next((event for event in self._inbox if not isinstance(event, Scan)), None)
        if stale is None:
            log.error("%s: %d scans wait unhandled; the oldest is lost", self.name, EVENTS_LIMIT)
            self._inbox.popleft()
        else:
            self._inbox.remove(stale)
