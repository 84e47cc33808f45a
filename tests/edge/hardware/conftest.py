"""A shop without hardware that tests share."""

from collections.abc import Iterator

import pytest

from tests.edge.hardware.shop import Counter, equipped


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A till without any device."""
    with equipped(tmp_path_factory.mktemp("bare")) as made:
        yield made
