"""A simulated LLRP reader with tags in its field."""

import struct
from dataclasses import dataclass

from devices import llrp
from devices.llrp import Message
from devices.simulated.peer import Peer

TAGS_PER_REPORT = 50


@dataclass
class ReaderMood:
    """What is wrong with the reader; change it at any time."""

    in_use: bool = False
    refuses: bool = False
    silent: bool = False


class ReaderPeer(Peer):
    """Reports every tag of ``field`` again in every round, as readers do."""

    def __init__(self, *, round_s: float = 0.02) -> None:
        super().__init__()
        self._round_s = round_s
        self.mood = ReaderMood()
        self.field: set[bytes] = set()
        self.rospecs: dict[int, bytes] = {}
        self._messages = llrp.Messages()
        self._running = False
        self._number = 1000

    def put(self, *tags: bytes) -> None:
        """Lay tags into the field."""
        self.field.update(tags)

    def connected(self, now: float) -> None:
        """Greet, or say that somebody else is connected."""
        super().connected(now)
        self._messages.reset()
        self._running = False
        self.wake_at = None
        if not self.mood.silent:
            stamp = struct.pack(">HHQ", 128, 12, 0)  # UTCTimestamp
            attempt = llrp.tlv(llrp.P_CONNECTION, struct.pack(">H", int(self.mood.in_use)))
            self._tell(llrp.READER_EVENT, llrp.tlv(llrp.P_EVENT_DATA, stamp + attempt))

    def receive(self, data: bytes, now: float) -> None:
        """Take requests."""
        super().receive(data, now)
        for message in self._messages.feed(data):
            if not self.mood.silent and message.kind != llrp.KEEPALIVE_ACK:
                self._answer(message)

    def tick(self, now: float) -> None:
        """One round of reading."""
        super().tick(now)
        if not self._running:
            return
        tags = sorted(self.field)
        for at in range(0, len(tags), TAGS_PER_REPORT):
            self._tell(
                llrp.RO_ACCESS_REPORT,
                b"".join(_tag(one) for one in tags[at : at + TAGS_PER_REPORT]),
            )
        self._tell(llrp.KEEPALIVE, b"")
        self.wake_at = now + self._round_s

    def _tell(self, kind: int, body: bytes) -> None:
        self._number += 1
        self._send(Message(kind, self._number, body).encode())

    def _answer(self, message: Message) -> None:
        code = 0
        number = struct.unpack_from(">I", message.body)[0] if len(message.body) >= 4 else 0
        if message.kind == llrp.ADD_ROSPEC:
            rospec = llrp.find(message.body, llrp.P_ROSPEC)
            number = struct.unpack_from(">I", rospec)[0] if rospec else 0
            code = 0 if rospec and number not in self.rospecs else 100
            self.rospecs[number] = message.body
        elif message.kind == llrp.DELETE_ROSPEC:
            gone = [number] if number else list(self.rospecs)
            for one in gone:
                code = 0 if self.rospecs.pop(one, None) or not number else 101
        elif number not in self.rospecs:
            code = 101
        elif message.kind in (llrp.START_ROSPEC, llrp.STOP_ROSPEC):
            self._running = message.kind == llrp.START_ROSPEC
            self.wake_at = self.now + self._round_s if self._running else None
        code = 101 if self.mood.refuses else code
        words = b"" if code == 0 else b"no such thing"
        status = llrp.tlv(llrp.P_STATUS, struct.pack(">HH", code, len(words)) + words)
        self._send(Message(message.kind + llrp.RESPONSE, message.number, status).encode())


def _tag(epc: bytes) -> bytes:
    if len(epc) == 12:
        return llrp.tlv(llrp.P_TAG, bytes([0x80 | llrp.P_EPC_96]) + epc)
    return llrp.tlv(llrp.P_TAG, llrp.tlv(llrp.P_EPC, struct.pack(">H", len(epc) * 8) + epc))
