"""One law: a link may delay, hold or cut bytes; it never changes or reorders them.

A TCP proxy in front of a broker, to pull a store's cable and put it back: for the demonstration and
for tests. It runs in a thread of its own and is driven from any other.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Self

_CHUNK_BYTES = 4096
_CHUNKS_HELD = 256  # per direction: bounds memory, and what a slow or delayed link can hold
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: closing sends RST instead of FIN
_ANSWER_S = 10.0


class Direction:
    """What all connections share in one direction: the bytes carried and the rate."""

    def __init__(self) -> None:
        self.carried_bytes = 0
        self.free_at_s = 0.0

    def book(self, size: int, now_s: float, rate_bytes_per_s: float) -> float:
        """Reserve the line for `size` bytes; return when the last of them has passed."""
        if not rate_bytes_per_s:
            return now_s
        self.free_at_s = max(self.free_at_s, now_s) + size / rate_bytes_per_s
        return self.free_at_s


class LinkProxy:
    """Carries each connection made to `port` on to the target, as the state of the link allows.

    A context manager, or `start` and `stop`. Every call returns once it has taken effect.
    """

    def __init__(
        self,
        target_port: int,
        target_host: str = "127.0.0.1",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Port 0 chooses a free one at the start."""
        self._target, self.host, self.port = (target_host, target_port), host, port
        self._up, self._down = Direction(), Direction()
        self._delay_s = 0.0
        self._rate_bytes_per_s = 0.0
        self._is_cut = False
        self._passing = asyncio.Event()
        self._passing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="link proxy", daemon=True
        )
        self._server: asyncio.Server

    @property
    def up_bytes(self) -> int:
        """Bytes carried to the target so far."""
        return self._up.carried_bytes

    @property
    def down_bytes(self) -> int:
        """Bytes carried from the target so far."""
        return self._down.carried_bytes

    def start(self) -> None:
        """Listen; raise OSError if the port is taken."""
        self._thread.start()
        self._do(self._listen())

    def stop(self) -> None:
        """Reset all connections and end, once and for all."""
        if not self._loop.is_closed():
            self._do(self._end())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def cut(self) -> None:
        """Reset all connections, and every new one at once, until `restore`."""
        self._do(self._set(is_cut=True))

    def black_hole(self) -> None:
        """Swallow: nothing passes and nothing is closed, as on a dead line, until `restore`."""
        self._do(self._set(passing=False))

    def restore(self) -> None:
        """End `cut` and `black_hole`; what a black hole held is delivered now."""
        self._do(self._set(is_cut=False, passing=True))

    def reset_all(self) -> None:
        """Reset all connections; new ones are carried as before."""
        self._do(self._reset())

    def delay(self, seconds: float) -> None:
        """Deliver bytes so much later, in each direction."""
        self._delay_s = seconds

    def rate(self, bytes_per_s: float | None) -> None:
        """Carry at most so much in each direction, all connections together; None for no limit."""
        self._rate_bytes_per_s = bytes_per_s or 0.0
        self._up.free_at_s = self._down.free_at_s = 0.0

    def _do(self, action: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(action, self._loop).result(_ANSWER_S)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        await self._reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _set(self, *, is_cut: bool | None = None, passing: bool | None = None) -> None:
        self._is_cut = self._is_cut if is_cut is None else is_cut
        if passing is not None:
            self._passing.set() if passing else self._passing.clear()
        if is_cut:
            await self._reset()

    async def _reset(self) -> None:
        for writer in list(self._writers):
            self._reset_one(writer)

    def _reset_one(self, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            line: socket.socket = writer.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            self._reset_one(writer)
            return
        task = self._loop.create_task(self._join(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._passing.wait()
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            self._reset_one(writer)
        else:
            self._writers.add(far_writer)
            await self._carry_both(reader, writer, far_reader, far_writer)
            self._writers.discard(far_writer)
        finally:
            self._writers.discard(writer)

    async def _carry_both(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(self._carry(reader, far_writer, self._up)),
            asyncio.create_task(self._carry(far_reader, writer, self._down)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.close()
            far_writer.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Direction
    ) -> None:
        held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_CHUNKS_HELD)
        feed = asyncio.create_task(self._feed(reader, held))
        try:
            while True:
                due_s, chunk = await held.get()
                await asyncio.sleep(due_s - self._loop.time())
                await self._passing.wait()
                if not chunk:
                    return
                while chunk:
                    piece, chunk = chunk[: self._step_bytes], chunk[self._step_bytes :]
                    passed_s = way.book(len(piece), self._loop.time(), self._rate_bytes_per_s)
                    await asyncio.sleep(passed_s - self._loop.time())
                    await self._passing.wait()
                    way.carried_bytes += len(piece)
                    writer.write(piece)
                    await writer.drain()
        except OSError:
            return
        finally:
            feed.cancel()

    @property
    def _step_bytes(self) -> int:
        """What passes in a tenth of a second, so that a change of rate is felt soon."""
        rate = self._rate_bytes_per_s
        return max(1, int(rate / 10)) if rate else _CHUNK_BYTES

    async def _feed(
        self, reader: asyncio.StreamReader, held: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        """Take bytes as they come, each chunk with the time it is due; an empty one is the end."""
        chunk = b"more"
        while chunk:
            try:
                chunk = await reader.read(_CHUNK_BYTES)
            except OSError:
                chunk = b""
            await held.put((self._loop.time() + self._delay_s, chunk))
