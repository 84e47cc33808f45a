"""Cards of members over HTTP: made, found, edited, heard of; bad input changes nothing."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from edge.web.members import CREATE_EXAMPLE, EDIT_EXAMPLE
from tests.edge.web.shop import Shop, problem
from tests.edge.web.test_stream import listen


def field(name: str, value: str) -> dict[str, Any]:
    return {"type": "set_field", "field": name, "value": value}


def make(till: httpx.Client, *edits: dict[str, Any]) -> dict[str, Any]:
    answer = till.post("/members", json={"id": str(uuid4()), "edits": list(edits)})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(till: httpx.Client, q: str) -> list[str]:
    return [one["name"] for one in till.get("/members", params={"q": q}).json()["members"]]


def test_a_card_is_made_read_and_edited(till: httpx.Client) -> None:
    made = till.post("/members", json=CREATE_EXAMPLE)
    assert made.status_code == 201, made.text
    place = f"/members/{CREATE_EXAMPLE['id']}"
    assert till.get(place).json() == made.json()
    assert made.json()["tags"] == ["green tea"]
    edited = till.patch(place, json=EDIT_EXAMPLE)
    assert edited.status_code == 200, edited.text
    card = edited.json()
    assert (card["name"], card["email"], card["tags"]) == ("Li Wei", "li.wei@example.org", [])
    (note,) = card["notes"]
    assert (note["author"], note["text"]) == ("till1", "Prefers Oolong.")
    assert till.patch(place, json=EDIT_EXAMPLE).json() == card
    assert till.get(place).json() == card


def test_a_repeat_is_the_same_card_and_another_content_a_conflict(till: httpx.Client) -> None:
    body = {"id": str(uuid4()), "edits": [field("name", "Ada")]}
    assert till.post("/members", json=body).status_code == 201
    assert till.post("/members", json=body).status_code == 200
    problem(till.post("/members", json=body | {"edits": [field("name", "Eve")]}), 409, "conflict")
    assert till.get(f"/members/{body['id']}").json()["name"] == "Ada"


def test_members_are_found_by_any_word_in_any_language(till: httpx.Client) -> None:
    make(till, field("name", "Zoë Ångström"), field("phone", "+46 (0)70-174 06 05"))
    make(till, field("name", "王小明"), field("email", "xm@example.cn"))
    make(till, field("name", "Zoltan"), {"type": "add_tag", "tag": "Pu'er 普洱"})
    assert names(till, "angstr") == ["Zoë Ångström"]
    assert names(till, "1740605") == ["Zoë Ångström"]
    assert names(till, "小明") == ["王小明"]
    assert names(till, "example.cn") == ["王小明"]
    assert names(till, "普洱") == ["Zoltan"]
    assert names(till, "zo") == ["Zoltan", "Zoë Ångström"]
    assert names(till, "+46 (0)70-174") == names(till, "174 06 05") == ["Zoë Ångström"]
    assert names(till, "zo 999") == []
    assert names(till, "!") == []
    assert {"Zoltan", "王小明"} <= set(names(till, ""))


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (field("name", "x" * 201), "edits[0].value"),
        (field("shoe", "44"), "edits[0].shoe"),
        (field("phone", "call me"), "edits[0].value"),
        (field("name", "4111 1111 1111 1111"), "edits[0].value"),
        ({"type": "add_tag", "tag": ""}, "edits[0].tag"),
        ({"type": "add_tag", "tag": " x"}, "edits[0].tag"),
        ({"type": "add_tag", "tag": 7}, "edits[0].tag"),
        ({"type": "sell"}, "edits[0].type"),
        ({"type": "add_note", "id": str(uuid4()), "at_ms": 1.5, "text": "x"}, "edits[0].at_ms"),
        (
            {"type": "add_note", "id": str(uuid4()), "at_ms": 5, "text": "\x00"},
            "edits[0].text",
        ),
        ({"type": "remove_note", "id": "nothing"}, "edits"),
        (field("name", "x") | {"more": 1}, "edits[0]"),
    ],
)
def test_a_bad_edit_is_named_and_changes_nothing(
    till: httpx.Client, edit: dict[str, Any], place: str
) -> None:
    card = make(till, field("name", "Ada"))
    body = {"edits": [edit, field("name", "Eve")]}
    answer = problem(till.patch(f"/members/{card['id']}", json=body), 422)
    assert answer["field"] == place, answer
    assert till.get(f"/members/{card['id']}").json() == card


def test_what_is_not_held_is_said_and_not_edited(till: httpx.Client) -> None:
    place = f"/members/{uuid4()}"
    problem(till.get(place), 404, "not-held")
    problem(till.patch(place, json=EDIT_EXAMPLE), 404, "unknown-document")
    problem(till.get("/members/17"), 422)


def test_who_may_only_read_edits_nothing(shop: Shop, till: httpx.Client) -> None:
    card = make(till, field("name", "Ada"))
    with shop.client("readonly") as display:
        assert display.get(f"/members/{card['id']}").json() == card
        problem(display.patch(f"/members/{card['id']}", json=EDIT_EXAMPLE), 403, "not-allowed")
        problem(display.post("/members", json=CREATE_EXAMPLE), 403, "not-allowed")
    for role in ("pos", "stock", "admin"):
        with shop.client(role) as client:
            edits = {"edits": [{"type": "add_tag", "tag": role}]}
            assert client.patch(f"/members/{card['id']}", json=edits).status_code == 200


def test_a_listener_hears_of_cards_and_goes_on_after_them(till: httpx.Client) -> None:
    one, two = make(till, field("name", "One")), make(till, field("name", "Two"))
    status = till.get("/status").json()
    place = f"{status['journal']}:{status['seq']}"
    *_, (identity, name, event), _ = heard = listen(till, place, count_of(till))
    assert name == "member"
    assert [event["id"] for _, _, event in heard][-2:] == [one["id"], two["id"]]
    ((_, _, again),) = listen(till, identity, 1)
    assert (event["id"], again["id"]) == (one["id"], two["id"])


def count_of(till: httpx.Client) -> int:
    return len(till.get("/members", params={"limit": 500}).json()["members"])
