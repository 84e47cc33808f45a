"""ZVT, the protocol of German card terminals: its messages and its two lines. Pure.

A message (APDU) is a two-byte command, a length and data; data is a list of tagged fields
("bitmaps"). TCP carries messages as they are; a serial line frames them with DLE STX … DLE ETX
and a CRC and acknowledges each. Source: ZVT protocol PA00P015/PA00P016.
"""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

REGISTER, AUTHORISE, REPEAT_RECEIPT = 0x0600, 0x0601, 0x0620
REVERSE, REFUND, END_OF_DAY, DIAGNOSIS = 0x0630, 0x0631, 0x0650, 0x0670
CANCEL, COMPLETION, ABORT = 0x06B0, 0x060F, 0x061E
STATUS, INTERMEDIATE, PRINT_LINE, PRINT_BLOCK = 0x040F, 0x04FF, 0x06D1, 0x06D3
ACK_CLASS, NAK_CLASS = 0x80, 0x84

MESSAGE_LIMIT_BYTES = 20_000
DLE, STX, ETX, ACK, NAK = 0x10, 0x02, 0x03, 0x06, 0x15
ACK_TIMEOUT_S = 5.0
SENDS_LIMIT = 3

_LENGTHS = {  # fields of fixed length, in bytes
    **dict.fromkeys((0x01, 0x02, 0x05, 0x19, 0x27, 0x8A, 0x8C, 0xA0, 0xA8, 0xA9), 1),
    **dict.fromkeys((0xD0, 0xD1, 0xD2, 0xD3, 0xE0, 0xE9), 1),
    **dict.fromkeys((0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87), 2),
    **dict.fromkeys((0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA), 3),
    0x04: 6,
    0x29: 4,
    0x2A: 15,
    0x3B: 8,
    0xBA: 5,
}
_TWO_DIGITS = frozenset({0x22, 0x23, 0x2D, 0x8B, 0xA7})
_THREE_DIGITS = frozenset({0x24, 0x2E, 0x3C, 0x60, 0x92, 0x9A, 0xAF})


@dataclass(frozen=True, slots=True)
class Apdu:
    """One message. ``command`` is its two control bytes."""

    command: int
    data: bytes = b""

    def encode(self) -> bytes:
        """Return its bytes."""
        count = len(self.data)
        length = bytes([count]) if count < 0xFF else b"\xff" + count.to_bytes(2, "little")
        return self.command.to_bytes(2, "big") + length + self.data


OK = Apdu(0x8000)


def bcd(number: int, length_bytes: int) -> bytes:
    """Return a number as packed decimal digits. Raises ValueError if it does not fit."""
    digits = f"{number:0{2 * length_bytes}d}"
    if number < 0 or len(digits) > 2 * length_bytes:
        raise ValueError(f"{number} does not fit into {2 * length_bytes} digits")
    return bytes.fromhex(digits)


def from_bcd(data: bytes) -> int | None:
    """Read packed decimal digits; None if they are not digits."""
    digits = data.hex()
    return int(digits) if digits.isdigit() else None


def fields(data: bytes) -> dict[int, bytes]:
    """Split data into its fields. What comes after an unknown tag cannot be read and is left."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        tag = data[at]
        start, length = _field_length(data, at + 1, tag)
        if length is None or start + length > len(data):
            break
        found.setdefault(tag, data[start : start + length])
        at = start + length
    return found


def _field_length(data: bytes, at: int, tag: int) -> tuple[int, int | None]:
    if tag in _LENGTHS:
        return at, _LENGTHS[tag]
    digits = 2 if tag in _TWO_DIGITS else 3 if tag in _THREE_DIGITS else 0
    if digits:
        length = 0
        for byte in data[at : at + digits]:
            length = length * 10 + (byte & 0x0F)
        return at + digits, length
    if tag == 0x06 and at < len(data):  # a TLV container with a BER length
        first = data[at]
        if first < 0x80:
            return at + 1, first
        count = first & 0x7F
        if count in (1, 2):
            return at + 1 + count, int.from_bytes(data[at + 1 : at + 1 + count], "big")
    return at, None


def counted(tag: int, data: bytes) -> bytes:
    """Return a field whose length is written as two or three decimal digits."""
    digits = 2 if tag in _TWO_DIGITS else 3
    written = f"{len(data):0{digits}d}"
    return bytes([tag, *(0xF0 | int(digit) for digit in written)]) + data


class Link(Protocol):
    """How messages travel."""

    wake_at: float | None

    def send(self, message: Apdu, now: float) -> None:
        """Put a message on the way."""

    def feed(self, data: bytes, now: float) -> list[Apdu]:
        """Take bytes in any pieces; return the messages that are complete."""

    def tick(self, now: float) -> None:
        """The time `wake_at` has come."""

    def reset(self) -> None:
        """Forget everything that was under way."""

    def to_send(self) -> bytes:
        """Hand over the bytes to be written, once."""


class TcpLink:
    """Messages one after the other."""

    def __init__(self) -> None:
        self.wake_at: float | None = None
        self._heard = bytearray()
        self._out = bytearray()

    def send(self, message: Apdu, now: float) -> None:
        """Put a message on the way."""
        del now
        self._out += message.encode()

    def feed(self, data: bytes, now: float) -> list[Apdu]:
        """Take bytes. A message longer than any real one empties the line."""
        del now
        self._heard += data
        found: list[Apdu] = []
        while len(self._heard) >= 3:
            start, length = 3, self._heard[2]
            if length == 0xFF:
                if len(self._heard) < 5:
                    break
                start, length = 5, int.from_bytes(self._heard[3:5], "little")
            if length > MESSAGE_LIMIT_BYTES:
                self._heard.clear()
                break
            if len(self._heard) < start + length:
                break
            command = int.from_bytes(self._heard[:2], "big")
            found.append(Apdu(command, bytes(self._heard[start : start + length])))
            del self._heard[: start + length]
        return found

    def tick(self, now: float) -> None:
        """Nothing to wait for."""
        del now
        self.wake_at = None

    def reset(self) -> None:
        """Forget everything that was under way."""
        self._heard.clear()
        self._out.clear()

    def to_send(self) -> bytes:
        """Hand over the bytes to be written, once."""
        out = bytes(self._out)
        self._out.clear()
        return out


def crc16(data: bytes) -> int:
    """CRC of a serial block: x^16 + x^12 + x^5 + 1, reflected, starting at 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc


def serial_block(message: Apdu) -> bytes:
    """Return a message framed for the serial line."""
    body = message.encode()
    crc = crc16(body + bytes([ETX])).to_bytes(2, "little")
    return b"\x10\x02" + body.replace(b"\x10", b"\x10\x10") + b"\x10\x03" + crc


class SerialLink:
    """DLE STX … DLE ETX CRC, each block acknowledged and repeated if that does not come."""

    def __init__(self) -> None:
        self.wake_at: float | None = None
        self._body = bytearray()
        self._inside = self._escaped = False
        self._crc: bytearray | None = None
        self._out = bytearray()
        self._blocks: deque[bytes] = deque()  # the first is out, not yet acknowledged
        self._sends = 0

    def send(self, message: Apdu, now: float) -> None:
        """Put a message on the way, after those before it."""
        self._blocks.append(serial_block(message))
        if len(self._blocks) == 1:
            self._sends = 0
            self._send_block(now)

    def _send_block(self, now: float) -> None:
        if self._sends >= SENDS_LIMIT:
            self._next(now)
            return
        self._sends += 1
        self._out += self._blocks[0]
        self.wake_at = now + ACK_TIMEOUT_S

    def _next(self, now: float) -> None:
        self._blocks.popleft()
        self._sends = 0
        self.wake_at = None
        if self._blocks:
            self._send_block(now)

    def tick(self, now: float) -> None:
        """The acknowledgement did not come: send the block again."""
        self.wake_at = None
        if self._blocks:
            self._send_block(now)

    def reset(self) -> None:
        """Forget everything that was under way."""
        self._drop()
        self._out.clear()
        self._blocks.clear()
        self.wake_at = None

    def to_send(self) -> bytes:
        """Hand over the bytes to be written, once."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def feed(self, data: bytes, now: float) -> list[Apdu]:
        """Take bytes; every good block is acknowledged, every bad one refused."""
        found: list[Apdu] = []
        for byte in data:
            if self._crc is not None:
                self._crc.append(byte)
                if len(self._crc) == 2:
                    found += self._finish()
            elif self._escaped:
                self._take_escaped(byte)
            elif byte == DLE:
                self._escaped = True
            elif self._inside:
                self._body.append(byte)
                if len(self._body) > MESSAGE_LIMIT_BYTES:
                    self._drop()
            elif byte == ACK and self._blocks:
                self._next(now)
            elif byte == NAK and self._blocks:
                self._send_block(now)
        return found

    def _take_escaped(self, byte: int) -> None:
        self._escaped = False
        if byte == STX:
            self._body.clear()
            self._inside = True
        elif self._inside and byte == ETX:
            self._crc = bytearray()
        elif self._inside and byte == DLE:
            self._body.append(DLE)
        else:
            self._drop()

    def _finish(self) -> list[Apdu]:
        body, crc = bytes(self._body), bytes(self._crc or b"")
        self._drop()
        if crc16(body + bytes([ETX])).to_bytes(2, "little") != crc:
            self._out.append(NAK)
            return []
        self._out.append(ACK)
        return TcpLink().feed(body, 0.0)

    def _drop(self) -> None:
        self._body.clear()
        self._inside = self._escaped = False
        self._crc = None
