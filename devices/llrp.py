"""LLRP 1.1 (EPCglobal), as much as an inventory needs: messages, parameters, tag reports. Pure."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEADER = struct.Struct(">HII")
VERSION_1 = 1 << 10
MESSAGE_LIMIT_BYTES = 1_000_000

SET_READER_CONFIG, SET_READER_CONFIG_RESPONSE = 3, 13
CLOSE_CONNECTION = 14
ADD_ROSPEC, DELETE_ROSPEC, START_ROSPEC, STOP_ROSPEC, ENABLE_ROSPEC = 20, 21, 22, 23, 24
RESPONSE = 10  # added to a ROSPEC request's type
RO_ACCESS_REPORT, KEEPALIVE, READER_EVENT, KEEPALIVE_ACK = 61, 62, 63, 72
ERROR_MESSAGE = 100

P_EPC_96, P_PEAK_RSSI, P_TAG_SEEN_COUNT = 13, 6, 8
P_ROSPEC, P_RO_BOUNDARY, P_START_TRIGGER, P_STOP_TRIGGER = 177, 178, 179, 182
P_AISPEC, P_AI_STOP, P_INVENTORY = 183, 184, 186
P_KEEPALIVE, P_RO_REPORT, P_CONTENT = 220, 237, 238
P_TAG, P_EPC, P_EVENT_DATA, P_CONNECTION, P_STATUS = 240, 241, 246, 256, 287
AIR_PROTOCOL_C1G2 = 1
# Parameters with a one-byte header have fixed lengths (LLRP 17.2.1).
_TV_LENGTHS = {1: 2, 2: 8, 3: 8, 4: 8, 5: 8, 6: 1, 7: 2, 8: 2, 9: 4, 10: 2, 11: 2, 12: 2, 13: 12}
_TV_LENGTHS |= {14: 2, 15: 2, 16: 4, 17: 2, 18: 8, 19: 2, 20: 4}


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    kind: int
    number: int
    body: bytes = b""

    def encode(self) -> bytes:
        """Return its bytes."""
        return (
            HEADER.pack(VERSION_1 | self.kind, HEADER.size + len(self.body), self.number)
            + self.body
        )


class Messages:
    """Cut a stream into messages. `broken` once it cannot be LLRP: then only closing helps."""

    def __init__(self) -> None:
        self.broken = False
        self._heard = bytearray()

    def reset(self) -> None:
        """Begin anew with a new connection."""
        self.broken = False
        self._heard.clear()

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes in any pieces; return what is complete."""
        if self.broken:
            return []
        self._heard += data
        found: list[Message] = []
        while len(self._heard) >= HEADER.size:
            kind, length, number = HEADER.unpack_from(self._heard)
            if not HEADER.size <= length <= MESSAGE_LIMIT_BYTES:
                self.broken = True
                self._heard.clear()
                break
            if len(self._heard) < length:
                break
            found.append(Message(kind & 0x3FF, number, bytes(self._heard[HEADER.size : length])))
            del self._heard[:length]
        return found


def tlv(kind: int, body: bytes) -> bytes:
    """Return a parameter."""
    return struct.pack(">HH", kind, 4 + len(body)) + body


def parameters(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the parameters in a body; stops where it is cut or unknown."""
    at = 0
    while at < len(data):
        first = data[at]
        if first & 0x80:
            kind = first & 0x7F
            start, end = at + 1, at + 1 + _TV_LENGTHS.get(kind, len(data))
        else:
            if at + 4 > len(data):
                return
            kind, length = struct.unpack_from(">HH", data, at)
            kind &= 0x3FF
            start, end = at + 4, at + length
        if not start <= end <= len(data):
            return
        yield kind, data[start:end]
        at = end


def find(data: bytes, *path: int) -> bytes | None:
    """Return the body of the first parameter along a path of nested kinds."""
    for kind in path:
        inner = next((body for one, body in parameters(data) if one == kind), None)
        if inner is None:
            return None
        data = inner
    return data


def status_of(body: bytes) -> tuple[int, str]:
    """Return the LLRP status code of a response (0 is success) and its words."""
    status = find(body, P_STATUS)
    if status is None or len(status) < 4:
        return -1, "no status"
    code, length = struct.unpack_from(">HH", status)
    return code, status[4 : 4 + length].decode("utf-8", "replace")


def tags_of(body: bytes) -> list[str]:
    """Return the EPCs (hexadecimal, upper case) in a tag report."""
    found = []
    for kind, tag in parameters(body):
        if kind != P_TAG:
            continue
        epc = find(tag, P_EPC_96)
        if epc is None and (long := find(tag, P_EPC)) is not None and len(long) >= 2:
            count_bits = struct.unpack_from(">H", long)[0]
            epc = long[2 : 2 + (count_bits + 7) // 8]
        if epc:
            found.append(epc.hex().upper())
    return found


def rospec(number: int, antennas: tuple[int, ...] = (0,)) -> bytes:
    """Return an inventory that runs from START to STOP and reports tags as they come.

    Antenna 0 means all.
    """
    start = tlv(P_START_TRIGGER, b"\0")  # by START_ROSPEC only
    stop = tlv(P_STOP_TRIGGER, b"\0" + struct.pack(">I", 0))  # by STOP_ROSPEC only
    ids = struct.pack(f">H{len(antennas)}H", len(antennas), *antennas)
    inventory = tlv(P_INVENTORY, struct.pack(">HB", 1, AIR_PROTOCOL_C1G2))
    search = tlv(P_AISPEC, ids + tlv(P_AI_STOP, b"\0" + struct.pack(">I", 0)) + inventory)
    content = tlv(P_CONTENT, b"\0\0")  # nothing but the EPC
    report = tlv(P_RO_REPORT, b"\x02" + struct.pack(">H", 16) + content)
    head = struct.pack(">IBB", number, 0, 0)
    return tlv(P_ROSPEC, head + tlv(P_RO_BOUNDARY, start + stop) + search + report)
