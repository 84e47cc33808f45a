"""Reads: what a till finds, why the books say so, and what can still come back."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.books.search import query_of, words_of
from edge.errors import BadField, UnknownProduct
from edge.selling.pricing import SellLine
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import Quote, VoidSale
from edge.stock.moves import Grant, Move, ReceiveGoods, TransferIn, TransferOut
from edge.views.snapshots import Views
from edge.views.values import Part, SkuQuantity, StockView
from sync.definitions import Price, Product
from tests.edge.shop import Shop


@pytest.fixture
def views(shop: Shop) -> Iterator[Views]:
    opened = Views(str(shop.path))
    yield opened
    opened.close()


def test_a_product_is_found_by_sku_and_gtin_with_its_stock(shop: Shop, views: Views) -> None:
    shop.stock(TEA=9)
    shop.run(Grant(id=shop.new_id(), lines=(Move(4, sku="TEA"),)))
    product = views.product("TEA")
    assert product is not None
    assert (product.names["zh"], product.on_hand, product.sellable) == ("茉莉花茶", 9, 5)
    assert views.product_by_gtin("09521234567899") == product
    assert views.product("GHOST") is None
    assert views.product_by_gtin("00000000000000") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tea", ["TEA", "OLD"]),
        ("jas te", ["TEA"]),
        ("tea jas", ["TEA"]),
        ("CAFE", ["MUG"]),
        ("茶", ["TEA"]),
        ("花茶", ["TEA"]),
        ("茉莉花茶", ["TEA"]),
        ("茉茶", []),
        ("咖啡 coffee", ["COFFEE"]),
        ("952123456", ["TEA"]),
        ("nap", ["NAPKIN"]),
        ("", []),
        ('"*(', []),
        ("tea OR mug", []),
    ],
)
def test_search_in_both_languages(views: Views, text: str, found: list[str]) -> None:
    assert [product.sku for product in views.search(text)] == found


@given(st.text(max_size=40))
def test_no_text_breaks_the_search(text: str) -> None:
    words = set(words_of([text]).split())
    asked = [word.strip('"*') for word in query_of(text).split(" AND ") if word]
    assert all(any(have.startswith(word) for have in words) for word in asked)


def test_a_changed_name_is_found_and_the_old_one_not(shop: Shop, views: Views) -> None:
    shop.tell(Product("TEA", {"en": "Green tea"}, [], "pc", "low", 350))
    assert [product.sku for product in views.search("green")] == ["TEA"]
    assert views.search("jasmine") == []
    assert views.product_by_gtin("09521234567899") is None


def test_products_and_stock_come_in_pages(shop: Shop, views: Views) -> None:
    shop.stock(TEA=1, MUG=2, COFFEE=3)
    first = views.products(limit=4)
    rest = views.products(first.cursor, limit=4)
    names = [product.sku for product in [*first.products, *rest.products]]
    assert names == ["COFFEE", "MUG", "NAPKIN", "OLD", "TEA", "WRAP"]
    assert rest.cursor == ""
    page = views.stock(limit=2)
    assert page.stock == [StockView("COFFEE", 3, 0, 0, 3), StockView("MUG", 2, 0, 0, 2)]
    assert [stock.sku for stock in views.stock(page.cursor).stock] == ["TEA"]


def test_why_the_books_say_so(shop: Shop, views: Views) -> None:
    shop.stock(TEA=9, MUG=5)
    shop.run(ReceiveGoods(id=shop.new_id(), lines=(Move(2, sku="TEA"),)))
    sale = shop.sell(SellLine(sku="TEA", quantity=4))
    shop.sell(SellLine(sku="MUG"))
    detail = views.stock_of("TEA")
    assert detail is not None
    assert detail.stock == StockView("TEA", 7, 0, 0, 7)
    journal = "s0001-n1"
    assert detail.parts == [
        Part("opening", journal, 9, 1),
        Part("received", journal, 2, 1),
        Part("sold", journal, 4, -1),
    ]
    moved = [(one.type, one.kind, one.quantity) for one in detail.movements]
    assert moved == [
        ("Sale", "sold", 4),
        ("GoodsReceipt", "received", 2),
        ("Opening", "opening", 9),
    ]
    assert detail.movements[0].id.bytes == sale.id
    assert len(detail.movements) == 3
    short = views.stock_of("TEA", 1)
    assert short is not None
    assert len(short.movements) == 1
    assert views.stock_of("GHOST") is None
    assert views.stock_of("WRAP") is not None


def test_a_quote_is_what_the_sale_comes_to(shop: Shop, views: Views) -> None:
    lines = (SellLine(sku="TEA", quantity=3), SellLine(sku="MUG"))
    quote = views.quote(Quote(lines, 111))
    sale = shop.sell(*lines, discount=111)
    assert (quote.lines, quote.total_minor, quote.tax_minor) == (
        sale.lines,
        sale.total_minor,
        sale.tax_minor,
    )
    with pytest.raises(UnknownProduct):
        views.quote(Quote((SellLine(sku="GHOST"),)))
    shop.tell(Price("TEA", 1))
    assert views.quote(Quote(lines[:1])).total_minor == 3


def test_a_sale_shows_what_can_still_come_back(shop: Shop, views: Views) -> None:
    sale = shop.sell(SellLine(sku="TEA", quantity=3), SellLine(sku="MUG"))
    shop.run(ReturnGoods(shop.new_id(), "t1", sale.id, (ReturnLine(0),)))
    view = views.sale(sale.id)
    assert view is not None
    assert view == views.sale_by_receipt("t1-1-000001")
    states = [(x.returned, x.returnable, x.refund_minor) for x in view.lines]
    assert states == [(1, 2, 700), (0, 1, 1_000)]
    other = shop.sell(SellLine(sku="MUG"))
    shop.run(VoidSale(shop.new_id(), other.id, "mistake"))
    voided = views.sale(other.id)
    assert voided is not None
    assert (voided.voided, voided.lines[0].returnable) == (True, 0)
    assert views.sale(bytes(16)) is None
    assert views.sale_by_receipt("t1-1-000099") is None
    with pytest.raises(BadField):
        views.sale_by_receipt("nonsense")


def test_sales_are_listed_newest_first_in_pages(shop: Shop, views: Views) -> None:
    ids = [shop.sell(SellLine(sku="TEA")).id for _ in range(5)]
    first = views.sales(limit=3)
    rest = views.sales(first[-1].position or 0, limit=3)
    assert [sale.id.bytes for sale in [*first, *rest]] == ids[::-1]
    assert first[0].receipt == "t1-1-000005"


def test_transfers_work_and_status(shop: Shop, views: Views) -> None:
    out = TransferOut(id=shop.new_id(), to_store="s0002", lines=(Move(2, sku="TEA"),))
    arrived = TransferIn(
        id=shop.new_id(), from_store="s0003", out=bytes(16), lines=(Move(1, sku="TEA"),)
    )
    shop.run(out)
    shop.run(arrived)
    shown = [(x.direction, x.other, x.out.bytes, x.lines) for x in views.transfers()]
    assert shown == [
        ("in", "s0003", bytes(16), [SkuQuantity("TEA", 1)]),
        ("out", "s0002", out.id, [SkuQuantity("TEA", 2)]),
    ]
    assert [item.document for item in views.worklist()] == [UUID(bytes=arrived.id)]
    assert views.quarantine() == []
    status = views.status()
    assert (status.journal, status.seq, status.products) == ("s0001-n1", shop.head().seq, 6)
    assert (status.facts, status.headquarters, status.worklist) == (3 + 10, "hq-n1", 1)


def test_changes_and_the_journal_can_be_followed(shop: Shop, views: Views) -> None:
    sale = shop.sell(SellLine(sku="TEA"), SellLine(sku="MUG"))
    (change,) = views.changes(sale.seq - 1)
    assert (change.type, change.stock) == ("Sale", {"TEA": -1, "MUG": -1})
    assert views.changes(sale.seq) == []
    entries = views.journal()
    assert [entry.type for entry in entries] == ["Born", "Sale"]
    assert entries[-1].hash == shop.head().hash.hex()
    body = entries[-1].body
    assert body["till"] == "t1"
    assert isinstance(body["lines"], list)
    assert body["lines"][0]["kind"] == "goods"
    assert [entry.type for entry in views.journal("hq-n1", after=9)] == ["Product"]


def test_reading_does_not_wait_for_a_writer_in_mid_transaction(shop: Shop, views: Views) -> None:
    shop.store.connection.execute("BEGIN IMMEDIATE")
    shop.store.connection.execute("DELETE FROM product_words")
    assert views.search("tea")
    shop.store.connection.execute("ROLLBACK")
