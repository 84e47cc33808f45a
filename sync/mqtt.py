"""One law: nothing survives a connection; what was not confirmed is sent again by its owner.

The only importer of paho. An MQTT link for both ends of a chain: QoS 1 over clean sessions, MQTT
3.1.1 unless 5 is asked for. Every connection gets a paho client of its own, so that no queue, no
message id and no acknowledgement can leak from one connection into the next (paho 2.2 resends its
whole queue on a reconnect, and acknowledges the wrong message when an id comes late). All of paho
runs in one network thread; other threads only drop messages and acknowledgements into its mailbox.
"""

import logging
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from sync import link
from sync.link import LinkEvent, MqttSettings, Outgoing
from sync.mqtt_mailbox import Mailbox

_log = logging.getLogger(__name__)


class _PahoErrors(logging.Logger):
    """Keeps the last error paho logged: its call-backs carry only a number."""

    last: BaseException | str | None = None

    def handle(self, record: logging.LogRecord) -> None:
        cause = record.args[0] if isinstance(record.args, tuple) and record.args else None
        self.last = cause if isinstance(cause, BaseException) else record.getMessage()


def _tls_context(settings: MqttSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_file)
    if settings.cert_file:
        context.load_cert_chain(settings.cert_file, settings.key_file)
    return context


def _is_refusal(error: BaseException | str | None) -> bool:
    """A certificate or its use was rejected; a handshake cut short is no verdict."""
    cut_short = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    return isinstance(error, ssl.SSLError) and not cut_short


def _words(code: Any, unspecified: str) -> str:
    return unspecified if str(code) == "Unspecified error" else str(code)


class _Connection:
    """One attempt to connect and, if it succeeds, one connection until its end."""

    def __init__(
        self,
        number: int,
        settings: MqttSettings,
        mailbox: Mailbox,
        deliver: Callable[[LinkEvent], bool],
    ) -> None:
        self._number, self._settings, self._mailbox = number, settings, mailbox
        self._deliver = deliver
        self._window = settings.window_messages
        self._in_flight: dict[int, Outgoing] = {}
        self._unacknowledged: dict[int, int] = {}
        self._serial = 0
        self._ended, self._lost = "", ""
        self._errors = _PahoErrors("paho", logging.ERROR)
        self.announced, self.refused = False, ""
        self._client = self._make_client()

    def _make_client(self) -> Client:
        settings = self._settings
        version5 = settings.protocol == "5"
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if version5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.max_inflight_messages_set(0)  # the window is ours
        client.connect_timeout = settings.connect_timeout_s
        client.enable_logger(self._errors)
        if settings.username is not None:
            client.username_pw_set(settings.username, settings.password)
        if settings.will:
            client.will_set(settings.will.topic, settings.will.payload, 1, settings.will.retain)
        client.on_socket_open = self._on_socket_open
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        return client

    @property
    def reason(self) -> str:
        """Why it ended, in words."""
        return self._ended or str(self._errors.last or "") or self._lost or "closed by the broker"

    def live(self) -> None:
        """Connect and serve until the end, whatever it is; never raises."""
        settings = self._settings
        try:
            if settings.ca_file:
                self._client.tls_set_context(_tls_context(settings))
        except OSError as error:
            self.refused = f"cannot use {settings.ca_file}, {settings.cert_file}: {error}"
            return
        try:
            self._client.connect(settings.host, settings.port, settings.keepalive_s)
            self._serve()
        except OSError as error:
            self._errors.last = error
        except Exception as error:  # noqa: BLE001 - whatever a hostile packet makes paho raise
            self._ended = f"protocol error: {error!r}"
        finally:
            if sock := self._client.socket():
                sock.close()
        if _is_refusal(self._errors.last) and not self.announced:
            self.refused = str(self._errors.last)

    def _serve(self) -> None:
        client, mailbox = self._client, self._mailbox
        answer_by_s = time.monotonic() + self._settings.connect_timeout_s
        tick_s = min(1.0, self._settings.keepalive_s / 4, self._settings.connect_timeout_s / 2)
        sock: Any = client.socket()
        encrypted = isinstance(sock, ssl.SSLSocket)
        with selectors.DefaultSelector() as selector:  # paho's own loop ends at descriptor 1023
            selector.register(mailbox.bell, selectors.EVENT_READ)
            interest = 0
            while not self._over(answer_by_s):
                read = len(self._unacknowledged) < self._settings.held_messages
                wanted = selectors.EVENT_READ * read | selectors.EVENT_WRITE * client.want_write()
                if wanted != interest:
                    if interest:
                        selector.unregister(sock)
                    if wanted:
                        selector.register(sock, wanted)
                    interest = wanted
                waiting = encrypted and read and sock.pending() > 0
                wait_s = 0 if waiting else 0.02 if mailbox.stopping.is_set() else tick_s
                events = selector.select(wait_s)
                ready = {key.fileobj: mask for key, mask in events}.get(sock, 0)
                if waiting or ready & selectors.EVENT_READ:
                    client.loop_read()
                if ready & selectors.EVENT_WRITE:
                    client.loop_write()
                client.loop_misc()

    def _over(self, answer_by_s: float) -> bool:
        """Send what may be sent, then tell whether this connection has ended."""
        if not self.announced and time.monotonic() > answer_by_s:
            self._ended = f"no answer within {self._settings.connect_timeout_s:g} s"
        if (stop_by_s := self._mailbox.stop_by_s) is not None:
            done = not self._settings.will or not self._mailbox.outstanding_bytes
            if done and self.announced and not self._ended:
                self._client.disconnect()  # if it stays unsent, the broker tells the will once more
            if done or not self.announced or time.monotonic() > stop_by_s:
                self._ended = self._ended or "stopped"
        if not self._ended:
            self._pump()
        return bool(self._ended) or self._client.socket() is None

    def _pump(self) -> None:
        acks, messages = self._mailbox.take(self._window - len(self._in_flight))
        for mid, serial in acks:
            if self._unacknowledged.get(mid) == serial:
                del self._unacknowledged[mid]
                self._client.ack(mid, 1)
        for message in messages:
            info = self._client.publish(message.topic, message.payload, 1, message.retain)
            self._in_flight[info.mid] = message

    def _tell(self, event: LinkEvent) -> None:
        if not self._deliver(event):
            self._ended = self._ended or "the receiver of the link's events failed"

    def _announce(self) -> None:
        if not self.announced and self._mailbox.open(self._number, self._settings):
            self.announced = True
            self._tell(link.Connected(self._number))

    def _on_socket_open(self, _client: Client, _data: Any, sock: Any) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _on_connect(self, client: Client, _: Any, _flags: Any, code: Any, granted: Any) -> None:
        if code.is_failure:
            self.refused = str(code)
            return
        self._window = min(self._window, getattr(granted, "ReceiveMaximum", self._window))
        if self._settings.subscriptions:
            client.subscribe([(topic_filter, 1) for topic_filter in self._settings.subscriptions])
        else:
            self._announce()

    def _on_subscribe(self, _: Client, _data: Any, _mid: int, codes: list[Any], _p: Any) -> None:
        for topic_filter, code in zip(self._settings.subscriptions, codes, strict=False):
            if code.is_failure:
                reason = _words(code, "not granted")
                self._tell(link.TopicRefused(self._number, topic_filter, reason))
        self._announce()

    def _on_publish(self, _: Client, _data: Any, mid: int, code: Any, _p: Any) -> None:
        message = self._in_flight.pop(mid)
        outstanding_bytes = self._mailbox.settle(message)
        if code.is_failure:
            self._tell(link.TopicRefused(self._number, message.topic, str(code)))
        self._tell(link.Drained(self._number, outstanding_bytes))

    def _on_message(self, client: Client, _data: Any, message: MQTTMessage) -> None:
        self._announce()  # a broker may send retained messages before it answers the subscription
        if not self.announced or self._ended:
            return
        if len(message.payload) > link.MAX_MESSAGE_BYTES:
            client.ack(message.mid, message.qos)
            self._tell(link.Oversized(message.topic, len(message.payload)))
            return
        self._serial += 1
        if message.qos:
            self._unacknowledged[message.mid] = self._serial
        acknowledge = partial(self._mailbox.acknowledge, self._number, message.mid, self._serial)
        self._tell(link.Message(self._number, message.topic, bytes(message.payload), acknowledge))

    def _on_disconnect(self, _: Client, _data: Any, _flags: Any, code: Any, _p: Any) -> None:
        self._lost = _words(code, "")


class MqttLink:
    """A link to a broker that is always either connected or trying to be.

    All events come in order from the link's one network thread. The receiver must be quick; what it
    cannot take yet it leaves unacknowledged: with `held_messages` unacknowledged the link reads no
    more, whatever the broker sends, and the sender feels it. It may also block, but then nothing is
    sent either. Either way the connection ends if it lasts longer than a keep-alive or two. A
    receiver that raises is logged and ends the connection; a new one follows.
    """

    def __init__(
        self,
        settings: MqttSettings,
        on_event: Callable[[LinkEvent], None],
        random: Callable[[], float],
    ) -> None:
        """`random` gives numbers in [0, 1) for the jitter of the back-off."""
        self._settings, self._on_event, self._random = settings, on_event, random
        self._mailbox = Mailbox(settings.queue_bytes)
        name = f"mqtt {settings.client_id}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def outstanding_bytes(self) -> int:
        """Bytes (topics and payloads) accepted from us and not yet taken by the broker."""
        return self._mailbox.outstanding_bytes

    def start(self) -> None:
        """Begin to connect; a link starts once."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End the link: drop what is queued, publish the will, disconnect.

        Returns within `timeout_s` whatever is queued; False if the network thread is still busy
        (in a connect or in the receiver) and will end by itself.
        """
        self._mailbox.stop(time.monotonic() + timeout_s * 0.8)
        if not self._thread.ident or self._thread is threading.current_thread():
            return not self._thread.ident
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send at QoS 1; False if dropped: there is no connection, or `queue_bytes` is reached.

        True promises nothing but an attempt on this connection. After False, send again on
        `Connected` or `Drained`. Raise ValueError for a bad topic or a payload above 64 KB.
        """
        link.check_message(topic, payload)
        return self._mailbox.put(Outgoing(topic, payload, retain))

    def announce(self, birth: Outgoing | None, will: Outgoing | None) -> None:
        """Replace birth and last will, from the next connection on."""
        self._settings = replace(self._settings, birth=birth, will=will)

    def _run(self) -> None:
        number, failures = 1, 0
        while not self._mailbox.stopping.is_set():
            began_s = time.monotonic()
            connection = _Connection(number, self._settings, self._mailbox, self._deliver)
            connection.live()
            self._mailbox.close()
            if connection.announced:
                self._deliver(link.Disconnected(number, connection.reason))
                number += 1
                if time.monotonic() - began_s >= self._settings.backoff_max_s:
                    failures = 0  # a link that flaps goes on backing off
            elif connection.refused:
                self._deliver(link.Refused(connection.refused))
            elif not self._mailbox.stopping.is_set():
                self._deliver(link.Unreachable(connection.reason))
            refused = bool(connection.refused)
            pause_s = link.pause_s(self._settings, failures, refused, self._random())
            self._mailbox.stopping.wait(pause_s)
            failures += 1
        self._mailbox.shut()

    def _deliver(self, event: LinkEvent) -> bool:
        try:
            self._on_event(event)
        except Exception:  # noqa: BLE001 - a faulty receiver must not end the network thread
            _log.exception("the receiver of MQTT link events failed on %s", type(event).__name__)
            return False
        return True
