"""Rights over gift cards, points and coupons between real nodes and headquarters."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.allotting import Issue, decide, issue, open_pool, reclaim
from central.audit import Finding, audit
from central.availability import of_region, of_sku, of_store
from central.entitlements import Account, Holder, accounts, keys_after, unheard
from central.errors import Conflict, Invalid, NotAdopted, NotFound
from central.store import Store
from central.views import unknown_skus
from sync.bodies import AnyBody
from sync.entitlements import Allotted, Credited, Debited, PassedOn, Recalled, Wanted, key_of
from sync.facts import decode_fact
from sync.quantities import Kind, spendable
from sync.session import State
from tests.central.chain import Chain, Node

GIFT = key_of("gift:X1")


class Till:
    """A node's side of rights over one key, as `edge.selling.entitlements` keeps it."""

    def __init__(self, chain: Chain, node: Node) -> None:
        self.chain, self.node, self.read = chain, node, 0

    @property
    def rights(self) -> int:
        """What this life may spend."""
        me = str(self.node.replica)
        held = self.node.ledger.state.rows
        counts = {Kind(k): row.value for (a, s, k), row in held.items() if (a, s) == (me, GIFT)}
        handed = [b for b in self._said() if isinstance(b, Allotted)]
        mine = sum(b.amount for b in handed if b.generation == self.node.replica.generation)
        return spendable(counts | {Kind.ALLOTTED: mine})

    @property
    def allotted(self) -> list[Allotted]:
        """All that was allotted to this store."""
        return [body for body in self._said() if isinstance(body, Allotted)]

    def _said(self) -> list[AnyBody]:
        journals = self.node.ledger.state.journals
        names = [name for name in journals if name.startswith(f"hq-{self.node.name}-")]
        return [decode_fact(fact).body for name in sorted(names) for fact in journals[name].facts]

    def answer(self) -> None:
        """Answer recalls that came in since the last call."""
        said = self._said()
        fresh, self.read = said[self.read :], len(said)
        for body in fresh:
            if isinstance(body, Recalled) and not body.final:
                amount = min(max(self.rights, 0), body.amount)
                self.node.post(PassedOn(GIFT, amount, body.amount))

    def want(self, amount: int) -> None:
        """Ask for rights."""
        handed = sum(body.amount for body in self.allotted)
        self.node.post(Wanted(GIFT, handed + amount - self.rights))


@pytest.fixture
def chain(store: Store) -> Chain:
    made = Chain(store)
    made.add_store("s1")
    made.add_store("s2", "south")
    return made


def tills(chain: Chain) -> tuple[Till, Till]:
    """Two stores, connected and heard."""
    both = Till(chain, chain.join("s1-n1")), Till(chain, chain.join("s2-n1"))
    chain.settle(4)
    return both


def run(chain: Chain, *both: Till, rounds: int = 6) -> None:
    """Let everything happen."""
    for _ in range(rounds):
        chain.settle(2)
        for till in both:
            if till.node.session.state is State.OPEN:
                till.answer()


def account(chain: Chain, key: str = GIFT) -> Account:
    """The account of a key."""
    with chain.store.read() as connection:
        return accounts(connection, [key], chain.clock.now_ms)[key]


def check(chain: Chain, *both: Till) -> None:
    """Nothing is lost, nothing doubled, and both sides agree."""
    found = account(chain)
    assert found.pool + sum(one.rights for one in found.holders) == found.total
    said = {(one.store, one.generation): one.rights for one in found.holders}
    for till in both:
        assert said.get((till.node.name, till.node.replica.generation), 0) == till.rights
    with chain.store.read() as connection:
        assert [f for f in audit(connection) if isinstance(f, Finding)] == []


def test_a_card_bought_in_one_store_is_spent_in_another(chain: Chain) -> None:
    one, two = tills(chain)
    one.node.post(Credited(GIFT, 5_000))
    two.want(3_000)
    run(chain, one, two)
    assert (one.rights, two.rights) == (2_000, 3_000)
    two.node.post(Debited(GIFT, 3_000))
    run(chain, one, two)
    check(chain, one, two)
    assert account(chain).total == 2_000


def test_a_request_is_answered_once_with_what_is_elsewhere(chain: Chain) -> None:
    one, two = tills(chain)
    one.node.post(Credited(GIFT, 500))
    chain.settle(2)
    one.node.session.disconnected()
    chain.worker.sessions["s1"].disconnected()
    chain.clock.now_ms += 31_000
    chain.settle(4)
    two.want(800)
    run(chain, two)
    assert [(a.amount, a.elsewhere, a.want) for a in two.allotted] == [(0, 500, 1)]
    assert one.rights == 500
    chain.clock.now_ms += 61_000
    chain.settle(4)
    one.node.connect()
    run(chain, one, two)
    assert [a.amount for a in two.allotted] == [0]  # who asked has gone: nothing moves any more
    two.want(800)
    run(chain, one, two)
    assert (one.rights, two.rights) == (0, 500)
    assert two.allotted[-1].elsewhere == 0
    check(chain, one, two)


def test_two_who_ask_at_once_get_what_there_is_and_no_more(chain: Chain) -> None:
    one, two = tills(chain)
    with chain.store.write() as connection:
        issue(connection, chain.author, Issue(GIFT, 100, "cap"), "me")
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    one.want(80)
    two.want(80)
    run(chain, one, two)
    assert one.rights + two.rights == 100
    assert account(chain).pool == 0
    check(chain, one, two)


def test_a_request_survives_a_crash_of_headquarters(chain: Chain) -> None:
    one, two = tills(chain)
    with chain.store.write() as connection:
        issue(connection, chain.author, Issue(GIFT, 100, "cap"), "me")
    chain.worker._allotment = None
    two.want(60)
    run(chain, one, two)
    assert two.rights == 0
    chain.start()
    for till in (one, two):
        till.node.connect()
    run(chain, one, two)
    assert two.rights == 60
    check(chain, one, two)


def test_an_issue_is_shared_out_at_once(chain: Chain) -> None:
    one, two = tills(chain)
    asked = Issue(GIFT, 100, "summer", [("s1", 40), ("s2", 50)])
    with chain.store.write() as connection:
        written = issue(connection, chain.author, asked, "me")
    assert written.journal in {
        "hq-s1-n" + str(chain.hq.generation),
        f"hq-s2-n{chain.hq.generation}",
    }
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    run(chain, one, two)
    assert (one.rights, two.rights, account(chain).pool) == (40, 50, 10)
    check(chain, one, two)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (Issue("tea", 5, ""), Invalid),
        (Issue(GIFT, 0, ""), Invalid),
        (Issue(GIFT, 10, "", [("s1", 11)]), Invalid),
        (Issue(GIFT, 10, "", [("s1", 4)]), Conflict),
        (Issue(GIFT, 10, "", store="s9"), NotFound),
    ],
)
def test_an_issue_that_makes_no_sense_changes_nothing(
    chain: Chain, asked: Issue, error: type[Exception]
) -> None:
    with pytest.raises(error), chain.store.write() as connection:
        issue(connection, chain.author, asked, "me")
    assert account(chain) == Account(GIFT, 0, 0, 0)


def test_keys_are_listed_and_are_no_stock(chain: Chain) -> None:
    one, two = tills(chain)
    cards = sorted([key_of("gift:A"), key_of("gift:B"), GIFT])
    for key in (*cards, "points:m1"):
        one.node.post(Credited(key, 5))
    run(chain, one, two)
    with chain.store.read() as connection:
        assert keys_after(connection, "gift", "", 2) == cards[:2]
        assert keys_after(connection, "gift", cards[1], 2) == cards[2:]
        assert keys_after(connection, "", "", 9) == [*cards, "points:m1"]
        assert of_store(connection, "s1") == []
        assert of_region(connection) == ([], "")
        assert of_sku(connection, GIFT, 0) == []
        assert unknown_skus(connection) == []


# -- lives that end, headquarters that forgets ---------------------------------------------------


def test_a_new_life_gets_nothing_of_its_predecessor_until_somebody_decides(chain: Chain) -> None:
    one, two = tills(chain)
    one.node.post(Credited(GIFT, 500))
    run(chain, one, two)
    heir = Till(chain, chain.join("s1-n2"))
    run(chain, heir, two)
    assert heir.rights == 0
    two.want(100)
    run(chain, heir, two)
    assert (two.rights, two.allotted[-1].elsewhere, two.allotted[-1].blocked) == (0, 0, 500)
    with pytest.raises(Conflict, match="revoke it first"), chain.store.write() as connection:
        reclaim(connection, chain.author, ("s1", 1), "burnt", "me")
    with chain.store.write() as connection:
        chain.author.revoke(connection, "s1", 1, "burnt", "me")
        assert reclaim(connection, chain.author, ("s1", 1), "burnt", "me") == {GIFT: 500}
        assert reclaim(connection, chain.author, ("s1", 1), "burnt", "me") == {}
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    two.want(100)
    run(chain, heir, two)
    assert (two.rights, two.allotted[-1].elsewhere, two.allotted[-1].blocked) == (100, 400, 0)
    check(chain, heir, two)


def restored(chain: Chain, image: bytes) -> None:
    """Lose the database and go on from a backup."""
    chain.up.clear()
    chain.restart_as(Store.in_memory(image))


@pytest.fixture
def memory() -> Iterator[Chain]:
    opened = Store.in_memory()
    made = Chain(opened)
    made.add_store("s1")
    made.add_store("s2", "south")
    yield made
    made.store.close()
    opened.close()


def test_a_restored_headquarters_hands_out_nothing_it_may_have_handed_out(memory: Chain) -> None:
    one, two = tills(memory)
    with memory.store.write() as connection:
        issue(connection, memory.author, Issue(GIFT, 100, "cap"), "me")
    memory.deliver(memory.worker.authored(memory.clock.now_ms))
    run(memory, one, two)
    image = memory.store.image()
    one.want(100)
    run(memory, one, two)
    assert one.rights == 100
    one.node.session.disconnected()
    restored(memory, image)
    two.node.connect()
    run(memory, two)
    two.want(60)
    run(memory, two)
    assert account(memory).pool == 100  # as far as it knows
    assert (two.rights, two.allotted[-1].amount) == (0, 0)
    with memory.store.read() as connection:
        assert unheard(connection, memory.hq) == ["s1"]
    with memory.store.write() as connection:
        memory.author.revoke(connection, "s2", 1, "x", "me")
        with pytest.raises(NotAdopted, match="first hear from s1"):
            reclaim(connection, memory.author, ("s2", 1), "x", "me")
        connection.rollback()
    one.node.connect()
    two.want(61)
    run(memory, one, two)
    assert (one.rights, two.rights, account(memory).pool) == (39, 61, 0)
    check(memory, one, two)


def test_a_headquarters_set_up_anew_hands_out_nothing_of_its_predecessors(memory: Chain) -> None:
    one, two = tills(memory)
    one.node.post(Credited(GIFT, 100))
    one.node.post(PassedOn(GIFT, 100))
    two.want(100)
    run(memory, one, two)
    assert two.rights == 100
    for till in (one, two):
        till.node.session.disconnected()
    memory.up.clear()
    memory.clock.now_ms += 600_000
    memory.restart_as(Store.in_memory())
    for name in ("s1", "s2"):
        memory.add_store(name)
    with memory.store.write() as connection:
        issue(connection, memory.author, Issue("coupon:C", 5, "first"), "me")
    one.node.connect()
    one.want(100)
    run(memory, one)
    assert account(memory).pool == 100  # as far as it knows
    assert one.rights == 0
    two.node.connect()
    run(memory, one, two)
    assert (account(memory).pool, two.rights) == (0, 100)
    with memory.store.read() as connection:
        assert unheard(connection, memory.hq) == ["s1", "s2"]


def test_a_box_replaced_while_headquarters_forgot_needs_a_decision(memory: Chain) -> None:
    one, two = tills(memory)
    one.node.post(Credited(GIFT, 100))
    one.node.post(PassedOn(GIFT, 100))
    run(memory, one, two)
    restored(memory, memory.store.image())
    heir = Till(memory, memory.join("s1-n2"))
    two.node.connect()
    two.want(60)
    run(memory, heir, two)
    assert two.rights == 0
    with memory.store.read() as connection:
        assert unheard(connection, memory.hq) == ["s1"]
    with memory.store.write() as connection:
        open_pool(connection, memory.author, "the old box burnt", "me")
    run(memory, heir, two)
    assert two.rights == 60
    check(memory, heir, two)


# -- the decision alone --------------------------------------------------------------------------

HOLDERS = st.builds(
    Holder,
    st.sampled_from(["s1", "s2", "s3"]),
    st.just(1),
    st.integers(-20, 100),
    st.booleans(),
    st.just(False),
    st.just(0),
    st.integers(0, 60),
    st.integers(0, 50),
    st.integers(0, 120),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 9),
).flatmap(lambda one: st.booleans().map(lambda up: _linked(one, up=up)))


def _linked(one: Holder, *, up: bool) -> Holder:
    return replace(one, linked=up and one.living)


@given(
    st.integers(-5, 150),
    st.lists(HOLDERS, max_size=3, unique_by=lambda one: one.store),
    st.booleans(),
)
def test_no_decision_gives_what_is_not_there(
    pool: int, holders: list[Holder], is_open: bool
) -> None:
    found = decide(Account(GIFT, pool, 0, 0, holders), is_open=is_open, since_ms=4)
    by_store = {one.store: one for one in holders}
    given_out = sum(body.amount for _, body in found if isinstance(body, Allotted))
    assert given_out <= max(pool, 0)
    recalled: dict[str, int] = {}
    for store, body in found:
        one = by_store[store]
        if isinstance(body, Recalled):
            assert one.linked
            recalled[store] = recalled.get(store, 0) + body.amount
        else:
            assert isinstance(body, Allotted)
            assert one.wanted_ms > 4
            assert 0 <= body.amount <= max(one.total - one.allotted, 0)
            assert body.amount or one.told < one.want
    for store, amount in recalled.items():
        assert amount + by_store[store].asked <= by_store[store].rights
    wanted = sum(max(o.total - o.allotted, 0) for o in holders if o.living and o.wanted_ms > 4)
    assert given_out + sum(recalled.values()) <= wanted
    if not is_open:
        assert not given_out
        assert not recalled
