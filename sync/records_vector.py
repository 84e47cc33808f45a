"""A state vector says how many writes of each writer a document holds; two of them can be compared.

Its form is `count, (writer, writes)*` in little-endian base-128 integers (Yjs update format 1).
"""

from collections.abc import Collection, Iterator


class RecordRefused(Exception):  # noqa: N818 — a verdict, not a fault of this program
    """Bytes that are no acceptable document, update or state vector; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def writes_by_writer(vector: bytes) -> dict[int, int]:
    """Decode a state vector; raise `RecordRefused` on anything else."""
    numbers = list(_varints(vector))
    if not numbers or len(numbers) != 2 * numbers[0] + 1:
        raise RecordRefused("no state vector: the count does not fit")
    held = dict(zip(numbers[1::2], numbers[2::2], strict=True))
    if len(held) != numbers[0]:
        raise RecordRefused("no state vector: a writer is named twice")
    return held


def canonical(vector: bytes) -> bytes:
    """Sort a state vector by writer, so that equal ones are equal bytes (pycrdt gives any order).

    Raises `RecordRefused` when it is no state vector.
    """
    held = writes_by_writer(vector)
    numbers = [len(held), *(number for pair in sorted(held.items()) for number in pair)]
    return b"".join(map(_varint, numbers))


def lacks(mine: bytes, theirs: bytes) -> bool:
    """Tell whether the state vector `theirs` holds writes that `mine` does not.

    Raises `RecordRefused` when either is no state vector.
    """
    have = writes_by_writer(mine)
    return any(count > have.get(writer, 0) for writer, count in writes_by_writer(theirs).items())


def check_news(
    before: bytes, after: bytes, writes_max: int, writers: Collection[int] | None
) -> None:
    """Raise `RecordRefused` if `after` has news of anyone but `writers` (None: anyone is fine).

    `writes_max` bounds what one writer may have written.
    """
    had = writes_by_writer(before)
    for writer, count in writes_by_writer(after).items():
        if count > writes_max:
            raise RecordRefused(f"writer {writer} claims {count} writes")
        if count > had.get(writer, 0) and writers is not None and writer not in writers:
            raise RecordRefused(f"the sender may not write as {writer}")


def is_beyond(rest: bytes, vector: bytes) -> bool:
    """Tell whether `rest`, what an update has left beyond `vector`, is more than known deletions.

    `rest` is an update: first the writes, counted by its first byte, then the deletions as
    `count, (writer, count, (write, length)*)*`, which may concern writes not held yet.
    """
    if rest[0] != 0:
        return True
    held = writes_by_writer(vector)
    return any(end > held.get(writer, 0) for writer, end in _deletions(_varints(rest[1:])))


def _deletions(numbers: Iterator[int]) -> Iterator[tuple[int, int]]:
    for _ in range(next(numbers)):
        writer = next(numbers)
        for _ in range(next(numbers)):
            yield writer, next(numbers) + next(numbers)


def _varints(data: bytes) -> Iterator[int]:
    """Decode integers below 2**63 that fill `data` exactly."""
    value, shift = 0, 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if shift > 63:
            raise RecordRefused("an integer is too large")
        if byte < 0x80:
            yield value
            value, shift = 0, 0
    if shift:
        raise RecordRefused("cut short within an integer")


def _varint(number: int) -> bytes:
    """Encode one integer, seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
