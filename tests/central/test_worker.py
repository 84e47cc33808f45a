"""The worker with real sessions at both ends."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, OperationalError

from central.admission import shut_out
from central.errors import NotAdopted
from central.incarnation import Headquarters
from central.ingest import ingest
from central.store import Store
from sync.bodies import Grant, Opening
from sync.body import StockLine
from sync.definitions import Product
from sync.ledger import Outcome
from sync.quantities import Kind
from sync.session import Commit, State
from tests.central.chain import Chain, Node, books, rows, sale
from tests.sync.memory import folded, values


@pytest.fixture
def chain(store: Store) -> Chain:
    made = Chain(store)
    made.add_store("s1")
    made.add_store("s2", "south")
    return made


def counters(chain: Chain, store: str) -> dict[tuple[str, str, int], tuple[int, int]]:
    found = books(chain.store)["quantities"]
    return {(j, sku, kind): (v, f) for name, sku, j, kind, v, f in found if name == store}


def agrees(chain: Chain, node: Node) -> bool:
    """Whether headquarters holds the node's counters, and the same again as a fold of its facts."""
    held = counters(chain, node.name)
    theirs = values(node.ledger)
    assert folded(node.ledger) == theirs
    return held == {key: (value, value) for key, value in theirs.items()}


def test_sales_of_two_stores_arrive_whole(chain: Chain) -> None:
    one, two = chain.join("s1-n1"), chain.join("s2-n1")
    one.post(Opening([StockLine("A", 10)]))
    for number in range(5):
        one.post(sale(number, ("A", 1, 250), ("B", 2, 100)))
        two.post(sale(number, ("A", 3, 250)))
    chain.settle()
    assert agrees(chain, one)
    assert agrees(chain, two)
    totals = {row[0]: (row[3], row[-1]) for row in books(chain.store)["totals"]}
    assert totals == {"s1": (5, 5 * 450), "s2": (5, 5 * 750)}


def test_everything_arrives_over_a_bad_network(chain: Chain) -> None:
    chain.loss, chain.shuffle = 0.2, True
    one = chain.join("s1-n1")
    for number in range(60):
        one.post(sale(number, (f"S{number % 7}", 1, 250)))
        if number % 9 == 0:
            chain.settle(2)
    chain.settle(150)
    assert agrees(chain, one)


def test_headquarters_facts_reach_every_store(chain: Chain) -> None:
    one, two = chain.join("s1-n1"), chain.join("s2-n1")
    chain.settle(4)
    with chain.store.write() as connection:
        product = Product("A", {"en": "Apple"}, [], "pc", "std", 250)
        chain.author.define(connection, [product], "me")
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    chain.settle(4)
    name = str(chain.hq.replica)
    held = [n.ledger.state.journals[name].facts for n in (one, two)]
    facts = [row[4] for row in books(chain.store)["facts"] if row[0] == name]
    assert [bytes(fact) for fact in facts] == held[0] == held[1]


def test_an_unknown_store_is_told_what_to_do(chain: Chain) -> None:
    stranger = chain.join("s9-n1")
    chain.settle(4)
    assert stranger.session.state is State.REFUSED
    assert "evertill-central store add s9" in stranger.session.refusal
    chain.add_store("s9")
    stranger.post(sale(1, ("A", 1, 100)))
    chain.settle(200)
    assert agrees(chain, stranger)


def test_a_revoked_life_is_accepted_no_more(chain: Chain) -> None:
    one, two = chain.join("s1-n1"), chain.join("s2-n1")
    one.post(sale(1, ("A", 1, 100)))
    chain.settle(4)
    with chain.store.write() as connection:
        chain.author.revoke(connection, "s1", 1, "stolen", "me")
    before = books(chain.store)
    one.post(sale(2, ("A", 1, 100)))
    one.start()
    one.connect()
    chain.settle(20)
    assert books(chain.store) == before
    assert "revoked" in one.session.refusal
    two.post(sale(1, ("A", 1, 100)))
    chain.settle(4)
    assert agrees(chain, two)


def test_a_revoked_life_that_is_silent_is_told_nothing_more(chain: Chain) -> None:
    one = chain.join("s1-n1")
    chain.settle(20)
    assert one.session.state is State.OPEN
    with chain.store.write() as connection:
        chain.author.revoke(connection, "s1", 1, "stolen", "me")
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    assert "stolen" in one.session.refusal
    held = {name: list(j.facts) for name, j in one.ledger.state.journals.items()}
    with chain.store.write() as connection:
        chain.author.define(connection, [Product("A", {}, [], "pc", "std", 1)], "me")
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    chain.settle(40)
    assert {name: list(j.facts) for name, j in one.ledger.state.journals.items()} == held


def test_a_generation_used_twice_is_refused(chain: Chain) -> None:
    one = chain.join("s1-n1")
    one.post(sale(1, ("A", 1, 100)))
    chain.settle(4)
    before = books(chain.store)
    twin = Node(chain, "s1-n1", key=b"x" * 32)
    chain.nodes["s1"] = twin
    twin.connect()
    twin.post(sale(1, ("A", 1, 999)))
    chain.settle(10)
    assert books(chain.store) == before
    assert "used twice" in twin.session.refusal


def test_a_successor_gets_what_its_predecessor_had_said(chain: Chain) -> None:
    one = chain.join("s1-n1")
    one.post(Opening([StockLine("A", 10)]))
    for number in range(30):
        one.post(sale(number, ("A", 1, 100)))
    chain.settle(10)
    heir = chain.join("s1-n2")
    heir.post(sale(1, ("A", 1, 100)))
    chain.settle(10)
    assert heir.ledger.state.journals["s1-n1"].facts == one.ledger.state.journals["s1-n1"].facts
    assert values(heir.ledger)["s1-n1", "A", 3] == 30
    assert agrees(chain, heir)


def test_a_worker_that_starts_anew_goes_on(chain: Chain) -> None:
    one = chain.join("s1-n1")
    one.post(sale(1, ("A", 1, 100)))
    chain.settle(4)
    chain.start()
    one.post(sale(2, ("A", 1, 100)))
    chain.settle(40)
    assert agrees(chain, one)


def test_link_states_are_written_with_the_age_of_the_numbers(chain: Chain) -> None:
    chain.join("s1-n1").post(sale(1, ("A", 1, 100)))
    chain.settle(20)
    query = (
        "SELECT s.name, l.state, s.as_of_ms FROM store s LEFT JOIN link l ON l.store_id = s.id"
        " ORDER BY s.name"
    )
    (_, up, as_of), (_, cut, never) = rows(chain.store, query)
    assert (up, cut, never) == ("up", None, 0)
    assert chain.clock.now_ms - as_of < 15_000
    del chain.nodes["s1"]
    chain.settle(60)
    (_, after, age), (_, other, _) = rows(chain.store, query)
    assert (after, other) == ("cut", "cut")
    assert age < chain.clock.now_ms - 14_000


def test_a_restored_headquarters_reconverges_and_counts_lost_promises_as_made() -> None:
    chain = Chain(Store.in_memory())
    chain.add_store("s1")
    one = chain.join("s1-n1")
    one.post(Opening([StockLine("A", 10)]))
    one.post(Grant([StockLine("A", 6)]))
    chain.settle(20)
    backup = chain.store.image()
    with chain.store.write() as connection:
        chain.author.promise(connection, "s1", "o1", [StockLine("A", 2)], "me")
    one.post(sale(1, ("A", 1, 100)))
    chain.settle(10)
    chain.clock.now_ms += 600_000
    chain.restart_as(Store.in_memory(backup))
    chain.settle(60)
    assert rows(chain.store, "SELECT order_id, quantity FROM promised ORDER BY 1") == [
        ("o1", 2),
        ("restored", 4),
    ]
    assert [row[1] for row in books(chain.store)["worklist"]] == ["restored"]
    assert agrees(chain, one)


def test_a_restored_headquarters_moves_no_right_before_the_store_is_heard() -> None:
    chain = Chain(Store.in_memory())
    chain.add_store("s1")
    one = chain.join("s1-n1")
    one.post(Opening([StockLine("A", 10)]))
    one.post(Grant([StockLine("A", 6)]))
    chain.settle(20)
    lines = [StockLine("A", 2)]
    with chain.store.write() as connection:
        chain.author.promise(connection, "s1", "o1", lines, "me")
    backup = chain.store.image()
    chain.clock.now_ms += 600_000
    chain.restart_as(Store.in_memory(backup))
    with chain.store.write() as connection:
        moves: tuple[Callable[[], object], ...] = (
            lambda: chain.author.promise(connection, "s1", "o2", lines, "me"),
            lambda: chain.author.release(connection, "s1", "o1", lines, "me"),
            lambda: chain.author.give_back(connection, "s1", "unused", lines, "me"),
        )
        for move in moves:
            with pytest.raises(NotAdopted):
                move()
    chain.settle(60)
    with chain.store.write() as connection:
        chain.author.release(connection, "s1", "o1", lines, "me")


def test_a_store_is_told_the_counters_of_facts_it_handed_on() -> None:
    chain = Chain(Store.in_memory())
    chain.add_store("s1")
    one = chain.join("s1-n1")
    one.post(Opening([StockLine("A", 10)]))
    one.post(Grant([StockLine("A", 6)]))
    chain.settle(20)
    backup = chain.store.image()
    for order, quantity in (("o1", 2), ("o2", 3)):
        with chain.store.write() as connection:
            chain.author.promise(connection, "s1", order, [StockLine("A", quantity)], "me")
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    chain.settle(10)
    key = (str(chain.hq.replica_for("s1")), "A", int(Kind.CONSUMED))
    held = one.ledger.state.rows[key]
    assert held.value == 5
    one.ledger.state.rows[key] = replace(held, value=2)  # the second delta was lost, its facts not
    chain.clock.now_ms += 600_000
    chain.restart_as(Store.in_memory(backup))
    chain.settle(60)
    assert one.ledger.state.rows[key].value == 5


def test_a_restored_headquarters_learns_from_the_next_life_who_was_revoked() -> None:
    chain = Chain(Store.in_memory())
    chain.add_store("s1")
    chain.add_store("s2")
    backup = chain.store.image()
    chain.join("s1-n1").post(sale(1, ("A", 1, 100)))
    chain.settle(10)
    two = chain.join("s1-n2")
    with chain.store.write() as connection:
        chain.author.revoke(connection, "s1", 1, "stolen", "me")
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    chain.settle(10)
    chain.clock.now_ms += 600_000
    chain.restart_as(Store.in_memory(backup))
    chain.settle(60)
    assert agrees(chain, two)
    with chain.store.read() as connection:
        assert "stolen" in shut_out(connection)["s1-n1"]
    thief = chain.join("s1-n1")
    thief.post(sale(2, ("A", 1, 100)))
    chain.settle(20)
    assert "revoked" in thief.session.refusal


def test_what_could_not_be_committed_stays_waiting(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = chain.join("s1-n1")
    chain.settle(4)
    one.post(sale(1, ("A", 1, 100)))
    for message in list(chain.up):
        chain.worker.receive(message.topic, message.payload, chain.clock.now_ms)
    waiting = chain.worker.waiting
    assert waiting

    def away(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr("central.worker.ingest", away)
        with pytest.raises(OperationalError):
            chain.worker.commit(chain.clock.now_ms)
    assert chain.worker.waiting == waiting
    chain.settle(4)
    assert agrees(chain, one)


def test_a_value_no_check_foresaw_stops_only_its_own_message(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = chain.join("s1-n1"), chain.join("s2-n1")
    chain.settle(4)
    real = ingest

    def choking(
        connection: Connection,
        hq: Headquarters,
        items: Sequence[tuple[str, Commit]],
        *rest: Any,
        **more: Any,
    ) -> list[Outcome]:
        outcomes = real(connection, hq, items, *rest, **more)
        if any(name == "s1" for name, _ in items):
            raise DataError("INSERT", {}, Exception("out of range"))
        return outcomes

    with monkeypatch.context() as patch:
        patch.setattr("central.worker.ingest", choking)
        one.post(sale(1, ("A", 1, 100)))
        two.post(sale(1, ("A", 1, 100)))
        chain.settle(2)
    assert agrees(chain, two)
    assert {row[0] for row in books(chain.store)["quarantine"]} == {"s1"}
    chain.settle(60)
    assert agrees(chain, one)
