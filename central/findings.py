"""A finding names the place where two accounts of the same thing do not meet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not meet; `place` is a journal, a counter row, a total or a shift."""

    store: str
    place: str
    detail: str
