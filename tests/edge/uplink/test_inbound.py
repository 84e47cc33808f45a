"""What headquarters sends: the newest word holds, bad bytes block nobody, no row is forged."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from edge.selling.pricing import SellLine
from edge.uplink.inbound import Receive, SetAside
from sync.bodies import GiveBack, Promise
from sync.body import StockLine
from sync.definitions import Price, Product, Rule
from sync.facts import Fact, encode_fact
from sync.identity import Replica
from sync.journal import follow, genesis, make_batch
from sync.ledger import Outcome
from sync.quantities import Kind, pack_rows
from sync.receipts import Sale
from sync.signing import Signer
from sync.topics import Lane
from sync.wire import Delta, Facts, Have, Holding, RowGroup
from tests.edge.shop import START_MS, Headquarters, Shop, catalogue, open_shop

HQ = "hq-n1"
LOCAL = "hq-s0001-n1"


def test_facts_are_held_in_their_bytes_and_acknowledged(shop: Shop) -> None:
    held = shop.headquarters.facts[HQ]
    rows = shop.rows("SELECT body FROM fact WHERE journal <> 1 ORDER BY seq")
    assert [body for (body,) in rows] == held
    repeat = shop.receive(shop.headquarters.batch(HQ))
    assert repeat.have == (Have(HQ, len(held)),)
    assert len(shop.rows("SELECT * FROM checkpoint")) == 1


def test_an_overlap_brings_what_is_new_and_a_gap_is_asked_for(shop: Shop) -> None:
    before = len(shop.headquarters.facts[HQ])
    shop.headquarters.write(Price("TEA", 400))
    later = shop.headquarters.write(Price("TEA", 500))
    assert shop.receive(later).have == (Have(HQ, before, rewind=True),)
    assert shop.receive(shop.headquarters.batch(HQ, before - 2)).have == (Have(HQ, before + 2),)
    assert shop.sell(SellLine(sku="TEA")).total_minor == 500


def test_a_fork_is_set_aside_and_halts_that_journal_alone(shop: Shop) -> None:
    other = Headquarters()
    other.write(*catalogue()[:-1])
    assert shop.receive(other.write(Price("TEA", 1))).have[0].halted
    assert "other content" in str(shop.rows("SELECT reason FROM quarantine"))
    assert shop.tell(Rule("x", "1"), local=True).have == (Have(LOCAL, 2),)
    assert shop.sell(SellLine(sku="TEA")).total_minor == 350


def test_a_batch_of_another_author_is_set_aside_and_halts_nothing(shop: Shop) -> None:
    forged = Headquarters(secret=bytes(32), facts=dict(shop.headquarters.facts))
    forged.facts[HQ] = list(shop.headquarters.facts[HQ])
    held = len(shop.headquarters.facts[HQ])
    assert shop.receive(forged.write(Price("TEA", 1))).have == (Have(HQ, held),)
    assert "not signed" in str(shop.rows("SELECT reason FROM quarantine"))
    assert not shop.rows("SELECT 1 FROM journal WHERE halted")
    assert shop.receive(shop.headquarters.write(Price("TEA", 350))).have == (Have(HQ, held + 1),)
    assert shop.sell(SellLine(sku="TEA")).total_minor == 350


def test_a_fact_that_can_not_be_read_is_kept_and_blocks_nobody(shop: Shop) -> None:
    held = shop.headquarters.facts[HQ]
    before = len(held)
    sale = Sale("t1", 1, 1, "EUR", [], [])
    forged = encode_fact(Fact(bytes(16), START_MS, 0, "", sale))
    held += [b"\xc1 nonsense", forged]
    assert shop.tell(Price("TEA", 360)).have == (Have(HQ, before, rewind=True),)
    assert shop.receive(shop.headquarters.batch(HQ, before)).have == (Have(HQ, before + 3),)
    assert shop.sell(SellLine(sku="TEA")).total_minor == 360
    reasons = [str(reason) for (reason,) in shop.rows("SELECT reason FROM quarantine")]
    assert len(reasons) == 2
    assert "may not write a Sale" in reasons[1]
    assert shop.rows("SELECT count(*) FROM fact WHERE kind = 0") == [(2,)]


def test_the_newest_word_holds_in_any_order_of_journals(tmp_path: Path) -> None:
    old, new = Headquarters(), Headquarters(Replica("hq", 2))
    batches = [
        old.write(*catalogue(), Price("TEA", 1), Rule("r", '"old"')),
        new.write(Price("TEA", 2), Rule("r", '"new"'), Price("MUG", 7)),
        old.write(Price("MUG", 5), store="s0001"),
        old.write(Rule("r", '"local"'), store="s0001"),
    ]
    seen = set()
    for number, order in enumerate(permutations(batches)):
        shop = Shop(tmp_path / f"{number}.db")
        shop.greet()
        waiting = list(order)
        while waiting:  # a batch that leaves a gap comes again
            batch = waiting.pop(0)
            if shop.receive(batch).have[0].rewind:
                waiting.append(batch)
        columns = "sku, names, price_minor, rank"
        seen.add(str(shop.rows(f"SELECT {columns} FROM product ORDER BY sku")))
        assert shop.store.books.rule("r") == '"local"'
        tea, mug = shop.store.books.item("TEA"), shop.store.books.item("MUG")
        assert tea is not None
        assert mug is not None
        assert (tea.price_minor, mug.price_minor) == (2, 5)
        shop.store.close()
    assert len(seen) == 1


def test_a_bad_gtin_goes_to_the_worklist_and_the_product_is_sold(shop: Shop) -> None:
    shop.tell(Product("CUP", {"en": "Cup"}, ["9521234567890"], "pc", "full", 5))
    assert shop.rows("SELECT kind FROM worklist") == [("catalogue",)]
    assert shop.sell(SellLine(sku="CUP")).total_minor == 5


# -- greetings -----------------------------------------------------------------------------------


def test_another_key_of_headquarters_is_refused(shop: Shop) -> None:
    hello = Headquarters(secret=bytes(32)).hello()
    assert "another key" in shop.receive(hello).refused


def test_an_earlier_life_of_headquarters_is_refused(shop: Shop) -> None:
    restored = Headquarters(Replica("hq", 5))
    assert not shop.run(Receive(restored.replica, restored.hello(birth=b"5" * 16))).refused
    assert "earlier life" in shop.receive(shop.headquarters.hello()).refused


def test_a_name_used_by_two_lives_is_refused(shop: Shop) -> None:
    assert "two lives" in shop.receive(shop.headquarters.hello(birth=b"x" * 16)).refused


def test_a_node_whose_disk_went_back_in_time_learns_it(shop: Shop) -> None:
    head, key = shop.head(), shop.signer.public_key
    journal = str(shop.replica)
    good = [Holding(journal, head.seq, head.hash, key)]
    assert not shop.receive(shop.headquarters.hello(good)).refused
    beyond = [Holding(journal, head.seq + 1, bytes(32), key)]
    assert "went back in time" in shop.receive(shop.headquarters.hello(beyond)).refused
    other = [Holding(journal, head.seq, bytes(32), key)]
    assert "went back in time" in shop.receive(shop.headquarters.hello(other)).refused


def test_own_facts_from_elsewhere_are_refused(shop: Shop) -> None:
    fact = encode_fact(Fact(bytes(16), START_MS, 0, "", Sale("t1", 1, 1, "EUR", [], [])))
    batch = make_batch(str(shop.replica), shop.head(), [fact], shop.signer)
    assert "went back in time" in shop.receive(Facts(batch)).refused


# -- counters ------------------------------------------------------------------------------------


def _delta(
    rows: Sequence[tuple[int, int, int]], since: int = 0, author: str = LOCAL, **changes: Any
) -> Delta:
    fields: dict[str, Any] = {
        "since": since,
        "through": since + 10,
        "complete": True,
        "at_ms": START_MS,
        "skus": [(1, "TEA"), (2, "MUG")],
        "groups": [RowGroup(author, 3, pack_rows(rows))],
    }
    return Delta(**(fields | changes))


def test_counters_merge_by_maximum_whatever_the_order(shop: Shop) -> None:
    assert shop.receive(_delta([(1, Kind.CONSUMED, 5)])).have_quantities == 10
    assert shop.receive(_delta([(1, Kind.CONSUMED, 9)])).have_quantities == 10  # a repeat
    assert shop.store.books.counts("TEA") == {Kind.CONSUMED: 5}
    shop.receive(_delta([(1, Kind.CONSUMED, 4), (2, Kind.RELEASED, 1)], since=10, skus=[]))
    assert shop.store.books.counts("TEA") == {Kind.CONSUMED: 5}
    assert shop.store.books.counts("MUG") == {Kind.RELEASED: 1}


def test_a_gap_in_counters_is_asked_for(shop: Shop) -> None:
    outcome = shop.receive(_delta([(1, Kind.CONSUMED, 5)], since=3))
    assert outcome == Outcome(have_quantities=0, rewind_quantities=True)


@pytest.mark.parametrize(
    "delta",
    [
        _delta([(1, Kind.SOLD, 5)]),
        _delta([(1, Kind.CONSUMED, 5)], author="s0001-n7"),
        _delta([(1, Kind.SOLD, 5)], author="s0001-n1"),
        _delta([(7, Kind.CONSUMED, 5)]),
        _delta([], groups=[RowGroup(LOCAL, 1, b"\x15\xff")]),
        _delta([(1, Kind.CONSUMED, 1)], groups=[RowGroup(LOCAL, 1, b"\x63\x00")]),
    ],
)
def test_forged_or_broken_counters_are_set_aside_as_a_whole(shop: Shop, delta: Delta) -> None:
    shop.stock(MUG=1)
    before = shop.rows("SELECT * FROM quantity")
    assert shop.receive(delta) == Outcome()
    assert shop.rows("SELECT * FROM quantity") == before
    assert len(shop.rows("SELECT * FROM quarantine")) == 1
    assert shop.receive(_delta([(1, Kind.CONSUMED, 5)])).have_quantities == 10


def test_a_number_can_not_change_its_sku(shop: Shop) -> None:
    shop.receive(_delta([(1, Kind.CONSUMED, 5)]))
    assert shop.receive(_delta([], since=10, skus=[(1, "MUG")])) == Outcome()


def test_headquarters_promises_and_gives_back(shop: Shop) -> None:
    lines = [StockLine("TEA", 2)]
    shop.tell(Promise("o1", lines), GiveBack("unused", lines), local=True)
    shop.receive(_delta([(1, Kind.CONSUMED, 2), (1, Kind.GIVEN_BACK, 2)]))
    assert shop.store.books.reserved("TEA") == -2


# -- a former life comes back --------------------------------------------------------------------


def test_a_former_life_comes_back_and_merges(tmp_path: Path) -> None:
    former = open_shop(tmp_path)
    former.stock(TEA=10)
    sale = former.sell(SellLine(sku="TEA", quantity=2))
    bodies = [body for (body,) in former.rows("SELECT body FROM fact WHERE journal = 1")]
    facts = [body for body in bodies if isinstance(body, bytes)]
    old = str(former.replica)
    now = Shop(tmp_path / "new.db", generation=2)
    key = former.signer.public_key
    head = follow(genesis(old), facts)
    greeting = now.headquarters.hello([Holding(old, head.seq, head.hash, key)])
    assert not now.receive(greeting).refused
    batch = Facts(make_batch(old, genesis(old), facts, former.signer))
    assert now.receive(batch).have == (Have(old, head.seq),)
    rows = [(1, Kind.OPENING, 10), (1, Kind.SOLD, 2)]
    now.receive(_delta(rows, author=old))
    assert now.on_hand("TEA") == 8
    found = now.store.books.find(sale.id)
    assert found is not None
    assert found.journal == old
    assert now.rows("SELECT till, series, number FROM receipt") == [("t1", 1, 1)]
    unknown = Facts(make_batch("s0001-n9", genesis("s0001-n9"), facts, Signer(bytes(32))))
    assert now.receive(unknown).have == (Have("s0001-n9", 0),)
    former.store.close()
    now.store.close()


def test_a_message_set_aside_can_be_looked_at(shop: Shop) -> None:
    shop.run(SetAside("hq-n1", Lane.FACTS, "damaged", b"bytes"))
    assert shop.rows("SELECT lane, reason, payload FROM quarantine") == [
        ("facts", "damaged", b"bytes")
    ]
