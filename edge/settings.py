"""One law: a node is described by one file, checked as a whole before anything is opened.

`edge.toml` lies in the node's data directory. Each setting can be overridden by an environment
variable: EVERTILL_EDGE_ and its name in capitals. The fields of `Settings` are the reference: their
documentation is printed into the file by `evertill-edge init` and into the technician's manual.
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
from zoneinfo import ZoneInfo

from sync.identity import check_store

FILE_NAME = "edge.toml"
ENVIRONMENT_PREFIX = "EVERTILL_EDGE_"
_BROKER_PORTS = {"mqtt": 1883, "mqtts": 8883}


class SettingsError(ValueError):
    """A setting that is missing, unknown or out of range; the text names it and what it may be."""


def _setting(doc: str, default: str | int | None = None) -> Any:
    metadata = {"doc": doc}
    if default is None:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a node is told; raise SettingsError for what cannot work."""

    store: str = _setting("Name of the store in the chain: 1 to 24 of a-z, 0-9 and inner hyphens.")
    chain: str = _setting(
        "Name of the chain: 1 to 32 of A-Z, a-z, 0-9, _ and -. Part of every topic.", "main"
    )
    currency: str = _setting("Currency of the store, ISO 4217.", "EUR")
    exponent: int = _setting("Decimal places of the currency's minor unit, 0 to 4.", 2)
    timezone: str = _setting("Time zone of the store (IANA name); decides the business day.", "UTC")
    host: str = _setting(
        "Address the HTTP API listens on; 0.0.0.0 for tills on the LAN.", "127.0.0.1"
    )
    port: int = _setting("Port of the HTTP API; 0 takes a free one.", 8470)
    http_cert_file: str = _setting(
        "Certificate chain (PEM) of the HTTP API; empty speaks plain HTTP.", ""
    )
    http_key_file: str = _setting("Private key (PEM) for http_cert_file.", "")
    broker_url: str = _setting(
        "Broker on the way to headquarters: mqtt://HOST:PORT or mqtts://HOST:PORT;"
        " empty for a store on its own.",
        "",
    )
    broker_user: str = _setting("User name at the broker.", "")
    broker_password_file: str = _setting("File that holds the password at the broker.", "")
    broker_ca_file: str = _setting(
        "Certificates (PEM) that sign the broker's; needed for mqtts.", ""
    )
    broker_cert_file: str = _setting("Client certificate (PEM) shown to the broker.", "")
    broker_key_file: str = _setting("Private key (PEM) for broker_cert_file.", "")
    broker_retry_max_s: int = _setting(
        "Seconds that pauses between attempts to reach the broker grow to, 1 to 3600; long ones"
        " spare the broker of a large chain when all stores come back at once.",
        30,
    )
    hq_key: str = _setting(
        "Public key of headquarters, 64 hexadecimal digits; empty trusts the first one seen.", ""
    )

    def __post_init__(self) -> None:
        for problem in self._problems():
            raise SettingsError(problem)

    def _problems(self) -> list[str]:
        checks = (
            (
                bool(re.fullmatch(r"[A-Za-z0-9_-]{1,32}", self.chain)),
                "chain: 1 to 32 of A-Z a-z 0-9 _ -",
            ),
            (
                bool(re.fullmatch(r"[A-Z]{3}", self.currency)),
                "currency: three capitals, such as EUR",
            ),
            (0 <= self.exponent <= 4, "exponent: 0 to 4"),
            (0 <= self.port <= 65535, "port: 0 to 65535"),
            (bool(self.host), "host: an address to listen on, such as 127.0.0.1"),
            (1 <= self.broker_retry_max_s <= 3600, "broker_retry_max_s: 1 to 3600"),
            (
                bool(re.fullmatch(r"([0-9a-f]{64})?", self.hq_key)),
                "hq_key: 64 hexadecimal digits, or empty",
            ),
            (
                bool(self.http_cert_file) == bool(self.http_key_file),
                "http_cert_file and http_key_file: give both or neither",
            ),
            (
                bool(self.broker_cert_file) == bool(self.broker_key_file),
                "broker_cert_file and broker_key_file: give both or neither",
            ),
        )
        return [
            *_problem_of("store", check_store, self.store),
            *_problem_of("timezone", _zone, self.timezone),
            *_problem_of("broker_url", _parse_broker, self.broker_url),
            *(text for holds, text in checks if not holds),
            *self._tls_problems(),
        ]

    def _tls_problems(self) -> list[str]:
        if self.broker_url.startswith("mqtts:") and not self.broker_ca_file:
            return ["broker_ca_file: needed for mqtts, to know the broker by its certificate"]
        return []

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def broker(self) -> tuple[str, int] | None:
        """Host and port of the broker, None for a store on its own."""
        return _parse_broker(self.broker_url)


def _problem_of(name: str, check: Any, value: str) -> list[str]:
    try:
        check(value)
    except ValueError as error:
        return [f"{name}: {error}"]
    return []


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(f"{name[:40]!r} is no IANA time zone such as Europe/Berlin") from None


def _parse_broker(url: str) -> tuple[str, int] | None:
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in _BROKER_PORTS or not parts.hostname or parts.path.strip("/"):
        raise ValueError("mqtt://HOST:PORT or mqtts://HOST:PORT, or empty")
    if parts.username or parts.password:
        raise ValueError("no user in the URL: use broker_user and broker_password_file")
    return parts.hostname, parts.port or _BROKER_PORTS[parts.scheme]


def make_settings(values: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Make settings out of a file's values and the environment, which wins.

    Raise SettingsError for an unknown name, a wrong type or a value out of range.
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
    if "store" not in merged:
        raise SettingsError("store: the name of the store is missing")
    return Settings(**merged)


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise SettingsError(f"{name}: must be a whole number, not {text[:40]!r}") from None


def load_settings(data: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read `edge.toml` in a data directory; raise SettingsError saying how to get or mend it."""
    path = data / FILE_NAME
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"{path} does not exist: make a node with"
            f" `evertill-edge init --data {data} --store NAME`"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no valid TOML: {error}") from None
    try:
        return make_settings(values, os.environ if environment is None else environment)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def settings_toml(settings: Settings) -> str:
    """Write settings as the text of `edge.toml`, each under its documentation."""
    blocks = []
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        text = str(value) if isinstance(value, int) else _toml_string(value)
        blocks.append(f"# {field.metadata['doc']}\n{field.name} = {text}\n")
    return "\n".join(blocks)


def _toml_string(text: str) -> str:
    """Quote a basic string (TOML 1.0); none of ours may hold control characters."""
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise SettingsError(f"{text!r}: control characters have no place in a setting")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
