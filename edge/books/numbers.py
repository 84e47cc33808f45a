"""A receipt's number names its till, the life it was numbered in and its place in that series."""

from sync.bodies import AnyBody
from sync.receipts import Return, Sale


def receipt_text(till: str, life: int, number: int) -> str:
    """Text of a receipt number; `life` is that of whoever numbered it, the node or the till."""
    return f"{till}-{life}-{number:06d}"


def receipt_of(body: AnyBody, generation: int) -> str:
    """Text of the receipt number of a sale or return of this generation; empty for all else."""
    if not isinstance(body, Sale | Return):
        return ""
    life = body.life if isinstance(body, Sale) else 0
    return receipt_text(body.till, life or generation, body.number)


def generation_of(journal: str) -> int:
    """Generation in a journal's name."""
    return int(journal.rpartition("-n")[2])
