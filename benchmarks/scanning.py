"""Scans at a till while the node sells at full rate: wire to event, wire to the till's stream.

The node runs in this process, so that the moment of its event is known; its customers and its
shopper with the scanner are processes of their own. All read one monotonic clock.
"""

import gc
import json
import multiprocessing
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from benchmarks.sale_http import Request, ask, make_node, sale_maker
from devices.event import Event, Scan
from devices.simulated.aside import Aside
from devices.simulated.scanner import ScannerPeer
from edge.hardware.unit import Unit
from edge.node import Node
from edge.server import listen, make_server
from edge.settings import FILE_NAME, load_settings
from edge.web.app import create_app

TILLS = 8
EVERY_S = 0.02
PATIENCE_S = 60.0
EIGHT = (
    "scanner",
    "scanner-stx",
    "scale-8217",
    "scale-cas",
    "printer",
    "display-cd5220",
    "labels-zpl",
    "terminal-zvt",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """Milliseconds from a scan's last byte to the node's event, and to the till's stream."""

    event_ms: list[float]
    stream_ms: list[float]
    sales_per_s: float


def scan_while_selling(folder: Path, scans: int, skus: int, *, selling: bool) -> Heard:
    """Scan at one till while eight tills sell as fast as they can, or while nobody does."""
    data = folder / ("selling" if selling else "quiet")
    tokens = make_node(data, TILLS, skus)
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    with tempfile.TemporaryDirectory(prefix="ports-") as ports:
        shopper = spawn.Process(target=_shop, args=(theirs, ports, tokens[0], scans))
        shopper.start()
        urls = _receive(ours)
        with (data / FILE_NAME).open("a", encoding="utf-8") as settings:
            for kind, url in cast(dict[str, str], urls).items():
                table = f'[[devices]]\nname = "{kind}"\nkind = "{kind}"\nurl = "{url}"\n'
                settings.write(f'{table}till = "t0"\n')
        events: dict[str, int] = {}
        with _node(data, events) as port:
            ended = spawn.Event()
            seller = spawn.Process(target=_sell, args=(port, tokens, skus, ended, theirs))
            if selling:
                seller.start()
            ours.send(port)
            sent, streamed = cast(tuple[dict[str, int], dict[str, int]], _receive(ours))
            ended.set()
            per_s = cast(float, _receive(ours)) if selling else 0.0
        shopper.join(PATIENCE_S)
        if selling:
            seller.join(PATIENCE_S)
    return Heard(
        [(events[text] - at) / 1e6 for text, at in sent.items()],
        [(streamed[text] - at) / 1e6 for text, at in sent.items()],
        per_s,
    )


def _receive(pipe: Connection) -> object:
    if not pipe.poll(PATIENCE_S * 5):
        raise TimeoutError("a process of the benchmark does not answer")
    return pipe.recv()


@contextmanager
def _node(data: Path, events: dict[str, int]) -> Iterator[int]:
    """Run a node in a thread; note when each scan became an event."""
    settings = load_settings(data, {})
    listening = threading.Event()
    with closing(listen(settings)) as listener, closing(Node(data, settings)) as node:
        take = node.hardware.take

        async def noted(unit: Unit, event: Event) -> None:
            if isinstance(event, Scan):
                events[event.text] = time.monotonic_ns()
            await take(unit, event)

        node.hardware.take = noted  # type: ignore[method-assign]  # the moment, and nothing else
        server = make_server(create_app(node), node, listening.set)
        gc.freeze()  # as the command does
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            if not listening.wait(PATIENCE_S):
                raise TimeoutError("the node does not start")
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)


def _sell(
    port: int, tokens: list[str], skus: int, ended: threading.Event, pipe: Connection
) -> None:
    """Sell at all tills until told to end; tell how many sales a second that were."""
    makers: list[Request] = [sale_maker(token, at, skus) for at, token in enumerate(tokens)]
    began, sales = time.monotonic(), 0
    while not ended.is_set():
        sales += len(ask(port, makers, 0.5))
    pipe.send(sales / (time.monotonic() - began))


def _shop(pipe: Connection, ports: str, token: str, scans: int) -> None:
    """Be the devices, and the till that listens: send when each scan left and arrived."""
    with closing(Aside(Path(ports))) as aside:
        pipe.send({kind: aside.add(kind, kind) for kind in EIGHT})
        port = cast(int, pipe.recv())
        peer = cast(ScannerPeer, aside.peer("scanner"))
        texts = [f"SCAN-{number:06}" for number in range(scans)]
        sent: dict[str, int] = {}
        arrived: dict[str, int] = {}
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as stream:
            stream.sendall(
                b"GET /api/v1/till/events HTTP/1.1\r\nHost: store\r\n"
                b"Authorization: Bearer " + token.encode() + b"\r\n\r\n"
            )
            listener = threading.Thread(target=_listen, args=(stream, texts[-1], arrived))
            listener.start()
            time.sleep(2.0)  # every device is open, and the sellers are at it
            for text in texts:
                time.sleep(EVERY_S)

                def scan(text: str = text) -> None:
                    peer.scan(text, "]C0")
                    sent[text] = time.monotonic_ns()

                aside.use("scanner", scan)
            listener.join(PATIENCE_S)
        pipe.send((sent, arrived))


def _listen(stream: socket.socket, last: str, arrived: dict[str, int]) -> None:
    """Note when each scan arrives at the till."""
    data = b""
    while last not in arrived:
        data += stream.recv(65536)
        now_ns = time.monotonic_ns()
        *frames, data = data.split(b"\n\n")
        for frame in frames:
            for line in frame.splitlines():
                if line.startswith(b'data: {"device"'):
                    found = json.loads(line[6:])
                    arrived.setdefault(found["text"], now_ns)
