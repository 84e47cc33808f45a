"""A line between till and node that is half dead: what the node did may never be answered.

A TCP proxy like `provisioning.link_proxy`, with the moods that hurt tills most: requests arrive and
their answers are lost, or come late. It can also give the till another build's service worker.
"""

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from provisioning.demo.programs import HOST

_CHUNK_BYTES = 1 << 18
_ANSWER_S = 10.0
_KNOWN = b"if-none-match:"


@dataclass(frozen=True, slots=True)
class Mood:
    """How the line behaves: answers that do not come are cut off after `lost_s`."""

    delay_s: float = 0.0
    loses_answers: bool = False
    lost_s: float = 0.2


WELL = Mood()


class HalfDeadLine:
    """Carries connections to a port; a context manager whose mood may change at any time."""

    def __init__(self, target_port: int) -> None:
        """Listen on a free port from `__enter__` on."""
        self.mood = WELL
        self.port = 0
        self.lost = 0
        self._target = target_port
        self._builds: tuple[bytes, bytes] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server

    @property
    def url(self) -> str:
        """Address of the node as a till reaches it."""
        return f"http://{HOST}:{self.port}"

    def give_another_build(self, revision: str, other: str) -> None:
        """From now on the service worker is of another revision, a name of the same length."""
        self._builds = (revision.encode(), other.encode())

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, action: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(action, self._loop).result(_ANSWER_S)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._join(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self._target)
        except OSError:
            writer.transport.abort()
            return
        ways = [
            asyncio.create_task(self._ask(reader, far_writer)),
            asyncio.create_task(self._answer(far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.transport.abort()
            far_writer.transport.abort()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry requests; one for the service worker must not be answered `not modified`."""
        while chunk := await reader.read(_CHUNK_BYTES):
            await asyncio.sleep(self.mood.delay_s)
            if self._builds and b"/till/sw.js" in chunk:
                at = chunk.lower().find(_KNOWN)
                chunk = chunk if at < 0 else chunk[:at] + b"X" + chunk[at + 1 :]
            writer.write(chunk)
            await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry answers, or lose them and then the connection."""
        while chunk := await reader.read(_CHUNK_BYTES):
            await asyncio.sleep(self.mood.delay_s)
            if self.mood.loses_answers:
                self.lost += 1
                await asyncio.sleep(self.mood.lost_s)
                return
            writer.write(chunk.replace(*self._builds) if self._builds else chunk)
            await writer.drain()
