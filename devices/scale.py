"""A scale: only a stable weight above zero, asked for after the goods lay there, becomes a line.

An answer to an earlier question never answers a later one: after a time-out the scale must be quiet
for twice that time before it is asked again. While idle it is asked once a second, because a
scale that lost power looks exactly like one with nothing on it.
"""

from dataclasses import dataclass

from devices.driver import Check, Command, Driver, Level
from devices.event import Fault, Health, Power, Reason, ScaleStatus, Status, Weight
from devices.scales.sample import BROKEN, Reply, Sample, ScaleCodec, Trouble

ANSWER_S = 0.5
POLL_S = 1.0
PATIENCE_S = 5.0
CHECK_PATIENCE_S = 2.0
TEST_PATIENCE_S = 30.0
MISSES_LIMIT = 3
STEPS_MAX = 4

WHY = {
    ScaleStatus.STABLE: (
        Reason.NOT_READY,
        "the scale gave no weight; lift the goods and try again",
    ),
    ScaleStatus.UNSTABLE: (Reason.NOT_READY, "the scale does not come to rest; leave it alone"),
    ScaleStatus.ZERO: (Reason.NOT_READY, "nothing lies on the scale"),
    ScaleStatus.OVERWEIGHT: (Reason.NOT_READY, "too heavy for this scale"),
    ScaleStatus.NOT_READY: (Reason.NOT_READY, "the scale is not ready; empty it, then zero it"),
    ScaleStatus.UNDER_ZERO: (Reason.NOT_READY, "the scale is below zero; empty it, then zero it"),
    ScaleStatus.UNDERWEIGHT: (Reason.NOT_READY, "too light for this scale"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weigh(Command):
    """Wait up to ``patience_s`` for a stable weight. The price is for scales that show one."""

    patience_s: float = PATIENCE_S
    unit_price_minor: int = 1


def _patience_s(command: Command) -> float:
    if isinstance(command, Weigh):
        return command.patience_s
    asks_for_goods = isinstance(command, Check) and command.level is Level.INTERACTIVE
    return TEST_PATIENCE_S if asks_for_goods else CHECK_PATIENCE_S


class Scale(Driver):
    """Any scale that is asked for its weight."""

    def __init__(
        self, codec: ScaleCodec, *, poll_s: float = POLL_S, answer_s: float = ANSWER_S
    ) -> None:
        super().__init__()
        self._codec = codec
        self._answer_s = answer_s
        self._pause_s, self._quiet_s = answer_s / 5, answer_s * 2
        self._poll_s = poll_s
        self._status: ScaleStatus | None = None
        self._silent = False
        self._misses = 0
        self._command: Command | None = None
        self._candidate: Sample | None = None
        self._give_up_at = 0.0
        self._asked = False  # a question is out
        self._answer_by = 0.0  # its answer, however many steps it takes
        self._mine = False  # and it was asked for the command under way
        self._deaf = False  # ignore what still arrives from before a time-out,
        self._deaf_until = 0.0  # but not for ever, if the scale never stops talking

    @property
    def busy(self) -> bool:
        """Whether something is being weighed or checked."""
        return self._command is not None

    def started(self, now: float) -> None:
        """Begin asking."""
        super().started(now)
        self._asked = self._mine = self._deaf = False
        self._misses = 0
        self._ask()

    def lost(self, now: float) -> None:
        """End the command under way."""
        super().lost(now)
        self._codec.reset()
        self._status = None
        self._fail(Reason.LOST, "the scale was disconnected; check its cable and power")

    def submit(self, command: Command, now: float) -> None:
        """`Weigh` or check the scale."""
        self.now = now
        if not isinstance(command, Weigh | Check):
            super().submit(command, now)
        elif self._command is not None:
            self._refuse(command, "the scale is weighing already", Reason.BUSY)
        else:
            self._command = command
            self._candidate = None
            self._give_up_at = now + _patience_s(command)
            if not self._asked and not self._deaf:
                self._ask()

    def receive(self, data: bytes, now: float) -> None:
        """Take the scale's answers."""
        super().receive(data, now)
        if self._deaf:
            self.wake_at = min(now + self._quiet_s, self._deaf_until)
            return
        for answer in self._codec.feed(data):
            if isinstance(answer, Reply):
                self._send(answer.data)
                self.wake_at = min(now + self._answer_s, self._answer_by)
            elif isinstance(answer, Trouble):
                self._heard()
                self._fail(Reason.REFUSED, answer.message)
            elif self._asked:
                self._heard()
                self._take(answer)

    def tick(self, now: float) -> None:
        """Ask again, or give up on an answer."""
        super().tick(now)
        if self._asked:
            self._miss()
            return
        if self._deaf:
            self._deaf = False
            self._codec.reset()
        self._ask()

    def _ask(self) -> None:
        if self._command is not None and self.now >= self._give_up_at:
            if self._status is None or self._misses:
                self._fail(Reason.TIMEOUT, "the scale does not answer; check its cable and power")
            else:
                self._fail(*WHY[self._status])
        if isinstance(self._command, Weigh):
            self._send(self._codec.request(self._command.unit_price_minor))
        else:
            self._send(self._codec.poll())
        self._asked, self._mine = True, self._command is not None
        self.wake_at = self.now + self._answer_s
        self._answer_by = self.now + self._answer_s * STEPS_MAX

    def _heard(self) -> None:
        self._asked = False
        self._misses = 0
        if self._silent:
            self._silent = False
            self._emit(Status(status=Power.ONLINE))
        self.wake_at = self.now + (self._pause_s if self._command else self._poll_s)

    def _miss(self) -> None:
        self._asked = False
        self._deaf = True
        self._deaf_until = self.now + self._quiet_s * 2
        self._misses += 1
        self.wake_at = self.now + self._quiet_s
        if self._misses >= MISSES_LIMIT:
            self._fail(Reason.TIMEOUT, "the scale does not answer; check its cable and power")
            if not self._silent:
                self._silent = True
                self._status = None
                self._emit(Status(status=Power.OFFLINE))
            self.wake_at = self.now + max(self._poll_s, self._quiet_s)

    def _take(self, sample: Sample) -> None:
        status = sample.status
        if status is not self._status:
            self._status = status
            self._emit(Status(status=status))
        command = self._command
        if command is None:
            return
        if not self._mine:  # that was about the time before the command
            self._ask()
        elif isinstance(command, Check) and command.level is not Level.INTERACTIVE:
            self._finish()
            words = f"{status.name.lower().replace('_', ' ')} {sample.reading}".strip()
            self._emit(Health(ref=command.ref, text=f"the scale answers: {words}"))
        elif sample.bits & BROKEN:
            message = "the scale reports an error of its own; switch it off and on, or call service"
            self._fail(Reason.HARDWARE, message)
        elif status is ScaleStatus.STABLE and sample.weight_mg:
            self._weighed(command, sample, sample.weight_mg)

    def _weighed(self, command: Command, sample: Sample, weight_mg: int) -> None:
        if self._codec.checked or sample == self._candidate:
            self._finish()
            if isinstance(command, Check):
                self._emit(Health(ref=command.ref, text=f"the scale weighed {sample.reading}"))
                return
            self._emit(Weight(ref=command.ref, weight_mg=weight_mg, reading=sample.reading))
        else:  # these protocols cannot tell that a digit was lost on the way: ask once more
            self._candidate = sample
            self._ask()

    def _finish(self) -> None:
        self._command = None
        self.wake_at = self.now + self._poll_s

    def _fail(self, reason: Reason, message: str) -> None:
        if self._command is not None:
            self._emit(Fault(ref=self._command.ref, reason=reason, message=message))
            self._command = None
