"""One law: a job is printed once; what keeps a printer from it is waited for, and said.

Durable as `printing` before the first byte goes out: a job found so after a restart is in doubt,
and only a person who looked at the paper may have it printed again.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from devices.driver import Command, Level
from devices.event import Event, Fault, Health, JobDone, Reason
from devices.jobs import IN_DOUBT
from devices.labels import PrintLabel
from devices.printer import Print
from edge.hardware.documents import restore_document, restore_label
from edge.hardware.host import Host
from edge.hardware.kept_jobs import (
    DoubtInterrupted,
    Job,
    JobState,
    MoveJob,
    QueueJob,
    document_of,
    find_job,
    jobs_of,
    recent_jobs,
)
from edge.hardware.trouble import NotNow, UnknownJob
from edge.hardware.unit import Unit

LOOK_AGAIN_S = 5.0
PRINTERS = ("POSPrinter", "LabelPrinter")


class Prints:
    """The jobs of all printers; `tell` is told of every change."""

    def __init__(self, host: Host, tell: Callable[[Job], None]) -> None:
        self._host = host
        self._tell = tell
        self._queues: dict[str, deque[str]] = {}
        self._units: dict[str, Unit] = {}
        self._waiting: dict[str, str] = {}  # why a queued job is not printed yet
        self._tasks: list[asyncio.Task[None]] = []

    async def doubt_interrupted(self) -> None:
        """Put in doubt what was being printed when the node ended last."""
        await self._host.commit(DoubtInterrupted(IN_DOUBT))

    def remembered(self, device: str) -> dict[str, object]:
        """Tell what a printer's driver must know from before."""
        return {
            "done": [job.id for job in jobs_of(self._host.gate, device, JobState.DONE)],
            "doubtful": [job.id for job in jobs_of(self._host.gate, device, JobState.DOUBTFUL)],
        }

    def start(self, unit: Unit) -> None:
        """Begin to print what waits for a printer."""
        waiting = jobs_of(self._host.gate, unit.name, JobState.QUEUED)
        self._units[unit.name] = unit
        self._queues[unit.name] = deque(job.id for job in waiting)
        if waiting:  # whatever kept them may last: look before the first is tried
            self._waiting[unit.name] = ""
        self._tasks.append(asyncio.get_running_loop().create_task(self._work(unit)))

    async def close(self, patience_s: float = 3.0) -> None:
        """Let what is being printed come out, for a moment; the rest waits for the next start."""
        self._queues.clear()
        for unit in self._units.values():
            unit.ready.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def add(self, unit: Unit, till: str, job_id: str, document: bytes) -> Job:
        """Queue a job, or tell how the one under this id is; raise Conflict for another content."""
        job, is_new = await self._host.commit(QueueJob(job_id, till, unit.name, document))
        if is_new:
            self._enqueue(job)
        return self._explained(job)

    def find(self, job_id: str) -> Job | None:
        """Tell how a job is."""
        job = find_job(self._host.gate, job_id)
        return job and self._explained(job)

    def recent(self, till: str) -> list[Job]:
        """List a till's jobs, newest first."""
        return [self._explained(job) for job in recent_jobs(self._host.gate, till)]

    async def settle(self, job_id: str, *, printed: bool) -> Job:
        """A person looked at the paper: a job in doubt was printed, or is printed again.

        Raise UnknownJob or NotNow.
        """
        job = find_job(self._host.gate, job_id)
        if job is None:
            raise UnknownJob("print", job=job_id[:80])
        if job.state not in (JobState.DOUBTFUL, JobState.FAILED):
            raise NotNow("settled-job", job=job_id, state=job.state)
        if printed:
            return await self._move(job, JobState.DONE, "settled by a person")
        moved = await self._move(job, JobState.QUEUED, again=True)
        self._enqueue(moved)
        return moved

    def _enqueue(self, job: Job) -> None:
        queue = self._queues.get(job.device)
        if queue is not None:
            queue.append(job.id)
            self._units[job.device].ready.set()
        self._tell(self._explained(job))

    def _explained(self, job: Job) -> Job:
        if job.state is not JobState.QUEUED:
            return job
        message = self._waiting.get(job.device) or "waits for its turn"
        return Job(job.id, job.till, job.device, job.state, message, job.again)

    async def _move(
        self, job: Job, state: JobState, message: str = "", *, again: bool | None = None
    ) -> Job:
        again = job.again if again is None else again
        await self._host.commit(MoveJob(job.id, state, message, again))
        moved = Job(job.id, job.till, job.device, state, message, again)
        self._tell(self._explained(moved))
        return moved

    # -- one task for each printer ---------------------------------------------------------------

    async def _work(self, unit: Unit) -> None:
        queue = self._queues[unit.name]
        while self._queues:
            unit.ready.clear()
            if not queue:
                await unit.ready.wait()
            elif await self._is_well(unit) and await self._do(unit, queue[0]):
                queue.popleft()
            elif self._queues:
                await self._wait(unit)

    async def _is_well(self, unit: Unit) -> bool:
        """After a failure, ask before the job is tried again."""
        if unit.name not in self._waiting:
            return True
        answer = await unit.check(f"look {unit.name}", Level.EXTERNAL)
        if isinstance(answer, Health):
            del self._waiting[unit.name]
            return True
        self._explain(unit, answer)
        return False

    async def _do(self, unit: Unit, job_id: str) -> bool:
        """Try a job; tell whether it is off the queue."""
        job = find_job(self._host.gate, job_id)
        if job is None or job.state is not JobState.QUEUED:
            return True
        job = await self._move(job, JobState.PRINTING, "printing")
        event = await unit.ask(self._command(unit, job))
        if isinstance(event, JobDone):
            await self._move(job, JobState.DONE, "printed")
            return True
        reason = event.reason if isinstance(event, Fault) else Reason.REFUSED
        message = event.message if isinstance(event, Fault) else f"unexpected {event}"
        if reason in (Reason.IN_DOUBT, Reason.REFUSED):
            state = JobState.DOUBTFUL if reason is Reason.IN_DOUBT else JobState.FAILED
            await self._move(job, state, message)
            return True
        self._waiting[unit.name] = message
        await self._move(job, JobState.QUEUED)
        return False

    def _command(self, unit: Unit, job: Job) -> Command:
        kept = document_of(self._host.gate, job.id)
        if unit.settings.category == "POSPrinter":
            return Print(ref=job.id, document=restore_document(kept), again=job.again)
        label, copies = restore_label(kept)
        return PrintLabel(ref=job.id, label=label, copies=copies, again=job.again)

    def _explain(self, unit: Unit, answer: Event) -> None:
        message = answer.message if isinstance(answer, Fault) else ""
        if message == self._waiting.get(unit.name):
            return
        self._waiting[unit.name] = message
        job = find_job(self._host.gate, self._queues[unit.name][0])
        if job is not None:
            self._tell(self._explained(job))

    @staticmethod
    async def _wait(unit: Unit) -> None:
        """Wait until the printer says something, or a moment."""
        unit.ready.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_S):
                await unit.ready.wait()
