"""News of a document is judged before anything is written, and taken whole or not at all.

The judgement names the state it was made on: who writes it down first looks whether that state is
still the one held, and otherwise lets the sender offer the document again.
"""

from collections.abc import Callable, Collection

import msgspec

from sync.identity import Replica
from sync.records import DEFAULT_LIMITS, Limits, MergeResult, client_id
from sync.records_card import InvalidEdit, check_doc_id
from sync.records_vector import RecordRefused, lacks, writes_by_writer

NOTHING = b"\x00"
"""The state vector of a document of which nothing is held."""

Merge = Callable[[str, bytes, bytes, Limits, Collection[int] | None], MergeResult]
"""`records.merge`, or `RecordsWorker.merge` for bytes from outside."""


class Held(msgspec.Struct, frozen=True):
    """What is held of a document: its state and state vector."""

    state: bytes = b""
    vector: bytes = NOTHING


class Verdict(msgspec.Struct, frozen=True):
    """What became of news: a result to write over the state at `before`, or why it is refused."""

    before: bytes
    result: MergeResult | None
    reason: str = ""


def judge(
    merge: Merge,
    me: Replica,
    document: str,
    held: Held,
    update: bytes,
    *,
    writers: Collection[int] | None = None,
) -> Verdict:
    """Merge news into what is held.

    `writers` are the client ids the sender may bring news of (None: any). Nobody brings news of
    what `me` wrote: it would be a second box under this name, and its edits would be confused.
    """
    try:
        check_doc_id(document)
        result = merge(document, held.state, update, DEFAULT_LIMITS, writers)
        if result.pending:
            raise RecordRefused("it builds on edits that were not sent with it")
        mine = client_id(me, document)
        if _writes(result.state_vector, mine) > _writes(held.vector, mine):
            raise RecordRefused(f"it holds edits under the name {me} that were never made here")
    except (RecordRefused, InvalidEdit) as refusal:
        return Verdict(held.vector, None, str(refusal))
    return Verdict(held.vector, result)


def is_news(mine: bytes, document: str, theirs: bytes) -> bool:
    """Whether an offered document holds what `mine` lacks; raise ValueError if it is no offer."""
    try:
        check_doc_id(document)
        return lacks(mine, theirs)
    except RecordRefused as refusal:
        raise ValueError(f"{document}: {refusal}") from None


def _writes(vector: bytes, writer: int) -> int:
    return writes_by_writer(vector).get(writer, 0)
