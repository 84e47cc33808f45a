"""Selling, quoting and voiding: what a receipt comes to, and what is refused."""

import msgspec
import pytest

from edge.errors import (
    AlreadyReturned,
    BadField,
    BadPrice,
    BadQuantity,
    BadTender,
    Conflict,
    NotForSale,
    OutOfStock,
    Problem,
    SaleVoided,
    TenderShort,
    UnknownFact,
    UnknownProduct,
)
from edge.selling.pricing import SellLine, TenderLine
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import Sell, VoidSale
from edge.stock.moves import Grant, Move
from sync.bodies import Shortfall
from sync.body import StockLine
from sync.definitions import Price, Rule
from sync.quantities import Kind
from sync.receipts import LineKind, Tender, Void
from tests.edge.shop import START_MS, Shop


def test_a_sale_is_priced_taxed_numbered_and_gives_change(shop: Shop) -> None:
    sale = shop.sell(
        SellLine(sku="TEA", quantity=2), SellLine(sku="COFFEE", quantity=250), cash=2_000
    )
    assert (sale.receipt, sale.number, sale.repeated) == ("t1-1-000001", 1, False)
    assert [line.amount_minor for line in sale.lines] == [700, 500]
    assert [line.tax_minor for line in sale.lines] == [46, 33]
    assert (sale.total_minor, sale.tax_minor) == (1_200, 79)
    assert sale.tenders == (Tender("cash", 2_000), Tender("change", -800))
    assert sale.business_day == START_MS // 86_400_000
    assert shop.on_hand("TEA") == -2
    assert shop.store.books.counts("COFFEE") == {Kind.SOLD: 250}


def test_tax_that_prices_do_not_contain_is_added(shop: Shop) -> None:
    sale = shop.sell(SellLine(sku="NAPKIN", quantity=3, discount_minor=99))
    assert sale.lines[0].tax_minor == 74  # 900 * 8.25 % = 74.25
    assert sale.total_minor == 974


def test_a_gtin_names_a_product(shop: Shop) -> None:
    assert shop.sell(SellLine(gtin="9521234567899")).lines[0].sku == "TEA"


def test_a_service_moves_no_stock_and_a_charge_may_be_negative(shop: Shop) -> None:
    deposit = SellLine(sku="DEPOSIT", price_minor=-25, kind=LineKind.CHARGE)
    sale = shop.sell(SellLine(sku="WRAP"), deposit)
    assert [line.kind for line in sale.lines] == [LineKind.SERVICE, LineKind.CHARGE]
    assert sale.total_minor == 75
    assert shop.rows("SELECT * FROM quantity") == []


def test_a_sale_of_charges_alone_may_pay_out(shop: Shop) -> None:
    charge = SellLine(sku="BADDEBT", price_minor=-500, kind=LineKind.CHARGE)
    pay = TenderLine("cash", -500)
    sale = shop.run(Sell(shop.new_id(), "t1", (charge,), (pay,)))
    assert sale.total_minor == -500


def test_a_discount_on_the_sale_is_spread_and_spares_charges(shop: Shop) -> None:
    postage = SellLine(sku="POST", price_minor=500, kind=LineKind.CHARGE)
    sale = shop.sell(SellLine(sku="TEA"), SellLine(sku="MUG"), postage, discount=100)
    assert [line.discount_minor for line in sale.lines] == [26, 74, 0]
    assert sale.total_minor == 350 + 1_000 + 500 - 100


def test_numbers_are_gap_free_per_till_whatever_was_refused(shop: Shop) -> None:
    shop.sell(SellLine(sku="TEA"))
    with pytest.raises(UnknownProduct):
        shop.sell(SellLine(sku="GHOST"))
    assert shop.sell(SellLine(sku="TEA")).number == 2
    other = Sell(shop.new_id(), "t2", (SellLine(sku="TEA"),), (TenderLine("card", 350),))
    assert shop.run(other).receipt == "t2-1-000001"


def test_a_repeat_gives_the_stored_sale_even_when_the_price_has_changed(shop: Shop) -> None:
    command = Sell(shop.new_id(), "t1", (SellLine(sku="TEA"),), (TenderLine("cash", 350),))
    first = shop.run(command)
    shop.tell(Price("TEA", 999))
    again = shop.run(msgspec.structs.replace(command, actor="other till", at_ms=5))
    assert again == msgspec.structs.replace(first, repeated=True)
    assert shop.on_hand("TEA") == -1


def test_an_id_used_for_something_else_is_a_conflict_and_changes_nothing(shop: Shop) -> None:
    command = Sell(shop.new_id(), "t1", (SellLine(sku="TEA"),), (TenderLine("cash", 350),))
    shop.run(command)
    before = shop.head()
    with pytest.raises(Conflict):
        shop.run(msgspec.structs.replace(command, lines=(SellLine(sku="TEA", quantity=2),)))
    with pytest.raises(Conflict):
        shop.run(VoidSale(command.id, command.id, "wrong"))
    assert shop.head() == before


LONG = "x" * 201
CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    ("error", "line", "field"),
    [
        (UnknownProduct, SellLine(sku="GHOST"), "lines[0].sku"),
        (UnknownProduct, SellLine(gtin="9521234567905"), "lines[0].gtin"),
        (BadField, SellLine(gtin="9521234567891"), "lines[0].gtin"),
        (BadField, SellLine(), "lines[0]"),
        (BadField, SellLine(sku="TEA", gtin="9521234567899"), "lines[0]"),
        (NotForSale, SellLine(sku="OLD"), "lines[0].sku"),
        (BadQuantity, SellLine(sku="TEA", quantity=0), "lines[0].quantity"),
        (BadQuantity, SellLine(sku="TEA", quantity=10**9 + 1), "lines[0].quantity"),
        (BadQuantity, SellLine(sku="TEA", quantity=True), "lines[0].quantity"),
        (BadQuantity, SellLine(sku="TEA", quantity=1.5), "lines[0].quantity"),  # type: ignore[arg-type]
        (BadPrice, SellLine(sku="TEA", price_minor=-1), "lines[0].price_minor"),
        (BadPrice, SellLine(sku="TEA", price_minor=10**12), "lines[0].price_minor"),
        (BadPrice, SellLine(sku="TEA", quantity=10**9, price_minor=10**11), "lines[0]"),
        (BadPrice, SellLine(sku="TEA", discount_minor=351), "lines[0].discount_minor"),
        (BadPrice, SellLine(sku="POST", kind=LineKind.CHARGE), "lines[0].price_minor"),
        (BadField, SellLine(sku="TEA", note=LONG), "lines[0].note"),
        (BadField, SellLine(sku="TEA", note=f"card {CARD}"), "lines[0].note"),
    ],
)
def test_a_bad_line_is_refused_and_named(
    shop: Shop, error: type[Problem], line: SellLine, field: str
) -> None:
    before = shop.head()
    with pytest.raises(error) as raised:
        shop.sell(line)
    assert raised.value.field == field
    assert raised.value.detail
    assert shop.head() == before


@pytest.mark.parametrize(
    ("error", "tenders"),
    [
        (TenderShort, ()),
        (TenderShort, (TenderLine("cash", 349),)),
        (BadTender, (TenderLine("card", 351),)),
        (BadTender, (TenderLine("cash", -1), TenderLine("card", 351))),
        (BadTender, (TenderLine("change", 350),)),
        (BadTender, (TenderLine("", 350),)),
        (BadField, (TenderLine("card", 350, CARD.replace(" ", "")),)),
    ],
)
def test_bad_tenders_are_refused(
    shop: Shop, error: type[Problem], tenders: tuple[TenderLine, ...]
) -> None:
    with pytest.raises(error):
        shop.run(Sell(shop.new_id(), "t1", (SellLine(sku="TEA"),), tenders))


def test_mixed_tenders_give_change_from_cash_alone(shop: Shop) -> None:
    tenders = (TenderLine("card", 300), TenderLine("cash", 100))
    sale = shop.run(Sell(shop.new_id(), "t1", (SellLine(sku="TEA"),), tenders))
    assert sale.tenders[-1] == Tender("change", -50)


@pytest.mark.parametrize(
    ("field", "command"),
    [
        ("id", Sell(b"short", "t1", (SellLine(sku="TEA"),), ())),
        ("till", Sell(bytes(16), "", (SellLine(sku="TEA"),), ())),
        ("till", Sell(bytes(16), "a b", (SellLine(sku="TEA"),), ())),
        ("lines", Sell(bytes(16), "t1", (), ())),
        ("lines", Sell(bytes(16), "t1", (SellLine(sku="TEA"),) * 501, ())),
        ("at_ms", Sell(bytes(16), "t1", (SellLine(sku="TEA"),), (), at_ms=-1)),
        ("business_day", Sell(bytes(16), "t1", (SellLine(sku="TEA"),), (), business_day=-1)),
    ],
)
def test_a_bad_sale_is_refused(shop: Shop, field: str, command: Sell) -> None:
    with pytest.raises(Problem) as raised:
        shop.run(command)
    assert raised.value.field == field


def test_a_document_too_large_for_the_journal_is_refused(shop: Shop) -> None:
    lines = tuple(SellLine(sku="TEA", note="n" * 150) for _ in range(400))
    with pytest.raises(BadField, match="split it"):
        shop.sell(*lines, cash=10**9)


def test_the_shelf_wins_and_the_shortfall_is_recorded(shop: Shop) -> None:
    shop.stock(TEA=10)
    shop.run(Grant(id=shop.new_id(), lines=(Move(6, sku="TEA"),)))
    assert shop.sell(SellLine(sku="TEA", quantity=4)).shortfalls == ()
    command = Sell(
        shop.new_id(), "t1", (SellLine(sku="TEA", quantity=5),), (TenderLine("cash", 1_750),)
    )
    sale = shop.run(command)
    assert sale.shortfalls == (StockLine("TEA", 5),)
    assert shop.run(command).shortfalls == sale.shortfalls
    last = shop.sell(SellLine(sku="TEA", quantity=5))
    assert last.shortfalls == (StockLine("TEA", 1),)  # only one of the six was still there
    work = shop.rows("SELECT kind, sku, fact FROM worklist")
    assert work == [("shortfall", "TEA", sale.id), ("shortfall", "TEA", last.id)]
    kinds = shop.rows("SELECT count(*) FROM fact WHERE kind = 13")
    assert kinds == [(2,)]
    assert Shortfall.__struct_config__.tag == 13


def test_a_rule_may_block_what_is_not_there(shop: Shop) -> None:
    shop.tell(Rule("stock.oversell", '{"default": "sell", "sku": {"TEA": "block"}}'))
    shop.stock(TEA=2)
    shop.sell(SellLine(sku="TEA", quantity=2))
    with pytest.raises(OutOfStock):
        shop.sell(SellLine(sku="TEA"))
    shop.sell(SellLine(sku="MUG"))
    shop.tell(Rule("stock.oversell", '"sell"'), local=True)
    shop.sell(SellLine(sku="TEA"))


def test_a_void_undoes_a_sale_once(shop: Shop) -> None:
    sale = shop.sell(SellLine(sku="TEA", quantity=2), SellLine(sku="WRAP"))
    command = VoidSale(shop.new_id(), sale.id, "mistake")
    void = shop.run(command)
    assert (void.receipt, void.total_minor, void.repeated) == (sale.receipt, 800, False)
    found = shop.store.books.find(command.id)
    assert found is not None
    assert isinstance(found.fact.body, Void)
    assert found.fact.body.tax_minor == sale.tax_minor > 0
    assert shop.on_hand("TEA") == 0
    assert shop.run(command) == msgspec.structs.replace(void, repeated=True)
    with pytest.raises(SaleVoided):
        shop.run(VoidSale(shop.new_id(), sale.id, "again"))
    assert shop.sell(SellLine(sku="TEA")).number == 2


def test_a_void_is_refused_where_there_is_nothing_whole_to_undo(shop: Shop) -> None:
    with pytest.raises(UnknownFact):
        shop.run(VoidSale(shop.new_id(), bytes(16), "mistake"))
    sale = shop.sell(SellLine(sku="TEA", quantity=2))
    shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, (ReturnLine(0),)))
    with pytest.raises(AlreadyReturned):
        shop.run(VoidSale(shop.new_id(), sale.id, "mistake"))
    with pytest.raises(BadField):
        shop.run(VoidSale(shop.new_id(), sale.id, " "))
