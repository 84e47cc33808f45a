"""Checkout Dialog 06 (9600 7O1; Ohaus Aviator manual): the till sends a price, the scale weighs.

Record 01 (unit price) is acknowledged, ``EOT ENQ`` fetches record 02 (weight, price, amount);
after a NAK record 08 asks why and record 09 tells. Every answer is released with EOT.
A scale that asks for check sums (record 11) is set up for legal metrology: their algorithm is its
maker's secret and belongs to a till certified with it, so this driver refuses in clear words.
"""

import re

from devices.scales.sample import (
    ACK,
    ENQ,
    EOT,
    ESC,
    ETX,
    NAK,
    STX,
    Answer,
    Bit,
    Reply,
    Sample,
    ScaleCodec,
    Trouble,
    to_mg,
)

LONGEST = 40
ASK_STATUS = bytes([EOT, STX]) + b"08" + bytes([ETX])
FETCH = bytes([EOT, ENQ])
RELEASE = bytes([EOT])
_WEIGHED = re.compile(rb"02\x1b(.)\x1b([0-9]{5})\x1b([0-9]{5,6})\x1b([0-9]{5,6})")
_STATUS = re.compile(rb"09\x1b([0-9]{2})")
_MEANS = {
    "00": Bit(0),
    "20": Bit.MOTION,
    "21": Bit.NOT_MOVED,
    "22": Bit.MOTION,
    "30": Bit.BELOW_MINIMUM,
    "31": Bit.UNDER_ZERO,
    "32": Bit.OVER,
}
_CHECK_SUMS = (
    "this scale asks for check sums (Dialog 06 record 11): it is set up for legal metrology and "
    "works only with a till certified for it, or with check sums switched off by its service"
)


class Dialog06(ScaleCodec):
    """The Dialog 06 protocol, without check sums."""

    checked = True

    def __init__(self) -> None:
        self._answer = bytearray()

    def request(self, unit_price_minor: int) -> bytes:
        """Send the unit price (per kg, at most 999,999 minor units), which starts the weighing."""
        price = b"%06d" % min(max(unit_price_minor, 0), 999_999)
        return bytes([EOT, STX]) + b"01" + bytes([ESC]) + price + bytes([ESC, ETX])

    def poll(self) -> bytes:
        """Ask for the status only: a price would show on the scale's display."""
        return ASK_STATUS

    def reset(self) -> None:
        """Forget half an answer."""
        self._answer.clear()

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes; some answers are a `Reply`, to be sent at once."""
        found: list[Answer] = []
        for byte in data:
            if byte == STX:
                self._answer = bytearray([STX])
            elif not self._answer and byte == ACK:
                found.append(Reply(FETCH))
            elif not self._answer and byte == NAK:
                found.append(Reply(ASK_STATUS))
            elif byte == ETX and self._answer:
                found += self._read(bytes(self._answer[1:]))
                self._answer.clear()
            elif self._answer:
                self._answer.append(byte)
                if len(self._answer) > LONGEST:
                    self._answer.clear()
        return found

    @staticmethod
    def _read(body: bytes) -> list[Answer]:
        release = Reply(RELEASE)
        if match := _WEIGHED.fullmatch(body):
            number = f"{int(match.group(2)) / 1000:.3f}"
            return [release, Sample(Bit(0), to_mg(number, "kg"), f"{number} kg")]
        if match := _STATUS.fullmatch(body):
            return [release, Sample(_MEANS.get(match.group(1).decode(), Bit.ERROR))]
        if body.startswith(b"11"):
            return [release, Trouble(_CHECK_SUMS)]
        return []
