"""One law: a signal ends us between two steps, never between making a thing and noting who ends it.

Python raises a signal's exception in the main thread wherever that happens to be, also within
`submit` of a thread pool: the thread then runs and nobody waits for it.
"""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Result = TypeVar("Result")


class EndedError(Exception):
    """Somebody asked us to end, by a signal."""


@dataclass(slots=True)
class _Held:
    depth: int = 0
    number: int = 0


_held = _Held()  # signals are a process's, not an object's


@contextmanager
def signals_end_it() -> Iterator[None]:
    """Turn signals that end a process into an exception, and let none disturb the clearing up.

    The exception is KeyboardInterrupt for Ctrl-C, EndedError for the others.
    """
    before = {number: signal.signal(number, _end) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals() -> None:
    """Let no signal disturb what is done from now on."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def held() -> Iterator[None]:
    """Hold signals back to the end of the block: for making a thing and noting who ends it.

    Only the main thread is ever interrupted: in others this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _held.depth += 1
    try:
        yield
    finally:
        _held.depth -= 1
        if _held.number and not _held.depth:
            number, _held.number = _held.number, 0
            _raise(number)


def all_at_once(steps: Sequence[Callable[[], Result]]) -> list[Result]:
    """Do all steps, each in a thread, and return what they return, in their order.

    Every step has ended when this ends, also by the exception of a step or of a signal.
    """
    with ThreadPoolExecutor(len(steps)) as pool:
        with held():
            begun = [pool.submit(step) for step in steps]
        return [one.result() for one in begun]


def _end(number: int, _frame: FrameType | None) -> None:
    if _held.depth:
        _held.number = number
    else:
        _raise(number)


def _raise(number: int) -> None:
    ignore_signals()
    raise KeyboardInterrupt if number == signal.SIGINT else EndedError
