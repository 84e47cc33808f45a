"""A simulated customer display that understands both dialects."""

from devices.display import WIDTH
from devices.simulated.peer import Peer

LINE_LIMIT = 200


class DisplayPeer(Peer):
    """Shows ``lines``; anything it does not understand is kept in ``unknown``."""

    def __init__(self, *, chinese: bool = False) -> None:
        super().__init__()
        self.lines = [" " * WIDTH, " " * WIDTH]
        self.unknown: list[bytes] = []
        self._codec = "gb18030" if chinese else "ascii"
        self._heard = bytearray()

    def connected(self, now: float) -> None:
        """A display that was switched off shows nothing."""
        super().connected(now)
        self._heard.clear()
        self.lines = [" " * WIDTH, " " * WIDTH]

    def receive(self, data: bytes, now: float) -> None:
        """Take commands."""
        super().receive(data, now)
        self._heard += data
        while used := self._step():
            del self._heard[:used]

    def _step(self) -> int:
        heard = self._heard
        if not heard:
            return 0
        if heard[0] == 0x0C:
            self.lines = [" " * WIDTH, " " * WIDTH]
            return 1
        if heard[0] not in (0x1B, 0x1F) or len(heard) < 2:
            return 0 if heard[0] in (0x1B, 0x1F) else 1
        if heard.startswith(b"\x1b@"):
            return 2
        if heard.startswith(b"\x1bQ") and len(heard) >= 3:
            end = heard.find(b"\r")
            if end < 0:
                return 0 if len(heard) < LINE_LIMIT else len(heard)
            self.lines[heard[2] - ord("A")] = bytes(heard[3:end]).decode(self._codec, "replace")
            return end + 1
        if heard.startswith(b"\x1f$"):
            if len(heard) < 4 + WIDTH:
                return 0
            text = bytes(heard[4 : 4 + WIDTH])
            self.lines[heard[3] - 1] = text.decode(self._codec, "replace")
            return 4 + WIDTH
        return 0 if len(heard) < 3 else 1
