"""Money and quantities: integers, commercial rounding, GS1 check digits."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.values import (
    added_tax_minor,
    divide_half_up,
    gtin_check_digit,
    included_tax_minor,
    line_amount_minor,
    parse_gtin,
)


@pytest.mark.parametrize(
    ("text", "padded"),
    [
        ("4006381333931", "04006381333931"),
        ("036000291452", "00036000291452"),
        ("96385074", "00000096385074"),
        (" 10614141543219 ", "10614141543219"),
        ("9520000000004", "09520000000004"),
    ],
)
def test_reads_gtins_of_every_length(text: str, padded: str) -> None:
    assert parse_gtin(text) == padded


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("4006381333932", "check digit is 1"),
        ("12345", "it needs 8, 12, 13 or 14"),
        ("", "must consist of digits"),
        ("40063813339３1", "must consist of digits"),
        ("-006381333931", "must consist of digits"),
    ],
)
def test_says_what_is_wrong_with_a_gtin(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_gtin(text)


@given(st.text("0123456789", min_size=13, max_size=13), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(digits: str, at: int, off: int) -> None:
    right = digits[:12] + str(gtin_check_digit(digits[:12]))
    wrong = right[:at] + str((int(right[at]) + off) % 10) + right[at + 1 :]
    with pytest.raises(ValueError, match="check digit"):
        parse_gtin(wrong)


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**9))
def test_rounds_halves_away_from_zero(numerator: int, denominator: int) -> None:
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    rounded = divide_half_up(numerator, denominator)
    assert abs(rounded * denominator - numerator) * 2 <= denominator
    assert rounded == int(exact) or abs(numerator) > 10**15  # Decimal has 28 digits, not more


def test_rounds_known_halves() -> None:
    assert [divide_half_up(n, 2) for n in (-3, -1, 1, 3, 5)] == [-2, -1, 1, 2, 3]
    with pytest.raises(ValueError, match="positive"):
        divide_half_up(1, 0)


def test_prices_a_line_by_weight() -> None:
    assert line_amount_minor(1_234, 299, 1_000) == 369
    assert line_amount_minor(500, 1, 1_000) == 1
    assert line_amount_minor(499, 1, 1_000) == 0


def test_known_taxes() -> None:
    assert included_tax_minor(11_900, 190_000) == 1_900
    assert added_tax_minor(10_000, 190_000) == 1_900
    assert included_tax_minor(-11_900, 190_000) == -1_900


@given(st.integers(0, 10**11), st.integers(0, 1_000_000))
def test_included_tax_is_what_added_tax_adds(net: int, rate: int) -> None:
    gross = net + added_tax_minor(net, rate)
    assert abs(included_tax_minor(gross, rate) - (gross - net)) <= 1
