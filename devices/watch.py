"""What hardware is there, by lasting names: serial ports, keyboard scanners, printers.

A port is always named by what it is (``by-id``), else by where it is plugged in (``by-path``):
``ttyUSB0`` may be another device after the next start. Nothing is opened to find out.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo
from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

SERIAL_NAMES = (Path("/dev/serial/by-id"), Path("/dev/serial/by-path"))
INPUT_NAMES = Path("/dev/input/by-id")
USB_PRINTERS = Path("/dev/usb")
PRINTER_SERVICES = ["_pdl-datastream._tcp.local."]
RAW_PRINTER_PORT = 9100

# USB vendors whose devices are found in shops, and what theirs usually are.
VENDORS = {
    0x0C2E: ("Honeywell", "scanner"),
    0x05E0: ("Zebra (Symbol)", "scanner"),
    0x05F9: ("Datalogic", "scanner"),
    0x1EAB: ("Newland", "scanner"),
    0x0EB8: ("Mettler Toledo", "scale-8217"),
    0x04B8: ("Epson", "printer"),
    0x0519: ("Star", "printer"),
    0x1504: ("Bixolon", "printer"),
    0x0A5F: ("Zebra", "labels-zpl"),
    0x0B00: ("Ingenico", "terminal-zvt-serial"),
    0x11CA: ("Verifone", "terminal-zvt-serial"),
    0x0403: ("FTDI adapter", ""),
    0x067B: ("Prolific adapter", ""),
    0x10C4: ("Silicon Labs adapter", ""),
    0x1A86: ("CH340 adapter", ""),
}

# ModemManager talks to every new modem-like port for ten seconds, brltty takes CH340 adapters for
# Braille displays: both would eat the first scans.
UDEV_RULES = "".join(
    [
        "# Evertill: leave the shop's devices alone\n",
        *(
            f'SUBSYSTEMS=="usb", ATTRS{{idVendor}}=="{vendor:04x}", '
            'ENV{ID_MM_DEVICE_IGNORE}="1", ENV{BRLTTY_BRAILLE_DRIVER}=""\n'
            for vendor in sorted(VENDORS)
        ),
    ]
)


@dataclass(frozen=True, slots=True)
class Found:
    """A device that is there: the URL to open it by, and what it probably is (kind, or empty)."""

    url: str
    words: str
    kind: str = ""


def stable_path(device: str, folders: Iterable[Path] = SERIAL_NAMES) -> str:
    """Return the lasting name of a device file, or the name itself if it has none."""
    target = Path(device).resolve()
    for folder in folders:
        for name in sorted(folder.iterdir()) if folder.is_dir() else ():
            if name.resolve() == target:
                return str(name)
    return device


def describe(port: ListPortInfo, folders: Iterable[Path] = SERIAL_NAMES) -> Found:
    """Say what a serial port is."""
    vendor, kind = VENDORS.get(port.vid or 0, ("", ""))
    parts = [vendor, port.product or port.description or ""]
    if port.vid is not None:
        parts.append(f"USB {port.vid:04x}:{port.pid or 0:04x}")
    words = ", ".join(part for part in parts if part and part != "n/a")
    return Found(stable_path(port.device, folders), words or "serial port", kind)


def local_devices(
    ports: Callable[[], Iterable[ListPortInfo]] = list_ports.comports,
    *,
    serial_names: Iterable[Path] = SERIAL_NAMES,
    input_names: Path = INPUT_NAMES,
    usb_printers: Path = USB_PRINTERS,
) -> list[Found]:
    """List what is plugged into this machine, by lasting names."""
    folders = tuple(serial_names)
    found = [describe(port, folders) for port in ports()]
    if input_names.is_dir():
        for name in sorted(input_names.glob("*-event-kbd")):
            words = name.name.removeprefix("usb-").removesuffix("-event-kbd").replace("_", " ")
            found.append(Found(f"evdev://{name}", f"keyboard or scanner: {words}", "scanner-hid"))
    if usb_printers.is_dir():
        found += [Found(str(n), "USB printer", "printer") for n in sorted(usb_printers.glob("lp*"))]
    return found


async def network_printers(
    wait_s: float = 3.0, *, make: Callable[[], AsyncZeroconf] = AsyncZeroconf
) -> list[Found]:
    """Listen for printers that announce themselves (DNS-SD) for ``wait_s`` seconds."""
    names: set[tuple[str, str]] = set()

    def changed(
        zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        del zeroconf
        if state_change is not ServiceStateChange.Removed:
            names.add((service_type, name))

    network = make()
    try:
        browser = AsyncServiceBrowser(network.zeroconf, PRINTER_SERVICES, handlers=[changed])
        await asyncio.sleep(wait_s)
        await browser.async_cancel()
        found = []
        for service_type, name in sorted(names):
            info = AsyncServiceInfo(service_type, name)
            if await info.async_request(network.zeroconf, 1000) and info.parsed_addresses():
                address = next(iter(sorted(info.parsed_addresses(), key=lambda one: ":" in one)))
                host = f"[{address}]" if ":" in address else address
                url = f"socket://{host}:{info.port or RAW_PRINTER_PORT}"
                found.append(Found(url, name.split(".", 1)[0], "printer"))
        return found
    finally:
        await network.async_close()
