"""A journal is one author's facts, numbered from 1 without gaps, each hashed onto the one before.

Two holders of a journal differ only in how much of it they hold. Whatever arrives is the next
piece, a repeat, a gap (ask again) or a fork (quarantine); there is no fifth case.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from sync.signing import Signer, is_signed

HASH_BYTES = 32
FACT_MAX_BYTES = 32_768


@dataclass(frozen=True, slots=True)
class Head:
    """The last fact held of a journal: its sequence number (0 for none) and chain hash."""

    seq: int
    hash: bytes


class Batch(msgspec.Struct, array_like=True, frozen=True):
    """Consecutive facts of one journal; `signature` is the author's over the head they lead to."""

    journal: str
    first: int
    previous: bytes
    facts: list[bytes]
    signature: bytes

    @property
    def last(self) -> int:
        """Sequence number of the last fact."""
        return self.first + len(self.facts) - 1


@dataclass(frozen=True, slots=True)
class Extension:
    """The batch continues the journal: append `facts` from `first`; `head` is the new head."""

    first: int
    facts: Sequence[bytes]
    head: Head


@dataclass(frozen=True, slots=True)
class Repeat:
    """Everything in the batch is held already."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The batch starts behind the next fact expected: what lies between must be asked for."""

    have: int


@dataclass(frozen=True, slots=True)
class Fork:
    """The author signed what contradicts what is held: quarantine it, and follow it no further."""

    reason: str


@dataclass(frozen=True, slots=True)
class Forged:
    """The author never signed this batch: quarantine it and expect the true one."""

    reason: str


Reading = Extension | Repeat | Gap | Fork | Forged


def genesis(journal: str) -> Head:
    """Head of a journal that holds nothing yet; its hash binds the chain to the journal's name."""
    return Head(0, blake2b(journal.encode(), digest_size=HASH_BYTES, person=b"evertill").digest())


def link(previous: bytes, fact: bytes) -> bytes:
    """Chain hash after a fact: BLAKE2b-256 over the previous hash and the fact's exact bytes."""
    return blake2b(previous + fact, digest_size=HASH_BYTES).digest()


def follow(head: Head, facts: Sequence[bytes]) -> Head:
    """Head after appending facts."""
    digest = head.hash
    for fact in facts:
        digest = link(digest, fact)
    return Head(head.seq + len(facts), digest)


def statement(journal: str, head: Head) -> bytes:
    """Bytes an author signs to vouch for a head."""
    return b"evertill head 1\0" + journal.encode() + b"\0" + head.seq.to_bytes(8, "big") + head.hash


def make_batch(journal: str, before: Head, facts: list[bytes], signer: Signer) -> Batch:
    """Cut and sign a batch of an own journal; `before` is the head the facts continue."""
    signature = signer.sign(statement(journal, follow(before, facts)))
    return Batch(journal, before.seq + 1, before.hash, facts, signature)


def read_batch(
    head: Head,
    batch: Batch,
    stored: Callable[[int, int], Sequence[bytes]],
    author_key: bytes,
) -> Reading:
    """Decide what a batch is to a holder at `head`.

    `stored(first, last)` returns the held facts of an overlap, inclusive. Pure but for that call;
    never raises on hostile content.
    """
    if not batch.facts or batch.first < 1:
        return Forged("the batch holds no facts")
    if any(len(fact) > FACT_MAX_BYTES for fact in batch.facts):
        return Forged(f"a fact is larger than {FACT_MAX_BYTES} bytes")
    if batch.first > head.seq + 1:
        return Gap(head.seq)
    overlap = min(batch.last, head.seq) - batch.first + 1
    if overlap and list(stored(batch.first, batch.first + overlap - 1)) != batch.facts[:overlap]:
        return _contradiction(
            batch, author_key, "facts under these numbers are held with other content"
        )
    if overlap == len(batch.facts):
        return Repeat()
    if overlap == 0 and batch.previous != head.hash:
        return _contradiction(
            batch, author_key, "the batch does not continue the chain that is held"
        )
    fresh = batch.facts[overlap:]
    after = follow(head, fresh)
    if not is_signed(author_key, statement(batch.journal, after), batch.signature):
        return Forged("the head of the batch is not signed by its author")
    return Extension(head.seq + 1, fresh, after)


def _contradiction(batch: Batch, author_key: bytes, reason: str) -> Fork | Forged:
    """Tell an author who contradicts himself from somebody who only speaks in his name."""
    claimed = follow(Head(batch.first - 1, batch.previous), batch.facts)
    vouched = is_signed(author_key, statement(batch.journal, claimed), batch.signature)
    return Fork(reason) if vouched else Forged(f"{reason}, and its author never signed it")
