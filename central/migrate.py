"""A database is brought to the newest revision before anything else touches it, or not opened."""

from functools import cache
from pathlib import Path
from sqlite3 import connect

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, StaticPool, create_engine

_FOLDER = Path(__file__).parent / "migrations"


def upgrade(connection: Connection) -> None:
    """Run every migration that the database at `connection` lacks, in its transaction."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@cache
def memory_image() -> bytes:
    """Return an empty, migrated SQLite database as bytes; Alembic runs once per process."""
    database = connect(":memory:", check_same_thread=False)
    engine = create_engine("sqlite://", creator=lambda: database, poolclass=StaticPool)
    with engine.begin() as connection:
        upgrade(connection)
    image = database.serialize()
    engine.dispose()
    return image
