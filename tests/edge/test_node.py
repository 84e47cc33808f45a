"""A node opens whole or not at all, and closes leaving nothing behind."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from edge.audit import Disagreement
from edge.books.backup import DATABASE
from edge.books.database import connect
from edge.errors import StoreClosed
from edge.node import Node
from edge.selling.pricing import SellLine, TenderLine
from edge.selling.sales import Sell
from edge.settings import load_settings
from provisioning.broker import NatsBroker
from sync.topics import Topics
from tests.brokers import PASSWORD, store_user
from tests.edge.web.shop import make_node

JANUARY_MS, JULY_MS = 1_704_067_200_000, 1_719_792_000_000


def open_node(data: Path) -> Node:
    return Node(data, load_settings(data, {}))


def sell(number: int, at_ms: int | None = None) -> Sell:
    lines = (SellLine(sku="TEA-100"),)
    tenders = (TenderLine("cash", 1000),)
    return Sell(number.to_bytes(16, "big"), "t1", lines, tenders, at_ms=at_ms)


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_node_that_is_closed_leaves_nothing_running(tmp_path: Path) -> None:
    make_node(tmp_path / "node")
    before = set(threading.enumerate())
    with closing(open_node(tmp_path / "node")) as node:
        sold = asyncio.run(node.commit(sell(1)))
        assert sold.receipt == "t1-7-000001"
    assert set(threading.enumerate()) == before
    with pytest.raises(StoreClosed):
        asyncio.run(node.commit(sell(2)))


def test_a_node_whose_books_disagree_does_not_open(tmp_path: Path) -> None:
    data = tmp_path / "node"
    make_node(data)
    with closing(open_node(data)) as node:
        asyncio.run(node.commit(sell(1)))
    with closing(connect(data / DATABASE)) as connection:
        connection.execute("UPDATE fact SET body = zeroblob(20) WHERE seq = 2")
    before = set(threading.enumerate())
    with pytest.raises(Disagreement, match="chain"):
        open_node(data)
    assert set(threading.enumerate()) == before


def test_facts_carry_the_offset_of_the_stores_clock(tmp_path: Path) -> None:
    data = tmp_path / "node"
    make_node(data, timezone="Europe/Berlin")
    with closing(open_node(data)) as node:
        for number, at_ms in enumerate((JANUARY_MS, JULY_MS)):
            asyncio.run(node.commit(sell(number, at_ms)))
        entries = node.views.journal(after=1)
    assert [entry.offset_min for entry in entries] == [60, 120]


def test_the_key_of_headquarters_is_pinned_by_the_settings(tmp_path: Path) -> None:
    data = tmp_path / "node"
    make_node(data, hq_key="ab" * 32)
    with closing(open_node(data)) as node:
        (key,) = node.gate.execute("SELECT headquarters_key FROM node").fetchone()
    assert key == b"\xab" * 32


def test_the_link_is_told_as_it_is_and_selling_never_waits_for_it(tmp_path: Path) -> None:
    data = tmp_path / "node"
    user = store_user("s0001", topics=Topics("main"))
    broker = NatsBroker(tmp_path / "broker", [user])
    broker.start()
    try:
        url = f"mqtt://127.0.0.1:{broker.port}"
        make_node(data, broker_url=url, broker_user="s0001", broker_password_file="password")
        (data / "password").write_text(f"{PASSWORD}\n")
        with closing(open_node(data)) as node:
            wait_for(lambda: node.link.link == "greeting")
            asyncio.run(node.commit(sell(1)))
            wait_for(lambda: node.link.unsynced == 2)
            broker.kill()
            wait_for(lambda: node.link.link == "cut")
            assert asyncio.run(node.commit(sell(2))).number == 2
            wait_for(lambda: node.link.unsynced == 3)
    finally:
        broker.kill()


def test_a_store_on_its_own_has_no_link(tmp_path: Path) -> None:
    make_node(tmp_path / "node")
    with closing(open_node(tmp_path / "node")) as node:
        assert node.link.link == "none"


def test_a_directory_is_one_processs_alone(tmp_path: Path) -> None:
    data = tmp_path / "node"
    make_node(data)
    with closing(open_node(data)), pytest.raises(OSError, match="another process"):
        open_node(data)
    with closing(open_node(data)) as node:
        assert asyncio.run(node.commit(sell(1))).number == 1
