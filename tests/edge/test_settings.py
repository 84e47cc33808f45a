"""Settings survive their file, and what cannot work is named."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.settings import FILE_NAME, load_settings, make_settings
from provisioning.configuration import SettingsError, settings_toml


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    settings = make_settings({"store": "s0001", "timezone": "Asia/Shanghai", "port": 0}, {})
    (tmp_path / FILE_NAME).write_text(settings_toml(settings), "utf-8")
    assert load_settings(tmp_path, {}) == settings


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=60))
def test_any_text_survives_the_file(text: str) -> None:
    settings = make_settings({"store": "s0001", "broker_password_file": text}, {})
    assert make_settings(tomllib.loads(settings_toml(settings)), {}) == settings


def test_devices_survive_the_file(tmp_path: Path) -> None:
    tables: list[dict[str, object]] = [
        {"name": "p1", "kind": "printer", "url": "socket://h:9100", "options": {"columns": 32}},
        {"name": "s1", "kind": "scanner", "url": '/dev/serial/by-id/a"b', "till": "t1"},
        {"name": "r1", "kind": "rfid-llrp", "url": "socket://h:5084", "options": {"answer_s": 2.5}},
    ]
    settings = make_settings({"store": "s0001", "devices": tables}, {})
    (tmp_path / FILE_NAME).write_text(settings_toml(settings), "utf-8")
    assert load_settings(tmp_path, {}) == settings
    assert [device.name for device in settings.devices] == ["p1", "s1", "r1"]
    with pytest.raises(SettingsError, match=r"devices\[1\].kind"):
        make_settings({"store": "s0001", "devices": [{**tables[0], "kind": "x"}]}, {})


def test_the_environment_wins() -> None:
    environment = {"EVERTILL_EDGE_PORT": "9000", "EVERTILL_EDGE_STORE": "s0002", "OTHER": "x"}
    settings = make_settings({"store": "s0001", "port": 1}, environment)
    assert (settings.store, settings.port) == ("s0002", 9000)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({}, "store"),
        ({"store": "S 1"}, "store"),
        ({"store": "hq-s1"}, "store"),
        ({"store": "s1", "colour": "red"}, "colour"),
        ({"store": "s1", "port": "80"}, "port"),
        ({"store": "s1", "port": True}, "port"),
        ({"store": "s1", "port": 65536}, "port"),
        ({"store": "s1", "currency": "euro"}, "currency"),
        ({"store": "s1", "exponent": 5}, "exponent"),
        ({"store": "s1", "timezone": "Mars/Olympus"}, "timezone"),
        ({"store": "s1", "timezone": "../../etc/passwd"}, "timezone"),
        ({"store": "s1", "chain": "a/b"}, "chain"),
        ({"store": "s1", "hq_key": "abc"}, "hq_key"),
        ({"store": "s1", "broker_url": "http://broker"}, "broker_url"),
        ({"store": "s1", "broker_url": "mqtt://u:p@broker"}, "broker_url"),
        ({"store": "s1", "broker_url": "mqtt://broker:99999"}, "broker_url"),
        ({"store": "s1", "broker_url": "mqtts://broker"}, "broker_ca_file"),
        ({"store": "s1", "broker_cert_file": "c.pem"}, "broker_cert_file"),
        ({"store": "s1", "http_key_file": "k.pem"}, "http_cert_file"),
        ({"store": "s1", "broker_retry_max_s": 0}, "broker_retry_max_s"),
    ],
)
def test_what_cannot_work_is_named(values: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        make_settings(values, {})


def test_a_number_in_the_environment_must_be_one() -> None:
    with pytest.raises(SettingsError, match="port"):
        make_settings({"store": "s1"}, {"EVERTILL_EDGE_PORT": "many"})


def test_the_broker_has_a_default_port() -> None:
    settings = make_settings(
        {"store": "s1", "broker_url": "mqtts://broker", "broker_ca_file": "c"}, {}
    )
    assert settings.broker == ("broker", 8883)
    assert make_settings({"store": "s1"}, {}).broker is None


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="evertill-edge init"):
        load_settings(tmp_path, {})
    (tmp_path / FILE_NAME).write_bytes(b"store = \xff")
    with pytest.raises(SettingsError, match="TOML"):
        load_settings(tmp_path, {})


@pytest.mark.parametrize("character", ["\n", "\x00", "\x7f"])
def test_control_characters_have_no_place(character: str) -> None:
    settings = make_settings({"store": "s0001", "broker_user": f"a{character}b"}, {})
    with pytest.raises(SettingsError, match="control characters"):
        settings_toml(settings)
