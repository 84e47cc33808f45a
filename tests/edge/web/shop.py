"""A real node with a small catalogue behind a real server, and what tests ask of it."""

import os
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from argon2 import PasswordHasher

from edge.books import catalogue
from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.node import Node, wall_clock
from edge.people import access
from edge.refusals import say
from edge.server import Server, listen, make_server, url_of
from edge.settings import Settings, load_settings, make_settings
from edge.setup import create_node
from edge.web.app import create_app
from sync.bodies import AnyBody
from sync.definitions import Product, Staff, TaxRate
from sync.identity import Replica
from sync.values import gtin_check_digit

TEA_GTIN = "952123400001" + str(gtin_check_digit("952123400001"))
PIN = "4711"
_PIN_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PIN)
CATALOGUE: tuple[AnyBody, ...] = (
    TaxRate("std", 190_000, True, "VAT 19 %"),
    TaxRate("net", 100_000, False, "Sales tax 10 %"),
    Product("TEA-100", {"en": "Green tea", "zh": "绿茶"}, [TEA_GTIN], "piece", "std", 499),
    Product("APPLE", {"en": "Apple", "zh": "苹果"}, [], "g", "std", 299, price_quantity=1000),
    Product("CUP", {"en": "Cup"}, [], "piece", "net", 1000),
    Product("A/B", {"en": "Slashed"}, [], "piece", "std", 100),
    Product("OLD", {"en": "Old thing"}, [], "piece", "std", 100, active=False),
    Product("WRAP", {"en": "Gift wrapping"}, [], "piece", "std", 150, tracked=False),
    Staff("ana", "Ana", ["cashier"], _PIN_HASH),
    Staff("ben", "Ben", ["manager"], _PIN_HASH),
    Staff("gone", "Gone", ["manager"], _PIN_HASH, active=False),
)
STOCKED = {"TEA-100": 1000, "APPLE": 50_000, "CUP": 1000, "A/B": 5}


@dataclass(frozen=True)
class Shop:
    """A running node: where it is, its data, and the tokens of a device of every role."""

    url: str
    data: Path
    node: Node
    tokens: dict[str, str] = field(repr=False)
    server: Server = field(repr=False)
    verify: ssl.SSLContext | bool = False

    def client(self, role: str = "till") -> httpx.Client:
        """Make a client that comes as a device of a role; close it when done."""
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        url = f"{self.url}/api/v1"
        # Loading all certificates takes 30 ms, and most of this is plain HTTP.
        return httpx.Client(base_url=url, headers=headers, timeout=20, verify=self.verify)

    def books(self) -> dict[str, list[Any]]:
        """Read everything a refused request must not change."""
        tables = ("fact", "quantity", "receipt", "undone", "worklist")
        with closing(connect(self.data / DATABASE, readonly=True)) as connection:
            return {t: connection.execute(f"SELECT * FROM {t}").fetchall() for t in tables}

    def on_hand(self, sku: str) -> int:
        """Ask what is on hand."""
        with self.client() as client:
            found: int = client.get(f"/stock/{sku}").json()["stock"]["on_hand"]
            return found


def new_id() -> str:
    """Mint an id."""
    return str(UUID(bytes=secrets.token_bytes(16)))


def make_node(data: Path, **values: Any) -> tuple[Settings, dict[str, str]]:
    """Make a node on disk with the catalogue, stock and devices; return its devices' tokens."""
    settings = make_settings({"store": "s0001", "port": 0} | values, {})
    create_node(data, settings, clock=wall_clock, random=os.urandom, generation=7)
    headquarters = Replica("hq", 1)
    tokens = {}
    with closing(connect(data / DATABASE)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for seq, body in enumerate(CATALOGUE, 1):
            catalogue.apply(connection, headquarters, seq, body)
        for role in access.DEVICE_ROLES:
            tokens[role] = access.device_token(os.urandom(access.TOKEN_BYTES))
            access.add_device(connection, f"{role}1", role, tokens[role], wall_clock())
        connection.execute("COMMIT")
    return load_settings(data, {}), tokens


@contextmanager
def open_shop(
    data: Path, tokens: dict[str, str], verify: ssl.SSLContext | bool = False
) -> Iterator[Shop]:
    """Run a node that is on disk behind a real server."""
    settings = load_settings(data, {})
    listening = threading.Event()
    with closing(listen(settings)) as listener, closing(Node(data, settings)) as node:
        server = make_server(create_app(node), node, listening.set)
        thread = threading.Thread(target=server.run, args=([listener],))
        url = url_of(settings, listener)
        thread.start()
        try:
            assert listening.wait(20)
            yield Shop(url, data, node, tokens, server, verify)
        finally:
            server.should_exit = True
            thread.join(20)


def stock_up(shop: Shop) -> None:
    """Post the opening stock."""
    lines = [{"sku": sku, "quantity": quantity} for sku, quantity in STOCKED.items()]
    with shop.client("stock") as client:
        answer = client.post("/stock/openings", json={"id": new_id(), "lines": lines})
    assert answer.status_code == 201, answer.text


def sale(*lines: dict[str, Any], cash: int = 100_000, **more: Any) -> dict[str, Any]:
    """Make the body of a sale paid in cash; a tea if no line is given."""
    return {
        "lines": list(lines) or [{"sku": "TEA-100", "quantity": 1}],
        "tenders": [{"kind": "cash", "amount_minor": cash}],
    } | more


def problem(answer: httpx.Response, status: int, code: str = "") -> dict[str, Any]:
    """Check that an answer is a problem document that says what to do; return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["title"]
    assert len(document["detail"]) > 15
    assert document["type"] == f"urn:evertill:problem:{document['code']}"
    assert not code or document["code"] == code
    told, place = document.get("values", {}), document.get("field", "")
    family = "device" if document["code"].startswith("device-") else document["code"]
    assert document["detail"] == say(family, document["case"], place, told)
    return document
