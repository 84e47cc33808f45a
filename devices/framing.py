"""Cut a scanner's byte stream into barcodes; never join two, never grow without bound.

A frame ends with a suffix byte, or lies between STX and ETX (use that for 2D codes: a QR may
contain CR), or ends with a pause where the scanner sends neither. What is half a frame when the
line has been silent for a while is dropped, so that it cannot become the head of the next one.
Bytes that were read late are no silence: the tail of a barcode would pass for a whole one.
"""

from dataclasses import dataclass
from enum import StrEnum

FRAME_LIMIT_BYTES = 8192  # a QR code holds at most 7,089 characters
GAP_S = 0.05
STALE_S = 0.5
STX, ETX = 0x02, 0x03


class Mode(StrEnum):
    """How a scanner marks the end of a barcode."""

    SUFFIX = "suffix"
    STX_ETX = "stx-etx"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Frames:
    """What one feed brought: whole frames, and how many broken ones were dropped."""

    whole: tuple[bytes, ...]
    dropped: int = 0


class Framer:
    """Frames by suffix (any byte of ``suffixes`` ends one), by STX/ETX or by a gap."""

    def __init__(self, mode: Mode = Mode.SUFFIX, suffixes: bytes = b"\r\n\t") -> None:
        self.mode = mode
        self.suffixes = suffixes
        self.wake_at: float | None = None
        self._partial = bytearray()
        self._inside = False
        self._overflow = False

    def reset(self) -> None:
        """Forget a half-read frame."""
        self._partial.clear()
        self._inside = self._overflow = False
        self.wake_at = None

    def feed(self, data: bytes, now: float) -> Frames:
        """Take bytes as they come (``b""`` when only time has passed); ``now`` in seconds."""
        whole: list[bytes] = []
        dropped = 0
        late = self.wake_at is not None and now >= self.wake_at
        if late and (not data or self.mode is Mode.GAP):
            if self._partial and self.mode is Mode.GAP and not self._overflow:
                whole.append(bytes(self._partial))
            elif self._partial or self._overflow:
                dropped += 1
            self.reset()
        for byte in data:
            if self._is_end(byte):
                if self._overflow:
                    dropped += 1
                elif self._partial:
                    whole.append(bytes(self._partial))
                self.reset()
            elif self.mode is Mode.STX_ETX and byte == STX:
                dropped += bool(self._partial or self._overflow)
                self.reset()
                self._inside = True
            elif self._inside or self.mode is not Mode.STX_ETX:
                self._take(byte)
        if data and (self._partial or self._overflow or self._inside):
            self.wake_at = now + (GAP_S if self.mode is Mode.GAP else STALE_S)
        return Frames(tuple(whole), dropped)

    def _is_end(self, byte: int) -> bool:
        if self.mode is Mode.STX_ETX:
            return self._inside and byte == ETX
        return self.mode is Mode.SUFFIX and byte in self.suffixes

    def _take(self, byte: int) -> None:
        if self._overflow:
            return
        self._partial.append(byte)
        if len(self._partial) > FRAME_LIMIT_BYTES:
            self._partial.clear()
            self._overflow = True
