"""Headquarters' database, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from central.store import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Yield headquarters' database, new and empty."""
    if request.param == "sqlite":
        opened = Store.in_memory()
    else:
        opened = Store.open(request.getfixturevalue("fresh_database_url"))
    yield opened
    opened.close()
