"""The examples that the till's tests go by are what the node computes today."""

import pytest

from tests.edge.till.vectors import FOLDER, make, text_of

MADE = make()


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_tills_examples_are_the_nodes(name: str) -> None:
    kept = (FOLDER / f"{name}.json").read_text("utf-8")
    assert kept == text_of(MADE[name]), "run: python -m tests.edge.till.vectors"


def test_the_barcodes_are_of_every_kind() -> None:
    kinds = {said[0] for _, said in MADE["barcodes"]}
    refusals = {"check digit", "content", "not now", "empty"}
    assert kinds == refusals | {"item", "measured", "payment", "container", "gs1", "other"}
