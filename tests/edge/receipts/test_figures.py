"""Integers become text without a float in between."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.receipts.figures import date, decimal, local_time, percent, quantity, unit_price


@given(st.integers(-(10**13), 10**13), st.integers(0, 4))
def test_a_decimal_is_the_integer_with_its_places(value: int, places: int) -> None:
    text = decimal(value, places)
    assert Decimal(text.replace(",", "")) == Decimal(value).scaleb(-places)
    assert len(text.partition(".")[2]) == places


@pytest.mark.parametrize(
    ("units", "unit", "text"),
    [(3, "pc", "3"), (1234, "", "1,234"), (542, "g", "0.542 kg"), (1500, "ml", "1.500 l")],
)
def test_quantities_are_in_the_unit_people_buy_in(units: int, unit: str, text: str) -> None:
    assert quantity(units, unit) == text


@pytest.mark.parametrize(
    ("price", "per", "unit", "text"),
    [
        (399, 1000, "g", "3.99/kg"),
        (99, 100, "g", "0.99/0.100 kg"),
        (250, 1, "pc", "2.50"),
        (500, 6, "pc", "5.00/6"),
        (2, 1, "mm", "0.02/0.001 m"),
    ],
)
def test_prices_say_what_they_are_for(price: int, per: int, unit: str, text: str) -> None:
    assert unit_price(price, per, unit, 2) == text


@pytest.mark.parametrize(
    ("ppm", "text"), [(190_000, "19 %"), (82_500, "8.25 %"), (0, "0 %"), (100_000, "10 %")]
)
def test_rates(ppm: int, text: str) -> None:
    assert percent(ppm) == text


def test_times_are_local() -> None:
    assert date(20_779) == "2026-11-22"
    assert local_time(1_795_345_000_000, 60) == "2026-11-22 11:56"
    assert local_time(1_795_345_000_000, -660) == "2026-11-21 23:56"
