"""The store loses nothing in a power cut, and this test would see it if it did."""

from tests.durability.power import cut_many


def test_nothing_acknowledged_is_lost_with_full_sync() -> None:
    finding = cut_many("FULL", sales=120, cuts=60, seed=1)
    assert finding.acknowledged > 1_000
    assert (finding.lost, finding.damaged) == (0, 0)


def test_the_same_cuts_catch_a_missing_sync() -> None:
    finding = cut_many("NORMAL", sales=120, cuts=60, seed=1)
    assert finding.lost > 100
