"""An export reads one snapshot, fact by fact, and links the chain again over every one of them.

Facts belong to the business day they name, those that name none to the local day they happened on.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field

from edge.audit import Disagreement
from edge.books.reads import Reads
from edge.views.rows import lives_of
from sync.bodies import Born
from sync.facts import Fact, FactError, decode_fact
from sync.identity import Replica
from sync.journal import Head, genesis, link, statement
from sync.signing import Signer, is_signed
from sync.values import DAY_MS


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact where it stands: the chain's hash before and after it, and its author's bytes.

    `fact` is None for bytes that could not be read; they are exported as they are.
    """

    journal: str
    seq: int
    previous: bytes
    hash: bytes
    data: bytes
    fact: Fact | None

    @property
    def generation(self) -> int:
        """Life of the node that wrote it."""
        return Replica.parse(self.journal).generation


@dataclass(slots=True)
class Chain:
    """What was checked of one life's journal, and who vouches for it.

    `signature` is the author's over the head after fact `signed_seq`; empty where none is held.
    """

    journal: str
    software: str = ""
    began_ms: int = 0
    facts: int = 0
    head: bytes = b""
    key: bytes = b""
    signed_seq: int = 0
    signature: bytes = b""


@dataclass(slots=True)
class Walk:
    """A walk over all facts of a store's own lives, oldest first; `chains` fills up as it goes."""

    connection: sqlite3.Connection
    signer: Signer | None = None
    chains: list[Chain] = field(default_factory=list)

    def total(self) -> int:
        """How many facts there are."""
        marks = ",".join(str(number) for number, _ in self._lives())
        sql = f"SELECT count(*) FROM fact WHERE journal IN ({marks})"  # noqa: S608 - numbers
        count: int = self.connection.execute(sql).fetchone()[0]
        return count

    def _lives(self) -> list[tuple[int, str]]:
        return lives_of(Reads(self.connection))[::-1]

    def __iter__(self) -> Iterator[Entry]:
        """Yield every fact; raise Disagreement where the chain does not hold."""
        for number, name in self._lives():
            chain = Chain(name)
            self.chains.append(chain)
            head = genesis(name)
            sql = "SELECT seq, hash, body FROM fact WHERE journal = ? ORDER BY seq"
            for seq, digest, data in self.connection.execute(sql, (number,)):
                if seq != head.seq + 1 or digest != link(head.hash, data):
                    raise Disagreement("fact", f"{name} {seq}", "does not continue the chain")
                yield Entry(name, seq, head.hash, digest, data, self._read(chain, data))
                head = Head(seq, digest)
            chain.facts, chain.head = head.seq, head.hash
            self._vouch(number, chain, head)

    @staticmethod
    def _read(chain: Chain, data: bytes) -> Fact | None:
        try:
            fact = decode_fact(data)
        except FactError:
            return None
        if isinstance(fact.body, Born):
            chain.software, chain.began_ms = fact.body.software, fact.at_ms
        return fact

    def _vouch(self, number: int, chain: Chain, head: Head) -> None:
        """Sign the present life's head; of former lives take the newest signature that is held."""
        sql = "SELECT key FROM journal WHERE no = ?"
        chain.key = self.connection.execute(sql, (number,)).fetchone()[0]
        if self.signer is not None and self.signer.public_key == chain.key:
            chain.signed_seq = head.seq
            chain.signature = self.signer.sign(statement(chain.journal, head))
            return
        sql = (
            "SELECT c.seq, c.signature, f.hash FROM checkpoint c JOIN fact f"
            " ON f.journal = c.journal AND f.seq = c.seq WHERE c.journal = ?"
            " ORDER BY c.seq DESC LIMIT 1"
        )
        row = self.connection.execute(sql, (number,)).fetchone()
        if row and is_signed(chain.key, statement(chain.journal, Head(row[0], row[2])), row[1]):
            chain.signed_seq, chain.signature = row[0], row[1]


def business_day(fact: Fact) -> int:
    """Business day a fact belongs to, in days since 1970."""
    day: int | None = getattr(fact.body, "business_day", None)
    return (fact.at_ms + fact.offset_min * 60_000) // DAY_MS if day is None else day


@dataclass(slots=True)
class OfflineIntervals:
    """When each till rang up sales without its node: first to last sale of each such row."""

    found: list[tuple[str, int, int, int]] = field(default_factory=list)
    _open: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def add(self, till: str, at_ms: int, *, detached: bool) -> None:
        """Take a sale; one that was not detached ends its till's interval."""
        held = self._open.get(till)
        if detached:
            first, last, count = held or (at_ms, at_ms, 0)
            self._open[till] = (min(first, at_ms), max(last, at_ms), count + 1)
        elif held:
            self.found.append((till, *self._open.pop(till)))

    def all(self) -> list[tuple[str, int, int, int]]:
        """Return `(till, first ms, last ms, sales)`, the open ones too."""
        return sorted([*self.found, *((till, *rest) for till, rest in self._open.items())])
