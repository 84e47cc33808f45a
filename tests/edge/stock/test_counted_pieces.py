"""Whatever pieces come and go while people count: in the end the books have what is there."""

import datetime
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import Problem
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.stock.counting import (
    CountedSome,
    SheetClosed,
)
from edge.stock.moves import Count, CountLine, Move, Open, ReceiveGoods, WriteOff
from edge.stock.sheets import find_sheet
from sync.bodies import CountedLot, CountedSerials, StockCount
from sync.receipts import LineDetail
from sync.values import day_of
from tests.edge.stock.counted import DAY, LOTS, Counted, lot, phones
from tests.edge.tilling import check_books

FLOOR, DISPLAY, STOCKROOM = range(3)


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    return Counted(tmp_path)


# -- the law -------------------------------------------------------------------------------------

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "deliver", "break", "count", "recount"]),
        st.sampled_from([FLOOR, DISPLAY, STOCKROOM]),
        st.integers(0, 2),
        st.integers(1, 2),
    ),
    max_size=9,
)
PLACES = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=3, max_size=3)


class Shelves(Counted):
    """Three places, and a model of how much of each lot really lies there."""

    def __init__(self, folder: Path | str, there: list[list[int]], booked: list[int]) -> None:
        super().__init__(folder)
        self.there = there
        self.entries: dict[int, bytes] = {}
        lines = tuple(self.move(which, n) for which, n in enumerate(booked) if n)
        if lines:
            self.shop.run(Open(id=self.shop.new_id(), lines=lines))
        self.begin("TEA")

    def move(self, which: int, quantity: int) -> Move:
        name, day = LOTS[which]
        return Move(quantity, "TEA", lot=name, expiry_day=day)

    def happen(self, what: str, place: int, which: int, quantity: int) -> None:
        """Let something happen at a place, there and in the books."""
        here = self.there[place]
        if what == "sell" and place != STOCKROOM and here[which] >= quantity:
            here[which] -= quantity
            name, day = LOTS[which]
            detail = LineDetail(lot=name, expiry_day=day_of(day) if day else 0)
            self.sell("TEA", quantity, detail)
        elif what == "deliver":
            self.there[STOCKROOM][which] += quantity
            lines = (self.move(which, quantity),)
            self.shop.run(ReceiveGoods(id=self.shop.new_id(), lines=lines))
        elif what == "break" and here[which] >= quantity:
            here[which] -= quantity
            lines = (self.move(which, quantity),)
            self.shop.run(WriteOff(id=self.shop.new_id(), reason="broken", lines=lines))
        elif what == "count" and place not in self.entries:
            self.entries[place] = self.count_place(place)
        elif what == "recount" and place in self.entries:
            self.entries[place] = self.count_place(place, replaces=self.entries[place])

    def count_place(self, place: int, replaces: bytes = b"") -> bytes:
        pieces = [lot(which, n) for which, n in enumerate(self.there[place]) if n]
        stockroom = place == STOCKROOM
        return self.count("TEA", *pieces, place=str(place), stockroom=stockroom, replaces=replaces)

    @property
    def whole(self) -> list[int]:
        return [sum(place[which] for place in self.there) for which in range(3)]

    def finish(self) -> None:
        """Count what is left; what the sheet calls uncertain is counted again as a whole."""
        for place in (FLOOR, DISPLAY, STOCKROOM):
            self.happen("count", place, 0, 1)
        if self.tally().uncertain:
            self.count("TEA", *(lot(x, n) for x, n in enumerate(self.whole) if n), whole=True)


@settings(max_examples=40, deadline=None)
@given(PLACES, st.lists(st.integers(0, 4), min_size=3, max_size=3), EVENTS, EVENTS)
def test_in_the_end_each_lot_is_what_is_there(
    there: list[list[int]],
    booked: list[int],
    during: list[tuple[str, int, int, int]],
    after: list[tuple[str, int, int, int]],
) -> None:
    with TemporaryDirectory() as folder:
        shelves = Shelves(folder, there, booked)
        for event in during:
            shelves.happen(*event)
        shelves.finish()
        for event in after:
            if event[0] in ("sell", "deliver", "break"):
                shelves.happen(*event)
        shelves.close()
        shelves.shop.store.books.forget()
        assert +shelves.lots == +Counter(dict(zip(LOTS, shelves.whole, strict=True)))
        assert shelves.shop.on_hand("TEA") == sum(shelves.whole)
        check_books(shelves.shop)
        shelves.shop.store.close()


PIECE_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "deliver", "return", "count", "slow"]),
        st.sampled_from([FLOOR, DISPLAY, STOCKROOM]),
        st.integers(0, 3),
    ),
    max_size=9,
)


class Pieces(Counted):
    """Three places, and which serial numbers really lie there."""

    def __init__(self, folder: Path | str, there: list[int], booked: set[int]) -> None:
        super().__init__(folder)
        self.there: list[list[str]] = [[], [], []]
        for serial, place in enumerate(there):
            self.there[place].append(f"s{serial}")
        self.sold: list[tuple[bytes, str]] = []
        self.came = 100
        self.done: set[int] = set()
        names = tuple(f"s{serial}" for serial in sorted(booked))
        if names:
            lines = (Move(len(names), "PHONE", serials=names),)
            self.shop.run(Open(id=self.shop.new_id(), lines=lines))
        self.begin("PHONE")

    def happen(self, what: str, place: int, which: int) -> None:
        here = self.there[place]
        if what == "sell" and place != STOCKROOM and here:
            serial = here.pop(which % len(here))
            sale = self.sell("PHONE", 1, LineDetail(serials=(serial,)))
            self.sold.append((sale, serial))
        elif what == "deliver":
            self.came += 1
            self.there[STOCKROOM].append(f"s{self.came}")
            lines = (Move(1, "PHONE", serials=(f"s{self.came}",)),)
            self.shop.run(ReceiveGoods(id=self.shop.new_id(), lines=lines))
        elif what == "return" and self.sold and place != STOCKROOM:
            sale, serial = self.sold.pop(which % len(self.sold))
            here.append(serial)
            self.shop.run(ReturnGoods(self.shop.new_id(), "t1", sale, (ReturnLine(line=0),)))
        elif what in ("count", "slow") and place not in self.done:
            seen = tuple(here)
            if what == "slow":  # sold when it was scanned, and not yet written down
                self.happen("sell", place, which)
            self.count_place(place, seen)

    def count_place(self, place: int, seen: tuple[str, ...]) -> None:
        self.done.add(place)
        pieces = [phones(*seen)] if seen else []
        self.count("PHONE", *pieces, place=str(place), stockroom=place == STOCKROOM)

    def finish(self) -> None:
        for place in (FLOOR, DISPLAY, STOCKROOM):
            self.happen("count", place, 0)
        if self.tally().uncertain:
            whole = self.whole
            self.count("PHONE", *([phones(*whole)] if whole else []), whole=True)

    @property
    def whole(self) -> list[str]:
        return sorted(serial for place in self.there for serial in place)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 2), max_size=6),
    st.sets(st.integers(0, 8)),
    PIECE_EVENTS,
    PIECE_EVENTS,
)
def test_in_the_end_the_serial_numbers_are_those_that_are_there(
    there: list[int],
    booked: set[int],
    during: list[tuple[str, int, int]],
    after: list[tuple[str, int, int]],
) -> None:
    with TemporaryDirectory() as folder:
        pieces = Pieces(folder, there, booked)
        for event in during:
            pieces.happen(*event)
        pieces.finish()
        for event in after:
            if event[0] in ("sell", "deliver", "return"):
                pieces.happen(*event)
        pieces.close()
        assert pieces.serials == pieces.whole
        assert pieces.shop.on_hand("PHONE") == len(pieces.whole)
        check_books(pieces.shop)
        pieces.shop.store.close()


# -- examples ------------------------------------------------------------------------------------


def stock_tea(counted: Counted, *quantities: int) -> None:
    lines = tuple(
        Move(n, "TEA", lot=LOTS[which][0], expiry_day=LOTS[which][1])
        for which, n in enumerate(quantities)
        if n
    )
    counted.shop.run(Open(id=counted.shop.new_id(), lines=lines))


def document(counted: Counted, done: SheetClosed) -> StockCount:
    found = counted.shop.store.books.find(done.documents[0])
    assert found is not None
    assert isinstance(found.fact.body, StockCount)
    return found.fact.body


def test_a_count_by_quantity_alone_leaves_lots_as_they_are(counted: Counted) -> None:
    stock_tea(counted, 5, 3)
    counted.begin("TEA")
    counted.count("TEA", rest=6)
    assert counted.tally().pieces is None
    done = counted.close()
    assert document(counted, done) == StockCount("", document(counted, done).lines)
    assert counted.lots == {LOTS[0]: 5, LOTS[1]: 3}
    assert counted.shop.on_hand("TEA") == 6
    lines = (CountLine(counted=9, sku="TEA"),)
    counted.shop.run(Count(id=counted.shop.new_id(), lines=lines))
    assert counted.lots == {LOTS[0]: 5, LOTS[1]: 3}


def test_what_is_told_is_there_though_the_rest_is_not_told(counted: Counted) -> None:
    stock_tea(counted, 2, 3)
    counted.begin("TEA")
    counted.count("TEA", lot(0, 4), rest=2)
    pieces = counted.tally().pieces
    assert pieces is not None
    assert (pieces.unlotted, pieces.unnumbered) == (2, 6)
    done = counted.close()
    assert document(counted, done).lots == (CountedLot("TEA", 4, 2, "A", day_of(DAY)),)
    assert counted.lots == {LOTS[0]: 4, LOTS[1]: 3}


def test_a_lot_told_without_its_day_is_the_one_the_books_know(counted: Counted) -> None:
    stock_tea(counted, 5, 3)
    counted.begin("TEA")
    counted.count("TEA", lot(0, 4, dated=False), lot(1, 3))
    counted.close()
    assert counted.lots == {LOTS[0]: 4, LOTS[1]: 3}


def test_what_left_under_a_lots_number_alone_is_put_right_with_its_days(counted: Counted) -> None:
    stock_tea(counted, 5)
    later = DAY + datetime.timedelta(9)
    more = Move(5, "TEA", lot="A", expiry_day=later)
    counted.shop.run(Open(id=counted.shop.new_id(), lines=(more,)))
    counted.sell("TEA", 4, LineDetail(lot="A"))
    assert counted.lots == {("A", DAY): 1, ("A", later): 5}
    counted.begin("TEA")
    counted.count("TEA", lot(0, 3), CountedSome(3, "A", later))
    pieces = counted.tally().pieces
    assert pieces is not None
    told = [(x.expiry_day, x.counted, x.seen) for x in pieces.differences]
    assert told == [(DAY, 3, 1), (later, 3, 5)]
    counted.close()
    assert counted.lots == {("A", DAY): 3, ("A", later): 3}
    check_books(counted.shop)


@pytest.mark.parametrize("uncounted", ["", "zero"])
def test_where_nothing_is_there_no_lot_and_no_piece_is(counted: Counted, uncounted: str) -> None:
    stock_tea(counted, 5, 3)
    lines = (Move(2, "PHONE", serials=("s1", "s2")),)
    counted.shop.run(ReceiveGoods(id=counted.shop.new_id(), lines=lines))
    counted.begin("TEA", "PHONE")
    if not uncounted:
        counted.count("TEA")
        counted.count("PHONE")
    done = counted.close(uncounted)
    assert (counted.lots, counted.serials) == (Counter(), [])
    assert document(counted, done).serials == (CountedSerials("PHONE", (), ("s1", "s2")),)
    check_books(counted.shop)


def test_a_piece_two_people_scan_is_one(counted: Counted) -> None:
    counted.begin("PHONE")
    counted.count("PHONE", phones("s1", "s2"), place="7")
    counted.count("PHONE", phones("s2", "s3"), place="8")
    assert counted.tally().counted == 3
    counted.close()
    assert counted.serials == ["s1", "s2", "s3"]
    assert counted.shop.on_hand("PHONE") == 3


def test_a_piece_sold_during_the_count_does_not_come_back(counted: Counted) -> None:
    lines = (Move(1, "PHONE", serials=("s1",)),)
    counted.shop.run(ReceiveGoods(id=counted.shop.new_id(), lines=lines))
    counted.begin("PHONE")
    counted.count("PHONE", phones("s1", "x9"))
    counted.sell("PHONE", 1, LineDetail(serials=("s1",)))
    counted.sell("PHONE", 1, LineDetail(serials=("x9",)))  # which the books never had
    done = counted.close()
    assert document(counted, done).serials == ()
    assert (counted.serials, counted.shop.on_hand("PHONE")) == ([], 0)


def test_a_piece_that_was_sold_before_the_count_is_found(counted: Counted) -> None:
    for _ in range(2):
        counted.sell("PHONE", 1, LineDetail(serials=("s1",)))
    counted.begin("PHONE")
    counted.count("PHONE", phones("s1"))
    done = counted.close()
    assert document(counted, done).serials == (CountedSerials("PHONE", ("s1", "s1")),)
    assert (counted.serials, counted.shop.on_hand("PHONE")) == (["s1"], 1)
    counted.sell("PHONE", 1, LineDetail(serials=("s1",)))
    assert counted.serials == []


@pytest.mark.parametrize(
    ("pieces", "rest"),
    [
        ((CountedSome(1),), 0),
        ((CountedSome(0, "A"),), 1),
        ((CountedSome(2, "", None, ("s1", "s1")),), 0),
        ((CountedSome(1, "", None, ("s1", "s2")),), 1),
        ((phones("s1"), phones("s1")), 0),
        ((CountedSome(3, "A"),), -1),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_written(
    counted: Counted, pieces: tuple[CountedSome, ...], rest: int
) -> None:
    counted.begin("TEA")
    with pytest.raises(Problem):
        counted.count("TEA", *pieces, rest=rest)
    assert find_sheet(counted.shop.store.books, counted.sheet) is not None
    sql = "SELECT count(*) FROM sheet_entry"
    assert counted.shop.store.books.connection.execute(sql).fetchone() == (0,)
