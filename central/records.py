"""Records that people edit together, as headquarters keeps them; none are kept yet."""

# ruff: noqa: ARG001, ARG002 - the shape is that of the ledger port

from collections.abc import Sequence

from central.books import Books, StoreBooks
from sync.identity import Replica
from sync.ledger import Outcome
from sync.wire import RecordDiff, RecordOffer


class Records:
    """The documents that one store shares with headquarters, as its session reads them."""

    def version(self, peer: str) -> int:
        """Version of the newest document change that did not come from `peer`, 0 for none."""
        return 0

    def have(self, stream: str) -> int:
        """Version of a sender's record stream that is committed here, 0 for none."""
        return 0

    def offer_after(self, peer: str, version: int, max_documents: int) -> RecordOffer | None:
        """Documents changed after `version`, not by `peer` alone; None where there are none."""
        return None

    def wanted(self, documents: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """Offered documents that hold news, with the state vectors held here."""
        return []

    def difference(self, document: str, state_vector: bytes) -> bytes | None:
        """What a document has beyond a state vector; None for a document not held."""
        return None


def merge_record(
    books: Books, store: StoreBooks, origin: Replica, message: RecordOffer | RecordDiff
) -> Outcome:
    """Commit what a store says of its documents; what is not kept is not acknowledged."""
    return Outcome()
