"""Servers as child processes: how they start, fail to start, and end with us."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from provisioning.broker import Broker, MosquittoBroker
from provisioning.broker_process import StartError, free_port
from tests.brokers import USERS, eventually


def test_a_taken_port_is_named(cls: type[Broker], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} on 127.0.0.1 is taken"):
            cls(tmp_path, USERS, port=port).start()


def test_a_server_that_ends_at_once_tells_its_last_words(
    cls: type[Broker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "print('no such luck'); raise SystemExit(3)"]
    monkeypatch.setattr(cls, "_prepare", lambda _: command)
    with pytest.raises(StartError, match=r"(?s)ended with code 3.*no such luck"):
        cls(tmp_path, USERS).start()


def test_a_server_that_never_answers_is_given_up(
    cls: type[Broker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "import time; print('thinking', flush=True); time.sleep(600)"]
    monkeypatch.setattr(cls, "_prepare", lambda _: command)
    broker = cls(tmp_path, USERS)
    with pytest.raises(StartError, match=r"(?s)took longer than 1 s.*thinking"):
        broker.start(timeout_s=1)
    assert not broker.running


PARENT = """
import sys, time
from pathlib import Path
from provisioning.broker import MosquittoBroker, NatsBroker
broker = {name}(Path({folder!r}), [])
broker.start()
print(broker.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's death signal")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_ends_with_its_parent(cls: type[Broker], tmp_path: Path, end: signal.Signals) -> None:
    program = PARENT.format(name=cls.__name__, folder=str(tmp_path / "b"))
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        text=True,
    )
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert _lives(pid)
    parent.send_signal(end)
    parent.communicate()
    eventually(lambda: not _lives(pid), "the broker ends with its parent")


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(StartError, match="apt-get install mosquitto"):
        MosquittoBroker(tmp_path, USERS).start()


def test_ports_are_never_given_twice() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
