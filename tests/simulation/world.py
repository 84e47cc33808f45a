"""Virtual time: everything happens in one order that the seed alone decides."""

import heapq
from collections.abc import Callable
from hashlib import blake2b
from random import Random

START_MS = 1_795_000_000_000


class Crash(BaseException):
    """The power goes in mid-commit; nothing in the product may catch this."""


class Broken(AssertionError):  # noqa: N818 - says what is broken, not who erred
    """An invariant does not hold; `invariant` is its number in the list of invariants."""

    def __init__(self, invariant: int, text: str) -> None:
        super().__init__(f"invariant {invariant}: {text}")
        self.invariant = invariant


class World:
    """The clock, the only source of randomness, and the trace that a replay must repeat."""

    def __init__(self, seed: int, verbose: bool = False) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.now_ms = START_MS
        self.lines: list[str] = []
        self._verbose = verbose
        self._hash = blake2b(digest_size=16)
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    @property
    def trace(self) -> str:
        """Digest of everything that happened so far."""
        return self._hash.hexdigest()

    def note(self, who: str, what: str, data: bytes = b"") -> None:
        """Write an event into the trace."""
        line = f"{self.now_ms - START_MS:7} {who:8} {what}"
        self._hash.update(line.encode() + data)
        if self._verbose:
            self.lines.append(line)

    def after(self, delay_ms: int, action: Callable[[], None]) -> None:
        """Let something happen later."""
        self._count += 1
        heapq.heappush(self._queue, (self.now_ms + delay_ms, self._count, action))

    def run(self, duration_ms: int) -> None:
        """Let virtual time pass."""
        end = self.now_ms + duration_ms
        while self._queue and self._queue[0][0] <= end:
            self.now_ms, _, action = heapq.heappop(self._queue)
            action()
        self.now_ms = end

    def chance(self, probability: float) -> bool:
        """Draw whether something happens."""
        return self.random.random() < probability


class Clock:
    """A machine's wall clock: it runs with the world, but wrong, and may jump."""

    def __init__(self, world: World, skew_ms: int) -> None:
        self._world = world
        self.skew_ms = skew_ms

    def __call__(self) -> int:
        return self._world.now_ms + self.skew_ms
