"""Write requirements*.txt from pyproject.toml: every package by version and by its files' hashes.

`.venv/bin/python scripts/pin.py` keeps the versions that are pinned already and adds what is new;
with `--upgrade` it takes the newest that pyproject.toml allows. pip installs no file that is not
listed, so that one swapped at the package index is noticed. uv, which lists the files of all
machines, is fetched for this alone.
"""

import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
RUNTIME, DEV = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
TILL = ROOT / "requirements-till.txt"
HEADER = "# Made by scripts/pin.py from pyproject.toml.\n"
OPTIONS = ("--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate")


def pin(uv: Path, target: Path, requirements: list[str], base: Sequence[Path] = ()) -> None:
    """Write what the requirements need on any machine and `base` does not bring already."""
    command = [str(uv), "pip", "compile", *OPTIONS, "--python-version", "3.11", "-"]
    command += ["--output-file", str(target), *sys.argv[1:]]
    for path in base:
        command += ["--constraint", str(path)]
        for line in path.read_text("utf-8").splitlines():
            name, pinned, _ = line.partition("==")
            command += ["--no-emit-package", name] if pinned else []
    wanted = "\n".join(requirements).encode()
    subprocess.run(command, check=True, input=wanted, stdout=subprocess.DEVNULL)
    target.write_text(HEADER + target.read_text("utf-8"), "utf-8")


def main() -> None:
    """Pin the product's set, the developers' set on top of it, and what builds the till."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime = project["project"]["dependencies"] + project["build-system"]["requires"]
    groups = project["dependency-groups"]
    with TemporaryDirectory() as folder:
        fetch = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "uv"]
        subprocess.run(fetch, check=True)
        uv = Path(folder) / "bin" / "uv"
        pin(uv, RUNTIME, runtime)
        pin(uv, DEV, runtime + groups["dev"], [RUNTIME])
        pin(uv, TILL, groups["till"])


if __name__ == "__main__":
    main()
