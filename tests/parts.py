"""The system's parts that tests use but pip can't install: where they are and how to get them.

`python -m tests.parts` installs what is missing with apt-get where it may, never leaves a service
running or enabled that wasn't there before, and prints the command for whatever is still missing.
`EVERTILL_INSTALL_PARTS=0` only prints; `EVERTILL_REQUIRE_PARTS=1` fails where a part is missing.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devices.fonts import font_folders, search_fonts

POSTGRESQL_FLOOR = 15
POLICY = Path("/usr/sbin/policy-rc.d")
INSTALLERS = {
    "apt-get": "apt-get install -y",
    "dnf": "dnf install -y",
    "apk": "apk add",
    "pacman": "pacman -S --noconfirm",
    "brew": "brew install",
}


@dataclass(frozen=True)
class Part:
    """One program: how it is called, which package brings it and how to find it."""

    name: str
    package: str
    find: Callable[[], Path | None]

    def command(self) -> str:
        """Return the command that installs this part here."""
        tool = next((tool for tool in INSTALLERS if shutil.which(tool)), "apt-get")
        package = "postgresql-server" if (tool, self) == ("dnf", POSTGRESQL) else self.package
        sudo = "" if os.geteuid() == 0 or tool == "brew" else "sudo "
        return f"{sudo}{INSTALLERS[tool]} {package}"

    def require(self) -> Path:
        """Return where it is; end the program, saying how to get it, where it is missing."""
        found = self.find()
        if found is None:
            raise SystemExit(self.missing())
        return found

    def missing(self) -> str:
        """Say that this part is missing and what to do about it."""
        return f"{self.name} is missing: {self.command()}"


def _which(*names: str) -> Path | None:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    found = (shutil.which(name, path=path) for name in names)
    return next((Path(place) for place in found if place), None)


def find_mosquitto() -> Path | None:
    """Return the Mosquitto broker, which Debian keeps out of a user's PATH."""
    return _which("mosquitto")


def find_chromium() -> Path | None:
    """Return Chromium or Chrome."""
    return _which("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_postgresql() -> Path | None:
    """Return the folder of `initdb` and `postgres` of the newest PostgreSQL that is new enough."""
    folders = {path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    folders |= {path.parent for path in Path("/usr").glob("pgsql-*/bin/initdb")}
    on_path = _which("initdb")
    if on_path:
        folders.add(on_path.resolve().parent)
    newest = max(((_version(folder), folder) for folder in folders), default=None)
    return newest[1] if newest and newest[0] >= POSTGRESQL_FLOOR else None


def _version(folder: Path) -> int:
    try:
        said = subprocess.check_output([folder / "postgres", "--version"], text=True)
    except OSError:
        return 0
    found = re.search(r"\d+", said)
    return int(found.group()) if found else 0


def find_latin_font() -> Path | None:
    """Return a font of one width, for pictures of receipts."""
    return search_fonts(font_folders()).latin


def find_chinese_font() -> Path | None:
    """Return a font with Chinese characters, for pictures of receipts."""
    return search_fonts(font_folders()).chinese


MOSQUITTO = Part("Mosquitto", "mosquitto", find_mosquitto)
POSTGRESQL = Part(f"PostgreSQL {POSTGRESQL_FLOOR}+", "postgresql", find_postgresql)
CHROMIUM = Part("Chromium", "chromium", find_chromium)
CHINESE_FONT = Part("A Chinese font", "fonts-droid-fallback", find_chinese_font)
LATIN_FONT = Part("A font of one width", "fonts-dejavu-core", find_latin_font)
CHROMIUM_FLAGS = (  # headless, alone, and looking for no network
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-dev-shm-usage",
)
PARTS = (MOSQUITTO, POSTGRESQL, CHROMIUM, LATIN_FONT, CHINESE_FONT)


def _succeeds(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _as_root() -> list[str] | None:
    """Return what to put before a command so that root runs it, or None where that can't be."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if _succeeds("sudo", "-n", "true") else None


@contextmanager
def _services_left_alone(root: list[str]) -> Iterator[None]:
    """Have packages neither start nor stop a service, as Debian's policy-rc.d allows."""
    ours = not POLICY.exists()
    if ours:
        rule = f"printf '#!/bin/sh\\nexit 101\\n' >{POLICY} && chmod 755 {POLICY}"
        subprocess.run([*root, "sh", "-c", rule], check=True)
    try:
        yield
    finally:
        if ours:
            subprocess.run([*root, "rm", "-f", str(POLICY)], check=True)


def _apt(root: list[str], *arguments: str) -> bool:
    options = ["-qq", "-y", "-o", "DPkg::Lock::Timeout=300"]
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    done = subprocess.run(
        [*root, *environment, "apt-get", *options, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(*done.stdout.splitlines()[-5:], sep="\n")
    return done.returncode == 0


def install(parts: list[Part]) -> None:
    """Install parts with apt-get, each by itself so that one failure doesn't cost the others."""
    root = _as_root()
    if root is None or not shutil.which("apt-get"):
        return
    print("parts: reading the package lists", flush=True)
    _apt(root, "update")
    with _services_left_alone(root):
        for part in parts:
            known = _succeeds("systemctl", "cat", part.package)
            print(f"parts: installing {part.package} (a minute or so)", flush=True)
            if _apt(root, "install", "--no-install-recommends", part.package) and not known:
                _succeeds(*root, "systemctl", "disable", "--now", part.package)


def main() -> int:
    """Install what is missing where allowed and report the rest; return the exit code."""
    missing = [part for part in PARTS if part.find() is None]
    if missing and os.environ.get("EVERTILL_INSTALL_PARTS") != "0":
        install(missing)
        missing = [part for part in PARTS if part.find() is None]
    for part in missing:
        print(f"parts: {part.missing()} (its tests will be left out)")
    return int(bool(missing) and os.environ.get("EVERTILL_REQUIRE_PARTS") == "1")


if __name__ == "__main__":
    sys.exit(main())
