"""What comes from outside is an integer, a name or a text within its limits, or is refused."""

import re
from collections.abc import Sequence

from edge.errors import BadField, BadPrice, BadQuantity, BadTender, Problem
from sync.facts import LINES_MAX
from sync.values import MONEY_MAX_MINOR, QUANTITY_MAX

TEXT_MAX = 200
NAME_MAX = 64
_TILL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,15}")
_TENDER = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_DIGITS = re.compile(r"(?<!\d)(?:\d[ -]?){14,18}\d(?!\d)")


def integer(value: object, low: int, high: int, field: str, error: type[Problem]) -> int:
    """Return an integer of a range; floats and booleans are none."""
    if type(value) is not int:
        raise error("no-integer", field, value=f"{value!r:.40}")
    if not low <= value <= high:
        unit = "_minor" if error is BadPrice else ""
        said = {f"value{unit}": value, f"low{unit}": low, f"high{unit}": high}
        raise error("range", field, **said)
    return value


def quantity(value: object, field: str) -> int:
    """Return a quantity to move: 1 base unit or more."""
    return integer(value, 1, QUANTITY_MAX, field, BadQuantity)


def money(value: object, field: str, low: int = 0) -> int:
    """Return an amount in minor units, 0 or more unless `low` says otherwise."""
    return integer(value, low, MONEY_MAX_MINOR, field, BadPrice)


def till(value: str) -> str:
    """Return a till's name."""
    if not _TILL.fullmatch(value):
        raise BadField("till", "till")
    return value


def tender_kind(value: str, field: str) -> str:
    """Return a kind of tender; change and rounding are computed here and never tendered."""
    if not _TENDER.fullmatch(value) or value in ("change", "rounding"):
        raise BadTender("kind", field)
    return value


def name(value: str, field: str, *, needed: bool = False) -> str:
    """Return a name or code of at most 64 printable characters."""
    return text(value, field, needed=needed, longest=NAME_MAX)


def text(value: str, field: str, *, needed: bool = False, longest: int = TEXT_MAX) -> str:
    """Return a printable text that holds no card number."""
    if needed and not value.strip():
        raise BadField("empty", field)
    if len(value) > longest or not value.isprintable():
        raise BadField("too-long", field, most=longest)
    if any(_is_card(match.group()) for match in _DIGITS.finditer(value)):
        raise BadField("card-number", field)
    return value


def masked(value: str) -> str:
    """Return a text with all but the last four digits of any card number starred out."""

    def star(match: re.Match[str]) -> str:
        found = match.group()
        kept = "*" * (len(found) - 4) + found[-4:]
        return kept if _is_card(found) else found

    return _DIGITS.sub(star, value)


def lines(value: Sequence[object], field: str = "lines", lowest: int = 1) -> None:
    """Refuse a document with too few or too many lines."""
    if not lowest <= len(value) <= LINES_MAX:
        raise BadField("entries", field, low=lowest, high=LINES_MAX)


def _is_card(found: str) -> bool:
    """15 to 19 digits that begin like a payment card's and pass its check (ISO/IEC 7812-1)."""
    digits = [int(digit) for digit in found if digit.isdigit()]
    if digits[0] not in (2, 3, 4, 5, 6):
        return False
    doubled = [2 * d - 9 * (d > 4) for d in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0
