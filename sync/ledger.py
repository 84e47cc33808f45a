"""The ledger port: all a session asks of storage. Both ends implement it; one suite tests both.

A ledger is the view of one store's state that its node and headquarters share. Reads are
synchronous and see only committed state; writes happen outside, where the session's `Commit`
effects are carried out, and come back as outcomes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.journal import Batch
from sync.wire import Delta, Have, Holding, RecordOffer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What committing one message led to.

    `have` names the journals it touched; versions of -1 say nothing. `answered_record` is the
    document whose difference it was, taken in or refused. `refused` is set when the peer's life as
    a whole is not accepted (revoked, or its name is used twice).
    """

    have: tuple[Have, ...] = ()
    have_quantities: int = -1
    rewind_quantities: bool = False
    have_records: int = -1
    answered_record: str = ""
    refused: str = ""


class Ledger(Protocol):
    """What a session reads."""

    def holdings(self) -> Sequence[Holding]:
        """Head of every journal shared with the peer, with its author's public key."""

    def batch_after(self, journal: str, seq: int, max_bytes: int) -> Batch | None:
        """Signed batch that follows `seq`, None at the head.

        An own journal is cut anywhere up to `max_bytes` (at least one fact) and signed on the spot;
        another author's is cut at a head whose signature was kept.
        """

    def quantity_version(self, peer: str) -> int:
        """Version of the newest row that did not come from `peer` (a replica name), 0 for none."""

    def delta_after(self, peer: str, version: int, max_rows: int) -> Delta | None:
        """Rows newer than `version` that did not come from `peer`; None where there are none."""

    def quantities_have(self, stream: str) -> int:
        """Version of a sender's quantity stream that is committed here, 0 for none."""

    def record_version(self, peer: str) -> int:
        """Version of the newest document change that did not come from `peer`, 0 for none."""

    def offer_after(self, peer: str, version: int, max_documents: int) -> RecordOffer | None:
        """Documents changed after `version`, not by `peer` alone; None where there are none."""

    def records_have(self, stream: str) -> int:
        """Version of a sender's record stream that is committed here, 0 for none."""

    def wanted(self, documents: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """Offered documents that hold news, with the state vectors held here."""

    def difference(self, document: str, state_vector: bytes) -> bytes | None:
        """What a document has beyond a state vector; None for a document not held."""
