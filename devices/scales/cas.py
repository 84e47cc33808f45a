"""CAS AP and PD scales (9600 8N1; CAS protocol sheet).

``ENQ`` → ``ACK``, then ``DC1`` → ``SOH STX status sign weight(6) unit(2) BCC ETX EOT``. The BCC is
the exclusive or of status to unit and may look like any control byte: frames are cut by length.
"""

from devices.scales.sample import ACK, EOT, ETX, STX, Answer, Bit, Reply, Sample, ScaleCodec, to_mg

SOH, DC1 = 0x01, 0x11
LENGTH = 15


def block_check(body: bytes) -> int:
    """Exclusive or of all bytes."""
    check = 0
    for byte in body:
        check ^= byte
    return check


class Cas(ScaleCodec):
    """The CAS protocol."""

    checked = True

    def __init__(self) -> None:
        self._answer = bytearray()

    def request(self, unit_price_minor: int) -> bytes:
        """Enquire; the acknowledgement then asks for the weight."""
        del unit_price_minor
        return b"\x05"

    def reset(self) -> None:
        """Forget half an answer."""
        self._answer.clear()

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes; a frame whose block check is wrong is ignored."""
        found: list[Answer] = []
        for byte in data:
            if not self._answer and byte == ACK:
                found.append(Reply(bytes([DC1])))
            elif self._answer or byte == SOH:
                self._answer.append(byte)
                if len(self._answer) == LENGTH:
                    found += self._take_frame()
        return found

    def _take_frame(self) -> list[Answer]:
        frame = bytes(self._answer)
        framed = frame[1] == STX and frame[13:] == bytes([ETX, EOT])
        if framed and block_check(frame[2:12]) == frame[12]:
            self._answer.clear()
            return self._read(frame[2:12])
        # A byte was lost: look for the next frame inside what came instead of one.
        start = frame.find(SOH, 1)
        self._answer = bytearray(frame[start:] if start > 0 else b"")
        return []

    @staticmethod
    def _read(body: bytes) -> list[Answer]:
        bits = {ord("S"): Bit(0), ord("U"): Bit.MOTION, ord("F"): Bit.OVER}.get(body[0], Bit.ERROR)
        number = body[2:8].decode("latin-1").strip()
        unit = body[8:10].decode("latin-1").strip().lower()
        if body[1] == ord("-"):
            number = "-" + number
        return [Sample(bits, to_mg(number, unit), f"{number} {unit}")]
