"""A real node behind a real server, with simulated devices behind real ports."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from devices.simulated.aside import Aside
from devices.simulated.peer import Peer
from tests.edge.web.shop import Shop, make_node, open_shop

PATIENCE_S = 30.0
TILL = "till1"
Event = tuple[str, dict[str, Any]]


@dataclass
class Counter:
    """A shop with hardware, and one till's open stream."""

    shop: Shop
    aside: Aside
    till: httpx.Client
    events: "Stream"

    def use(self, name: str, verb: Callable[[], None]) -> None:
        """Do something at a device."""
        self.aside.use(name, verb)

    def peer(self, name: str) -> Peer:
        """A simulated device."""
        return self.aside.peer(name)


class Stream:
    """A till's event stream, read by a thread into a queue."""

    def __init__(self, client: httpx.Client, after: str = "") -> None:
        self.last_id = after
        self._queue: queue.Queue[Event] = queue.Queue()
        self._opened = threading.Event()
        self._client = client
        self._after = after
        self._answer: httpx.Response | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        assert self._opened.wait(PATIENCE_S)

    def _read(self) -> None:
        parameters = {"after": self._after} if self._after else {}
        try:
            with self._client.stream(
                "GET", "/till/events", params=parameters, timeout=None
            ) as answer:
                self._answer = answer
                fields: dict[str, str] = {}
                for line in answer.iter_lines():
                    if line:
                        name, _, value = line.partition(": ")
                        fields[name] = value
                        continue
                    if "data" in fields:
                        self.last_id = fields.get("id", self.last_id)
                        self._queue.put((fields["event"], json.loads(fields["data"])))
                        if fields["event"] == "sync":
                            self._opened.set()
                    fields = {}
        except (httpx.HTTPError, httpx.StreamError, OSError):
            pass
        finally:
            self._opened.set()

    def next(self, name: str, /, **wanted: Any) -> dict[str, Any]:
        """The next event of a name in which these fields have these values."""
        while True:
            found, data = self._queue.get(timeout=PATIENCE_S)
            if found == name and all(data.get(field) == value for field, value in wanted.items()):
                return data

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def devices_of(aside: Aside, kinds: dict[str, str]) -> list[dict[str, Any]]:
    """Put devices on the bench and return their settings."""
    return [
        {"name": name, "kind": kind, "url": aside.add(name, kind), "till": TILL}
        for name, kind in kinds.items()
    ]


@contextmanager
def bench_aside(folder: Path) -> Iterator[Aside]:
    """A bench in a folder of its own."""
    (folder / "ports").mkdir()
    with closing(Aside(folder / "ports")) as aside:
        yield aside


@contextmanager
def counter(data: Path, tokens: dict[str, str], aside: Aside) -> Iterator[Counter]:
    """Run a node with its devices and listen as its till."""
    with (
        open_shop(data, tokens) as shop,
        shop.client("till") as till,
        closing(Stream(shop.client("till"))) as events,
    ):
        yield Counter(shop, aside, till, events)


@contextmanager
def equipped(folder: Path, **kinds: str) -> Iterator[Counter]:
    """A shop with one device of each kind given, by name."""
    with bench_aside(folder) as aside:
        names = {name.replace("_", "-"): kind for name, kind in kinds.items()}
        _, tokens = make_node(folder / "node", devices=devices_of(aside, names))
        with counter(folder / "node", tokens, aside) as made:
            for name in names:  # the till hears when each is there: nothing is scanned before
                wait_until_connected(made, name)
            yield made


def wait_until_connected(made: Counter, name: str) -> None:
    """Wait until a device is in use."""
    done = threading.Event()
    for _ in range(int(PATIENCE_S * 50)):
        devices = made.till.get("/devices").json()["devices"]
        if any(one["name"] == name and one["state"] in ("idle", "busy") for one in devices):
            return
        done.wait(0.02)
    raise AssertionError(f"{name} never came")
