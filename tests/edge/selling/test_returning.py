"""Returns: exactly what was paid comes back, once."""

import tempfile
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.errors import (
    BadField,
    BadTender,
    Conflict,
    NothingToReturn,
    Problem,
    SaleVoided,
    UnknownFact,
)
from edge.selling.pricing import SellLine, TenderLine
from edge.selling.returning import ReturnGoods, ReturnLine, refund
from edge.selling.sales import VoidSale
from sync.quantities import Kind
from sync.receipts import Line, LineKind, Tender
from tests.edge.shop import Shop, open_shop


def test_a_return_refunds_what_was_paid_and_restocks(shop: Shop) -> None:
    sale = shop.sell(SellLine(sku="TEA", quantity=3), discount=100)
    parts = [
        shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, (ReturnLine(0),))) for _ in range(3)
    ]
    assert [part.total_minor for part in parts] == [317, 316, 317]
    assert sum(part.total_minor for part in parts) == sale.total_minor == 950
    assert sum(part.tax_minor for part in parts) == sale.tax_minor
    assert [part.number for part in parts] == [2, 3, 4]
    assert parts[0].tenders == (Tender("cash", 317),)
    assert shop.on_hand("TEA") == 0
    with pytest.raises(NothingToReturn):
        shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, (ReturnLine(0),)))


def test_a_repeat_returns_nothing_more(shop: Shop) -> None:
    sale = shop.sell(SellLine(sku="TEA", quantity=2))
    command = ReturnGoods(shop.new_id(), "t1", sale.id, (ReturnLine(0, quantity=2),))
    first = shop.run(command)
    assert shop.run(command) == msgspec.structs.replace(first, repeated=True)
    assert shop.store.books.counts("TEA") == {Kind.SOLD: 2, Kind.RETURNED: 2}
    with pytest.raises(Conflict):
        shop.run(msgspec.structs.replace(command, lines=(ReturnLine(0),)))


def test_two_lines_of_one_return_share_what_is_left(shop: Shop) -> None:
    sale = shop.sell(SellLine(sku="TEA", quantity=3))
    twice = (ReturnLine(0, quantity=2), ReturnLine(0, quantity=2))
    with pytest.raises(NothingToReturn) as raised:
        shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, twice))
    assert raised.value.field == "lines[1].quantity"


def test_damaged_goods_are_refunded_but_not_restocked(shop: Shop) -> None:
    sale = shop.sell(SellLine(sku="TEA"))
    shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, (ReturnLine(0, restock=False),)))
    assert shop.on_hand("TEA") == -1


def test_without_a_receipt_the_catalogue_says_what_is_refunded(shop: Shop) -> None:
    lines = (ReturnLine(sku="TEA", quantity=2), ReturnLine(sku="OLD", price_minor=50))
    back = shop.run(ReturnGoods(shop.new_id(), "t1", None, lines, reason="gift"))
    assert (back.total_minor, back.sale_id) == (750, None)
    assert shop.on_hand("TEA") == 2


def test_a_charge_can_be_refunded_without_a_receipt(shop: Shop) -> None:
    line = ReturnLine(sku="POST", price_minor=500, kind=LineKind.CHARGE)
    back = shop.run(ReturnGoods(shop.new_id(), "t1", None, (line,), (TenderLine("card", 500),)))
    assert back.tenders == (Tender("card", 500),)
    assert shop.rows("SELECT * FROM quantity") == []


@pytest.mark.parametrize(
    ("error", "lines", "tenders"),
    [
        (BadField, (ReturnLine(-1),), ()),
        (BadField, (ReturnLine(1),), ()),
        (BadField, (ReturnLine(0, sku="TEA"),), ()),
        (BadField, (ReturnLine(0, price_minor=1),), ()),
        (BadField, (), ()),
        (BadTender, (ReturnLine(0),), (TenderLine("cash", 349),)),
        (BadTender, (ReturnLine(0),), (TenderLine("cash", 351), TenderLine("cash", -1))),
    ],
)
def test_a_bad_return_is_refused(
    shop: Shop,
    error: type[Problem],
    lines: tuple[ReturnLine, ...],
    tenders: tuple[TenderLine, ...],
) -> None:
    sale = shop.sell(SellLine(sku="TEA"))
    with pytest.raises(error):
        shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, lines, tenders))
    assert shop.head().seq == sale.seq


def test_nothing_comes_back_of_a_void_or_unknown_sale(shop: Shop) -> None:
    with pytest.raises(UnknownFact):
        shop.run(ReturnGoods(shop.new_id(), "t1", bytes(16), (ReturnLine(0),)))
    sale = shop.sell(SellLine(sku="TEA"))
    shop.run(VoidSale(shop.new_id(), sale.id, "mistake"))
    with pytest.raises(SaleVoided):
        shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, (ReturnLine(0),)))


@given(
    quantity=st.integers(1, 500),
    price=st.integers(0, 10_000),
    price_quantity=st.sampled_from([1, 100, 1_000]),
    share=st.fractions(0, 1),
    added=st.booleans(),
    cuts=st.lists(st.integers(1, 100), min_size=1, max_size=20),
)
def test_any_division_into_returns_refunds_exactly_what_was_paid(
    *,
    quantity: int,
    price: int,
    price_quantity: int,
    share: Fraction,
    added: bool,
    cuts: list[int],
) -> None:
    gross = Line("X", quantity, price, "t", 82_500, added, price_quantity).base_minor
    discount = int(gross * share)
    sold = Line("X", quantity, price, "t", 82_500, added, price_quantity, discount)
    before = amount = tax = 0
    for cut in [*cuts, quantity]:
        taken = min(cut, quantity - before)
        if not taken:
            break
        back = refund(sold, ReturnLine(0, quantity=taken), before)
        assert back.amount_minor >= 0
        before, amount, tax = before + taken, amount + back.amount_minor, tax + back.tax_minor
    assert (before, amount, tax) == (quantity, sold.amount_minor, sold.tax_minor)
    with pytest.raises(NothingToReturn):
        refund(sold, ReturnLine(0), before)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    sold=st.integers(1, 6),
    asked=st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=8),
)
def test_never_more_comes_back_than_was_sold(sold: int, asked: list[tuple[int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        shop = open_shop(Path(directory))
        sale = shop.sell(SellLine(sku="TEA", quantity=sold))
        left = sold
        for quantity, repeat in asked:
            lines = (ReturnLine(0, quantity=quantity),)
            command = ReturnGoods(shop.new_id(), "t1", sale.id, lines)
            results = shop.store.execute([command] * (1 + repeat))
            accepted = quantity <= left
            assert all(isinstance(r, NothingToReturn) is not accepted for r in results)
            left -= quantity * accepted
        counts = shop.store.books.counts("TEA")
        assert counts.get(Kind.RETURNED, 0) == sold - left <= sold
        shop.store.close()
