"""Mettler Toledo 8217 and the many scales that imitate it (9600 7E1; Magellan service manual).

``W`` is answered by ``STX weight [N] CR``, or while that is impossible ``STX ? status CR``. The
status byte can itself be a CR, so an answer is cut by its shape and not by its last byte.
"""

import re

from devices.scales.sample import STX, Answer, Bit, Sample, ScaleCodec, to_mg

CR, QUESTION = 0x0D, 0x3F
LONGEST = 12
_WEIGHT = re.compile(rb"([0-9]{1,4}\.[0-9]{1,4})(N?)")
_BITS = (
    Bit.MOTION,
    Bit.OVER,
    Bit.UNDER_ZERO,
    Bit.OUTSIDE_ZERO,
    Bit.CENTRE_OF_ZERO,
    Bit.NET,
)


class Mt8217(ScaleCodec):
    """The 8217 protocol. It names no unit: give the scale's own (kg or lb)."""

    def __init__(self, unit: str = "kg") -> None:
        self.unit = unit
        self._answer = bytearray()

    def request(self, unit_price_minor: int) -> bytes:
        """Ask for the weight."""
        del unit_price_minor
        return b"W"

    def reset(self) -> None:
        """Forget half an answer."""
        self._answer.clear()

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes; anything outside an answer is ignored."""
        found: list[Answer] = []
        for byte in data:
            answer = self._answer
            status_next = len(answer) == 2 and answer[1] == QUESTION
            if byte == STX and not status_next:
                self._answer = bytearray([STX])
            elif answer and (byte != CR or status_next):
                answer.append(byte)
                if len(answer) > LONGEST:
                    answer.clear()
            elif answer:
                found += self._read(bytes(answer[1:]))
                answer.clear()
        return found

    def _read(self, body: bytes) -> list[Answer]:
        if len(body) == 2 and body[0] == QUESTION:
            bits = Bit(0)
            for place, bit in enumerate(_BITS):
                if body[1] >> place & 1:
                    bits |= bit
            return [Sample(bits)]
        match = _WEIGHT.fullmatch(body)
        if match is None:
            return []
        number = match.group(1).decode()
        net = Bit.NET if match.group(2) else Bit(0)
        return [Sample(net, to_mg(number, self.unit), f"{number} {self.unit}")]
