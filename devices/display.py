"""A customer display of two lines; what it shows is always the last thing it was told to show.

Nothing ever comes back from a line display: done means handed to the line, and after a loss the
last text is shown again by itself.
"""

from dataclasses import dataclass
from enum import StrEnum

from devices.charset import columns, printable, wrap
from devices.driver import Check, Command, Driver, Level
from devices.event import Health, JobDone

WIDTH = 20
TEST_TEXT = ("DISPLAY TEST 1234567", "ABCDEFGHIJKLMNOPQRST")


class Dialect(StrEnum):
    """The two command sets in use."""

    CD5220 = "cd5220"
    ESCPOS = "esc/pos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Show(Command):
    """Show two lines; what is too long is cut."""

    upper: str
    lower: str = ""


def fit(text: str, *, chinese: bool) -> bytes:
    """Return exactly 20 columns of text as the display wants it; control characters never."""
    text = "".join(
        letter if letter.isascii() or (chinese and columns(letter) == 2) else "?"
        for letter in printable(text.replace("\u00a0", " ").replace("\u202f", " "))
    )
    line = wrap(text, WIDTH)[0] if columns(text) > WIDTH else text
    line += " " * (WIDTH - columns(line))
    return line.encode("gb18030" if chinese else "ascii", "replace")


def encode(dialect: Dialect, upper: bytes, lower: bytes) -> bytes:
    """Return the bytes that show two lines."""
    if dialect is Dialect.CD5220:
        return b"\x1bQA" + upper + b"\r\x1bQB" + lower + b"\r"
    return b"\x1f$\x01\x01" + upper + b"\x1f$\x01\x02" + lower


class Display(Driver):
    """One display. ``chinese`` for those with a GB18030 character set."""

    def __init__(self, dialect: Dialect = Dialect.CD5220, *, chinese: bool = False) -> None:
        super().__init__()
        self._dialect = dialect
        self._chinese = chinese
        self._shown = b""

    def started(self, now: float) -> None:
        """Clear the display and show again what it showed."""
        super().started(now)
        self._send(b"\x1b@\x0c" + self._shown)

    def submit(self, command: Command, now: float) -> None:
        """`Show`, or check: that can only say that the line is there, or show a test text."""
        if isinstance(command, Check) and command.level is Level.INTERACTIVE:
            self._send(encode(self._dialect, *(fit(text, chinese=False) for text in TEST_TEXT)))
            self._emit(Health(ref=command.ref, text=f"does the display show {TEST_TEXT[0]}?"))
            return
        if not isinstance(command, Show):
            super().submit(command, now)
            return
        self.now = now
        upper, lower = (fit(line, chinese=self._chinese) for line in (command.upper, command.lower))
        self._shown = encode(self._dialect, upper, lower)
        self._send(self._shown)
        self._emit(JobDone(ref=command.ref))

    def receive(self, data: bytes, now: float) -> None:
        """Displays say nothing; whatever comes is ignored."""
        super().receive(data, now)
