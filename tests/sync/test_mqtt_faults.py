"""The link when the other side is silent, absent, hostile or wrong: told once, and tried again."""

import socket
import ssl
import struct
import time
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from provisioning.broker_process import free_port
from sync.link import (
    Connected,
    Disconnected,
    LinkEvent,
    Message,
    MqttSettings,
    Refused,
    Unreachable,
    pause_s,
)
from sync.mqtt import MqttLink
from tests.brokers import Recorder, eventually, linked, settings
from tests.sync.mqtt_peer import CONNACK, Peer, packet, publish


def test_a_silent_peer_is_noticed_by_keepalive_exactly_once() -> None:
    with Peer() as peer, linked(settings(peer.port, "a", keepalive_s=1)) as (_, heard):
        peer.accept()
        assert heard.wait(Disconnected) == Disconnected(1, "Keep alive timeout")
        peer.accept()
        heard.wait(Connected, count=2)
        assert len(heard.all(Disconnected)) == 1


def test_a_peer_that_never_answers_is_unreachable() -> None:
    with Peer() as peer, linked(settings(peer.port, "a", connect_timeout_s=0.1)) as (_, heard):
        peer.accept(b"")
        assert heard.wait(Unreachable).reason == "no answer within 0.1 s"
        peer.accept()
        heard.wait(Connected)


def test_nobody_listening_is_unreachable_until_somebody_is() -> None:
    port = free_port()
    with linked(settings(port, "a")) as (_, heard):
        assert "refused" in heard.wait(Unreachable).reason.lower()
        heard.wait(Unreachable, count=3)
        assert not heard.all(Refused)


def test_a_failing_receiver_ends_the_connection_and_not_the_link(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard = Recorder()

    def receive(event: LinkEvent) -> None:
        heard(event)
        if isinstance(event, Message) and event.payload == b"poison":
            raise RuntimeError("cannot take this")

    with Peer() as peer:
        link = MqttLink(settings(peer.port, "a"), receive, lambda: 0.5)
        link.start()
        peer.accept()
        peer.send(publish("d", b"poison", 1))
        assert "receiver" in heard.wait(Disconnected).reason
        peer.accept()
        peer.send(publish("d", b"fine", 1))
        heard.wait_for("d", b"fine")
        assert link.stop()
    assert "cannot take this" in caplog.text


def test_wrong_credentials_are_told_and_tried_again_late() -> None:
    with Peer() as peer, linked(settings(peer.port, "a")) as (_, heard):
        peer.accept(bytes.fromhex("20 02 00 05"))
        assert heard.wait(Refused) == Refused("Not authorized")
        peer.accept()
        heard.wait(Connected)


@example(packet(0x30, b"\x00\x01\xff"))  # a topic that is no text
@example(packet(0x32, b"\x00"))
@example(packet(0x90, b"\x00"))
@example(b"\x30\xff\xff\xff\xff\xff")
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    garbage=st.binary(max_size=64) | st.tuples(st.sampled_from(range(16)), st.binary(max_size=40))
)
def test_whatever_a_peer_says_the_link_connects_again(
    garbage: bytes | tuple[int, bytes],
) -> None:
    data = garbage if isinstance(garbage, bytes) else packet(garbage[0] << 4, garbage[1])
    with Peer() as peer, linked(settings(peer.port, "a", backoff_max_s=0.01)) as (link, heard):
        peer.accept(data)
        peer.accept(CONNACK + data)
        peer.accept()
        last = heard.wait(Connected, lambda _: True)
        eventually(lambda: link.publish("u", b"well"), "the link accepts messages")
        ended = [event.connection for event in heard.all(Disconnected)]
        assert ended == sorted(set(ended))
        assert last.connection == 1


def test_a_reset_is_told_in_words() -> None:
    with Peer() as peer, linked(settings(peer.port, "a")) as (_, heard):
        peer.accept()
        heard.wait(Connected)
        peer.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.drop()
        assert "reset by peer" in heard.wait(Disconnected).reason


def test_a_close_is_told_in_words() -> None:
    with Peer() as peer, linked(settings(peer.port, "a")) as (_, heard):
        peer.accept()
        heard.wait(Connected)
        peer.drop()
        assert heard.wait(Disconnected).reason == "closed by the broker"


def test_all_messages_of_one_tls_record_are_read(tmp_path: Path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    how = settings(0, "a", ca_file=tmp_path / "ca.pem", keepalive_s=600)
    with Peer(context) as peer, linked(replace(how, port=peer.port)) as (_, heard):
        peer.accept()
        heard.wait(Connected)
        peer.send(b"".join(publish("d", b"%d" % number, number) for number in range(1, 9)))
        heard.wait(Message, count=8)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Return a list of what every pause was asked for, and make no pauses."""
    asked: list[tuple[int, bool]] = []

    def pause(_: MqttSettings, failures: int, refused: bool, jitter: float) -> float:
        assert jitter == 0.5
        asked.append((failures, refused))
        return 0.0

    monkeypatch.setattr("sync.link.pause_s", pause)
    return asked


def test_pauses_grow_with_failures_and_start_anew_after_a_long_connection(
    pauses: list[tuple[int, bool]],
) -> None:
    with Peer() as peer, linked(settings(peer.port, "a", backoff_max_s=0.01)) as (_, heard):
        for _ in range(2):
            peer.accept(b"")
            peer.drop()
        peer.accept(bytes.fromhex("20 02 00 05"))
        peer.accept()
        heard.wait(Connected)
        time.sleep(0.02)
        peer.accept()
        heard.wait(Connected, count=2)
        assert pauses == [(0, False), (1, False), (2, True), (0, False)]


def test_pauses_grow_while_connections_are_short(pauses: list[tuple[int, bool]]) -> None:
    with Peer() as peer, linked(settings(peer.port, "a", backoff_max_s=600)) as (_, heard):
        for life in (1, 2, 3):
            peer.accept()
            heard.wait(Connected, count=life)
        assert pauses == [(0, False), (1, False)]


@given(
    failures=st.integers(0, 10_000),
    refused=st.booleans(),
    jitter=st.floats(0, 1, exclude_max=True),
    low=st.floats(0.001, 10),
    span=st.floats(1, 1000),
)
def test_pauses_stay_within_their_bounds(
    failures: int, refused: bool, jitter: float, low: float, span: float
) -> None:
    how = settings(1, "a", backoff_min_s=low, backoff_max_s=low * span)
    pause = pause_s(how, failures, refused, jitter)
    assert 0 <= pause <= how.backoff_max_s
    if refused:
        assert pause >= how.backoff_max_s / 2
    assert pause_s(how, 0, refused=False, jitter=jitter) <= low
