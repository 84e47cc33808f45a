"""One law: every kind of promotion that a till knows is there once, with a name in both languages.

Amounts are euro cents, rates parts per million. `from`, `to` and `hours` are the store's local
time; a promotion without them always holds. What a promotion does not need is there, and empty.
"""

from collections.abc import Iterator, Sequence
from typing import Any

_NOTHING: dict[str, Any] = {
    "percent_ppm": 0,
    "amount_minor": 0,
    "price_minor": 0,
    "buy": 0,
    "pay": 0,
    "bundle": [],
    "threshold_minor": 0,
    "coupon": "",
    "off": "",
    "cap": None,
    "members": False,
    "from": None,
    "to": None,
    "weekdays": [1, 2, 3, 4, 5, 6, 7],
    "hours": None,
    "stacks": False,
    "priority": 0,
}
LUNCH = ("BAK-001", "CAF-001", "FRU-014")


def promotions() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each promotion's rule: its name, and the value that tills follow."""
    yield _rule("fruit-week", "percent", "Fruit week: 15 % off", "水果周：八五折",
                _categories("fruit"), percent_ppm=150_000)  # fmt: skip
    yield _rule("olive-oil", "amount", "1.00 off olive oil", "橄榄油立减1欧元",
                _skus("TIN-008", "TIN-009"), amount_minor=100)  # fmt: skip
    yield _rule("member-coffee", "fixed-price", "Members' price: ground coffee", "会员价：咖啡粉",
                _skus("TEA-013"), price_minor=299, members=True)  # fmt: skip
    yield _rule("chocolate-3-for-2", "n-for-m", "Chocolate: 3 for the price of 2", "巧克力买三付二",
                _skus("SWE-001", "SWE-002"), buy=3, pay=2)  # fmt: skip
    yield _rule("lunch-menu", "bundle", "Lunch: rolls, coffee, mango", "午餐组合：面包咖啡芒果",
                _skus(*LUNCH), bundle=[{"skus": [sku], "quantity": 1} for sku in LUNCH],
                price_minor=499)  # fmt: skip
    yield _rule("spend-50", "threshold", "5.00 off from 50.00", "满50减5欧元",
                _everything(), threshold_minor=5_000, amount_minor=500, stacks=True)  # fmt: skip
    yield _rule("bread-at-night", "percent", "Bakery after 17:00: 30 % off", "17点后面包七折",
                _categories("bakery"), percent_ppm=300_000, hours=["17:00", "22:00"],
                priority=5)  # fmt: skip
    yield _rule("weekend-juice", "percent", "Weekend juice: 20 % off", "周末果汁八折",
                _skus("DRI-015", "DRI-017"), percent_ppm=200_000, weekdays=[6, 7])  # fmt: skip
    yield _rule("coupon-welcome", "coupon", "Welcome coupon: 10 %", "新客券：九折",
                _everything(), coupon="WELCOME10", off="percent", percent_ppm=100_000,
                stacks=True)  # fmt: skip
    yield _rule("coupon-five", "coupon", "Coupon: 5.00 off, first 200", "五欧元券（限200张）",
                _everything(), coupon="FIVE-OFF", off="amount", amount_minor=500, cap=200,
                stacks=True)  # fmt: skip


def _rule(
    name: str, kind: str, english: str, chinese: str, items: dict[str, Any], **more: Any
) -> tuple[str, dict[str, Any]]:
    value = {"name": {"en": english, "zh": chinese}, "type": kind, "items": items}
    return f"promotion.{name}", {**value, **_NOTHING, **more}


def _skus(*skus: str) -> dict[str, Any]:
    return _items(skus, (), everything=False)


def _categories(*categories: str) -> dict[str, Any]:
    return _items((), categories, everything=False)


def _everything() -> dict[str, Any]:
    return _items((), (), everything=True)


def _items(skus: Sequence[str], categories: Sequence[str], *, everything: bool) -> dict[str, Any]:
    return {"skus": list(skus), "categories": list(categories), "all": everything}
