"""Whatever the order, the split and the repetition of messages: the same books."""

from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.authoring import Author
from central.incarnation import Headquarters, begin
from central.ingest import ingest
from central.store import Store
from sync.bodies import AnyBody, GoodsReceipt, Opening, Shortfall, TransferIn, TransferOut
from sync.body import StockLine
from sync.definitions import StoreProfile
from sync.facts import Fact, encode_fact
from sync.identity import Replica
from sync.journal import Batch, follow, genesis, make_batch
from sync.ledger import Outcome
from sync.orders import Difference, Received
from sync.quantities import pack_rows
from sync.receipts import Return, ReturnedLine, Tender, Void
from sync.session import Commit
from sync.signing import Signer
from sync.wire import Delta, Facts, Have, Hello, RowGroup
from tests.central.chain import KEY, START_MS, Clock, books, rows, sale, wipe
from tests.sync.memory import MemoryLedger, folded, values

STORES = ("s1", "s2")
POISON = b"\x95not a fact"


def prepare(store: Store) -> Headquarters:
    """Set headquarters up with two stores."""
    signer = Signer(KEY)
    ids = iter(range(1, 100))
    with store.write() as connection:
        hq = begin(connection, signer.public_key, bytes(16), START_MS, "setup")
        author = Author(hq, Clock(), lambda: (2**100 + next(ids)).to_bytes(16, "big"))
        profiles = [StoreProfile(name, name, "north", "EUR") for name in STORES]
        author.define(connection, profiles, "test")
    return hq


@pytest.fixture
def hq(store: Store) -> Headquarters:
    return prepare(store)


def life(name: str) -> MemoryLedger:
    """Make one life of a store."""
    return MemoryLedger(Replica.parse(name), Signer(name.encode().ljust(32, b".")))


def hello(ledger: MemoryLedger, birth: bytes = b"b" * 16) -> Commit:
    """Make the hello of a life."""
    holdings = list(ledger.holdings())
    key = ledger.signer.public_key
    return Commit(ledger.me, Hello(1, birth, key, "t", START_MS, holdings, "", 0, 0, False))


def batches(ledger: MemoryLedger, cuts: list[int]) -> list[Commit]:
    """Cut a life's own journal into batches at the given places."""
    facts = ledger.state.journals[str(ledger.me)].facts
    places = sorted({0, len(facts), *(cut % (len(facts) + 1) for cut in cuts)})
    out = []
    for start, end in pairwise(places):
        before = follow(genesis(str(ledger.me)), facts[:start])
        batch = make_batch(str(ledger.me), before, facts[start:end], ledger.signer)
        out.append(Commit(ledger.me, Facts(batch)))
    return out


def deltas(ledger: MemoryLedger, size: int) -> list[Commit]:
    """Cut a life's counters into deltas of some rows each."""
    out, version = [], 0
    while (delta := ledger.delta_after("hq-n1", version, size)) is not None:
        out.append(Commit(ledger.me, delta))
        version = delta.through
    return out


def put(store: Store, hq: Headquarters, items: list[tuple[str, Commit]]) -> list[Outcome]:
    with store.write() as connection:
        return ingest(connection, hq, items, START_MS)


def have(outcome: Outcome) -> Have:
    (one,) = outcome.have
    return one


bodies = st.one_of(
    st.builds(
        lambda n, sku, quantity: sale(n, (sku, quantity, 100)),
        st.integers(0, 99),
        st.sampled_from("ABC"),
        st.integers(1, 9),
    ),
    st.builds(
        lambda sku, quantity: Opening([StockLine(sku, quantity)]),
        st.sampled_from("ABC"),
        st.integers(1, 50),
    ),
    st.builds(
        lambda order, sku, quantity: GoodsReceipt("", "", [StockLine(sku, quantity)], order),
        st.sampled_from(["", "PO-1", "PO-2"]),
        st.sampled_from("ABC"),
        st.integers(1, 9),
    ),
    st.builds(
        lambda to, sku, quantity: TransferOut(to, [StockLine(sku, quantity)]),
        st.sampled_from(["s1", "s2", "s9"]),
        st.sampled_from("ABC"),
        st.integers(1, 9),
    ),
    st.builds(
        lambda out, lines: TransferIn("s1", out, lines, tuple(lines[:1])),
        st.sampled_from([bytes([n]) * 8 + at.to_bytes(8, "big") for n in (0, 2) for at in (0, 1)]),
        st.just([StockLine("A", 2), StockLine("B", 1)]),
    ),
    st.builds(
        lambda order, reason: Received(
            order, b"" if order else b"\0" * 16, reason, [Difference("A", 2, 1)]
        ),
        st.sampled_from(["", "PO-1"]),
        st.sampled_from(["short", "over"]),
    ),
    st.builds(
        lambda sku: Shortfall(b"s" * 16, [StockLine(sku, 1)]),
        st.sampled_from("ABC"),
    ),
)
journals = st.lists(bodies, min_size=1, max_size=12)


def chain_of(posted: dict[str, list[AnyBody]], poison_at: int | None) -> list[MemoryLedger]:
    """Make lives that posted these bodies; one fact of s1 may be unreadable."""
    lives = []
    for number, (name, wanted) in enumerate(posted.items()):
        ledger = life(name)
        for place, body in enumerate(wanted):
            if name == "s1-n1" and place == poison_at:
                ledger.state.journals[name].facts.append(POISON)
            fact_id = bytes([number]) * 8 + place.to_bytes(8, "big")
            ledger.append(body, fact_id, START_MS + place)
        lives.append(ledger)
    return lives


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    posted=st.fixed_dictionaries({"s1-n1": journals, "s1-n2": journals, "s2-n1": journals}),
    poison_at=st.none() | st.integers(0, 11),
    cuts=st.lists(st.integers(0, 100), max_size=4),
    size=st.integers(1, 9),
    seed=st.integers(0, 2**32),
)
def test_order_split_and_repetition_do_not_matter(  # noqa: PLR0917 - Hypothesis' arguments
    store: Store,
    posted: dict[str, list[AnyBody]],
    poison_at: int | None,
    cuts: list[int],
    size: int,
    seed: int,
) -> None:
    lives = chain_of(posted, poison_at)
    hellos = [(ledger.me.node, hello(ledger)) for ledger in lives]
    plain = [
        (ledger.me.node, commit)
        for ledger in lives
        for commit in (*deltas(ledger, 1_000), *batches(ledger, []))
    ]
    wipe(store)
    put(store, prepare(store), hellos + plain)
    expected = books(store)

    random = Random(seed)
    pieces = [
        (ledger.me.node, commit)
        for ledger in lives
        for commit in (*deltas(ledger, size), *batches(ledger, cuts))
    ]
    wipe(store)
    hq = prepare(store)
    put(store, hq, hellos[::-1])
    for _ in range(len(pieces) + 1):
        crowd = random.sample(pieces, len(pieces)) + random.choices(pieces, k=3)
        while crowd:
            count = random.randint(1, len(crowd))
            put(store, hq, crowd[:count])
            crowd = crowd[count:]
        if books(store) == expected:
            break
    assert books(store) == expected
    assert_double_entry(store, lives)


def assert_double_entry(store: Store, lives: list[MemoryLedger]) -> None:
    """Both sides of each row equal what its author counted and what its facts add up to."""
    found = {
        (journal, sku, kind): (value, sums)
        for _, sku, journal, kind, value, sums in books(store)["quantities"]
    }
    for ledger in lives:
        state = ledger.state.journals[str(ledger.me)]
        state.facts = [fact for fact in state.facts if fact != POISON]
        assert folded(ledger) == values(ledger)
    everything = {key: value for ledger in lives for key, value in values(ledger).items()}
    assert found == {key: (value, value) for key, value in everything.items()}


def test_poison_is_kept_and_blocks_nobody(store: Store, hq: Headquarters) -> None:
    one, two = life("s1-n1"), life("s2-n1")
    one.append(sale(1, ("A", 1, 100)), b"1" * 16)
    one.state.journals["s1-n1"].facts.append(POISON)
    one.append(sale(2, ("A", 1, 100)), b"2" * 16)
    two.append(sale(1, ("A", 1, 100)), b"3" * 16)
    items = [("s1", hello(one)), ("s1", batches(one, [])[0])]
    items += [("s2", hello(two)), ("s2", batches(two, [])[0])]
    outcomes = put(store, hq, items)
    assert [have(outcomes[1]).seq, have(outcomes[3]).seq] == [3, 1]
    kept = [row for row in books(store)["facts"] if row[0] == "s1-n1"]
    assert [(row[1], row[3], bytes(row[4]) == POISON) for row in kept] == [
        (1, 2, False),
        (2, 0, True),
        (3, 2, False),
    ]
    (entry,) = books(store)["quarantine"]
    assert (entry[0], entry[1], bytes(entry[3])) == ("s1", "facts", POISON)


def test_a_gap_asks_and_a_fork_halts(store: Store, hq: Headquarters) -> None:
    one = life("s1-n1")
    for number in range(4):
        one.append(sale(number, ("A", 1, 100)), bytes([number]) * 16)
    first, second = batches(one, [2])
    gap = put(store, hq, [("s1", hello(one)), ("s1", second)])[1]
    assert have(gap) == Have("s1-n1", 0, rewind=True)
    assert have(put(store, hq, [("s1", first)])[0]) == Have("s1-n1", 2)
    other = life("s1-n1")
    other.append(sale(9, ("A", 1, 999)), b"x" * 16)
    forked = put(store, hq, [("s1", batches(other, [])[0]), ("s1", second)])
    assert have(forked[0]) == Have("s1-n1", 2, halted=True)
    assert have(forked[1]) == Have("s1-n1", 4)
    put(store, hq, [("s1", batches(other, [])[0])] * 3)
    assert rows(store, "SELECT count FROM quarantine") == [(4,)]


def test_a_batch_in_another_key_is_set_aside_and_halts_nothing(
    store: Store, hq: Headquarters
) -> None:
    one = life("s1-n1")
    one.append(sale(1, ("A", 1, 100)), b"1" * 16)
    forged = MemoryLedger(one.me, Signer(b"z" * 32))
    forged.append(sale(1, ("A", 1, 1)), b"1" * 16)
    outcome = put(store, hq, [("s1", hello(one)), ("s1", batches(forged, [])[0])])[1]
    assert have(outcome) == Have("s1-n1", 0)
    assert not [row for row in books(store)["facts"] if row[0] == "s1-n1"]
    assert rows(store, "SELECT count FROM quarantine") == [(1,)]
    assert have(put(store, hq, [("s1", batches(one, [])[0])])[0]) == Have("s1-n1", 1)


@pytest.mark.parametrize(
    "origin", ["s1-n1", "s9-n1"], ids=["no hello before", "store is not known"]
)
def test_what_is_not_admitted_is_refused(store: Store, hq: Headquarters, origin: str) -> None:
    one = life(origin)
    one.append(sale(1, ("A", 1, 100)), b"1" * 16)
    before = books(store)
    outcomes = put(store, hq, [(one.me.node, c) for c in (*deltas(one, 9), *batches(one, []))])
    assert all(outcome.refused for outcome in outcomes)
    assert books(store) == before


def test_numbers_never_defined_are_asked_for_from_the_beginning(
    store: Store, hq: Headquarters
) -> None:
    one = life("s1-n1")
    one.append(sale(1, ("A", 1, 100)), b"1" * 16)
    one.append(sale(2, ("B", 1, 100)), b"2" * 16)
    first, second = (c.message for c in deltas(one, 1))
    assert isinstance(second, Delta)
    bare = msgspec.structs.replace(second, skus=[])
    outcomes = put(
        store,
        hq,
        [("s1", hello(one)), ("s1", Commit(one.me, first)), ("s1", Commit(one.me, bare))],
    )
    assert outcomes[2] == Outcome(have_quantities=0, rewind_quantities=True)
    put(store, hq, [("s1", commit) for commit in deltas(one, 1)])
    put(store, hq, [("s1", commit) for commit in batches(one, [])])
    assert_double_entry(store, [one])


def test_headquarters_own_counters_come_from_nobody_else(store: Store, hq: Headquarters) -> None:
    one = life("s1-n1")
    group = RowGroup(str(hq.replica_for("s1")), 1, pack_rows([(1, 21, 5)]))
    delta = Delta(0, 1, True, START_MS, [(1, "A")], [group])
    put(store, hq, [("s1", hello(one)), ("s1", Commit(one.me, delta))])
    assert books(store)["quantities"] == []
    assert len(books(store)["quarantine"]) == 1


def test_a_sale_that_two_lives_posted_goes_to_the_worklist(store: Store, hq: Headquarters) -> None:
    one, two = life("s1-n1"), life("s1-n2")
    for ledger in (one, two):
        ledger.append(sale(1, ("A", 1, 100)), b"1" * 16)
    items = [("s1", c) for ledger in (one, two) for c in (hello(ledger), *batches(ledger, []))]
    put(store, hq, items)
    (task,) = books(store)["worklist"]
    assert task[1:3] == ("posted-twice", (b"1" * 16).hex())
    assert "s1-n1/1 and s1-n2/1" in task[3]


def test_totals_follow_returns_and_voids(store: Store, hq: Headquarters) -> None:
    one = life("s1-n1")
    one.append(sale(1, ("A", 2, 300)), b"1" * 16)
    one.append(sale(2, ("A", 1, 300)), b"2" * 16)
    line = ReturnedLine(0, "A", 1, 300, "A", 0)
    money = [Tender("cash", 300)]
    one.append(Return("t1", 3, 20_000, "EUR", b"1" * 16, [line], money, 300, "size"), b"3" * 16)
    lines = [StockLine("A", 1)]
    one.append(Void("t1", 20_001, "EUR", b"2" * 16, lines, 300, "wrong till"), b"4" * 16)
    put(store, hq, [("s1", hello(one)), *(("s1", c) for c in batches(one, [1, 3]))])
    assert books(store)["totals"] == [
        ("s1", 20_000, "EUR", 2, 1, 0, 900, 0, 0, 300, 0, 600),
        ("s1", 20_001, "EUR", 0, 0, 1, 0, 0, 0, 0, 300, -300),
    ]


def test_absurd_values_of_one_store_do_not_touch_another(store: Store, hq: Headquarters) -> None:
    one, two = life("s1-n1"), life("s2-n1")
    for place, body in enumerate(
        [
            sale(1, ("A", 1, 100), day=2**50),
            sale(2, ("NUL\0", 1, 100)),
            msgspec.structs.replace(sale(3, ("A", 1, 100)), currency="E\0R"),
        ]
    ):
        one.state.journals["s1-n1"].facts.append(
            encode_fact(Fact(bytes([place]) * 16, START_MS, 0, "t", body))
        )
    two.append(sale(1, ("A", 1, 100)), b"1" * 16)
    outcomes = put(
        store,
        hq,
        [
            ("s1", hello(one)),
            ("s1", batches(one, [])[0]),
            ("s2", hello(two)),
            ("s2", batches(two, [])[0]),
        ],
    )
    assert have(outcomes[1]).seq == 3
    assert len(books(store)["quarantine"]) == 3
    assert [row[0] for row in books(store)["totals"]] == ["s2"]


def test_the_quarantine_of_a_store_is_bounded(store: Store, hq: Headquarters) -> None:
    one = life("s1-n1")
    put(store, hq, [("s1", hello(one))])
    batch = Batch("s1-n1", 1, bytes(32), [], b"")
    for start in range(0, 600, 100):
        noise = [
            (
                "s1",
                Commit(
                    one.me,
                    Facts(msgspec.structs.replace(batch, signature=bytes([n % 256, n // 256]))),
                ),
            )
            for n in range(start, start + 100)
        ]
        put(store, hq, noise)
    ((size, counted),) = rows(store, "SELECT count(*), sum(count) FROM quarantine")
    assert (size, int(counted)) == (201, 600)
