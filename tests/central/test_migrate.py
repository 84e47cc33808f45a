"""The migrations make just the tables that the schema describes, and run again without harm."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from central.migrate import memory_image, upgrade
from central.schema import metadata
from central.store import Store
from tests.central.chain import rows


def test_migrations_and_schema_agree(store: Store) -> None:
    with store.write() as connection:
        upgrade(connection)
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_a_database_in_memory_is_migrated_once_a_process() -> None:
    assert memory_image() is memory_image()
    one, two = Store.in_memory(), Store.in_memory()
    with one.write() as connection:
        connection.exec_driver_sql("INSERT INTO sku (sku) VALUES ('A')")
    assert rows(two, "SELECT sku FROM sku") == []
    assert rows(Store.in_memory(one.image()), "SELECT sku FROM sku") == [("A",)]
