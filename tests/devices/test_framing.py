"""Framing: whatever the pieces, the same barcodes come out; broken ones never join."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from devices.framing import FRAME_LIMIT_BYTES, GAP_S, STALE_S, Framer, Mode

printable = st.binary(min_size=1, max_size=40).map(lambda raw: bytes(32 + b % 90 for b in raw))


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut ``data`` at the given places."""
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(places)]


@given(
    codes=st.lists(printable, max_size=6),
    suffix=st.sampled_from([b"\r", b"\n", b"\r\n", b"\t"]),
    cuts=st.lists(st.integers(0, 500), max_size=20),
)
def test_suffix_frames_do_not_depend_on_the_pieces(
    codes: list[bytes], suffix: bytes, cuts: list[int]
) -> None:
    framer = Framer()
    found: list[bytes] = []
    for piece in pieces(b"".join(code + suffix for code in codes), cuts):
        found += framer.feed(piece, 0.0).whole
    assert found == codes
    assert framer.wake_at is None


@given(
    codes=st.lists(
        st.binary(max_size=40).map(lambda raw: raw.replace(b"\2", b"").replace(b"\3", b"")),
        max_size=6,
    )
)
def test_stx_etx_keeps_carriage_returns_inside_a_code(codes: list[bytes]) -> None:
    framer = Framer(Mode.STX_ETX)
    stream = b"noise\r".join(b"\2" + code + b"\3" for code in codes)
    assert framer.feed(stream, 0.0).whole == tuple(code for code in codes if code)


def test_lost_etx_drops_the_first_code_and_keeps_the_second() -> None:
    frames = Framer(Mode.STX_ETX).feed(b"\x02first\x02second\x03", 0.0)
    assert (frames.whole, frames.dropped) == ((b"second",), 1)


def test_a_gap_ends_a_frame_where_there_is_no_suffix() -> None:
    framer = Framer(Mode.GAP)
    assert framer.feed(b"59012", 1.0).whole == ()
    assert framer.feed(b"34", 1.04).whole == ()
    assert framer.wake_at == 1.04 + GAP_S
    assert framer.feed(b"", 1.04 + GAP_S).whole == (b"5901234",)
    assert framer.wake_at is None


def test_half_a_code_never_becomes_the_head_of_the_next() -> None:
    framer = Framer()
    framer.feed(b"59012", 1.0)
    assert framer.feed(b"", 1.0 + STALE_S).dropped == 1
    assert framer.feed(b"96385074\r", 1.1 + STALE_S).whole == (b"96385074",)


def test_the_rest_of_a_code_that_was_read_late_is_no_code() -> None:
    framer = Framer()
    framer.feed(b"59012", 1.0)
    frames = framer.feed(b"34123457\r", 1.0 + 2 * STALE_S)
    assert (frames.whole, frames.dropped) == ((b"5901234123457",), 0)


def test_an_endless_frame_is_dropped_whole_and_holds_no_memory() -> None:
    framer = Framer()
    for _ in range(100):
        framer.feed(b"x" * FRAME_LIMIT_BYTES, 0.0)
    frames = framer.feed(b"tail\rnext\r", 0.0)
    assert (frames.whole, frames.dropped) == ((b"next",), 1)
