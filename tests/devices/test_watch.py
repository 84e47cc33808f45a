"""What is plugged in is found by lasting names; printers announce themselves on the network."""

import socket
from pathlib import Path

from serial.tools.list_ports_common import ListPortInfo
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from devices.kinds import KINDS
from devices.watch import UDEV_RULES, VENDORS, Found, local_devices, network_printers, stable_path
from tests.devices.rig import run


def port(device: str, vid: int | None, product: str | None) -> ListPortInfo:
    found = ListPortInfo(device)
    found.vid, found.pid, found.product = vid, 0x0720, product
    return found


def test_local_devices_are_listed_by_lasting_names(tmp_path: Path) -> None:
    scanner, adapter, bare = tmp_path / "ttyACM0", tmp_path / "ttyUSB0", tmp_path / "ttyS0"
    for file in (scanner, adapter, bare):
        file.touch()
    by_id, by_path = tmp_path / "by-id", tmp_path / "by-path"
    inputs, usb = tmp_path / "input", tmp_path / "usb"
    for folder in (by_id, by_path, inputs, usb):
        folder.mkdir()
    (by_id / "usb-Honeywell_1950-if00").symlink_to(scanner)
    (by_path / "pci-0:1").symlink_to(scanner)
    (by_path / "pci-0:2").symlink_to(adapter)
    (inputs / "usb-Newland_HR32-event-kbd").touch()
    (inputs / "usb-Some_Mouse-event-mouse").touch()
    (usb / "lp0").touch()
    ports = [
        port(str(scanner), 0x0C2E, "Xenon 1950"),
        port(str(adapter), 0x1A86, "USB Serial"),
        port(str(bare), None, None),
    ]
    assert local_devices(
        lambda: ports, serial_names=(by_id, by_path), input_names=inputs, usb_printers=usb
    ) == [
        Found(
            str(by_id / "usb-Honeywell_1950-if00"),
            "Honeywell, Xenon 1950, USB 0c2e:0720",
            "scanner",
        ),
        Found(str(by_path / "pci-0:2"), "CH340 adapter, USB Serial, USB 1a86:0720", ""),
        Found(str(bare), "serial port", ""),
        Found(
            f"evdev://{inputs}/usb-Newland_HR32-event-kbd",
            "keyboard or scanner: Newland HR32",
            "scanner-hid",
        ),
        Found(str(usb / "lp0"), "USB printer", "printer"),
    ]


def test_a_device_that_was_renumbered_keeps_its_lasting_name(tmp_path: Path) -> None:
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    (tmp_path / "ttyUSB1").touch()
    (by_id / "usb-Scale-if00").symlink_to(tmp_path / "ttyUSB1")
    assert stable_path(str(tmp_path / "ttyUSB1"), [by_id]) == str(by_id / "usb-Scale-if00")
    assert stable_path("/dev/ttyUSB7", [by_id, tmp_path / "none"]) == "/dev/ttyUSB7"


def test_this_machine_can_be_listed() -> None:
    assert isinstance(local_devices(), list)


def test_modem_manager_and_brltty_are_kept_away_from_every_known_vendor() -> None:
    for vendor, (_, kind) in VENDORS.items():
        assert f'ATTRS{{idVendor}}=="{vendor:04x}"' in UDEV_RULES
        assert kind in ("", *KINDS)
    assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in UDEV_RULES


def test_network_printers_are_found_by_their_announcement() -> None:
    def here() -> AsyncZeroconf:
        return AsyncZeroconf(interfaces=["127.0.0.1"])

    async def work() -> list[Found]:
        service = "_pdl-datastream._tcp.local."
        announced = AsyncServiceInfo(
            service,
            f"Receipt Printer.{service}",
            port=9100,
            addresses=[socket.inet_aton("127.0.0.1")],
            server="printer-1.local.",
        )
        printer = here()
        try:
            await printer.async_register_service(announced)
            return await network_printers(0.5, make=here)
        finally:
            await printer.async_unregister_service(announced)
            await printer.async_close()

    assert Found("socket://127.0.0.1:9100", "Receipt Printer", "printer") in run(work())
