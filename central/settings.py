"""Headquarters is described by one file, checked as a whole before anything is opened.

`central.toml` lies in the data directory. Each setting can be overridden by an environment
variable: EVERTILL_CENTRAL_ and its name in capitals. The fields of `Settings` are the reference.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from provisioning.configuration import (
    CommonSettings,
    merge_settings,
    problem_of,
    read_settings,
    setting,
    unless,
)
from sync.currency import OWN, PLACES_MAX

FILE_NAME = "central.toml"
DATABASE_NAME = "central.db"
ENVIRONMENT_PREFIX = "EVERTILL_CENTRAL_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """Everything headquarters is told; raise SettingsError for what cannot work."""

    port: int = setting("Port of the HTTP API and the status page; 0 takes a free one.", 8480)
    database: str = setting(
        "SQLAlchemy URL of the database, such as postgresql+psycopg://user@host/evertill; empty"
        " keeps it in central.db beside this file. A password belongs into PGPASSFILE or into the"
        " environment variable.",
        "",
    )
    currency_exponent: int = setting(
        "Decimal places shown for money on the status page, 0 to 4; -1 takes what ISO 4217 says of"
        " each currency.",
        OWN,
    )

    def problems(self) -> list[str]:
        """Say what cannot work, each with the name of its setting."""
        return [
            *CommonSettings.problems(self),
            *problem_of("database", parse_database, self.database),
            *unless(
                OWN <= self.currency_exponent <= PLACES_MAX,
                "currency_exponent: 0 to 4, or -1 for each currency's own",
            ),
        ]


def parse_database(url: str) -> URL | None:
    """Return the URL of a database, None for the file of the data directory."""
    if not url:
        return None
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("a URL such as postgresql+psycopg://user@host/evertill") from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError("sqlite:///FILE or postgresql+psycopg://user@host/database")
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def database_url(data: Path, settings: Settings) -> URL:
    """Return the URL of the database: the one set, or `central.db` in the data directory."""
    return parse_database(settings.database) or URL.create(
        "sqlite", database=str(data / DATABASE_NAME)
    )


def make_settings(values: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Make settings out of a file's values and the environment, which wins.

    Raises SettingsError for an unknown name, a wrong type or a value out of range.
    """
    return Settings(**merge_settings(Settings, values, environment, ENVIRONMENT_PREFIX))


def load_settings(data: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read `central.toml` in a data directory; raise SettingsError saying how to mend it."""
    how = f"set headquarters up with `evertill-central init --data {data}`"
    around = os.environ if environment is None else environment
    return read_settings(data / FILE_NAME, how, lambda values: make_settings(values, around))
