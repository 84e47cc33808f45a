"""A simulated barcode scanner, serial or USB keyboard; it can also read a picture."""

from pathlib import Path

import zxingcpp
from PIL import Image

from devices.framing import Mode
from devices.hid import type_keys
from devices.simulated.peer import Peer


class ScannerPeer(Peer):
    """Sends barcodes as a scanner set up for ``mode`` would; ``hid`` types them as key events."""

    def __init__(
        self,
        mode: Mode = Mode.SUFFIX,
        suffix: bytes = b"\r",
        *,
        aim: bool = True,
        hid: bool = False,
    ) -> None:
        super().__init__()
        self.mode = mode
        self.suffix = suffix
        self.aim = aim
        self.hid = hid

    def scan(self, text: str, aim: str = "") -> None:
        """Scan a barcode with this text and AIM identifier."""
        whole = (aim if self.aim else "") + text
        if self.hid:
            self._send(type_keys(whole + self.suffix.decode("ascii")))
        elif self.mode is Mode.STX_ETX:
            self._send(b"\x02" + whole.encode() + b"\x03")
        else:
            self._send(whole.encode() + (self.suffix if self.mode is Mode.SUFFIX else b""))

    def type(self, text: str) -> None:
        """Send a part of a barcode, with no end."""
        self._send(text.encode())

    def scan_picture(self, picture: Path) -> int:
        """Scan every barcode in an image file; return how many there were."""
        with Image.open(picture) as image:
            found = zxingcpp.read_barcodes(image.convert("L"))
        for barcode in found:
            self.scan(barcode.bytes.decode("utf-8", "replace"), barcode.symbology_identifier)
        return len(found)

    def receive(self, data: bytes, now: float) -> None:
        """Scanners of this kind are not spoken to."""
        super().receive(data, now)
