"""Headquarters is described by one file, checked as a whole before anything is opened.

`central.toml` lies in the data directory. Each setting can be overridden by an environment
variable: EVERTILL_CENTRAL_ and its name in capitals. The fields of `Settings` are the reference.
"""

import dataclasses
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

FILE_NAME = "central.toml"
DATABASE_NAME = "central.db"
ENVIRONMENT_PREFIX = "EVERTILL_CENTRAL_"
BROKER_PORTS = {"mqtt": 1883, "mqtts": 8883}


class SettingsError(ValueError):
    """A setting that is missing, unknown or out of range; the text names it and what it may be."""


def _setting(doc: str, default: str | int) -> Any:
    return dataclasses.field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything headquarters is told; raise SettingsError for what cannot work."""

    chain: str = _setting(
        "Name of the chain: 1 to 32 of A-Z, a-z, 0-9, _ and -. Part of every topic.", "main"
    )
    database: str = _setting(
        "SQLAlchemy URL of the database, such as postgresql+psycopg://user@host/evertill; empty"
        " keeps it in central.db beside this file. A password belongs into PGPASSFILE or into the"
        " environment variable.",
        "",
    )
    host: str = _setting("Address the HTTP API and the status page listen on.", "127.0.0.1")
    port: int = _setting("Port of the HTTP API; 0 takes a free one.", 8480)
    http_cert_file: str = _setting(
        "Certificate chain (PEM) of the HTTP API; empty speaks plain HTTP.", ""
    )
    http_key_file: str = _setting("Private key (PEM) for http_cert_file.", "")
    broker_url: str = _setting(
        "Broker on the way to the stores: mqtt://HOST:PORT or mqtts://HOST:PORT; empty serves no"
        " stores (reads and authoring only).",
        "",
    )
    broker_user: str = _setting("User name at the broker.", "")
    broker_password_file: str = _setting("File that holds the password at the broker.", "")
    broker_ca_file: str = _setting(
        "Certificates (PEM) that sign the broker's; needed for mqtts.", ""
    )
    broker_cert_file: str = _setting("Client certificate (PEM) shown to the broker.", "")
    broker_key_file: str = _setting("Private key (PEM) for broker_cert_file.", "")
    currency_exponent: int = _setting(
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


def parse_broker(url: str) -> tuple[str, int] | None:
    """Return host and port of a broker, None where there is none; raise ValueError."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in BROKER_PORTS or not parts.hostname or parts.path.strip("/"):
        raise ValueError("mqtt://HOST:PORT or mqtts://HOST:PORT, or empty")
    if parts.username or parts.password:
        raise ValueError("no user in the URL: use broker_user and broker_password_file")
    return parts.hostname, parts.port or BROKER_PORTS[parts.scheme]


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
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise SettingsError(f"{unknown[0]}: no such setting; there are {', '.join(fields)}")
    merged = dict(values)
    for name, field in fields.items():
        text = environment.get(ENVIRONMENT_PREFIX + name.upper())
        if text is not None:
            merged[name] = _number(name, text) if field.type is int else text
    for name, value in merged.items():
        if type(value) is not fields[name].type:
            kind = "a whole number" if fields[name].type is int else "text in quotes"
            raise SettingsError(f"{name}: must be {kind}, not {value!r}")
    return Settings(**merged)


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise SettingsError(f"{name}: must be a whole number, not {text[:40]!r}") from None


def load_settings(data: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read `central.toml` in a data directory; raise SettingsError saying how to mend it."""
    path = data / FILE_NAME
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"{path} does not exist: set headquarters up with `evertill-central init --data {data}`"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no valid TOML: {error}") from None
    try:
        return make_settings(values, os.environ if environment is None else environment)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def settings_toml(settings: Settings) -> str:
    """Write settings as the text of `central.toml`, each under its documentation."""
    blocks = []
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        text = str(value) if isinstance(value, int) else _toml_string(value)
        blocks.append(f"# {field.metadata['doc']}\n{field.name} = {text}\n")
    return "\n".join(blocks)


def _toml_string(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise SettingsError(f"{text!r}: control characters have no place in a setting")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
