"""A port is a descriptor named by a URL; what is behind it does not matter to the device.

``/dev/serial/by-id/…?baud=9600&frame=7E1``, ``/dev/usb/lp0``, ``evdev:///dev/input/by-id/…``,
``socket://host:9100``, ``rfc2217://host:port?baud=9600``. Everything ends as one non-blocking
descriptor that the event loop can watch, so no port is ever polled. POSIX only.
"""

import asyncio
import fcntl
import os
import select
import socket
import stat
import termios
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

import serial

CHUNK_BYTES = 65536
CONNECT_TIMEOUT_S = 5.0
EVIOCGRAB = 0x40044590  # linux/input.h: _IOW('E', 0x90, int)


class PortError(OSError):
    """The port cannot be opened or was lost; the text says which and why."""


class Port:
    """One open descriptor. `close` gives it back at once, so that a replug can reuse the name."""

    def __init__(
        self,
        descriptor: int,
        on_close: Callable[[], None] | None = None,
        *,
        empty_is_loss: bool = True,
    ) -> None:
        self.descriptor = descriptor
        self._on_close = on_close
        self._empty_is_loss = empty_is_loss
        os.set_blocking(descriptor, False)

    def read(self) -> bytes:
        """Whatever has come, ``b""`` when that is nothing.

        Raises `PortError` when the other side is gone.
        """
        try:
            data = os.read(self.descriptor, CHUNK_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortError(f"read failed: {error.strerror}") from error
        if not data and self._empty_is_loss:
            # A vanished USB adapter is "ready to read" for ever and never has data.
            raise PortError("the other side closed")
        return data

    def has_news(self) -> bool:
        """Whether something has come that was not read, or the other side is gone."""
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        return bool(poll.poll(0))

    def write(self, data: bytes) -> int:
        """Write what fits now and return how many bytes that was."""
        try:
            return os.write(self.descriptor, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise PortError(f"write failed: {error.strerror}") from error

    def close(self) -> None:
        """Give the descriptor back; a second call does nothing."""
        if self.descriptor < 0:
            return
        descriptor, self.descriptor = self.descriptor, -1
        if self._on_close is not None:
            self._on_close()
        else:
            os.close(descriptor)


Opener = Callable[[str], Awaitable[Port]]


async def open_port(url: str) -> Port:
    """Open a port by URL. Raises `PortError` with what to check when that fails."""
    parts = urlsplit(url)
    opener = {
        "": _open_path,
        "evdev": _open_evdev,
        "socket": _open_socket,
        "rfc2217": _open_rfc2217,
    }.get(parts.scheme)
    if opener is None:
        raise PortError(f"unknown kind of port {parts.scheme}:// in {url}")
    try:
        return await opener(parts)
    except (OSError, ValueError, termios.error, serial.SerialException) as error:
        raise PortError(f"cannot open {url}: {error}") from error


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Baud rate and frame of a serial line."""

    baud: int = 9600
    data_bits: int = 8
    parity: str = "N"
    stop_bits: int = 1


def line_settings(query: str) -> LineSettings:
    """Read ``baud=9600&frame=7E1``; what is not given is 9600 8N1. Raises ValueError."""
    given = dict(parse_qsl(query))
    frame = given.pop("frame", "8N1").upper()
    baud = int(given.pop("baud", "9600"))
    if given:
        raise ValueError(f"unknown port setting {', '.join(sorted(given))}; use baud and frame")
    if len(frame) != 3 or frame[0] not in "78" or frame[1] not in "NEO" or frame[2] not in "12":
        raise ValueError(f"frame {frame!r} is not of the form 8N1 or 7E1")
    return LineSettings(baud, int(frame[0]), frame[1], int(frame[2]))


def _apply(line: serial.Serial, settings: LineSettings) -> None:
    # Software flow control stays off: weights and pictures contain the bytes 0x11 and 0x13.
    line.baudrate = settings.baud
    line.bytesize = settings.data_bits
    line.parity = settings.parity
    line.stopbits = settings.stop_bits


async def _open_path(parts: SplitResult) -> Port:
    mode = os.stat(parts.path).st_mode
    if not stat.S_ISCHR(mode):
        raise ValueError("this is not a device file")
    descriptor = os.open(parts.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    is_tty = os.isatty(descriptor)
    os.close(descriptor)
    if not is_tty:  # a USB printer's /dev/usb/lp0: it sends empty packets, and an error when gone
        return Port(os.open(parts.path, os.O_RDWR | os.O_NONBLOCK), empty_is_loss=False)
    line = serial.Serial(timeout=0, exclusive=True)
    _apply(line, line_settings(parts.query))
    line.port = parts.path
    line.open()
    return Port(line.fileno(), line.close)


async def _open_evdev(parts: SplitResult) -> Port:
    descriptor = os.open(parts.path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        # Grabbed, so that scans never end up as typing in whatever window has the focus.
        fcntl.ioctl(descriptor, EVIOCGRAB, 1)
    except OSError:
        os.close(descriptor)
        raise
    return Port(descriptor)


async def _open_socket(parts: SplitResult) -> Port:
    if parts.hostname is None or parts.port is None:
        raise ValueError("write it as socket://host:port")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, address = found[0]
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # A printer that loses power sends no goodbye: let the kernel notice within seconds.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (("TCP_KEEPIDLE", 2), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 2)):
            if hasattr(socket, option):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        await asyncio.wait_for(loop.sock_connect(sock, address), CONNECT_TIMEOUT_S)
    except TimeoutError:
        sock.close()
        raise ValueError("no answer: is it switched on and on this network?") from None
    except BaseException:
        sock.close()
        raise
    return Port(sock.detach())


async def _open_rfc2217(parts: SplitResult) -> Port:
    # pyserial speaks RFC 2217 in threads and has no descriptor: one thread each way joins it to
    # a socket pair, so that everything above stays the same.
    line = serial.serial_for_url(f"rfc2217://{parts.netloc}", do_not_open=True, timeout=None)
    _apply(line, line_settings(parts.query))
    await asyncio.to_thread(line.open)
    ours, theirs = socket.socketpair()

    def from_line() -> None:
        try:
            while data := line.read(max(1, line.in_waiting)):
                theirs.sendall(data)
        except OSError:
            pass  # either side is gone; closing below tells the other
        finally:
            theirs.close()

    def to_line() -> None:
        try:
            while data := theirs.recv(CHUNK_BYTES):
                line.write(data)
        except OSError:
            pass
        finally:
            line.close()

    for target_loop in (from_line, to_line):
        threading.Thread(target=target_loop, name=f"rfc2217 {parts.netloc}", daemon=True).start()
    return Port(ours.detach())
