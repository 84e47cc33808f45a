"""Stock documents: each counted once, each with a reason, never more than there can be."""

import msgspec
import pytest

from edge.errors import BadField, BadQuantity, Conflict, NothingToReturn, OutOfStock, Problem
from edge.stock.moves import (
    Adjust,
    Count,
    CountLine,
    Grant,
    Move,
    Open,
    ReceiveGoods,
    StockWork,
    TransferIn,
    TransferOut,
    WriteOff,
)
from sync.definitions import Rule
from sync.quantities import Kind
from tests.edge.shop import Shop

TEA = (Move(5, sku="TEA"),)


def test_each_document_moves_its_own_counter(shop: Shop) -> None:
    documents: list[StockWork] = [
        Open(id=shop.new_id(), lines=(Move(50, sku="TEA"),)),
        ReceiveGoods(id=shop.new_id(), reference="D1", supplier="acme", lines=TEA),
        WriteOff(id=shop.new_id(), reason="broken", lines=TEA),
        Adjust(id=shop.new_id(), reason="found", lines=TEA),
        Adjust(id=shop.new_id(), reason="lost", lines=(Move(-3, sku="TEA"),)),
        TransferOut(id=shop.new_id(), to_store="s0002", lines=TEA),
        TransferIn(id=shop.new_id(), from_store="s0002", out=bytes(16), lines=TEA),
        Count(id=shop.new_id(), scope="shelf", lines=(CountLine(60, sku="TEA"),)),
        Count(id=shop.new_id(), lines=(CountLine(58, sku="TEA"),)),
        Grant(id=shop.new_id(), lines=TEA),
    ]
    on_hand = [shop.run(document).on_hand["TEA"] for document in documents]
    assert on_hand == [50, 55, 50, 55, 52, 47, 52, 60, 58, 58]
    assert shop.store.books.counts("TEA") == {
        Kind.OPENING: 50,
        Kind.RECEIVED: 5,
        Kind.WRITTEN_OFF: 5,
        Kind.ADJUSTED_UP: 5,
        Kind.ADJUSTED_DOWN: 3,
        Kind.TRANSFERRED_OUT: 5,
        Kind.TRANSFERRED_IN: 5,
        Kind.COUNTED_UP: 8,
        Kind.COUNTED_DOWN: 2,
        Kind.GRANTED: 5,
    }
    before = shop.head()
    for document in documents:
        assert shop.run(document).repeated
    assert shop.head() == before


def test_the_same_id_for_something_else_is_a_conflict(shop: Shop) -> None:
    document = ReceiveGoods(id=shop.new_id(), lines=TEA)
    shop.run(document)
    with pytest.raises(Conflict):
        shop.run(msgspec.structs.replace(document, reference="D2"))
    with pytest.raises(Conflict):
        shop.run(Open(id=document.id, lines=TEA))


def test_lines_of_one_sku_are_added_up(shop: Shop) -> None:
    lines = (Move(2, sku="TEA"), Move(3, gtin="9521234567899"))
    assert shop.run(ReceiveGoods(id=shop.new_id(), lines=lines)).moved == {"TEA": 5}


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (BadQuantity, (Move(0, sku="TEA"),)),
        (BadQuantity, (Move(-1, sku="TEA"),)),
        (BadQuantity, (Move(10**9, sku="TEA"), Move(1, sku="TEA"))),
        (BadQuantity, (Move(2.0, sku="TEA"),)),  # type: ignore[arg-type]
        (BadField, (Move(1, sku="WRAP"),)),
        (BadField, (Move(1),)),
        (BadField, ()),
    ],
)
def test_bad_moves_are_refused(shop: Shop, error: type[Problem], lines: tuple[Move, ...]) -> None:
    before = shop.head()
    with pytest.raises(error):
        shop.run(ReceiveGoods(id=shop.new_id(), lines=lines))
    assert shop.head() == before


def test_an_adjustment_of_nothing_or_without_a_reason_is_refused(shop: Shop) -> None:
    with pytest.raises(BadQuantity):
        shop.run(
            Adjust(id=shop.new_id(), reason="x", lines=(Move(1, sku="TEA"), Move(-1, sku="TEA")))
        )
    with pytest.raises(BadField):
        shop.run(Adjust(id=shop.new_id(), reason="", lines=TEA))


def test_a_count_moves_only_the_difference_to_what_was_seen(shop: Shop) -> None:
    shop.stock(TEA=10)
    line = CountLine(7, seen=9, sku="TEA")  # one was sold while the shelf was counted
    assert shop.run(Count(id=shop.new_id(), lines=(line,))).moved == {"TEA": -2}
    with pytest.raises(BadField):
        shop.run(Count(id=shop.new_id(), lines=(CountLine(1, sku="TEA"), CountLine(2, sku="TEA"))))
    with pytest.raises(BadQuantity):
        shop.run(Count(id=shop.new_id(), lines=(CountLine(-1, sku="TEA"),)))


def test_no_more_arrives_than_is_known_to_be_sent(shop: Shop) -> None:
    out = TransferOut(id=shop.new_id(), to_store="s0002", lines=TEA)
    shop.run(out)
    back = TransferIn(id=shop.new_id(), from_store="s0002", out=out.id, lines=(Move(3, sku="TEA"),))
    shop.run(back)
    with pytest.raises(NothingToReturn, match="2 of this transfer"):
        shop.run(msgspec.structs.replace(back, id=shop.new_id()))
    sale = shop.head()
    with pytest.raises(BadField):
        shop.run(msgspec.structs.replace(back, id=shop.new_id(), out=back.id))
    assert shop.head() == sale
    assert shop.rows("SELECT * FROM worklist") == []


def test_an_unknown_transfer_is_accepted_and_looked_at(shop: Shop) -> None:
    result = shop.run(TransferIn(id=shop.new_id(), from_store="s0002", out=bytes(16), lines=TEA))
    assert shop.rows("SELECT kind, sku, fact FROM worklist") == [("transfer", "TEA", result.id)]


@pytest.mark.parametrize("name", ["", "UPPER", "-", "x" * 40])
def test_a_malformed_store_is_refused(shop: Shop, name: str) -> None:
    with pytest.raises(BadField):
        shop.run(TransferOut(id=shop.new_id(), to_store=name, lines=TEA))


def test_a_grant_stays_within_sellable_less_safety_stock(shop: Shop) -> None:
    shop.tell(Rule("stock.safety", '{"default": 0, "sku": {"TEA": 4}}'))
    shop.stock(TEA=10)
    with pytest.raises(OutOfStock, match="at most 6"):
        shop.run(Grant(id=shop.new_id(), lines=(Move(7, sku="TEA"),)))
    shop.run(Grant(id=shop.new_id(), lines=(Move(6, sku="TEA"),)))
    with pytest.raises(OutOfStock, match="at most 0"):
        shop.run(Grant(id=shop.new_id(), lines=(Move(1, sku="TEA"),)))


def test_goods_written_off_may_cut_into_what_is_reserved(shop: Shop) -> None:
    shop.stock(TEA=10)
    shop.run(Grant(id=shop.new_id(), lines=(Move(8, sku="TEA"),)))
    shop.run(WriteOff(id=shop.new_id(), reason="flood", lines=TEA))
    assert shop.rows("SELECT kind, sku FROM worklist") == [("shortfall", "TEA")]
    shop.tell(Rule("stock.oversell", '"block"'))
    with pytest.raises(OutOfStock):
        shop.run(TransferOut(id=shop.new_id(), to_store="s0002", lines=TEA))
