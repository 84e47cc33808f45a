"""One law: a program of the house runs as a process of its own; when it dies, it is said at once.

With the last lines of its log, and what to do.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from provisioning.broker_process import ChildProcess, StartError
from provisioning.interruption import held

HOST = "127.0.0.1"
_START_S = 60.0
_CALL_S = 60.0


class ChildDiedError(RuntimeError):
    """A process of the chain ended by itself; the text holds its last words and what to do."""

    def __init__(self, title: str, code: int | None, words: str) -> None:
        how = "" if code is None else f" with code {code}"
        super().__init__(
            f"{title} ended by itself{how}. Its last words:\n{words}\n\nThis should not happen. Run"
            " the demo again with `--keep DIR`, and see the logs and data in that folder."
        )


def find_program(name: str) -> Path:
    """Return a command of this installation; raise StartError saying how to get it."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        raise StartError(f"{path} is missing: install Evertill here with `pip install .`")
    return path


def call_program(name: str, *arguments: str) -> str:
    """Run a command to its end and return what it printed; raise StartError if it failed."""
    command = [str(find_program(name)), *arguments]
    with ExitStack() as stack:
        with held():
            process = stack.enter_context(
                subprocess.Popen(  # noqa: S603 - our own programs, arguments without a shell
                    command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
            )
            stack.callback(process.kill)
        said, complained = process.communicate(timeout=_CALL_S)
    if process.returncode:
        words = "\n".join((said + complained).splitlines()[-12:])
        raise StartError(f"`{name} {' '.join(arguments)}` failed. Its last words:\n{words}")
    return said.strip()


@dataclass(slots=True)
class Program:
    """A long-running command that answers HTTP: started, killed, started again.

    `port_variable` is the environment variable that tells it where to listen.
    """

    title: str
    command: tuple[str, ...]
    log: Path
    port_variable: str
    environment: Mapping[str, str] = field(repr=False)
    _child: ChildProcess | None = None

    def start(self, port: int) -> None:
        """Start it and wait until it says that it listens there; raise StartError with its log."""
        environment = {**os.environ, **self.environment, self.port_variable: str(port)}
        program = str(find_program(self.command[0]))
        with held():
            self._child = ChildProcess([program, *self.command[1:]], self.log, environment)
        try:
            self._child.wait_until_it_says(f"http://{HOST}:{port}", self.title, _START_S)
        except StartError:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """Number of its process; 0 while there is none."""
        return self._child.pid if self._child else 0

    @property
    def has_ended(self) -> bool:
        """Whether it was started and has ended by itself, or by somebody's hand."""
        return self._child is not None and self._child.exit_code is not None

    def check(self) -> None:
        """Raise ChildDiedError if it was started and has ended."""
        if self._child is not None and (code := self._child.exit_code) is not None:
            raise ChildDiedError(self.title, code, self._child.tail())

    def kill(self) -> None:
        """End it with SIGKILL, as a power cut would."""
        child, self._child = self._child, None
        if child:
            child.kill()

    def stop(self) -> None:
        """Ask it to end, and make it."""
        child, self._child = self._child, None
        if child:
            child.stop()
