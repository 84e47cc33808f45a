"""The demo as a process under test, and a look at what it left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psutil

MARK = "EVERTILL_TEST_MARK"
PATIENCE_S = 150.0


class DemoProcess:
    """`evertill-provision demo` with a temporary folder of its own and a mark on all it starts."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True)
        self._output = folder / "output"
        self._mark = uuid4().hex
        command = [str(Path(sys.executable).with_name("evertill-provision")), "demo", *arguments]
        environment = {**os.environ, "TMPDIR": str(self.temporary), MARK: self._mark}
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdout=output, stderr=output, env=environment, start_new_session=True
            )

    @property
    def output(self) -> str:
        """What it has said so far, without line breaks within sentences."""
        return " ".join(self._output.read_text("utf-8").split())

    def wait_for(self, words: str) -> None:
        """Wait until it says something."""
        deadline_s = time.monotonic() + PATIENCE_S
        while words not in self.output:
            assert self._process.poll() is None, self._output.read_text("utf-8")
            assert time.monotonic() < deadline_s, self._output.read_text("utf-8")
            time.sleep(0.05)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, as a terminal or a supervisor would."""
        self._process.send_signal(number)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Hold its story and its customers still; its nodes and headquarters go on."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def exit_code(self) -> int:
        """Wait for its end."""
        return self._process.wait(PATIENCE_S)

    def family(self) -> list[psutil.Process]:
        """List every living process it has started, and what those have started."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self._mark and process.status() != "zombie":
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def kill(self) -> None:
        """End all of it, whatever happened."""
        for process in self.family():
            process.kill()
        self._process.wait()

    def left_behind(self) -> list[str]:
        """Name the processes and files that are left."""
        left = [" ".join(process.cmdline()) for process in self.family()]
        return left + [path.name for path in self.temporary.iterdir()]


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[DemoProcess]:
    """Start a demo, and see to it that it ends."""
    process = DemoProcess(folder, *arguments)
    try:
        yield process
    finally:
        process.kill()


def busy_port() -> socket.socket:
    """Listen on a port, so that it is taken."""
    return socket.create_server(("127.0.0.1", 0))
