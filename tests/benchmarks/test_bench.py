"""The bench runs as its user runs it, and what it writes can be compared with an earlier run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.figures import AT_LEAST, Figure, percentile

ROOT = Path(__file__).parents[2]


def _bench(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "benchmarks", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_it_prints_a_table_and_writes_the_same_as_json(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    words = ["--only", "sale-core", "bytes", "--json", str(file), "--dir", str(tmp_path)]
    done = _bench("--quick", *words)
    assert done.returncode == 0, done.stderr
    assert "Next: " in done.stdout
    assert "round 2 of 2" in done.stderr
    said = json.loads(file.read_text("utf-8"))
    assert {"cores", "python", "load_before", "load_after"} <= set(said["machine"])
    assert {row["bench"] for row in said["figures"]} == {"sale-core", "bytes"}
    for row in said["figures"]:
        assert row["value"] > 0, row
        assert row["ratio"] == row["value"] / row["limit"], row
        assert row["limit_is"], row
        if row["goal"] is not None:
            assert row["reached"] is (row["value"] <= row["goal"]), row
    assert list(tmp_path.iterdir()) == [file]


def test_a_wrong_name_says_which_there_are() -> None:
    done = _bench("--only", "sails")
    assert done.returncode == 2
    assert "sale-core" in done.stderr
    assert "reconnect" in done.stderr


@pytest.mark.parametrize(("better", "reached"), [("≤", True), (AT_LEAST, False)])
def test_a_goal_has_a_direction(better: str, reached: bool) -> None:
    figure = Figure(what="x", unit="ms", value=1, better=better, goal=2, limit=0.5)
    assert figure.reached is reached
    assert figure.ratio == 2
    assert Figure(what="x", unit="ms", value=1).reached is None
    assert Figure(what="x", unit="ms", value=1).ratio is None


def test_percentiles_are_values_that_occurred() -> None:
    timings = [float(n) for n in range(100, 0, -1)]
    assert percentile(timings, 50) == 51
    assert percentile(timings, 99) == 100
    assert percentile([7.0], 99) == 7
