"""A receipt printer: a job is done when the printer says that it is on paper, not when it was sent.

A job id that is done is never printed again. A job that was sent and not confirmed is in doubt:
only somebody who has looked at the paper may have it printed again (``again=True``).
Before each job the printer is asked how it is; a printer that cannot print is not sent anything.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from devices import escpos
from devices.drawer import Kick, status_of
from devices.driver import Check, Command, Driver, Level
from devices.escpos import PaperInOrder, Printed, RealTime, Report
from devices.event import (
    DrawerStatus,
    Fault,
    Health,
    JobDone,
    Power,
    PrinterStatus,
    Reason,
    Status,
)
from devices.jobs import IN_DOUBT, Jobs
from devices.receipt import Align, Document, Paper, Rule, Text, lay_out

ANSWER_S = 1.0
PING_ANSWER_S = 0.4
MISSES_LIMIT = 3
CONFIRM_S = 15.0
WAIT_FOR_PAPER_S = 600.0
BYTES_PER_S = 900  # 9600 baud, the slowest line in use
QUEUE_LIMIT = 100
PROCESS_IDS = 10_000

MESSAGES = {
    Reason.COVER_OPEN: "the printer's cover is open; close it and print again",
    Reason.PAPER_EMPTY: "the printer has no paper; put in a roll and print again",
    Reason.HARDWARE: "the printer reports an error; switch it off and on, then print again",
    Reason.NOT_READY: "the printer is off-line; press its feed button or switch it off and on",
    Reason.TIMEOUT: "the printer does not answer; check its cable and power",
    Reason.IN_DOUBT: IN_DOUBT,
}


class Confirm(StrEnum):
    """How a printer says that everything is on paper."""

    PROCESS_ID = "process id"  # Epson TM-T88IV and later, and most that imitate them
    STATUS = "status"  # an answer that comes in order, for the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Print(Command):
    """Print a document; ``ref`` is the job id. ``again``: somebody looked, and it is missing."""

    document: Document
    again: bool = False


class _About(StrEnum):
    COVER = "cover"
    PAPER = "paper"
    DRAWER = "drawer"


class Printer(Driver):
    """One receipt printer. ``done`` and ``doubtful`` are job ids from before a restart.

    ``watch_s``: on a network nothing tells that it was switched off, so it is asked this often.
    """

    def __init__(
        self,
        paper: Paper | None = None,
        *,
        confirm: Confirm = Confirm.PROCESS_ID,
        open_when_high: bool = True,
        done: Iterable[str] = (),
        doubtful: Iterable[str] = (),
        answer_s: float = ANSWER_S,
        confirm_s: float = CONFIRM_S,
        watch_s: float | None = None,
    ) -> None:
        super().__init__()
        self.paper = paper or Paper()
        self._confirm = confirm
        # The tail of a report that lost its head looks like a confirmation by status.
        by_id = confirm is Confirm.PROCESS_ID
        self._report = escpos.REPORT if by_id else escpos.NO_REPORT
        self._open_when_high = open_when_high
        self._book = Jobs(done, doubtful)
        self._answer_s = answer_s
        self._confirm_s = confirm_s
        self._answers = escpos.Answers()
        self._jobs: deque[Command] = deque()
        self._questions: list[int] = []  # still to be asked before the job is sent
        self._heard: dict[int, int] = {}
        self._misses = 0
        self._deaf = False
        self._process = 0
        self._sent_at: float | None = None
        self._said: dict[_About, object] = {}
        self._watch_s = watch_s
        self._pinged = False  # asked while idle whether it is there
        self._silent = False
        self._probing = False  # a job is out, and the printer is asked what keeps it
        self._calm_probes = 0

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return bool(self._jobs)

    def started(self, now: float) -> None:
        """Have the printer report by itself from now on."""
        super().started(now)
        self._said.clear()
        # Another number at every start: a late answer to an earlier program's job must not fit.
        self._process = int(now * 997) % PROCESS_IDS
        self._send(self._report)
        self._pinged = self._silent = False
        self._rest()

    def lost(self, now: float) -> None:
        """End all jobs: the one that was sent is in doubt, the others were not printed."""
        super().lost(now)
        self._answers.reset()
        self._pinged = False
        while self._jobs:
            self._fail(Reason.LOST, "the printer was disconnected before this was printed")
        self.wake_at = None

    def submit(self, command: Command, now: float) -> None:
        """`Print`, `Kick` or check; jobs wait their turn."""
        self.now = now
        if not isinstance(command, Print | Kick | Check):
            super().submit(command, now)
        elif any(command.ref == job.ref for job in self._jobs):
            self._refuse(command, "this job waits in the printer's queue already", Reason.BUSY)
        elif told := self._book.verdict(command.ref, again=getattr(command, "again", False)):
            self._emit(told)
        elif isinstance(command, Kick) and self._sent_at is not None:
            self._send(escpos.KICK_NOW)  # a job may wait for paper; the cash must be reachable
            self._emit(JobDone(ref=command.ref))
        elif len(self._jobs) >= QUEUE_LIMIT:
            self._refuse(command, f"{QUEUE_LIMIT} jobs wait for the printer already", Reason.BUSY)
        else:
            self._jobs.append(command)
            if len(self._jobs) == 1 and not self._pinged:  # else its answer comes first
                self._begin()

    def receive(self, data: bytes, now: float) -> None:
        """Take the printer's answers."""
        super().receive(data, now)
        if data and self._silent:
            self._silent = False
            self._send(self._report)
            self._emit(Status(status=Power.ONLINE))
        for answer in self._answers.feed(data):
            if isinstance(answer, RealTime) and self._pinged:
                self._heard_ping()
            elif isinstance(answer, Report):
                self._take_report(answer)
            elif isinstance(answer, RealTime):
                self._take_status(answer.byte)
            elif self._sent_at is not None and self._confirms(answer):
                self._finish()

    def tick(self, now: float) -> None:
        """An answer did not come in time."""
        super().tick(now)
        if self._pinged and not self._silent:
            self._silent = True
            self._emit(Status(status=Power.OFFLINE))
        if self._pinged:
            self._missed_ping()
            return
        if not self._jobs:
            self._ping()
            return
        if self._sent_at is not None:
            self._wait_longer(self._sent_at)
        elif self._deaf:
            self._deaf = False
            self._ask_all()
        else:
            self._misses += 1
            if self._misses >= MISSES_LIMIT:
                self._fail(Reason.TIMEOUT, MESSAGES[Reason.TIMEOUT])
            else:  # let a late answer pass, so that it cannot answer another question
                self._deaf = True
                self.wake_at = now + self._answer_s / 2

    def _rest(self) -> None:
        self.wake_at = None if self._watch_s is None else self.now + self._watch_s

    def _ping(self) -> None:
        if self._watch_s is not None:
            self._pinged = True
            self._send(escpos.ask(1))
            self.wake_at = self.now + PING_ANSWER_S

    def _heard_ping(self) -> None:
        self._pinged = False
        self._rest()
        if self._jobs:
            self._begin()

    def _missed_ping(self) -> None:
        self._pinged = False
        self._rest()
        if self._jobs:  # a late answer must not be taken for that to a job's first question
            self._sent_at = None
            self._misses = 0
            self._deaf = True
            self.wake_at = self.now + self._answer_s / 2

    def _begin(self) -> None:
        self._misses = 0
        self._sent_at = None
        self._ask_all()

    def _ask_all(self) -> None:
        self._questions = [1, 2, 3, 4] if isinstance(self._jobs[0], Check) else [1, 2, 4]
        self._heard.clear()
        self._answers.reset()
        self._ask_next()

    def _ask_next(self) -> None:
        self._send(escpos.ask(self._questions[0]))
        self.wake_at = self.now + self._answer_s

    def _take_status(self, byte: int) -> None:
        if self._deaf or not self._questions:
            return
        self._heard[self._questions.pop(0)] = byte
        if self._questions:
            self._ask_next()
            return
        self.wake_at = None
        self._misses = 0
        self._say(status_of(bool(self._heard[1] & 0x04), open_when_high=self._open_when_high))
        self._say(PrinterStatus.COVER_OPEN if self._heard[2] & 0x04 else PrinterStatus.COVER_OK)
        self._say(_paper_status(self._paper_out(), bool(self._heard[4] & 0x0C)))
        if self._probing:
            self._probed(trouble=self._reason() is not None)
        else:
            self._carry_on(self._reason())

    def _paper_out(self) -> bool:
        return bool(self._heard[2] & 0x20 or self._heard[4] & 0x60)

    def _reason(self) -> Reason | None:
        """Why nothing can be printed, from the answers to the questions."""
        cause = self._heard[2]
        if cause & 0x04:
            return Reason.COVER_OPEN
        if self._paper_out():
            return Reason.PAPER_EMPTY
        if cause & 0x40:
            return Reason.HARDWARE
        return Reason.NOT_READY if self._heard[1] & 0x08 else None

    def _carry_on(self, reason: Reason | None) -> None:
        job = self._jobs[0]
        if isinstance(job, Kick):
            self._open_drawer(offline=reason is not None)
        elif reason is not None:
            self._fail(reason, MESSAGES[reason])
        elif isinstance(job, Check) and job.level is not Level.INTERACTIVE:
            self._jobs.popleft()
            error = f"; error bits {self._heard[3]:#04x}" if self._heard[3] & 0x6C else ""
            self._emit(Health(ref=job.ref, text=f"the printer is ready{error}"))
            self._next()
        else:
            self._print(job.document if isinstance(job, Print) else sample_page(self.paper))

    def _open_drawer(self, *, offline: bool) -> None:
        if offline:  # nothing in the queue would be done now, but the cash must be reachable
            self._send(escpos.KICK_NOW)
            self._finish()
        else:
            self._send_and_await(escpos.KICK)

    def _print(self, document: Document) -> None:
        try:
            rows = lay_out(document, self.paper)
        except ValueError as error:
            self._fail(Reason.REFUSED, f"this cannot be printed: {error}")
            return
        data = escpos.RESET + self._report + escpos.encode_rows(rows)
        data += escpos.KICK if document.kick else b""
        self._send_and_await(data + (escpos.CUT if document.cut else b""))

    def _send_and_await(self, data: bytes) -> None:
        self._process = (self._process + 1) % PROCESS_IDS
        self._book.sent(self._jobs[0].ref)
        self._send(data)
        if self._confirm is Confirm.PROCESS_ID:
            self._send(escpos.ask_when_printed(f"{self._process:04}"))
        else:
            self._send(escpos.ASK_PAPER_IN_ORDER)
        self._sent_at = self.now
        self._calm_probes = 0
        self.wake_at = self.now + self._confirm_s + len(data) / BYTES_PER_S

    def _confirms(self, answer: escpos.Answer) -> bool:
        if self._confirm is Confirm.STATUS:
            return isinstance(answer, PaperInOrder)
        return isinstance(answer, Printed) and answer.process_id == f"{self._process:04}"

    def _wait_longer(self, sent_at: float) -> None:
        """No confirmation in time: ask what keeps the printer, and wait while there is a reason."""
        if self._probing:
            self._probed(trouble=False)
        elif self.now - sent_at > WAIT_FOR_PAPER_S:
            self._fail(Reason.IN_DOUBT, IN_DOUBT)
        else:
            self._probing = True
            self._questions = [1, 2, 4]
            self._heard.clear()
            self._ask_next()

    def _probed(self, *, trouble: bool) -> None:
        self._probing = False
        self._questions.clear()
        self._calm_probes = 0 if trouble else self._calm_probes + 1
        if self._calm_probes == 2:
            self._fail(Reason.IN_DOUBT, IN_DOUBT)
        else:
            self.wake_at = self.now + self._confirm_s

    def _finish(self) -> None:
        job = self._jobs.popleft()
        self._sent_at = None
        if isinstance(job, Check):
            self._book.forget(job.ref)
            self._emit(Health(ref=job.ref, text="the printer printed a test page"))
        else:
            self._book.confirmed(job.ref)
            self._emit(JobDone(ref=job.ref))
        self._next()

    def _fail(self, reason: Reason, message: str) -> None:
        job = self._jobs.popleft()
        if self._sent_at is not None:
            reason, message = Reason.IN_DOUBT, MESSAGES[Reason.IN_DOUBT]
            if isinstance(job, Check):
                self._book.forget(job.ref)
        self._sent_at = None
        self._emit(Fault(ref=job.ref, reason=reason, message=message))
        self._next()

    def _next(self) -> None:
        self._rest()
        self._probing = False
        self._questions.clear()
        self._deaf = False
        if self._jobs and self.online:
            self._begin()

    def _take_report(self, report: Report) -> None:
        self._say(status_of(report.drawer_pin, open_when_high=self._open_when_high))
        self._say(PrinterStatus.COVER_OPEN if report.cover_open else PrinterStatus.COVER_OK)
        self._say(_paper_status(report.paper_out, report.paper_low))

    def _say(self, status: PrinterStatus | DrawerStatus) -> None:
        about = _About.COVER if status in _COVER else _About.PAPER
        key = about if isinstance(status, PrinterStatus) else _About.DRAWER
        if self._said.get(key) is not status:
            self._said[key] = status
            self._emit(Status(status=status))


_COVER = (PrinterStatus.COVER_OPEN, PrinterStatus.COVER_OK)


def _paper_status(out: bool, low: bool) -> PrinterStatus:
    if out:
        return PrinterStatus.PAPER_EMPTY
    return PrinterStatus.PAPER_NEAR_END if low else PrinterStatus.PAPER_OK


def sample_page(paper: Paper) -> Document:
    """Return a page that shows whether everything prints."""
    return Document(
        (
            Text("PRINTER TEST 打印机测试", Align.CENTRE, bold=True),
            Rule(),
            Text(f"{paper.columns} columns, {paper.width_px} dots"),
            Text("0123456789" * 10),
            Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz äöüéèñ€"),
            Text("Large 大字", size=2),
            Rule("="),
        )
    )
