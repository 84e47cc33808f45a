"""Whoever writes is alone; what was rolled back was never there; a commit is on disk."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from central.store import Store
from tests.central.chain import rows


def test_an_exception_rolls_everything_back(store: Store) -> None:
    def fail() -> None:
        with store.write() as connection:
            connection.exec_driver_sql("INSERT INTO sku (sku) VALUES ('A')")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert rows(store, "SELECT sku FROM sku") == []


def test_a_file_is_in_wal_mode_and_synced_in_full(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'central.db'}")
    assert rows(store, "PRAGMA journal_mode") == [("wal",)]
    assert rows(store, "PRAGMA synchronous") == [(2,)]
    assert store.file == tmp_path / "central.db"
    store.close()


def test_an_error_names_no_values_for_it_may_be_logged(fresh_database_url: str) -> None:
    store = Store.open(fresh_database_url)
    try:
        with pytest.raises(SQLAlchemyError) as raised, store.read() as connection:
            connection.execute(text("SELECT nothing FROM nowhere WHERE x = :x"), {"x": "secret"})
    finally:
        store.close()
    assert "secret" not in str(raised.value)
