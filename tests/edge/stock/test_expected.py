"""Orders and goods in transit: what came is taken in, what differs is shown, closed, and told."""

from pathlib import Path

import pytest

from edge import audit
from edge.books import database
from edge.errors import BadField, BadQuantity, Conflict, UnknownFact
from edge.stock.expected import State, find_order, find_transit, orders, transit
from edge.stock.moves import Arrival, CloseExpected, Move, ReceiveGoods, TransferIn
from sync.body import StockLine
from sync.orders import (
    Arrived,
    Difference,
    InTransit,
    OrderStatus,
    PurchaseOrder,
    Received,
)
from tests.edge.shop import Shop, open_shop

OUT = bytes(range(16))
LINES = [StockLine("TEA", 24), StockLine("MUG", 6)]
ORDER = PurchaseOrder("PO-1", "North", LINES, 20_300)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = open_shop(tmp_path)
    shop.tell(ORDER, local=True)
    return shop


def receive(shop: Shop, *lines: Move, order: str = "PO-1", claim: bool = False) -> ReceiveGoods:
    work = ReceiveGoods(id=shop.new_id(), order=order, lines=lines, claim=claim, actor="ana")
    shop.run(work)
    return work


def arrive(shop: Shop, *lines: Move, out: bytes = OUT) -> TransferIn:
    work = TransferIn(id=shop.new_id(), from_store="s0002", out=out, lines=lines)
    shop.run(work)
    return work


def told(shop: Shop, *lines: StockLine, out: bytes = OUT) -> None:
    shop.tell(InTransit(out, "s0002", 1_000, list(lines)), local=True)


def work(shop: Shop) -> list[tuple[object, ...]]:
    return shop.rows("SELECT kind, sku FROM worklist WHERE closed_ms IS NULL ORDER BY number")


def verified(shop: Shop) -> bool:
    reading = database.connect(shop.path, readonly=True)
    for _ in audit.verify(reading):
        pass
    reading.close()
    return True


def closing(shop: Shop) -> list[object]:
    found = shop.rows("SELECT id FROM fact WHERE kind = 23 ORDER BY seq")
    bodies = [shop.store.books.find(row[0]) for row in found]  # type: ignore[arg-type]
    return [one.fact.body for one in bodies if one]


# -- orders --------------------------------------------------------------------------------------


def test_an_order_comes_in_several_deliveries_and_closes_itself_when_it_is_complete(
    shop: Shop,
) -> None:
    [known] = orders(shop.store.books)
    assert (known.partner, known.due_day, known.state) == ("North", 20_300, State.OPEN)
    first = receive(shop, Move(20, sku="TEA"))
    shop.run(first)
    known = find_order(shop.store.books, "PO-1")  # type: ignore[assignment]
    assert [(x.sku, x.expected, x.received, x.difference) for x in known.lines] == [
        ("TEA", 24, 20, -4),
        ("MUG", 6, 0, -6),
    ]
    receive(shop, Move(4, sku="TEA"), Move(6, sku="MUG"))
    assert orders(shop.store.books) == []
    assert [one.state for one in orders(shop.store.books, closed=True)] == [State.CLOSED]
    assert closing(shop) == [Received("PO-1", b"", "", [])]
    assert (shop.on_hand("TEA"), shop.on_hand("MUG"), work(shop)) == (24, 6, [])
    assert verified(shop)


def test_too_much_and_what_nobody_ordered_is_taken_in_and_shown(shop: Shop) -> None:
    receive(shop, Move(30, sku="TEA"), Move(2, sku="NAPKIN"))
    assert work(shop) == [("over-delivery", "TEA"), ("unordered", "NAPKIN")]
    with pytest.raises(BadField, match="must say something"):
        shop.run(CloseExpected(id=shop.new_id(), order="PO-1"))
    close = CloseExpected(id=shop.new_id(), order="PO-1", reason="over: supplier knows")
    shop.run(close)
    assert shop.run(close).repeated
    assert closing(shop) == [
        Received(
            "PO-1",
            b"",
            "over: supplier knows",
            [Difference("TEA", 24, 30), Difference("MUG", 6, 0), Difference("NAPKIN", 0, 2)],
        )
    ]
    with pytest.raises(Conflict, match="closed already"):
        shop.run(CloseExpected(id=shop.new_id(), order="PO-1", reason="again"))
    receive(shop, Move(6, sku="MUG"))
    assert ("late-delivery", "MUG") in work(shop)
    assert verified(shop)


def test_damaged_goods_go_out_at_once_and_keep_the_order_open(shop: Shop) -> None:
    receive(shop, Arrival(24, "TEA", damaged=5), Arrival(6, "MUG"), claim=True)
    assert (shop.on_hand("TEA"), work(shop)) == (19, [("claim", "TEA")])
    [known] = orders(shop.store.books)
    assert known.differences == [Difference("TEA", 24, 24, 5)]
    with pytest.raises(BadQuantity):
        receive(shop, Arrival(2, "TEA", damaged=3))
    with pytest.raises(UnknownFact):
        shop.run(CloseExpected(id=shop.new_id(), order="PO-9", reason="?"))
    assert verified(shop)


def test_goods_may_come_before_the_order_is_heard_of(shop: Shop) -> None:
    receive(shop, Move(5, sku="TEA"), order="PO-2")
    assert work(shop) == [("order", "TEA")]
    shop.tell(PurchaseOrder("PO-2", "North", [StockLine("TEA", 5)]), local=True)
    assert work(shop) == []
    assert [one.order for one in orders(shop.store.books)] == ["PO-1"]
    assert find_order(shop.store.books, "PO-2").state is State.COMPLETE  # type: ignore[union-attr]


def test_an_orders_status_only_moves_forward_and_its_newest_lines_hold(shop: Shop) -> None:
    more = PurchaseOrder("PO-1", "South", [StockLine("TEA", 48)], 20_310)
    shop.tell(more, local=True)
    [known] = orders(shop.store.books)
    assert (known.partner, known.lines[0].expected, known.due_day) == ("South", 48, 20_310)
    shop.tell(PurchaseOrder("PO-1", "S", LINES, 0, OrderStatus.CANCELLED), more, local=True)
    assert orders(shop.store.books) == []
    known = find_order(shop.store.books, "PO-1")  # type: ignore[assignment]
    assert (known.state, known.partner) == (State.CANCELLED, "South")
    receive(shop, Move(1, sku="TEA"))
    assert work(shop) == [("late-delivery", "TEA")]
    assert verified(shop)


# -- transit -------------------------------------------------------------------------------------


def test_goods_in_transit_are_listed_until_they_came(shop: Shop) -> None:
    told(shop, StockLine("TEA", 10))
    told(shop, StockLine("TEA", 10))
    [known] = transit(shop.store.books)
    assert (known.partner, known.out, known.lines[0].expected) == ("s0002", OUT, 10)
    assert shop.on_hand("TEA") == 0
    with pytest.raises(BadField, match="sent by s0002"):
        shop.run(TransferIn(id=shop.new_id(), from_store="s0003", out=OUT, lines=(Move(1, "TEA"),)))
    arrive(shop, Move(7, sku="TEA"))
    assert transit(shop.store.books)[0].lines[0].difference == -3
    arrive(shop, Move(3, sku="TEA"))
    assert (transit(shop.store.books), work(shop), shop.on_hand("TEA")) == ([], [], 10)
    assert closing(shop) == [Received("", OUT, "", [])]
    assert verified(shop)


def test_what_was_typed_by_hand_before_the_news_matches_by_its_id(shop: Shop) -> None:
    arrive(shop, Move(12, sku="TEA"))
    assert work(shop) == [("transfer", "TEA")]
    told(shop, StockLine("TEA", 10), StockLine("MUG", 1))
    assert work(shop) == [("over-delivery", "TEA")]
    close = CloseExpected(id=shop.new_id(), out=OUT, reason="mug was not in the box")
    shop.run(close)
    assert closing(shop) == [
        Received(
            "", OUT, "mug was not in the box", [Difference("TEA", 10, 12), Difference("MUG", 1, 0)]
        )
    ]
    known = find_transit(shop.store.books, OUT)
    assert known is not None
    assert known.state is State.CLOSED
    assert transit(shop.store.books) == []


def test_the_sender_learns_what_did_not_arrive(shop: Shop) -> None:
    shop.tell(Arrived(OUT, "s0002", "box open", [Difference("TEA", 5, 3)]), local=True)
    broken = Difference("MUG", 4, 4, 1)
    shop.tell(Arrived(OUT, "s0003", "dropped", [broken]), local=True)
    kind = "transfer-difference"
    assert shop.tasks() == [
        (kind, "TEA", OUT, "s0002 reports (box open): 3 of 5 came"),
        (kind, "MUG", OUT, "s0003 reports (dropped): 4 of 4 came, 1 of them damaged"),
    ]


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE purchase_order SET status = 2",
        "UPDATE purchase_order SET lines = '[]'",
        "DELETE FROM purchase_order",
        "UPDATE transit SET from_store = 's0009'",
        "UPDATE undone SET quantity = quantity + 1",
    ],
)
def test_verify_sees_what_was_forged(shop: Shop, forgery: str) -> None:
    told(shop, StockLine("TEA", 10))
    receive(shop, Arrival(24, "TEA", damaged=5))
    assert verified(shop)
    shop.store.connection.execute(forgery)
    with pytest.raises(audit.Disagreement):
        verified(shop)
