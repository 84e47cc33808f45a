"""A listener opens after headquarters is ready, and the process ends in order on a signal."""

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from central.settings import Settings

GRACE_S = 5
BACKLOG = 256


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
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise OSError(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}): is headquarters"
            " running already? Set `host` and `port` in central.toml; port 0 takes a free one."
        ) from None
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def url_of(settings: Settings, listener: socket.socket) -> str:
    """Tell where the API is."""
    host, port = listener.getsockname()[:2]
    scheme = "https" if settings.http_cert_file else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


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
