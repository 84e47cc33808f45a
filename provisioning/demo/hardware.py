"""One law: the demo's shops have hardware that speaks the real protocols; only its hands are dice.

One bench serves all stores from a thread of this process. The nodes open its ptys and ports as they
would open a shop's.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from devices.simulated.aside import Aside
from devices.simulated.peer import Peer
from devices.simulated.printer import PrinterPeer
from devices.simulated.scale import ScalePeer, Speaks
from devices.simulated.scanner import ScannerPeer
from devices.simulated.terminal import TerminalPeer

TILL = "t1"
HAND_TILL = "w1"
KINDS = {
    "scanner": "scanner",
    "scale": "scale-8217",
    "printer": "printer",
    "display": "display-cd5220",
    "terminal": "terminal-zvt",
}
HAND_KINDS = {
    "hand-scale": "scale-8217",
    "hand-printer": "printer",
    "hand-display": "display-cd5220",
    "hand-terminal": "terminal-zvt",
}
ON_THE_SCALE_G = 482
THINKS_S = 3.0
SHEETS_KEPT = 5
Line = tuple[str, int]  # SKU and base units


@dataclass(slots=True)
class Ledger:
    """What went through a store's hardware: lines scanned, receipts that came out."""

    lines: Counter[Line] = field(default_factory=Counter)
    weighed: int = 0
    paid: int = 0
    receipts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class FilingPrinter(PrinterPeer):
    """A printer whose paper comes out as pictures in a folder, numbered."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder, self._count = folder, 0

    def _cut(self, command: bytes) -> None:
        super()._cut(command)
        self._count += 1
        sheet = self.sheets.pop()
        self._folder.mkdir(exist_ok=True)
        (self._folder / f"{HAND_TILL}-{self._count:03d}.png").write_bytes(self.picture(sheet))


class HandHardware:
    """The devices of the till that people sell at by hand; the drawer hangs on the printer."""

    def __init__(self, aside: Aside, store: str, receipts: Path) -> None:
        self.receipts = receipts
        scale, terminal = ScalePeer(Speaks.MT8217), TerminalPeer()
        scale.put(ON_THE_SCALE_G)
        terminal.mood.think_s = THINKS_S
        peers: dict[str, Peer] = {
            "hand-scale": scale,
            "hand-printer": FilingPrinter(receipts),
            "hand-terminal": terminal,
        }
        self.urls = {
            name: aside.add(f"{store}-{name}", kind, peers.get(name))
            for name, kind in HAND_KINDS.items()
        }

    @property
    def settings(self) -> str:
        """The devices as they are written into a node's settings."""
        return _settings(HAND_KINDS, self.urls, HAND_TILL)


class ShopHardware:
    """The devices of one store's first till, and the hands that use them."""

    def __init__(self, aside: Aside, store: str) -> None:
        self.ledger = Ledger()
        self._aside, self._store = aside, store
        self.urls = {name: aside.add(self._at(name), kind) for name, kind in KINDS.items()}

    @property
    def settings(self) -> str:
        """The devices as they are written into a node's settings."""
        return _settings(KINDS, self.urls, TILL)

    def scan(self, gtin: str) -> None:
        """Hold a barcode before the scanner."""
        peer = cast(ScannerPeer, self._aside.peer(self._at("scanner")))
        self._aside.use(self._at("scanner"), lambda: peer.scan(gtin.removeprefix("0"), "]E0"))

    def weigh(self, grams: int) -> None:
        """Lay goods on the scale; 0 takes them off."""
        peer = cast(ScalePeer, self._aside.peer(self._at("scale")))
        self._aside.use(self._at("scale"), lambda: peer.put(grams))

    def was_charged(self, amount_minor: int) -> bool:
        """Look at the terminal's last receipt."""
        peer = cast(TerminalPeer, self._aside.peer(self._at("terminal")))
        last = self._aside.do(lambda: peer.books[-1])
        return last.result == 0 and last.amount_minor == amount_minor

    def peer(self, name: str) -> Peer:
        """Look at a device itself, such as `terminal`."""
        return self._aside.peer(self._at(name))

    def use(self, name: str, verb: Callable[[], None]) -> None:
        """Do something at a device, as a hand would: change its mood, take its paper out."""
        self._aside.use(self._at(name), verb)

    def hang_up(self, name: str) -> None:
        """End the connection to a device, as switching it off and on does."""
        self._aside.hang_up(self._at(name))

    def tear_off(self) -> None:
        """Take what came out of the printer, all but the newest receipts."""
        peer = cast(PrinterPeer, self._aside.peer(self._at("printer")))

        def take() -> int:
            fresh = len(peer.sheets) - SHEETS_KEPT
            if fresh > 0:
                del peer.sheets[:fresh]
            return max(fresh, 0)

        taken = self._aside.do(take)
        with self.ledger.lock:
            self.ledger.receipts += taken

    def on_paper(self) -> int:
        """Count the receipts that came out so far."""
        peer = cast(PrinterPeer, self._aside.peer(self._at("printer")))
        kept = self._aside.do(lambda: len(peer.sheets))
        with self.ledger.lock:
            return self.ledger.receipts + kept

    def photograph(self, folder: Path) -> list[Path]:
        """Write the newest receipts as pictures."""
        peer = cast(PrinterPeer, self._aside.peer(self._at("printer")))
        sheets = self._aside.do(lambda: list(peer.sheets[-SHEETS_KEPT:]))
        folder.mkdir(exist_ok=True)
        written = []
        for number, sheet in enumerate(sheets, 1):
            path = folder / f"{self._store}-{number}.png"
            path.write_bytes(peer.picture(sheet))
            written.append(path)
        return written

    def _at(self, name: str) -> str:
        return f"{self._store}-{name}"


def _settings(kinds: Mapping[str, str], urls: Mapping[str, str], till: str) -> str:
    return "".join(
        f'\n[[devices]]\nname = "{name}"\nkind = "{kind}"\nurl = "{urls[name]}"\ntill = "{till}"\n'
        for name, kind in kinds.items()
    )


def photograph_all(shops: Sequence[ShopHardware], folder: Path) -> list[Path]:
    """Write the newest receipts of all stores as pictures."""
    return [path for shop in shops for path in shop.photograph(folder)]
