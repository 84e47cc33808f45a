"""Sales of three lines over HTTP against a real node, one till and eight at once.

Beside them, in the same run and on the same disk: a bare server that parses nothing and commits one
row for each request. Tills are threads of this process and keep their connections open.
"""

import itertools
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import uvicorn

from benchmarks.figures import AT_LEAST, Figure, Run, percentile
from benchmarks.sale_core import make_row_database, sku_name
from edge.books import catalogue, database
from edge.books.backup import DATABASE
from edge.node import wall_clock
from edge.people import access
from edge.settings import make_settings
from edge.setup import create_node
from sync.definitions import Product, TaxRate
from sync.identity import Replica, series_id

SKUS = 20_000
HEADQUARTERS = Replica("hq", 1)
TILLS = (1, 8)
Request = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Took:
    """What a round of requests took: how many a second, milliseconds, CPU of the server each."""

    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


def measure(run: Run) -> Iterable[Figure]:
    """Measure both servers with one till and with eight, in turns."""
    run.say("sale over HTTP: making a node with a catalogue")
    data = run.folder / "node"
    tokens = make_node(data, max(TILLS), run.pick(SKUS, 2_000))
    seconds = 0.5 if run.quick else 1.5
    took: dict[tuple[str, int], list[Took]] = {}
    with (
        running(bare_command(run.folder / "row.db")) as bare,
        running(node_command(data)) as node,
    ):
        makers = [sale_maker(token, at, run.pick(SKUS, 2_000)) for at, token in enumerate(tokens)]
        for one in (bare, node):
            ask(one[0], makers, 0.3)
        for _ in run.rounds("sale over HTTP", 5, 1):
            for tills in TILLS:
                for name, (port, process) in (("bare", bare), ("node", node)):
                    one_round = drive(port, process, makers[:tills], seconds)
                    took.setdefault((name, tills), []).append(one_round)
    return list(figures(took))


def figures(took: Mapping[tuple[str, int], list[Took]]) -> Iterator[Figure]:
    """Tell what came of it."""

    def of(name: str, tills: int, value: str) -> float:
        return float(median(getattr(one, value) for one in took[name, tills]))

    limit = "bare endpoint, one row each"
    for what, unit, tills, value, better, goal in (
        ("sale over HTTP, one till, p50", "ms", 1, "p50_ms", "≤", 1.5),
        ("sale over HTTP, one till, p99", "ms", 1, "p99_ms", "≤", None),
        ("sale over HTTP, one till", "/s", 1, "per_s", AT_LEAST, 500.0),
        ("sale over HTTP, 8 tills", "/s", 8, "per_s", AT_LEAST, 1_500.0),
        ("the same, server CPU for each sale", "ms", 8, "cpu_ms", "≤", 0.7),
    ):
        yield Figure(
            what=what, unit=unit, value=of("node", tills, value), better=better, goal=goal,
            limit=of("bare", tills, value), limit_is=limit,
            note="sales of waiting tills share a commit" if (tills, unit) == (8, "/s") else "",
        )  # fmt: skip


def node_command(data: Path) -> list[str]:
    """Return the command that runs a node."""
    run = "from edge.cli import app; app()"
    return [sys.executable, "-c", run, "run", "--data", str(data)]


def bare_command(database_path: Path) -> list[str]:
    """Return the command that runs the bare server."""
    return [sys.executable, "-m", "benchmarks.sale_http", str(database_path)]


def make_node(data: Path, tills: int, skus: int = SKUS) -> list[str]:
    """Make a node with a catalogue and its tills; return their tokens."""
    settings = make_settings({"store": "s0001", "port": 0}, {})
    create_node(data, settings, clock=wall_clock, random=os.urandom)
    tokens = [access.device_token(os.urandom(access.TOKEN_BYTES)) for _ in range(tills)]
    with closing(database.connect(data / DATABASE)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        catalogue.apply(connection, HEADQUARTERS, 1, TaxRate("std", 190_000, True))
        for n in range(skus):
            names = {"en": f"Article {n}"}
            product = Product(sku_name(n), names, [], "piece", "std", 100 + n % 900)
            catalogue.apply(connection, HEADQUARTERS, n + 2, product)
        for number, token in enumerate(tokens):
            access.add_device(connection, f"t{number}", "till", token, wall_clock())
        connection.execute("COMMIT")
    return tokens


@contextmanager
def running(command: list[str]) -> Iterator[tuple[int, psutil.Process]]:
    """Run a server that prints its address when it is ready."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield int(line.rsplit(":", 1)[1]), psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def sale_maker(token: str, seed: int, skus: int = SKUS, till: str = "") -> Request:
    """Make the requests of one till: three different goods, paid in cash with change.

    A token of a till says which it is; any other has to.
    """
    rng = random.Random(seed)
    said = {"till": till} if till else {}
    prefix, numbers = rng.getrandbits(60), itertools.count(1)
    head = (
        f"PUT /api/v1/sales/%s HTTP/1.1\r\nHost: store\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    )

    def make() -> bytes:
        lines = [{"sku": sku_name(n), "quantity": 1} for n in rng.sample(range(skus), 3)]
        sale = {"lines": lines, "tenders": [{"kind": "cash", "amount_minor": 100_000}], **said}
        body = json.dumps(sale)
        sale_id = uuid.UUID(bytes=series_id(prefix, next(numbers)))
        return (head % (sale_id, len(body), body)).encode()

    return make


def drive(port: int, process: psutil.Process, makers: list[Request], seconds: float) -> Took:
    """Have tills ask one thing after the other for some seconds; return what it took."""
    before, began = process.cpu_times(), time.perf_counter()
    timings_ms = ask(port, makers, seconds)
    took, after = time.perf_counter() - began, process.cpu_times()
    cpu_s = after.user + after.system - before.user - before.system
    count = len(timings_ms)
    return Took(
        count / took,
        percentile(timings_ms, 50),
        percentile(timings_ms, 99),
        cpu_s / count * 1000,
    )


def ask(port: int, makers: list[Request], seconds: float) -> list[float]:
    """Run one thread per till; return every latency in milliseconds."""
    latencies_ms: list[float] = []
    failed: list[bytes] = []

    def till(make: Request) -> None:
        until = time.perf_counter() + seconds
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < until and not failed:
                request = make()
                began = time.perf_counter()
                connection.sendall(request)
                answer = receive(connection)
                latencies_ms.append((time.perf_counter() - began) * 1000)
                if not answer.startswith(b"HTTP/1.1 201"):
                    failed.append(answer)

    threads = [threading.Thread(target=till, args=(make,)) for make in makers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed[0]
    return latencies_ms


def ask_once(port: int, request: bytes) -> None:
    """Ask one thing and wait for its answer, which must be that something was made."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        answer = receive(connection)
        assert answer.startswith(b"HTTP/1.1 201"), answer


def receive(connection: socket.socket) -> bytes:
    """Read one answer with a known length."""
    answer = b""
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += connection.recv(65536)
    at = answer.lower().index(b"content-length:") + 15
    length = int(answer[at : answer.index(b"\r\n", at)])
    while len(answer) < end + 4 + length:
        answer += connection.recv(65536)
    return answer


def serve_bare(path: Path) -> None:
    """Serve the limit: every request commits one row on the event loop and says 201."""
    connection = make_row_database(path)

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        connection.execute("INSERT INTO row (body) VALUES (zeroblob(200))")
        headers = [(b"content-length", b"2"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    listener = socket.create_server(("127.0.0.1", 0))
    print(f"bare at http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", lifespan="off", log_level="error", access_log=False
    )
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    serve_bare(Path(sys.argv[1]))
