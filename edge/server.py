"""One law: a listener opens after the node is ready, and streams end before the server waits."""

import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from edge.node import Node
from edge.settings import Settings
from provisioning import listener

GRACE_S = 5
SWITCH_S = 0.001  # a scan must not wait five milliseconds for the writer to hand over
KEEP_ALIVE_S = 120  # a till need not connect anew for every customer


class Server(uvicorn.Server):
    """Uvicorn that tells when it listens, ends event streams first, and returns on a signal."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._app = app
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams, or they would hold up the end."""
        self._app.state.bell.close()
        self._app.state.node.hardware.news.close()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Leave in order; the signal is not raised again, since the node is closed afterwards."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()


def listen(settings: Settings) -> socket.socket:
    """Take the address of the HTTP API; raise OSError saying what to do where it is taken."""
    hint = "is a node running already? Set `host` and `port` in edge.toml; port 0 takes a free one."
    return listener.listen(settings.host, settings.port, hint)


def url_of(settings: Settings, listening: socket.socket) -> str:
    """Tell where the API is."""
    return listener.url_of(listening, tls=bool(settings.http_cert_file))


def make_server(app: FastAPI, node: Node, ready: Callable[[], None]) -> Server:
    """Make the server of a node's app; `ready` is called when it listens."""
    sys.setswitchinterval(SWITCH_S)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        ssl_certfile=node.file(node.settings.http_cert_file),
        ssl_keyfile=node.file(node.settings.http_key_file),
    )
    return Server(config, app, ready)
