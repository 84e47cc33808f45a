"""The isolated process may die, hang or lie: that costs one job, and the next one works."""

import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sync.records import MergeResult, diff, edit, merge, state_vector
from sync.records_card import AddTag, SetField
from sync.records_vector import RecordRefused
from sync.records_worker import Allowance, RecordsWorker
from tests.sync.records_bytes import CARD, DOC, OTHER_DOC, WRITERS, item, nested_arrays

A, B, HQ = WRITERS
UPDATE = edit(CARD, B, [SetField("name", "Ann"), AddTag("vip")]).update
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def worker() -> Iterator[RecordsWorker]:
    with RecordsWorker(Allowance(wall_s=5.0)) as one:
        yield one


def _works(worker: RecordsWorker) -> bool:
    return worker.merge(DOC, CARD, UPDATE) == merge(DOC, CARD, UPDATE)


def test_does_what_the_core_does(worker: RecordsWorker) -> None:
    merged = worker.merge(DOC, b"", CARD)
    assert merged == merge(DOC, b"", CARD)
    assert worker.merge(DOC, CARD, UPDATE, writers={B}) == merge(DOC, CARD, UPDATE)
    pending = worker.merge(DOC, b"", UPDATE)
    assert pending == MergeResult(b"", b"\x00", None, pending=True)
    assert worker.diff(CARD, b"\x00") == diff(CARD, b"\x00")
    assert worker.diff(CARD, state_vector(CARD)) == diff(CARD, state_vector(CARD))


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        (lambda w: w.merge(OTHER_DOC, CARD, UPDATE), "belongs to"),
        (lambda w: w.merge(DOC, CARD, UPDATE, writers=[A]), "may not write"),
        (lambda w: w.merge(DOC, CARD, b"nonsense"), "checksum"),
        (lambda w: w.merge(DOC, CARD, bytes(3_000_000)), "too many"),
        (lambda w: w.diff(CARD, b"\xff"), "cut short"),
        (lambda w: w.diff(b"nonsense", b"\x00"), "checksum"),
    ],
)
def test_passes_on_the_reason(
    worker: RecordsWorker, job: Callable[[RecordsWorker], object], reason: str
) -> None:
    with pytest.raises(RecordRefused, match=reason):
        job(worker)
    assert _works(worker)


def test_a_job_that_kills_a_fresh_process_is_refused(worker: RecordsWorker) -> None:
    for _ in range(2):
        with pytest.raises(RecordRefused, match="ended the isolated process: exit status -11"):
            worker.merge(DOC, CARD, nested_arrays(29_000))
    assert _works(worker)


def _pid(worker: RecordsWorker) -> int:
    assert worker._child is not None
    return worker._child._process.pid


def test_a_death_without_guilt_is_not_blamed_on_the_next_job(worker: RecordsWorker) -> None:
    assert _works(worker)
    os.kill(_pid(worker), signal.SIGKILL)
    assert _works(worker)


def test_a_hanging_process_is_replaced() -> None:
    with RecordsWorker(Allowance(wall_s=1.0)) as worker:
        worker.diff(CARD, b"\x00")
        os.kill(_pid(worker), signal.SIGSTOP)
        with pytest.raises(RecordRefused, match="took too long"):
            worker.merge(DOC, CARD, UPDATE)
        assert _works(worker)


@pytest.mark.parametrize(
    "answer", [b"\x00\x00\x00\x01\xc1", b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\x90"]
)
def test_nonsense_from_the_process_is_refused(worker: RecordsWorker, answer: bytes) -> None:
    """Whatever the child was made to say, it is a result of the right kind or nothing."""
    assert _works(worker)
    assert worker._child is not None
    worker._child._channel.close()
    worker._child._channel, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(answer)
        with pytest.raises(RecordRefused, match="nonsense"):
            worker.merge(DOC, CARD, UPDATE)
    assert _works(worker)


def test_threads_take_turns(worker: RecordsWorker) -> None:
    def job(number: int) -> bool:
        if number % 10:
            return _works(worker)
        with pytest.raises(RecordRefused):
            worker.merge(DOC, CARD, nested_arrays(29_000))
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(job, range(40)))


@pytest.mark.parametrize(
    ("memory_mb", "reason"), [(64, "memory allocation failed"), (256, "an unexpected value")]
)
def test_memory_is_bounded(memory_mb: int, reason: str) -> None:
    announces_five_million = item(b"u\xc0\x96\xb1\x02")
    with RecordsWorker(Allowance(memory_bytes=memory_mb * 2**20)) as worker:
        with pytest.raises(RecordRefused, match=reason):
            worker.merge(DOC, CARD, announces_five_million)
        assert _works(worker)


def test_every_job_runs_within_limits(worker: RecordsWorker) -> None:
    assert _works(worker)
    soft_s, _ = resource.prlimit(_pid(worker), resource.RLIMIT_CPU)
    assert 0 < soft_s <= 60
    assert resource.prlimit(_pid(worker), resource.RLIMIT_AS) == (2**28, 2**28)
    for none_at_all in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        assert resource.prlimit(_pid(worker), none_at_all) == (0, 0)


def test_processor_time_is_bounded() -> None:
    program = "from sync.records_worker import _grant_cpu\n_grant_cpu(0)\nwhile True: pass\n"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGXCPU


def test_nothing_is_left_when_the_parent_dies() -> None:
    program = (
        "import os\n"
        "from sync.records_worker import RecordsWorker\n"
        "worker = RecordsWorker()\n"
        "try: worker.diff(b'nonsense', b'\\x00')\n"
        "except Exception: pass\n"
        "print(worker._child._process.pid, flush=True)\n"
        "os._exit(1)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=False, capture_output=True, text=True
    )
    child = Path(f"/proc/{int(ended.stdout)}/cmdline")
    while child.exists() and b"records_worker" in child.read_bytes():
        os.sched_yield()


def test_close_ends_the_process_and_a_later_job_starts_one(worker: RecordsWorker) -> None:
    assert _works(worker)
    pid = _pid(worker)
    worker.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert _works(worker)
