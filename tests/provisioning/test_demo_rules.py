"""What the demonstration sets is what headquarters and tills take, about goods that exist."""

from typing import Any

import pytest

from central.web.purchasing import PurchaseOrderIn
from central.web.shapes import RuleIn
from devices.gate import Template
from provisioning.catalogue import make_catalogue
from provisioning.demo.opening import _json as as_json
from provisioning.demo.rules import purchase_orders, rules, store_rules

RULES = rules()
PRODUCTS = {product.sku: product for product in make_catalogue(1).products}
PROMOTIONS = {name: value for name, value in RULES.items() if name.startswith("promotion.")}


def test_headquarters_takes_every_rule() -> None:
    for name, value in (RULES | store_rules("Old Market")).items():
        assert 0 < len(name) <= 64
        RuleIn.model_validate({"value": as_json(value)})


def test_every_kind_of_promotion_is_there() -> None:
    kinds = {value["type"] for value in PROMOTIONS.values()}
    assert kinds == {
        "percent", "amount", "fixed-price", "n-for-m", "bundle", "threshold", "coupon",
    }  # fmt: skip
    assert any(value["hours"] for value in PROMOTIONS.values())
    assert any(value["weekdays"] != [1, 2, 3, 4, 5, 6, 7] for value in PROMOTIONS.values())
    assert any(value["members"] for value in PROMOTIONS.values())
    assert any(value["cap"] for value in PROMOTIONS.values())
    assert len({tuple(value) for value in PROMOTIONS.values()}) == 1


@pytest.mark.parametrize("name", PROMOTIONS)
def test_a_promotion_gives_something_off_goods_that_exist(name: str) -> None:
    promotion = PROMOTIONS[name]
    assert promotion["name"]["en"]
    assert promotion["name"]["zh"]
    items = promotion["items"]
    categories = {product.category for product in PRODUCTS.values()}
    assert set(items["skus"]) <= PRODUCTS.keys()
    assert set(items["categories"]) <= categories
    assert items["all"] or items["skus"] or items["categories"]
    dearest = sum(PRODUCTS[part["skus"][0]].price_minor for part in promotion["bundle"])
    match promotion["type"]:
        case "percent":
            assert 0 < promotion["percent_ppm"] < 1_000_000
        case "fixed-price":
            assert all(PRODUCTS[s].price_minor > promotion["price_minor"] for s in items["skus"])
        case "n-for-m":
            assert 0 < promotion["pay"] < promotion["buy"]
        case "bundle":
            assert dearest > promotion["price_minor"] > 0
        case "threshold":
            assert promotion["threshold_minor"] > promotion["amount_minor"] > 0
        case "coupon":
            assert promotion["coupon"]
            assert promotion["off"] in ("percent", "amount")
        case _:
            assert promotion["amount_minor"] > 0


def _codes(entries: list[dict[str, Any]], key: str) -> list[str]:
    return [entry[key] for entry in entries]


def test_what_people_choose_from_is_named_once_in_both_languages() -> None:
    for reasons in RULES["reasons"].values():
        assert len(set(_codes(reasons, "code"))) == len(reasons)
        assert all(reason["en"] and reason["zh"] for reason in reasons)
    assert len(set(_codes(RULES["tenders"], "kind"))) == len(RULES["tenders"])
    for page in RULES["till.keys"]:
        assert page["name"]["en"]
        assert page["name"]["zh"]
        assert {key["sku"] for key in page["keys"]} <= PRODUCTS.keys()


def test_the_labels_of_weighed_goods_are_read_by_the_gate() -> None:
    for pattern in RULES["barcode.templates"]:
        assert Template(pattern).pattern.count("P") == 5


def test_orders_are_for_goods_that_keep_stock() -> None:
    for order in purchase_orders("s0001"):
        PurchaseOrderIn.model_validate(order)
        assert all(PRODUCTS[line["sku"]].tracked for line in order["lines"])
    numbers = [order["order"] for store in ("s0001", "s0002") for order in purchase_orders(store)]
    assert len(set(numbers)) == len(numbers)
