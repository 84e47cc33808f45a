"""A program is described by one file of settings, checked as a whole before anything is opened.

The fields of a frozen dataclass are the settings and their reference: each has its documentation,
a type (text or whole number) and mostly a default. An environment variable named after the
program's prefix and the setting wins over the file.
"""

import dataclasses
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

S = TypeVar("S")
_BROKER_PORTS = {"mqtt": 1883, "mqtts": 8883}


class SettingsError(ValueError):
    """A setting that is missing, unknown or out of range; the text names it and what it may be."""


def setting(doc: str, default: str | int | tuple[()] | None = None) -> Any:
    """Declare a setting with its documentation; without a default it must be given."""
    metadata = {"doc": doc}
    if default is None:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CommonSettings:
    """What every program is told that listens for requests and meets the others at a broker."""

    chain: str = setting(
        "Name of the chain: 1 to 32 of A-Z, a-z, 0-9, _ and -. Part of every topic.", "main"
    )
    host: str = setting("Address the HTTP API listens on; 0.0.0.0 for all of them.", "127.0.0.1")
    port: int = setting("Port of the HTTP API; 0 takes a free one.")
    http_cert_file: str = setting(
        "Certificate chain (PEM) of the HTTP API; empty speaks plain HTTP.", ""
    )
    http_key_file: str = setting("Private key (PEM) for http_cert_file.", "")
    broker_url: str = setting(
        "Where stores and headquarters meet: mqtt://HOST:PORT or mqtts://HOST:PORT; empty stays"
        " alone.",
        "",
    )
    broker_user: str = setting("User name at the broker.", "")
    broker_password_file: str = setting("File that holds the password at the broker.", "")
    broker_ca_file: str = setting(
        "Certificates (PEM) that sign the broker's; needed for mqtts.", ""
    )
    broker_cert_file: str = setting("Client certificate (PEM) shown to the broker.", "")
    broker_key_file: str = setting("Private key (PEM) for broker_cert_file.", "")

    def __post_init__(self) -> None:
        for problem in self.problems():
            raise SettingsError(problem)

    def problems(self) -> list[str]:
        """Say what cannot work, each with the name of its setting."""
        return [
            *problem_of("chain", parse_chain, self.chain),
            *problem_of("broker_url", parse_broker, self.broker_url),
            *unless(0 <= self.port <= 65535, "port: 0 to 65535"),
            *unless(bool(self.host), "host: an address to listen on, such as 127.0.0.1"),
            *unless(
                bool(self.http_cert_file) == bool(self.http_key_file),
                "http_cert_file and http_key_file: give both or neither",
            ),
            *unless(
                bool(self.broker_cert_file) == bool(self.broker_key_file),
                "broker_cert_file and broker_key_file: give both or neither",
            ),
            *unless(
                not self.broker_url.startswith("mqtts:") or bool(self.broker_ca_file),
                "broker_ca_file: needed for mqtts, to know the broker by its certificate",
            ),
        ]


def unless(holds: bool, problem: str) -> list[str]:
    """List a problem unless something holds."""
    return [] if holds else [problem]


def problem_of(name: str, check: Callable[[str], object], value: str) -> list[str]:
    """List what a check that raises ValueError says of a setting."""
    try:
        check(value)
    except ValueError as error:
        return [f"{name}: {error}"]
    return []


def merge_settings(
    kind: type[Any], values: Mapping[str, Any], environment: Mapping[str, str], prefix: str
) -> dict[str, Any]:
    """Return a file's values with the environment laid over them.

    Raises SettingsError for an unknown name, a wrong type or a setting that is missing.
    """
    fields = {field.name: field for field in dataclasses.fields(kind)}
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise SettingsError(f"{unknown[0]}: no such setting; there are {', '.join(fields)}")
    merged = dict(values)
    for name, field in fields.items():
        text = environment.get(prefix + name.upper())
        if text is not None:
            merged[name] = _number(name, text) if field.type is int else text
    for name, value in merged.items():
        if type(value) is not fields[name].type:
            what = "a whole number" if fields[name].type is int else "text in quotes"
            raise SettingsError(f"{name}: must be {what}, not {value!r}")
    for name, field in fields.items():
        if field.default is dataclasses.MISSING and name not in merged:
            raise SettingsError(f"{name}: missing. {field.metadata['doc']}")
    return merged


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise SettingsError(f"{name}: must be a whole number, not {text[:40]!r}") from None


def read_settings(path: Path, how_to_make: str, make: Callable[[Mapping[str, Any]], S]) -> S:
    """Read a settings file and make settings of it; raise SettingsError saying how to mend it."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist: {how_to_make}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no valid TOML: {error}") from None
    try:
        return make(values)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None


def settings_toml(settings: Any) -> str:
    """Write settings as the text of their file, each under its documentation."""
    blocks = []
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, tuple):
            blocks.append(f"# {field.metadata['doc']}\n{_tables(field.name, value)}")
            continue
        text = str(value) if isinstance(value, int) else _toml_string(value)
        blocks.append(f"# {field.metadata['doc']}\n{field.name} = {text}\n")
    return "\n".join(blocks)


def _tables(name: str, tables: tuple[Any, ...]) -> str:
    """Write tables (TOML 1.0); they come last, since everything that follows would be theirs."""
    text = ""
    for table in tables:
        text += f"[[{name}]]\n"
        for key, value in dataclasses.asdict(table).items():
            text += f"{key} = {_toml_value(value)}\n"
    return text


def _toml_value(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_toml_string(key)} = {_toml_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml_value(one) for one in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else _toml_string(str(value))


def _toml_string(text: str) -> str:
    """Quote a basic string (TOML 1.0); none of ours may hold control characters."""
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise SettingsError(f"{text!r}: control characters have no place in a setting")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse_chain(name: str) -> str:
    """Return the name of a chain; raise ValueError for one that no topic can hold."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", name):
        raise ValueError("1 to 32 of A-Z a-z 0-9 _ -")
    return name


def parse_broker(url: str) -> tuple[str, int] | None:
    """Return host and port of a broker, None for an empty URL; raise ValueError for a bad one."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in _BROKER_PORTS or not parts.hostname or parts.path.strip("/"):
        raise ValueError("mqtt://HOST:PORT or mqtts://HOST:PORT, or empty")
    if parts.username or parts.password:
        raise ValueError("no user in the URL: use broker_user and broker_password_file")
    return parts.hostname, parts.port or _BROKER_PORTS[parts.scheme]


def write_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a new file durably, its name in the folder too; by default only its owner reads it.

    Raises FileExistsError rather than replace anything.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_path(path.parent)


def keep_private(path: Path) -> None:
    """Make an empty file that only its owner reads, for a database to grow in.

    A file that is there is not touched: to open and close it would drop SQLite's locks.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def sync_path(path: Path) -> None:
    """Have a file's content, or a folder's names, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
