"""TLS and mutual TLS on every broker: certificates name users, and nobody else gets in."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from provisioning.broker import Broker, BrokerUser, MosquittoBroker, ServerTls, TopicPatterns
from provisioning.broker_process import StartError
from sync.link import Connected, Drained, LinkEvent, Message, Refused, Unreachable
from sync.topics import Lane
from tests.brokers import (
    KINDS,
    PASSWORD,
    TOPICS,
    Recorder,
    broker_class,
    eventually,
    headquarters_user,
    linked,
    running,
    settings,
    store_user,
)

UP_A, UP_B = TOPICS.up("store-a", Lane.FACTS), TOPICS.up("store-b", Lane.FACTS)
READS_HQ = TOPICS.headquarters_reads()
NO_PASSWORD: dict[str, Any] = {"username": None, "password": None}


@dataclass(frozen=True)
class Issuer:
    """A certificate authority that writes what it issues into a folder."""

    folder: Path
    ca: trustme.CA

    @property
    def ca_file(self) -> Path:
        """Write the authority's own certificate; return the file."""
        path = self.folder / "ca.pem"
        self.ca.cert_pem.write_to_path(path)
        return path

    def issue(self, name: str) -> dict[str, Path]:
        """Issue a certificate for a host or a user."""
        leaf = self.ca.issue_cert(name, common_name=name)
        cert, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        leaf.cert_chain_pems[0].write_to_path(cert)
        leaf.private_key_pem.write_to_path(key)
        return {"cert_file": cert, "key_file": key}


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return the authority that all sides trust."""
    return Issuer(tmp_path_factory.mktemp("ca"), trustme.CA())


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return an authority that nobody trusts."""
    return Issuer(tmp_path_factory.mktemp("other-ca"), trustme.CA())


@pytest.fixture(scope="module", params=KINDS)
def cls(request: pytest.FixtureRequest) -> type[Broker]:
    """Return each class of broker that can run here."""
    return broker_class(request.param, request)


@pytest.fixture(scope="module")
def mutual(
    cls: type[Broker], issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Broker]:
    """Yield a broker that knows its users by their certificates."""
    tls = ServerTls(**issuer.issue("localhost"), client_ca_file=issuer.ca_file)
    users = [store_user("store-a", None), store_user("store-b", None), headquarters_user(None)]
    with running(cls, tmp_path_factory.mktemp("mutual"), users, tls=tls) as broker:
        yield broker


def by_certificate(
    broker: Broker, name: str, issuer: Issuer, subscriptions: Sequence[str] = ()
) -> dict[str, Any]:
    """Return arguments of the settings of a link that shows a certificate."""
    return {
        "port": broker.port,
        "user": name,
        "subscriptions": subscriptions,
        "host": "localhost",
        "ca_file": issuer.ca_file,
        **issuer.issue(name),
        **NO_PASSWORD,
    }


def never_lets_in(heard: Recorder) -> LinkEvent:
    """Wait for two failed attempts, see that none succeeded, return the last."""
    eventually(lambda: len(heard.events) >= 2, "two attempts")
    assert not heard.all(Connected)
    return heard.events[-1]


def test_passwords_travel_encrypted(cls: type[Broker], issuer: Issuer, tmp_path: Path) -> None:
    tls = ServerTls(**issuer.issue("localhost"))
    users = [store_user("store-a"), headquarters_user()]
    secure: dict[str, Any] = {"host": "localhost", "ca_file": issuer.ca_file}
    with (
        running(cls, tmp_path, users, tls=tls) as broker,
        linked(settings(broker.port, "hq", READS_HQ, **secure)) as (_, hq_heard),
        linked(settings(broker.port, "store-a", **secure)) as (store, heard),
    ):
        assert broker.url == f"mqtts://127.0.0.1:{broker.port}"
        hq_heard.wait(Connected)
        heard.wait(Connected)
        for number in range(50):
            assert store.publish(UP_A, bytes([number]) * 4000)
        hq_heard.wait_for(UP_A, bytes([49]) * 4000)
        with linked(settings(broker.port, "store-a", password="wrong-password", **secure)) as (
            _,
            wrong,
        ):
            assert "uthor" in wrong.wait(Refused).reason
        with linked(settings(broker.port, "store-a")) as (_, plain):
            assert isinstance(never_lets_in(plain), Unreachable)


def test_a_link_refuses_a_broker_it_cannot_trust(
    cls: type[Broker], issuer: Issuer, stranger: Issuer, tmp_path: Path
) -> None:
    tls = ServerTls(**stranger.issue("localhost"))
    with running(cls, tmp_path, [store_user("store-a")], tls=tls) as broker:
        told: dict[str, Any] = {"host": "localhost", "ca_file": issuer.ca_file}
        with linked(settings(broker.port, "store-a", **told)) as (_, heard):
            assert "certificate verify failed" in heard.wait(Refused).reason
        told = {"host": "127.0.0.1", "ca_file": stranger.ca_file}  # not the name it was issued to
        with linked(settings(broker.port, "store-a", **told)) as (_, heard):
            assert "IP address mismatch" in heard.wait(Refused).reason
        told["ca_file"] = tmp_path / "missing.pem"
        with linked(settings(broker.port, "store-a", **told)) as (_, heard):
            assert "missing.pem" in heard.wait(Refused).reason


def test_a_certificate_names_its_user_and_reaches_its_topics_only(
    mutual: Broker, issuer: Issuer
) -> None:
    with (
        linked(settings(**by_certificate(mutual, "hq", issuer, READS_HQ))) as (hq, hq_heard),
        linked(
            settings(**by_certificate(mutual, "store-a", issuer, [TOPICS.root + "/d/+/facts"]))
        ) as (_, nosy_heard),
    ):
        hq_heard.wait(Connected)
        nosy_heard.wait(Connected)
        hq.publish(TOPICS.down("store-b", Lane.FACTS), b"secret")
        reads = TOPICS.store_reads("store-b")
        with linked(settings(**by_certificate(mutual, "store-b", issuer, reads))) as (store, heard):
            heard.wait(Connected)
            assert store.publish(UP_A, b"forged")
            assert store.publish(UP_B, b"own")
            hq_heard.wait_for(UP_B, b"own")
            hq.publish(TOPICS.down("store-b", Lane.FACTS), b"answer")
            heard.wait_for(TOPICS.down("store-b", Lane.FACTS), b"answer")
        assert hq_heard.topics() == [UP_B]
        assert not [m for m in nosy_heard.all(Message) if b"store-b" in m.topic.encode()]


@pytest.mark.parametrize(
    "show",
    [
        lambda issuer, stranger: {**issuer.issue("unknown-store")},
        lambda issuer, stranger: {**stranger.issue("store-a")},
        lambda issuer, stranger: {"cert_file": None, "key_file": None},
        lambda issuer, stranger: {
            "cert_file": None,
            "key_file": None,
            "username": "store-a",
            "password": PASSWORD,
        },
    ],
    ids=["unknown", "foreign", "none", "password"],
)
def test_nobody_gets_in_without_a_known_certificate(
    mutual: Broker,
    issuer: Issuer,
    stranger: Issuer,
    show: Callable[[Issuer, Issuer], dict[str, Any]],
    request: pytest.FixtureRequest,
) -> None:
    usual = by_certificate(mutual, "store-a", issuer)
    with linked(settings(**(usual | show(issuer, stranger)))) as (link, heard):
        if mutual.name == "mosquitto" and "unknown" in request.node.name:
            heard.wait(Connected)  # it knows only topics, and grants this one none of them
            with linked(settings(**by_certificate(mutual, "hq", issuer, READS_HQ))) as (
                _,
                hq_heard,
            ):
                hq_heard.wait(Connected)
                assert link.publish(UP_A, b"forged")
                heard.wait(Drained)
                assert not hq_heard.topics()
            return
        never_lets_in(heard)


def test_mosquitto_patterns_serve_stores_that_are_not_listed(
    issuer: Issuer, tmp_path: Path, mosquitto_path: Path
) -> None:
    root = TOPICS.root
    patterns = TopicPatterns(
        publish=(f"{root}/u/+/%u/#", f"{root}/pres/%u"),
        subscribe=(f"{root}/d/%u/#", TOPICS.headquarters),
    )
    tls = ServerTls(**issuer.issue("localhost"), client_ca_file=issuer.ca_file)
    broker = MosquittoBroker(
        tmp_path / "broker", [headquarters_user(None)], patterns=patterns, tls=tls
    )
    broker.start()
    try:
        with (
            linked(settings(**by_certificate(broker, "hq", issuer, READS_HQ))) as (hq, hq_heard),
            linked(settings(**by_certificate(broker, "store-c", issuer, [f"{root}/d/#"]))) as (
                store,
                heard,
            ),
        ):
            hq_heard.wait(Connected)
            heard.wait(Connected)
            up, down = TOPICS.up("store-c", Lane.FACTS), TOPICS.down("store-c", Lane.FACTS)
            assert store.publish(UP_A, b"forged")
            assert store.publish(up, b"own")
            hq_heard.wait_for(up, b"own")
            assert hq_heard.topics() == [up]
            hq.publish(TOPICS.down("store-a", Lane.FACTS), b"secret")
            hq.publish(down, b"own")
            heard.wait_for(down, b"own")
            assert heard.topics() == [down]
    finally:
        broker.kill()


def test_a_bad_certificate_file_is_told_with_the_servers_words(
    cls: type[Broker], tmp_path: Path
) -> None:
    tls = ServerTls(tmp_path / "missing.pem", tmp_path / "missing.key")
    with pytest.raises(StartError, match=r"(?s)ended with code.*missing"):
        cls(tmp_path, [store_user("store-a")], tls=tls).start()


def test_certificates_and_passwords_are_not_mixed(tmp_path: Path) -> None:
    tls = ServerTls(tmp_path / "c", tmp_path / "k", client_ca_file=tmp_path / "ca")
    with pytest.raises(ValueError, match="no password"):
        MosquittoBroker(tmp_path, [BrokerUser("store-a", PASSWORD)], tls=tls)
