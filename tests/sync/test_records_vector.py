"""State vectors compare, and hostile ones are refused before native code sees them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.records_vector import (
    RecordRefused,
    canonical,
    check_news,
    is_beyond,
    lacks,
    writes_by_writer,
)

CLOCKS = st.dictionaries(st.integers(0, 2**53 - 1), st.integers(0, 2**31), max_size=5)


def _vector(clocks: dict[int, int]) -> bytes:
    """Encode in the test's own way and in the dictionary's order."""
    out = bytearray()
    for number in [len(clocks), *(number for pair in clocks.items() for number in pair)]:
        groups = [number >> shift & 0x7F for shift in range(0, max(number.bit_length(), 1), 7)]
        out += bytes(group | 0x80 for group in groups[:-1]) + bytes(groups[-1:])
    return bytes(out)


@given(CLOCKS)
def test_decodes_what_it_encodes(clocks: dict[int, int]) -> None:
    assert writes_by_writer(_vector(clocks)) == clocks


@given(CLOCKS, CLOCKS)
def test_lacks_is_set_difference(mine: dict[int, int], theirs: dict[int, int]) -> None:
    joined = {writer: max(mine.get(writer, 0), theirs.get(writer, 0)) for writer in mine | theirs}
    grows = any(joined[writer] > mine.get(writer, 0) for writer in joined)
    assert lacks(_vector(mine), _vector(theirs)) == grows
    assert not lacks(_vector(joined), _vector(theirs))


@given(CLOCKS)
def test_equal_vectors_have_one_form(clocks: dict[int, int]) -> None:
    backwards = dict(reversed(clocks.items()))
    assert canonical(_vector(backwards)) == canonical(_vector(clocks))
    assert writes_by_writer(canonical(_vector(clocks))) == clocks


@pytest.mark.parametrize(
    "vector",
    [b"", b"\x01", b"\x01\x01", b"\x00\x01", b"\x02\x01\x01\x01\x02", b"\x80", b"\xff" * 12],
)
def test_refuses_what_is_no_vector(vector: bytes) -> None:
    with pytest.raises(RecordRefused):
        writes_by_writer(vector)


@given(st.binary(max_size=64))
def test_judges_any_bytes_without_failing(data: bytes) -> None:
    with suppress(RecordRefused):
        writes_by_writer(data)


def test_news_may_come_only_from_its_writer() -> None:
    before, after = _vector({1: 5, 2: 5}), _vector({1: 6, 2: 5})
    check_news(before, after, 10, None)
    check_news(before, after, 10, [1])
    with pytest.raises(RecordRefused, match="may not write as 1"):
        check_news(before, after, 10, [2])
    with pytest.raises(RecordRefused, match="claims 6 writes"):
        check_news(before, after, 5, None)


def test_deletions_of_unknown_writes_are_beyond() -> None:
    vector = _vector({7: 4})
    assert not is_beyond(b"\x00\x00", vector)
    assert not is_beyond(b"\x00\x01\x07\x02\x00\x01\x02\x02", vector)
    assert is_beyond(b"\x00\x01\x07\x01\x02\x03", vector)
    assert is_beyond(b"\x00\x01\x08\x01\x00\x01", vector)
    assert is_beyond(b"\x01", vector)
