"""Fonts are found by file name in the folders where systems keep them, as fontconfig would.

Linux: the ``fonts`` folders of XDG_DATA_HOME and XDG_DATA_DIRS, ``~/.fonts`` and
``/usr/share/fonts``; macOS: the ``Library/Fonts`` folders. A machine without a font still draws:
Latin in the library's own font, Chinese as framed cells, and `Fonts.missing` says what to install.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LATIN = (
    "DejaVuSansMono.ttf",
    "LiberationMono-Regular.ttf",
    "NotoSansMono-Regular.ttf",
    "Menlo.ttc",
)
BOLD = ("DejaVuSansMono-Bold.ttf", "LiberationMono-Bold.ttf", "NotoSansMono-Bold.ttf")
# TrueType outlines come first: a PDF can carry only those.
CHINESE = (
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "NotoSansSC-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "PingFang.ttc",
)
_SIMPLIFIED_FACE = {"NotoSansCJK-Regular.ttc": 2}


@dataclass(frozen=True, slots=True)
class Fonts:
    """Font files to draw with, all of one width per column; None where the machine has none."""

    latin: Path | None
    chinese: Path | None
    bold: Path | None = None

    @property
    def missing(self) -> str:
        """What to install for a true picture; empty if nothing."""
        lacking = [] if self.latin else ["fonts-dejavu-core"]
        lacking += [] if self.chinese else ["fonts-droid-fallback (Chinese)"]
        return f"install {' and '.join(lacking)}" if lacking else ""


def face_of(path: Path) -> int:
    """Number of the face to take from a collection: simplified Chinese where there are several."""
    return _SIMPLIFIED_FACE.get(path.name, 0)


def font_folders() -> list[Path]:
    """Folders that may hold fonts, a person's own first."""
    home = Path.home()
    data = os.environ.get("XDG_DATA_HOME") or home / ".local/share"
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    places = [Path(data), *(Path(place) for place in shared.split(":") if place)]
    found = [home / ".fonts", *(place / "fonts" for place in places), Path("/usr/share/fonts")]
    library = Path("Library/Fonts")
    return [*found, home / library, Path("/") / library, Path("/System") / library]


def search_fonts(folders: Iterable[Path]) -> Fonts:
    """Find fonts in folders, the best known name first."""
    held: dict[str, Path] = {}
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in names:
                held.setdefault(name, Path(place, name))

    def first(names: Sequence[str]) -> Path | None:
        return next((held[name] for name in names if name in held), None)

    latin = first(LATIN)
    family = latin.stem.removesuffix("-Regular") if latin else ""
    bold = first([name for name in BOLD if name.startswith(f"{family}-")])
    return Fonts(latin, first(CHINESE), bold)


@cache
def find_fonts() -> Fonts:
    """Find fonts on this machine; looked for once in a process."""
    return search_fonts(font_folders())
