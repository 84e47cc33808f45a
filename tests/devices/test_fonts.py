"""Fonts are found where systems keep them, and what is missing is said."""

from pathlib import Path

import pytest

from devices.fonts import Fonts, face_of, find_fonts, font_folders, search_fonts


def test_fonts_are_found_by_name_wherever_they_lie(tmp_path: Path) -> None:
    for name in ("a/b/DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf", "c/NotoSansCJK-Regular.ttc"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    found = search_fonts([tmp_path / "nowhere", tmp_path])
    assert found.latin == tmp_path / "a/b/DejaVuSansMono.ttf"
    assert found.bold == tmp_path / "DejaVuSansMono-Bold.ttf"
    assert found.chinese is not None
    assert face_of(found.chinese) == 2
    assert found.missing == ""


def test_a_bold_font_of_another_family_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "LiberationMono-Regular.ttf").touch()
    (tmp_path / "DejaVuSansMono-Bold.ttf").touch()
    found = search_fonts([tmp_path])
    assert found.latin is not None
    assert found.bold is None


def test_outlines_that_a_pdf_can_carry_come_first(tmp_path: Path) -> None:
    (tmp_path / "NotoSansCJK-Regular.ttc").touch()
    (tmp_path / "DroidSansFallbackFull.ttf").touch()
    assert search_fonts([tmp_path]).chinese == tmp_path / "DroidSansFallbackFull.ttf"


def test_a_machine_without_fonts_is_told_what_to_install(tmp_path: Path) -> None:
    found = search_fonts([tmp_path])
    assert found == Fonts(None, None)
    assert found.missing == "install fonts-dejavu-core and fonts-droid-fallback (Chinese)"


def test_a_persons_own_folder_is_looked_into_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_DIRS", "/opt/shared")
    folders = font_folders()
    assert folders.index(tmp_path / "fonts") < folders.index(Path("/opt/shared/fonts"))
    assert Path("/usr/share/fonts") in folders
    assert find_fonts() is find_fonts()
