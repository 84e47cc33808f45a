"""Money is an integer of minor units, a quantity an integer of base units; nothing here is a float.

A SKU's base unit is a piece, a gram, a millilitre or a millimetre. A price is quoted for a number
of base units: 299 minor units per 1,000 g.
"""

import datetime
from typing import Annotated, NewType

import msgspec

Gtin = NewType("Gtin", str)

QUANTITY_MAX = 10**9
MONEY_MAX_MINOR = 10**11
RATE_SCALE_PPM = 1_000_000
COUNT_MAX = 2**53

Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]
CountOrNone = Annotated[int, msgspec.Meta(ge=-1, le=COUNT_MAX)]
Minor = Annotated[int, msgspec.Meta(ge=-MONEY_MAX_MINOR, le=MONEY_MAX_MINOR)]
Units = Annotated[int, msgspec.Meta(ge=-QUANTITY_MAX, le=QUANTITY_MAX)]
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Currency = Annotated[str, msgspec.Meta(min_length=3, max_length=3)]
_FIRST_DAY = datetime.date(1970, 1, 1)
DAY_MS = 86_400_000


def date_of(day: int) -> datetime.date:
    """Turn days since 1970 into a date."""
    return _FIRST_DAY + datetime.timedelta(days=day)


def day_of(date: datetime.date) -> int:
    """Turn a date into days since 1970."""
    return (date - _FIRST_DAY).days


def gtin_check_digit(digits: str) -> int:
    """Compute the check digit that follows `digits` (GS1 General Specifications, 7.9)."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return -total % 10


def parse_gtin(text: str) -> Gtin:
    """Read a GTIN-8, -12, -13 or -14 and return it padded to 14 digits.

    Raises ValueError saying which rule it breaks.
    """
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"GTIN {text[:40]!r} must consist of digits")
    if len(digits) not in (8, 12, 13, 14):
        raise ValueError(f"GTIN {digits[:40]} has {len(digits)} digits; it needs 8, 12, 13 or 14")
    expected = gtin_check_digit(digits[:-1])
    if int(digits[-1]) != expected:
        raise ValueError(f"GTIN {digits} ends in {digits[-1]} but its check digit is {expected}")
    return Gtin(digits.zfill(14))


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide integers, rounding halves away from zero (commercial rounding)."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def line_amount_minor(quantity: int, price_minor: int, price_quantity: int = 1) -> int:
    """Price a line: `quantity` base units at `price_minor` for every `price_quantity` of them."""
    if price_quantity == 1:
        return quantity * price_minor
    return divide_half_up(quantity * price_minor, price_quantity)


def included_tax_minor(gross_minor: int, rate_ppm: int) -> int:
    """Tax contained in a tax-inclusive amount, for a rate in parts per million."""
    return divide_half_up(gross_minor * rate_ppm, RATE_SCALE_PPM + rate_ppm)


def added_tax_minor(net_minor: int, rate_ppm: int) -> int:
    """Tax to add to a net amount, for a rate in parts per million."""
    return divide_half_up(net_minor * rate_ppm, RATE_SCALE_PPM)
