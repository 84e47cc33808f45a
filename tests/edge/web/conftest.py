"""Shops that tests share or have to themselves."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.edge.web.shop import Shop, make_node, open_shop, stock_up


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A stocked shop that the tests of a module share."""
    data = tmp_path_factory.mktemp("shop") / "node"
    _, tokens = make_node(data)
    with open_shop(data, tokens) as shop:
        stock_up(shop)
        yield shop


@pytest.fixture
def own_data(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A node on disk that one test has to itself, and its devices' tokens."""
    data = tmp_path / "node"
    _, tokens = make_node(data)
    return data, tokens


@pytest.fixture
def own_shop(own_data: tuple[Path, dict[str, str]]) -> Iterator[Shop]:
    """A shop that one test has to itself."""
    with open_shop(*own_data) as shop:
        yield shop


@pytest.fixture(scope="module")
def till(shop: Shop) -> Iterator[httpx.Client]:
    """A till."""
    with shop.client("till") as client:
        yield client


@pytest.fixture(scope="module")
def admin(shop: Shop) -> Iterator[httpx.Client]:
    """A device that may do everything."""
    with shop.client("admin") as client:
        yield client
