"""From settings to devices: a whole simulated shop, built by names alone."""

import asyncio
from pathlib import Path

import pytest

from devices.bitmap import Symbol
from devices.driver import Level
from devices.event import Fault, Health, Scan
from devices.gate import Gate, Kind, Reading
from devices.kinds import KINDS, device, with_line
from devices.picture import to_png
from devices.receipt import Code, Document, Paper, Text, lay_out
from devices.simulated.bench import Bench
from devices.simulated.kinds import simulate
from devices.simulated.scanner import ScannerPeer
from tests.devices.rig import OWNER, run


def test_every_kind_works_by_name_alone() -> None:
    async def work() -> None:
        bench = Bench()
        for kind in KINDS:
            bench.add(kind, simulate(kind))
        shop = [device(kind, kind, f"sim://{kind}", opener=bench.open) for kind in KINDS]
        for one in shop:
            await one.open()
            one.claim(OWNER)
            one.enable(OWNER)
        answers = await asyncio.gather(*(one.check_health(OWNER) for one in shop))
        assert [type(answer) for answer in answers] == [Health] * len(shop)
        printer = next(one for one in shop if one.name == "printer")
        assert not isinstance(await printer.check_health(OWNER, Level.INTERACTIVE), Fault)
        for one in shop:
            await one.close()
        bench.close()

    run(work())


@pytest.mark.parametrize(
    ("kind", "url", "opened"),
    [
        ("scale-8217", "/dev/serial/by-id/x", "/dev/serial/by-id/x?baud=9600&frame=7E1"),
        ("scale-8217", "/dev/ttyS0?baud=4800", "/dev/ttyS0?baud=4800"),
        ("scanner", "/dev/serial/by-id/x", "/dev/serial/by-id/x"),
        ("printer", "socket://printer:9100", "socket://printer:9100"),
        ("printer", "/dev/usb/lp0", "/dev/usb/lp0"),
        ("terminal-zvt-serial", "rfc2217://h:1", "rfc2217://h:1?baud=9600&frame=8N2"),
    ],
)
def test_serial_ports_get_the_kinds_usual_line(kind: str, url: str, opened: str) -> None:
    assert with_line(kind, url) == opened


def test_a_printed_receipt_is_scanned_again_from_its_picture(tmp_path: Path) -> None:
    """The demo's virtual shopper: a picture, a scanner that reads it, the gate."""

    async def work() -> None:
        receipt = Document(
            (
                Text("Receipt"),
                Code(Symbol.EAN13, "5901234123457"),
                Code(Symbol.QR, "https://id.gs1.org/01/09521234543213/10/AB"),
            )
        )
        picture = tmp_path / "receipt.png"
        picture.write_bytes(to_png(lay_out(receipt, Paper()), Paper()))
        bench, peer = Bench(), ScannerPeer()
        bench.add("scanner", peer)
        scanner = device("scanner", "scanner", "sim://scanner", opener=bench.open)
        await scanner.open()
        scanner.claim(OWNER)
        scanner.enable(OWNER)
        assert peer.scan_picture(picture) == 2
        bench.lines["scanner"].pump()
        found = set()
        for _ in range(2):
            event = await scanner.next_event()
            assert isinstance(event, Scan)
            reading = Gate().read(event)
            assert isinstance(reading, Reading)
            assert reading.kind is Kind.ITEM
            found.add(reading.value)
        assert found == {"05901234123457", "09521234543213"}
        await scanner.close()
        bench.close()

    run(work())
