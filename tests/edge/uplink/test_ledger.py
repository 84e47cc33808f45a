"""The session's view: exact at one moment, whole however it is cut, defined before it is used."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.books.tidying import Tidy
from edge.selling.pricing import SellLine
from edge.stock.moves import Move, ReceiveGoods
from edge.uplink.ledger import EdgeLedger
from sync.definitions import Product
from sync.facts import decode_fact
from sync.journal import follow, genesis, statement
from sync.lanes import BODY_ROOM_BYTES
from sync.quantities import Kind, unpack_rows
from sync.signing import is_signed
from sync.wire import Delta
from tests.edge.shop import Shop, open_shop

PEER = "hq-n1"
Rows = dict[tuple[str, str, int], int]


class Receiver:
    """Merges deltas as the other end does and knows only what it was told."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.rows: Rows = {}
        self.have = 0

    def take(self, delta: Delta) -> None:
        """Merge a delta; fail where it uses a number that was never defined."""
        assert delta.since <= self.have < delta.through
        self.names |= dict(delta.skus)
        for group in delta.groups:
            for number, kind, value in unpack_rows(group.rows):
                key = (group.author, self.names[number], kind)
                self.rows[key] = max(self.rows.get(key, 0), value)
        self.have = delta.through


@pytest.fixture
def ledger(shop: Shop) -> EdgeLedger:
    return shop.ledger()


def own_rows(shop: Shop) -> list[tuple[object, ...]]:
    """All counter rows that were written here."""
    return sorted(
        shop.rows(
            "SELECT j.name, s.sku, q.kind, q.value FROM quantity q JOIN sku s ON s.number = q.sku"
            " JOIN journal j ON j.no = q.author WHERE q.source = 0"
        )
    )


def test_a_delta_covers_exactly_the_facts_it_counts(shop: Shop, ledger: EdgeLedger) -> None:
    shop.stock(TEA=5)
    sale = shop.sell(SellLine(sku="TEA"))
    delta = ledger.delta_after(PEER, 0, 100)
    assert delta is not None
    (group,) = delta.groups
    assert (group.author, group.covers, delta.complete) == ("s0001-n1", sale.seq, True)
    assert unpack_rows(group.rows) == [(1, Kind.OPENING, 5), (1, Kind.SOLD, 1)]
    assert delta.skus == [(1, "TEA")]
    assert ledger.quantity_version(PEER) == delta.through
    assert ledger.delta_after(PEER, delta.through, 100) is None


def test_a_delta_cut_short_is_not_complete(shop: Shop, ledger: EdgeLedger) -> None:
    shop.stock(TEA=5, MUG=2, COFFEE=1)
    first = ledger.delta_after(PEER, 0, 2)
    assert first is not None
    assert not first.complete
    second = ledger.delta_after(PEER, first.through, 2)
    assert second is not None
    assert second.complete
    receiver = Receiver()
    receiver.take(first)
    receiver.take(second)
    assert len(receiver.rows) == 3


@settings(max_examples=30)
@given(
    st.lists(
        st.one_of(
            st.lists(st.sampled_from(["TEA", "COFFEE", "MUG", "NAPKIN"]), min_size=1, max_size=4),
            st.integers(1, 4),
        ),
        max_size=30,
    )
)
def test_whatever_is_sold_between_deltas_the_receiver_ends_up_right(
    story: list[list[str] | int],
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        shop = open_shop(Path(directory))
        ledger, receiver = shop.ledger(), Receiver()
        for step in [*story, 10, 10, 10]:
            if isinstance(step, int):
                delta = ledger.delta_after(PEER, receiver.have, step)
                if delta is not None:
                    receiver.take(delta)
                shop.run(Tidy())
            else:
                shop.sell(*[SellLine(sku=sku) for sku in step])
        held = sorted((*key, value) for key, value in receiver.rows.items())
        assert held == own_rows(shop)
        shop.store.close()


def test_long_names_are_cut_to_fit_a_message(shop: Shop, ledger: EdgeLedger) -> None:
    names = [f"{n:04d}-" + "长" * 59 for n in range(600)]
    for at in range(0, 600, 100):
        part = names[at : at + 100]
        shop.tell(*[Product(name, {"en": "x"}, [], "pc", "", 1) for name in part])
        moves = tuple(Move(1, sku=name) for name in part)
        shop.run(ReceiveGoods(id=shop.new_id(), lines=moves))
    receiver = Receiver()
    count = 0
    while delta := ledger.delta_after(PEER, receiver.have, 4_000):
        names_bytes = sum(12 + len(sku.encode()) for _, sku in delta.skus)
        assert names_bytes + sum(len(group.rows) for group in delta.groups) <= BODY_ROOM_BYTES
        receiver.take(delta)
        count += 1
    assert len(receiver.rows) == 600
    assert count > 1


def test_batches_are_signed_at_any_cut_and_never_empty(shop: Shop, ledger: EdgeLedger) -> None:
    for _ in range(10):
        shop.sell(SellLine(sku="TEA"))
    held: list[bytes] = []
    while batch := ledger.batch_after("s0001-n1", len(held), 300):
        assert batch.first == len(held) + 1
        assert len(batch.facts) == 1 or sum(map(len, batch.facts)) <= 300
        held += batch.facts
        head = follow(genesis("s0001-n1"), held)
        key = shop.signer.public_key
        assert is_signed(key, statement("s0001-n1", head), batch.signature)
    assert head == shop.head()
    assert decode_fact(held[0]).id == bytes([9]) * 16
    assert ledger.batch_after("s0001-n1", 99, 300) is None
    assert ledger.batch_after("s0001-n9", 0, 300) is None


def test_anothers_journal_is_handed_on_in_pieces_it_signed(shop: Shop, ledger: EdgeLedger) -> None:
    held = shop.headquarters.facts[PEER]
    first = len(held)
    shop.tell(Product("A", {}, [], "pc", "", 1), Product("B", {}, [], "pc", "", 1))
    whole = ledger.batch_after(PEER, 0, 10**6)
    assert whole is not None
    assert whole == shop.headquarters.batch(PEER).batch
    small = ledger.batch_after(PEER, 0, 1)
    assert small is not None
    assert small == shop.headquarters.batch(PEER, 0, first).batch
    middle = ledger.batch_after(PEER, first + 1, 10**6)
    assert middle is not None
    assert (middle.first, middle.last) == (first + 2, first + 2)


def test_holdings_name_every_journal_with_its_head_and_key(shop: Shop, ledger: EdgeLedger) -> None:
    held = {holding.journal: holding for holding in ledger.holdings()}
    own, theirs = held["s0001-n1"], held[PEER]
    assert (own.seq, own.hash, own.key) == (
        shop.head().seq,
        shop.head().hash,
        shop.signer.public_key,
    )
    assert theirs.seq == len(shop.headquarters.facts[PEER])
    assert theirs.key == shop.headquarters.signer.public_key


def test_tidying_leaves_one_entry_per_row_and_bounds_the_quarantine(shop: Shop) -> None:
    for _ in range(20):
        shop.sell(SellLine(sku="TEA"), SellLine(sku="MUG"))
    for at in range(1_050):
        shop.store.books.quarantine("hq-n1", "facts", str(at), b"")
    after = shop.run(Tidy(span=10))
    while after:
        after = shop.run(Tidy(after, span=10))
    assert shop.rows("SELECT count(*) FROM changed") == [(2,)]
    assert shop.rows("SELECT count(*) FROM quarantine") == [(1_000,)]
