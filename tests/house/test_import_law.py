"""`edge | central` over `provisioning` over `devices | sync`, rooms likewise; a break is found."""

import shutil
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ("sync", "devices", "provisioning", "edge", "central")
ALLOWED = [
    ("provisioning", "sync"),
    ("provisioning", "devices"),
    ("edge", "sync"),
    ("edge", "devices"),
    ("edge", "provisioning"),
    ("central", "sync"),
    ("central", "provisioning"),
]
FORBIDDEN = [pair for pair in permutations(HOUSE, 2) if pair not in ALLOWED]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Judge the packages in a folder by the contracts of the project file beside them."""
    judge = "import sys; from importlinter.cli import lint_imports as lint"
    command = [sys.executable, "-c", f"{judge}; sys.exit(lint(no_cache=True))"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return an empty house under the real contracts: the packages without their modules."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in HOUSE:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "part.py").touch()
    for room in (ROOT / "edge").glob("*/__init__.py"):
        (tmp_path / "edge" / room.parent.name).mkdir()
        (tmp_path / "edge" / room.parent.name / "__init__.py").touch()
    return tmp_path


def test_the_house_keeps_its_law() -> None:
    judged = lint(ROOT)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize(("above", "below"), ALLOWED)
def test_downwards_is_allowed(house: Path, above: str, below: str) -> None:
    (house / above / "part.py").write_text(f"from {below} import part\n")
    judged = lint(house)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize(("importer", "imported"), FORBIDDEN)
def test_a_break_is_found(house: Path, importer: str, imported: str) -> None:
    (house / importer / "part.py").write_text(f"from {imported} import part\n")
    judged = lint(house)
    assert judged.returncode == 1
    assert f"{importer}.part -> {imported}.part" in judged.stdout


def test_a_detour_is_found(house: Path) -> None:
    (house / "central" / "part.py").write_text("from provisioning import part\n")
    (house / "provisioning" / "part.py").write_text("from devices import part\n")
    assert "central.part -> provisioning.part" in lint(house).stdout


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("books", "selling"), ("stock", "shifts"), ("selling", "views"), ("views", "web")],
)
def test_no_room_of_a_node_looks_up_or_beside(house: Path, importer: str, imported: str) -> None:
    (house / "edge" / importer / "part.py").write_text(f"import edge.{imported}\n")
    judged = lint(house)
    assert judged.returncode == 1
    assert f"edge.{importer}.part -> edge.{imported}" in judged.stdout
