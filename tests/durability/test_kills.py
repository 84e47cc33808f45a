"""A short run of the kill loops; `make durability` runs the long one."""

from tests.durability.kills import kill_often


def test_kills_lose_nothing() -> None:
    toll = kill_often(kills=6, stores=2, seed=4)
    assert toll.faults == []
    assert toll.receipts > 50
    assert sum(toll.killed.values()) == 6
