"""Nobody misses what is in the ring, and whoever does is told."""

from hypothesis import given
from hypothesis import strategies as st

from edge.hardware.news import RECENT_S, News


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@given(
    st.lists(st.sampled_from(["", "t1", "t2"]), max_size=30),
    st.integers(0, 30),
    st.integers(1, 10),
)
def test_after_and_missed_add_up(tills: list[str], seen: int, kept: int) -> None:
    news = News("a", Clock(), kept)
    for number, till in enumerate(tills, 1):
        news.publish(till, "scan", b"%d" % number)
    seen = min(seen, len(tills))
    missed = news.missed(seen)
    heard = news.after(seen + missed, "t1")
    wanted = [n for n, till in enumerate(tills, 1) if n > seen + missed and till in ("", "t1")]
    assert [event.number for event in heard] == wanted
    assert missed == max(0, len(tills) - kept - seen)


def test_what_is_too_old_ends_up_in_nobodys_basket() -> None:
    clock = Clock()
    news = News("a", clock)
    news.publish("t1", "scan", b"old")
    clock.now_s = RECENT_S + 1
    news.publish("t1", "scan", b"new")
    place, lost = news.resume(0, "t1")
    assert lost == 1
    assert [event.data for event in news.after(place, "t1")] == [b"new"]
