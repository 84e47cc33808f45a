"""A simulated ZPL label printer: keeps the labels it printed, answers host status."""

import re
from dataclasses import dataclass

from devices.simulated.peer import Peer

_COPIES = re.compile(rb"\^PQ([0-9]+)")


@dataclass
class LabelCondition:
    """What is wrong with the printer; change it at any time."""

    paper_out: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    paused: bool = False
    silent: bool = False


class LabelPeer(Peer):
    """``labels`` holds each printed label once per copy, as the ZPL that made it."""

    def __init__(self, *, label_s: float = 0.0) -> None:
        super().__init__()
        self.condition = LabelCondition()
        self.labels: list[bytes] = []
        self._label_s = label_s
        self._heard = bytearray()
        self._waiting: list[bytes] = []

    def connected(self, now: float) -> None:
        """A new connection begins with a new line."""
        super().connected(now)
        self._heard.clear()

    def receive(self, data: bytes, now: float) -> None:
        """Take labels and questions."""
        super().receive(data, now)
        self._heard += data
        while True:
            question, start = self._heard.find(b"~HS"), self._heard.find(b"^XA")
            if question >= 0 and (start < 0 or question < start):
                del self._heard[: question + 3]
                if not self.condition.silent:
                    self._send(self._status())
                continue
            end = self._heard.find(b"^XZ")
            if start < 0 or end < 0:
                break
            label = bytes(self._heard[start : end + 3])
            del self._heard[: end + 3]
            copies = _COPIES.search(label)
            self._waiting += [label] * (int(copies.group(1)) if copies else 1)
        self._work()

    def tick(self, now: float) -> None:
        """A label is out: go on."""
        super().tick(now)
        if self._waiting and not self._stopped:
            self.labels.append(self._waiting.pop(0))
        self._work()

    @property
    def _stopped(self) -> bool:
        now = self.condition
        return now.paper_out or now.head_open or now.ribbon_out or now.paused

    def _work(self) -> None:
        if not self._label_s and not self._stopped:
            self.labels += self._waiting
            self._waiting.clear()
        if self._waiting and self.wake_at is None:
            self.wake_at = self.now + self._label_s + 0.01

    def _status(self) -> bytes:
        now, left = self.condition, len(self._waiting)
        first = f"030,{now.paper_out:d},{now.paused:d},0406,{min(left, 1):03},0,0,0,000,0,0,0"
        second = f"000,0,{now.head_open:d},{now.ribbon_out:d},0,2,4,0,{left:08},1,000"
        return "".join(f"\x02{line}\x03\r\n" for line in (first, second, "1234,0")).encode()
