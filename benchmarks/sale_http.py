"""Time sales of three lines over HTTP against a real node, one till and eight at once.

Beside them, in the same run and on the same disk: the limit of a bare server that parses nothing
and commits one row a request, one commit each. Tills keep their connections open.
"""

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import uvicorn

from benchmarks.sale_core import make_row_database
from edge import access, catalogue, database
from edge.backup import DATABASE
from edge.node import wall_clock
from edge.settings import make_settings
from edge.setup import create_node
from sync.bodies import Product, TaxRate
from sync.identity import Replica

SKUS = 20_000
HEADQUARTERS = Replica("hq", 1)
TILLS = (1, 8)
Request = Callable[[], bytes]
Row = dict[str, Any]


def main() -> None:
    """Print one row per server and number of tills, then the same as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=5.0, help="per row")
    arguments.add_argument("--dir", default=None, help="directory on the disk to measure")
    arguments.add_argument("--bare", default=None, help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.bare:
        serve_bare(Path(asked.bare))
        return
    with tempfile.TemporaryDirectory(dir=asked.dir) as directory:
        rows = measure(Path(directory), asked.seconds)
    print(json.dumps(rows))


def measure(directory: Path, seconds: float) -> list[Row]:
    """Measure both servers; return their rows."""
    rows = []
    data = directory / "node"
    tokens = make_node(data, max(TILLS))
    node = [sys.executable, "-c", "from edge.cli import app; app()", "run", "--data", str(data)]
    bare = [sys.executable, "-m", "benchmarks.sale_http", "--bare", str(directory / "row.db")]
    for name, command in (("one row over HTTP", bare), ("sale over HTTP", node)):
        with running(command) as (port, process):
            for tills in TILLS:
                makers = [
                    sale_maker(token, 100 * tills + at) for at, token in enumerate(tokens[:tills])
                ]
                rows.append(drive(name, port, process, makers, seconds))
    return rows


def make_node(data: Path, tills: int) -> list[str]:
    """Make a node with a catalogue and its tills; return their tokens."""
    settings = make_settings({"store": "s0001", "port": 0}, {})
    create_node(data, settings, clock=wall_clock, random=os.urandom)
    tokens = [access.device_token(os.urandom(access.TOKEN_BYTES)) for _ in range(tills)]
    with closing(database.connect(data / DATABASE)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        catalogue.apply(connection, HEADQUARTERS, 1, TaxRate("std", 190_000, True))
        for n in range(SKUS):
            product = Product(
                f"SKU{n:06d}", {"en": f"Article {n}"}, [], "piece", "std", 100 + n % 900
            )
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


def sale_maker(token: str, seed: int) -> Request:
    """Make the requests of one till: three different goods, paid in cash with change."""
    rng = random.Random(seed)
    head = (
        f"PUT /api/v1/sales/%s HTTP/1.1\r\nHost: store\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
    )

    def make() -> bytes:
        lines = [{"sku": f"SKU{n:06d}", "quantity": 1} for n in rng.sample(range(SKUS), 3)]
        sale = {"lines": lines, "tenders": [{"kind": "cash", "amount_minor": 100_000}]}
        body = json.dumps(sale)
        return (head % (uuid.UUID(int=rng.getrandbits(128)), len(body), body)).encode()

    return make


def drive(
    name: str, port: int, process: psutil.Process, makers: list[Request], seconds: float
) -> Row:
    """Have tills ask one thing after the other for some seconds, and print what came of it."""
    ask(port, makers, 0.5)
    before, began = process.cpu_times(), time.perf_counter()
    latencies_ms = ask(port, makers, seconds)
    took, after = time.perf_counter() - began, process.cpu_times()
    cpu_s = after.user + after.system - before.user - before.system
    ordered, count = sorted(latencies_ms), len(latencies_ms)
    row = {
        "what": name,
        "tills": len(makers),
        "per_s": round(count / took),
        "p50_ms": round(ordered[count // 2], 2),
        "p99_ms": round(ordered[count * 99 // 100], 2),
        "server_cpu_ms": round(cpu_s / count * 1000, 3),
        "memory_mb": round(process.memory_info().rss / 1e6),
    }
    print(
        f"{name:18} {row['tills']} till(s)  {row['per_s']:5}/s   p50 {row['p50_ms']:6.2f} ms"
        f"   p99 {row['p99_ms']:6.2f} ms   server {row['server_cpu_ms']:.3f} ms CPU each,"
        f" {row['memory_mb']} MB"
    )
    return row


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
    main()
