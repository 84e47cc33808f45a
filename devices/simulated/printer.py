"""A simulated receipt printer: it reads ESC/POS as a printer does and keeps what it printed.

Printing takes time (``line_s``), stops while the paper is out or the cover open, and goes on
where it stopped. Each cut ends a `Sheet`, which can be looked at as a picture.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from devices.bitmap import Bitmap
from devices.picture import to_png
from devices.receipt import ImageRow, Paper, Row, TextRow
from devices.simulated.peer import Peer

LENGTHS = {
    b"\x10\x04": 3,
    b"\x10\x14": 5,
    b"\x1bt": 3,
    b"\x1ba": 3,
    b"\x1bE": 3,
    b"\x1bp": 5,
    b"\x1d!": 3,
    b"\x1da": 3,
    b"\x1dr": 3,
    b"\x1dV": 4,
    b"\x1dv": 8,
    b"\x1d(": 5,
}


@dataclass
class Condition:
    """What is wrong with the printer; change it at any time, then call `PrinterPeer.changed`."""

    cover_open: bool = False
    paper_out: bool = False
    paper_low: bool = False
    broken: bool = False
    silent: bool = False
    mute_completion: bool = False


@dataclass
class Sheet:
    """What is on one piece of paper."""

    rows: list[Row] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The printed lines."""
        return "\n".join(row.text for row in self.rows if isinstance(row, TextRow))


class PrinterPeer(Peer):
    """Understands what `devices.escpos` sends and what most tills send besides."""

    def __init__(self, paper: Paper | None = None, *, line_s: float = 0.0) -> None:
        super().__init__()
        self.paper = paper or Paper()
        self.condition = Condition()
        self.sheet = Sheet()
        self.sheets: list[Sheet] = []
        self.kicks = 0
        self.drawer_open = False
        self.unknown: list[bytes] = []
        self._line_s = line_s
        self._heard = bytearray()
        self._scanned = 0  # how far the queue was searched for real-time commands
        self._reports = False
        self._line = bytearray()
        self._text = ""
        self._bold, self._size, self._chinese = False, 1, False

    def changed(self) -> None:
        """Tell the host, if it asked to be told, and go on printing if that is possible."""
        if self._reports:
            self._send(self._report())
        self._work()

    def close_drawer(self) -> None:
        """Push the drawer shut."""
        self.drawer_open = False
        self.changed()

    def picture(self, sheet: Sheet) -> bytes:
        """Return a sheet as a PNG."""
        return to_png(sheet.rows, self.paper)

    def connected(self, now: float) -> None:
        """A new connection starts with nothing reported."""
        super().connected(now)
        self._reports = False
        self._heard.clear()
        self._scanned = 0

    def receive(self, data: bytes, now: float) -> None:
        """Take bytes; real-time questions are answered at once, the rest in order."""
        super().receive(data, now)
        self._heard += data
        self._answer_real_time()
        self._work()

    def tick(self, now: float) -> None:
        """The line is printed: go on."""
        super().tick(now)
        self._work()

    @property
    def _stopped(self) -> bool:
        now = self.condition
        return now.cover_open or now.paper_out or now.broken

    def _answer_real_time(self) -> None:
        """Answer what is asked ahead of the queue; pictures may contain the same bytes."""
        while length := self._length(self._scanned):
            start, end = self._scanned, self._scanned + length
            command = bytes(self._heard[start:end])
            if command[:1] != b"\x10":
                self._scanned = end
                continue
            del self._heard[start:end]
            if command[1] == 0x14:
                self._kick()
            elif command[1] == 0x04 and not self.condition.silent:
                self._send(bytes([self._status(command[2])]))

    def _length(self, at: int) -> int:
        """Length of the command at a place in the queue; 0 if it is not complete yet."""
        heard, left = self._heard, len(self._heard) - at
        if left < 1:
            return 0
        if heard[at] not in (0x10, 0x1B, 0x1C, 0x1D):
            return 1
        two = bytes(heard[at : at + 2])
        length = LENGTHS.get(two, 2)
        if left >= 8 and two == b"\x1dv":
            sizes = heard[at + 4 : at + 8]
            length += int.from_bytes(sizes[:2], "little") * int.from_bytes(sizes[2:], "little")
        elif left >= 5 and two == b"\x1d(":
            length += int.from_bytes(heard[at + 3 : at + 5], "little")
        return length if length <= left else 0

    def _status(self, which: int) -> int:
        now, byte = self.condition, 0x12
        if which == 1:
            byte |= 0x08 * self._stopped | 0x04 * self.drawer_open
        elif which == 2:
            byte |= 0x04 * now.cover_open | 0x20 * now.paper_out | 0x40 * now.broken
        elif which == 3:
            byte |= 0x20 * now.broken
        else:
            byte |= 0x0C * (now.paper_low or now.paper_out) | 0x60 * now.paper_out
        return byte

    def _report(self) -> bytes:
        now = self.condition
        first = 0x10 | 0x04 * self.drawer_open | 0x08 * self._stopped | 0x20 * now.cover_open
        paper = 0x03 * (now.paper_low or now.paper_out) | 0x0C * now.paper_out
        return bytes([first, 0x20 * now.broken, paper, 0x0F])

    def _kick(self) -> None:
        self.kicks += 1
        self.drawer_open = True
        if self._reports:
            self._send(self._report())

    def _work(self) -> None:
        if self.wake_at is not None:
            return  # the head is moving
        while self._heard and not self._stopped:
            used = self._step()
            if used == 0:
                return
            printed = self._heard[:used].endswith(b"\n")
            del self._heard[:used]
            self._scanned = max(0, self._scanned - used)
            if printed and self._line_s:
                self.wake_at = self.now + self._line_s
                return

    def _step(self) -> int:
        """Do the first command of what was heard; 0 if it is not complete yet."""
        length = self._length(0)
        if length == 0:
            return 0
        command = bytes(self._heard[:length])
        if command[0] not in (0x1B, 0x1C, 0x1D):
            return self._character()
        action = self._actions().get(command[:2])
        if action is None:
            self.unknown.append(command)
        else:
            action(command)
        return length

    def _actions(self) -> dict[bytes, Callable[[bytes], None]]:
        return {
            b"\x1b@": self._reset,
            b"\x1bt": lambda _: None,
            b"\x1bE": lambda command: setattr(self, "_bold", bool(command[2] & 1)),
            b"\x1d!": lambda command: setattr(self, "_size", 2 if command[2] & 0x11 else 1),
            b"\x1bp": lambda _: self._kick(),
            b"\x1da": self._report_from_now,
            b"\x1dr": self._answer_in_order,
            b"\x1dV": self._cut,
            b"\x1dv": self._raster,
            b"\x1d(": self._function,
            b"\x1c&": lambda _: setattr(self, "_chinese", True),
            b"\x1c.": lambda _: setattr(self, "_chinese", False),
        }

    def _reset(self, _: bytes) -> None:
        self._bold, self._size, self._chinese = False, 1, False
        self._text = ""

    def _report_from_now(self, command: bytes) -> None:
        self._reports = command[2] != 0
        if self._reports and not self.condition.silent:
            self._send(self._report())

    def _answer_in_order(self, _: bytes) -> None:
        if not (self.condition.mute_completion or self.condition.silent):
            now = self.condition
            self._send(bytes([0x03 * now.paper_low]))

    def _cut(self, _: bytes) -> None:
        self.sheets.append(self.sheet)
        self.sheet = Sheet()

    def _character(self) -> int:
        first = self._heard[0]
        if first == 0x0A:
            self.sheet.rows.append(TextRow(self._text, self._bold, self._size))
            self._text = ""
            return 1
        if first < 0x20:
            return 1
        if self._chinese and first >= 0x81:
            if len(self._heard) < 2:
                return 0
            self._text += bytes(self._heard[:2]).decode("gb18030", "replace")
            return 2
        self._text += bytes([first]).decode("cp1252", "replace")
        return 1

    def _raster(self, command: bytes) -> None:
        width, height = (int.from_bytes(command[at : at + 2], "little") for at in (4, 6))
        band = Bitmap(width * 8, height, command[8:])
        rows = self.sheet.rows
        before = rows[-1] if rows else None
        if isinstance(before, ImageRow) and before.bitmap.width_px == band.width_px:
            joined = before.bitmap.bits + band.bits
            rows[-1] = ImageRow(Bitmap(width * 8, before.bitmap.height_px + height, joined), 0)
        else:
            rows.append(ImageRow(band, 0))

    def _function(self, command: bytes) -> None:
        if command[2] != ord("H") or command[5:7] != b"00":
            self.unknown.append(command)
        elif not (self.condition.mute_completion or self.condition.silent):
            self._send(b"\x37\x22" + command[7:11] + b"\x00")
