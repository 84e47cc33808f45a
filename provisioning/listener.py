"""An address is taken before anything else is done, so that a second program fails at once."""

import socket

BACKLOG = 256


def listen(host: str, port: int, hint: str) -> socket.socket:
    """Take an address for HTTP; port 0 takes a free one. Raise OSError that ends with `hint`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(f"cannot listen on {host}:{port} ({error.strerror}): {hint}") from None
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def url_of(listener: socket.socket, *, tls: bool) -> str:
    """Tell where a listener answers."""
    host, port = listener.getsockname()[:2]
    scheme = "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
