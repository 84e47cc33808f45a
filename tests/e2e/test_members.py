"""Member cards, edited in stores that are cut off and at headquarters, end as one card."""

import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central import members
from central.merging import Merger
from central.records import held_of, is_rebuilding
from central.store import Store
from edge.books.records import keep
from sync.identity import Replica
from sync.records import Limits, MergeResult, client_id, edit, new_card, read, state_vector
from sync.records_card import AddNote, AddTag, Edit, MemberCard, Note, RemoveTag, SetField
from sync.records_news import Held
from sync.records_vector import writes_by_writer
from sync.records_worker import Allowance, RecordsWorker
from sync.topics import Lane
from sync.wire import RecordDiff
from tests.central.chain import Chain, books, rows
from tests.e2e.branch import Branch
from tests.sync.records_bytes import nested_arrays

ADA, BOB = UUID(int=1), UUID(int=2)
DOCUMENT = members.document_of(ADA)


@pytest.fixture
def chain(store: Store) -> Chain:
    made = Chain(store)
    for name in ("s1", "s2"):
        made.add_store(name)
    return made


@pytest.fixture
def isolated() -> Iterator[RecordsWorker]:
    with RecordsWorker(Allowance(cpu_s=1, wall_s=10.0)) as worker:
        yield worker


def join(chain: Chain, replica: str, image: bytes = b"") -> Branch:
    branch = Branch(chain, replica, image)
    branch.connect()
    chain.settle(6)
    return branch


def tag(text: str) -> AddTag:
    return AddTag(text)


def at_headquarters(chain: Chain, member: UUID, *edits: Edit) -> None:
    with chain.store.write() as connection:
        verb = members.edit if members.card_of(connection, member) else members.create
        verb(connection, chain.hq, member, edits)
    chain.deliver(chain.worker.authored(chain.clock.now_ms))


def card(chain: Chain, member: UUID) -> MemberCard | None:
    with chain.store.read() as connection:
        return members.card_of(connection, member)


def vector(chain: Chain, member: UUID) -> bytes:
    with chain.store.read() as connection:
        return held_of(connection, members.document_of(member)).vector


def assert_equal(chain: Chain, *branches: Branch, member: UUID = ADA) -> MemberCard:
    found = card(chain, member)
    assert found is not None
    for branch in branches:
        assert branch.vector(member) == vector(chain, member)
        assert branch.card(member) == found
    return found


def test_a_card_edited_in_two_cut_off_stores_and_at_headquarters_is_one_card(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    one.create(ADA, SetField("name", "Ada"), tag("old"))
    chain.settle(6)
    two.ask(ADA)
    chain.settle(6)
    assert assert_equal(chain, one, two).name == "Ada"

    one.cut()
    two.cut()
    one.edit(ADA, SetField("name", "Ada Lovelace"), tag("first"), RemoveTag("old"))
    two.edit(ADA, SetField("phone", "+44 20 7946 0958"), tag("second"))
    two.edit(ADA, AddNote(Note("n1", 5, "bea", "Likes engines.")), SetField("language", "fr"))
    at_headquarters(chain, ADA, SetField("language", "en"), tag("third"))
    chain.settle(6)
    assert len({vector(chain, ADA), one.vector(ADA), two.vector(ADA)}) == 3

    one.connect()
    two.connect()
    chain.settle(20)
    merged = assert_equal(chain, one, two)
    assert (merged.name, merged.phone) == ("Ada Lovelace", "+44 20 7946 0958")
    assert merged.language in ("en", "fr")
    assert merged.tags == ("first", "second", "third")
    assert [note.text for note in merged.notes] == ["Likes engines."]


def test_a_store_holds_what_it_asked_for_and_no_more(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    one.create(ADA, SetField("name", "Ada"))
    at_headquarters(chain, BOB, SetField("name", "Bob"))
    chain.settle(6)
    assert two.rows("SELECT doc_id FROM record") == []
    assert one.card(BOB) is None
    two.ask(BOB)
    chain.settle(6)
    assert assert_equal(chain, two, member=BOB).name == "Bob"
    assert two.card(ADA) is None


def test_a_card_that_is_made_after_it_was_asked_for_comes(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    two.ask(ADA)
    chain.settle(6)
    assert two.card(ADA) is None
    assert card(chain, ADA) is None
    one.create(ADA, SetField("name", "Ada"))
    chain.settle(6)
    assert_equal(chain, one, two)


def test_many_cards_pass_in_pieces(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    one.cut()
    many = [UUID(int=number) for number in range(1, 90)]
    for number, member in enumerate(many):
        one.create(member, SetField("name", f"No. {number}"))
        two.ask(member)
    one.connect()
    chain.settle(40)
    for member in many:
        assert_equal(chain, one, two, member=member)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_restored_headquarters_gets_back_what_it_lost(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    one.create(ADA, SetField("name", "Ada"))
    chain.settle(6)
    backup = chain.store.image()
    two.ask(ADA)
    chain.settle(6)
    two.edit(ADA, tag("from two"))
    at_headquarters(chain, ADA, tag("from headquarters"))
    one.create(BOB, SetField("name", "Bob"))
    chain.settle(10)
    before = assert_equal(chain, one, two)

    two.cut()  # for ever: what it wrote is known to the other store alone
    chain.restart_as(Store.in_memory(backup))
    assert card(chain, ADA) != before
    chain.settle(20)
    assert assert_equal(chain, one) == before
    assert assert_equal(chain, one, member=BOB).name == "Bob"
    with chain.store.read() as connection:
        assert not is_rebuilding(connection, chain.hq.generation, "s1")
        assert is_rebuilding(connection, chain.hq.generation, "s2")

    at_headquarters(chain, ADA, tag("after"))
    two.connect()
    chain.settle(20)
    assert "after" in assert_equal(chain, one, two).tags
    writers = writes_by_writer(vector(chain, ADA))
    old, new = (client_id(Replica("hq", n), DOCUMENT) for n in _incarnations(chain))
    assert {old, new} < set(writers)


def _incarnations(chain: Chain) -> list[int]:
    found = rows(chain.store, "SELECT generation FROM incarnation ORDER BY generation")
    return [row[0] for row in found]


def test_a_new_life_writes_under_a_new_name_and_gets_back_what_its_backup_lacks(
    chain: Chain,
) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    one.create(ADA, SetField("name", "Ada"))
    chain.settle(6)
    two.ask(ADA)
    chain.settle(6)
    backup = one.image()
    one.edit(ADA, tag("after the backup"))
    one.create(BOB, SetField("name", "Bob"))
    chain.settle(6)
    one.cut()

    heir = join(chain, "s1-n2", backup)
    heir.edit(ADA, tag("heir"))
    chain.settle(10)
    assert assert_equal(chain, heir, two).tags == ("after the backup", "heir")
    assert_equal(chain, heir, member=BOB)
    writers = writes_by_writer(vector(chain, ADA))
    lives = {client_id(Replica("s1", generation), DOCUMENT) for generation in (1, 2)}
    assert lives <= set(writers)

    empty = join(chain, "s1-n3")
    chain.settle(10)
    assert_equal(chain, empty, heir)
    assert_equal(chain, empty, member=BOB)


def test_who_writes_in_the_name_of_another_is_refused_and_holds_up_nothing(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    forger = client_id(two.replica, DOCUMENT)
    forged = edit(new_card(DOCUMENT, forger), forger, [SetField("name", "Mallory")]).state
    keep(one.store.books, DOCUMENT, Held(forged, state_vector(forged)), read(forged), 0)
    one.create(BOB, SetField("name", "Bob"))
    chain.settle(10)
    assert card(chain, ADA) is None
    assert_equal(chain, one, member=BOB)
    ((store, lane, reason, _),) = books(chain.store)["quarantine"]
    assert (store, lane) == ("s1", "records")
    assert "may not write as" in reason
    count = rows(chain.store, "SELECT count FROM quarantine")[0][0]
    chain.settle(20)
    assert rows(chain.store, "SELECT count FROM quarantine") == [(count,)]
    two.create(ADA, SetField("name", "Ada"))
    chain.settle(6)
    assert card(chain, ADA) == two.card(ADA)


class Gate:
    """A merge in a process of its own that waits until it is let go."""

    def __init__(self, isolated: RecordsWorker) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self._isolated = isolated

    def merge(
        self,
        doc_id: str,
        state: bytes,
        update: bytes,
        limits: Limits,
        writers: Collection[int] | None,
    ) -> MergeResult:
        self.begun.set()
        assert self.go_on.wait(20)
        return self._isolated.merge(doc_id, state, update, limits, writers)


def test_hostile_bytes_die_in_a_process_of_their_own_while_others_go_on(
    tmp_path: Path, isolated: RecordsWorker
) -> None:
    chain = Chain(Store.open(f"sqlite:///{tmp_path / 'central.db'}"))
    for name in ("s1", "s2"):
        chain.add_store(name)
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    two.create(BOB, tag("no name yet"))
    one.create(ADA, SetField("name", "Ada"))
    chain.settle(6)
    gate, judged = Gate(isolated), threading.Event()
    hostile = nested_arrays(26_000, client_id(Replica("s1", 1), members.document_of(BOB)))
    with ThreadPoolExecutor(1) as executor:
        merger = Merger(chain.store, chain.hq, gate.merge, executor)
        merger.ready = judged.set
        chain.worker.merger = merger
        one.say(Lane.RECORDS, RecordDiff(members.document_of(BOB), hostile))
        chain.settle(2)
        assert gate.begun.wait(20)
        at_headquarters(chain, BOB, tag("meanwhile"))
        chain.settle(4)
        assert assert_equal(chain, two, member=BOB).tags == ("meanwhile", "no name yet")
        assert books(chain.store)["quarantine"] == []
        gate.go_on.set()
        assert judged.wait(30)
        chain.settle(4)
        ((store, lane, reason, payload),) = books(chain.store)["quarantine"]
        assert (store, lane, payload) == ("s1", "records", hostile)
        assert "ended the isolated process" in str(reason)
        judged.clear()
        one.edit(ADA, tag("goes on"))
        chain.settle(4)
        assert judged.wait(30)
        chain.settle(6)
    assert assert_equal(chain, one).tags == ("goes on",)
    assert_equal(chain, two, member=BOB)
    chain.store.close()


PLACES = st.sampled_from(["one", "two", "hq"])
EDITS = st.one_of(
    st.builds(SetField, st.just("name"), st.sampled_from(["Ada", "Ann", ""])),
    st.builds(AddTag, st.sampled_from("abc")),
    st.builds(RemoveTag, st.sampled_from("abc")),
)
STEPS = st.lists(
    st.one_of(st.tuples(PLACES, EDITS), st.tuples(st.just("cut"), PLACES), st.just(("wait", 0))),
    min_size=1,
    max_size=14,
)


@settings(max_examples=15)
@given(steps=STEPS, seed=st.integers(0, 2**16))
def test_any_story_over_a_network_that_loses_ends_as_one_card(
    steps: list[tuple[str, object]], seed: int
) -> None:
    chain = Chain(Store.in_memory(), random=Random(seed))
    for name in ("s1", "s2"):
        chain.add_store(name)
    branches = {"one": join(chain, "s1-n1"), "two": join(chain, "s2-n1")}
    branches["one"].create(ADA, SetField("name", "Ada"))
    branches["two"].ask(ADA)
    chain.settle(6)
    chain.loss, chain.shuffle = 0.2, True
    for place, what in steps:
        branch = branches.get(place)
        if branch is not None and isinstance(what, Edit):
            branch.edit(ADA, what)
        elif place == "hq" and isinstance(what, Edit):
            at_headquarters(chain, ADA, what)
        elif place == "cut":
            other = branches.get(str(what), branches["one"])
            other.cut() if other.online else other.connect()
        else:
            chain.settle(3)
    chain.loss, chain.shuffle = 0.0, False
    for branch in branches.values():
        branch.connect()
    chain.settle(60)
    assert_equal(chain, *branches.values())
    chain.store.close()
