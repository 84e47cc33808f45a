"""The quality sheet is true: what it calls done is there, what is open has a reason."""

import re
from pathlib import Path

import pytest

from devices.kinds import KINDS, build
from devices.quality import RULES, SHEETS, TO_DO, Sheet, grade, page
from devices.simulated.kinds import PEERS, simulate
from tests.devices.fuzz import TARGETS

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "technician" / "devices.md"
EVIDENCE = {
    "golden": r"def test_\w*golden",
    "contract": r"def test_contract",
    "loss": r"def test_\w*(loss|lost|cut|unplugged|shown_again)",
    "faults": r"peer\.(condition|platter|mood|faults)|\.faults\.|setattr\(peer\.",
    "foreign": r"import .*\b(zbar|tshark)\b",
}


def test_every_kind_has_a_sheet_a_driver_and_a_simulator() -> None:
    assert list(SHEETS) == list(KINDS) == list(PEERS)
    for kind in KINDS:
        assert build(kind)
        assert simulate(kind)


@pytest.mark.parametrize("kind", list(SHEETS))
def test_what_is_done_is_there_and_what_is_open_has_a_reason(kind: str) -> None:
    sheet = SHEETS[kind]
    source = "".join((HERE / f"{name}.py").read_text() for name in sheet.tests)
    for rule in RULES:
        if rule in sheet.open:
            assert re.match(r"(to do|exempt): \w+", sheet.open[rule])
        elif rule == "fuzzed":
            assert set(sheet.fuzz) <= set(TARGETS)
        else:
            assert re.search(EVIDENCE[rule], source), f"{kind}: no evidence of {rule}"
    assert set(sheet.open) <= set(RULES)


def test_grades() -> None:
    assert grade(Sheet((), (), {"foreign": "exempt: none"})) == "gold"
    assert grade(Sheet((), (), {"hardware": f"{TO_DO}: x"})) == "silver"
    assert grade(Sheet((), (), {"hardware": f"{TO_DO}: x", "loss": f"{TO_DO}: y"})) == "bronze"


def test_the_technicians_page_shows_the_sheet() -> None:
    assert page() in PAGE.read_text()


def test_options_and_kinds_that_do_not_exist_are_named() -> None:
    assert build("printer", {"columns": 32, "confirm": "status"})
    with pytest.raises(ValueError, match=r"unknown kind of device 'toaster'; there are scanner,"):
        build("toaster")
    with pytest.raises(ValueError, match="unknown kind"):
        simulate("toaster")
    with pytest.raises(ValueError, match="cannot be set up"):
        build("printer", {"colour": "red"})
    with pytest.raises(ValueError, match="cannot be set up"):
        build("printer", {"confirm": "hope"})
