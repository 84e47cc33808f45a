"""A technician sees, finds and tries devices, whether the node runs or not."""

import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import httpx
import pytest
from typer.testing import CliRunner, Result

from devices.simulated.labels import LabelPeer
from devices.simulated.printer import PrinterPeer
from devices.simulated.scale import ScalePeer
from devices.simulated.scanner import ScannerPeer
from devices.watch import UDEV_RULES, Found
from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.cli import app
from edge.commands import devices as commands
from edge.people import access
from tests.edge.hardware.shop import bench_aside, devices_of
from tests.edge.test_cli import running
from tests.edge.web.shop import TEA_GTIN, make_node

KINDS = {
    "scanner-1": "scanner",
    "scale-1": "scale-8217",
    "printer-1": "printer",
    "labels-1": "labels-zpl",
}


def devices(*arguments: str, data: Path) -> Result:
    return CliRunner().invoke(app, ["devices", *arguments, "--data", str(data)])


@contextmanager
def repeated(verb: Callable[[], None]) -> Iterator[None]:
    """Do something again and again, as somebody does who is asked to scan something."""
    done = threading.Event()

    def run() -> None:
        while not done.wait(0.05):
            verb()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("runs", [False, True])
def test_devices_are_listed_and_tried(tmp_path: Path, runs: bool) -> None:
    with bench_aside(tmp_path) as aside:
        data = tmp_path / "node"
        make_node(data, devices=devices_of(aside, KINDS))
        scanner = cast(ScannerPeer, aside.peer("scanner-1"))
        scale = cast(ScalePeer, aside.peer("scale-1"))
        aside.do(lambda: scale.put(500))

        def look() -> None:
            listed = devices("list", data=data)
            assert listed.exit_code == 0, listed.output
            assert "printer-1" in listed.output
            assert ("does not run" in " ".join(listed.output.split())) is not runs
            with repeated(lambda: aside.use("scanner-1", lambda: scanner.scan(TEA_GTIN))):
                tried = devices("test", "scanner-1", data=data)
            assert f"scanned  {TEA_GTIN}" in tried.output, tried.output
            tried = devices("test", "scale-1", data=data)
            assert "the scale weighed" in tried.output, tried.output
            for name in ("printer-1", "labels-1"):
                tried = devices("page", name, data=data)
                assert tried.exit_code == 0, tried.output
            assert len(cast(PrinterPeer, aside.peer("printer-1")).sheets) == 1
            assert len(cast(LabelPeer, aside.peer("labels-1")).labels) == 1

        if runs:
            with running(data) as (url, _):
                wait_for_all(data, url)
                look()
        else:
            look()
        with closing(connect(data / DATABASE, readonly=True)) as connection:
            left = [one for one in access.devices(connection) if one.revoked_ms is None]
        assert commands.CALLER not in {one.name for one in left}


def wait_for_all(data: Path, url: str) -> None:
    """Wait until the node has all its devices."""
    token = access.device_token(b"w" * access.TOKEN_BYTES)
    with closing(connect(data / DATABASE)) as connection:
        access.add_device(connection, "looker", "readonly", token, 1)
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=20) as looker:
        while any(
            one["state"] in ("closed", "error")
            for one in looker.get(f"{url}/devices").json()["devices"]
        ):
            pass


def test_what_is_found_can_be_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "node"
    make_node(data)
    found = [
        Found("/dev/serial/by-id/usb-Honeywell-if00", "Honeywell, USB 0c2e:0901", "scanner"),
        Found("socket://192.168.1.50:9100", "Kitchen", "printer"),
    ]
    monkeypatch.setattr(commands, "local_devices", lambda: found)
    shown = devices("detect", "--wait", "0", data=data)
    assert shown.exit_code == 0, shown.output
    with (data / "edge.toml").open("a") as file:
        file.write(shown.stdout)
    tables = tomllib.loads((data / "edge.toml").read_text())["devices"]
    assert [one["kind"] for one in tables] == ["scanner", "printer"]
    listed = devices("list", data=data)
    assert listed.exit_code == 0, listed.output
    again = devices("detect", "--wait", "0", data=data)
    assert "2 found, 2 of them configured already" in again.output
    assert again.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("test", "nothing"), "no device is called 'nothing'"),
        (("page", "scale-1"), "prints nothing"),
        (("test", "scale-1"), "not connected"),
        (("page", "printer-1"), "not connected"),
    ],
)
def test_what_cannot_be_tried_is_said(
    tmp_path: Path, arguments: tuple[str, ...], text: str
) -> None:
    data = tmp_path / "node"
    tables = [
        {"name": "scale-1", "kind": "scale-8217", "url": str(tmp_path / "nothing")},
        {"name": "printer-1", "kind": "printer", "url": str(tmp_path / "nothing")},
    ]
    make_node(data, devices=tables)
    failed = devices(*arguments, data=data)
    assert failed.exit_code == 1
    assert text in " ".join(failed.output.split())


def test_rules_are_printed_whole() -> None:
    shown = CliRunner().invoke(app, ["devices", "rules"])
    assert shown.stdout == UDEV_RULES
    assert "udevadm" in shown.output
