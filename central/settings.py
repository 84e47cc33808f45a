"""Headquarters is described by one file, checked as a whole before anything is opened.

`central.toml` lies in the data directory. Each setting can be overridden by an environment
variable: EVERTILL_CENTRAL_ and its name in capitals. The fields of `Settings` are the reference.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from provisioning.configuration import (
    SettingsError,
    merge_settings,
    parse_broker,
    read_settings,
    setting,
)

FILE_NAME = "central.toml"
DATABASE_NAME = "central.db"
ENVIRONMENT_PREFIX = "EVERTILL_CENTRAL_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything headquarters is told; raise SettingsError for what cannot work."""

    chain: str = setting(
        "Name of the chain: 1 to 32 of A-Z, a-z, 0-9, _ and -. Part of every topic.", "main"
    )
    database: str = setting(
        "SQLAlchemy URL of the database, such as postgresql+psycopg://user@host/evertill; empty"
        " keeps it in central.db beside this file. A password belongs into PGPASSFILE or into the"
        " environment variable.",
        "",
    )
    host: str = setting("Address the HTTP API and the status page listen on.", "127.0.0.1")
    port: int = setting("Port of the HTTP API; 0 takes a free one.", 8480)
    http_cert_file: str = setting(
        "Certificate chain (PEM) of the HTTP API; empty speaks plain HTTP.", ""
    )
    http_key_file: str = setting("Private key (PEM) for http_cert_file.", "")
    broker_url: str = setting(
        "Broker on the way to the stores: mqtt://HOST:PORT or mqtts://HOST:PORT; empty serves no"
        " stores (reads and authoring only).",
        "",
    )
    broker_user: str = setting("User name at the broker.", "")
    broker_password_file: str = setting("File that holds the password at the broker.", "")
    broker_ca_file: str = setting(
        "Certificates (PEM) that sign the broker's; needed for mqtts.", ""
    )
    broker_cert_file: str = setting("Client certificate (PEM) shown to the broker.", "")
    broker_key_file: str = setting("Private key (PEM) for broker_cert_file.", "")
    currency_exponent: int = setting(
        "Decimal places shown for money on the status page, 0 to 4.", 2
    )

    def __post_init__(self) -> None:
        for problem in self._problems():
            raise SettingsError(problem)

    def _problems(self) -> list[str]:
        tls = self.broker_url.startswith("mqtts:")
        checks = (
            (re.fullmatch(r"[A-Za-z0-9_-]{1,32}", self.chain), "chain: 1 to 32 of A-Z a-z 0-9 _ -"),
            (0 <= self.port <= 65535, "port: 0 to 65535"),
            (0 <= self.currency_exponent <= 4, "currency_exponent: 0 to 4"),
            (self.host, "host: an address to listen on, such as 127.0.0.1"),
            (
                bool(self.http_cert_file) == bool(self.http_key_file),
                "http_cert_file and http_key_file: give both or neither",
            ),
            (
                bool(self.broker_cert_file) == bool(self.broker_key_file),
                "broker_cert_file and broker_key_file: give both or neither",
            ),
            (
                not tls or self.broker_ca_file,
                "broker_ca_file: needed for mqtts, to know the broker by its certificate",
            ),
        )
        found = [text for holds, text in checks if not holds]
        for name, check in (("broker_url", parse_broker), ("database", parse_database)):
            try:
                check(getattr(self, name))
            except ValueError as error:
                found.append(f"{name}: {error}")
        return found


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
