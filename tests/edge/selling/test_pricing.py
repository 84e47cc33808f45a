"""Prices in integers: what is spread or divided adds up to what there was."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.books.checks import text
from edge.errors import BadField
from edge.selling.pricing import SellLine, portion, price_lines, spread
from sync.receipts import Line
from tests.edge.shop import Shop, open_shop

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=50)


@given(weights, st.fractions(0, 1))
def test_a_spread_adds_up_and_no_part_exceeds_its_weight(parts: list[int], share: Fraction) -> None:
    amount = int(sum(parts) * share)
    shares = spread(amount, parts)
    assert sum(shares) == amount
    assert all(0 <= mine <= weight for mine, weight in zip(shares, parts, strict=True))


@given(weights)
def test_a_spread_is_fair_to_within_one_unit(parts: list[int]) -> None:
    whole = sum(parts)
    amount = whole // 3
    for mine, weight in zip(spread(amount, parts), parts, strict=True):
        assert not whole or abs(mine * whole - amount * weight) < whole


@given(st.integers(-(10**9), 10**9), st.integers(1, 1_000), st.data())
def test_portions_of_any_division_add_up(amount: int, whole: int, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, whole), max_size=10)))
    edges = [0, *cuts, whole]
    parts = [portion(amount, whole, a, b - a) for a, b in pairwise(edges)]
    assert sum(parts) == amount


@given(
    asked=st.lists(
        st.tuples(st.sampled_from(["TEA", "COFFEE", "MUG", "NAPKIN"]), st.integers(1, 5_000)),
        min_size=1,
        max_size=12,
    ),
    share=st.fractions(0, 1),
)
def test_a_discount_lowers_the_price_before_tax_by_exactly_itself(
    asked: list[tuple[str, int]], share: Fraction, priced_shop: Shop
) -> None:
    lines = [SellLine(sku=sku, quantity=quantity) for sku, quantity in asked]
    full = price_lines(priced_shop.store.books, lines, 0)
    discount = int(_base(full) * share)
    less = price_lines(priced_shop.store.books, lines, discount)
    assert _base(full) - _base(less) == discount
    assert all(line.amount_minor >= line.tax_minor >= 0 for line in less)


@pytest.fixture(scope="module")
def priced_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return open_shop(tmp_path_factory.mktemp("shop"))


def _base(lines: list[Line]) -> int:
    return sum(line.base_minor for line in lines)


@pytest.mark.parametrize(
    "number", ["4111111111111111", "5500-0000-0000-0004", "6011 0000 0000 0004", "378282246310005"]
)
def test_a_card_number_is_refused_anywhere(number: str) -> None:
    with pytest.raises(BadField, match="card number"):
        text(f"paid with {number}!", "note")


@pytest.mark.parametrize("number", ["9521234567899", "4111111111111112", "12345678901234567890123"])
def test_other_numbers_are_not_taken_for_cards(number: str) -> None:
    assert text(number, "note") == number
