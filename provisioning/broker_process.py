"""One law: a server started here ends with the process that started it, and its log tells why.

Child processes of Evertill's own: brokers above all. Started from a thread that waits for them, for
Linux sends the death signal when the *thread* ends that started the child. Each leads a process
group of its own: Ctrl-C reaches only us, and what it started itself goes with it.
"""

import atexit
import itertools
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

_FIRST_PORT, _PORTS = 20_000, 12_000
_next_port = itertools.count(os.getpid() * 61)


class StartError(RuntimeError):
    """A server did not start; the text holds its last log lines."""


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(host: str = "127.0.0.1") -> int:
    """Find a port nobody listens on, never the same one twice in a process.

    Below the range the system draws from for outgoing connections: a client that keeps trying a
    port of that range while its server is down ends up connected to itself, and holds the port.
    """
    for _ in range(_PORTS):
        port = _FIRST_PORT + next(_next_port) % _PORTS
        if port_is_free(port, host):
            return port
    raise StartError(f"no free port on {host} from {_FIRST_PORT} to {_FIRST_PORT + _PORTS - 1}")


@cache
def _guard() -> tuple[str, ...]:
    """What to put before a command so that it is killed when its parent dies (Linux)."""
    guard = (shutil.which("setpriv") or "", "--pdeathsig", "KILL")
    works = guard[0] and subprocess.run(  # noqa: S603 - fixed arguments
        [*guard, "true"], capture_output=True, check=False
    )
    return guard if works and works.returncode == 0 else ()


class ChildProcess:
    """A running child: its output goes to a file, and it never outlives this process."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Start `command` with its output appended to `log`; raise OSError if it cannot run."""
        self._command, self._log, self._environment = [*_guard(), *command], log, environment
        self._log_start = log.stat().st_size if log.exists() else 0
        self._process: subprocess.Popen[bytes]
        self._failure: OSError | None = None
        self._is_gone = False
        started = threading.Event()
        threading.Thread(
            target=self._run, args=[started], name=f"waits for {command[0]}", daemon=True
        ).start()
        started.wait()
        if self._failure:
            raise self._failure
        atexit.register(self.kill)

    def _run(self, started: threading.Event) -> None:
        try:
            with self._log.open("ab") as output:
                self._process = subprocess.Popen(  # noqa: S603 - running what we are told is the job
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=self._environment,
                    process_group=0,
                )
        except OSError as error:
            self._failure = error
            return
        finally:
            started.set()
        self._process.wait()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for a signal."""
        return self._process.poll()

    def kill(self) -> None:
        """End it with SIGKILL, now."""
        self._gone()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Ask it to end, and kill it if it hasn't by then."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_s)
        self._gone()

    def _gone(self) -> None:
        if self._is_gone:
            return  # its number may be somebody else's by now
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._is_gone = True
        atexit.unregister(self.kill)

    def tail(self, lines: int = 12) -> str:
        """Return the last lines it wrote."""
        return "\n".join(self._words().splitlines()[-lines:])

    def wait_until_it_says(self, words: str, what: str, timeout_s: float) -> None:
        """Wait for words in its output; raise StartError if it ends before or takes too long.

        Surer than connecting: Mosquitto 2.0 listens first and reads its certificates afterwards.
        """
        deadline_s = time.monotonic() + timeout_s
        while words not in self._words():
            code = self.exit_code
            late = time.monotonic() > deadline_s
            if code is not None or late:
                how = f"took longer than {timeout_s:g} s" if late else f"ended with code {code}"
                raise StartError(f"{what} did not start: it {how}. Its last words:\n{self.tail()}")
            time.sleep(0.01)

    def _words(self) -> str:
        """Return the end of what it wrote since it started."""
        with self._log.open("rb") as log:
            log.seek(max(self._log_start, self._log.stat().st_size - 64 * 1024))
            return log.read().decode(errors="replace")
