"""Cards of members over headquarters' API."""

from typing import Any
from uuid import uuid4

import pytest

from central.store import Store
from tests.central.test_web import Api, is_problem

ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4b8"
NOTE = {
    "type": "add_note",
    "id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4b9",
    "at_ms": 1_763_000_000_000,
    "text": "Prefers Oolong.",
}


@pytest.fixture
def api(store: Store) -> Api:
    return Api(store)


def field(name: str, value: str) -> dict[str, Any]:
    return {"type": "set_field", "field": name, "value": value}


def test_a_card_is_made_found_and_edited(api: Api) -> None:
    body = {"id": ID, "edits": [field("name", "Li Wei"), {"type": "add_tag", "tag": "tea"}]}
    made = api.ask("POST", "/members", body, "ingest")
    assert made.status_code == 201, made.text
    assert api.authored == 1
    assert api.ask("POST", "/members", body, "ingest").status_code == 200
    assert api.authored == 1
    edits = {"edits": [NOTE, {"type": "remove_tag", "tag": "tea"}, field("language", "zh-Hans")]}
    for _ in range(2):
        card = api.ask("PATCH", f"/members/{ID}", edits, "ingest").json()
        assert (card["name"], card["language"], card["tags"]) == ("Li Wei", "zh-Hans", [])
        assert [(n["author"], n["text"]) for n in card["notes"]] == [("ingest", "Prefers Oolong.")]
    assert api.authored == 2
    assert api.ask("GET", f"/members/{ID}", role="read").json() == card
    (found,) = api.ask("GET", "/members?q=wei", role="read").json()
    assert found == card | {"notes": []}
    erased = api.ask(
        "PATCH", f"/members/{ID}", {"edits": [{"type": "remove_note", "id": NOTE["id"]}]}
    )
    assert erased.json()["notes"] == []


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (field("phone", "call me"), "edits[1].value"),
        (field("shoe", "44"), "edits[1].shoe"),
        ({"type": "add_tag", "tag": " x"}, "edits[1].tag"),
        (NOTE | {"text": " "}, "edits[1].text"),
        ({"type": "remove_note", "id": "nothing"}, "edits"),
        ({"type": "sell"}, "edits.1"),
        (NOTE | {"at_ms": 1.5}, "edits.1.add_note.at_ms"),
        (NOTE | {"author": "somebody else"}, "edits.1.add_note.author"),
    ],
)
def test_a_bad_edit_is_named_and_changes_nothing(
    api: Api, edit: dict[str, Any], place: str
) -> None:
    api.ask("POST", "/members", {"id": ID, "edits": [field("name", "Ada")]})
    answer = api.ask("PATCH", f"/members/{ID}", {"edits": [field("name", "Eve"), edit]})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == place
    assert api.ask("GET", f"/members/{ID}").json()["name"] == "Ada"


def test_what_is_not_there_or_not_allowed_is_said(api: Api) -> None:
    place, body = f"/members/{uuid4()}", {"edits": [field("name", "Eve")]}
    assert is_problem(api.ask("GET", place), 404, "not-found")
    assert is_problem(api.ask("PATCH", place, body), 404, "not-found")
    assert is_problem(api.ask("PATCH", place, body, "read"), 403, "not-allowed")
    made = {"id": ID, "edits": [field("name", "Ada")]}
    assert api.ask("POST", "/members", made).status_code == 201
    other = made | {"edits": [field("name", "Eve")]}
    assert is_problem(api.ask("POST", "/members", other), 409, "conflict")
