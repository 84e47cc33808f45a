"""Make the documents' pictures from the running product: `.venv/bin/python scripts/pictures.py`.

It runs the demo of a chain, cuts a store's link, and takes what a person would see then: the
terminal as an SVG, headquarters' status page in both languages as PNG (needs Chromium).
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import httpx
from rich.console import Console
from rich.padding import Padding
from rich.terminal_theme import MONOKAI

from provisioning.catalogue import make_catalogue
from provisioning.demo.chain import Headquarters, open_chain
from provisioning.demo.opening import open_for_business
from provisioning.demo.story import Plan, Story
from provisioning.demo.view import Screen, stores_table
from provisioning.demo.watch import StoreState

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PAGE_WIDTH, PAGE_HEIGHT = 1120, 985
CUT_FOR_MS = 6_000


class Recorder(Screen):
    """A screen that keeps what it is told, and takes the pictures once a store is cut off."""

    def __init__(self, take: Callable[[Console], None]) -> None:
        super().__init__(Console(record=True, width=80, file=StringIO(), highlight=False))
        self._take, self.taken = take, False

    def show(self, picture: Sequence[StoreState]) -> None:
        """Take the pictures when headquarters' numbers of a cut-off store have aged a little."""
        if self.taken or not any(s.link == "cut" and s.age_ms > CUT_FOR_MS for s in picture):
            return
        self.taken = True
        self.console.print(Padding(stores_table(picture), (1, 0, 1, 2)))
        self._take(self.console)


def terminal_picture(console: Console) -> str:
    """Render what a console has printed as an SVG that fetches no font from anywhere."""
    svg = console.export_svg(title="make demo", theme=MONOKAI, unique_id="evertill")
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "'DejaVu Sans Mono', Menlo, monospace")
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


def status_page(hq: Headquarters, language: str) -> str:
    """Sign in at headquarters and return its status page as it is now."""
    with httpx.Client(base_url=hq.url, follow_redirects=True, trust_env=False) as client:
        client.post("/login", data={"token": hq.token}).raise_for_status()
        page = client.get("/", params={"lang": language}).raise_for_status().text
    return re.sub(r'<meta http-equiv="refresh"[^>]*>', "", page)


def page_picture(page: str, target: Path) -> None:
    """Have Chromium draw a page."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium is missing: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, "utf-8")
        command = [chromium, "--headless", "--hide-scrollbars", f"--screenshot={target}"]
        command += [f"--window-size={PAGE_WIDTH},{PAGE_HEIGHT}", f"--user-data-dir={folder}"]
        command += ["--no-sandbox"] if os.geteuid() == 0 else []
        subprocess.run([*command, source.as_uri()], check=True, capture_output=True, timeout=60)


def main() -> None:
    """Run the demo until a store has been cut off for a while, and take the pictures."""
    tell = Console(stderr=True)
    pages: dict[str, str] = {}

    def take(console: Console) -> None:
        for language in ("en", "zh"):
            pages[language] = status_page(chain.headquarters, language)
        (FOLDER / "demo.svg").write_text(terminal_picture(console), "utf-8")

    FOLDER.mkdir(exist_ok=True)
    screen, plan = Recorder(take), Plan()
    screen.act("Evertill: headquarters and 3 stores on this machine")
    with (
        tempfile.TemporaryDirectory() as folder,
        open_chain(Path(folder), 3, 8480, screen.say, lambda: None) as chain,
    ):
        catalogue = make_catalogue(plan.seed)
        pins = open_for_business(chain, catalogue, plan.seed, screen.say)
        story = Story(chain, catalogue, plan, screen, pins)
        try:
            story.begin()
            story.sell_together()
            story.cut_and_restore(chain.stores[1])
        finally:
            story.end()
    for language, page in pages.items():
        page_picture(page, FOLDER / f"headquarters-{language}.png")
    for path in sorted(FOLDER.iterdir()):
        tell.print(f"{path.name}: {path.stat().st_size:,} bytes")
    sys.exit(0 if screen.taken else 1)


if __name__ == "__main__":
    main()
