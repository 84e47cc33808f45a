"""A bench of simulated devices behind real descriptors: ``sim://name``, ptys and TCP.

The faults of a line (unplugged, half a frame, slow, lossy, late) belong to the line and work for
every device; the faults of a device (no paper, unstable) belong to its peer.
"""

import asyncio
import os
import socket
import tty
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devices.port import Opener, Port, PortError, open_port
from devices.simulated.peer import Peer

CHUNK_BYTES = 65536


@dataclass
class Faults:
    """What is wrong with a line; change it at any time.

    ``chunk`` sends that many bytes at a time (0: all at once), each ``late_s`` after the last;
    ``drop_every`` loses every n-th byte; ``half_frame`` cuts the next answer in half, once.
    """

    chunk: int = 0
    late_s: float = 0.0
    drop_every: int = 0
    half_frame: bool = False


class Line:
    """One peer on one descriptor, served by the running event loop."""

    def __init__(self, peer: Peer, faults: Faults | None = None) -> None:
        self.peer = peer
        self.faults = faults or Faults()
        self.plugged = True
        self._descriptor = -1
        self._slave = -1
        self._sent_count = 0
        self._queue: deque[tuple[float, bytes]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def attach(self, descriptor: int, slave: int = -1) -> None:
        """Serve the peer on ``descriptor``; ``slave`` is a pty's other end, kept open."""
        self.detach()
        os.set_blocking(descriptor, False)
        self._descriptor, self._slave = descriptor, slave
        loop = asyncio.get_running_loop()
        loop.add_reader(descriptor, self._readable)
        self.peer.connected(loop.time())
        self.pump()

    def detach(self) -> None:
        """Pull the plug: the host's side sees the loss at once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._queue.clear()
        self.peer.to_send()
        if self._descriptor < 0:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._descriptor)
        loop.remove_writer(self._descriptor)
        for descriptor in (self._descriptor, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self._descriptor = self._slave = -1

    def pump(self) -> None:
        """Send what the peer wants to say; call it after using one of the peer's verbs."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._queue_up(self.peer.to_send(), loop.time())
        while self._queue and self._queue[0][0] <= loop.time():
            if not self._write():
                return
        times = [self._queue[0][0]] if self._queue else []
        if self.peer.wake_at is not None:
            times.append(self.peer.wake_at)
        if times:
            self._timer = loop.call_at(min(times), self._tick)

    def _queue_up(self, data: bytes, now: float) -> None:
        faults = self.faults
        if not data or self._descriptor < 0:
            return
        if faults.half_frame:
            faults.half_frame = False
            data = data[: max(1, len(data) // 2)]
        if faults.drop_every:
            first = self._sent_count
            self._sent_count += len(data)
            data = bytes(byte for at, byte in enumerate(data, first + 1) if at % faults.drop_every)
        size = faults.chunk or max(1, len(data))
        due = max(now, self._queue[-1][0] if self._queue else now)
        for at in range(0, len(data), size):
            due += faults.late_s
            self._queue.append((due, data[at : at + size]))

    def _write(self) -> bool:
        due, data = self._queue[0]
        try:
            count = os.write(self._descriptor, data)
        except BlockingIOError:
            count = 0
        except OSError:
            self.detach()
            return False
        if count < len(data):
            self._queue[0] = (due, data[count:])
            asyncio.get_running_loop().add_writer(self._descriptor, self._writable)
            return False
        self._queue.popleft()
        return True

    def _writable(self) -> None:
        asyncio.get_running_loop().remove_writer(self._descriptor)
        self.pump()

    def _readable(self) -> None:
        try:
            data = os.read(self._descriptor, CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.detach()
            return
        self.peer.receive(data, asyncio.get_running_loop().time())
        self.pump()

    def _tick(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        if self.peer.wake_at is not None and self.peer.wake_at <= now:
            self.peer.tick(now)
        self.pump()


class Bench:
    """Simulated devices by name. Give `open` to a `Device` as its opener."""

    def __init__(self, otherwise: Opener = open_port) -> None:
        self.lines: dict[str, Line] = {}
        self._links: dict[str, Path] = {}
        self._servers: list[socket.socket] = []
        self._otherwise = otherwise

    def add(self, name: str, peer: Peer, faults: Faults | None = None) -> Line:
        """Put a device on the bench as ``sim://name``."""
        self.lines[name] = Line(peer, faults)
        return self.lines[name]

    async def open(self, url: str) -> Port:
        """Open ``sim://name``; every other URL goes to the real opener."""
        scheme, _, name = url.partition("://")
        if scheme != "sim":
            return await self._otherwise(url)
        line = self.lines.get(name)
        if line is None:
            raise PortError(f"no simulated device {name}; there are {', '.join(self.lines)}")
        if not line.plugged:
            raise PortError(f"simulated device {name} is unplugged")
        ours, theirs = socket.socketpair()
        line.attach(theirs.detach())
        return Port(ours.detach())

    def pty(self, name: str, link: Path) -> str:
        """Offer a device of the bench as a pty behind a stable name; returns that path."""
        self._links[name] = link
        self._make_pty(name)
        return str(link)

    def tcp(self, name: str) -> str:
        """Offer a device of the bench on a free local TCP port; returns its URL."""
        server = socket.create_server(("127.0.0.1", 0))
        server.setblocking(False)
        self._servers.append(server)

        def accept() -> None:
            client, _ = server.accept()
            if self.lines[name].plugged:
                self.lines[name].attach(client.detach())
            else:
                client.close()

        asyncio.get_running_loop().add_reader(server.fileno(), accept)
        return f"socket://127.0.0.1:{server.getsockname()[1]}"

    def unplug(self, name: str) -> None:
        """Take a device away; its ``by-id`` name goes with it."""
        line = self.lines[name]
        line.plugged = False
        line.detach()
        if name in self._links:
            self._links[name].unlink()

    def plug(self, name: str) -> None:
        """Bring a device back, on a new pty behind the same name."""
        self.lines[name].plugged = True
        if name in self._links:
            self._make_pty(name)

    def close(self) -> None:
        """Take everything away."""
        for server in self._servers:
            asyncio.get_running_loop().remove_reader(server.fileno())
            server.close()
        for name, line in self.lines.items():
            line.detach()
            if name in self._links:
                self._links[name].unlink(missing_ok=True)

    def use(self, name: str, verb: Callable[[], None]) -> None:
        """Do something with a device (``bench.use("scanner", lambda: peer.scan(…))``)."""
        verb()
        self.lines[name].pump()

    def _make_pty(self, name: str) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        self._links[name].symlink_to(os.ttyname(slave))
        self.lines[name].attach(master, slave)
