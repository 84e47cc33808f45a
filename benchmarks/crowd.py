"""Tills beside the one that is measured: each sells at a cashier's pace, over HTTP as a till does.

Each keeps its stream of news open, asks every two seconds whether the node is there, and hands over
a finished sale of three lines every two seconds: more than a cashier can.
"""

import http.client
import json
import multiprocessing
import random
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing.synchronize import Event
from typing import Any

from sync.definitions import Product
from sync.identity import series_id

EVERY_S = 2.0
PATIENCE_S = 60.0
PPM = {"S": 190_000, "R": 70_000, "Z": 0, "std": 190_000}


@contextmanager
def selling(port: int, tokens: Sequence[str], products: Sequence[Product]) -> Iterator[None]:
    """Have tills sell in a process of their own; raises if one of them was refused."""
    spawn = multiprocessing.get_context("spawn")
    ready, ended, well = spawn.Event(), spawn.Event(), spawn.Event()
    given = (port, list(tokens), list(products), (ready, ended, well))
    process = spawn.Process(target=_sell_all, args=given)
    process.start()
    try:
        if not ready.wait(PATIENCE_S):
            raise TimeoutError("the other tills do not begin to sell")
        yield
    finally:
        ended.set()
        process.join(PATIENCE_S)
    if not well.is_set():
        raise RuntimeError("a till of the benchmark was refused or fell behind; see above")


def _sell_all(
    port: int, tokens: list[str], products: list[Product], signals: tuple[Event, Event, Event]
) -> None:
    ready, ended, well = signals
    tills = [_Till(port, token, products, number) for number, token in enumerate(tokens)]
    threads = [threading.Thread(target=till.work, args=(ended,)) for till in tills]
    for thread in threads:
        thread.start()
    ready.set()
    for thread in threads:
        thread.join()
    if all(till.well for till in tills):
        well.set()


class _Till:
    """One till without a screen."""

    def __init__(self, port: int, token: str, products: list[Product], seed: int) -> None:
        self._port = port
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        self._products = products
        self._rng = random.Random(time.time_ns() + seed)
        self._prefix = self._rng.getrandbits(60)
        self.well = False

    def work(self, ended: Event) -> None:
        """Sell until told to end, from a moment of its own on."""
        with closing(self._connection()) as connection, closing(self._connection()) as news:
            news.request("GET", "/api/v1/till/events", headers=self._headers)
            life = self._ask(connection, "POST", "/till/life", {})["life"]
            day = self._ask(connection, "GET", "/till/setup")["business_day"]
            number, due_s = 0, time.monotonic() + self._rng.random() * EVERY_S
            while not ended.wait(max(0.0, due_s - time.monotonic())):
                number += 1
                sale = self._sale(life, number, day)
                path = f"/till/sales/{uuid.UUID(bytes=series_id(self._prefix, number))}"
                self._ask(connection, "PUT", path, sale)
                self._ask(connection, "GET", "/health")
                due_s += EVERY_S
            self.well = number > 0 and time.monotonic() < due_s + EVERY_S

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S)

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: object = None
    ) -> dict[str, Any]:
        text = None if body is None else json.dumps(body)
        connection.request(method, f"/api/v1{path}", text, self._headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {response.status} {answer.decode()}")
        return json.loads(answer) if answer else {}

    def _sale(self, life: int, number: int, day: str) -> dict[str, object]:
        chosen = self._rng.sample(self._products, 3)
        lines = [
            {
                "sku": one.sku,
                "name": one.names["en"],
                "quantity": 1,
                "price_minor": one.price_minor,
                "tax_code": one.tax_code,
                "tax_ppm": PPM[one.tax_code],
            }
            for one in chosen
        ]
        total = sum(one.price_minor for one in chosen)
        return {
            "life": life,
            "number": number,
            "business_day": day,
            "at_ms": time.time_ns() // 1_000_000,
            "operator": "ana",
            "lines": lines,
            "tenders": [
                {"kind": "cash", "amount_minor": total + 500},
                {"kind": "change", "amount_minor": -500},
            ],
            "total_minor": total,
        }
