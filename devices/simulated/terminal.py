"""A simulated card terminal that speaks ZVT and keeps its own books."""

from collections import deque
from dataclasses import dataclass

from devices import zvt
from devices.simulated.peer import Peer
from devices.zvt import OK, Apdu, Link, TcpLink

BUSY_CODE, CANCELLED_CODE, NO_RECEIPT_CODE, DECLINED_CODE = 0xA0, 0x6C, 0xB7, 0x05
IMPOSSIBLE_CODE = 0x83


@dataclass(frozen=True)
class Booked:
    """One transaction in the terminal's books."""

    request: int
    trace: int
    receipt: int
    amount_minor: int
    result: int = 0


@dataclass
class Mood:
    """How the terminal behaves; change it at any time.

    ``mute_before``: it stops talking before it books; ``mute_after``: it books, then stops.
    ``refunds``: it may give money back without a charge. ``receipt``: a number it gives to all.
    """

    approves: bool = True
    think_s: float = 0.0
    mute_before: bool = False
    mute_after: bool = False
    dead: bool = False
    refuses: bool = False
    tells_nothing: bool = False
    refunds: bool = True
    receipt: int | None = None


class TerminalPeer(Peer):
    """Authorises, reverses, refunds and closes the day. ``books`` is what really happened."""

    def __init__(self, link: Link | None = None, *, has_sold: bool = True) -> None:
        super().__init__()
        self.mood = Mood()
        self.books = [Booked(zvt.AUTHORISE, 41, 41, 100)] if has_sold else []
        self.requests: list[Apdu] = []
        self._handed_over = 0  # how much of the books the acquirer has: no reversal reaches it
        self._link = link or TcpLink()
        self._script: deque[Apdu] = deque()
        self._pending: Apdu | None = None

    def connected(self, now: float) -> None:
        """A till came: forget the talk with the last one, not the books."""
        super().connected(now)
        self._link.reset()
        self._script.clear()
        self.mood.mute_before = self.mood.mute_after = False

    def book(self, request: int, amount_minor: int, result: int = 0) -> Booked:
        """Write a transaction into the books (also for one made at the terminal by hand)."""
        number = self.books[-1].trace + 1 if self.books else 1
        booked = Booked(request, number, self.mood.receipt or number, amount_minor, result)
        self.books.append(booked)
        return booked

    def receive(self, data: bytes, now: float) -> None:
        """Take the till's messages."""
        super().receive(data, now)
        for message in self._link.feed(data, now):
            if not self.mood.dead:
                self._take(message)
        self._flush()

    def tick(self, now: float) -> None:
        """The customer is done thinking."""
        super().tick(now)
        if self._link.wake_at is not None and self._link.wake_at <= now:
            self._link.tick(now)
        if self._pending is not None:
            pending, self._pending = self._pending, None
            self._pay(pending)
        self._flush()

    def _flush(self) -> None:
        self._send(self._link.to_send())
        if self._pending is None:
            self.wake_at = self._link.wake_at

    def _say(self, *messages: Apdu) -> None:
        """Send the messages one by one, each after the last was acknowledged."""
        idle = not self._script
        self._script += messages
        if idle and self._script:
            self._link.send(self._script[0], self.now)

    def _take(self, message: Apdu) -> None:
        if message.command >> 8 == zvt.ACK_CLASS:
            if self._script:
                self._script.popleft()
                if self._script:
                    self._link.send(self._script[0], self.now)
            return
        self.requests.append(message)
        if message.command == zvt.CANCEL and self._pending is not None:
            self._pending = None
            self._link.send(OK, self.now)
            self._say(Apdu(zvt.ABORT, bytes([CANCELLED_CODE])))
        elif self.mood.refuses or self._pending is not None or self._script:
            self._link.send(Apdu(0x8400 | BUSY_CODE), self.now)
        elif message.command == zvt.REFUND and not self.mood.refunds:
            self._link.send(Apdu(0x8400 | IMPOSSIBLE_CODE), self.now)
        else:
            self._link.send(OK, self.now)
            self._do(message)

    def _do(self, message: Apdu) -> None:
        if message.command == zvt.REGISTER:
            self._say(Apdu(zvt.COMPLETION, b"\x19\x00\x29" + zvt.bcd(12345678, 4)))
        elif message.command == zvt.REPEAT_RECEIPT:
            if self.mood.tells_nothing or not self.books:
                self._say(Apdu(zvt.ABORT, bytes([NO_RECEIPT_CODE])))
            else:
                self._say(self._status(self.books[-1]), Apdu(zvt.COMPLETION))
        elif message.command == zvt.END_OF_DAY:
            total = sum(one.amount_minor for one in self.books if one.result == 0)
            self._handed_over = len(self.books)
            status = Apdu(zvt.STATUS, b"\x27\x00\x04" + zvt.bcd(total, 6))
            self._say(status, Apdu(zvt.COMPLETION))
        elif self.mood.think_s:
            self._pending = message
            self.wake_at = self.now + self.mood.think_s
        else:
            self._pay(message)

    def _pay(self, message: Apdu) -> None:
        if self.mood.mute_before:
            self.mood.dead = True
            return
        data = message.data if message.command == zvt.AUTHORISE else message.data[3:]
        given = zvt.fields(data)
        amount = zvt.from_bcd(given.get(0x04, b"\0")) or 0
        if message.command == zvt.REVERSE:
            receipt = zvt.from_bcd(given.get(0x87, b"\0"))
            today = self.books[self._handed_over :]
            amount = next((one.amount_minor for one in today if one.receipt == receipt), 0)
        approved = self.mood.approves and amount > 0
        booked = self.book(message.command, amount, 0 if approved else DECLINED_CODE)
        if self.mood.mute_after:
            self.mood.dead = True
            return
        waiting = Apdu(zvt.INTERMEDIATE, b"\x0a")
        end = Apdu(zvt.COMPLETION) if approved else Apdu(zvt.ABORT, bytes([DECLINED_CODE]))
        self._say(waiting, self._status(booked), end)

    @staticmethod
    def _status(booked: Booked) -> Apdu:
        data = bytes([0x27, booked.result]) + b"\x04" + zvt.bcd(booked.amount_minor, 6)
        data += (
            b"\x49\x09\x78\x0b" + zvt.bcd(booked.trace, 3) + b"\x87" + zvt.bcd(booked.receipt, 2)
        )
        data += zvt.counted(0x22, bytes.fromhex("67eeeeeeeeee1234"))
        return Apdu(zvt.STATUS, data + zvt.counted(0x8B, b"girocard\0"))
