"""A token is one device's or person's, and five wrong PINs lock a name for a while."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.books.migrations import migrate
from edge.people import access
from edge.people.access import FAILURES_MAX, FAILURES_WINDOW_MS, Right
from tests.edge.web.shop import make_node

NOW_MS = 1_700_000_000_000


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    data = tmp_path_factory.mktemp("access") / "node"
    make_node(data)
    with closing(connect(data / DATABASE)) as connection:
        yield connection


def test_a_token_is_as_random_as_its_bytes() -> None:
    assert access.device_token(bytes(32)) == "evd_" + "A" * 43
    assert access.session_token(bytes(32)) == "evs_" + "A" * 43
    with pytest.raises(ValueError, match="32 random bytes"):
        access.device_token(bytes(31))


def test_a_token_of_one_kind_is_none_of_the_other(connection: sqlite3.Connection) -> None:
    token = access.device_token(os.urandom(32))
    access.add_device(connection, "d1", "till", token, NOW_MS)
    assert access.identify(connection, token, NOW_MS) == access.Caller(
        "d1", "till", Right.READ | Right.SELL
    )
    assert access.identify(connection, "evs_" + token[4:], NOW_MS) is None
    assert access.identify(connection, token[:-1], NOW_MS) is None
    assert access.identify(connection, "", NOW_MS) is None


def test_a_name_is_given_again_only_after_a_revocation(connection: sqlite3.Connection) -> None:
    first, second = (access.device_token(os.urandom(32)) for _ in range(2))
    access.add_device(connection, "d2", "till", first, NOW_MS)
    with pytest.raises(ValueError, match="revoke it"):
        access.add_device(connection, "d2", "admin", second, NOW_MS)
    access.revoke_device(connection, "d2", NOW_MS + 1)
    with pytest.raises(ValueError, match="device list"):
        access.revoke_device(connection, "d2", NOW_MS + 1)
    access.add_device(connection, "d2", "stock", second, NOW_MS + 2)
    assert access.identify(connection, first, NOW_MS) is None
    caller = access.identify(connection, second, NOW_MS)
    assert caller is not None
    assert caller.role == "stock"
    listed = {device.name: device for device in access.devices(connection)}
    assert listed["d2"] == access.Device("d2", "stock", NOW_MS + 2, None)


@given(
    ages=st.lists(st.integers(0, 2 * FAILURES_WINDOW_MS), max_size=12),
    others=st.integers(0, FAILURES_MAX),
)
def test_five_failures_within_the_window_lock_until_the_fifth_last_is_old(
    ages: list[int], others: int
) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        failures = [("ana", NOW_MS - age, "d") for age in ages]
        failures += [("ben", NOW_MS, "d")] * others
        connection.executemany("INSERT INTO lockout VALUES (?, ?, ?)", failures)
        until_ms = access.locked_until_ms(connection, "ana", "till1", NOW_MS)
        within = sorted(age for age in ages if age < FAILURES_WINDOW_MS)
        assert bool(until_ms) == (len(within) >= FAILURES_MAX)
        if until_ms:
            assert until_ms == NOW_MS - within[FAILURES_MAX - 1] + FAILURES_WINDOW_MS
            assert access.locked_until_ms(connection, "ana", "till1", until_ms) == 0


def test_every_role_may_at_least_read() -> None:
    for rights in (*access.DEVICE_ROLES.values(), *access.STAFF_ROLES.values()):
        assert Right.READ in rights
