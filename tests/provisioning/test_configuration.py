"""A file of settings is checked as a whole, and what is wrong with it is named."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.configuration import (
    SettingsError,
    merge_settings,
    parse_broker,
    read_settings,
    setting,
    settings_toml,
    write_new,
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Two settings, one of which must be given."""

    name: str = setting("Name of the thing.")
    port: int = setting("Port it listens on.", 80)


def make(values: dict[str, object], environment: dict[str, str] | None = None) -> Sample:
    return Sample(**merge_settings(Sample, values, environment or {}, "SAMPLE_"))


def test_the_environment_wins_over_the_file() -> None:
    assert make({"name": "a"}, {"SAMPLE_PORT": "81", "SAMPLE_NAME": "b"}) == Sample(
        name="b", port=81
    )


@pytest.mark.parametrize(
    ("values", "environment", "said"),
    [
        ({}, {}, "name: missing. Name of the thing."),
        ({"name": "a", "colour": 1}, {}, "colour: no such setting"),
        ({"name": 1}, {}, "name: must be text"),
        ({"name": "a", "port": True}, {}, "port: must be a whole number"),
        ({"name": "a"}, {"SAMPLE_PORT": "x"}, "port: must be a whole number"),
    ],
)
def test_what_is_wrong_is_named(
    values: dict[str, object], environment: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        make(values, environment)


@given(
    st.text(st.characters(min_codepoint=32, exclude_characters="\x7f", codec="utf-8")),
    st.integers(0, 65535),
)
def test_what_is_written_is_read_back(name: str, port: int) -> None:
    written = Sample(name=name, port=port)
    assert make(tomllib.loads(settings_toml(written))) == written


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "sample.toml"
    with pytest.raises(SettingsError, match=r"does not exist: run `make-it`"):
        read_settings(path, "run `make-it`", lambda values: make(dict(values)))
    path.write_text("name = ")
    with pytest.raises(SettingsError, match="no valid TOML"):
        read_settings(path, "", lambda values: make(dict(values)))
    path.write_text("name = 1")
    with pytest.raises(SettingsError, match=r"sample\.toml: name: must be text"):
        read_settings(path, "", lambda values: make(dict(values)))


def test_a_brokers_address_carries_no_secret() -> None:
    assert parse_broker("") is None
    assert parse_broker("mqtt://a") == ("a", 1883)
    assert parse_broker("mqtts://a:9") == ("a", 9)
    for url in ("http://a", "mqtt://", "mqtt://a/b", "mqtt://me:secret@a"):
        with pytest.raises(ValueError, match=r"URL|mqtt"):
            parse_broker(url)


def test_a_private_file_is_its_owners_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_new(path, b"secret")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"secret", 0o600)
    with pytest.raises(FileExistsError):
        write_new(path, b"other")
    assert path.read_bytes() == b"secret"
