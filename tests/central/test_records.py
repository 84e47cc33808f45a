"""Cards at headquarters: one state for all stores, offered to those that hold it, in order."""

from uuid import UUID

import pytest
from sqlalchemy import event

from central import members, schema
from central.errors import Conflict, Invalid, NotFound
from central.ingest import ingest
from central.merging import Merger
from central.records import Merged, Records, held_of, is_rebuilding
from central.store import Store
from sync.identity import Replica
from sync.lanes import WANT_DOCUMENTS
from sync.ledger import Outcome
from sync.records import client_id, diff, edit, merge, new_card, state_vector
from sync.records_card import AddTag, Edit, MemberCard, SetField
from sync.records_news import NOTHING
from sync.records_vector import writes_by_writer
from sync.session import Commit
from sync.wire import RecordDiff, RecordOffer
from tests.central.chain import Chain, rows, sale

ADA, BOB = UUID(int=1), UUID(int=2)
DOCUMENT, OTHER = members.document_of(ADA), members.document_of(BOB)
NAME = SetField("name", "Ada")
Item = tuple[str, Commit | Merged]


@pytest.fixture
def chain(store: Store) -> Chain:
    made = Chain(store)
    for name in ("s1", "s2"):
        made.add_store(name)
        made.join(f"{name}-n1")
    made.settle(6)
    return made


def written(replica: str, state: bytes, *edits: Edit, document: str = DOCUMENT) -> bytes:
    """Edit a document as a life of a store does."""
    writer = client_id(Replica.parse(replica), document)
    return edit(state or new_card(document, writer), writer, edits).state


def commit(chain: Chain, *items: Item) -> list[Outcome]:
    with chain.store.write() as connection:
        return ingest(connection, chain.hq, items, chain.clock.now_ms)


def judged(chain: Chain, replica: str, update: bytes, document: str = DOCUMENT) -> Item:
    origin = Replica.parse(replica)
    chain.worker.merger.submit(origin.node, origin, RecordDiff(document, update))
    (item,) = chain.worker.merger.take()
    return item


def offer(replica: str, *documents: tuple[str, bytes], since: int = 0, through: int = 1) -> Item:
    origin = Replica.parse(replica)
    return origin.node, Commit(origin, RecordOffer(since, through, list(documents), True))


def offered(chain: Chain, store: str, version: int = 0) -> list[str]:
    found = Records(chain.store, lambda: _id(chain, store)).offer_after(version, 100)
    return [document for document, _ in found.documents] if found else []


def _id(chain: Chain, store: str) -> int:
    ((number,),) = rows(chain.store, f"SELECT id FROM store WHERE name = '{store}'")
    return int(number)


def held(chain: Chain, document: str = DOCUMENT) -> bytes:
    with chain.store.read() as connection:
        return held_of(connection, document).state


def at_headquarters(chain: Chain, *edits: Edit, member: UUID = ADA) -> MemberCard:
    with chain.store.write() as connection:
        verb = members.edit if members.card_of(connection, member) else members.create
        return verb(connection, chain.hq, member, edits).card


def test_a_card_of_one_store_reaches_another_that_asks(chain: Chain) -> None:
    state = written("s1-n1", b"", NAME)
    item = judged(chain, "s1-n1", state)
    assert [outcome.answered_record for outcome in commit(chain, item)] == [DOCUMENT]
    assert held(chain) == state
    commit(chain, offer("s1-n1", (DOCUMENT, state_vector(state))))
    assert offered(chain, "s1") == offered(chain, "s2") == []
    commit(chain, offer("s2-n1", (DOCUMENT, NOTHING)))
    assert offered(chain, "s2") == [DOCUMENT]
    ledger = chain.worker.sessions["s2"].records._ledger
    news = ledger.difference(DOCUMENT, NOTHING)
    assert news is not None
    assert merge(DOCUMENT, b"", news).state == state


def test_two_differences_of_one_document_at_once_lose_nothing(chain: Chain) -> None:
    base = written("s1-n1", b"", NAME)
    commit(chain, judged(chain, "s1-n1", base))
    one, two = written("s1-n1", base, AddTag("one")), written("s2-n1", base, AddTag("two"))
    items = [judged(chain, "s1-n1", one), judged(chain, "s2-n1", two)]
    assert all(outcome.answered_record for outcome in commit(chain, *items))
    assert held(chain) == one  # the second was judged on what is no longer held: it comes again
    commit(chain, judged(chain, "s2-n1", two))
    with chain.store.read() as connection:
        card = members.card_of(connection, ADA)
    assert card is not None
    assert card.tags == ("one", "two")


def test_a_change_is_offered_to_all_who_hold_the_card_but_its_writer(chain: Chain) -> None:
    state = written("s1-n1", b"", NAME)
    commit(chain, judged(chain, "s1-n1", state))
    for store in ("s1", "s2"):
        commit(chain, offer(f"{store}-n1", (DOCUMENT, state_vector(state))))
    assert offered(chain, "s1") == offered(chain, "s2") == []
    state = written("s1-n1", state, AddTag("x"))
    commit(chain, judged(chain, "s1-n1", state))
    assert (offered(chain, "s1"), offered(chain, "s2")) == ([], [DOCUMENT])
    at_headquarters(chain, AddTag("hq"))
    assert (offered(chain, "s1"), offered(chain, "s2")) == ([DOCUMENT], [DOCUMENT])


def test_versions_are_one_sequence_for_all_changes(chain: Chain) -> None:
    for number in range(1, 6):
        member = UUID(int=number)
        at_headquarters(chain, NAME, member=member)
        commit(chain, offer("s1-n1", (members.document_of(member), NOTHING)))
    everything = offered(chain, "s1")
    assert everything == [members.document_of(UUID(int=number)) for number in range(1, 6)]
    records = Records(chain.store, lambda: _id(chain, "s1"))
    page = records.offer_after(0, 2)
    assert page is not None
    assert not page.complete
    rest = records.offer_after(page.through, 100)
    assert rest is not None
    assert [name for name, _ in page.documents + rest.documents] == everything
    assert rest.through == records.version()


def test_who_claims_to_have_written_for_another_is_refused(chain: Chain) -> None:
    forged = written("s2-n1", b"", SetField("name", "Mallory"))
    by_headquarters = written(str(chain.hq.replica), b"", SetField("name", "Mallory"))
    for update in (forged, by_headquarters, b"", b"\xff" * 40):
        commit(chain, judged(chain, "s1-n1", update))
    assert held(chain) == b""
    assert rows(chain.store, "SELECT lane, count FROM quarantine") == [("records", 1)] * 4
    commit(chain, judged(chain, "s2-n1", forged))
    assert held(chain) == forged


def test_a_former_life_s_edits_come_from_its_successor(chain: Chain) -> None:
    chain.join("s1-n2")
    chain.settle(6)
    state = written("s1-n2", written("s1-n1", b"", NAME), AddTag("heir"))
    commit(chain, judged(chain, "s1-n2", state))
    assert held(chain) == state


def test_a_new_life_is_offered_everything_once_more(chain: Chain) -> None:
    state = written("s1-n1", b"", NAME)
    commit(chain, judged(chain, "s1-n1", state))
    commit(chain, offer("s1-n1", (DOCUMENT, state_vector(state))))
    assert offered(chain, "s1") == []
    chain.join("s1-n2")
    chain.settle(6)
    assert offered(chain, "s1") == [DOCUMENT]


def test_what_a_former_life_still_says_is_offered_to_its_successor(chain: Chain) -> None:
    early, late = written("s1-n1", b"", NAME), written("s1-n1", b"", NAME, document=OTHER)
    commit(chain, judged(chain, "s1-n1", early))
    chain.join("s1-n2")
    chain.settle(6)
    assert offered(chain, "s1") == [DOCUMENT]
    commit(chain, judged(chain, "s1-n1", late, OTHER))
    assert sorted(offered(chain, "s1")) == [DOCUMENT, OTHER]
    version = Records(chain.store, lambda: _id(chain, "s1")).version()
    commit(chain, offer("s1-n1", (OTHER, state_vector(late))))
    assert offered(chain, "s1", version) == [OTHER]


def test_who_offers_less_than_is_held_gets_the_rest(chain: Chain) -> None:
    state = written("s1-n1", b"", NAME)
    commit(chain, judged(chain, "s1-n1", state))
    commit(chain, offer("s1-n1", (DOCUMENT, state_vector(state))))
    assert offered(chain, "s1") == []
    commit(chain, offer("s1-n1", (DOCUMENT, NOTHING), since=1, through=2))
    assert offered(chain, "s1") == [DOCUMENT]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_others_wrote_is_taken_from_anybody_until_what_was_lost_is_back(
    chain: Chain,
) -> None:
    state = written("s2-n1", b"", NAME)
    lost = written("s1-n1", state, AddTag("x"))
    chain.restart_as(Store.in_memory(chain.store.image()))
    chain.settle(6)
    with chain.store.read() as connection:
        assert is_rebuilding(connection, chain.hq.generation, "s1")
        assert not is_rebuilding(connection, chain.hq.generation, "unknown")
    commit(chain, judged(chain, "s1-n1", lost))
    assert held(chain) == lost
    commit(chain, offer("s1-n1", (DOCUMENT, state_vector(lost))))
    forged = written("s2-n1", b"", NAME, document=OTHER)
    commit(chain, judged(chain, "s1-n1", forged, OTHER))
    assert held(chain, OTHER) == b""
    mine = written(str(chain.hq.replica), lost, AddTag("forged"))
    commit(chain, judged(chain, "s2-n1", diff(mine, state_vector(lost))))
    assert held(chain) == lost


def test_a_merge_that_fails_here_is_left_to_come_again(chain: Chain) -> None:
    def broken(*_job: object) -> None:
        raise RuntimeError("the process does not start")

    merger = Merger(chain.store, chain.hq, broken)  # type: ignore[arg-type]
    rung: list[int] = []
    merger.ready = lambda: rung.append(1)
    for _ in range(2 * WANT_DOCUMENTS):
        merger.submit("s1", Replica("s1", 1), RecordDiff(DOCUMENT, b""))
    assert merger.take() == []
    assert len(rung) == 2 * WANT_DOCUMENTS


def test_more_than_was_asked_for_is_dropped(chain: Chain) -> None:
    waiting: list[object] = []

    class Later:
        """An executor that never gets to it."""

        def submit(self, job: object) -> None:
            waiting.append(job)

    merger = Merger(chain.store, chain.hq, merge, Later())  # type: ignore[arg-type]
    for _ in range(2 * WANT_DOCUMENTS):
        merger.submit("s1", Replica("s1", 1), RecordDiff(DOCUMENT, b""))
    merger.submit("s2", Replica("s2", 1), RecordDiff(DOCUMENT, b""))
    assert len(waiting) == WANT_DOCUMENTS + 1


def test_headquarters_edits_under_a_name_of_its_own(chain: Chain) -> None:
    assert at_headquarters(chain, NAME).name == "Ada"
    writers = writes_by_writer(state_vector(held(chain)))
    assert writers.keys() == {client_id(chain.hq.replica, DOCUMENT)}
    with chain.store.write() as connection:
        assert not members.edit(connection, chain.hq, ADA, [NAME]).changed
        assert not members.create(connection, chain.hq, ADA, [NAME]).changed
        with pytest.raises(Conflict):
            members.create(connection, chain.hq, ADA, [AddTag("x")])
        with pytest.raises(NotFound):
            members.edit(connection, chain.hq, BOB, [NAME])
        with pytest.raises(Invalid) as refused:
            members.edit(connection, chain.hq, ADA, [NAME, AddTag("")])
    assert refused.value.field == "edits[1].tag"


def test_members_are_found_by_parts_of_what_stands_on_the_card(chain: Chain) -> None:
    at_headquarters(chain, SetField("name", "王小明"), SetField("phone", "+44 20 7946 0958"))
    at_headquarters(chain, SetField("name", "Zoë 100%"), AddTag("VIP"), member=BOB)
    commit(chain, offer("s1-n1", (members.document_of(UUID(int=3)), NOTHING)))

    def found(words: str) -> list[str]:
        with chain.store.read() as connection:
            return [card.name for card in members.find(connection, words, 10)]

    assert found("小明") == found("79460958") == found("7946 0958") == ["王小明"]
    assert found("vip zoë") == found("0%") == ["Zoë 100%"]
    assert found("vip 7946") == found("_") == []
    assert len(found("")) == 2


def test_sales_take_no_part_in_the_order_of_records(chain: Chain) -> None:
    asked: list[str] = []
    event.listen(
        chain.store.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, *_rest: asked.append(statement),
    )
    node = chain.nodes["s1"]
    node.post(sale(1, ("A", 1, 5)))
    chain.settle(3)
    assert any("INSERT INTO fact" in statement for statement in asked)
    assert not any(schema.record_clock.name in statement for statement in asked)
