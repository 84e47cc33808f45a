"""A label printer: asked before a job, asked after it, done when nothing waits in it any more."""

from collections.abc import Iterable
from dataclasses import dataclass

from devices import zpl
from devices.driver import Check, Command, Driver
from devices.event import Fault, Health, JobDone, Power, PrinterStatus, Reason, Status
from devices.jobs import IN_DOUBT, Jobs
from devices.zpl import HostStatus, Label

ANSWER_S = 2.0
POLL_S = 0.3
PING_ANSWER_S = 0.4
MISSES_LIMIT = 3
CONFIRM_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLabel(Command):
    """Print a label; ``ref`` is the job id. ``again``: somebody looked, and it is missing."""

    label: Label
    copies: int = 1
    again: bool = False


class LabelPrinter(Driver):
    """One ZPL printer."""

    def __init__(
        self,
        *,
        dpi: int = zpl.DPI,
        done: Iterable[str] = (),
        doubtful: Iterable[str] = (),
        answer_s: float = ANSWER_S,
        poll_s: float = POLL_S,
        confirm_s: float = CONFIRM_S,
        watch_s: float | None = None,
    ) -> None:
        super().__init__()
        self._dpi = dpi
        self._book = Jobs(done, doubtful)
        self._answer_s, self._poll_s, self._confirm_s = answer_s, poll_s, confirm_s
        self._statuses = zpl.Statuses()
        self._job: Command | None = None
        self._sent_at: float | None = None
        self._idle_answers = 0
        self._misses = 0
        self._asked = False
        self._watch_s = watch_s  # on a network nothing tells that it was switched off
        self._silent = False
        self._said: list[PrinterStatus] = []

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._job is not None

    def submit(self, command: Command, now: float) -> None:
        """`PrintLabel` or check."""
        self.now = now
        if not isinstance(command, PrintLabel | Check):
            super().submit(command, now)
        elif told := self._book.verdict(command.ref, again=getattr(command, "again", False)):
            self._emit(told)
        elif self._job is not None:
            self._refuse(command, "the label printer is busy", Reason.BUSY)
        else:
            self._job = command
            self._sent_at = None
            self._misses = 0
            if not self._asked:  # else an answer is on its way already
                self._ask()

    def started(self, now: float) -> None:
        """Begin to look after the printer, where nothing else would tell that it is gone."""
        super().started(now)
        self._asked = self._silent = False
        self._rest()

    def lost(self, now: float) -> None:
        """A job that was sent is in doubt."""
        super().lost(now)
        self._statuses.reset()
        self._said.clear()
        self._fail(Reason.LOST, "the label printer was disconnected before this was printed")

    def receive(self, data: bytes, now: float) -> None:
        """Take the printer's statuses."""
        super().receive(data, now)
        if data and self._silent:
            self._silent = False
            self._emit(Status(status=Power.ONLINE))
        for status in self._statuses.feed(data):
            self._say(status)
            if self._asked:
                self._asked = False
                self._misses = 0
                self._take(status)

    def tick(self, now: float) -> None:
        """Ask again."""
        super().tick(now)
        if self._job is None:
            self._watch()
            return
        if self._asked:
            self._misses += 1
            self._statuses.reset()
            if self._misses >= MISSES_LIMIT:
                message = "the label printer does not answer; check its cable and power"
                self._fail(Reason.TIMEOUT, message)
                return
        if self._sent_at is not None and now - self._sent_at > self._confirm_s:
            self._fail(Reason.IN_DOUBT, IN_DOUBT)
            return
        self._ask()

    def _watch(self) -> None:
        if self._asked and not self._silent:
            self._silent = True
            self._emit(Status(status=Power.OFFLINE))
        if self._watch_s is not None:
            self._statuses.reset()
            self._ask()
            self.wake_at = self.now + PING_ANSWER_S

    def _rest(self) -> None:
        self.wake_at = None if self._watch_s is None else self.now + self._watch_s

    def _ask(self) -> None:
        self._send(zpl.STATUS_QUESTION)
        self._asked = True
        self.wake_at = self.now + self._answer_s

    def _take(self, status: HostStatus) -> None:
        job = self._job
        if job is None:
            self._rest()
            return
        self.wake_at = self.now + self._poll_s
        if self._sent_at is not None:
            # Asked twice: the first answer may be from before the label was read.
            self._idle_answers = self._idle_answers + 1 if status.idle else 0
            if self._idle_answers == 2:
                self._book.confirmed(job.ref)
                self._job = self._sent_at = None
                self._rest()
                self._emit(JobDone(ref=job.ref))
        elif fault := _fault_of(status):
            self._fail(*fault)
        elif isinstance(job, PrintLabel):
            self._print(job)
        else:
            self._job = None
            self._rest()
            self._emit(Health(ref=job.ref, text="the label printer is ready"))

    def _print(self, job: PrintLabel) -> None:
        try:
            data = zpl.encode(job.label, copies=job.copies, dpi=self._dpi)
        except ValueError as error:
            self._fail(Reason.REFUSED, f"this cannot be printed: {error}")
            return
        self._book.sent(job.ref)
        self._sent_at = self.now
        self._idle_answers = 0
        self._send(data)
        self._ask()

    def _fail(self, reason: Reason, message: str) -> None:
        job, self._job = self._job, None
        self._asked = False
        if self.online:
            self._rest()
        if job is None:
            return
        if self._sent_at is not None:
            reason, message = Reason.IN_DOUBT, IN_DOUBT
        self._emit(Fault(ref=job.ref, reason=reason, message=message))

    def _say(self, status: HostStatus) -> None:
        paper, cover = PrinterStatus.PAPER_OK, PrinterStatus.COVER_OK
        if status.paper_out:
            paper = PrinterStatus.PAPER_EMPTY
        if status.head_open:
            cover = PrinterStatus.COVER_OPEN
        for one in (paper, cover):
            if one not in self._said:
                self._emit(Status(status=one))
        self._said = [paper, cover]


def _fault_of(status: HostStatus) -> tuple[Reason, str] | None:
    if status.head_open:
        return Reason.COVER_OPEN, "the label printer's head is open; close it and print again"
    if status.paper_out:
        return Reason.PAPER_EMPTY, "the label printer has no labels; put in a roll, print again"
    if status.ribbon_out:
        return Reason.PAPER_EMPTY, "the label printer has no ribbon; put one in, print again"
    if status.paused:
        return Reason.NOT_READY, "the label printer is paused; press its feed button"
    if status.other_fault:
        return Reason.HARDWARE, "the label printer reports an error; switch it off and on"
    return None
