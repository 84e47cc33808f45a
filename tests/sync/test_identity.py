"""Names of lives."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.identity import (
    GENERATION_MAX,
    Replica,
    check_store,
    headquarters_for,
    mint_generation,
    peers_share,
)

NODES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True)


@given(NODES, st.integers(1, GENERATION_MAX))
def test_a_replica_name_reads_back(node: str, generation: int) -> None:
    replica = Replica(node, generation)
    assert Replica.parse(str(replica)) == replica


@given(st.text(max_size=60))
def test_anything_else_is_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert str(Replica.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "s1",
        "s1-n0",
        "s1-n01",
        "-s1-n1",
        "S1-n1",
        "s1-n1\n",
        "s1-n9999999999",
        "s1-n２",
        "x" * 33 + "-n1",
    ],
)
def test_malformed_names_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"replica name|must be 1 to"):
        Replica.parse(text)


def test_a_name_that_looks_like_two_replicas_has_one_meaning() -> None:
    assert Replica.parse("s1-n2-n3") == Replica("s1-n2", 3)


@pytest.mark.parametrize("name", ["hq", "hq-s1"])
def test_headquarters_names_are_reserved(name: str) -> None:
    with pytest.raises(ValueError, match="reserved"):
        check_store(name)
    assert Replica(name, 1).is_headquarters


def test_store_names_are_checked() -> None:
    assert check_store("s0001") == "s0001"
    assert not Replica("hqx", 1).is_headquarters
    with pytest.raises(ValueError, match="24 characters"):
        check_store("s" * 25)
    with pytest.raises(ValueError, match="a-z"):
        check_store("Store 1")
    assert str(headquarters_for("s" * 24, GENERATION_MAX)).startswith("hq-s")


@given(st.integers(0, 2**30), st.integers(0, 2**42))
def test_a_new_generation_is_always_newer(previous: int, now_ms: int) -> None:
    assert mint_generation(previous, now_ms) > previous


def test_the_same_backup_restored_twice_gives_two_generations() -> None:
    at = 1_763_812_800_000
    assert mint_generation(5, at) != mint_generation(5, at + 60_000)
    assert mint_generation(0, 0) == 1


@pytest.mark.parametrize(
    ("journal", "shared"),
    [
        ("s1-n4", True),
        ("hq-n1", True),
        ("hq-s1-n1", True),
        ("s2-n1", False),
        ("hq-s2-n1", False),
        ("hq-s1-x-n1", False),
    ],
)
def test_who_shares_a_journal(journal: str, shared: bool) -> None:
    assert peers_share("s1", Replica.parse(journal)) is shared
