"""One device, its simulator and a line between them, for tests: over sim:// or a pty."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest

from devices.device import Device
from devices.driver import Driver
from devices.event import Event
from devices.simulated.bench import Bench, Faults, Line
from devices.simulated.peer import Peer

T = TypeVar("T")
OWNER = "test"
PATIENCE_S = 20.0

WHERE = pytest.mark.parametrize("where", ["sim", "pty"])
HOW: dict[str, Callable[[], Faults]] = {
    "plain": Faults,
    "one byte": lambda: Faults(chunk=1, late_s=0.0001),
    "lossy": lambda: Faults(drop_every=37),
    "delayed": lambda: Faults(chunk=5, late_s=0.003),
}
NETWORK = pytest.mark.parametrize("where", ["sim", "tcp"])
TRANSPORT = pytest.mark.parametrize("how", list(HOW))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run one asynchronous test, with an end."""
    return asyncio.run(asyncio.wait_for(work, PATIENCE_S))


@dataclass
class Rig:
    device: Device
    bench: Bench
    line: Line

    def use(self, verb: Callable[[], None]) -> None:
        """Do something at the simulated device."""
        self.bench.use("it", verb)


@asynccontextmanager
async def rig(
    driver: Driver, peer: Peer, where: str = "sim", how: str = "plain", *, retry_s: float = 0.01
) -> AsyncIterator[Rig]:
    """A claimed and enabled device, connected to its simulator."""
    with TemporaryDirectory() as folder:
        bench = Bench()
        line = bench.add("it", peer, HOW[how]())
        url = "sim://it"
        if where == "pty":
            url = bench.pty("it", Path(folder, "usb-it"))
        elif where == "tcp":
            url = bench.tcp("it")
        device = Device("it", url, driver, opener=bench.open, retry_s=retry_s)
        try:
            await device.open()
            device.claim(OWNER)
            device.enable(OWNER)
            yield Rig(device, bench, line)
        finally:
            await device.close()
            bench.close()


class Pair:
    """Both ends of a protocol in one process under virtual time: no descriptors, no waiting."""

    def __init__(
        self, driver: Driver, peer: Peer, mangle: Callable[[bytes], bytes] = bytes
    ) -> None:
        self.driver = driver
        self.peer = peer
        self.mangle = mangle
        self.now = 0.0
        self.events: list[Event] = []
        peer.connected(self.now)
        driver.started(self.now)
        self.settle()

    def settle(self) -> None:
        """Carry bytes both ways until neither end has more to say."""
        while True:
            out, back = self.driver.to_send(), self.peer.to_send()
            self.events += self.driver.take_events()
            if not out and not back:
                return
            if out:
                self.peer.receive(out, self.now)
            heard = self.mangle(back) if back else b""
            if heard:
                self.driver.receive(heard, self.now)

    def advance(self, seconds: float) -> None:
        """Let time pass, stopping at every moment one of the ends asked for."""
        end = self.now + seconds
        while True:
            times = [at for at in (self.driver.wake_at, self.peer.wake_at) if at is not None]
            if not times or min(times) > end:
                break
            self.now = max(self.now, min(times))
            for one in (self.driver, self.peer):
                if one.wake_at is not None and one.wake_at <= self.now:
                    one.tick(self.now)
            self.settle()
        self.now = end

    def take(self) -> list[Event]:
        """The events since the last call."""
        events, self.events = self.events, []
        return events


class Wiretap(Pair):
    """A pair that keeps every piece that went over the line."""

    def __init__(self, driver: Driver, peer: Peer) -> None:
        self.talk: list[tuple[bool, bytes]] = []
        super().__init__(driver, peer)

    def settle(self) -> None:
        """Carry bytes both ways and note them down."""
        while True:
            out, back = self.driver.to_send(), self.peer.to_send()
            self.events += self.driver.take_events()
            if not out and not back:
                return
            if out:
                self.talk.append((True, out))
                self.peer.receive(out, self.now)
            if back:
                self.talk.append((False, back))
                self.driver.receive(back, self.now)
