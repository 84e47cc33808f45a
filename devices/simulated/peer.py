"""The other side of a conversation, speaking the real protocol, with no I/O and no clock.

A peer is to a device what `Driver` is to the node: bytes and the time in, bytes out.
"""

from abc import ABC, abstractmethod


class Peer(ABC):
    """A simulated device's behaviour. Subclasses answer in `receive`; people use their verbs."""

    def __init__(self) -> None:
        self.wake_at: float | None = None
        self.now = 0.0
        self._out = bytearray()

    def connected(self, now: float) -> None:
        """Somebody opened the port."""
        self.now = now

    @abstractmethod
    def receive(self, data: bytes, now: float) -> None:
        """Take bytes from the host."""
        self.now = now

    def tick(self, now: float) -> None:
        """The time `wake_at` has come."""
        self.now = now
        self.wake_at = None

    def to_send(self) -> bytes:
        """Hand over the bytes to be written, once."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def _send(self, data: bytes) -> None:
        self._out += data
