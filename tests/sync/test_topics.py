"""Topics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.topics import PARTITIONS, Lane, Topics, partition

CHAIN = Topics("c")
STORES = st.from_regex(r"[a-z0-9]{1,24}", fullmatch=True)


def matches(pattern: str, topic: str) -> bool:
    """Whether an MQTT filter matches a topic (MQTT 3.1.1, 4.7)."""
    wanted, levels = pattern.split("/"), topic.split("/")
    for n, level in enumerate(wanted):
        if level == "#":
            return True
        if n >= len(levels) or level not in ("+", levels[n]):
            return False
    return len(wanted) == len(levels)


@given(STORES, st.sampled_from(list(Lane)))
def test_an_up_topic_reads_back(store: str, lane: Lane) -> None:
    assert CHAIN.sender(CHAIN.up(store, lane)) == (store, lane)
    assert 0 <= partition(store) < PARTITIONS


def test_the_tree_is_what_it_always_was() -> None:
    assert CHAIN.up("s0001", Lane.FACTS) == "evt/1/c/u/58/s0001/facts"
    assert CHAIN.down("s0001", Lane.HELLO) == "evt/1/c/d/s0001/hello"
    assert CHAIN.presence("s0001") == "evt/1/c/pres/s0001"
    assert CHAIN.headquarters == "evt/1/c/hq/state"


@given(STORES, STORES, st.sampled_from(list(Lane)))
def test_a_store_reaches_only_its_own_topics(one: str, two: str, lane: Lane) -> None:
    writes, reads = CHAIN.store_writes(one), CHAIN.store_reads(one)
    assert any(matches(f, CHAIN.up(two, lane)) for f in writes) is (one == two)
    assert any(matches(f, CHAIN.down(two, lane)) for f in reads) is (one == two)
    assert not any(matches(f, CHAIN.down(two, lane)) for f in writes)
    assert any(matches(f, CHAIN.up(one, lane)) for f in CHAIN.headquarters_reads())
    some = CHAIN.headquarters_reads(range(10))
    assert any(matches(f, CHAIN.up(one, lane)) for f in some) is (partition(one) < 10)
    assert any(matches(f, CHAIN.down(one, lane)) for f in CHAIN.headquarters_writes)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "evt/1/c/u/58/s0001",
        "evt/1/c/u/59/s0001/facts",
        "evt/1/c/u/058/s0001/facts",
        "evt/1/c/u/58/s0001/facts/x",
        "evt/1/c/u/58/s0001/gossip",
        "evt/1/d/u/58/s0001/facts",
        "evt/1/c/d/s0001/facts",
        "58/s0001/facts",
    ],
)
def test_other_topics_have_no_sender(topic: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        CHAIN.sender(topic)
