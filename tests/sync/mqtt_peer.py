"""The other side of an MQTT 3.1.1 connection, written by hand: says what it is told, no more."""

import socket
import ssl
import struct
from typing import Self

CONNACK = bytes.fromhex("20 02 00 00")
PINGRESP = bytes.fromhex("d0 00")


def packet(first: int, body: bytes) -> bytes:
    """Frame a control packet."""
    length, size = bytearray(), len(body)
    while True:
        size, digit = divmod(size, 128)
        length.append(digit | (0x80 if size else 0))
        if not size:
            return bytes([first]) + bytes(length) + body


def text(value: str) -> bytes:
    """Encode a string with its length."""
    return struct.pack(">H", len(value.encode())) + value.encode()


def publish(topic: str, payload: bytes, mid: int) -> bytes:
    """Encode a message of QoS 1."""
    return packet(0x32, text(topic) + struct.pack(">H", mid) + payload)


def puback(mid: int) -> bytes:
    """Encode the acknowledgement of a message."""
    return packet(0x40, struct.pack(">H", mid))


class Peer:
    """Listens on `port`; `accept` takes the next connection, `receive` its next packet."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(20)
        self.port: int = self._listener.getsockname()[1]
        self._line: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()
        self._listener.close()

    @property
    def line(self) -> socket.socket:
        """The connection accepted last."""
        assert self._line
        return self._line

    def accept(self, answer: bytes = CONNACK) -> bytes:
        """Take the next connection, answer its CONNECT and return that."""
        self.drop()
        line, _ = self._listener.accept()
        self._line = self._tls.wrap_socket(line, server_side=True) if self._tls else line
        self._line.settimeout(20)
        connect = self.receive()
        self.send(answer)
        return connect

    def grant(self) -> bytes:
        """Receive a SUBSCRIBE to one topic filter and grant it; return the packet."""
        subscribe = self.receive()
        assert subscribe[0] == 0x82
        self.send(packet(0x90, subscribe[2:4] + b"\x01"))
        return subscribe

    def drop(self) -> None:
        """Close the connection, if there is one."""
        if self._line:
            self._line.close()
            self._line = None

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.line.sendall(data)

    def receive(self) -> bytes:
        """Return the next control packet other than a ping, which is answered."""
        while True:
            head, length, shift = self._exactly(1), 0, 0
            raw = b""
            while True:
                raw += self._exactly(1)
                length |= (raw[-1] & 127) << shift
                shift += 7
                if raw[-1] < 128:
                    break
            body = self._exactly(length)
            if head != b"\xc0":
                return head + raw + body
            self.send(PINGRESP)

    def received(self, count: int) -> list[tuple[str, bytes, int]]:
        """Receive so many messages of QoS 1; return topic, payload and message id of each."""
        found = []
        for _ in range(count):
            data = self.receive()
            assert data[0] & 0xF6 == 0x32, data[:40]
            body = data[2 if data[1] < 128 else 3 :]
            size = struct.unpack(">H", body[:2])[0]
            mid = struct.unpack(">H", body[2 + size : 4 + size])[0]
            found.append((body[2 : 2 + size].decode(), body[4 + size :], mid))
        return found

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.line.recv(count - len(data))
            if not more:
                raise EOFError("the link closed the connection")
            data += more
        return data
