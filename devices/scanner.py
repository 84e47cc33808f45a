"""A barcode scanner: bytes become `Scan` events, one per barcode, in order, none joined.

What a barcode means is not decided here but in `devices.gate`.
"""

from devices.driver import Driver
from devices.event import Fault, Reason, Scan
from devices.framing import Framer
from devices.hid import HidKeys


def split_aim(text: str) -> tuple[str, str]:
    """Split ``]E05901234123457`` into ``("]E0", "5901234123457")`` (ISO/IEC 15424)."""
    if len(text) >= 3 and text[0] == "]" and text[1].isascii() and text[1].isalpha():
        return text[:3], text[3:]
    return "", text


def decode_text(frame: bytes) -> str:
    """Text of a frame: UTF-8 where it is valid, else Latin-1 (ISO/IEC 18004's default)."""
    try:
        return frame.decode("utf-8")
    except UnicodeDecodeError:
        return frame.decode("latin-1")


class Scanner(Driver):
    """Any scanner: serial, CDC or network with a `Framer`; USB keyboard with `HidKeys` too."""

    def __init__(self, framer: Framer | None = None, keys: HidKeys | None = None) -> None:
        super().__init__()
        self._framer = framer or Framer()
        self._keys = keys

    def receive(self, data: bytes, now: float) -> None:
        """Take bytes; every whole frame becomes a `Scan`, every broken one a `Fault`."""
        super().receive(data, now)
        frames = self._framer.feed(self._keys.feed(data) if self._keys else data, now)
        self.wake_at = self._framer.wake_at
        for _ in range(frames.dropped):
            message = "only part of a barcode arrived; scan it again"
            self._emit(Fault(reason=Reason.BAD_DATA, message=message))
        for frame in frames.whole:
            aim, text = split_aim(decode_text(frame))
            self._emit(Scan(text=text, aim=aim))

    def tick(self, now: float) -> None:
        """Let the framer notice a gap."""
        self.receive(b"", now)

    def lost(self, now: float) -> None:
        """Forget half a barcode: it must not become the head of the next one."""
        super().lost(now)
        self._framer.reset()
        if self._keys:
            self._keys.reset()
