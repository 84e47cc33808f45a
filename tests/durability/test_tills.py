"""A short torture of two tills; `make durability` runs the long one."""

from pathlib import Path

import pytest

from tests.durability.tills import torture_tills

pytestmark = pytest.mark.xdist_group("till")
WORST = (
    "browser killed",
    "answers lost",
    "node and browser killed",
    "another window takes over",
    "node killed",
)


def test_tortured_tills_lose_and_double_nothing(chromium_path: Path) -> None:
    toll = torture_tills(moves=6, seed=5, chromium=chromium_path, names=WORST)
    assert toll.wrong == []
    assert toll.sales > 2
    assert sum(toll.faults.values()) > 2
