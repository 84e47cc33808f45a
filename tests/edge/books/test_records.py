"""Cards at a store: durable with everything else, merged before the writer, bad bytes set aside."""

from contextlib import closing
from uuid import UUID

import pytest

from edge.audit import Disagreement, verify
from edge.books.database import connect
from edge.books.records import RecordReads
from edge.errors import BadField, Conflict, UnknownFact
from edge.people.members import (
    ASKED_MAX,
    EDITS_MAX,
    AskForMember,
    CreateMember,
    EditMember,
    card_of,
    changes_after,
    document_of,
    find_cards,
)
from edge.uplink.inbound import Intake, Receive
from sync.identity import Replica
from sync.ledger import Outcome
from sync.records import client_id, diff, edit, merge, new_card, state_vector
from sync.records_card import AddTag, Edit, MemberCard, SetField
from sync.records_news import NOTHING
from sync.records_vector import writes_by_writer
from sync.session import Commit
from sync.wire import RecordDiff, RecordOffer
from tests.edge.shop import Shop

ADA, BOB = UUID(int=1), UUID(int=2)
DOCUMENT = document_of(ADA)
NAME = SetField("name", "Ada")


def create(shop: Shop, member: UUID = ADA, *edits: Edit) -> MemberCard:
    return shop.run(CreateMember(member, edits or (NAME,))).card


def take(shop: Shop, update: bytes, document: str = DOCUMENT) -> Outcome:
    """Commit a difference that headquarters sent."""
    intake = Intake(shop.store.connection, shop.replica, merge)
    diff = RecordDiff(document, update)
    return shop.run(intake.command(Commit(shop.headquarters.replica, diff)))


def at_headquarters(state: bytes, *edits: Edit) -> bytes:
    """Edit a document as headquarters does."""
    writer = client_id(Replica("hq", 1), DOCUMENT)
    return edit(state or new_card(DOCUMENT, writer), writer, edits).state


def state(shop: Shop) -> bytes:
    return RecordReads(shop.store.connection).held(DOCUMENT).state


def quarantined(shop: Shop) -> list[str]:
    return [str(reason) for (reason,) in shop.rows("SELECT reason FROM quarantine")]


def test_a_card_survives_the_process(shop: Shop) -> None:
    made = create(shop, ADA, NAME, AddTag("vip"))
    edited = shop.run(EditMember(ADA, (SetField("phone", "0123 4567"),))).card
    assert (made.name, edited.phone, edited.tags) == ("Ada", "0123 4567", ("vip",))
    shop.store.close()
    shop.open()
    assert card_of(shop.store.connection, ADA) == edited
    assert shop.store.books.record_version == 2
    assert [change.id for change in changes_after(shop.store.connection, 0, 9)] == [ADA]


def test_an_edit_that_changes_nothing_writes_nothing(shop: Shop) -> None:
    create(shop)
    before = shop.rows("SELECT * FROM record_change")
    assert not shop.run(EditMember(ADA, (NAME,))).changed
    assert not shop.run(CreateMember(ADA, (NAME,))).changed
    assert shop.rows("SELECT * FROM record_change") == before


def test_what_is_refused_changes_nothing(shop: Shop) -> None:
    create(shop)
    before = state(shop)
    with pytest.raises(Conflict):
        create(shop, ADA, AddTag("other"))
    with pytest.raises(UnknownFact):
        shop.run(EditMember(BOB, (NAME,)))
    with pytest.raises(BadField, match="digits") as refused:
        shop.run(EditMember(ADA, (AddTag("x"), SetField("phone", "call me"))))
    assert refused.value.field == "edits[1].value"
    with pytest.raises(BadField, match="at most"):
        shop.run(EditMember(ADA, tuple(AddTag(f"t{n}") for n in range(EDITS_MAX + 1))))
    assert state(shop) == before
    assert card_of(shop.store.connection, BOB) is None


def test_one_bad_command_in_a_group_leaves_the_others_be(shop: Shop) -> None:
    results = shop.store.execute(
        [CreateMember(ADA, (NAME,)), EditMember(BOB, (NAME,)), EditMember(ADA, (AddTag("x"),))]
    )
    assert isinstance(results[1], UnknownFact)
    assert card_of(shop.store.connection, ADA) == MemberCard(DOCUMENT, "Ada", tags=("x",))
    assert shop.store.books.record_version == 2


def test_news_is_merged_and_its_writer_gets_none_of_it_back(shop: Shop) -> None:
    create(shop)
    theirs = at_headquarters(state(shop), AddTag("hq"))
    ledger = shop.ledger()
    version = ledger.record_version("hq-n1")
    assert ledger.wanted([(DOCUMENT, state_vector(theirs))]) == [(DOCUMENT, _vector(shop))]
    assert take(shop, diff(theirs, _vector(shop))).answered_record == DOCUMENT
    assert state(shop) == theirs
    assert find_cards(shop.store.connection, "hq", 9)
    assert ledger.record_version("hq-n1") == version
    assert ledger.record_version("hq-n2") > version


def _vector(shop: Shop) -> bytes:
    return RecordReads(shop.store.connection).held(DOCUMENT).vector


def test_an_edit_between_the_merge_and_its_commit_is_not_lost(shop: Shop) -> None:
    create(shop)
    theirs = at_headquarters(state(shop), AddTag("hq"))
    intake = Intake(shop.store.connection, shop.replica, merge)
    update = RecordDiff(DOCUMENT, diff(theirs, _vector(shop)))
    late = intake.command(Commit(shop.headquarters.replica, update))
    shop.run(EditMember(ADA, (AddTag("meanwhile"),)))
    assert shop.run(late).answered_record == DOCUMENT
    assert _tags(shop) == ("meanwhile",)
    assert shop.ledger().wanted([(DOCUMENT, state_vector(theirs))]) == [(DOCUMENT, _vector(shop))]
    take(shop, update.update)
    assert _tags(shop) == ("hq", "meanwhile")


def _tags(shop: Shop) -> tuple[str, ...]:
    card = card_of(shop.store.connection, ADA)
    assert card is not None
    return card.tags


def test_damaged_and_forged_bytes_are_set_aside(shop: Shop) -> None:
    create(shop)
    before = state(shop)
    mine = client_id(shop.replica, DOCUMENT)
    forged = edit(before, mine, [SetField("name", "Mallory")]).update
    for update in (b"", b"\xff" * 30, forged):
        assert take(shop, update).answered_record == DOCUMENT
    take(shop, before, "member/nobody")
    assert state(shop) == before
    assert [reason.partition(": ")[0] for reason in quarantined(shop)] == [
        *[DOCUMENT] * 3,
        "member/nobody",
    ]
    assert "never made here" in quarantined(shop)[2]


def test_what_is_no_offer_is_set_aside_and_passed(shop: Shop) -> None:
    offer = RecordOffer(0, 7, [("member/x", NOTHING), (DOCUMENT, b"\xff")], True)
    outcome = shop.run(Receive(shop.headquarters.replica, offer))
    assert outcome.have_records == 7
    assert len(quarantined(shop)) == 2


def test_an_unknown_card_is_asked_for_once(shop: Shop) -> None:
    assert shop.run(AskForMember(ADA))
    assert shop.run(AskForMember(ADA))
    offer = shop.ledger().offer_after("hq-n1", 0, 9)
    assert offer is not None
    assert offer.documents == [(DOCUMENT, NOTHING)]
    assert shop.ledger().difference(DOCUMENT, NOTHING) is None
    assert changes_after(shop.store.connection, 0, 9) == []
    take(shop, at_headquarters(b"", NAME))
    assert create(shop).name == "Ada"
    writers = writes_by_writer(_vector(shop))
    assert writers.keys() == {client_id(Replica("hq", 1), DOCUMENT)}


def test_questions_are_bounded(shop: Shop) -> None:
    commands = [AskForMember(UUID(int=number + 1)) for number in range(ASKED_MAX + 1)]
    results = shop.store.execute(commands)
    assert results == [True] * ASKED_MAX + [False]


def test_a_verification_finds_what_does_not_fit(shop: Shop) -> None:
    create(shop)
    list(verify(shop.store.connection))
    for change in (
        "UPDATE member SET card = '{}'",
        "UPDATE record SET vector = x'00'",
        "UPDATE record SET state = x'0102'",
        "DELETE FROM member_words",
        "DELETE FROM member",
    ):
        with closing(connect(":memory:")) as damaged:
            shop.store.connection.backup(damaged)
            damaged.execute(change)
            with pytest.raises(Disagreement, match="member"):
                list(verify(damaged))
