"""Every file keeps every rule, and every rule can be broken: each has a file here that does."""

import subprocess
from pathlib import Path, PurePosixPath

import pytest

from tests.house.rules import FILE_BYTES, FILE_LINES, FUNCTION_LINES, RULES, File, breaches

ROOT = Path(__file__).parents[2]
LAW = b'"""A law."""\n'
FLOAT_FIELD = b"class Line:\n    price_minor: float\n"
PLANTED = [
    ("small_and_readable", "docs/big.txt", b"x\n" * (FILE_BYTES // 2 + 1)),
    ("small_and_readable", "edge/bin/tool", b"\x7fELF\0\0"),
    ("small_and_readable", "edge/old.db", b"SQLite format 3\0"),
    ("small_and_readable", "docs/latin.txt", b"caf\xe9\n"),
    ("clean_lines", "docs/a.md", b"end \n"),
    ("clean_lines", "docs/a.md", b"a\tb\n"),
    ("clean_lines", "docs/a.md", b"a\r\n"),
    ("clean_lines", "docs/a.md", b"<" * 7 + b" HEAD\n"),
    ("clean_lines", "docs/a.md", b"no newline"),
    ("finished", "edge/a.py", LAW + b"# TO" + b"DO: more\n"),
    ("true_everywhere", "docs/a.md", b"see /wo" + b"rk/main/README\n"),
    ("true_everywhere", "docs/a.md", b"in (/ro" + b"ot)\n"),
    ("true_everywhere", "docs/a.md", b"/ho" + b"me/anna/evertill\n"),
    ("true_everywhere", "requirements.txt", b"-" + b"-index-url x\n"),
    ("true_everywhere", "requirements.txt", b"a @ https://example.org/a.whl\n"),
    ("short", "edge/a.py", LAW + b"A = 1\n" * FILE_LINES),
    ("short", "central/web/a.js", b"f()\n" * (FILE_LINES + 1)),
    ("short", "edge/a.py", LAW + b"def f():\n" + b"    f()\n" * FUNCTION_LINES),
    ("short", "edge/a.py", LAW + b"async def f():\n" + b"    f()\n" * FUNCTION_LINES),
    ("states_its_law", "tests/edge/test_a.py", b"A = 1\n"),
    ("states_its_law", "edge/web/__init__.py", b""),
    ("plainly_named", "edge/utils.py", LAW),
    ("plainly_named", "central/services/a.py", LAW),
    ("sole_importers", "edge/uplink/relay.py", LAW + b"import paho.mqtt.client\n"),
    ("sole_importers", "sync/records.py", LAW + b"from paho.mqtt import client\n"),
    ("sole_importers", "central/a.py", LAW + b"def f():\n    import pycrdt\n"),
    ("pure_sync", "sync/session.py", LAW + b"import time\n"),
    ("pure_sync", "sync/session.py", LAW + b"from sqlite3 import connect\n"),
    ("pure_sync", "sync/session.py", LAW + b"a = datetime.now(UTC)\n"),
    ("pure_sync", "sync/session.py", LAW + b"a = uuid.uuid4()\n"),
    ("whole_numbers", "edge/a.py", LAW + FLOAT_FIELD),
    ("whole_numbers", "edge/a.py", LAW + b"def f(*, quantity: float | None) -> None: ...\n"),
    ("whole_numbers", "edge/a.py", LAW + b'def on_hand() -> "float": ...\n'),
    ("whole_numbers", "edge/a.py", LAW + b"self.total_minor: list[float] = []\n"),
]
INNOCENT = [
    ("sync/mqtt.py", LAW + b"import threading\n\nimport paho.mqtt.client\n"),
    ("sync/records_worker.py", LAW + b"import pycrdt\n"),
    ("sync/session.py", LAW + b"def f(now: int, quantity: int, rate: float) -> None: ...\n"),
    ("tests/edge/test_a.py", LAW + b"import pycrdt\n"),
    ("tests/edge/release_1.db", b"SQLite format 3\0"),
    ("Makefile", b"a:\n\techo\n"),
    ("docs/a.md", b"see https://example.org/work/ and ./work/root and /api/v1/root, GET /work\n"),
    ("edge/a.py", LAW + b"def f():\n" + b"    f()\n" * (FUNCTION_LINES - 1)),
]


def repository() -> list[Path]:
    """Return what is committed or would be, which git alone knows."""
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    command += ["--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the house rules need git and a checkout: apt-get install git, git clone")
    # Twice in the list during a merge, missing from the disk when it was just removed.
    paths = {ROOT / name for name in listed.split("\0") if name}
    return sorted(path for path in paths if path.is_file())


def test_every_file_keeps_the_rules() -> None:
    paths = repository()
    assert ROOT / "pyproject.toml" in paths
    files = (File(PurePosixPath(p.relative_to(ROOT).as_posix()), p.read_bytes()) for p in paths)
    broken = [breach for file in files for breach in breaches(file)]
    assert not broken, "\n" + "\n".join(broken)


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {p.parent for p in repository() if p.suffix == ".py"} - {ROOT, ROOT / "scripts"}
    assert not [str(folder) for folder in folders if not (folder / "__init__.py").exists()]


@pytest.mark.parametrize(("name", "path", "data"), PLANTED)
def test_rule_finds_what_was_planted(name: str, path: str, data: bytes) -> None:
    broken = {check.__name__ for check in RULES if list(check(File(PurePosixPath(path), data)))}
    assert broken == {name}


@pytest.mark.parametrize(("path", "data"), INNOCENT)
def test_rules_leave_the_innocent_alone(path: str, data: bytes) -> None:
    assert breaches(File(PurePosixPath(path), data)) == []


def test_what_does_not_parse_is_told_and_not_raised() -> None:
    (told,) = breaches(File(PurePosixPath("edge/a.py"), LAW + b"def f(:\n"))
    assert told.startswith("edge/a.py:2: not the Python")


def test_no_rule_is_untested() -> None:
    assert {name for name, _, _ in PLANTED} == {check.__name__ for check in RULES}
