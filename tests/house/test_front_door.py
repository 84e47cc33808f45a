"""What the documents tell a reader to type exists, and the pins are those of pyproject.toml."""

import importlib
import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
TARGETS = re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)
COMMAND = re.compile(r"^(?:\$ |\w+=\S+ |\.venv/bin/)*(make|scripts/\w+|evertill-\w+)(?: (.*))?$")


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every command of this project that a document shows, split into words.

    Commands stand in fenced blocks, one or more to a line, or in code spans.
    """
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    for line in lines + re.findall(r"`([^`\n]+)`", prose):
        for piece in re.split(r"&&|\|\|?|;|&$| > ", re.sub(r"\s#.*", "", line)):
            if found := COMMAND.match(piece.strip()):
                yield found[1], shlex.split(found[2] or "")


def complaint(program: str, words: list[str]) -> str:
    """Say what is wrong with a command, or nothing."""
    if program.startswith("scripts/"):
        return "" if (ROOT / program).exists() else "no such script"
    return _make_complaint(words) if program == "make" else _own_complaint(program, words)


def _make_complaint(words: list[str]) -> str:
    for word in words:
        name, is_variable, _ = word.partition("=")
        known = f"$({name})" in MAKEFILE if is_variable else word in TARGETS
        if not known:
            return f"the Makefile has no {word}"
    return ""


def _own_complaint(program: str, words: list[str]) -> str:
    place = PROJECT["project"]["scripts"].get(program)
    if not place:
        return "pyproject.toml has no such script"
    import typer

    module, name = place.split(":")
    command = typer.main.get_command(getattr(importlib.import_module(module), name))
    while words and (below := getattr(command, "commands", None)) and words[0][0] not in "-<[":
        if words[0] not in below:
            return f"no command {words[0]}"
        command, words = below[words[0]], words[1:]
    options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    return f"no option {sorted(given - options)[0]}" if given - options else ""


def make(*words: str) -> str:
    """Run make and return what it says, untouched by the variables of a make around the tests."""
    clean = {"PATH": os.environ["PATH"]}
    command = ["make", "-C", str(ROOT), "--no-print-directory", *words]
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_documented_commands_exist(document: Path) -> None:
    found = [
        f"{program} {' '.join(words)}: {wrong}"
        for program, words in commands(document.read_text("utf-8"))
        if (wrong := complaint(program, words))
    ]
    assert not found


def test_invented_commands_are_found() -> None:
    text = (
        "Say `make nonsense`, or:\n```sh\n$ make test SPEED=9  # quickly\nscripts/nothing here\n"
        "cd there && A=1 evertill-nobody run\nmake test ARGS='-x --lf'; make all\n```\n"
    )
    wrong = [complaint(program, words) for program, words in commands(text)]
    assert wrong == [
        "the Makefile has no SPEED=9",
        "no such script",
        "pyproject.toml has no such script",
        "",
        "the Makefile has no all",
        "the Makefile has no nonsense",
    ]


def test_readme_shows_the_ways_in() -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("there is no README.md yet: write it")
    shown = {word for program, words in commands(readme.read_text("utf-8")) for word in words}
    assert {"demo", "test"} <= shown


def test_make_lists_every_way_in() -> None:
    shown = make()
    steps = {"runtime", "dev", "parts"}
    assert set(re.findall(r"^  make (\w+) ", shown, re.MULTILINE)) == set(TARGETS) - steps


@pytest.mark.parametrize(
    ("given", "runs"),
    [
        ("demo", "evertill-provision demo"),
        ("demo STORY=once", "evertill-provision demo --story once"),
        ("sim SEEDS=10000 FIRST=0", "-m tests.simulation --seeds 10000 --first 0"),
        ("sim SEED=7", "-m tests.simulation --seed 7"),
        ("mutants", "-m tests.simulation.mutants"),
        ("bench ARGS=sale", "-m benchmarks sale"),
        ("durability", "-m tests.durability"),
    ],
)
def test_make_hands_its_variables_on(given: str, runs: str) -> None:
    told = make("-n", *given.split())
    assert runs in " ".join(told.replace("\\\n", " ").split())


@pytest.mark.parametrize(
    ("wanted", "pinned_in"),
    [
        (PROJECT["project"]["dependencies"], ["requirements.txt"]),
        (PROJECT["build-system"]["requires"], ["requirements.txt"]),
        (PROJECT["dependency-groups"]["dev"], ["requirements.txt", "requirements-dev.txt"]),
        (PROJECT["dependency-groups"]["till"], ["requirements-till.txt"]),
    ],
)
def test_pins_satisfy_the_project(wanted: list[str], pinned_in: list[str]) -> None:
    lines = [line for name in pinned_in for line in (ROOT / name).read_text().splitlines()]
    pins = dict(line.partition(" ")[0].split("==") for line in lines if "==" in line)
    for requirement in map(Requirement, wanted):
        version = pins.get(canonicalize_name(requirement.name))
        told = f"{requirement} is pinned as {version}; run .venv/bin/python scripts/pin.py"
        assert version, told
        assert requirement.specifier.contains(Version(version)), told


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.name)
def test_pip_takes_no_file_that_is_not_listed_by_its_hash(path: Path) -> None:
    for pin in path.read_text("utf-8").replace("\\\n", "").splitlines():
        assert pin.startswith("#") or "--hash=sha256:" in pin, pin
