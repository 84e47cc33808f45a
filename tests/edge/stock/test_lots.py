"""The ledger of lots: what came and went adds up, in any order; the odd is told, not refused."""

import datetime
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.books.migrations import migrate
from edge.books.postings import post_lots
from edge.errors import BadField, SerialHere
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import VoidSale
from edge.stock.expected import find_transit
from edge.stock.lots import LotStock, lots_on_hand, merged, serials_on_hand
from edge.stock.moves import (
    Adjust,
    Arrival,
    Grant,
    Move,
    Open,
    ReceiveGoods,
    TransferIn,
    TransferOut,
    WriteOff,
)
from edge.stock.serials import serial_view
from edge.views.rows import sale_view
from sync.bodies import AnyBody, GoodsReceipt
from sync.body import LotLine
from sync.definitions import Product
from sync.orders import InTransit
from sync.receipts import Line, LineDetail
from sync.values import date_of
from tests.edge.shop import Shop, open_shop
from tests.edge.tilling import check_books, finished
from tests.sync.test_lots import LOTS, sale, whole

DAY = datetime.date(2026, 12, 24)
EXPIRY = 20_811
assert date_of(EXPIRY) == DAY


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = open_shop(tmp_path)
    phone = Product("PHONE", {"en": "Phone"}, [], "piece", "low", 3_990, attributes=ASKS)
    shop.tell(phone)
    return shop


ASKS = {"serial": "yes"}


def lots(shop: Shop, sku: str = "TEA") -> list[tuple[str, datetime.date | None, int]]:
    return [(x.lot, x.expiry_day, x.quantity) for x in lots_on_hand(shop.store.books, sku)]


def serials(shop: Shop) -> list[str]:
    return serials_on_hand(shop.store.books, "PHONE")


def receive(shop: Shop, *lines: Move, order: str = "") -> ReceiveGoods:
    work = ReceiveGoods(id=shop.new_id(), lines=lines, order=order)
    shop.run(work)
    return work


def phones(*names: str) -> Move:
    return Move(len(names), "PHONE", serials=names)


def sold_phones(*names: str, sku: str = "PHONE") -> Line:
    detail = LineDetail(serials=names)
    return Line(sku, len(names), 3_990, "low", 70_000, detail=detail)


def odd(shop: Shop) -> list[str]:
    return [text for kind, _, _, text in shop.tasks() if kind == "serial"]


def test_lots_come_and_go_with_their_documents(shop: Shop) -> None:
    tea = Move(5, "TEA", lot="A", expiry_day=DAY)
    shop.run(Open(id=shop.new_id(), lines=(tea,)))
    work = receive(shop, tea, Move(2, "TEA", lot="B"), Move(4, "TEA"))
    assert shop.run(work).repeated
    assert lots(shop) == [("A", DAY, 10), ("B", None, 2)]
    gone = Move(1, "TEA", lot="A", expiry_day=DAY)
    shop.run(WriteOff(id=shop.new_id(), reason="expired", lines=(gone,)))
    shop.run(TransferOut(id=shop.new_id(), to_store="s0002", lines=(Move(2, "TEA", lot="B"),)))
    shop.run(Adjust(id=shop.new_id(), reason="lost", lines=(Move(-2, "TEA", lot="A"),)))
    assert lots(shop) == [("A", DAY, 7)]
    came = TransferIn(id=shop.new_id(), from_store="s0002", out=bytes(16), lines=(tea,))
    shop.run(came)
    assert lots(shop) == [("A", DAY, 12)]
    check_books(shop)


def test_damaged_pieces_leave_with_their_lot_and_serials(shop: Shop) -> None:
    receive(
        shop,
        Arrival(5, "TEA", lot="A", damaged=2),
        Arrival(1, "PHONE", serials=("s1",), damaged=1),
        Arrival(2, "PHONE", serials=("s2", "s3")),
    )
    assert (lots(shop), serials(shop)) == ([("A", None, 3)], ["s2", "s3"])
    unclear = Arrival(2, "PHONE", serials=("s4", "s5"), damaged=1)
    before = shop.head()
    with pytest.raises(BadField, match="line of their own"):
        receive(shop, unclear)
    assert shop.head() == before
    check_books(shop)


def test_what_a_sale_took_comes_back_with_its_return_or_void(shop: Shop) -> None:
    receive(shop, phones("s1", "s2"), Move(5, "TEA", lot="A", expiry_day=DAY))
    tea = Line("TEA", 2, 350, "low", 70_000, detail=LineDetail(lot="A", expiry_day=EXPIRY))
    one = finished(shop, tea, sold_phones("s1", "s2"))
    shop.run(one)
    assert (lots(shop), serials(shop)) == ([("A", DAY, 3)], [])
    named = ReturnLine(line=1, quantity=1, serials=("s2",))
    lines = (ReturnLine(line=0, quantity=1), named)
    shop.run(ReturnGoods(shop.new_id(), "t1", one.id, lines))
    assert (lots(shop), serials(shop)) == ([("A", DAY, 4)], ["s2"])
    seen = sale_view(shop.store.books, one.id)
    assert seen is not None
    assert [(x.returnable, x.lot, x.serials) for x in seen.lines] == [(1, "A", []), (1, "", ["s1"])]
    broken = ReturnLine(line=0, quantity=1, restock=False)
    shop.run(ReturnGoods(shop.new_id(), "t1", one.id, (broken,)))
    assert lots(shop) == [("A", DAY, 4)]
    other = finished(shop, sold_phones("s2"), number=2)
    shop.run(other)
    assert serials(shop) == []
    shop.run(VoidSale(shop.new_id(), other.id, "wrong"))
    assert serials(shop) == ["s2"]
    assert odd(shop) == []
    check_books(shop)


def test_what_the_books_never_had_comes_back_once(shop: Shop) -> None:
    sold = finished(shop, sold_phones("x1", "x2"))
    shop.run(sold)
    back = ReturnLine(line=0, quantity=1, serials=("x2",))
    shop.run(ReturnGoods(shop.new_id(), "t1", sold.id, (back,)))
    seen = sale_view(shop.store.books, sold.id)
    assert seen is not None
    assert [line.serials for line in seen.lines] == [["x1"]]


def test_a_return_names_serials_of_its_line_alone(shop: Shop) -> None:
    receive(shop, phones("s1", "s2"))
    sold = finished(shop, sold_phones("s1", "s2"))
    shop.run(sold)
    for names in (("s3",), ("s1", "s2")):
        wrong = ReturnGoods(shop.new_id(), "t1", sold.id, (ReturnLine(0, serials=names),))
        with pytest.raises(BadField):
            shop.run(wrong)
    shop.run(ReturnGoods(shop.new_id(), "t1", sold.id, (ReturnLine(line=0, quantity=2),)))
    assert serials(shop) == ["s1", "s2"]


def back(*names: str, restock: bool = True, lot: str = "", sku: str = "PHONE") -> ReturnLine:
    return ReturnLine(sku=sku, quantity=max(len(names), 1), serials=names, restock=restock, lot=lot)


def test_without_a_receipt_pieces_come_back_by_lot_and_serial_number(shop: Shop) -> None:
    receive(shop, phones("s1", "s2"), Move(5, "TEA", lot="A", expiry_day=DAY))
    shop.run(finished(shop, sold_phones("s1")))
    tea = ReturnLine(sku="TEA", quantity=2, lot="A", expiry_day=DAY)
    shop.run(ReturnGoods(shop.new_id(), "t1", None, (back("s1"), tea)))
    assert (lots(shop), serials(shop)) == ([("A", DAY, 7)], ["s1", "s2"])
    assert (shop.on_hand("PHONE"), odd(shop)) == (2, [])
    check_books(shop)


def test_without_a_receipt_a_piece_that_is_in_stock_does_not_come_back(shop: Shop) -> None:
    receive(shop, phones("s1"))
    before = shop.head()
    for restock in (True, False):
        with pytest.raises(SerialHere, match="in stock by the books"):
            shop.run(ReturnGoods(shop.new_id(), "t1", None, (back("s1", restock=restock),)))
    with pytest.raises(BadField):
        shop.run(ReturnGoods(shop.new_id(), "t1", None, (back("s2"), back("s2"))))
    assert shop.head() == before


def test_without_a_receipt_a_piece_that_was_not_sold_here_is_taken_and_told(shop: Shop) -> None:
    receive(shop, phones("s1"))
    lines = (phones("s1"),)
    shop.run(TransferOut(id=shop.new_id(), to_store="s0002", lines=lines))
    shop.run(ReturnGoods(shop.new_id(), "t1", None, (back("s1"), back("s9"))))
    assert serials(shop) == ["s1", "s9"]
    assert odd(shop) == [
        "s1 came back without a receipt; it was not sold here",
        "s9 came back without a receipt; it was not sold here",
    ]


def test_what_comes_back_broken_is_in_no_stock_with_or_without_a_receipt(shop: Shop) -> None:
    receive(shop, phones("s1", "s2"))
    one = finished(shop, sold_phones("s1"))
    shop.run(one)
    shop.run(finished(shop, sold_phones("s2"), number=2))
    broken = ReturnLine(line=0, restock=False)
    shop.run(ReturnGoods(shop.new_id(), "t1", one.id, (broken,)))
    shop.run(ReturnGoods(shop.new_id(), "t1", None, (back("s2", restock=False),)))
    assert (serials(shop), shop.on_hand("PHONE")) == ([], 0)


def test_what_was_sold_though_nobody_told_it_came_is_here_when_it_comes_back(shop: Shop) -> None:
    shop.run(finished(shop, sold_phones("x1")))
    shop.run(ReturnGoods(shop.new_id(), "t1", None, (back("x1"),)))
    assert serials(shop) == ["x1"]
    assert serial_view(shop.store.books, "PHONE", "x1").state == "here"
    shop.run(finished(shop, sold_phones("x1"), number=2))
    assert serials(shop) == []


def test_a_serial_that_is_not_here_is_sold_all_the_same_and_told(shop: Shop) -> None:
    receive(shop, phones("s1"))
    shop.run(finished(shop, sold_phones("s1")))
    assert odd(shop) == []
    shop.run(finished(shop, sold_phones("s1"), number=2))
    shop.run(finished(shop, sold_phones("s9"), number=3))
    shop.run(finished(shop, sold_phones("x", sku="TEA"), number=4))  # nobody asked for it
    assert odd(shop) == [
        "s1 left, though it had left before",
        "s9 left, though the books never had it",
    ]
    receive(shop, phones("s2"))
    receive(shop, phones("s2"))
    assert odd(shop)[2:] == ["s2 came in, though the books have it here already"]
    check_books(shop)


@pytest.mark.parametrize(
    "line",
    [
        Move(1, "PHONE", serials=("s1", "s2")),
        Move(2, "PHONE", serials=("s1", "s1")),
        Move(1, "PHONE", serials=("",)),
        Move(1, "TEA", lot="x" * 65),
        Move(1, "TEA", expiry_day=datetime.date(1969, 1, 1)),
        Move(1, "TEA", expiry_day=datetime.date(9999, 1, 1)),
    ],
)
def test_what_can_be_no_lot_or_serial_is_refused(shop: Shop, line: Move) -> None:
    before = shop.head()
    with pytest.raises(BadField):
        receive(shop, line)
    assert shop.head() == before


def test_rights_have_no_lots(shop: Shop) -> None:
    shop.stock(TEA=5)
    shop.run(Grant(id=shop.new_id(), lines=(Move(1, "TEA", lot="A"),)))
    assert lots(shop) == []


def test_goods_in_transit_come_with_what_their_sender_told(shop: Shop) -> None:
    told = (LotLine("TEA", 3, "A", EXPIRY), LotLine("PHONE", 1, "", 0, ("s1",)))
    sent = InTransit(bytes(16), "s0002", 1, whole(list(told)), told)
    shop.tell(sent, local=True)
    found = find_transit(shop.store.books, bytes(16))
    assert found is not None
    assert found.lots == told
    check_books(shop)


def test_a_lot_is_known_by_its_number_even_without_its_day() -> None:
    rows = [("TEA", "A", 10, 5), ("TEA", "A", 0, -2), ("TEA", "", 9, 1), ("TEA", "", 8, 1)]
    assert merged(rows) == [
        ("TEA", LotStock("", date_of(8), 1)),
        ("TEA", LotStock("", date_of(9), 1)),
        ("TEA", LotStock("A", date_of(10), 3)),
    ]
    assert merged([("TEA", "A", 10, 2), ("TEA", "A", 0, -2)]) == []
    two = [("TEA", "A", 11, 2), ("TEA", "A", 10, 2), ("TEA", "A", 0, -3)]
    assert merged(two) == [("TEA", LotStock("A", date_of(11), 1))]
    over = [("TEA", "A", 10, 2), ("TEA", "A", 0, -3)]
    assert merged(over) == [("TEA", LotStock("A", None, -1))]
    more = [("TEA", "A", 10, 2), ("TEA", "A", 0, 3)]
    assert [lot.quantity for _, lot in merged(more)] == [2, 3]


Posted = tuple[int, AnyBody]


@st.composite
def journals(draw: st.DrawFn) -> list[Posted]:
    bodies: list[AnyBody] = []
    for lines in draw(st.lists(st.lists(LOTS, max_size=3), max_size=8)):
        comes = draw(st.booleans())
        bodies.append(
            GoodsReceipt("", "", whole(lines), lots=tuple(lines)) if comes else sale(*lines)
        )
    return list(enumerate(bodies, 1))


@pytest.fixture(scope="module")
def empty() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        yield connection


def balances(empty: sqlite3.Connection, posted: Sequence[Posted]) -> list[list[object]]:
    empty.execute("BEGIN")
    for seq, body in posted:
        post_lots(empty, 1, seq, body)
    rows = [empty.execute(f"SELECT * FROM {table}").fetchall() for table in ("lot", "serial")]
    empty.execute("ROLLBACK")
    return rows


@given(journals(), st.randoms(use_true_random=False))
def test_any_order_of_facts_leads_to_the_same_balances(
    empty: sqlite3.Connection, posted: list[Posted], random: Random
) -> None:
    shuffled = list(posted)
    random.shuffle(shuffled)
    assert balances(empty, posted) == balances(empty, shuffled)


@settings(max_examples=25)
@given(st.lists(st.lists(LOTS, min_size=1, max_size=2, unique_by=lambda x: x.sku), max_size=4))
def test_a_repeated_document_moves_nothing(
    tmp_path_factory: pytest.TempPathFactory, deliveries: list[list[LotLine]]
) -> None:
    shop = open_shop(tmp_path_factory.mktemp("shop"))
    works = [
        ReceiveGoods(
            id=shop.new_id(),
            lines=tuple(
                Move(
                    x.quantity,
                    "TEA" if x.sku == "TEA" else "MUG",
                    lot=x.lot,
                    expiry_day=date_of(x.expiry_day) if x.expiry_day else None,
                    serials=x.serials,
                )
                for x in lines
            ),
        )
        for lines in deliveries
    ]
    for work in works:
        shop.run(work)
    before = [shop.rows("SELECT * FROM lot"), shop.rows("SELECT * FROM serial")]
    for work in reversed(works):
        assert shop.run(work).repeated
    assert [shop.rows("SELECT * FROM lot"), shop.rows("SELECT * FROM serial")] == before
    told = sum(x.quantity for lines in deliveries for x in lines if x.lot or x.expiry_day)
    assert sum(row[3] for row in before[0]) == told  # type: ignore[misc]
    check_books(shop)
    shop.store.connection.close()


def test_lots_of_facts_from_before_are_folded_by_the_migration(shop: Shop) -> None:
    receive(shop, phones("s1"), Move(5, "TEA", lot="A", expiry_day=DAY))
    connection = shop.store.connection
    held = [shop.rows("SELECT * FROM lot"), shop.rows("SELECT * FROM serial")]
    for table in ("lot", "serial"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("ALTER TABLE transit DROP COLUMN lots")
    connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'lots'")
    connection.execute("PRAGMA user_version = 0")
    migrate(connection)
    assert [shop.rows("SELECT * FROM lot"), shop.rows("SELECT * FROM serial")] == held
