"""Headquarters is set up, backed up and restored through its command line."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from central.cli import app
from central.docs import pages
from central.settings import load_settings, make_settings
from central.store import Store
from provisioning.configuration import SettingsError, settings_toml
from tests.central.chain import rows

ROOT = Path(__file__).parents[2]


def cli(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == 1, result.output
    return " ".join(result.output.split())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "hq"
    cli("init", "--data", folder, "--port", "0")
    return folder


def test_setting_up_makes_a_key_only_its_owner_can_read(data: Path) -> None:
    assert (data / "hq.key").stat().st_mode & 0o777 == 0o600
    assert (data / "central.toml").stat().st_mode & 0o777 == 0o600
    assert (data / "central.db").stat().st_mode & 0o777 == 0o600
    assert "set up here already" in refused("init", "--data", data)


def test_what_is_missing_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    assert "evertill-central init" in refused("status", "--data", tmp_path / "nothing")


def test_tokens_are_shown_once_and_kept_as_a_hash(data: Path) -> None:
    secret = re.search(r"evc_[0-9a-f]{64}", cli("token", "add", "me", "--data", data))
    assert secret is not None
    content = b"".join(file.read_bytes() for file in data.iterdir())
    assert secret[0].encode() not in content
    assert "revoked" not in cli("token", "list", "--data", data)
    assert "already" in refused("token", "add", "me", "--data", data)
    cli("token", "revoke", "me", "--data", data)
    assert "revoked" in cli("token", "list", "--data", data)
    assert "read, ingest, admin" in refused("token", "add", "x", "--role", "boss", "--data", data)


def test_products_are_imported_as_a_whole_or_not_at_all(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "products.jsonl"
    good: dict[str, object] = {
        "sku": "A",
        "names": {"en": "Apple"},
        "gtins": [],
        "unit": "pc",
        "tax_code": "std",
    }
    lines = [good | {"price_minor": 250}, good | {"sku": "B", "price_minor": 1.5}]
    file.write_text("\n".join(json.dumps(line) for line in lines))
    assert "product 2" in refused("import-products", file, "--data", data)
    lines[1]["price_minor"] = 150
    file.write_text(json.dumps(lines))
    assert "2 products" in cli("import-products", file, "--data", data)
    store = Store.open(f"sqlite:///{data / 'central.db'}")
    assert rows(store, "SELECT name FROM definition ORDER BY name") == [("A",), ("B",)]
    store.close()


def test_a_backup_is_restored_as_a_new_incarnation(data: Path, tmp_path: Path) -> None:
    cli("store", "add", "s1", "--data", data)
    file = tmp_path / "backup.db"
    cli("backup", file, "--data", data)
    assert "exists" in refused("backup", file, "--data", data)
    assert file.stat().st_mode & 0o777 == 0o600
    other = tmp_path / "other"
    assert "hq.key" in refused("restore", file, "--data", other)
    other.mkdir()
    (other / "hq.key").write_bytes((data / "hq.key").read_bytes())
    assert "goes on as hq-n" in cli("restore", file, "--data", other)
    assert "s1" in cli("status", "--data", other)
    assert "not overwritten" in refused("restore", file, "--data", other)
    store = Store.open(f"sqlite:///{other / 'central.db'}")
    (first, _), (second, reason) = rows(
        store, "SELECT generation, reason FROM incarnation ORDER BY generation"
    )
    assert second > first
    assert reason == "restore"
    store.close()


def test_a_damaged_backup_is_refused(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    cli("backup", file, "--data", data)
    content = bytearray(file.read_bytes())
    content[8_192:16_384] = bytes(8_192)
    file.write_bytes(content)
    (data / "central.db").unlink()
    assert "damaged" in refused("restore", file, "--data", data)
    assert not (data / "central.db").exists()
    file.write_text("this is no database")
    assert "no backup" in refused("restore", file, "--data", data)


def test_another_key_is_not_taken_for_this_headquarters(data: Path) -> None:
    (data / "hq.key").write_bytes(b"y" * 32)
    assert "--adopt" in refused("status", "--data", data)


def test_verify_counts_what_does_not_meet(data: Path) -> None:
    cli("store", "add", "s1", "--data", data)
    assert "agree" in cli("verify", "--data", data)
    store = Store.open(f"sqlite:///{data / 'central.db'}")
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE journal SET head_hash = x'00'")
    store.close()
    assert "do not meet" in refused("verify", "--data", data)


def test_headquarters_runs_and_ends_in_order(data: Path) -> None:
    command = [sys.executable, "-m", "central.cli", "run", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[-1]
        with urllib.request.urlopen(f"{url}/api/v1/health", timeout=10) as reply:
            assert json.load(reply) == {"status": "ok"}
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()


def test_settings_are_written_with_their_meaning_and_read_again(tmp_path: Path) -> None:
    settings = make_settings({"chain": "demo", "port": 0}, {})
    (tmp_path / "central.toml").write_text(settings_toml(settings))
    assert load_settings(tmp_path, {}) == settings
    assert load_settings(tmp_path, {"EVERTILL_CENTRAL_PORT": "99"}).port == 99


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"port": "80"}, "port"),
        ({"port": 70_000}, "port"),
        ({"chain": "a/b"}, "chain"),
        ({"broker_url": "http://x"}, "broker_url"),
        ({"broker_url": "mqtt://me:pw@x"}, "broker_password_file"),
        ({"broker_url": "mqtts://x"}, "broker_ca_file"),
        ({"database": "oracle://x"}, "database"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_setting_that_cannot_work_is_named(values: dict[str, object], what: str) -> None:
    with pytest.raises(SettingsError, match=what):
        make_settings(values, {})


def test_the_generated_pages_are_current() -> None:
    for name, page in pages(app).items():
        written = ROOT / "docs" / name
        assert written.read_text("utf-8") == page, f"run `evertill-central docs docs`: {name}"
