"""Integers become text in one way: money with its places, quantities in the unit people buy in."""

import datetime
from collections.abc import Mapping

from sync.values import date_of, divide_half_up

_EPOCH = datetime.datetime(1970, 1, 1)
# Base unit: the unit people read, how many base units it has, and its decimal places.
_UNITS: Mapping[str, tuple[str, int, int]] = {
    "g": ("kg", 1000, 3),
    "ml": ("l", 1000, 3),
    "mm": ("m", 1000, 3),
}


def decimal(value: int, places: int, *, group: str = ",") -> str:
    """Write an integer of 10^-places units: 1234567 with 2 places is 12,345.67."""
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10**places)
    text = f"{whole:,}".replace(",", group)
    return f"{sign}{text}.{part:0{places}d}" if places else f"{sign}{text}"


def is_measured(unit: str) -> bool:
    """Whether goods of a base unit are weighed or measured rather than counted."""
    return unit in _UNITS


def quantity(units: int, unit: str) -> str:
    """Write a quantity: pieces as they are, grams as kilograms and so on."""
    if unit not in _UNITS:
        return f"{units:,}"
    name, _, places = _UNITS[unit]
    return f"{decimal(units, places)} {name}"


def unit_price(price_minor: int, price_quantity: int, unit: str, exponent: int) -> str:
    """Write a price as it is quoted: per piece, per kilogram, per six."""
    name, size, _ = _UNITS.get(unit, ("", 1, 0))
    if name and price_quantity == size:
        return f"{decimal(price_minor, exponent)}/{name}"
    if price_quantity == 1 and not name:
        return decimal(price_minor, exponent)
    return f"{decimal(price_minor, exponent)}/{quantity(price_quantity, unit)}"


def percent(ppm: int) -> str:
    """Write a rate in parts per million: 190000 is 19 %."""
    hundredths = divide_half_up(ppm, 100)
    return f"{decimal(hundredths, 2).rstrip('0').rstrip('.')} %"


def date(day: int) -> str:
    """Write days since 1970 as an ISO date."""
    return date_of(day).isoformat()


def local_time(at_ms: int, offset_min: int) -> str:
    """Write a moment as local date and time."""
    moment = _EPOCH + datetime.timedelta(milliseconds=at_ms, minutes=offset_min)
    return moment.strftime("%Y-%m-%d %H:%M")
