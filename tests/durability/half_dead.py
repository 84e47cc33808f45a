"""A line between till and node that is half dead: what the node did may never be answered.

A link with the moods that hurt tills most: requests arrive and their answers are lost, or come
late. It can also give the till another build's service worker.
"""

import asyncio
from dataclasses import dataclass

from provisioning.link_proxy import Direction, LinkProxy

_CHUNK_BYTES = 1 << 18
_KNOWN = b"if-none-match:"


@dataclass(frozen=True, slots=True)
class Mood:
    """How the line behaves: answers that do not come are cut off after `lost_s`."""

    delay_s: float = 0.0
    loses_answers: bool = False
    lost_s: float = 0.2


WELL = Mood()


class HalfDeadLine(LinkProxy):
    """Carries connections to a port; a context manager whose mood may change at any time."""

    def __init__(self, target_port: int) -> None:
        """Listen on a free port from `__enter__` on."""
        super().__init__(target_port)
        self.mood = WELL
        self.lost = 0
        self._builds: tuple[bytes, bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the node as a till reaches it."""
        return f"http://{self.host}:{self.port}"

    def give_another_build(self, revision: str, other: str) -> None:
        """From now on the service worker is of another revision, a name of the same length."""
        self._builds = (revision.encode(), other.encode())

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Direction
    ) -> None:
        carry = self._ask if way is self._up else self._answer
        await carry(reader, writer)

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
