"""The command that exports: a folder that is complete, or a clear word about why there is none."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.cli import app
from edge.settings import FILE_NAME
from tests.edge.exports.days import Week, a_busy_day, read_csv, read_json


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Week:
    made = a_busy_day(tmp_path_factory.mktemp("exported") / "node")
    (made.folder / FILE_NAME).write_text('store = "s0001"\ntimezone = "Europe/Berlin"\n', "utf-8")
    return made


def run(week: Week, form: str, target: Path, *more: str) -> tuple[int, str]:
    """Run the command over the first day; return its exit code and all it said."""
    days = ("--from", "2025-06-15", "--to", "2025-06-17")
    asked = ["export", "--form", form, *days, "--to-dir", str(target), "--data", str(week.folder)]
    result = CliRunner().invoke(app, [*asked, *more])
    return result.exit_code, " ".join(result.output.split())


def test_poslog(week: Week, tmp_path: Path) -> None:
    code, said = run(week, "poslog-json", tmp_path / "out")
    assert code == 0, said
    document = read_json(tmp_path / "out" / "poslog.json")
    assert f"holds {len(document['Transaction'])} facts, 2025-06-15 to 2025-06-17." in said
    assert "The whole hash chain was checked" in said
    assert "Next:" in said
    assert (tmp_path / "out" / "poslog.json").stat().st_mode & 0o077 == 0


def test_csv(week: Week, tmp_path: Path) -> None:
    assert run(week, "poslog-csv", tmp_path / "out")[0] == 0
    assert read_csv(tmp_path / "out" / "transactions.csv")


def test_dsfinvk(week: Week, tmp_path: Path) -> None:
    code, said = run(week, "dsfinvk", tmp_path / "out")
    assert code == 0, said
    assert "No TSE is connected" in said
    assert "2 records belong to shifts that are still open" in said
    assert "rule `fiscal`" in said
    (closing, *_) = read_csv(tmp_path / "out" / "cashpointclosing.csv", ";")
    assert closing["Z_ERSTELLUNG"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--form", "xml"), "is none of poslog-json"),
        (("--to-dir", "there"), "exists already"),
        (("--to", "2020-01-01"), "swap --from and --to"),
        (("--data", "nowhere"), "evertill-edge init"),
        (("--from", "yesterday"), "yesterday"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(
    week: Week,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    Path("there", "file").touch()
    code, said = run(week, "dsfinvk", Path("out"), *more)
    assert code != 0
    assert words in said
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_broken_books_are_not_exported(tmp_path: Path) -> None:
    week = a_busy_day(tmp_path / "node")
    (week.folder / FILE_NAME).write_text('store = "s0001"\n', "utf-8")
    week.shop.store.connection.execute("UPDATE quantity SET value = value + 1")
    code, said = run(week, "poslog-json", tmp_path / "out")
    assert code == 1
    assert "the books contradict each other" in said
    assert not (tmp_path / "out").exists()
