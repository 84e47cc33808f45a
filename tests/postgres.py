"""A PostgreSQL of the tests' own: never the system's service, gone when the tests end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

START_LIMIT_S = 60
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
NUMBERS = count(1)


def _account() -> pwd.struct_passwd | None:
    """Return whom to run as when we are root, which PostgreSQL refuses to be."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL will not run as root and there is no user `nobody`: add one")


def _start(command: list[str], folder: Path, log: Path) -> subprocess.Popen[bytes]:
    account = _account()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )


def _wait_until_ready(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
            time.sleep(0.02)
        else:
            return


def _url(database: str, folder: str) -> str:
    return f"postgresql://evertill@/{database}?host={folder}"


@contextmanager
def running_cluster(programs: Path, settings: Mapping[str, str] = FAST) -> Iterator[str]:
    """Run a new cluster with the programs in that folder; yield a libpq URL of its database.

    It listens only on a socket in its own folder: there is no port that could be taken.
    """
    folder = Path(tempfile.mkdtemp(prefix="evertill-pg-"))
    log, data = folder / "log", str(folder / "data")
    own = {**settings, "listen_addresses": "", "unix_socket_directories": str(folder)}
    flags = [f"--{name}={value}" for name, value in own.items()]
    # Should this process die without cleaning up, the server ends with it (Linux).
    guard = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    initdb = [str(programs / "initdb"), "-D", data, "-U", "evertill", "-A", "trust", "-N"]
    try:
        if _start([*initdb, "-E", "UTF8", "--locale=C"], folder, log).wait():
            raise RuntimeError(f"initdb failed:\n{log.read_text()}")
        server = _start([*guard, str(programs / "postgres"), "-D", data, *flags], folder, log)
        try:
            _wait_until_ready(server, _url("postgres", str(folder)), log)
            yield _url("postgres", str(folder))
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()
    finally:
        shutil.rmtree(folder)


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """Make an empty database in the cluster at `url`; yield its URL and drop it afterwards."""
    name = f"test_{next(NUMBERS)}"
    database = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(database))
        try:
            yield _url(name, admin.info.host)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
