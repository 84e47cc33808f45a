"""The window: never more on the way than it says, and it learns."""

from hypothesis import given
from hypothesis import strategies as st

from sync.flow import PIECE_MAX_BYTES, WINDOW_MAX_BYTES, WINDOW_MIN_BYTES, Window


def test_starts_small_and_is_full_after_two_pieces() -> None:
    window = Window()
    assert window.room_bytes == WINDOW_MIN_BYTES // 2
    window.sent("a", 1, 4_096, 0)
    assert window.room_bytes == 4_096
    window.sent("a", 2, 4_096, 5)
    assert window.room_bytes == 0
    assert window.oldest_ms == 0


def test_quick_commits_open_it_and_slow_ones_close_it() -> None:
    window = Window()
    now_ms = 0
    for seq in range(1, 20):
        window.sent("a", seq, 100, now_ms)
        now_ms += 100
        window.acknowledged("a", seq, now_ms)
    assert window.limit_bytes == WINDOW_MAX_BYTES
    assert window.room_bytes == PIECE_MAX_BYTES
    for seq in range(20, 40):
        window.sent("a", seq, 100, now_ms)
        now_ms += 700
        window.acknowledged("a", seq, now_ms)
    assert window.limit_bytes == WINDOW_MIN_BYTES
    assert window.oldest_ms is None


PIECES = st.lists(
    st.tuples(
        st.sampled_from(["send", "acknowledge", "drop"]),
        st.sampled_from("ab"),
        st.integers(1, 40_000),
        st.integers(0, 2_000),
    )
)


@given(PIECES)
def test_counts_what_is_on_the_way_exactly(steps: list[tuple[str, str, int, int]]) -> None:
    window, now_ms = Window(), 0
    away: list[tuple[str, int, int]] = []
    for number, (step, journal, size, passed_ms) in enumerate(steps):
        now_ms += passed_ms
        if step == "send" and window.room_bytes:
            cut = min(size, window.room_bytes)
            window.sent(journal, number, cut, now_ms)
            away.append((journal, number, cut))
        elif step == "acknowledge":
            window.acknowledged(journal, number - 3, now_ms)
            away = [p for p in away if p[0] != journal or p[1] > number - 3]
        elif step == "drop":
            window.drop(journal)
            away = [p for p in away if p[0] != journal]
        total = sum(size for _, _, size in away)
        assert (window.room_bytes == 0) is (total >= window.limit_bytes)
        assert WINDOW_MIN_BYTES <= window.limit_bytes <= WINDOW_MAX_BYTES
        assert total <= WINDOW_MAX_BYTES + PIECE_MAX_BYTES
