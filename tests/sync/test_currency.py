"""Decimal places follow ISO 4217 unless somebody told otherwise."""

import pytest

from central.web.page import money
from edge.settings import make_settings
from sync.currency import OWN, places_of


@pytest.mark.parametrize(
    ("currency", "places"), [("EUR", 2), ("CNY", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3)]
)
def test_a_currency_has_its_own_places(currency: str, places: int) -> None:
    assert places_of(currency) == places
    assert make_settings({"store": "s1", "currency": currency}, {}).places == places


def test_who_is_told_otherwise_does_otherwise() -> None:
    told = make_settings({"store": "s1", "currency": "IDR", "exponent": 0}, {})
    assert told.places == places_of("IDR", 0) == 0


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (-1234567, "EUR", "-12,345.67 EUR"),
        (1234567, "JPY", "1,234,567 JPY"),
        (5, "KWD", "0.005 KWD"),
        (-1234567, "KWD", "-1,234.567 KWD"),
    ],
)
def test_headquarters_writes_each_currency_as_it_is(minor: int, currency: str, text: str) -> None:
    assert money(minor, currency, OWN) == text
