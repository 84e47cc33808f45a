"""What every broker must do, with real clients; each test runs on every kind."""

import socket
import time
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from provisioning.broker import Broker, BrokerUser
from provisioning.link_proxy import LinkProxy
from sync.link import Connected, Disconnected, Message, Outgoing, Oversized
from tests.brokers import (
    DOWN_A,
    PASSWORD,
    READS_A,
    READS_HQ,
    TOPICS,
    UP_A,
    UP_B,
    eventually,
    forget_retained,
    linked,
    running,
    settings,
)
from tests.sync.mqtt_peer import CONNACK, packet, publish, text


def test_delivers_both_ways(broker: Broker) -> None:
    with (
        linked(settings(broker.port, "hq", READS_HQ)) as (hq, hq_heard),
        linked(settings(broker.port, "store-a", READS_A)) as (store, store_heard),
    ):
        hq_heard.wait(Connected)
        store_heard.wait(Connected)
        numbers = [f"{n}".encode() for n in range(200)]
        for number in numbers:
            assert store.publish(UP_A, number)
            assert hq.publish(DOWN_A, number)
        hq_heard.wait_for(UP_A, numbers[-1])
        store_heard.wait_for(DOWN_A, numbers[-1])
        assert [message.payload for message in hq_heard.all(Message)] == numbers
        assert [message.payload for message in store_heard.all(Message)] == numbers
        eventually(lambda: store.outstanding_bytes == 0, "everything taken")


def test_the_will_of_a_dead_link_is_published(broker: Broker) -> None:
    presence = TOPICS.presence("store-a")
    how: dict[str, Any] = {
        "will": Outgoing(presence, b"gone"),
        "birth": Outgoing(presence, b"here"),
    }
    with (
        linked(settings(broker.port, "hq", READS_HQ)) as (_, hq_heard),
        LinkProxy(broker.port) as proxy,
    ):
        hq_heard.wait(Connected)
        with linked(settings(proxy.port, "store-a", keepalive_s=1, **how)) as (_, heard):
            hq_heard.wait_for(presence, b"here")
            proxy.black_hole()
            hq_heard.wait_for(presence, b"gone")
            heard.wait(Disconnected)
            assert len(heard.all(Disconnected)) == 1
            proxy.restore()
            heard.wait(Connected, count=2)
            hq_heard.wait(Message, lambda message: message.payload == b"here", count=2)
        hq_heard.wait(Message, lambda message: message.payload == b"gone", count=2)


def test_what_headquarters_retains_reaches_a_store_that_comes_later(broker: Broker) -> None:
    state = Outgoing(TOPICS.headquarters, b"here", retain=True)
    with linked(settings(broker.port, "hq", birth=state)) as (hq, hq_heard):
        hq_heard.wait(Connected)
        eventually(lambda: hq.outstanding_bytes == 0, "the birth is taken")
        with linked(settings(broker.port, "store-a", READS_A)) as (_, heard):
            heard.wait_for(TOPICS.headquarters, b"here")
        forget_retained(hq, TOPICS.headquarters)


def test_a_receiver_that_holds_back_is_not_flooded(broker: Broker) -> None:
    count, limit = 1500, 100  # Mosquitto 2.0 forgets its own limit with the first acknowledgement
    slow = settings(broker.port, "hq", READS_HQ, held_messages=limit)
    with (
        linked(slow, hold=True) as (_, hq_heard),
        linked(settings(broker.port, "store-a")) as (store, heard),
    ):
        hq_heard.wait(Connected)
        heard.wait(Connected)
        for number in range(count):
            eventually(partial(store.publish, UP_A, f"{number}".encode()), "room")
        eventually(lambda: store.outstanding_bytes == 0, "everything taken by the broker")
        acknowledged = 0
        while acknowledged < count:
            hq_heard.wait(Message, count=acknowledged + 1)
            messages = hq_heard.all(Message)
            assert len(messages) <= acknowledged + limit
            for message in messages[acknowledged:]:
                message.acknowledge()
            acknowledged = len(messages)
        assert [int(message.payload) for message in hq_heard.all(Message)] == list(range(count))


def test_an_oversized_message_is_counted_and_stops_nobody(broker: Broker) -> None:
    with (
        linked(settings(broker.port, "hq", READS_HQ)) as (_, hq_heard),
        socket.create_connection(("127.0.0.1", broker.port)) as raw,
        linked(settings(broker.port, "store-a")) as (store, heard),
    ):
        hq_heard.wait(Connected)
        heard.wait(Connected)
        assert _log_in(raw, "store-b") == CONNACK
        raw.sendall(publish(UP_B, bytes(70_000), 1))
        assert hq_heard.wait(Oversized) == Oversized(UP_B, 70_000)
        assert store.publish(UP_A, b"fine")
        hq_heard.wait_for(UP_A, b"fine")


def _log_in(line: socket.socket, user: str) -> bytes:
    line.settimeout(20)
    said = text("MQTT") + b"\x04\xc2\x00\x3c" + text(f"raw-{user}") + text(user) + text(PASSWORD)
    line.sendall(packet(0x10, said))
    return line.recv(4)


def test_every_connection_ends_exactly_once_whatever_the_link_does(broker: Broker) -> None:
    steps = Random(1)
    with (
        linked(settings(broker.port, "hq", READS_HQ)) as (_, hq_heard),
        LinkProxy(broker.port) as proxy,
        linked(settings(proxy.port, "store-a", keepalive_s=1)) as (store, heard),
    ):
        hq_heard.wait(Connected)
        for _ in range(60):
            steps.choice([proxy.cut, proxy.black_hole, proxy.reset_all, proxy.restore])()
            proxy.delay(steps.choice([0.0, 0.005]))
            store.publish(UP_A, bytes(steps.randrange(4000)))
            time.sleep(steps.choice([0.0, 0.01, 0.03]))
        proxy.delay(0.0)
        proxy.restore()

        def arrives() -> bool:
            store.publish(UP_A, b"mark")  # and again: the link may not know yet that it is dead
            return any(message.payload == b"mark" for message in hq_heard.all(Message))

        eventually(arrives, "a message arrives again")
    told = [
        (type(e), e.connection) for e in heard.events if isinstance(e, Connected | Disconnected)
    ]
    lives = range(1, len(told) // 2 + 1)
    assert told == [(kind, life) for life in lives for kind in (Connected, Disconnected)]


@pytest.mark.parametrize("forget", [False, True], ids=["restart", "forget"])
def test_links_come_back_after_kill_and_restart(own_broker: Broker, forget: bool) -> None:
    with (
        linked(settings(own_broker.port, "hq", READS_HQ)) as (_, hq_heard),
        linked(settings(own_broker.port, "store-a", READS_A)) as (store, heard),
    ):
        for life in (1, 2, 3):
            hq_heard.wait(Connected, count=life)
            heard.wait(Connected, count=life)
            payload = f"life {life}".encode()
            assert store.publish(UP_A, payload)
            hq_heard.wait_for(UP_A, payload)
            port = own_broker.port
            own_broker.kill()
            assert not own_broker.running
            heard.wait(Disconnected, count=life)
            hq_heard.wait(Disconnected, count=life)
            assert not store.publish(UP_A, b"nobody there")
            if forget:
                own_broker.forget()
            own_broker.restart()
            assert own_broker.port == port
        for said in (heard, hq_heard):
            said.wait(Connected, count=4)
            assert [e.connection for e in said.all(Disconnected)] == [1, 2, 3]


def test_stops_in_order_and_knows_that_it_has(own_broker: Broker) -> None:
    with linked(settings(own_broker.port, "store-a")) as (_, heard):
        heard.wait(Connected)
        with pytest.raises(RuntimeError, match="stop it"):
            own_broker.forget()
        own_broker.start()  # a running one stays as it is
        assert own_broker.running
        own_broker.stop()
        assert not own_broker.running
        heard.wait(Disconnected)


def test_connections_are_limited(cls: type[Broker], tmp_path: Path) -> None:
    limit, tried = 2, 12
    users = [BrokerUser(f"user-{number}", PASSWORD) for number in range(tried)]
    with running(cls, tmp_path, users, max_connections=limit) as small, ExitStack() as open_lines:
        admitted = 0
        for user in users:
            line = open_lines.enter_context(socket.create_connection(("127.0.0.1", small.port)))
            with suppress(ConnectionError):
                admitted += _log_in(line, user.name) == CONNACK
        assert admitted == limit
