"""The writer: commands from many threads, few commits, none lost at the end."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from typing import Any

import pytest

from edge.audit import verify
from edge.books import database
from edge.books.store import Committed
from edge.books.writer import Priority, Writer
from edge.errors import Overloaded, StoreClosed, UnknownProduct
from edge.selling.pricing import SellLine, TenderLine
from edge.selling.sales import Sell
from tests.edge.shop import Shop


@pytest.fixture
def writer(shop: Shop) -> Iterator[Writer]:
    opened = Writer(shop.store, waiting_max=300)
    yield opened
    assert opened.close()


def _sale(shop: Shop, till: str = "t1", sku: str = "TEA") -> Sell:
    return Sell(shop.new_id(), till, (SellLine(sku=sku),), (TenderLine("cash", 1_000),))


class Hold:
    """A command that keeps the writer busy until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.go = threading.Event()

    def run(self, books: Any) -> None:
        self.entered.set()
        assert self.go.wait(30)


class Note:
    """A command that notes that it ran."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self.name, self.notes = name, notes

    def run(self, books: Any) -> None:
        self.notes.append(self.name)


def test_many_threads_sell_at_once(shop: Shop, writer: Writer) -> None:
    commands = [_sale(shop, f"t{till}") for till in range(8) for _ in range(25)]
    parts = [commands[at::8] for at in range(8)]
    futures: list[Any] = []
    heard: list[Committed] = []
    shop.store.on_commit(heard.append)

    def sell(part: list[Sell]) -> None:
        futures.extend([writer.submit(command) for command in part])

    threads = [threading.Thread(target=sell, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait(futures, 30)
    assert len({future.result().receipt for future in futures}) == 200
    assert len(heard) <= 200
    assert writer.close()
    reading = database.connect(shop.path, readonly=True)
    assert list(verify(reading))
    reading.close()


def test_what_waits_together_shares_a_commit_and_fails_alone(shop: Shop, writer: Writer) -> None:
    heard: list[Committed] = []
    shop.store.on_commit(heard.append)
    hold = Hold()
    held = writer.submit(hold)
    assert hold.entered.wait(30)
    good, bad = writer.submit(_sale(shop)), writer.submit(_sale(shop, sku="GHOST"))
    other = writer.submit(_sale(shop))
    hold.go.set()
    assert [good.result(30).number, other.result(30).number] == [1, 2]
    assert isinstance(bad.exception(30), UnknownProduct)
    assert held.result(30) is None
    assert len(heard) == 1


def test_tills_go_before_backfill(shop: Shop, writer: Writer) -> None:
    notes: list[str] = []
    hold = Hold()
    writer.submit(hold)
    assert hold.entered.wait(30)
    last = [writer.submit(Note("backfill", notes), Priority.BACKFILL) for _ in range(8)][-1]
    for _ in range(3):
        writer.submit(Note("till", notes))
    hold.go.set()
    last.result(30)
    assert notes[:3] == ["till"] * 3
    assert notes[3:] == ["backfill"] * 8


def test_too_much_waiting_is_refused_at_once(shop: Shop, writer: Writer) -> None:
    hold = Hold()
    writer.submit(hold)
    assert hold.entered.wait(30)
    notes: list[str] = []
    futures = [writer.submit(Note("x", notes)) for _ in range(300)]
    with pytest.raises(Overloaded, match="300 commands wait"):
        writer.submit(Note("x", notes))
    hold.go.set()
    wait(futures, 30)
    assert len(notes) == 300


def test_closing_writes_what_waits_and_takes_no_more(shop: Shop) -> None:
    writer = Writer(shop.store)
    futures = [writer.submit(_sale(shop)) for _ in range(50)]
    assert writer.close()
    assert [future.result(0).number for future in futures] == list(range(1, 51))
    with pytest.raises(StoreClosed):
        writer.submit(_sale(shop))


def test_a_cancelled_command_is_not_written(shop: Shop, writer: Writer) -> None:
    hold = Hold()
    writer.submit(hold)
    assert hold.entered.wait(30)
    gone, stays = writer.submit(_sale(shop)), writer.submit(_sale(shop))
    assert gone.cancel()
    hold.go.set()
    assert stays.result(30).number == 1


def test_the_log_is_carried_over_in_the_background(shop: Shop, writer: Writer) -> None:
    connection: sqlite3.Connection = shop.store.connection
    assert writer.submit(Note("x", [])).result(30) is None
    assert connection.execute("PRAGMA wal_autocheckpoint").fetchone()[0] > 1_000
