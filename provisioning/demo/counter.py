"""One law: what is sold at this counter came from its devices: scanned, weighed, paid by card.

The events of the till's stream are what a cashier hears and sees. A node that dies in between is
waited for; what was not heard is done again, what was charged is not charged again.
"""

import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, Queue
from typing import Any
from uuid import UUID

import httpx
import msgspec

from provisioning.demo.api import Refusal, StoreApi
from provisioning.demo.hardware import ShopHardware
from sync.identity import series_id

_HEAR_S = 3.0
_RETRY_S = 0.1
_PAID = ("approved", "declined", "failed")
Event = tuple[str, dict[str, Any]]


class Listener(threading.Thread):
    """Reads a till's event stream into a queue, again from where it was if it breaks."""

    def __init__(self, url: str, token: str, ended: threading.Event) -> None:
        super().__init__(name="till's stream", daemon=True)
        self.heard: Queue[Event] = Queue()
        self._url, self._ended = url, ended
        self._headers = {"Authorization": f"Bearer {token}"}
        self._last = ""

    def run(self) -> None:
        """Listen until told to end."""
        with httpx.Client(headers=self._headers, timeout=30, trust_env=False) as client:
            while not self._ended.is_set():
                with suppress(httpx.TransportError, httpx.StreamError):
                    self._listen(client)
                self._ended.wait(_RETRY_S)

    def _listen(self, client: httpx.Client) -> None:
        headers = {"Last-Event-ID": self._last} if self._last else {}
        with client.stream("GET", f"{self._url}/api/v1/till/events", headers=headers) as answer:
            fields: dict[str, str] = {}
            for line in answer.iter_lines():
                if self._ended.is_set():
                    return
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                    continue
                if "data" in fields:
                    self._last = fields.get("id", self._last)
                    self.heard.put((fields["event"], msgspec.json.decode(fields["data"])))
                fields = {}


class GoneHomeError(Exception):
    """Everybody was sent home in the middle of something."""


class Counter:
    """The hands and ears of one till's cashier."""

    def __init__(
        self, store: StoreApi, token: str, hardware: ShopHardware, ended: threading.Event
    ) -> None:
        self._store, self._hardware, self._ended = store, hardware, ended
        self._prefix, self._counter = secrets.randbits(60), 0
        self._listener = Listener(store.url, token, ended)

    def start(self) -> None:
        """Begin to listen."""
        self._listener.start()

    def scan(self, gtin: str) -> str:
        """Scan until the till beeps; return the SKU it says."""
        text = gtin.removeprefix("0")
        while True:
            self._drop()
            self._hardware.scan(gtin)
            heard = self._hear("scan", lambda data: bool(data["text"] == text))
            if heard is None:
                continue
            verdict = heard["verdict"]
            if verdict["kind"] != "item":
                raise ValueError(f"{self._store.name}: {text} was scanned as {verdict}")
            return str(verdict["sku"])

    def weigh(self, grams: int) -> int:
        """Weigh until the scale rests; return the grams it says."""
        self._hardware.weigh(grams)
        weighed = self._try(lambda: self._store.call("POST", "/till/weigh", {}))
        self._hardware.weigh(0)
        return int(weighed["weight_g"])

    def pay(self, amount_minor: int, sale_id: UUID) -> str:
        """Have the card charged, once; return the terminal's payment id."""
        while True:
            identity = self._mint()
            if self._charge(f"/till/payments/{identity}", amount_minor, sale_id) == "approved":
                return identity

    def _charge(self, path: str, amount_minor: int, sale_id: UUID) -> str:
        asked = {"amount_minor": amount_minor, "sale_id": str(sale_id)}
        return self._ended_as(path, self._try(partial(self._store.call, "PUT", path, asked)))

    def pay_back(self, sale_id: UUID) -> None:
        """Have the terminal undo what it charged for a sale that is void now, each charge once."""
        paid = self._try(partial(self._store.get, "/till/payments", sale=str(sale_id)))
        for one in paid["payments"]:
            if one["state"] == "approved" and not one["reverses"]:
                undo = {"id": self._mint()}
                ask = partial(self._store.call, "POST", f"/till/payments/{one['id']}/reverse", undo)
                self._ended_as(f"/till/payments/{undo['id']}", self._try(ask))

    def _ended_as(self, path: str, payment: Any) -> str:
        """Ask for one payment until its result is known; who can't be told looks for themselves.

        A reversal is left to the terminal: its last receipt looks like that of the charge.
        """
        began_s = time.monotonic()
        while payment["state"] not in _PAID:
            self._hear("payment", lambda data: bool(data["state"] in _PAID), 0.5)
            payment = self._try(partial(self._store.get, path))
            is_late = time.monotonic() - began_s > _HEAR_S
            if payment["state"] == "unknown" and is_late and not payment["reverses"]:
                seen = {"charged": self._hardware.was_charged(payment["amount_minor"])}
                with suppress(Refusal, httpx.TransportError):
                    self._store.call("POST", f"{path}/resolve", seen)
        return str(payment["state"])

    def show(self, name: str, total_minor: int) -> None:
        """Show the customer the total; a display that is not there is no reason to wait."""
        total = f"{total_minor // 100}.{total_minor % 100:02}"
        body = {"items": [{"text": name}], "total": total}
        with suppress(Refusal, httpx.TransportError):
            self._store.call("PUT", "/till/display", body)

    def print(self, sale_id: UUID) -> None:
        """Have the receipt printed and wait for it, but not for ever."""
        body = {"id": self._mint()}
        path = f"/till/receipts/{sale_id}/print"
        job = self._try(lambda: self._store.call("POST", path, body))
        if job["state"] != "done":
            done = ("done", "doubtful", "failed")
            self._hear(
                "print", lambda data: bool(data["job"] == job["job"] and data["state"] in done)
            )
        self._hardware.tear_off()

    def _try(self, ask: Callable[[], Any]) -> Any:
        """Ask until there is an answer; a device that is not ready yet is asked again."""
        while True:
            if self._ended.is_set():
                raise GoneHomeError
            try:
                return ask()
            except httpx.TransportError:
                self._ended.wait(_RETRY_S)
            except Refusal as refusal:
                if refusal.status not in (409, 503):
                    raise
                self._ended.wait(_RETRY_S)

    def _hear(
        self, name: str, fits: Callable[[dict[str, Any]], bool], patience_s: float = _HEAR_S
    ) -> dict[str, Any] | None:
        """Wait for an event; None if it does not come."""
        until_s = time.monotonic() + patience_s
        while (left_s := until_s - time.monotonic()) > 0:
            if self._ended.is_set():
                raise GoneHomeError
            try:
                found, data = self._listener.heard.get(timeout=min(left_s, 0.2))
            except Empty:
                continue
            if found == name and fits(data):
                return data
        return None

    def _drop(self) -> None:
        """Forget what was heard before; it belongs to something that is over."""
        with suppress(Empty):
            while True:
                self._listener.heard.get_nowait()

    def _mint(self) -> str:
        self._counter += 1
        return str(UUID(bytes=series_id(self._prefix, self._counter)))
