"""The link against a peer written by hand, which says and withholds what no broker would."""

import gc
import logging
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from sync.link import (
    MAX_MESSAGE_BYTES,
    Connected,
    Disconnected,
    Drained,
    LinkEvent,
    Message,
    Outgoing,
    Oversized,
    TopicRefused,
)
from sync.mqtt import MqttLink
from tests.brokers import PASSWORD, Recorder, linked, settings
from tests.sync.mqtt_peer import Peer, packet, puback, publish, text


def test_connects_with_a_clean_session_and_its_will() -> None:
    will, birth = Outgoing("pres/a", b"gone", retain=True), Outgoing("pres/a", b"here", retain=True)
    with (
        Peer() as peer,
        linked(settings(peer.port, "a", ["d/a/#"], will=will, birth=birth)) as (_, heard),
    ):
        connect = peer.accept()
        flags = (
            0x80 | 0x40 | 0x20 | 0x08 | 0x04 | 0x02
        )  # name, password, retained will at QoS 1, clean
        assert connect == packet(
            0x10,
            text("MQTT")
            + bytes([4, flags, 0, 15])
            + text("a")
            + text("pres/a")
            + text("gone")
            + text("a")
            + text(PASSWORD),
        )
        assert peer.grant()[4:] == text("d/a/#") + b"\x01"
        heard.wait(Connected)
        assert peer.receive() == packet(0x33, text("pres/a") + b"\x00\x02here")
        peer.drop()


def test_says_connected_only_after_the_subscription_is_answered() -> None:
    with Peer() as peer, linked(settings(peer.port, "a", ["d/#"])) as (link, heard):
        peer.accept()
        subscribe = peer.receive()
        assert not heard.events
        assert not link.publish("u", b"too early")
        peer.send(packet(0x90, subscribe[2:4] + b"\x80"))
        heard.wait(Connected)
        assert heard.events[0] == TopicRefused(1, "d/#", "not granted")


def test_a_message_before_the_subscriptions_answer_comes_after_connected() -> None:
    with Peer() as peer, linked(settings(peer.port, "a", ["d/#"])) as (_, heard):
        peer.accept()
        peer.receive()
        peer.send(publish("d/1", b"retained", 1))
        heard.wait(Message)
        assert [type(event) for event in heard.events] == [Connected, Message]


def test_a_late_or_second_acknowledgement_is_ignored() -> None:
    with Peer() as peer, linked(settings(peer.port, "a"), hold=True) as (link, heard):
        peer.accept()
        peer.send(publish("d", b"first", 7))
        old = heard.wait(Message)
        peer.accept()
        peer.send(publish("d", b"second", 7))
        new = heard.wait(Message, count=2)
        assert (old.connection, new.connection) == (1, 2)
        old.acknowledge()
        assert link.publish("u", b"mark")
        assert peer.received(1) == [("u", b"mark", 1)]
        new.acknowledge()
        assert peer.receive() == puback(7)
        new.acknowledge()
        peer.send(publish("d", b"third", 7))  # the id may be used again from here on
        heard.wait(Message, count=3)
        new.acknowledge()
        assert link.publish("u", b"mark")
        assert peer.received(1) == [("u", b"mark", 2)]


def test_hands_over_no_more_than_the_window() -> None:
    with Peer() as peer, linked(settings(peer.port, "a", window_messages=3)) as (link, heard):
        peer.accept()
        heard.wait(Connected)
        payloads = [f"{n}".encode() for n in range(8)]
        assert all(link.publish("u", payload) for payload in payloads)
        first = peer.received(3)
        peer.send(publish("d", b"mark", 9))
        assert peer.receive() == puback(9)  # and not a fourth message
        peer.send(puback(first[1][2]))
        fourth = peer.received(1)
        assert [payload for _, payload, _ in first + fourth] == payloads[:4]
        assert heard.wait(Drained).outstanding_bytes == 7 * 2 == link.outstanding_bytes


def test_hands_over_no_more_than_an_mqtt_5_broker_receives() -> None:
    with Peer() as peer, linked(settings(peer.port, "a", protocol="5")) as (link, heard):
        peer.accept(bytes.fromhex("20 06 00 00 03 21 00 02"))  # Receive Maximum: 2
        heard.wait(Connected)
        assert all(link.publish("u", payload) for payload in (b"1", b"2", b"3"))
        no_properties = b"\x00"
        assert [payload for _, payload, _ in peer.received(2)] == [b"\x001", b"\x002"]
        peer.send(packet(0x32, text("d") + b"\x00\x09" + no_properties + b"mark"))
        assert peer.receive() == puback(9)
        peer.send(puback(1))
        assert [payload for _, payload, _ in peer.received(1)] == [b"\x003"]


def test_takes_no_more_than_the_queue_holds_and_sends_on_when_drained() -> None:
    full = MAX_MESSAGE_BYTES
    with Peer() as peer, linked(settings(peer.port, "a", queue_bytes=2 * full)) as (link, heard):
        peer.accept()
        heard.wait(Connected)
        assert link.publish("u", bytes(full))
        assert not link.publish("u", bytes(full))
        assert link.publish("u", bytes(full - 2))
        assert not link.publish("u", b"")
        assert link.outstanding_bytes == 2 * full
        peer.received(1)
        peer.send(puback(1))
        heard.wait(Drained)
        assert link.publish("u", b"room again")


def test_reads_no_more_while_too_much_is_unacknowledged() -> None:
    with (
        Peer() as peer,
        linked(settings(peer.port, "a", held_messages=2), hold=True) as (
            link,
            heard,
        ),
    ):
        peer.accept()
        for number in range(5):
            peer.send(publish("d", b"%d" % number, number + 1))
        heard.wait(Message, count=2)
        assert link.publish("u", b"it still sends")
        peer.received(1)
        assert len(heard.all(Message)) == 2
        for number in range(5):
            heard.wait(Message, count=number + 1).acknowledge()
            assert peer.receive() == puback(number + 1)
        assert [message.payload for message in heard.all(Message)] == [b"0", b"1", b"2", b"3", b"4"]


def test_nothing_survives_a_connection() -> None:
    with Peer() as peer, linked(settings(peer.port, "a", window_messages=2)) as (link, heard):
        peer.accept()
        heard.wait(Connected)
        assert all(link.publish("u", b"old") for _ in range(5))
        peer.received(2)
        peer.drop()
        heard.wait(Disconnected)
        assert link.outstanding_bytes == 0
        assert not link.publish("u", b"nobody there")
        peer.accept()
        heard.wait(Connected, count=2)
        assert link.publish("u", b"new")
        assert peer.received(1) == [("u", b"new", 1)]


def test_an_oversized_message_is_acknowledged_and_dropped() -> None:
    with Peer() as peer, linked(settings(peer.port, "a")) as (_, heard):
        peer.accept()
        peer.send(publish("d", bytes(MAX_MESSAGE_BYTES + 1), 3))
        assert heard.wait(Oversized) == Oversized("d", MAX_MESSAGE_BYTES + 1)
        assert peer.receive() == puback(3)
        peer.send(publish("d", bytes(MAX_MESSAGE_BYTES), 4))
        assert len(heard.wait(Message).payload) == MAX_MESSAGE_BYTES


@pytest.mark.parametrize(
    ("topic", "payload"),
    [("", b""), ("u/+", b""), ("u/#", b""), ("u\0", b""), ("u" * 513, b""), ("u", bytes(65537))],
)
def test_refuses_what_cannot_be_published(topic: str, payload: bytes) -> None:
    with Peer() as peer, linked(settings(peer.port, "a")) as (link, heard):
        peer.accept()
        heard.wait(Connected)
        with pytest.raises(ValueError, match=r"topic|message"):
            link.publish(topic, payload)
        assert link.outstanding_bytes == 0


def test_stop_ends_with_a_backlog_nobody_takes() -> None:
    how: dict[str, Any] = {"window_messages": 2, "will": Outgoing("pres/a", b"gone")}
    with Peer() as peer:
        heard = Recorder()
        link = MqttLink(settings(peer.port, "a", **how), heard, lambda: 0.5)
        link.start()
        peer.accept()
        heard.wait(Connected)
        while link.publish("u", bytes(MAX_MESSAGE_BYTES)):
            pass
        assert link.stop(0.2)
        assert heard.all(Disconnected) == [Disconnected(1, "stopped")]
        assert not link.publish("u", b"after the end")


def test_stop_says_the_will_and_goodbye() -> None:
    will = Outgoing("pres/a", b"gone", retain=True)
    with Peer() as peer:
        heard = Recorder()
        link = MqttLink(settings(peer.port, "a", will=will), heard, lambda: 0.5)
        link.start()
        peer.accept()
        heard.wait(Connected)
        assert link.publish("u", b"under way")
        peer.received(1)
        stopping = threading.Thread(target=link.stop, args=[20.0])
        stopping.start()
        assert peer.receive() == packet(0x33, text("pres/a") + b"\x00\x02gone")
        peer.send(puback(1) + puback(2))
        assert peer.receive() == packet(0xE0, b"")
        stopping.join()
        assert heard.wait(Disconnected).reason == "stopped"


def test_stop_before_start_and_within_an_event() -> None:
    never = MqttLink(settings(1, "a"), Recorder(), lambda: 0.5)
    assert never.stop()
    with Peer() as peer:
        heard = Recorder()

        def receive(event: LinkEvent) -> None:
            if isinstance(event, Connected):
                assert not link.stop()
            heard(event)

        link = MqttLink(settings(peer.port, "a"), receive, lambda: 0.5)
        link.start()
        peer.accept()
        assert heard.wait(Disconnected).reason == "stopped"
        assert link.stop()


def test_announcements_change_with_the_next_connection() -> None:
    with Peer() as peer, linked(settings(peer.port, "a")) as (link, heard):
        peer.accept()
        heard.wait(Connected)
        link.announce(Outgoing("pres/a", b"epoch 2"), Outgoing("pres/a", b"gone 2"))
        assert text("gone 2") in peer.accept()
        assert peer.received(1) == [("pres/a", b"epoch 2", 1)]
        peer.drop()


def test_secrets_are_in_no_log_and_no_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    will = Outgoing("pres/a", b"payload-of-will")
    how = settings(1, "a", will=will)
    with Peer() as peer, linked(settings(peer.port, "a", will=will)) as (_, heard):
        peer.accept()
        peer.send(publish("d", b"payload-of-message", 1))
        heard.wait(Message)
        said = f"{how} {heard.events} {caplog.text}"
        peer.drop()
    for secret in (PASSWORD, "payload-of-will", "payload-of-message"):
        assert secret not in said


def test_sends_without_delay() -> None:
    with Peer() as peer, linked(settings(peer.port, "a")) as (_, heard):
        peer.accept()
        heard.wait(Connected)
        (ours,) = [
            found
            for found in gc.get_objects()
            if isinstance(found, socket.socket)
            and found.fileno() >= 0
            and found.family == socket.AF_INET
            and found.getsockname() == peer.line.getpeername()
        ]
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "a b"},
        {"client_id": ""},
        {"cert_file": Path("c.pem")},
        {"keepalive_s": 0},
        {"window_messages": 0},
        {"held_messages": 0},
        {"backoff_min_s": 0},
        {"backoff_min_s": 2, "backoff_max_s": 1},
        {"queue_bytes": MAX_MESSAGE_BYTES},
        {"will": Outgoing("+", b"")},
        {"birth": Outgoing("t", bytes(MAX_MESSAGE_BYTES + 1))},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"at least|needs|above|is no topic|at most|client_id"):
        settings(1, "a", **wrong)
