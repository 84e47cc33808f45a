"""The writing store: one transaction, one failure at a time, nothing trusted after a failed one."""

import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.audit import Progress, verify, verify_head
from edge.books import database
from edge.books.store import Committed, Store
from edge.errors import BadField, Problem, StoreClosed, StoreFailed
from edge.selling.pricing import SellLine, TenderLine
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import SaleResult, Sell, VoidSale
from edge.stock.moves import (
    Adjust,
    Count,
    CountLine,
    Grant,
    Move,
    Open,
    ReceiveGoods,
    StockResult,
    TransferIn,
    TransferOut,
    WriteOff,
)
from edge.uplink.ledger import EdgeLedger
from sync.bodies import Born
from sync.facts import decode_fact
from sync.journal import follow, genesis
from sync.receipts import Sale
from tests.edge.shop import Clock, Shop, open_shop

SKUS = ("TEA", "COFFEE", "MUG")


def _sale(shop: Shop, sku: str = "TEA", quantity: int = 1) -> Sell:
    lines = (SellLine(sku=sku, quantity=quantity),)
    return Sell(shop.new_id(), "t1", lines, (TenderLine("cash", 10**9),))


def _verified(shop: Shop) -> list[Progress]:
    reading = database.connect(shop.path, readonly=True)
    verify_head(reading)
    progress = list(verify(reading))
    reading.close()
    return progress


def test_born_is_the_first_fact_of_a_life(shop: Shop) -> None:
    (body,) = shop.rows("SELECT body FROM fact WHERE journal = 1 AND seq = 1")[0]
    assert isinstance(body, bytes)
    assert decode_fact(body).body == Born("setup", "test", 0)


def test_a_database_without_a_life_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(StoreClosed, match="init"):
        Store(database.connect(tmp_path / "x.db"), clock=Clock())


def test_one_bad_command_fails_alone_within_a_group(shop: Shop) -> None:
    before = shop.head().seq
    results = shop.store.execute([_sale(shop), _sale(shop, "GHOST"), _sale(shop, "MUG")])
    assert [type(result) for result in results][::2] == [SaleResult, SaleResult]
    assert isinstance(results[1], Problem)
    assert [result.number for result in results if isinstance(result, SaleResult)] == [1, 2]
    assert shop.head().seq == before + 2
    _verified(shop)


def test_a_command_that_breaks_after_writing_leaves_nothing_behind(shop: Shop) -> None:
    class Broken:
        def run(self, books: Any) -> None:
            _sale(shop, "NAPKIN").run(books)
            raise RuntimeError("planted")

    results = shop.store.execute([_sale(shop), Broken(), _sale(shop)])
    assert isinstance(results[1], RuntimeError)
    assert [result.number for result in results if isinstance(result, SaleResult)] == [1, 2]
    assert shop.rows("SELECT * FROM sku WHERE sku = 'NAPKIN'") == []
    _verified(shop)


def test_a_fault_in_what_one_command_writes_is_its_own(shop: Shop) -> None:
    class Twice:
        def run(self, books: Any) -> None:
            _sale(shop, "NAPKIN").run(books)
            books.connection.execute("INSERT INTO receipt VALUES ('t1', 1, 1, 1, 1)")

    results = shop.store.execute([_sale(shop), Twice(), _sale(shop)])
    assert isinstance(results[1], sqlite3.IntegrityError)
    assert [result.number for result in results if isinstance(result, SaleResult)] == [1, 2]
    _verified(shop)


def test_a_listener_that_fails_costs_nobody_the_sale(shop: Shop) -> None:
    def broken(_: Committed) -> None:
        raise RuntimeError("planted")

    shop.store.on_commit(broken)
    assert isinstance(shop.store.execute([_sale(shop)])[0], SaleResult)


def test_a_document_that_others_could_not_read_is_refused(shop: Shop) -> None:
    class Unreadable:
        def run(self, books: Any) -> None:
            books.append(shop.new_id(), 0, "", Sale("t1", 1, 1, "EURO", [], []))

    before = shop.head()
    assert isinstance(shop.store.execute([Unreadable()])[0], BadField)
    assert shop.head() == before


def test_listeners_hear_of_commits_that_changed_something(shop: Shop) -> None:
    heard: list[Committed] = []
    shop.store.on_commit(heard.append)
    shop.store.execute([_sale(shop)])
    shop.store.execute([_sale(shop, "GHOST")])
    assert [commit.seq for commit in heard] == [shop.head().seq]


class Failing:
    """A connection that fails at the statement that a test chooses."""

    def __init__(self, inner: sqlite3.Connection) -> None:
        self.inner = inner
        self.fails: Callable[[str], bool] = lambda sql: False

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        if self.fails(sql):
            raise sqlite3.OperationalError("disk I/O error")
        return self.inner.execute(sql, *arguments)

    def executemany(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        if self.fails(sql):
            raise sqlite3.OperationalError("disk I/O error")
        return self.inner.executemany(sql, *arguments)

    @property
    def in_transaction(self) -> bool:
        return self.inner.in_transaction

    def close(self) -> None:
        self.inner.close()


STATEMENTS = ("BEGIN", "COMMIT", "INSERT INTO fact", "INSERT INTO quantity", "INSERT OR IGNORE")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_after_a_failed_commit_everything_is_read_again(shop: Shop, statement: str) -> None:
    shop.store.close()
    failing = Failing(database.connect(shop.path))
    store = shop.open(failing)  # type: ignore[arg-type]
    shop.run(_sale(shop))
    before = shop.head()
    commands = [_sale(shop), _sale(shop, "MUG")]
    failing.fails = lambda sql: sql.startswith(statement)
    assert all(isinstance(result, StoreFailed) for result in store.execute(commands))
    failing.fails = lambda sql: sql.startswith("SELECT")
    assert all(isinstance(result, StoreFailed) for result in store.execute(commands))
    failing.fails = lambda sql: False
    results = store.execute(commands)
    assert [result.number for result in results if isinstance(result, SaleResult)] == [2, 3]
    assert shop.head().seq == before.seq + 2
    _verified(shop)


def test_a_transaction_that_was_never_committed_never_happened(shop: Shop) -> None:
    shop.run(_sale(shop))
    before = shop.head()
    shop.store.connection.execute("BEGIN IMMEDIATE")
    _sale(shop, "MUG").run(shop.store.books)
    shop.store.connection.close()  # as a process that dies: the transaction is rolled back
    shop.open()
    assert shop.head() == before
    assert shop.run(_sale(shop)).number == 2
    _verified(shop)


def test_a_store_in_memory_opens_from_an_image(shop: Shop) -> None:
    memory = database.connect("file:image?mode=memory&cache=shared")
    shop.store.connection.backup(memory)
    copy = Store(memory, clock=shop.clock)
    reading = database.connect("file:image?mode=memory&cache=shared", readonly=True)
    ledger = EdgeLedger(reading, shop.signer, shop.clock)
    for _ in range(2):
        (result,) = copy.execute([_sale(shop)])
        assert isinstance(result, SaleResult)
        assert ledger.holdings()[0].seq == result.seq
        assert ledger.delta_after("hq-n1", 0, 9) is not None
    reading.close()
    copy.close()


def test_a_closed_store_executes_nothing(shop: Shop) -> None:
    shop.store.close()
    assert isinstance(shop.store.execute([_sale(shop)])[0], StoreClosed)


# -- any history folds to the counters -----------------------------------------------------------

quantities = st.integers(1, 20)
moves = st.lists(
    st.builds(lambda sku, quantity: Move(quantity, sku=sku), st.sampled_from(SKUS), quantities),
    min_size=1,
    max_size=3,
).map(tuple)
sell_lines = st.lists(
    st.builds(lambda sku, q: SellLine(sku=sku, quantity=q), st.sampled_from(SKUS), quantities),
    min_size=1,
    max_size=3,
).map(tuple)
steps = st.one_of(
    st.tuples(st.just("sell"), sell_lines),
    st.tuples(st.just("void"), st.integers(0, 9)),
    st.tuples(st.just("return"), st.integers(0, 9), quantities),
    st.tuples(st.just("blind"), st.sampled_from(SKUS), quantities),
    st.tuples(st.sampled_from(["open", "receive", "off", "out", "in", "grant"]), moves),
    st.tuples(st.just("adjust"), st.sampled_from(SKUS), st.integers(-20, 20)),
    st.tuples(st.just("count"), st.sampled_from(SKUS), st.integers(0, 50)),
    st.tuples(st.just("repeat"), st.integers(0, 9)),
    st.tuples(st.just("reopen")),
)


class History:
    """Carries out steps and remembers the sales and commands to come back to."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.sales: list[bytes] = []
        self.commands: list[Any] = []

    def command(self, step: Any) -> Any:
        """Make the command of a step; None where it makes none."""
        shop, name = self.shop, step[0]
        sale = (
            self.sales[step[1] % len(self.sales)]
            if self.sales and name in ("void", "return")
            else b""
        )
        lines = step[1] if len(step) > 1 else ()
        match name:
            case "sell":
                return Sell(shop.new_id(), "t1", lines, (TenderLine("cash", 10**9),))
            case "void":
                return VoidSale(shop.new_id(), sale, "test")
            case "return":
                return ReturnGoods(shop.new_id(), "t1", sale, (ReturnLine(0, quantity=step[2]),))
            case "blind":
                back = (ReturnLine(sku=step[1], quantity=step[2]),)
                return ReturnGoods(shop.new_id(), "t2", None, back)
            case "repeat" if self.commands:
                return self.commands[step[1] % len(self.commands)]
        return self._stock_work(name, step, lines)

    def _stock_work(self, name: str, step: Any, lines: Any) -> Any:
        shop = self.shop
        match name:
            case "open":
                return Open(id=shop.new_id(), lines=lines)
            case "receive":
                return ReceiveGoods(id=shop.new_id(), lines=lines)
            case "off":
                return WriteOff(id=shop.new_id(), reason="broken", lines=lines)
            case "out":
                return TransferOut(id=shop.new_id(), to_store="s0002", lines=lines)
            case "in":
                out = shop.new_id()
                return TransferIn(id=shop.new_id(), from_store="s0002", out=out, lines=lines)
            case "grant":
                return Grant(id=shop.new_id(), lines=lines)
            case "adjust":
                line = (Move(step[2], sku=step[1]),)
                return Adjust(id=shop.new_id(), reason="test", lines=line)
            case "count":
                return Count(id=shop.new_id(), lines=(CountLine(step[2], sku=step[1]),))
        return None

    def take(self, step: Any) -> None:
        """Carry out a step."""
        if step[0] == "reopen":
            self.shop.store.close()
            self.shop.open()
            return
        command = self.command(step)
        if command is None:
            return
        before = {sku: self.shop.on_hand(sku) for sku in SKUS}
        result = self.shop.store.execute([command])[0]
        assert isinstance(result, Problem) or result.__class__.__module__.startswith("edge.")
        after = {sku: self.shop.on_hand(sku) for sku in SKUS}
        if isinstance(result, Problem) or result.repeated:  # type: ignore[attr-defined]
            assert after == before
            return
        self.commands.append(command)
        if isinstance(result, SaleResult):
            self.sales.append(result.id)
        if isinstance(result, StockResult) and not isinstance(command, Grant):
            change = {sku: after[sku] - before[sku] for sku in SKUS if after[sku] != before[sku]}
            assert change == {sku: moved for sku, moved in result.moved.items() if moved}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=25))
def test_any_history_folds_to_the_counters(history: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        shop = open_shop(Path(directory))
        story = History(shop)
        for step in history:
            story.take(step)
        _verified(shop)
        rows = shop.rows("SELECT body FROM fact WHERE journal = 1 ORDER BY seq")
        facts = [row[0] for row in rows if isinstance(row[0], bytes)]
        assert follow(genesis("s0001-n1"), facts) == shop.head()
        numbers = shop.rows("SELECT number FROM receipt WHERE till = 't1' ORDER BY number")
        assert [number for (number,) in numbers] == list(range(1, len(numbers) + 1))
        shop.store.close()
