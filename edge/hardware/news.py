"""One law: what hardware says is kept for a moment, so that a till that hangs up misses nothing.

All listeners read from one ring of events, each from its own place: that is its queue, bounded by
the ring. Whoever falls behind the ring, or comes back too late, is told how much was missed.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

KEPT = 2048
RECENT_S = 30.0  # an older scan would end up in another customer's basket


class Event(NamedTuple):
    """Something that happened; `till` is empty where it concerns all, `data` is JSON."""

    number: int
    at_s: float
    till: str
    name: str
    data: bytes


class News:
    """The ring. `life` tells one run of the node from the next."""

    def __init__(self, life: str, clock_s: Callable[[], float], kept: int = KEPT) -> None:
        self.life = life
        self.newest = 0
        self.closed = False
        self._clock_s = clock_s
        self._ring: deque[Event] = deque(maxlen=kept)
        self._waiting: dict[asyncio.Event, str] = {}

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._waiting)

    def publish(self, till: str, name: str, data: bytes) -> None:
        """Tell a till, or all of them."""
        self.newest += 1
        self._ring.append(Event(self.newest, self._clock_s(), till, name, data))
        for event, listener in self._waiting.items():
            if till in ("", listener):
                event.set()

    def join(self, till: str) -> asyncio.Event:
        """Listen as a till; the event is set when there is something to read."""
        event = asyncio.Event()
        self._waiting[event] = till
        return event

    def leave(self, event: asyncio.Event) -> None:
        """Listen no more."""
        self._waiting.pop(event, None)

    def after(self, number: int, till: str) -> list[Event]:
        """List what a till was told after an event."""
        if number >= self.newest:
            return []
        fresh = len(self._ring) - (self.newest - number)
        return [
            event for at, event in enumerate(self._ring) if at >= fresh and event.till in ("", till)
        ]

    def missed(self, number: int) -> int:
        """Count events after this one that the ring has lost already."""
        oldest = self._ring[0].number if self._ring else self.newest + 1
        return max(0, oldest - number - 1)

    def resume(self, number: int, till: str) -> tuple[int, int]:
        """Find the place a till goes on from; what is not recent enough is skipped, and counted."""
        stale = [one for one in self.after(number, till) if self._is_stale(one)]
        lost = self.missed(number) + sum(one.name == "scan" for one in stale)
        return max([number + self.missed(number), *(one.number for one in stale)]), lost

    def close(self) -> None:
        """End every stream."""
        self.closed = True
        for event in self._waiting:
            event.set()

    def _is_stale(self, event: Event) -> bool:
        return self._clock_s() - event.at_s > RECENT_S
