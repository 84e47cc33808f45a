"""What tests of several packages share: the system's parts, and a count of what was left out.

A part that is missing skips the tests that ask for it, or fails them where
`EVERTILL_REQUIRE_PARTS=1` says that nothing may be left out.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.parts import CHROMIUM, MOSQUITTO, POSTGRESQL, Part
from tests.postgres import fresh_database, running_cluster

# A busy machine must not fail a property: tests assert no timing.
settings.register_profile("evertill", deadline=None, print_blob=True)
settings.load_profile("evertill")


def _require(part: Part) -> Path:
    found = part.find()
    if found is None:
        refuse = pytest.fail if os.environ.get("EVERTILL_REQUIRE_PARTS") == "1" else pytest.skip
        refuse(part.missing())
    return found


@pytest.fixture(scope="session")
def mosquitto_path() -> Path:
    """Return the Mosquitto program."""
    return _require(MOSQUITTO)


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """Return the Chromium program."""
    return _require(CHROMIUM)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Yield the SQLAlchemy URL of a PostgreSQL cluster of this test process's own."""
    with running_cluster(_require(POSTGRESQL)) as url:
        yield _sqlalchemy(url)


@pytest.fixture
def fresh_database_url(postgres_url: str) -> Iterator[str]:
    """Yield the SQLAlchemy URL of a new, empty PostgreSQL database."""
    with fresh_database(postgres_url.replace("+psycopg", "")) as url:
        yield _sqlalchemy(url)


def _sqlalchemy(url: str) -> str:
    return url.replace("postgresql:", "postgresql+psycopg:", 1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end how many tests were left out, and what would bring them back."""
    reasons = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple | list)
    )
    for reason, tests in reasons.most_common():
        noun = "test" if tests == 1 else "tests"
        terminalreporter.write_line(f"left out: {tests} {noun} because {reason}", yellow=True)
