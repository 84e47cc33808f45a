"""A shop with a catalogue, in a directory of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Yield a shop that knows its catalogue."""
    opened = open_shop(tmp_path)
    yield opened
    opened.store.close()
