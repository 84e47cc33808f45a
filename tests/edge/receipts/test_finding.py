"""What stands around a fact on its receipt is read from the books, in the language asked for."""

from collections.abc import Callable
from uuid import UUID

import msgspec
import pytest

from devices.receipt import Paper
from edge.receipts.finding import Asked, Laid, lay
from edge.receipts.finding import Shop as Settings
from edge.receipts.scene import Marks
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import VoidSale
from edge.shifts.drawer import OpenShift
from sync.definitions import Rule, Staff, StoreProfile, TaxRate
from sync.entitlements import card_account
from sync.receipts import Discount, DiscountKind, Line, LineDetail, LineKind, Tender
from tests.edge.receipts.papers import said
from tests.edge.shop import Shop
from tests.edge.tilling import finished, tea

SETTINGS = Settings("EUR", 2, lambda _: 60)
RULE = '{"title": "Tea & Co", "footer": {"en": "Bye", "zh": "再见"}, "language": "zh"}'
TENDERS = '[{"kind": "wechat", "name": {"en": "WeChat Pay", "zh": "微信支付"}}]'
Print = Callable[..., str]


def laid(shop: Shop, document: bytes, language: str = "en", marks: Marks | None = None) -> Laid:
    """Lay out a document that must be there."""
    found = lay(shop.store.books, SETTINGS, Asked(document, language, marks or Marks()))
    assert found is not None
    return found


def text(shop: Shop, document: bytes, language: str = "en") -> str:
    """Everything a document's receipt says."""
    return said(laid(shop, document, language).document, Paper())


def test_the_rules_and_the_catalogue_are_asked(shop: Shop) -> None:
    shop.tell(
        StoreProfile("s0001", "Tee Mitte", "DE", "EUR"),
        Rule("receipt", RULE),
        Rule("tenders", TENDERS),
        Staff("ana", "Ana", ["cashier"], "x"),
    )
    sale = finished(shop, tea(2), operator="ana", tenders=(Tender("wechat", 700),))
    shop.run(sale)
    english, chinese = text(shop, sale.id), text(shop, sale.id, "")
    for part in ("Tea & Co", "Bye", "WeChat Pay 7.00", "Jasmine tea", "Served by Ana"):
        assert part in english, part
    for part in ("Tea & Co", "再见", "微信支付 7.00", "茉莉花茶", "收银员 Ana"):
        assert part in chinese, part
    assert laid(shop, sale.id).kind == "sale"
    assert laid(shop, sale.id).title == "t1-5-000001"


def test_without_a_profile_the_store_is_named_by_its_id(shop: Shop) -> None:
    sale = finished(shop)
    shop.run(sale)
    assert text(shop, sale.id).startswith("s0001")


def test_balances_are_those_of_the_books(shop: Shop) -> None:
    member = str(UUID(int=7))
    card = Line(
        "GIFT",
        1,
        5000,
        "",
        0,
        kind=LineKind.SERVICE,
        detail=LineDetail(voucher=card_account("CARD-0007")),
    )
    sale = finished(shop, card, tea(4), member=member, points=14)
    shop.run(sale)
    said_now = text(shop, sale.id)
    assert "Points earned +14" in said_now
    assert "Points balance 14" in said_now
    assert "Balance of gift card ****0007 50.00" in said_now


def test_a_voided_sale_says_so_and_the_void_names_it(shop: Shop) -> None:
    sale = finished(shop)
    shop.run(sale)
    void_id = shop.new_id()
    shop.run(VoidSale(void_id, sale.id, "twice"))
    assert "* VOIDED *" in text(shop, sale.id)
    assert "Original t1-5-000001" in text(shop, void_id)


def test_a_return_has_the_rates_of_its_sale(shop: Shop) -> None:
    sale = finished(shop, tea(2))
    shop.run(sale)
    shop.tell(TaxRate("low", 50_000, True, "VAT"))
    return_id = shop.new_id()
    lines = (ReturnLine(0, quantity=1),)
    shop.run(ReturnGoods(return_id, "t1", sale.id, lines, reason="torn"))
    back = text(shop, return_id)
    assert "Reason: torn" in back
    assert "A 7 % -3.27 -0.23 -3.50" in back
    assert "Original t1-5-000001" in back


@pytest.mark.parametrize(("language", "words"), [("en", "Tea week -1.00"), ("zh", "茶周 -1.00")])
def test_a_saving_is_called_as_headquarters_calls_it(shop: Shop, language: str, words: str) -> None:
    shop.tell(
        Rule("promotion.tea", '{"name": {"en": "Tea week", "zh": "茶周"}}'),
        Rule("promotion.odd", "7"),
    )
    saving = Discount(DiscountKind.PROMOTION, "tea", 100, "as the till said")
    line = tea(2)
    detail = LineDetail(discounts=(saving,))
    sale = finished(shop, msgspec.structs.replace(line, discount_minor=100, detail=detail))
    shop.run(sale)
    assert words in text(shop, sale.id, language)


@pytest.mark.parametrize(("language", "words"), [("en", "Reason: Torn"), ("zh", "原因：撕破")])
def test_a_reason_is_said_in_headquarters_words(shop: Shop, language: str, words: str) -> None:
    shop.tell(Rule("reasons", '{"return": [{"code": "torn", "en": "Torn", "zh": "撕破"}]}'))
    sale = finished(shop, tea(2))
    shop.run(sale)
    return_id = shop.new_id()
    lines = (ReturnLine(0, quantity=1),)
    shop.run(ReturnGoods(return_id, "t1", sale.id, lines, reason="torn"))
    assert words in text(shop, return_id, language)


def test_what_has_no_receipt_is_not_found(shop: Shop) -> None:
    shop.stock(TEA=1)
    (row,) = shop.rows("SELECT id FROM fact WHERE kind = 5")
    assert lay(shop.store.books, SETTINGS, Asked(bytes(row[0]))) is None  # type: ignore[call-overload]
    assert lay(shop.store.books, SETTINGS, Asked(bytes(16))) is None


@pytest.mark.parametrize(("language", "words"), [("en", "SHIFT OPENED"), ("zh", "开班")])
def test_a_shift_opened_has_a_slip(shop: Shop, language: str, words: str) -> None:
    shift_id = shop.new_id()
    shop.run(OpenShift(shift_id, "t1", 5000, "t1"))
    assert words in text(shop, shift_id, language)
