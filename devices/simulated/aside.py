"""A bench that works aside, in a thread with an event loop of its own.

For whoever has no loop to lend: tests of the node, and a demonstration's shoppers.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from devices.kinds import KINDS
from devices.simulated.bench import Bench
from devices.simulated.kinds import simulate
from devices.simulated.peer import Peer

R = TypeVar("R")
PATIENCE_S = 30.0
NETWORK = frozenset({"terminal-zvt", "rfid-llrp"})


class Aside:
    """Simulated devices by name, on ptys in a folder or on local TCP ports; any thread may call."""

    def __init__(self, folder: Path) -> None:
        """Start the thread; the folder must exist, and its name be short."""
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bench", daemon=True)
        self._thread.start()
        self._bench = Bench()

    def add(self, name: str, kind: str, peer: Peer | None = None) -> str:
        """Add a device and return the URL to open it by."""

        def add() -> str:
            self._bench.add(name, peer or simulate(kind))
            if kind in NETWORK:
                return self._bench.tcp(name)
            return self._bench.pty(name, self._folder / name)

        if kind not in KINDS:
            raise ValueError(f"unknown kind of device {kind!r}")
        return self.do(add)

    def use(self, name: str, verb: Callable[[], None]) -> None:
        """Do something at a device, such as ``lambda: peer.scan("…")``."""
        self.do(lambda: self._bench.use(name, verb))

    def unplug(self, name: str) -> None:
        """Take a device away."""
        self.do(lambda: self._bench.unplug(name))

    def plug(self, name: str) -> None:
        """Bring a device back."""
        self.do(lambda: self._bench.plug(name))

    def hang_up(self, name: str) -> None:
        """End the connection to a device, as switching it off and on does."""
        self.do(self._bench.lines[name].detach)

    def peer(self, name: str) -> Peer:
        """The simulated device of a name."""
        return self._bench.lines[name].peer

    def do(self, work: Callable[[], R]) -> R:
        """Run something in the bench's thread and return what it returns."""

        async def step() -> R:
            return work()

        return self._wait(step())

    def close(self) -> None:
        """Take everything away and end the thread."""
        self.do(self._bench.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def _wait(self, step: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(step, self._loop).result(PATIENCE_S)
