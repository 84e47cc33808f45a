"""Generated pages say what the program says today."""

from pathlib import Path

import pytest

from edge.cli import app
from edge.commands.docs import pages

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", sorted(pages(app)))
def test_generated_pages_are_up_to_date(name: str) -> None:
    written = (DOCS / name).read_text("utf-8")
    assert written == pages(app)[name], "run `evertill-edge docs docs` and commit what it wrote"
