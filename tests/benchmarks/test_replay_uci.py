"""The whole replay on a small file: real processes, cut cables, a killed replay, every proof."""

import re
import subprocess
import sys
from pathlib import Path

from tests.benchmarks import retail

REPLAY = [sys.executable, "-m", "benchmarks.replay_uci"]
CLAIMS = (
    "every line of the file was posted, as what it is",
    "headquarters' net value is the file's, to the cent",
    "at the nodes, stock per SKU and store is the file's",
    "at headquarters, it is the same",
    "a store's whole file, posted once more, changes nothing",
    "every node and headquarters re-fold their journals to their books",
)


def replay(*arguments: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    command = [*REPLAY, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)


def test_a_small_file_goes_through_two_stores(tmp_path: Path) -> None:
    path = retail.write_file(tmp_path)
    done = replay("--data", str(path), "--stores", "2", "--up", "0.5", "--cut", "0.3")
    assert done.returncode == 0, done.stdout + done.stderr
    for claim in CLAIMS:
        assert f"proved: {claim}" in done.stdout
    assert "NOT PROVED" not in done.stdout
    lines = sum(1 for _ in retail.lines())
    assert re.search(rf"^ *all +{lines:,} ", done.stdout, re.MULTILINE)
    cuts = re.search(r"links were cut (\d+) times", done.stdout)
    assert cuts
    assert int(cuts[1]) > 0


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    done = replay("--data", str(tmp_path))
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "transactions.parquet is missing. It is UCI dataset 352" in said
    assert "--data or EVERTILL_UCI_DATA" in said
    assert "Traceback" not in done.stderr
