"""The proxy between two plain sockets: what it carries, holds and cuts."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioning.link_proxy import LinkProxy
from tests.brokers import eventually


@contextmanager
def listening() -> Iterator[socket.socket]:
    """Yield a socket that takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        yield server


@contextmanager
def joined(
    server: socket.socket, proxy: LinkProxy
) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield both ends of a connection through the proxy."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as near:
        far, _ = server.accept()
        with far:
            far.settimeout(20)
            yield near, far


def exactly(end: socket.socket, count: int) -> bytes:
    """Receive so many bytes."""
    data = b""
    while len(data) < count:
        more = end.recv(count - len(data))
        assert more, f"closed after {len(data)} of {count} bytes"
        data += more
    return data


def nothing_arrives(end: socket.socket) -> bool:
    """Tell whether the end stays silent for a moment."""
    end.settimeout(0.05)
    try:
        end.recv(1)
    except TimeoutError:
        return True
    finally:
        end.settimeout(20)
    return False


@pytest.fixture
def link() -> Iterator[tuple[socket.socket, LinkProxy]]:
    """Yield a listening target and a proxy in front of it."""
    with listening() as server, LinkProxy(server.getsockname()[1]) as proxy:
        yield server, proxy


payloads = st.lists(st.binary(min_size=1, max_size=20_000), max_size=8)


@pytest.mark.parametrize("delay_s", [0.0, 0.002])
@pytest.mark.parametrize("rate", [None, 20_000_000.0])
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_carries_every_byte_in_order(
    link: tuple[socket.socket, LinkProxy], delay_s: float, rate: float | None, data: st.DataObject
) -> None:
    (server, proxy), up, down = link, data.draw(payloads), data.draw(payloads)
    proxy.delay(delay_s)
    proxy.rate(rate)
    before = proxy.up_bytes, proxy.down_bytes
    with joined(server, proxy) as (near, far):
        both = [
            threading.Thread(target=near.sendall, args=[b"".join(up)]),
            threading.Thread(target=far.sendall, args=[b"".join(down)]),
        ]
        for sender in both:
            sender.start()
        assert exactly(far, sum(map(len, up))) == b"".join(up)
        assert exactly(near, sum(map(len, down))) == b"".join(down)
        for sender in both:
            sender.join()
    carried = proxy.up_bytes - before[0], proxy.down_bytes - before[1]
    assert carried == (sum(map(len, up)), sum(map(len, down)))


@pytest.mark.parametrize("ends", ["near", "far"])
def test_an_end_that_closes_closes_the_other_after_its_last_bytes(
    link: tuple[socket.socket, LinkProxy], ends: str
) -> None:
    server, proxy = link
    with joined(server, proxy) as (near, far):
        one, other = (near, far) if ends == "near" else (far, near)
        one.sendall(b"last words")
        one.shutdown(socket.SHUT_WR)
        assert exactly(other, 10) == b"last words"
        assert other.recv(1) == b""


def test_a_cut_link_resets_what_is_open_and_whatever_comes(
    link: tuple[socket.socket, LinkProxy],
) -> None:
    server, proxy = link
    with joined(server, proxy) as (near, far):
        near.sendall(b"x")
        exactly(far, 1)
        proxy.cut()
        for end in (near, far):
            with pytest.raises(ConnectionResetError):
                end.recv(1)
    with (
        socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as near,
        pytest.raises(ConnectionResetError),
    ):
        near.recv(1)
    proxy.restore()
    with joined(server, proxy) as (near, far):
        near.sendall(b"y")
        assert exactly(far, 1) == b"y"


def test_a_reset_spares_what_comes_after(link: tuple[socket.socket, LinkProxy]) -> None:
    server, proxy = link
    with joined(server, proxy) as (near, _):
        proxy.reset_all()
        with pytest.raises(ConnectionResetError):
            near.recv(1)
    with joined(server, proxy) as (near, far):
        far.sendall(b"z")
        assert exactly(near, 1) == b"z"


def test_a_black_hole_holds_everything_until_it_ends(link: tuple[socket.socket, LinkProxy]) -> None:
    server, proxy = link
    with joined(server, proxy) as (near, far):
        proxy.black_hole()
        near.sendall(b"up")
        far.sendall(b"down")
        far.shutdown(socket.SHUT_WR)
        late = socket.create_connection(("127.0.0.1", proxy.port), timeout=20)
        late.sendall(b"late")
        assert nothing_arrives(near)
        assert nothing_arrives(far)
        proxy.restore()
        assert exactly(far, 2) == b"up"
        assert exactly(near, 4) == b"down"
        with server.accept()[0] as late_far, late:
            late_far.settimeout(20)
            assert exactly(late_far, 4) == b"late"


def test_a_black_hole_may_be_cut(link: tuple[socket.socket, LinkProxy]) -> None:
    server, proxy = link
    with joined(server, proxy) as (near, far):
        proxy.black_hole()
        near.sendall(b"lost")
        proxy.cut()
        for end in (near, far):
            with pytest.raises(ConnectionResetError):
                end.recv(1)
        proxy.restore()


def test_a_target_that_is_down_resets_until_it_is_up() -> None:
    with listening() as server:
        port = server.getsockname()[1]
    with LinkProxy(port) as proxy:
        with (
            pytest.raises(ConnectionResetError),  # the reset may overtake the end of connecting
            socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as near,
        ):
            near.recv(1)
        with socket.create_server(("127.0.0.1", port)) as server:
            server.settimeout(20)
            with joined(server, proxy) as (near, far):
                near.sendall(b"up again")
                assert exactly(far, 8) == b"up again"


def test_a_slow_link_holds_back_its_sender(link: tuple[socket.socket, LinkProxy]) -> None:
    server, proxy = link
    with joined(server, proxy) as (near, far):
        proxy.rate(1.0)
        near.settimeout(0.2)
        with pytest.raises(TimeoutError):
            near.sendall(bytes(1 << 26))
        assert proxy.up_bytes < 10
        proxy.rate(None)
        assert len(exactly(far, 1 << 16)) == 1 << 16


def test_nothing_is_left_after_the_end() -> None:
    threads = threading.active_count()
    with listening() as server, LinkProxy(server.getsockname()[1]) as proxy:
        with joined(server, proxy) as (near, far):
            proxy.black_hole()
            near.sendall(b"x")
            proxy.stop()
            for end in (near, far):
                with pytest.raises(ConnectionResetError):
                    end.recv(1)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", proxy.port))
    eventually(lambda: threading.active_count() == threads, "its thread ends")
