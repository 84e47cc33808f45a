"""Brokers for the tests of provisioning: each test that asks for one runs on every kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.broker import Broker
from tests.brokers import KINDS, USERS, broker_class, running


@pytest.fixture(scope="module", params=KINDS)
def cls(request: pytest.FixtureRequest) -> type[Broker]:
    """Return each class of broker that can run here."""
    return broker_class(request.param, request)


@pytest.fixture(scope="module")
def broker(cls: type[Broker], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Yield a broker that tests share and leave running."""
    with running(cls, tmp_path_factory.mktemp("shared"), USERS) as shared:
        yield shared


@pytest.fixture
def own_broker(cls: type[Broker], tmp_path: Path) -> Iterator[Broker]:
    """Yield a broker of the test's own, to kill."""
    with running(cls, tmp_path, USERS) as own:
        yield own
