"""Signals that fall between two steps, and everything ended when they have done so."""

import os
import signal
import threading
import time
from functools import partial

import pytest

from provisioning.interruption import EndedError, all_at_once, held, ignore_signals, signals_end_it


def tell_us(number: signal.Signals = signal.SIGTERM) -> None:
    """Send this process a signal; its handler may run a little later."""
    os.kill(os.getpid(), number)


def be_told(number: signal.Signals = signal.SIGTERM) -> None:
    """Send this process a signal and wait for what comes of it."""
    tell_us(number)
    time.sleep(60)


def test_signals_become_exceptions_once_and_are_as_before_at_the_end() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with signals_end_it():
        with pytest.raises(EndedError):
            be_told()
        tell_us()  # the clearing up is not disturbed
        tell_us(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) is before
    with signals_end_it(), pytest.raises(KeyboardInterrupt):
        be_told(signal.SIGINT)


def test_a_signal_is_held_back_to_the_end_of_the_outermost_block() -> None:
    seen = []

    def hold() -> None:
        with held():
            with held():
                tell_us()
                seen.append("inner")
            seen.append("outer")
        seen.append("never")

    with signals_end_it(), pytest.raises(EndedError):
        hold()
    assert seen == ["inner", "outer"]


def test_nothing_is_held_back_in_another_thread() -> None:
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with held():
            holding.set()
            done.wait(60)

    thread = threading.Thread(target=hold)
    with signals_end_it():
        thread.start()
        holding.wait(60)
        with pytest.raises(EndedError):
            be_told()
        done.set()
        thread.join()


def test_no_step_goes_on_after_a_signal() -> None:
    """The signal comes while the threads are started, as near as a test can aim."""
    begun: list[int] = []
    ended: list[int] = []

    def step(number: int) -> None:
        begun.append(number)
        tell_us()
        time.sleep(0.01)
        ended.append(number)

    for turn in range(40):
        with signals_end_it(), pytest.raises(EndedError):
            all_at_once([partial(step, number) for number in range(4)])
        assert sorted(begun) == sorted(ended), turn


def test_steps_return_in_their_order_and_the_first_failure_waits_for_the_others() -> None:
    ended = threading.Event()

    def fail() -> None:
        raise ValueError("no")

    def last() -> None:
        time.sleep(0.05)
        ended.set()

    assert all_at_once([partial(str, number) for number in range(9)]) == list("012345678")
    with pytest.raises(ValueError, match="no"):
        all_at_once([fail, last])
    assert ended.is_set()


def test_ignored_signals_disturb_nobody() -> None:
    with signals_end_it():
        ignore_signals()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            tell_us(number)
