"""NCI-ECR (Weigh-Tronix standard; 9600 7E1; Magellan service manual).

``W CR`` is answered by ``LF weight unit CR LF S h h CR ETX``; without a valid weight by the
status alone. Each status byte carries its bits in the low nibble, over 0x30.
"""

import re

from devices.scales.sample import ETX, Answer, Bit, Sample, ScaleCodec, to_mg

LONGEST = 48
_ANSWER = re.compile(
    rb"(?:\n(?P<weight>[ 0-9.-]{1,10})(?P<unit>[A-Za-z]{1,2})(?P<net>N?)\r)?"
    rb"\nS(?P<first>[0-?p-\x7f])(?P<second>[0-?p-\x7f])[0-?p-\x7f]?\r\x03\Z"
)
_FIRST = (Bit.MOTION, Bit.CENTRE_OF_ZERO, Bit.MEMORY_ERROR, Bit.MEMORY_ERROR)
_SECOND = (Bit.UNDER_ZERO, Bit.OVER, Bit.PROGRAM_ERROR, Bit.CALIBRATION_ERROR)


class Nci(ScaleCodec):
    """The NCI-ECR protocol."""

    def __init__(self) -> None:
        self._answer = bytearray()

    def request(self, unit_price_minor: int) -> bytes:
        """Ask for the weight."""
        del unit_price_minor
        return b"W\r"

    def reset(self) -> None:
        """Forget half an answer."""
        self._answer.clear()

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes; an answer that does not have the form is ignored."""
        found: list[Answer] = []
        for byte in data:
            self._answer.append(byte)
            if byte == ETX:
                match = _ANSWER.search(bytes(self._answer))
                self._answer.clear()
                if match is not None:
                    found.append(self._read(match))
            elif len(self._answer) > LONGEST:
                self._answer.clear()
        return found

    @staticmethod
    def _read(match: re.Match[bytes]) -> Sample:
        bits = Bit(0)
        for group, meaning in (("first", _FIRST), ("second", _SECOND)):
            for place, bit in enumerate(meaning):
                if match.group(group)[0] >> place & 1:
                    bits |= bit
        if match.group("weight") is None:
            return Sample(bits)
        if match.group("net"):
            bits |= Bit.NET
        number, unit = match.group("weight").decode().strip(), match.group("unit").decode().lower()
        return Sample(bits, to_mg(number, unit), f"{number} {unit}")
