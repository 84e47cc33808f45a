"""The simulated device to every kind, so that a demo shop can be built from the same settings."""

from collections.abc import Callable

from devices.framing import Mode
from devices.simulated.display import DisplayPeer
from devices.simulated.labels import LabelPeer
from devices.simulated.peer import Peer
from devices.simulated.printer import PrinterPeer
from devices.simulated.rfid import ReaderPeer
from devices.simulated.scale import ScalePeer, Speaks
from devices.simulated.scanner import ScannerPeer
from devices.simulated.terminal import TerminalPeer
from devices.zvt import SerialLink

PEERS: dict[str, Callable[[], Peer]] = {
    "scanner": ScannerPeer,
    "scanner-stx": lambda: ScannerPeer(Mode.STX_ETX),
    "scanner-gap": lambda: ScannerPeer(Mode.GAP),
    "scanner-hid": lambda: ScannerPeer(hid=True),
    "scale-8217": lambda: ScalePeer(Speaks.MT8217),
    "scale-nci": lambda: ScalePeer(Speaks.NCI),
    "scale-dialog06": lambda: ScalePeer(Speaks.DIALOG06),
    "scale-cas": lambda: ScalePeer(Speaks.CAS),
    "scale-mtsics": lambda: ScalePeer(Speaks.MTSICS),
    "printer": PrinterPeer,
    "display-cd5220": DisplayPeer,
    "display-escpos": DisplayPeer,
    "labels-zpl": LabelPeer,
    "terminal-zvt": TerminalPeer,
    "terminal-zvt-serial": lambda: TerminalPeer(SerialLink()),
    "rfid-llrp": ReaderPeer,
}


def simulate(kind: str) -> Peer:
    """Make the simulated device of a kind. Raises ValueError naming the kinds."""
    if kind not in PEERS:
        raise ValueError(f"unknown kind of device {kind!r}; there are {', '.join(PEERS)}")
    return PEERS[kind]()
