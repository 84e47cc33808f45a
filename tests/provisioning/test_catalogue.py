"""What any seed's catalogue must be: valid where machines read it, believable where people do."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioning.catalogue import (
    DEMONSTRATION_PREFIX,
    gtin_13,
    make_catalogue,
    opening_stock,
)
from sync.definitions import Product
from sync.facts import Fact, decode_fact, encode_fact
from sync.values import included_tax_minor, parse_gtin

CHINESE = re.compile("[\u4e00-\u9fff]")
seeds = st.integers(0, 2**32)


def is_open(product: Product) -> bool:
    """Whether the till asks for the price."""
    return product.attributes.get("open_price") == "yes"


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_every_product_is_one_headquarters_and_stores_accept(seed: int) -> None:
    catalogue = make_catalogue(seed)
    codes = {rate.code for rate in catalogue.tax_rates}
    for product in catalogue.products:
        fact = Fact(bytes(16), 1, 0, "test", product)
        assert decode_fact(encode_fact(fact)) == fact
        assert product.tax_code in codes
        assert [len(gtin) for gtin in product.gtins] == [13] * (not is_open(product))
        for gtin in product.gtins:
            assert parse_gtin(gtin).startswith("0" + DEMONSTRATION_PREFIX)
        assert CHINESE.search(product.names["zh"])
        assert not CHINESE.search(product.names["en"])


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_no_two_products_can_be_confused(seed: int) -> None:
    products = make_catalogue(seed).products
    assert 450 <= len(products) <= 550
    assert len({product.sku for product in products}) == len(products)
    gtins = [gtin for product in products for gtin in product.gtins]
    assert len(set(gtins)) == len(gtins)
    plus = [product.attributes["plu"] for product in products if product.unit == "g"]
    assert len(set(plus)) == len(plus) > 20
    for language in ("en", "zh"):
        assert len({product.names[language] for product in products}) == len(products)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_prices_are_what_a_shop_would_ask(seed: int) -> None:
    for product in make_catalogue(seed).products:
        weighed = product.unit == "g"
        if is_open(product):
            assert product.price_minor == 0
            continue
        assert product.price_quantity == (1000 if weighed else 1)
        assert (100 if weighed else 25) <= product.price_minor <= 6000
        assert product.price_minor % 5 in (0, 4)
        assert included_tax_minor(product.price_minor, 190_000) > 0


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_nobody_draws_what_needs_a_person_at_the_till(seed: int) -> None:
    catalogue = make_catalogue(seed)
    special = {"open_price", "gift_card", "serial", "lot"}
    for product, weight in zip(catalogue.products, catalogue.popularity, strict=True):
        assert weight == 0 or not special & product.attributes.keys()
        assert ("reorder_point" in product.attributes) == product.tracked
        assert product.attributes["department"]
    said = {name for product in catalogue.products for name in product.attributes}
    assert special | {"age", "recalled", "content", "plu"} <= said


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_variants_differ_from_each_other_and_from_nothing_else(seed: int) -> None:
    styles: dict[str, list[Product]] = {}
    for product in make_catalogue(seed).products:
        if product.variant_of:
            styles.setdefault(product.variant_of, []).append(product)
    assert len(styles) >= 10
    for variants in styles.values():
        assert len(variants) > 1
        looks = {tuple(sorted(variant.attributes.items())) for variant in variants}
        assert len(looks) == len(variants)
        assert len({frozenset(variant.attributes) for variant in variants}) == 1
        assert len({variant.price_minor for variant in variants}) == 1


@given(seeds, seeds)
@settings(max_examples=10, deadline=None)
def test_the_seed_decides_and_nothing_else(seed: int, other: int) -> None:
    catalogue = make_catalogue(seed)
    assert make_catalogue(seed) == catalogue
    assert opening_stock(catalogue, other) == opening_stock(catalogue, other)
    assert seed == other or make_catalogue(other) != catalogue


@given(seeds, seeds)
@settings(max_examples=10, deadline=None)
def test_stock_is_opened_for_goods_alone(seed: int, store: int) -> None:
    catalogue = make_catalogue(seed)
    stock = opening_stock(catalogue, store)
    assert set(stock) == {product.sku for product in catalogue.products if product.tracked}
    assert min(stock.values()) > 0
    assert any(not product.tracked for product in catalogue.products)


@pytest.mark.parametrize(("item", "gtin"), [(0, "9520000000004"), (123456789, "9521234567899")])
def test_gtins_end_in_gs1s_check_digit(item: int, gtin: str) -> None:
    assert gtin_13(item) == gtin
