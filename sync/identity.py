"""A replica is one life of one node, written `node-nGENERATION`, and no life is ever lived twice.

A node that is replaced or restored comes back under a new generation, because a replica that
forgets what it said and then says something else destroys counters that merge by maximum.
"""

import re
from dataclasses import dataclass

HEADQUARTERS = "hq"
GENERATION_MAX = 2**31 - 1
_GENERATION_EPOCH_MIN = 28_927_440  # 2025-01-01T00:00Z in minutes since 1970
_NODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_REPLICA = re.compile(
    r"(?P<node>[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?)-n(?P<generation>[1-9][0-9]{0,9})"
)


@dataclass(frozen=True, order=True, slots=True)
class Replica:
    """One life of one node: the author of a journal and of counter rows."""

    node: str
    generation: int

    def __post_init__(self) -> None:
        """Raise ValueError unless node and generation are well formed."""
        if not _NODE.fullmatch(self.node):
            raise ValueError(
                f"node name {self.node!r} must be 1 to 32 of a-z, 0-9 and inner hyphens"
            )
        if not 1 <= self.generation <= GENERATION_MAX:
            raise ValueError(f"generation {self.generation} must be 1 to {GENERATION_MAX}")

    def __str__(self) -> str:
        return f"{self.node}-n{self.generation}"

    @classmethod
    def parse(cls, text: str) -> "Replica":
        """Read `node-nGENERATION`; raise ValueError when it is anything else."""
        match = _REPLICA.fullmatch(text)
        if match is None:
            raise ValueError(f"{text[:80]!r} is no replica name such as s0042-n3")
        return cls(match["node"], int(match["generation"]))

    @property
    def is_headquarters(self) -> bool:
        """Whether headquarters wrote this journal, for the whole chain or for one store."""
        return self.node == HEADQUARTERS or self.node.startswith(HEADQUARTERS + "-")


def check_store(name: str) -> str:
    """Return a store's name unchanged; raise ValueError if it is malformed or reserved."""
    replica = Replica(name, 1)
    if replica.is_headquarters:
        raise ValueError(f"store name {name!r} is reserved for headquarters")
    if len(name) > 24:
        raise ValueError(f"store name {name!r} must not be longer than 24 characters")
    return name


def headquarters_for(store: str, generation: int) -> Replica:
    """Name the journal in which headquarters writes what concerns this one store alone."""
    return Replica(f"{HEADQUARTERS}-{store}", generation)


def mint_generation(previous: int, now_ms: int) -> int:
    """Choose the generation of a new life.

    Minutes since 2025 rather than `previous + 1`: the same backup restored twice must not give
    the same generation twice, and nobody need be reachable to ask.
    """
    return max(previous + 1, now_ms // 60_000 - _GENERATION_EPOCH_MIN, 1)


def peers_share(store: str, journal: Replica) -> bool:
    """Whether a store's node and headquarters both hold this journal."""
    return journal.node in (store, HEADQUARTERS, f"{HEADQUARTERS}-{store}")


def series_id(prefix: int, counter: int) -> bytes:
    """Mint the 16-byte id of a till's next command: a UUID of version 8 (RFC 9562, 5.8).

    `prefix` is 60 random bits drawn once per till and process, `counter` rises by one each time. As
    unique as a random UUID, yet 14 of its 16 bytes cost nothing in a compressed journal.
    """
    if not 0 <= prefix < 2**60 or not 0 <= counter < 2**62:
        raise ValueError("a series id takes a prefix of 60 bits and a counter of 62")
    high = (prefix >> 12) << 16 | 8 << 12 | prefix & 0xFFF
    return (high << 64 | 2 << 62 | counter).to_bytes(16, "big")
