"""The oracle sees planted faults; `make mutants` tries them all."""

from pathlib import Path

import pytest

from tests.simulation.mutants import hunt_all
from tests.simulation.plants import MUTANTS, Mutant, planted

ROOT = Path(__file__).parents[2]
QUICK = (
    "a repeated command is carried out again",
    "facts are acknowledged before they are committed",
    "a void does not restock",
    "what was returned is not remembered",
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_still_has_its_place(mutant: Mutant) -> None:
    source = (ROOT / mutant.module.replace(".", "/")).with_suffix(".py").read_text("utf-8")
    compile(planted(mutant, source), mutant.module, "exec")


def test_there_are_enough_of_them() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 20


def test_planted_faults_are_seen() -> None:
    chosen = [mutant for mutant in MUTANTS if mutant.name in QUICK]
    catches = list(hunt_all(chosen, range(30), 2))
    assert len(catches) == len(QUICK)
    assert [catch.mutant.name for catch in catches if not catch.caught] == []
