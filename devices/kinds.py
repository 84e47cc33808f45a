"""The kinds of device by name: from a line of settings to a device."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from devices.device import Device
from devices.display import Dialect, Display
from devices.driver import Driver
from devices.framing import Framer, Mode
from devices.hid import HidKeys
from devices.labels import LabelPrinter
from devices.payment import Terminal
from devices.port import Opener, open_port
from devices.printer import Confirm, Printer
from devices.receipt import Paper
from devices.rfid import Reader
from devices.scale import Scale
from devices.scales.cas import Cas
from devices.scales.dialog06 import Dialog06
from devices.scales.mt8217 import Mt8217
from devices.scales.mtsics import MtSics
from devices.scales.nci import Nci
from devices.scanner import Scanner
from devices.zvt import SerialLink, TcpLink


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of device: its UnifiedPOS category, words for people, how its driver is made."""

    category: str
    words: str
    make: Callable[..., Driver]
    line: str = ""  # the settings its maker ships it with, as the query of a port URL
    watched: bool = False  # on a network it must be asked whether it is still there


def _scanner(*, suffixes: str = "\r\n\t") -> Driver:
    return Scanner(Framer(suffixes=suffixes.encode("latin-1")))


def _printer(
    *,
    columns: int = 48,
    confirm: str = "process id",
    open_when_high: bool = True,
    done: Iterable[str] = (),
    doubtful: Iterable[str] = (),
    watch_s: float | None = None,
) -> Driver:
    return Printer(
        Paper(columns),
        confirm=Confirm(confirm),
        open_when_high=open_when_high,
        done=done,
        doubtful=doubtful,
        watch_s=watch_s,
    )


KINDS: dict[str, Kind] = {
    "scanner": Kind("Scanner", "serial scanner, CR, LF or TAB after each code", _scanner),
    "scanner-stx": Kind(
        "Scanner", "serial scanner, STX … ETX (for 2D codes)", lambda: Scanner(Framer(Mode.STX_ETX))
    ),
    "scanner-gap": Kind(
        "Scanner", "serial scanner that marks no end", lambda: Scanner(Framer(Mode.GAP))
    ),
    "scanner-hid": Kind(
        "Scanner", "USB keyboard scanner", lambda: Scanner(Framer(suffixes=b"\r\n"), HidKeys())
    ),
    "scale-8217": Kind(
        "Scale",
        "Mettler Toledo 8217 and compatible",
        lambda *, unit="kg": Scale(Mt8217(unit)),
        "baud=9600&frame=7E1",
    ),
    "scale-nci": Kind(
        "Scale", "NCI-ECR, Weigh-Tronix", lambda: Scale(Nci()), "baud=9600&frame=7E1"
    ),
    "scale-dialog06": Kind(
        "Scale",
        "Dialog 06 without check sums",
        lambda: Scale(Dialog06()),
        "baud=9600&frame=7O1",
    ),
    "scale-cas": Kind("Scale", "CAS AP and PD", lambda: Scale(Cas()), "baud=9600&frame=8N1"),
    "scale-mtsics": Kind("Scale", "MT-SICS", lambda: Scale(MtSics()), "baud=9600&frame=8N1"),
    "printer": Kind(
        "POSPrinter", "ESC/POS receipt printer with drawer", _printer, "baud=115200", watched=True
    ),
    "display-cd5220": Kind("LineDisplay", "CD5220 customer display", Display, "baud=9600"),
    "display-escpos": Kind(
        "LineDisplay",
        "ESC/POS customer display",
        lambda *, chinese=False: Display(Dialect.ESCPOS, chinese=chinese),
        "baud=9600",
    ),
    "labels-zpl": Kind(
        "LabelPrinter", "ZPL label printer", LabelPrinter, "baud=9600", watched=True
    ),
    "terminal-zvt": Kind(
        "CAT", "ZVT card terminal on the network", lambda **more: Terminal(TcpLink(), **more)
    ),
    "terminal-zvt-serial": Kind(
        "CAT",
        "ZVT card terminal on a serial line",
        lambda **more: Terminal(SerialLink(), **more),
        "baud=9600&frame=8N2",
    ),
    "rfid-llrp": Kind("RFIDScanner", "LLRP RFID reader (port 5084)", Reader),
}


WATCH_S = 0.5


def watched(kind: str, url: str) -> dict[str, object]:
    """Return the options that notice within a second that a device left the network."""
    return {"watch_s": WATCH_S} if KINDS[kind].watched and url.startswith("socket://") else {}


def build(kind: str, options: Mapping[str, object] | None = None) -> Driver:
    """Make the driver of a kind. Raises ValueError naming the kinds or the wrong option."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of device {kind!r}; there are {', '.join(KINDS)}")
    try:
        return KINDS[kind].make(**(options or {}))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{kind} cannot be set up like this: {error}") from error


def with_line(kind: str, url: str) -> str:
    """Add the kind's usual baud rate and frame to a serial port that names none."""
    line = KINDS[kind].line
    serial = url.startswith(("/dev/tty", "/dev/serial/", "rfc2217://"))
    return f"{url}?{line}" if serial and line and "?" not in url else url


def device(
    name: str,
    kind: str,
    url: str,
    options: Mapping[str, object] | None = None,
    *,
    opener: Opener = open_port,
) -> Device:
    """Make a device from its settings, not yet open. Raises ValueError like `build`."""
    driver = build(kind, {**watched(kind, url), **(options or {})})
    return Device(name, with_line(kind, url), driver, opener=opener)
