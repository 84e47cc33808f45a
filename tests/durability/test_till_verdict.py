"""The verdict over tills sees what is lost, doubled or changed: a test that can't fail is none."""

from typing import Any

import pytest

from tests.durability.till_sales import Account, Asked
from tests.durability.till_verdict import as_said, numbers

MILK = Asked("t1", (("MILK", 2),), 258, (("cash", 258),))


def _booked(number: int = 1, quantity: int = 2, kind: str = "cash") -> dict[str, Any]:
    return {
        "till": "t1",
        "life": 7,
        "number": number,
        "lines": [{"sku": "MILK", "quantity": quantity}],
        "tenders": [{"kind": kind, "amount_minor": 258}],
    }


def _account() -> Account:
    return Account(asked={"a": MILK, "b": MILK}, done={"a", "b"}, aside={"b"})


def test_what_was_said_and_booked_is_right() -> None:
    sales = {"a": _booked(), "b": _booked(2)}
    assert as_said(_account(), sales) == []
    assert numbers(sales, {"t1-7-000001", "t1-7-000002"}) == []


@pytest.mark.parametrize(
    ("sales", "word"),
    [
        ({"a": _booked()}, "lost: b"),
        ({"a": _booked(), "b": _booked(2), "c": _booked(3)}, "yet sold: c"),
        ({"a": _booked(), "b": _booked(2, quantity=1)}, "b: said"),
        ({"a": _booked(), "b": _booked(2, kind="card")}, "b: said"),
    ],
)
def test_what_is_lost_or_changed_is_seen(sales: dict[str, Any], word: str) -> None:
    assert word in as_said(_account(), sales)[0]


def test_a_void_that_was_sold_is_seen() -> None:
    account = _account()
    account.voided.add("a")
    assert as_said(account, {"a": _booked(), "b": _booked(2)}) == ["voided, yet sold: a"]


@pytest.mark.parametrize("given", [(1, 3), (1, 1), (2, 3)])
def test_gaps_and_repeats_of_numbers_are_seen(given: tuple[int, int]) -> None:
    sales = {str(at): _booked(number) for at, number in enumerate(given)}
    assert numbers(sales, set()) == [f"t1-7 has the numbers {sorted(given)}"]


def test_a_receipt_that_nobody_booked_is_seen() -> None:
    assert numbers({"a": _booked()}, {"t1-7-000009"}) == [
        "a screen said t1-7-000009: nobody booked it"
    ]
