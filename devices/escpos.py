"""ESC/POS (Epson): the bytes of a receipt, and what a printer answers. Pure, no state of a job.

Every answer can be told from every other by its first byte: real-time status ``0xx1xx10``,
automatic status ``0xx1xx00`` and three more, a process id ``37 22 … 00``.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from devices.charset import CHINESE_OFF, to_bytes
from devices.receipt import ImageRow, Row

RESET = b"\x1b@" + CHINESE_OFF + b"\x1bt\x10"  # initialise, no Chinese, Windows-1252
REPORT = b"\x1da\x0f"  # send the status by itself: drawer, on-line, errors, paper
NO_REPORT = b"\x1da\x00"
CUT = b"\x1dVB\x00"
KICK = b"\x1bp\x00\x19\xfa"
KICK_NOW = b"\x10\x14\x01\x00\x01"  # real time: works while the paper is out
ASK_PAPER_IN_ORDER = b"\x1dr\x01"  # answered only after everything before it was printed
BAND_PX = 256


def ask(which: int) -> bytes:
    """Return the real-time question 1 (printer), 2 (off-line cause), 3 (error) or 4 (paper)."""
    return bytes([0x10, 0x04, which])


def ask_when_printed(process_id: str) -> bytes:
    """Have the four characters sent back once everything before them is on paper."""
    return b"\x1d(H\x06\x0000" + process_id.encode("ascii")


def encode_rows(rows: Sequence[Row]) -> bytes:
    """Return the rows as ESC/POS, from a reset printer."""
    out = bytearray()
    bold, size = False, 1
    for row in rows:
        if isinstance(row, ImageRow):
            out += _encode_image(row)
            continue
        if row.bold is not bold:
            bold = row.bold
            out += b"\x1bE" + bytes([bold])
        if row.size != size:
            size = row.size
            out += b"\x1d!" + bytes([0x11 if size == 2 else 0])
        out += to_bytes(row.text) + b"\n"
    return bytes(out)


def _encode_image(row: ImageRow) -> bytes:
    bitmap, out = row.bitmap, bytearray()
    pad = b"\0" * (row.left_px // 8)
    width = len(pad) + bitmap.row_bytes
    for top in range(0, bitmap.height_px, BAND_PX):
        height = min(BAND_PX, bitmap.height_px - top)
        out += b"\x1dv0\x00" + width.to_bytes(2, "little") + height.to_bytes(2, "little")
        for line in range(top, top + height):
            out += pad + bitmap.bits[line * bitmap.row_bytes : (line + 1) * bitmap.row_bytes]
    return bytes(out)


@dataclass(frozen=True, slots=True)
class RealTime:
    """The answer to `ask`."""

    byte: int


@dataclass(frozen=True, slots=True)
class Report:
    """An automatic status report (`REPORT`), decoded."""

    drawer_pin: bool
    offline: bool
    cover_open: bool
    error: bool
    paper_low: bool
    paper_out: bool


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything before this process id is on paper."""

    process_id: str


@dataclass(frozen=True, slots=True)
class PaperInOrder:
    """The answer to `ASK_PAPER_IN_ORDER`."""

    byte: int


Answer = RealTime | Report | Printed | PaperInOrder


class Answers:
    """Cut what a printer sends into answers; it holds at most one."""

    def __init__(self) -> None:
        self._partial = bytearray()

    def reset(self) -> None:
        """Forget half an answer."""
        self._partial.clear()

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes in any pieces; a byte that fits nowhere is ignored."""
        found: list[Answer] = []
        coming = deque(data)
        while coming:
            byte = coming.popleft()
            if self._partial and not self._continues(byte):
                again = [*self._partial[1:], byte] if self._partial[0] == 0x37 else [byte]
                self._partial.clear()
                coming.extendleft(reversed(again))
            elif self._partial:
                self._partial.append(byte)
                found += self._complete()
            elif byte == 0x37 or byte & 0x93 == 0x10:
                self._partial.append(byte)
            elif byte & 0x93 == 0x12:
                found.append(RealTime(byte))
            elif byte & 0x90 == 0:
                found.append(PaperInOrder(byte))
        return found

    def _continues(self, byte: int) -> bool:
        if self._partial[0] != 0x37:
            return byte & 0x90 == 0
        place = len(self._partial)
        return byte == {1: 0x22, 6: 0x00}.get(place, byte) and (place == 6 or 0x20 <= byte <= 0x7E)

    def _complete(self) -> list[Answer]:
        answer = bytes(self._partial)
        if answer[0] == 0x37 and len(answer) == 7:
            self._partial.clear()
            return [Printed(answer[2:6].decode("ascii"))]
        if answer[0] != 0x37 and len(answer) == 4:
            self._partial.clear()
            first, second, third, _ = answer
            return [
                Report(
                    drawer_pin=bool(first & 0x04),
                    offline=bool(first & 0x08),
                    cover_open=bool(first & 0x20),
                    error=bool(second & 0x68),
                    paper_low=bool(third & 0x03),
                    paper_out=bool(third & 0x0C),
                )
            ]
        return []
