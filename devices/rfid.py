"""An RFID reader over LLRP: one inventory round is the set of tags seen, complete or a fault.

A round that lost its reader in the middle is no count: it fails, and is made again.
"""

import struct
from dataclasses import dataclass
from typing import ClassVar

from devices import llrp
from devices.driver import Check, Command, Driver
from devices.event import Event, Fault, Health, Reason
from devices.llrp import Message

ANSWER_S = 5.0
ROSPEC_ID = 1
TAGS_LIMIT = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeInventory(Command):
    """Read tags for ``duration_s``."""

    duration_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory(Event):
    """The tags of a whole round, as hexadecimal EPCs."""

    final: ClassVar[bool] = True
    tags: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Event):
    """Tags not seen before in this round."""

    tags: frozenset[str]


class Reader(Driver):
    """One reader. ``antennas`` (0,) means all it has."""

    def __init__(self, *, antennas: tuple[int, ...] = (0,), answer_s: float = ANSWER_S) -> None:
        super().__init__()
        self._antennas = antennas
        self._answer_s = answer_s
        self._messages = llrp.Messages()
        self._number = 0
        self._steps: list[tuple[int, bytes]] = []  # requests still to be made
        self._awaited: tuple[int, int] | None = None  # kind and number of a response
        self._ready = False
        self._reading = False
        self._command: Command | None = None
        self._tags: set[str] = set()
        self._deadline: float | None = None

    @property
    def busy(self) -> bool:
        """Whether a round is under way."""
        return self._command is not None

    def started(self, now: float) -> None:
        """Wait for the reader's greeting."""
        super().started(now)
        self._messages.reset()
        self._steps.clear()
        self._awaited = None
        self._ready = self._reading = False
        self._deadline = now + self._answer_s
        self._set_timer()

    def lost(self, now: float) -> None:
        """A round without its end is no count."""
        super().lost(now)
        self._ready = self._reading = False
        self._deadline = None
        self._fail(Reason.LOST, "the reader was disconnected; take this inventory again")

    def submit(self, command: Command, now: float) -> None:
        """`TakeInventory` or check."""
        self.now = now
        if not isinstance(command, TakeInventory | Check):
            super().submit(command, now)
        elif self._command is not None:
            self._refuse(command, "the reader is taking an inventory already", Reason.BUSY)
        else:
            self._command = command
            if self._ready:
                self._begin()
            elif self._deadline is None:
                self._deadline = now + self._answer_s
        self._set_timer()

    def receive(self, data: bytes, now: float) -> None:
        """Take the reader's messages."""
        super().receive(data, now)
        for message in self._messages.feed(data):
            self._take(message)
        if self._messages.broken:
            self._fail(Reason.BAD_DATA, "this is no LLRP reader, or the line is disturbed")
            self.hang_up = True
        self._set_timer()

    def tick(self, now: float) -> None:
        """The round is over, an answer is late, or the reader fell silent."""
        super().tick(now)
        if self._deadline is not None and self._deadline <= now:
            self._deadline = None
            if self._reading and not self._awaited and not self._steps:
                self._reading = False
                self._do((llrp.STOP_ROSPEC, self._id), (llrp.DELETE_ROSPEC, self._id))
            else:
                self._fail(Reason.TIMEOUT, "the reader does not answer; check cable and power")
        self._set_timer()

    @property
    def _id(self) -> bytes:
        return struct.pack(">I", ROSPEC_ID)

    def _set_timer(self) -> None:
        self.wake_at = self._deadline

    def _say(self, kind: int, body: bytes = b"") -> None:
        self._number = self._number % 0xFFFFFFFF + 1
        self._send(Message(kind, self._number, body).encode())

    def _do(self, *steps: tuple[int, bytes]) -> None:
        self._steps = list(steps)
        self._next()

    def _next(self) -> None:
        if self._steps:
            kind, body = self._steps.pop(0)
            self._say(kind, body)
            self._awaited = (kind + llrp.RESPONSE, self._number)
            self._deadline = self.now + self._answer_s
            return
        self._awaited = None
        self._deadline = None
        if self._reading and isinstance(self._command, TakeInventory):
            self._deadline = self.now + self._command.duration_s
        elif self._command is not None:
            self._emit(Inventory(ref=self._command.ref, tags=frozenset(self._tags)))
            self._command = None

    def _begin(self) -> None:
        command = self._command
        if isinstance(command, Check):
            self._command = None
            self._emit(Health(ref=command.ref, text="the reader is connected and ready"))
        elif command is not None:
            self._tags.clear()
            self._reading = True
            # ROSpec 0 means all: whatever this or another program left behind is removed first.
            self._do(
                (llrp.DELETE_ROSPEC, struct.pack(">I", 0)),
                (llrp.ADD_ROSPEC, llrp.rospec(ROSPEC_ID, self._antennas)),
                (llrp.ENABLE_ROSPEC, self._id),
                (llrp.START_ROSPEC, self._id),
            )

    def _take(self, message: Message) -> None:
        if message.kind == llrp.KEEPALIVE:
            self._say(llrp.KEEPALIVE_ACK)
        elif message.kind == llrp.READER_EVENT:
            self._take_event(message.body)
        elif message.kind == llrp.RO_ACCESS_REPORT:
            self._take_tags(llrp.tags_of(message.body))
        elif (message.kind, message.number) == self._awaited:
            code, words = llrp.status_of(message.body)
            if code == 0:
                self._next()
            else:
                self._fail(Reason.REFUSED, f"the reader refused: {words} (code {code})")
        elif message.kind == llrp.ERROR_MESSAGE:
            _, words = llrp.status_of(message.body)
            self._fail(Reason.REFUSED, f"the reader did not understand: {words}")

    def _take_event(self, body: bytes) -> None:
        result = llrp.find(body, llrp.P_EVENT_DATA, llrp.P_CONNECTION)
        if result is None or len(result) < 2 or self._ready:
            return
        self._deadline = None
        if struct.unpack(">H", result[:2])[0] == 0:
            self._ready = True
            self._begin()
        else:
            message = "the reader is in use by another program; close that connection first"
            self._fail(Reason.BUSY, message)

    def _take_tags(self, tags: list[str]) -> None:
        if self._command is None:
            return
        fresh = frozenset(tags) - self._tags
        if len(self._tags) + len(fresh) > TAGS_LIMIT:
            self._fail(Reason.BAD_DATA, f"more than {TAGS_LIMIT} tags: split the inventory")
        elif fresh:
            self._tags |= fresh
            self._emit(Seen(ref=self._command.ref, tags=fresh))

    def _fail(self, reason: Reason, message: str) -> None:
        self._steps.clear()
        self._awaited = None
        self._deadline = None
        self._reading = False
        self._tags.clear()
        if self._command is not None:
            self._emit(Fault(ref=self._command.ref, reason=reason, message=message))
            self._command = None
