"""One conformance suite for every broker, with real clients; then what only one of them does."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from provisioning.broker import (
    MAX_UNACKNOWLEDGED,
    Broker,
    BrokerUser,
    MosquittoBroker,
    NatsBroker,
    TopicPatterns,
)
from provisioning.broker_process import StartError, free_port
from provisioning.link_proxy import LinkProxy
from sync.link import Connected, Disconnected, Message, Outgoing, Oversized, Refused, TopicRefused
from sync.mqtt import MqttLink
from sync.topics import Lane
from tests.brokers import (
    KINDS,
    PASSWORD,
    TOPICS,
    broker_class,
    eventually,
    headquarters_user,
    linked,
    running,
    settings,
    store_user,
)
from tests.sync.mqtt_peer import CONNACK, packet, publish, text

USERS = [store_user("store-a"), store_user("store-b"), headquarters_user()]
UP_A, UP_B = TOPICS.up("store-a", Lane.FACTS), TOPICS.up("store-b", Lane.FACTS)
DOWN_A, DOWN_B = TOPICS.down("store-a", Lane.FACTS), TOPICS.down("store-b", Lane.FACTS)
READS_A, READS_HQ = TOPICS.store_reads("store-a"), TOPICS.headquarters_reads()


@pytest.fixture(scope="module", params=KINDS)
def cls(request: pytest.FixtureRequest) -> type[Broker]:
    """Return each class of broker that can run here."""
    return broker_class(request.param, request)


@pytest.fixture(scope="module")
def broker(cls: type[Broker], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Yield a broker that tests share and leave running."""
    with running(cls, tmp_path_factory.mktemp("shared"), USERS) as shared:
        yield shared


@pytest.fixture
def own_broker(cls: type[Broker], tmp_path: Path) -> Iterator[Broker]:
    """Yield a broker of the test's own, to kill."""
    with running(cls, tmp_path, USERS) as own:
        yield own


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


def _forget_retained(link: MqttLink, topic: str) -> None:
    assert link.publish(topic, b"", retain=True)
    eventually(lambda: link.outstanding_bytes == 0, "taken")


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
        _forget_retained(other, UP_B)


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
        _forget_retained(hq, TOPICS.headquarters)


def test_a_receiver_that_holds_back_is_not_flooded(broker: Broker) -> None:
    count = 8 * MAX_UNACKNOWLEDGED
    with (
        linked(settings(broker.port, "hq", READS_HQ), hold=True) as (_, hq_heard),
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
            held = len(messages) - acknowledged
            # Mosquitto 2.0 runs ahead a little while acknowledgements come in.
            assert held <= MAX_UNACKNOWLEDGED * (2 if acknowledged else 1)
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


def test_secrets_are_readable_by_this_user_alone(broker: Broker) -> None:
    assert broker.folder.stat().st_mode & 0o777 == 0o700
    for path in broker.folder.iterdir():
        if path.is_file() and PASSWORD in path.read_text():
            assert path.stat().st_mode & 0o777 == 0o600
            assert isinstance(broker, NatsBroker)
    assert PASSWORD not in repr(USERS)


def test_a_taken_port_is_named(cls: type[Broker], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} on 127.0.0.1 is taken"):
            cls(tmp_path, USERS, port=port).start()


def test_a_server_that_ends_at_once_tells_its_last_words(
    cls: type[Broker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "print('no such luck'); raise SystemExit(3)"]
    monkeypatch.setattr(cls, "_prepare", lambda _: command)
    with pytest.raises(StartError, match=r"(?s)ended with code 3.*no such luck"):
        cls(tmp_path, USERS).start()


def test_a_server_that_never_answers_is_given_up(
    cls: type[Broker], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", "import time; print('thinking', flush=True); time.sleep(600)"]
    monkeypatch.setattr(cls, "_prepare", lambda _: command)
    broker = cls(tmp_path, USERS)
    with pytest.raises(StartError, match=r"(?s)took longer than 1 s.*thinking"):
        broker.start(timeout_s=1)
    assert not broker.running


PARENT = """
import sys, time
from pathlib import Path
from provisioning.broker import MosquittoBroker, NatsBroker
broker = {name}(Path({folder!r}), [])
broker.start()
print(broker.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's death signal")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_ends_with_its_parent(cls: type[Broker], tmp_path: Path, end: signal.Signals) -> None:
    program = PARENT.format(name=cls.__name__, folder=str(tmp_path / "b"))
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        text=True,
    )
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert _lives(pid)
    parent.send_signal(end)
    parent.communicate()
    eventually(lambda: not _lives(pid), "the broker ends with its parent")


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


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


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(StartError, match="apt-get install mosquitto"):
        MosquittoBroker(tmp_path, USERS).start()


def test_ports_are_never_given_twice() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
