"""MT-SICS (Mettler Toledo standard interface command set, level 0), lines ending with CR LF.

``SI`` asks for the weight as it is; ``S S`` is stable, ``S D`` moving, ``S I`` not ready, ``S +``
and ``S -`` out of range; ``ES``, ``ET`` and ``EL`` say that the command was not understood.
"""

import re

from devices.scales.sample import Answer, Bit, Sample, ScaleCodec, to_mg

LONGEST = 64
_WEIGHT = re.compile(r"S ([SD]) +(-? *[0-9.]+) +([a-z]{1,2})")
_WORDS = {
    "S I": Bit.MOTION,
    "S +": Bit.OVER,
    "S -": Bit.UNDER_ZERO,
    "ES": Bit.ERROR,
    "ET": Bit.ERROR,
    "EL": Bit.ERROR,
}


class MtSics(ScaleCodec):
    """The MT-SICS protocol."""

    def __init__(self) -> None:
        self._line = bytearray()

    def request(self, unit_price_minor: int) -> bytes:
        """Ask for the weight as it is now."""
        del unit_price_minor
        return b"SI\r\n"

    def reset(self) -> None:
        """Forget half a line."""
        self._line.clear()

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes; a line of another form is ignored."""
        found: list[Answer] = []
        for byte in data:
            if byte == 0x0A:
                found += self._read(self._line.decode("latin-1").rstrip("\r"))
                self._line.clear()
            else:
                self._line.append(byte)
                if len(self._line) > LONGEST:
                    self._line.clear()
        return found

    @staticmethod
    def _read(line: str) -> list[Answer]:
        if line in _WORDS:
            return [Sample(_WORDS[line])]
        match = _WEIGHT.fullmatch(line)
        if match is None:
            return []
        moving, number, unit = match.groups()
        bits = Bit.MOTION if moving == "D" else Bit(0)
        return [Sample(bits, to_mg(number, unit), f"{number} {unit}")]
