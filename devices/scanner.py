"""A barcode scanner: bytes become `Scan` events, one per barcode, in order, none joined.

What a barcode means is not decided here but in `devices.gate`.
"""

from devices.driver import Check, Command, Driver, Level
from devices.event import Fault, Health, Reason, Scan
from devices.framing import Framer
from devices.hid import HidKeys

TEST_PATIENCE_S = 30.0


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
        self._test: Check | None = None
        self._test_until = 0.0

    @property
    def busy(self) -> bool:
        """Whether somebody is asked to scan something."""
        return self._test is not None

    def submit(self, command: Command, now: float) -> None:
        """Check the scanner; interactively that means that something is scanned."""
        if not isinstance(command, Check) or command.level is not Level.INTERACTIVE:
            super().submit(command, now)
        elif self._test is not None:
            self._refuse(command, "a scan is waited for already", Reason.BUSY)
        else:
            self.now = now
            self._test, self._test_until = command, now + TEST_PATIENCE_S
            self._set_timer()

    def receive(self, data: bytes, now: float) -> None:
        """Take bytes; every whole frame becomes a `Scan`, every broken one a `Fault`."""
        super().receive(data, now)
        frames = self._framer.feed(self._keys.feed(data) if self._keys else data, now)
        for _ in range(frames.dropped):
            message = "only part of a barcode arrived; scan it again"
            self._emit(Fault(reason=Reason.BAD_DATA, message=message))
        for frame in frames.whole:
            aim, text = split_aim(decode_text(frame))
            self._emit(Scan(text=text, aim=aim))
            if self._test is not None:
                self._emit(Health(ref=self._test.ref, text=f"scanned {aim} {text}"))
                self._test = None
        self._set_timer()

    def tick(self, now: float) -> None:
        """Let the framer notice a gap."""
        if self._test is not None and now >= self._test_until:
            self._end_test(Reason.TIMEOUT, "nothing was scanned; check cable, power and set-up")
        self.receive(b"", now)

    def lost(self, now: float) -> None:
        """Forget half a barcode: it must not become the head of the next one."""
        super().lost(now)
        self._framer.reset()
        if self._keys:
            self._keys.reset()
        self._end_test(Reason.LOST, "the scanner was disconnected")

    def _set_timer(self) -> None:
        times = [self._framer.wake_at, self._test_until if self._test else None]
        self.wake_at = min((at for at in times if at is not None), default=None)

    def _end_test(self, reason: Reason, message: str) -> None:
        if self._test is not None:
            self._emit(Fault(ref=self._test.ref, reason=reason, message=message))
            self._test = None
