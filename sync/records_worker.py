"""Bytes from outside are merged in a process that may die: a death costs one job and nothing else.

A few dozen kilobytes of nested arrays overflow the native stack, which no exception handler sees.
So a child process, poor in memory and CPU, does the work; parent and child exchange MessagePack
with a length in front, and the parent believes nothing but what decodes as a result.

With `mqtt.py` this is the one part of `sync` that has a process, a lock and a clock.
"""

import logging
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

import msgspec

from sync import records
from sync.records import DEFAULT_LIMITS, Limits, MergeResult
from sync.records_vector import RecordRefused

START_S = 30.0
FRAME_BYTES_MAX = 4 * 1024 * 1024

_log = logging.getLogger(__name__)


class Allowance(msgspec.Struct, frozen=True):
    """What one job may take: CPU seconds, seconds on the wall, bytes of address space."""

    cpu_s: int = 2
    wall_s: float = 20.0
    memory_bytes: int = 256 * 1024 * 1024


DEFAULT_ALLOWANCE = Allowance()


class MergeJob(msgspec.Struct, frozen=True, tag="merge"):
    """`records.merge` with these arguments."""

    doc_id: str
    state: bytes
    update: bytes
    limits: Limits
    writers: list[int] | None


class DiffJob(msgspec.Struct, frozen=True, tag="diff"):
    """`records.diff` with these arguments."""

    state: bytes
    state_vector: bytes


class Merged(msgspec.Struct, frozen=True, tag="merged"):
    """The answer to a merge."""

    result: MergeResult


class Differs(msgspec.Struct, frozen=True, tag="differs"):
    """The answer to a diff."""

    update: bytes


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The bytes of this job are not acceptable."""

    reason: str


_Job = MergeJob | DiffJob
_Answer = Merged | Differs | Refused
_T = TypeVar("_T", Merged, Differs)

_encode = msgspec.msgpack.Encoder().encode
_decode_job = msgspec.msgpack.Decoder(_Job).decode
_decode_answer: Callable[[bytes], _Answer] = msgspec.msgpack.Decoder(_Answer).decode


class _ChildDied(Exception):  # noqa: N818 — an event, handled within this module
    pass


class RecordsWorker:
    """One isolated process for hostile bytes, started when first needed and again after a death.

    Any number of threads may share it; they take turns. Close it, or use it in a `with` statement.
    """

    def __init__(
        self,
        allowance: Allowance = DEFAULT_ALLOWANCE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowance = allowance
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> "RecordsWorker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def merge(
        self,
        doc_id: str,
        state: bytes,
        update: bytes,
        limits: Limits = DEFAULT_LIMITS,
        writers: Collection[int] | None = None,
    ) -> MergeResult:
        """Do `records.merge` in the child.

        Raises `RecordRefused` also when the child dies of it or exceeds its allowance.
        """
        allowed = None if writers is None else sorted(writers)
        job = MergeJob(doc_id, state, update, limits, allowed)
        return self._do(job, len(state) + len(update), Merged).result

    def diff(self, state: bytes, state_vector: bytes) -> bytes:
        """Do `records.diff` in the child, for a state vector from outside; refuses as `merge`."""
        job = DiffJob(state, state_vector)
        return self._do(job, len(state) + len(state_vector), Differs).update

    def close(self) -> None:
        """End the child; a later job starts a new one."""
        with self._lock:
            self._discard()

    def _do(self, job: _Job, size_bytes: int, expected: type[_T]) -> _T:
        if size_bytes > FRAME_BYTES_MAX // 2:
            raise RecordRefused(f"{size_bytes} bytes are too many to look at")
        with self._lock:
            try:
                answer = self._answer(_encode(job))
            except BaseException:
                self._discard()  # what it may still answer belongs to no later job
                raise
        if isinstance(answer, Refused):
            raise RecordRefused(answer.reason)
        if not isinstance(answer, expected):
            raise RecordRefused("the isolated process answered something else")
        return answer

    def _answer(self, job: bytes) -> _Answer:
        """Ask the child; a death of one that had worked before is tried again on a fresh one.

        So a verdict is about the job and not about what its predecessors left behind.
        """
        worked_before = self._child is not None
        try:
            return self._ask(job)
        except _ChildDied as death:
            _log.warning("records: the isolated process died (%s)", death)
            self._discard()
            if not worked_before:
                raise RecordRefused(f"it ended the isolated process: {death}") from None
        return self._answer(job)

    def _ask(self, job: bytes) -> _Answer:
        if self._child is None:
            self._child = _Child(self._allowance, self._monotonic)
        return self._child.ask(job, self._monotonic() + self._allowance.wall_s)

    def _discard(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _Child:
    """A running child process and the socket to it."""

    def __init__(self, allowance: Allowance, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._channel, theirs = socket.socketpair()
        root = Path(__file__).resolve().parent.parent
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 — this program itself
                [sys.executable, "-P", "-m", __name__, _encode(allowance).hex()],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": str(root)},
            )
        try:
            self._receive(monotonic() + START_S)
        except (OSError, _ChildDied) as failure:
            self.end()
            raise RuntimeError(f"the records process does not start: {failure}") from None

    def ask(self, job: bytes, deadline: float) -> _Answer:
        """Send a job and return the answer; raise `_ChildDied` or `RecordRefused`."""
        try:
            self._set_time_out(deadline)
            self._channel.sendall(len(job).to_bytes(4, "big") + job)
            return _decode_answer(self._receive(deadline))
        except TimeoutError:
            raise RecordRefused("it took too long") from None
        except (msgspec.MsgspecError, ValueError):
            raise RecordRefused("the isolated process answered nonsense") from None
        except OSError as failure:
            raise _ChildDied(str(failure)) from None

    def end(self) -> None:
        """Kill the process and forget it."""
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def _receive(self, deadline: float) -> bytes:
        size = int.from_bytes(self._exactly(4, deadline), "big")
        if size > FRAME_BYTES_MAX:
            raise ValueError("oversized")
        return self._exactly(size, deadline)

    def _exactly(self, size: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._set_time_out(deadline)
            chunk = self._channel.recv(size - len(data))
            if not chunk:
                raise _ChildDied(f"exit status {self._process.wait()}")
            data += chunk
        return bytes(data)

    def _set_time_out(self, deadline: float) -> None:
        left_s = deadline - self._monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._channel.settimeout(left_s)


def _do(job: _Job) -> _Answer:
    try:
        match job:
            case MergeJob(doc_id, state, update, limits, writers):
                return Merged(records.merge(doc_id, state, update, limits, writers))
            case DiffJob(state, vector):
                return Differs(records.diff(state, vector))
    except RecordRefused as refusal:
        return Refused(refusal.reason)


def _limit(resource_id: int, value: int) -> None:
    resource.setrlimit(resource_id, (value, value))


def _grant_cpu(cpu_s: int) -> None:
    """Let the kernel end this process once it has used `cpu_s` (rounded up) more than now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def serve(channel: socket.socket, allowance: Allowance) -> None:
    """Answer jobs until the parent is gone. This is the child: it limits itself for good."""
    _limit(resource.RLIMIT_AS, allowance.memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _send(channel, b"")
    with channel.makefile("rb") as jobs:
        while length := jobs.read(4):
            job = _decode_job(jobs.read(int.from_bytes(length, "big")))
            _grant_cpu(allowance.cpu_s)
            _send(channel, _encode(_do(job)))


def _send(channel: socket.socket, frame: bytes) -> None:
    channel.sendall(len(frame).to_bytes(4, "big") + frame)


if __name__ == "__main__":
    serve(
        socket.socket(fileno=os.dup(0)),
        msgspec.msgpack.decode(bytes.fromhex(sys.argv[1]), type=Allowance),
    )
