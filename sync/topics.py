"""Every topic of a chain, in one place; the last level is always the lane.

```
evt/1/<chain>/pres/<store>               presence: retained birth and last will
evt/1/<chain>/u/<partition>/<store>/<lane>   up, partition = crc32(store) mod 64
evt/1/<chain>/d/<store>/<lane>           down
evt/1/<chain>/hq/state                   headquarters' own presence, retained
```
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

PARTITIONS = 64


class Lane(StrEnum):
    """What a message is about; each lane has its own topic, so that order is kept within it."""

    HELLO = "hello"
    PROGRESS = "progress"
    QUANTITIES = "quantities"
    FACTS = "facts"
    RECORDS = "records"


def partition(store: str) -> int:
    """Partition that carries a store's messages up, 0 to 63."""
    return crc32(store.encode()) % PARTITIONS


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one chain."""

    chain: str

    @property
    def root(self) -> str:
        """Prefix of every topic of the chain."""
        return f"evt/1/{self.chain}"

    def up(self, store: str, lane: Lane) -> str:
        """Topic on which a store sends."""
        return f"{self.root}/u/{partition(store)}/{store}/{lane}"

    def down(self, store: str, lane: Lane) -> str:
        """Topic on which a store listens."""
        return f"{self.root}/d/{store}/{lane}"

    def presence(self, store: str) -> str:
        """Topic of a store's birth and last will."""
        return f"{self.root}/pres/{store}"

    @property
    def headquarters(self) -> str:
        """Topic of headquarters' own birth and last will."""
        return f"{self.root}/hq/state"

    def store_writes(self, store: str) -> list[str]:
        """Topic filters a store may publish on."""
        return [f"{self.root}/u/{partition(store)}/{store}/#", self.presence(store)]

    def store_reads(self, store: str) -> list[str]:
        """Topic filters a store subscribes to."""
        return [f"{self.root}/d/{store}/+", self.headquarters]

    @property
    def headquarters_writes(self) -> list[str]:
        """Topic filters headquarters may publish on."""
        return [f"{self.root}/d/#", self.headquarters]

    def headquarters_reads(self, partitions: Collection[int] = range(PARTITIONS)) -> list[str]:
        """Topic filters headquarters subscribes to, for the partitions it has leased."""
        if len(partitions) == PARTITIONS:
            return [f"{self.root}/u/#", f"{self.root}/pres/+"]
        return [f"{self.root}/u/{p}/#" for p in sorted(partitions)] + [f"{self.root}/pres/+"]

    def sender(self, topic: str) -> tuple[str, Lane]:
        """Store and lane of an up topic; raise ValueError for any other topic."""
        levels = topic.removeprefix(f"{self.root}/u/").split("/")
        if len(levels) != 3 or topic.count("/") != 6:
            raise ValueError(f"{topic[:120]!r} is no up topic of chain {self.chain}")
        store, lane = levels[1], Lane(levels[2])
        if levels[0] != str(partition(store)):
            raise ValueError(f"{topic[:120]!r} has the wrong partition for {store}")
        return store, lane
