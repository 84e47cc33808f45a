"""Programs of the demo: found or named, started on a port they tell, and missed when they die."""

import os
import signal
import time
from pathlib import Path

import pytest

from provisioning.broker_process import StartError
from provisioning.demo.chain import Ports, Site
from provisioning.demo.programs import ChildDiedError, Program, call_program, find_program

TALKER = """
import os, time
print(f"ready at http://127.0.0.1:{os.environ['TALKER_PORT']}", flush=True)
time.sleep(float(os.environ["TALKER_LIVES_S"]))
raise SystemExit("I have seen enough")
"""


def talker(folder: Path, lives_s: float, code: str = TALKER) -> Program:
    """Make a program that tells its port and ends with an error after a while."""
    return Program(
        title="the talker",
        command=("python", "-c", code),
        log=folder / "talker.log",
        port_variable="TALKER_PORT",
        environment={"TALKER_LIVES_S": str(lives_s)},
    )


def test_a_missing_program_is_named_with_what_to_do() -> None:
    with pytest.raises(StartError, match=r"evertill-nothing is missing: .* `pip install \.`"):
        find_program("evertill-nothing")


def test_a_failed_command_is_told_with_its_last_words() -> None:
    with pytest.raises(
        StartError, match=r"(?s)`evertill-provision demo --stores 2` failed.*--stores'"
    ):
        call_program("evertill-provision", "demo", "--stores", "2")


def test_a_program_that_lives_is_not_missed_and_can_be_killed_and_started(tmp_path: Path) -> None:
    program = talker(tmp_path, 60)
    for _ in range(2):
        program.start(20_001)
        program.check()
        assert not program.has_ended
        program.kill()
        program.check()
        assert not program.has_ended
    program.stop()


def test_a_program_killed_by_somebody_else_is_seen_to_have_ended(tmp_path: Path) -> None:
    program = talker(tmp_path, 60)
    assert program.pid == 0
    program.start(20_002)
    os.kill(program.pid, signal.SIGKILL)
    while not program.has_ended:
        time.sleep(0.01)
    program.stop()


def check_until_it_is_missed(program: Program) -> None:
    """Check a program over and over; it returns by an exception alone."""
    while True:
        program.check()
        time.sleep(0.01)


def test_a_program_that_dies_is_missed_with_its_last_words(tmp_path: Path) -> None:
    program = talker(tmp_path, 0)
    program.start(20_002)
    with pytest.raises(ChildDiedError, match=r"(?s)the talker ended .* code 1.*enough.*--keep DIR"):
        check_until_it_is_missed(program)
    program.stop()


def test_a_port_lost_to_somebody_else_is_given_up_for_the_next(tmp_path: Path) -> None:
    lost = tmp_path / "lost"
    code = f"""
import pathlib
if not pathlib.Path({str(lost)!r}).exists():
    pathlib.Path({str(lost)!r}).touch()
    raise SystemExit("cannot listen on 127.0.0.1: it is taken")
{TALKER}"""
    ports = Ports(20_007)
    site = Site(name="s", data=tmp_path, program=talker(tmp_path, 60, code))
    try:
        site.start(ports)
        assert lost.exists()
        assert site.port > 20_007
        assert site.url == f"http://127.0.0.1:{site.port}"
    finally:
        site.program.stop()


def test_any_other_failure_to_start_is_told(tmp_path: Path) -> None:
    site = Site(name="s", data=tmp_path, program=talker(tmp_path, 0, "raise SystemExit('no disk')"))
    with pytest.raises(StartError, match="no disk"):
        site.start(Ports(20_020))
    assert site.port == 0
