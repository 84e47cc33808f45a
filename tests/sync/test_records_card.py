"""A card takes what a person means and names the input that is wrong."""

from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.records_card import (
    FIELDS,
    AddNote,
    AddTag,
    Edit,
    InvalidEdit,
    MemberCard,
    Note,
    RemoveTag,
    SetField,
    check_edit,
    read_card,
)
from sync.records_vector import RecordRefused
from tests.sync.records_bytes import DOC

META = {"id": DOC, "schema": 1}


def _note(
    note_id: str = "n1", at_ms: int = 1, author: str = "ann", text: str = "likes blue"
) -> Note:
    return Note(note_id, at_ms, author, text)


@pytest.mark.parametrize(
    "edit",
    [
        SetField("name", "张伟"),
        SetField("name", ""),
        SetField("phone", "+86 138 0013 8000"),
        SetField("email", "ann@example.org"),
        SetField("language", "zh-Hans-CN"),
        SetField("birthday", "1980-02-29"),
        SetField("birthday", "--02-29"),
        SetField("consent_email", "yes"),
        AddTag("allergic to wool"),
        AddTag("👨‍👩‍👧"),
        AddNote(_note(text="two\nlines\tand a tab")),
        AddNote(_note(text="bought 4006381333931")),
        AddNote(_note(text="order 4111 1111 1111 1112 is no card: its check digit is wrong")),
    ],
)
def test_takes_what_people_write(edit: Edit) -> None:
    check_edit(edit)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (SetField("nickname", "x"), "nickname"),
        (SetField("name", " Ann"), "name"),
        (SetField("name", "x" * 201), "name"),
        (SetField("name", "a\x00b"), "name"),
        (SetField("name", "\ud800"), "name"),
        (SetField("name", "4111 1111 1111 1111"), "name"),
        (SetField("phone", "call me"), "phone"),
        (SetField("email", "ann@"), "email"),
        (SetField("language", "english please"), "language"),
        (SetField("birthday", "29.02.1980"), "birthday"),
        (SetField("birthday", "1980-13-01"), "birthday"),
        (SetField("consent_email", "maybe"), "consent_email"),
        (AddTag(""), "tag"),
        (AddTag("x" * 65), "tag"),
        (RemoveTag("a\nb"), "tag"),
        (AddNote(_note(note_id="")), "note.id"),
        (AddNote(_note(note_id="a/b")), "note.id"),
        (AddNote(_note(at_ms=-1)), "note.at_ms"),
        (AddNote(_note(at_ms=2**53)), "note.at_ms"),
        (AddNote(_note(author="")), "note.author"),
        (AddNote(_note(text="")), "note.text"),
        (AddNote(_note(text="x" * 2001)), "note.text"),
        (AddNote(_note(text="bell\x07")), "note.text"),
        (AddNote(_note(text="pays with 5500-0000-0000-0004")), "note.text"),
    ],
)
def test_names_the_input_that_is_wrong(edit: Edit, field: str) -> None:
    with pytest.raises(InvalidEdit) as refusal:
        check_edit(edit)
    assert refusal.value.field == field
    assert refusal.value.reason


def test_every_field_is_on_the_card_and_can_be_written() -> None:
    assert set(FIELDS) == set(MemberCard.__struct_fields__) - {"doc_id", "tags", "notes"}
    assert all(rule.hint for rule in FIELDS.values())


def test_edits_travel_as_json() -> None:
    edits: list[Edit] = [SetField("name", "Ann"), AddTag("vip"), AddNote(_note())]
    assert msgspec.json.decode(msgspec.json.encode(edits), type=list[Edit]) == edits


def test_reads_a_card() -> None:
    late, early = [20, "bo", "later"], [10, "ann", "earlier"]
    card = read_card(
        {
            "meta": META,
            "fields": {"name": "Ann"},
            "tags": {"1.0": "vip", "2.0": "a", "3.0": "vip", "4.0": None},
            "notes": {"n2": late, "n1": early, "n3": None},
        }
    )
    notes = (Note("n1", 10, "ann", "earlier"), Note("n2", 20, "bo", "later"))
    assert card == MemberCard(DOC, name="Ann", tags=("a", "vip"), notes=notes)


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("meta", {"id": DOC}),
        ("meta", {"id": "member/1", "schema": 1}),
        ("meta", {"id": DOC, "schema": 2}),
        ("meta", {"id": DOC, "schema": 1, "x": 1}),
        ("fields", {"name": None}),
        ("fields", {"phone": "call me"}),
        ("fields", {"nickname": "x"}),
        ("tags", {"vip": "vip"}),
        ("tags", {"1.0": " vip"}),
        ("notes", {"n1": [1, "ann"]}),
        ("notes", {"n1": [-1, "ann", "x"]}),
        ("notes", {"a b": [1, "ann", "x"]}),
    ],
)
def test_refuses_what_is_no_card(part: str, content: dict[str, object]) -> None:
    shape = {"meta": META, "fields": {}, "tags": {}, "notes": {}} | {part: content}
    with pytest.raises((InvalidEdit, RecordRefused, msgspec.ValidationError)):
        read_card(shape)


@given(st.text(max_size=300), st.sampled_from([*FIELDS, "nickname"]))
def test_judges_any_text_without_failing(text: str, field: str) -> None:
    for edit in (SetField(field, text), AddTag(text), AddNote(_note(text=text))):
        with suppress(InvalidEdit):
            check_edit(edit)
