"""Who gets in, and what it reaches: probed with real clients that try what they must not."""

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provisioning.broker import Broker, BrokerUser, MosquittoBroker, NatsBroker, TopicPatterns
from provisioning.link_proxy import LinkProxy
from sync.link import Connected, Disconnected, Message, Outgoing, Refused, TopicRefused
from tests.brokers import (
    DOWN_A,
    DOWN_B,
    PASSWORD,
    READS_A,
    READS_HQ,
    TOPICS,
    UP_A,
    UP_B,
    USERS,
    eventually,
    forget_retained,
    linked,
    running,
    settings,
)

FORBIDDEN_TOPICS = [
    UP_B,
    TOPICS.presence("store-b"),
    DOWN_B,
    DOWN_A,
    TOPICS.headquarters,
    f"$MQTT/msgs/{UP_B}",
    f"$MQTT/rmsgs/{UP_B}",
]


@pytest.mark.parametrize("retain", [False, True])
def test_a_store_cannot_write_what_is_not_its_own(broker: Broker, retain: bool) -> None:
    everything = [*READS_HQ, *TOPICS.store_reads("store-b"), DOWN_A]
    with (
        linked(settings(broker.port, "hq", everything)) as (_, hq_heard),
        linked(settings(broker.port, "store-b", everything)) as (_, b_heard),
        linked(settings(broker.port, "store-a")) as (store, store_heard),
    ):
        for heard in (hq_heard, b_heard, store_heard):
            heard.wait(Connected)
        for topic in FORBIDDEN_TOPICS[: 5 if retain else None]:
            assert store.publish(topic, b"forged", retain=retain)
        store.publish(TOPICS.presence("store-a"), b"own")
        store.publish(UP_A, b"own")
        hq_heard.wait_for(UP_A, b"own")
        hq_heard.wait_for(TOPICS.presence("store-a"), b"own")
    with linked(settings(broker.port, "hq", everything)) as (hq, later_heard):
        later_heard.wait(Connected)  # nothing was retained either
        hq.publish(DOWN_B, b"mark")
        for heard in (hq_heard, b_heard, later_heard):
            assert all(message.payload != b"forged" for message in heard.all(Message))


FORBIDDEN_FILTERS = [
    "#",
    "+/#",
    "evt/#",
    "evt/1/chain/d/#",
    "evt/1/chain/d/+/facts",
    "evt/1/chain/d/store-b/#",
    DOWN_B,
    "evt/1/chain/u/#",
    "evt/1/chain/pres/+",
    "$MQTT/#",
    "$MQTT/sub/#",
    "$MQTT/msgs/#",
    "$JS/#",
    "$SYS/#",
    "$share/group/evt/1/chain/d/#",
]


def test_a_store_cannot_read_what_is_not_its_own(broker: Broker) -> None:
    with (
        linked(settings(broker.port, "hq", READS_HQ)) as (hq, hq_heard),
        linked(settings(broker.port, "store-b")) as (other, other_heard),
        linked(settings(broker.port, "store-a", READS_A + FORBIDDEN_FILTERS)) as (_, heard),
    ):
        for everybody in (hq_heard, other_heard, heard):
            everybody.wait(Connected)
        other.publish(UP_B, b"secret", retain=True)
        other.publish(TOPICS.presence("store-b"), b"secret")
        hq_heard.wait_for(UP_B, b"secret")
        hq_heard.wait_for(TOPICS.presence("store-b"), b"secret")
        hq.publish(DOWN_B, b"secret")
        hq.publish(DOWN_A, b"own")
        heard.wait_for(DOWN_A, b"own")
        assert set(heard.topics()) == {DOWN_A}
        forget_retained(other, UP_B)


def test_a_user_without_topics_reaches_nothing(cls: type[Broker], tmp_path: Path) -> None:
    with (
        running(cls, tmp_path, [*USERS, BrokerUser("mute", PASSWORD)]) as broker,
        linked(settings(broker.port, "hq", READS_HQ)) as (hq, hq_heard),
        linked(settings(broker.port, "mute", ["#", "evt/#", DOWN_A])) as (mute, mute_heard),
        linked(settings(broker.port, "store-a", READS_A)) as (store, store_heard),
    ):
        for heard in (hq_heard, mute_heard, store_heard):
            heard.wait(Connected)
        assert mute.publish(UP_A, b"forged")
        assert hq.publish(DOWN_A, b"own")
        store_heard.wait_for(DOWN_A, b"own")
        eventually(lambda: mute.outstanding_bytes == 0, "taken")
        assert store.publish(UP_A, b"own")
        hq_heard.wait_for(UP_A, b"own")
        assert hq_heard.topics() == [UP_A]
        assert not mute_heard.topics()


def test_a_forged_will_is_not_published(broker: Broker) -> None:
    will = Outgoing(TOPICS.presence("store-b"), b"forged", retain=True)
    with (
        linked(settings(broker.port, "hq", READS_HQ)) as (_, hq_heard),
        LinkProxy(broker.port) as proxy,
        linked(settings(proxy.port, "store-a", will=will)) as (store, heard),
    ):
        hq_heard.wait(Connected)
        heard.wait(Connected)
        proxy.reset_all()
        heard.wait(Connected, count=2)
        assert store.publish(TOPICS.presence("store-a"), b"own")
        hq_heard.wait_for(TOPICS.presence("store-a"), b"own")
        assert hq_heard.topics() == [TOPICS.presence("store-a")]


@pytest.mark.parametrize(
    "wrong",
    [{"password": "wrong-password"}, {"username": "nobody"}, {"username": None, "password": None}],
)
def test_nobody_gets_in_without_the_right_password(broker: Broker, wrong: dict[str, Any]) -> None:
    with linked(settings(broker.port, "store-a", **wrong)) as (_, heard):
        assert "uthor" in heard.wait(Refused).reason
        heard.wait(Refused, count=2)
        assert not heard.all(Connected)
    assert PASSWORD not in broker.log_tail(1000)


def test_secrets_are_readable_by_this_user_alone(broker: Broker) -> None:
    assert broker.folder.stat().st_mode & 0o777 == 0o700
    for path in broker.folder.iterdir():
        if path.is_file() and PASSWORD in path.read_text():
            assert path.stat().st_mode & 0o777 == 0o600
            assert isinstance(broker, NatsBroker)
    assert PASSWORD not in repr(USERS)


def test_mosquitto_tells_what_it_forbids_in_mqtt_5(tmp_path: Path, mosquitto_path: Path) -> None:
    with (
        running(MosquittoBroker, tmp_path, USERS) as broker,
        linked(settings(broker.port, "store-a", READS_A, protocol="5")) as (store, heard),
        linked(settings(broker.port, "hq", READS_HQ, protocol="5")) as (_, hq_heard),
    ):
        heard.wait(Connected)
        hq_heard.wait(Connected)
        assert store.publish(UP_B, b"forged")
        assert heard.wait(TopicRefused) == TopicRefused(1, UP_B, "Not authorized")
        assert store.publish(UP_A, b"own")
        hq_heard.wait_for(UP_A, b"own")


def test_mosquitto_binds_client_ids_to_users(tmp_path: Path, mosquitto_path: Path) -> None:
    with (
        running(MosquittoBroker, tmp_path, USERS) as broker,
        linked(settings(broker.port, "store-a")) as (store, heard),
    ):
        heard.wait(Connected)
        thief = settings(broker.port, "store-b", READS_A, client_id="store-a")
        with linked(thief) as (_, thief_heard):
            thief_heard.wait(Connected)
            assert store.publish(UP_A, b"still here")
            eventually(lambda: store.outstanding_bytes == 0, "taken")
        assert not heard.all(Disconnected)


def test_nats_lets_no_user_in_by_its_own_protocol(tmp_path: Path) -> None:
    with running(NatsBroker, tmp_path, USERS) as broker:
        found = re.search(r"client connections on 127.0.0.1:(\d+)", broker.log_tail(100))
        assert found
        with socket.create_connection(("127.0.0.1", int(found[1])), timeout=20) as raw:
            said = {"user": "hq", "pass": PASSWORD, "verbose": False}
            raw.sendall(f"CONNECT {json.dumps(said)}\r\nPING\r\n".encode())
            answer = b""
            while more := raw.recv(4096):
                answer += more
            assert b"Authorization Violation" in answer
            assert b"PONG" not in answer


@pytest.mark.parametrize(
    "make",
    [
        lambda: BrokerUser("a/b", PASSWORD),
        lambda: BrokerUser("", PASSWORD),
        lambda: BrokerUser("a\nuser root", PASSWORD),
        lambda: BrokerUser("a", "short"),
        lambda: BrokerUser("a", "with:colon-and-more"),
        lambda: BrokerUser("a", PASSWORD, publish=("t\ntopic readwrite #",)),
        lambda: BrokerUser("a", PASSWORD, subscribe=("#",)),
        lambda: BrokerUser("a", PASSWORD, subscribe=("t/#/u",)),
        lambda: BrokerUser("a", PASSWORD, subscribe=("t/a+",)),
        lambda: BrokerUser("a", PASSWORD, subscribe=("t.*.u",)),
        lambda: TopicPatterns(publish=("t/%u\nuser root",)),
        lambda: NatsBroker(Path("unused"), [BrokerUser("a", None)]),
        lambda: NatsBroker(Path("unused"), [BrokerUser("a", PASSWORD), BrokerUser("a", PASSWORD)]),
    ],
)
def test_users_that_cannot_be_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"broker user|password|topic filter|same name"):
        make()
