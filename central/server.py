"""A listener opens after headquarters is ready, and the process ends in order on a signal."""

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from central.settings import Settings
from provisioning import listener

GRACE_S = 5


class Server(uvicorn.Server):
    """Uvicorn that tells when it listens, and returns on a signal instead of raising it again."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Leave in order; what follows the server is closed afterwards."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()


def listen(settings: Settings) -> socket.socket:
    """Take the address of the HTTP API; raise OSError saying what to do where it is taken."""
    hint = (
        "is headquarters running already? Set `host` and `port` in central.toml; port 0 takes a"
        " free one."
    )
    return listener.listen(settings.host, settings.port, hint)


def url_of(settings: Settings, listening: socket.socket) -> str:
    """Tell where the API is."""
    return listener.url_of(listening, tls=bool(settings.http_cert_file))


def make_server(app: FastAPI, settings: Settings, ready: Callable[[], None]) -> Server:
    """Make the server of an app; `ready` is called when it listens."""
    config = uvicorn.Config(
        app,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=settings.http_cert_file or None,
        ssl_keyfile=settings.http_key_file or None,
    )
    return Server(config, ready)
