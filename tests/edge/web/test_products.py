"""Every product is found by code, by words of both languages, and page by page."""

import httpx
import pytest

from tests.edge.web.shop import TEA_GTIN, problem


@pytest.mark.parametrize("code", [TEA_GTIN, TEA_GTIN.zfill(14)])
def test_a_scanned_code_finds_its_product(till: httpx.Client, code: str) -> None:
    found = till.get("/products", params={"gtin": code}).json()["products"]
    assert [product["sku"] for product in found] == ["TEA-100"]
    assert found[0]["price_minor"] == 499
    assert found[0]["names"] == {"en": "Green tea", "zh": "绿茶"}


@pytest.mark.parametrize(
    ("words", "sku"), [("tea", "TEA-100"), ("绿茶", "TEA-100"), ("果", "APPLE")]
)
def test_words_of_both_languages_find_products(till: httpx.Client, words: str, sku: str) -> None:
    found = till.get("/products", params={"q": words}).json()["products"]
    assert [product["sku"] for product in found] == [sku]


@pytest.mark.parametrize("words", ["'", '"', "*", "a OR b NEAR(", "-- ;", "((", "\x00", "𠀀"])
def test_odd_words_find_nothing_and_break_nothing(till: httpx.Client, words: str) -> None:
    assert till.get("/products", params={"q": words}).status_code == 200


def test_the_whole_assortment_is_listed_page_by_page(till: httpx.Client) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = till.get("/products", params={"limit": 2, "cursor": cursor}).json()
        assert len(page["products"]) <= 2
        seen += [product["sku"] for product in page["products"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert seen == sorted({"TEA-100", "APPLE", "CUP", "A/B", "OLD", "WRAP"})


def test_a_product_is_shown_by_its_sku(till: httpx.Client) -> None:
    assert till.get("/products/A/B").json()["sku"] == "A/B"
    assert till.get("/products", params={"sku": "A/B"}).json()["products"][0]["sku"] == "A/B"
    assert till.get("/products", params={"sku": "NOPE"}).json()["products"] == []
    assert till.get("/products", params={"gtin": "96385074"}).json()["products"] == []
    problem(till.get("/products/NOPE"), 404, "not-found")
