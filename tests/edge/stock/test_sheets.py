"""Whatever is sold and delivered while people count: in the end the books say what is there."""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import BadField, Conflict, UnknownFact
from edge.selling.pricing import SellLine
from edge.stock.counting import (
    AddEntries,
    CancelSheet,
    CloseSheet,
    EntryLine,
    NotOpen,
    OpenSheet,
    TooLate,
    Undecided,
)
from edge.stock.moves import Adjust, Move, ReceiveGoods, WriteOff
from edge.stock.sheets import (
    SheetKind,
    Tally,
    entries_of,
    find_sheet,
    list_sheets,
    tallies,
    uncounted,
)
from sync.bodies import AnyBody, StockCount
from sync.definitions import Product
from tests.edge.shop import Shop, open_shop


def begin(shop: Shop, kind: SheetKind = SheetKind.LIST, *scope: str, blind: bool = False) -> bytes:
    sheet = OpenSheet(id=shop.new_id(), kind=kind, scope=scope or ("TEA",), title="shelf 7")
    if kind is SheetKind.FULL:
        sheet = OpenSheet(id=shop.new_id(), kind=kind, blind=blind, title="year's end")
    return shop.run(sheet).id


def count(
    shop: Shop, sheet: bytes, sku: str, counted: int, by: str = "ana", **more: object
) -> bytes:
    line = EntryLine(shop.new_id(), counted, sku, **more)  # type: ignore[arg-type]
    [entry] = shop.run(AddEntries(sheet=sheet, entries=(line,), actor=by))
    return entry.id


def close(shop: Shop, sheet: bytes, uncounted: str = "", uncertain: str = "") -> CloseSheet:
    command = CloseSheet(id=shop.new_id(), sheet=sheet, uncounted=uncounted, uncertain=uncertain)
    shop.run(command)
    return command


def tallied(shop: Shop, sheet: bytes) -> list[Tally]:
    found = find_sheet(shop.store.books, sheet)
    assert found is not None
    return tallies(shop.store.books, found)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = open_shop(tmp_path)
    shop.stock(TEA=20, MUG=8, COFFEE=5_000)
    return shop


# -- the law -------------------------------------------------------------------------------------

FLOOR, DISPLAY, STOCKROOM = range(3)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "deliver", "break", "count", "recount"]),
        st.sampled_from([FLOOR, DISPLAY, STOCKROOM]),
        st.integers(1, 3),
    ),
    max_size=14,
)


class Shelves:
    """A shop with three places, and a model of what really lies at each."""

    def __init__(self, shop: Shop, there: list[int]) -> None:
        self.shop, self.there = shop, there
        self.entries: dict[int, bytes] = {}
        self.sheet = begin(shop)

    def happen(self, what: str, place: int, quantity: int) -> None:
        """Let something happen at a place, there and in the books."""
        shop, there = self.shop, self.there
        if what == "sell" and place != STOCKROOM and there[place] >= quantity:
            there[place] -= quantity
            shop.sell(SellLine("TEA", quantity=quantity))
        elif what == "deliver":
            there[STOCKROOM] += quantity
            moves = (Move(quantity, sku="TEA"),)
            shop.run(ReceiveGoods(id=shop.new_id(), lines=moves))
        elif what == "break" and there[place] >= quantity:
            there[place] -= quantity
            moves = (Move(quantity, sku="TEA"),)
            shop.run(WriteOff(id=shop.new_id(), reason="broken", lines=moves))
        elif what == "count" and place not in self.entries:
            self.entries[place] = self.count(place)
        elif what == "recount" and place in self.entries:
            self.entries[place] = self.count(place, replaces=self.entries[place])

    def count(self, place: int, replaces: bytes = b"") -> bytes:
        """Count what lies at a place."""
        stockroom = place == STOCKROOM
        counted = self.there[place]
        return count(
            self.shop,
            self.sheet,
            "TEA",
            counted,
            place=str(place),
            stockroom=stockroom,
            replaces=replaces,
        )

    def finish(self) -> None:
        """Count what is left; what the sheet calls uncertain is counted again as a whole."""
        for place in (FLOOR, DISPLAY, STOCKROOM):
            self.happen("count", place, 1)
        [tally] = tallied(self.shop, self.sheet)
        if tally.uncertain:
            with pytest.raises(Undecided):
                close(self.shop, self.sheet)
            count(self.shop, self.sheet, "TEA", sum(self.there), whole=True)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(0, 30), EVENTS, EVENTS)
def test_in_the_end_the_books_say_what_is_there(
    there: list[int],
    booked: int,
    during: list[tuple[str, int, int]],
    after: list[tuple[str, int, int]],
) -> None:
    with TemporaryDirectory() as folder:
        shop = open_shop(Path(folder))
        if booked:
            shop.stock(TEA=booked)
        shelves = Shelves(shop, there)
        for event in during:
            shelves.happen(*event)
        shelves.finish()
        for what, place, quantity in after:
            if what in ("sell", "deliver", "break"):
                shelves.happen(what, place, quantity)
        close(shop, shelves.sheet)
        assert shop.on_hand("TEA") == sum(shelves.there)
        shop.store.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 2)), max_size=8))
def test_one_shelf_and_a_stockroom_are_never_uncertain_by_sales_and_deliveries(
    events: list[tuple[bool, int]],
) -> None:
    with TemporaryDirectory() as folder:
        shop = open_shop(Path(folder))
        shop.stock(TEA=9)
        shelves = Shelves(shop, [20, 0, 20])
        for place in (STOCKROOM, FLOOR):
            for sale, quantity in events:
                shelves.happen("sell" if sale else "deliver", FLOOR, quantity)
            shelves.happen("count", place, 1)
        [tally] = tallied(shop, shelves.sheet)
        assert not tally.uncertain
        close(shop, shelves.sheet)
        assert shop.on_hand("TEA") == sum(shelves.there)
        shop.store.close()


# -- examples ------------------------------------------------------------------------------------


def test_sales_during_the_count_do_not_spoil_it(shop: Shop) -> None:
    sheet = begin(shop)
    count(shop, sheet, "TEA", 18)
    shop.sell(SellLine("TEA", quantity=5))
    close(shop, sheet)
    assert shop.on_hand("TEA") == 13


def test_a_sale_from_a_till_that_had_lost_its_node_is_counted_when_it_was_rung_up(
    shop: Shop,
) -> None:
    sheet = begin(shop)
    before_ms = shop.clock()
    count(shop, sheet, "TEA", 19)
    sold = shop.sell(SellLine("TEA", quantity=1))
    [before] = tallied(shop, sheet)
    assert before.seen == 20
    _ring_up_late(shop, sold.id, before_ms)
    [late] = tallied(shop, sheet)
    assert (late.seen, late.difference) == (19, 0)


def _ring_up_late(shop: Shop, like: bytes, at_ms: int) -> None:
    """Post a copy of a sale as its till rang it up, detached, some time ago."""
    found = shop.store.books.find(like)
    assert found is not None
    body: AnyBody = msgspec.structs.replace(found.fact.body, number=2, detached=True)

    class Late:
        def run(self, books: object) -> None:
            shop.store.books.append(shop.new_id(), at_ms, "", body)

    shop.run(Late())


def test_own_entries_are_replaced_and_those_of_others_are_not(shop: Shop) -> None:
    sheet = begin(shop)
    wrong = count(shop, sheet, "TEA", 3)
    with pytest.raises(BadField, match="your own"):
        count(shop, sheet, "TEA", 4, by="wei", replaces=wrong)
    with pytest.raises(BadField, match="your own"):
        count(shop, sheet, "MUG", 4, replaces=wrong)
    count(shop, sheet, "TEA", 4, replaces=wrong)
    with pytest.raises(Conflict, match="replaced already"):
        count(shop, sheet, "TEA", 5, replaces=wrong)
    count(shop, sheet, "TEA", 10, by="wei", place="window")
    [tally] = tallied(shop, sheet)
    assert tally.counted == 14
    count(shop, sheet, "TEA", 15, by="wei", whole=True)
    [tally] = tallied(shop, sheet)
    assert (tally.counted, tally.difference) == (15, -5)
    assert len(entries_of(shop.store.books, sheet)) == 4


def test_an_entry_is_written_once_and_at_once(shop: Shop) -> None:
    sheet = begin(shop)
    line = EntryLine(shop.new_id(), 7, "TEA")
    asked = AddEntries(sheet=sheet, entries=(line,), actor="ana")
    first = shop.run(asked)
    shop.sell(SellLine("TEA", quantity=1))
    assert shop.run(asked) == first
    late = EntryLine(line.id, 7, "TEA", age_ms=60_000)
    assert shop.run(AddEntries(sheet=sheet, entries=(late,), actor="ana")) == first
    with pytest.raises(Conflict):
        shop.run(AddEntries(sheet=sheet, entries=(EntryLine(line.id, 8, "TEA"),)))
    with pytest.raises(TooLate):
        count(shop, sheet, "MUG", 1, age_ms=60_000)
    bad = (EntryLine(shop.new_id(), 1, "MUG"), EntryLine(shop.new_id(), 1, "NOPE"))
    with pytest.raises(Exception, match="NOPE"):
        shop.run(AddEntries(sheet=sheet, entries=bad))
    assert [entry.sku for entry in entries_of(shop.store.books, sheet)] == ["TEA"]


def test_what_a_full_count_missed_needs_a_decision(shop: Shop) -> None:
    sheet = begin(shop, SheetKind.FULL)
    count(shop, sheet, "TEA", 20)
    assert uncounted(shop.store.books, list_sheets(shop.store.books)[0]) == ["COFFEE", "MUG"]
    with pytest.raises(Undecided, match="2 SKUs"):
        close(shop, sheet)
    command = close(shop, sheet, uncounted="zero")
    assert [shop.on_hand(sku) for sku in ("TEA", "MUG", "COFFEE")] == [20, 0, 0]
    head = shop.head()
    again = shop.run(command)
    assert (again.repeated, again.moved) == (True, {"MUG": -8, "COFFEE": -5_000})
    assert shop.head() == head
    with pytest.raises(NotOpen):
        close(shop, sheet)
    with pytest.raises(NotOpen):
        count(shop, sheet, "TEA", 1)


def test_what_is_skipped_stays_as_the_books_say(shop: Shop) -> None:
    sheet = begin(shop, SheetKind.FULL)
    count(shop, sheet, "TEA", 5, place="shelf")
    shop.sell(SellLine("TEA", quantity=1))
    count(shop, sheet, "TEA", 5, place="window")
    command = close(shop, sheet, uncounted="skip", uncertain="skip")
    assert [shop.on_hand(sku) for sku in ("TEA", "MUG", "COFFEE")] == [19, 8, 5_000]
    assert shop.run(command).repeated
    [(kind, sku)] = shop.rows("SELECT kind, sku FROM worklist")
    assert (kind, sku) == ("count", "TEA")


def test_a_large_count_is_several_documents_in_one_commit(shop: Shop) -> None:
    skus = [f"S{n:04d}" for n in range(1_203)]
    shop.tell(*[Product(sku, {"en": sku}, [], "pc", "low", 100) for sku in skus])
    sheet = begin(shop, SheetKind.FULL)
    for at in range(0, len(skus), 500):
        chunk = skus[at : at + 500]
        lines = tuple(EntryLine(shop.new_id(), 2, sku, source="rfid") for sku in chunk)
        shop.run(AddEntries(sheet=sheet, entries=lines, actor="ana"))
    before = shop.head().seq
    done = shop.run(CloseSheet(id=shop.new_id(), sheet=sheet, uncounted="skip"))
    assert shop.head().seq == before + 3 == before + len(done.documents)
    bodies = [shop.store.books.find(document) for document in done.documents]
    lines_each = [
        len(b.fact.body.lines) for b in bodies if b and isinstance(b.fact.body, StockCount)
    ]
    assert lines_each == [500, 500, 203]
    assert {shop.on_hand(sku) for sku in skus} == {2}


def test_a_cancelled_sheet_moves_nothing(shop: Shop) -> None:
    sheet = begin(shop)
    count(shop, sheet, "TEA", 1)
    shop.run(CancelSheet(sheet=sheet, note="fire drill"))
    assert shop.run(CancelSheet(sheet=sheet)).note == "fire drill"
    assert shop.on_hand("TEA") == 20
    with pytest.raises(NotOpen):
        close(shop, sheet)
    with pytest.raises(UnknownFact):
        close(shop, shop.new_id())


def test_a_sheet_says_what_it_covers(shop: Shop) -> None:
    for kind, scope in ((SheetKind.FULL, ("TEA",)), (SheetKind.LIST, ()), (SheetKind.CATEGORY, ())):
        with pytest.raises(BadField, match="SKUs"):
            shop.run(OpenSheet(id=shop.new_id(), kind=kind, scope=scope))
    with pytest.raises(BadField):
        shop.run(OpenSheet(id=shop.new_id(), kind=SheetKind.LIST, scope=("WRAP",)))
    first = OpenSheet(id=shop.new_id(), kind=SheetKind.LIST, scope=("TEA", "TEA", "MUG"))
    assert shop.run(first).scope == ("TEA", "MUG")
    assert shop.run(first) == shop.run(first)
    with pytest.raises(Conflict):
        shop.run(OpenSheet(id=first.id, kind=SheetKind.FULL))


def test_negative_books_are_counted_like_any(shop: Shop) -> None:
    moves = (Move(-25, sku="TEA"),)
    shop.run(Adjust(id=shop.new_id(), reason="test", lines=moves))
    sheet = begin(shop)
    count(shop, sheet, "TEA", 3)
    close(shop, sheet)
    assert shop.on_hand("TEA") == 3
