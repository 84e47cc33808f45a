"""A drawer is in one shift at a time, whatever lives of the node say of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.books.postings import post
from edge.errors import (
    BadField,
    Conflict,
    NoShift,
    Problem,
    ShiftIsClosed,
    ShiftIsOpen,
    UnknownFact,
)
from edge.shifts.doubts import CLOCK_MAX_MS
from edge.shifts.drawer import CloseShift, MoveCash, OpenShift
from edge.shifts.reads import closed_before, closing_of, day_of_shift, open_shift, shift_row
from sync.cash import CashKind, ShiftClosed, ShiftOpened
from sync.definitions import Staff
from tests.edge.shop import START_MS, Shop, open_shop
from tests.edge.tilling import DAY, check_books


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop."""
    shop = open_shop(tmp_path)
    yield shop
    shop.store.close()


def _open(shop: Shop, drawer: str = "t1") -> int:
    return shop.run(OpenShift(shop.new_id(), drawer, 1000, business_day=DAY)).number


def test_shifts_of_a_drawer_are_numbered_from_one_without_gaps(shop: Shop) -> None:
    for number in (1, 2, 3):
        assert _open(shop) == number
        shop.run(CloseShift(shop.new_id(), "t1", number, ()))
    assert _open(shop, "t2") == 1
    reads = shop.store.books
    assert open_shift(reads, "t1") is None
    assert [shift.number for shift in closed_before(reads, "t1", 3, 10)] == [2, 1]
    assert day_of_shift(reads, "t2", 1) == DAY
    assert day_of_shift(reads, "t2", 9) is None
    check_books(shop)


def test_a_drawer_in_use_cannot_be_opened_and_one_out_of_use_not_closed(shop: Shop) -> None:
    _open(shop)
    with pytest.raises(ShiftIsOpen, match="shift 1"):
        _open(shop)
    shop.run(CloseShift(shop.new_id(), "t1", 1, ()))
    with pytest.raises(ShiftIsClosed):
        shop.run(CloseShift(shop.new_id(), "t1", 1, ()))
    with pytest.raises(UnknownFact):
        shop.run(CloseShift(shop.new_id(), "t1", 2, ()))
    with pytest.raises(NoShift):
        shop.run(MoveCash(shop.new_id(), "t1", CashKind.DROP, 5))


def test_what_is_repeated_is_done_once(shop: Shop) -> None:
    opening = OpenShift(shop.new_id(), "t1", 1000)
    first = shop.run(opening)
    moving = MoveCash(shop.new_id(), "t1", CashKind.PAY_IN, 7)
    moved = shop.run(moving)
    closing = CloseShift(shop.new_id(), "t1", 1, (("cash", 1007),))
    closed = shop.run(closing)
    head = shop.head()
    assert (shop.run(opening).repeated, first.repeated) == (True, False)
    assert (shop.run(moving).repeated, moved.repeated) == (True, False)
    assert shop.run(closing) == closed
    assert shop.head() == head
    with pytest.raises(Conflict):
        shop.run(CloseShift(closing.id, "t1", 1, (("cash", 1),)))


@pytest.mark.parametrize(
    "counted",
    [(("cash", 1), ("cash", 2)), (("change", 1),), (("", 1),), (("cash", 10**12),)],
)
def test_a_count_that_is_none_closes_nothing(
    shop: Shop, counted: tuple[tuple[str, int], ...]
) -> None:
    _open(shop)
    with pytest.raises(Problem):
        shop.run(CloseShift(shop.new_id(), "t1", 1, counted))
    assert open_shift(shop.store.books, "t1") is not None


@pytest.mark.parametrize(("kind", "amount"), [(CashKind.NO_SALE, 1), (CashKind.DROP, 0)])
def test_a_movement_moves_something_unless_it_is_a_no_sale(
    shop: Shop, kind: CashKind, amount: int
) -> None:
    _open(shop)
    with pytest.raises(BadField):
        shop.run(MoveCash(shop.new_id(), "t1", kind, amount))


def test_cash_of_a_closed_shift_is_recorded_and_noticed(shop: Shop) -> None:
    _open(shop)
    shop.run(CloseShift(shop.new_id(), "t1", 1, ()))
    assert shop.run(MoveCash(shop.new_id(), "t1", CashKind.DROP, 5, shift=1)).late
    assert shop.rows("SELECT kind FROM worklist") == [("late-sale",)]


@pytest.mark.parametrize(
    ("kind", "actor", "approver", "noticed"),
    [
        (CashKind.PAY_OUT, "ana@t1", "", True),
        (CashKind.PAY_OUT, "ana@t1", "ana", True),
        (CashKind.NO_SALE, "t1", "", True),
        (CashKind.PAY_OUT, "ana@t1", "ben", False),
        (CashKind.NO_SALE, "ben@t1", "", False),
        (CashKind.DROP, "ana@t1", "", False),
    ],
)
def test_cash_that_nobody_allowed_is_recorded_and_noticed(
    shop: Shop, kind: CashKind, actor: str, approver: str, *, noticed: bool
) -> None:
    shop.tell(Staff("ana", "Ana", ["cashier"], ""), Staff("ben", "Ben", ["manager"], ""))
    _open(shop)
    amount = 0 if kind is CashKind.NO_SALE else 5
    shop.run(MoveCash(shop.new_id(), "t1", kind, amount, approver=approver, actor=actor))
    assert shop.rows("SELECT kind FROM worklist") == [("cash",)] * noticed


def test_midnight_does_not_divide_a_shift(shop: Shop) -> None:
    _open(shop)
    shop.clock.now_ms += 86_400_000
    moved = MoveCash(shop.new_id(), "t1", CashKind.PAY_IN, 5)
    shop.run(moved)
    found = shop.store.books.find(moved.id)
    assert found is not None
    assert getattr(found.fact.body, "business_day", 0) == DAY


def test_a_till_whose_clock_is_wrong_opens_all_the_same(shop: Shop) -> None:
    wrong = START_MS - 2 * CLOCK_MAX_MS
    shop.run(OpenShift(shop.new_id(), "t1", 0, till="t1", at_ms=wrong))
    assert shop.rows("SELECT kind FROM worklist") == [("clock",)]


def test_an_earlier_life_closes_no_shift_of_a_later_one(tmp_path: Path) -> None:
    """A node restored from a backup gives a number again; the earlier life's facts come back."""
    shop = Shop(tmp_path / "store.db", generation=7)
    _open(shop)
    connection = shop.store.connection
    opened = ShiftOpened("t1", 1, DAY, "EUR", 0)
    closed = ShiftClosed("t1", 1, DAY, "EUR", [], 0, 0, 0, 0, 0, 0)
    assert not post(connection, 6, 90, opened)
    assert not post(connection, 6, 91, closed)
    shift = shift_row(shop.store.books, "t1", 1)
    assert shift is not None
    assert (shift.place, closing_of(shop.store.books, shift)) == ((7, 2), None)
    shop.run(CloseShift(shop.new_id(), "t1", 1, ()))
    assert not post(connection, 8, 1, closed)
    shop.store.close()
