"""One law: other threads never touch paho; what they want is left here for the network thread.

The lock is held for moments only, and never while anything else is called.
"""

import socket
import threading
from collections import deque

from sync.link import MqttSettings, Outgoing


class Mailbox:
    """Messages, acknowledgements and the wish to stop; a bell wakes the network thread."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._messages: deque[Outgoing] = deque()
        self._acks: list[tuple[int, int]] = []
        self._connection = 0
        self._will: Outgoing | None = None
        self._rung = False
        self.bell, self._button = socket.socketpair()
        self.outstanding_bytes = 0
        self.stop_by_s: float | None = None
        self.stopping = threading.Event()

    def open(self, connection: int, settings: MqttSettings) -> bool:
        """Accept messages and acknowledgements of a connection; False when stopping."""
        with self._lock:
            if self.stop_by_s is not None:
                return False
            self._connection, self._will = connection, settings.will
            if settings.birth:
                self._add(settings.birth)
            return True

    def close(self) -> None:
        """Forget everything: the connection has ended."""
        with self._lock:
            self._connection = 0
            self._messages.clear()
            self._acks.clear()
            self.outstanding_bytes = 0

    def put(self, message: Outgoing) -> bool:
        """Queue a message; False if there is no connection or no room."""
        with self._lock:
            room = self.outstanding_bytes + message.size_bytes <= self._limit_bytes
            if not self._connection or not room or self.stop_by_s is not None:
                return False
            self._add(message)
            return True

    def acknowledge(self, connection: int, mid: int, serial: int) -> None:
        """Leave an acknowledgement, unless it is of another connection than this."""
        with self._lock:
            if connection == self._connection:
                self._acks.append((mid, serial))
                self._ring()

    def stop(self, by_s: float) -> None:
        """Drop what is queued; the last word is the will, as if the link had died."""
        with self._lock:
            while self._messages:
                self.outstanding_bytes -= self._messages.pop().size_bytes
            if self._connection and self._will and self.stop_by_s is None:
                self._add(self._will)
            self.stop_by_s = by_s
            self._ring()
        self.stopping.set()

    def take(self, room: int) -> tuple[list[tuple[int, int]], list[Outgoing]]:
        """Silence the bell; return all acknowledgements and up to `room` messages, oldest first."""
        with self._lock:
            if self._rung:
                self._rung = False
                self.bell.recv(16)
            acks, self._acks = self._acks, []
            return acks, [self._messages.popleft() for _ in range(min(room, len(self._messages)))]

    def settle(self, message: Outgoing) -> int:
        """The broker took this message; return how many bytes are still outstanding."""
        with self._lock:
            self.outstanding_bytes -= message.size_bytes
            return self.outstanding_bytes

    def _add(self, message: Outgoing) -> None:
        self._messages.append(message)
        self.outstanding_bytes += message.size_bytes
        self._ring()

    def _ring(self) -> None:
        if not self._rung:
            self._rung = True
            self._button.send(b"\0")

    def shut(self) -> None:
        """Ring no more, ever."""
        with self._lock:
            self._rung = True  # nobody listens any more
            self.bell.close()
            self._button.close()
