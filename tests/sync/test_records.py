"""Cards edited in three places at once converge, whatever the way of their updates."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.identity import Replica
from sync.records import (
    Limits,
    client_id,
    diff,
    edit,
    merge,
    new_card,
    read,
    state_vector,
)
from sync.records_card import (
    AddNote,
    AddTag,
    Edit,
    InvalidEdit,
    Note,
    RemoveNote,
    RemoveTag,
    SetField,
)
from sync.records_vector import RecordRefused, lacks
from tests.sync.records_bytes import CARD, DOC, OTHER_DOC, WRITERS

A, B, HQ = WRITERS


def _note(note_id: str, text: str = "likes blue") -> Note:
    return Note(note_id, 1_700_000_000_000, "ann", text)


@dataclass
class Known:
    """What a replica knows, kept the plain way: every operation it has ever heard of."""

    adds: set[tuple[int, str]] = field(default_factory=set)
    tags_removed: set[int] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    notes_removed: set[str] = field(default_factory=set)
    writes: dict[int, tuple[str, str, frozenset[int]]] = field(default_factory=dict)

    def learn(self, other: "Known") -> None:
        self.adds |= other.adds
        self.tags_removed |= other.tags_removed
        self.notes |= other.notes
        self.notes_removed |= other.notes_removed
        self.writes |= other.writes

    def tags(self) -> dict[int, str]:
        return {uid: tag for uid, tag in self.adds if uid not in self.tags_removed}

    def candidates(self, name: str) -> set[str]:
        """Values of a field that no other known write has seen and replaced."""
        writes = {uid: write for uid, write in self.writes.items() if write[0] == name}
        replaced = frozenset().union(*(seen for _, _, seen in writes.values()))
        return {value for uid, (_, value, _) in writes.items() if uid not in replaced} or {""}


class Place:
    """One replica beside what it is known to know."""

    def __init__(self, writer: int) -> None:
        self.writer = writer
        self.state = CARD
        self.known = Known()

    def edit(self, uid: int, edits: Sequence[Edit]) -> tuple[bytes, Known]:
        """Make an edit; return its update and the operations in it."""
        result = edit(self.state, self.writer, edits)
        news = Known()
        for one in edits:
            self._note_down(uid, one, news)
            self.known.learn(news)
        assert bool(result.update) == (news != Known())
        self.state = result.state
        return result.update, news

    def _note_down(self, uid: int, one: Edit, news: Known) -> None:
        match one:
            case AddTag(tag) if tag not in self.known.tags().values():
                news.adds.add((uid, tag))
            case RemoveTag(tag):
                news.tags_removed |= {u for u, held in self.known.tags().items() if held == tag}
            case AddNote(note):
                news.notes.add(note.id)
            case RemoveNote(note_id) if note_id not in self.known.notes_removed:
                news.notes_removed.add(note_id)
            case SetField(name, value) if getattr(read(self.state), name) != value:
                seen = frozenset(u for u, write in self.known.writes.items() if write[0] == name)
                news.writes[uid] = (name, value, seen)
            case _:
                pass

    def hear(self, update: bytes, news: Known) -> bool:
        """Merge an update; return whether it could be taken."""
        result = merge(DOC, self.state, update)
        if result.pending:
            assert result.state == self.state
            return False
        self.state = result.state
        self.known.learn(news)
        return True

    def check(self) -> None:
        card = read(self.state)
        assert set(card.tags) == set(self.known.tags().values())
        assert {note.id for note in card.notes} == self.known.notes - self.known.notes_removed
        for name in ("name", "phone"):
            assert getattr(card, name) in self.known.candidates(name)


PLACES = st.integers(0, 2)
FIELD_VALUES = {"name": ["", "Ann", "安"], "phone": ["", "+44 20", "110"]}
SET_FIELD = st.sampled_from(sorted(FIELD_VALUES)).flatmap(
    lambda name: st.builds(SetField, st.just(name), st.sampled_from(FIELD_VALUES[name]))
)
TAG = st.sampled_from(["vip", "茶"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), PLACES, st.one_of(SET_FIELD, st.builds(AddTag, TAG))),
        st.tuples(st.just("edit"), PLACES, st.builds(RemoveTag, TAG)),
        st.tuples(st.just("note"), PLACES, st.none()),
        st.tuples(st.just("erase"), PLACES, st.integers(0, 9)),
        st.tuples(st.just("hear"), PLACES, st.integers(0, 99)),
        st.tuples(st.just("ask"), PLACES, PLACES),
    ),
    max_size=30,
)


def _play(places: list[Place], steps: list[tuple[str, int, object]]) -> None:
    """Edit and deliver: `hear` takes any update ever made, again, late or never."""
    updates: list[tuple[bytes, Known]] = []
    for uid, (what, at, argument) in enumerate(steps):
        place = places[at]
        match what, argument:
            case "edit", (SetField() | AddTag() | RemoveTag()) as one:
                updates.append(place.edit(uid, [one]))
            case "note", _:
                updates.append(place.edit(uid, [AddNote(_note(f"n{uid}"))]))
            case "erase", int(number) if place.known.notes:
                notes = sorted(place.known.notes)
                updates.append(place.edit(uid, [RemoveNote(notes[number % len(notes)])]))
            case "hear", int(number) if updates:
                update, news = updates[number % len(updates)]
                if update:
                    place.hear(update, news)
            case "ask", int(other):
                _repair(place, places[other])
        place.check()


def _repair(place: Place, other: Place) -> None:
    update = diff(other.state, state_vector(place.state))
    assert len(update) <= len(other.state)
    assert place.hear(update, other.known), "a diff for one's own state vector lacks nothing"
    assert not lacks(state_vector(place.state), state_vector(other.state))


@settings(max_examples=300)
@given(STEPS)
def test_any_interleaving_loss_and_repetition_converges(
    steps: list[tuple[str, int, object]],
) -> None:
    places = [Place(writer) for writer in WRITERS]
    _play(places, steps)
    for place, other in [(0, 1), (0, 2), (1, 0), (2, 0)]:
        _repair(places[place], places[other])
        places[place].check()
    assert len({place.state for place in places}) == 1
    assert len({state_vector(place.state) for place in places}) == 1
    assert len({read(place.state) for place in places}) == 1


@settings(max_examples=40)
@given(STEPS, st.permutations(range(30)))
def test_order_of_updates_does_not_matter(
    steps: list[tuple[str, int, object]], order: Sequence[int]
) -> None:
    """One place hears every update until none is left to take, in any order."""
    author, listener = Place(A), Place(B)
    edits = [(at, one) for what, at, one in steps if what == "edit"]
    updates = [
        author.edit(uid, [one])
        for uid, (_, one) in enumerate(edits)
        if isinstance(one, SetField | AddTag | RemoveTag)
    ]
    waiting = [updates[i] for i in order if i < len(updates) and updates[i][0]]
    while waiting:
        left = [(update, news) for update, news in waiting if not listener.hear(update, news)]
        assert len(left) < len(waiting)
        waiting = left
    assert listener.state == author.state


def test_a_diff_holds_what_is_lacking_and_no_more() -> None:
    before = edit(CARD, A, [AddNote(_note("n1", "x" * 1_000))])
    after = edit(before.state, A, [SetField("name", "Ann")])
    assert diff(after.state, before.state_vector) == after.update
    assert len(after.update) < 60
    assert len(diff(after.state, after.state_vector)) < 20


def test_a_field_written_in_two_places_has_one_winner_everywhere() -> None:
    fields: list[Edit] = [SetField("name", "Ann"), SetField("phone", "+44 20")]
    a = edit(CARD, A, fields)
    b = edit(CARD, B, [SetField("name", "Anne")])
    at_a = merge(DOC, a.state, b.update)
    at_b = merge(DOC, b.state, a.update)
    assert at_a == at_b
    assert at_a.card is not None
    assert at_a.card.name in ("Ann", "Anne")
    assert at_a.card.phone == "+44 20"


@pytest.mark.parametrize(("remover", "adder"), [(A, B), (B, A)])
def test_a_tag_added_elsewhere_survives_a_removal_that_did_not_see_it(
    remover: int, adder: int
) -> None:
    added = edit(CARD, adder, [AddTag("vip")])
    seen = edit(CARD, remover, [AddTag("vip")])
    removed = edit(seen.state, remover, [RemoveTag("vip")])
    assert removed.card.tags == ()
    merged = merge(DOC, removed.state, added.update)
    assert merged.card is not None
    assert merged.card.tags == ("vip",)
    assert edit(merged.state, HQ, [RemoveTag("vip")]).card.tags == ()


def test_a_removal_takes_all_that_it_saw() -> None:
    added = edit(CARD, A, [AddTag("vip")])
    both = merge(DOC, added.state, edit(CARD, B, [AddTag("vip")]).update)
    removed = edit(both.state, HQ, [RemoveTag("vip")])
    assert removed.card.tags == ()
    assert merge(DOC, added.state, diff(removed.state, added.state_vector)).card == removed.card


def test_a_removal_shows_in_the_state_vector() -> None:
    tagged = edit(CARD, A, [AddTag("vip"), SetField("name", "Ann"), AddNote(_note("n1"))])
    removals: list[Edit] = [RemoveTag("vip"), RemoveNote("n1"), SetField("name", "")]
    for removal in removals:
        assert lacks(tagged.state_vector, edit(tagged.state, A, [removal]).state_vector)


def test_what_was_erased_is_in_no_byte() -> None:
    before = edit(CARD, A, [SetField("name", "Quentin"), AddNote(_note("n1", "divorced"))])
    erased = edit(before.state, B, [SetField("name", ""), RemoveNote("n1")])
    at_a = merge(DOC, before.state, erased.update)
    for secret in (b"Quentin", b"divorced"):
        assert secret in before.state
        assert secret not in erased.state
        assert secret not in at_a.state
        assert secret not in diff(at_a.state, state_vector(CARD))


def test_integers_come_back_as_integers() -> None:
    (note,) = edit(CARD, A, [AddNote(_note("n1"))]).card.notes
    assert note.at_ms == 1_700_000_000_000
    assert type(note.at_ms) is int


def test_repeating_an_edit_changes_nothing() -> None:
    edits: list[Edit] = [
        SetField("name", "Ann"),
        AddTag("vip"),
        AddNote(_note("n1")),
        RemoveTag("other"),
    ]
    first = edit(CARD, A, edits)
    again = edit(first.state, A, edits)
    assert again.update == b""
    assert (again.state, again.state_vector) == (first.state, first.state_vector)


def test_edits_are_made_all_or_none() -> None:
    with pytest.raises(InvalidEdit, match="email"):
        edit(CARD, A, [SetField("name", "Ann"), SetField("email", "nowhere")])
    state = edit(CARD, A, [AddNote(_note("n1"))]).state
    wrong: list[tuple[Edit, str]] = [
        (AddNote(_note("n1", "other text")), "note.id"),
        (RemoveNote("n2"), "note_id"),
    ]
    for bad, named in wrong:
        with pytest.raises(InvalidEdit) as refusal:
            edit(state, A, [SetField("name", "Ann"), bad])
        assert refusal.value.field == named


def test_a_full_card_takes_no_more_but_can_be_emptied() -> None:
    limits = Limits(editable_bytes=3_000)
    state = edit(CARD, A, [AddNote(_note("n1", "x" * 1_500))], limits).state
    with pytest.raises(InvalidEdit, match="full at 3000 bytes"):
        edit(state, A, [AddNote(_note("n2", "y" * 1_500))], limits)
    elsewhere = edit(CARD, B, [AddNote(_note(f"n{i}", "z" * 900)) for i in (3, 4, 5)], limits)
    merged = merge(DOC, state, elsewhere.update, limits)
    emptier = edit(merged.state, A, [RemoveNote("n3")], limits)
    assert len(merged.state) > len(emptier.state) > 3_000
    emptied = edit(emptier.state, A, [RemoveNote(f"n{i}") for i in (1, 4, 5)], limits)
    assert len(emptied.state) < 500
    assert edit(emptied.state, A, [AddTag("vip")], limits).card.tags == ("vip",)


def test_a_document_too_large_is_refused() -> None:
    state = edit(CARD, A, [AddNote(_note("n1", "x" * 1_500))]).state
    update = edit(CARD, B, [AddNote(_note("n2", "y" * 1_500))]).update
    with pytest.raises(RecordRefused, match="exceed 3000 bytes"):
        merge(DOC, state, update, Limits(document_bytes=3_000))


def test_an_unknown_document_is_taken_from_its_first_update() -> None:
    state = edit(CARD, A, [SetField("name", "Ann")]).state
    merged = merge(DOC, b"", diff(state, state_vector(b"")))
    assert merged.state == state
    assert merged.card == read(state)
    nothing = merge(DOC, b"", edit(state, A, [AddTag("vip")]).update)
    assert (nothing.pending, nothing.card, nothing.state) == (True, None, b"")
    with pytest.raises(RecordRefused, match=f"belongs to {DOC}"):
        merge(OTHER_DOC, b"", state)


def test_a_life_never_shares_its_writer() -> None:
    lives = [Replica("s0001", 1), Replica("s0001", 2), Replica("s0002", 1)]
    ids = {client_id(life, doc) for life in lives for doc in (DOC, OTHER_DOC)}
    assert len(ids) == 6
    assert all(0 <= one < 2**53 for one in ids)
    assert client_id(Replica("s0001", 1), DOC) == A


def test_a_new_card_needs_a_proper_name() -> None:
    assert read(new_card(DOC, A)).doc_id == DOC
    with pytest.raises(InvalidEdit, match="doc_id"):
        new_card("member/1", A)
