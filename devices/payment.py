"""A card terminal over ZVT: money is charged once, or it is known that nobody knows.

From the moment a payment is sent until its result has come it is in `Doubt`. If the line or the
answer is lost, the terminal is asked for its last transaction before anything else may be charged;
what it cannot answer, a person settles. Transactions are told apart by the terminal's own trace
number, so the last one is learnt before the first payment.
"""

from enum import Enum, auto

from devices import zvt
from devices.charge import (
    Authorise,
    Cancel,
    Closed,
    Doubt,
    EndOfDay,
    Outcome,
    Payment,
    Prepare,
    Progress,
    Refund,
    Reverse,
    Settle,
    Unknown,
)
from devices.driver import Check, Command, Driver
from devices.event import Fault, Health, JobDone, Reason
from devices.zvt import Apdu, Link, TcpLink

ANSWER_S = 5.0
PATIENCE_S = 180.0  # a customer looking for the card; every progress message begins it anew
RETRY_S = 5.0
QUERIES_LIMIT = 6
CONFIG_BYTE = 0x1E  # the till prints, wants progress messages and sends the amounts
AMOUNT_LIMIT_MINOR = 10**12 - 1

IN_DOUBT = (
    "the terminal cannot say whether this was charged; look at its last receipt, then settle it"
)


class _Phase(Enum):
    OFF = auto()
    REGISTERING = auto()
    LEARNING = auto()
    READY = auto()
    BUSY = auto()
    QUERYING = auto()
    RESTING = auto()


class Terminal(Driver):
    """One terminal. ``doubt`` and ``last_trace`` are what was known before a restart."""

    def __init__(
        self,
        link: Link | None = None,
        *,
        password: int = 0,
        currency: int = 978,
        doubt: Doubt | None = None,
        last_trace: int | None = None,
        answer_s: float = ANSWER_S,
        retry_s: float = RETRY_S,
    ) -> None:
        super().__init__()
        self.doubt = doubt
        self.last_trace = last_trace
        self._link = link or TcpLink()
        self._password = zvt.bcd(password, 3)
        self._currency = zvt.bcd(currency, 2)
        self._answer_s = answer_s
        self._retry_s = retry_s
        self._phase = _Phase.OFF
        self._deadline: float | None = None
        self._command: Command | None = None
        self._status: dict[int, bytes] = {}
        self._queries = 0

    @property
    def busy(self) -> bool:
        """Whether a command is under way or a payment is in doubt."""
        return self._command is not None or self.doubt is not None

    def started(self, now: float) -> None:
        """Register with the terminal, then ask what became of a payment in doubt."""
        super().started(now)
        self._link.reset()
        self._register()
        self._flush()

    def lost(self, now: float) -> None:
        """A payment under way is now in doubt; anything else failed."""
        super().lost(now)
        if self._phase is _Phase.BUSY and self.doubt is not None:
            self._emit(Unknown(ref=self.doubt.ref, doubt=self.doubt))
            self._command = None
        else:
            self._fail(Reason.LOST, "the terminal was disconnected; check its cable and network")
        self._phase = _Phase.OFF
        self._deadline = None
        self._link.reset()

    def submit(self, command: Command, now: float) -> None:
        """Begin a command. While a payment is in doubt only `Settle` is accepted."""
        self.now = now
        if isinstance(command, Settle):
            self._settle(command)
        elif isinstance(command, Cancel):
            self._cancel(command)
        elif not isinstance(command, Prepare | Authorise | Refund | Reverse | EndOfDay | Check):
            super().submit(command, now)
        elif self.doubt is not None:
            self._refuse(command, f"payment {self.doubt.ref} first: {IN_DOUBT}", Reason.IN_DOUBT)
        elif self._command is not None:
            self._refuse(command, "the terminal is busy with a customer", Reason.BUSY)
        elif not self._is_possible(command):
            self._refuse(command, "the terminal cannot take this amount or receipt number")
        else:
            self._command = command
            if self._phase is _Phase.READY:
                self._begin()
        self._flush()

    def receive(self, data: bytes, now: float) -> None:
        """Take the terminal's messages."""
        super().receive(data, now)
        for message in self._link.feed(data, now):
            self._take(message)
        self._flush()

    def tick(self, now: float) -> None:
        """Repeat a block of the serial line, or give up on an answer."""
        super().tick(now)
        if self._link.wake_at is not None and self._link.wake_at <= now:
            self._link.tick(now)
        if self._deadline is not None and self._deadline <= now:
            self._deadline = None
            self._too_late()
        self._flush()

    def _flush(self) -> None:
        self._send(self._link.to_send())
        times = [at for at in (self._link.wake_at, self._deadline) if at is not None]
        self.wake_at = min(times, default=None)

    @staticmethod
    def _is_possible(command: Command) -> bool:
        if isinstance(command, Authorise | Refund):
            return 0 < command.amount_minor <= AMOUNT_LIMIT_MINOR
        return not isinstance(command, Reverse) or 0 < command.receipt <= 9999

    def _ask(self, phase: _Phase, message: Apdu) -> None:
        self._phase = phase
        self._status = {}
        self._link.send(message, self.now)
        self._deadline = self.now + self._answer_s

    def _register(self) -> None:
        data = self._password + bytes([CONFIG_BYTE]) + self._currency
        self._ask(_Phase.REGISTERING, Apdu(zvt.REGISTER, data))

    def _query(self, phase: _Phase) -> None:
        self._ask(phase, Apdu(zvt.REPEAT_RECEIPT, self._password))

    def _begin(self) -> None:
        command = self._command
        if isinstance(command, Prepare):
            self._command = None
            self._emit(JobDone(ref=command.ref))
            return
        amount = getattr(command, "amount_minor", None)
        money = b"" if amount is None else b"\x04" + zvt.bcd(amount, 6) + b"\x49" + self._currency
        if isinstance(command, Authorise):
            request = Apdu(zvt.AUTHORISE, money)
        elif isinstance(command, Refund):
            request = Apdu(zvt.REFUND, self._password + money)
        elif isinstance(command, Reverse):
            receipt = b"\x87" + zvt.bcd(command.receipt, 2)
            request = Apdu(zvt.REVERSE, self._password + receipt)
        elif isinstance(command, EndOfDay):
            self._ask(_Phase.BUSY, Apdu(zvt.END_OF_DAY, self._password))
            return
        else:
            self._register()
            return
        if command is not None:
            self.doubt = Doubt(command.ref, request.command, amount, self.last_trace)
        self._ask(_Phase.BUSY, request)

    def _take(self, message: Apdu) -> None:
        kind = message.command >> 8
        if kind == zvt.ACK_CLASS:
            if self._deadline is not None:
                self._deadline = self.now + PATIENCE_S
        elif kind == zvt.NAK_CLASS:
            self._refused(message.command & 0xFF)
        else:
            self._link.send(zvt.OK, self.now)
            if self._deadline is not None:
                self._deadline = self.now + PATIENCE_S
            self._take_from_master(message)

    def _take_from_master(self, message: Apdu) -> None:
        if message.command == zvt.STATUS:
            self._status = zvt.fields(message.data)
        elif message.command == zvt.INTERMEDIATE and message.data:
            ref = self._command.ref if self._command else ""
            self._emit(Progress(ref=ref, code=message.data[0]))
        elif message.command == zvt.COMPLETION:
            self._completed()
        elif message.command == zvt.ABORT:
            self._aborted(message.data[0] if message.data else 0)

    def _completed(self) -> None:
        self._deadline = None
        if self._phase is _Phase.REGISTERING:
            self._registered()
        elif self._phase is _Phase.LEARNING:
            self.last_trace = self._number(0x0B)
            self._ready()
        elif self._phase in (_Phase.QUERYING, _Phase.RESTING) and self.doubt is not None:
            self._resolve(self.doubt)
        elif self._phase is _Phase.BUSY and self.doubt is not None:
            self._paid()
        elif self._phase is _Phase.BUSY and self._command is not None:
            self._emit(Closed(ref=self._command.ref, total_minor=self._number(0x04)))
            self._command = None
            self._ready()

    def _paid(self) -> None:
        trace = self._number(0x0B)
        if trace is not None and trace == self.last_trace:
            self._status = {}  # a late answer about the transaction before this one
            self._deadline = self.now + PATIENCE_S
        elif 0x27 in self._status:
            self._conclude()
        else:
            self._look()

    def _registered(self) -> None:
        if isinstance(self._command, Check):
            self._emit(Health(ref=self._command.ref, text="the terminal is registered and ready"))
            self._command = None
        if self.doubt is not None:
            self._look()
        elif self.last_trace is None:
            self._query(_Phase.LEARNING)
        else:
            self._ready()

    def _ready(self) -> None:
        self._phase = _Phase.READY
        if self._command is not None:
            self._begin()

    def _aborted(self, code: int) -> None:
        self._deadline = None
        if self._phase is _Phase.LEARNING:  # it has no last transaction, or will not tell
            self._ready()
        elif self._phase is _Phase.BUSY and self.doubt is not None:
            if self._status.get(0x27) == b"\x00":
                self._look()  # approved and then aborted: only the terminal knows
            else:
                self._status[0x27] = bytes([code or 0xFF])
                self._conclude()
        elif self._phase is _Phase.QUERYING:
            self._rest()
        elif self._phase in (_Phase.BUSY, _Phase.REGISTERING):
            self._refused(code)

    def _refused(self, code: int) -> None:
        """The terminal did not take the command up: nothing happened."""
        message = f"the terminal refused (code {code:02X}); see its display"
        self._deadline = None
        if self._phase is _Phase.QUERYING:
            self._rest()
        elif self._phase is _Phase.LEARNING:
            self._ready()
        elif self._phase is _Phase.REGISTERING:
            self._fail(Reason.NOT_READY, message)
            self._phase, self._deadline = _Phase.OFF, self.now + self._retry_s
        elif self._phase is _Phase.BUSY:
            self.doubt = None
            self._fail(Reason.REFUSED, message)
            self._ready()

    def _too_late(self) -> None:
        if self._phase in (_Phase.OFF, _Phase.REGISTERING, _Phase.LEARNING):
            self._fail(Reason.TIMEOUT, "the terminal does not answer; check its cable and power")
            self._register()
        elif self._phase is _Phase.QUERYING:
            self._rest()
        elif self._phase is _Phase.RESTING:
            self._query(_Phase.QUERYING)
        elif self.doubt is not None:
            self._emit(Unknown(ref=self.doubt.ref, doubt=self.doubt))
            self._look()
        else:
            self._fail(Reason.TIMEOUT, "the terminal did not finish; see its display")
            self._register()

    def _look(self) -> None:
        self._command = None
        self._queries = 0
        self._query(_Phase.QUERYING)

    def _rest(self) -> None:
        """Ask again a little later; in the end leave it to a person, but keep listening."""
        self._queries += 1
        if self._queries == QUERIES_LIMIT:
            self._give_up()
        pause = self._retry_s * (1 if self._queries < QUERIES_LIMIT else 12)
        self._phase, self._deadline = _Phase.RESTING, self.now + pause

    def _resolve(self, doubt: Doubt) -> None:
        trace, amount = self._number(0x0B), self._number(0x04)
        if trace is None:
            self._rest()
        elif doubt.last_trace is None:
            self._give_up()
        elif trace == doubt.last_trace:
            self._finish(Payment(ref=doubt.ref, outcome=Outcome.DECLINED, text="not charged"))
        elif doubt.amount_minor is not None and amount != doubt.amount_minor:
            self._give_up()  # somebody used the terminal meanwhile
        else:
            self._conclude()

    def _give_up(self) -> None:
        if self.doubt is not None:
            self._emit(Fault(ref=self.doubt.ref, reason=Reason.IN_DOUBT, message=IN_DOUBT))
        self._phase, self._deadline = _Phase.READY, None

    def _conclude(self) -> None:
        """The status in hand is the payment's result."""
        if self.doubt is None:
            return
        result = self._status.get(0x27, b"\xff")[0]
        trace = self._number(0x0B)
        if trace is not None:
            self.last_trace = trace
        approved = result == 0
        text = self._text(0x3C) or ("" if approved else f"declined (code {result:02X})")
        self._finish(
            Payment(
                ref=self.doubt.ref,
                outcome=Outcome.APPROVED if approved else Outcome.DECLINED,
                amount_minor=(self._number(0x04) or self.doubt.amount_minor or 0)
                if approved
                else 0,
                trace=trace,
                receipt=self._number(0x87),
                card=self._text(0x8B).rstrip("\0 "),
                number=self._status.get(0x22, b"").hex().rstrip("f").replace("e", "*"),
                text=text,
            )
        )

    def _finish(self, payment: Payment) -> None:
        self.doubt = self._command = None
        self._deadline = None
        self._emit(payment)
        self._ready()

    def _settle(self, command: Settle) -> None:
        if self.doubt is None:
            self._refuse(command, "no payment is in doubt")
            return
        outcome = Outcome.APPROVED if command.charged else Outcome.DECLINED
        amount = (self.doubt.amount_minor or 0) if command.charged else 0
        text = "settled by a person"
        self._emit(Payment(ref=command.ref, outcome=outcome, amount_minor=amount, text=text))
        self.doubt = None
        self.last_trace = None  # learn it again before the next payment
        if self.online:
            self._register()

    def _cancel(self, command: Cancel) -> None:
        if self._phase is not _Phase.BUSY or self.doubt is None:
            self._refuse(command, "no payment is under way")
            return
        self._link.send(Apdu(zvt.CANCEL), self.now)
        self._emit(JobDone(ref=command.ref))

    def _fail(self, reason: Reason, message: str) -> None:
        if self._command is not None:
            self._emit(Fault(ref=self._command.ref, reason=reason, message=message))
            self._command = None

    def _number(self, tag: int) -> int | None:
        return zvt.from_bcd(self._status[tag]) if tag in self._status else None

    def _text(self, tag: int) -> str:
        return self._status.get(tag, b"").decode("latin-1")
