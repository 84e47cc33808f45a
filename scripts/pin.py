"""Write requirements*.txt from pyproject.toml: every package that pip would install, by version.

`.venv/bin/python scripts/pin.py` keeps the versions that are pinned already and adds what is new;
with `--upgrade` it takes the newest that pyproject.toml allows.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME, DEV = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
TILL = ROOT / "requirements-till.txt"
HEADER = "# Made by scripts/pin.py from pyproject.toml.\n"


def resolve(requirements: list[str], constraints: list[Path]) -> set[str]:
    """Ask pip what it would install on an empty machine; return `name==version` lines."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--quiet", "--dry-run"]
    command += ["--ignore-installed", "--report", "-", *requirements]
    for path in constraints:
        command += ["--constraint", str(path)]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    found = [item["metadata"] for item in report["install"]]
    return {f"{item['name'].lower().replace('_', '-')}=={item['version']}" for item in found}


def main() -> None:
    """Resolve the product's set, the developers' set on top of it, and what builds the till."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime = project["project"]["dependencies"] + project["build-system"]["requires"]
    files = (RUNTIME, DEV, TILL)
    keep = [] if "--upgrade" in sys.argv[1:] else [path for path in files if path.exists()]
    pins = resolve(runtime, keep)
    RUNTIME.write_text(HEADER + "".join(f"{pin}\n" for pin in sorted(pins)), "utf-8")
    more = resolve(runtime + project["dependency-groups"]["dev"], [*keep, RUNTIME]) - pins
    DEV.write_text(HEADER + "".join(f"{pin}\n" for pin in sorted(more)), "utf-8")
    build = resolve(project["dependency-groups"]["till"], keep)
    TILL.write_text(HEADER + "".join(f"{pin}\n" for pin in sorted(build)), "utf-8")


if __name__ == "__main__":
    main()
