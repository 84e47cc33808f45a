"""A rule that headquarters never sent, or sent malformed, has a default that a shop can work with.

Rules are JSON by name; the store's own come before the chain's.
"""

from typing import Annotated, Any, TypeVar

import msgspec

from edge.books.reads import Reads

T = TypeVar("T")


class Limits(msgspec.Struct, frozen=True):
    """What a cashier may do without anybody's approval; a discount in parts per million."""

    cashier_discount_ppm: int = 100_000
    price_override: bool = False
    void_sale: bool = False


class Training(msgspec.Struct, frozen=True):
    """Whether people may practise at a till."""

    enabled: bool = True


class Rounding(msgspec.Struct, frozen=True):
    """The smallest coin, in minor units; 1 rounds nothing."""

    to_minor: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1


def read_rule(reads: Reads, name: str, shape: type[T], default: T) -> T:
    """Read a rule into a shape; the default where there is none of that shape."""
    text = reads.rule(name)
    if text is None:
        return default
    try:
        return msgspec.json.decode(text, type=shape)
    except msgspec.MsgspecError:
        return default


def limits(reads: Reads) -> Limits:
    """Limits of cashiers (rule `limits`)."""
    return read_rule(reads, "limits", Limits, Limits())


def smallest_coin(reads: Reads) -> int:
    """Minor units that cash is rounded to (rule `cash.rounding`); 1 where it is not."""
    return read_rule(reads, "cash.rounding", Rounding, Rounding()).to_minor


def drawers(reads: Reads) -> dict[str, str]:
    """Drawers of tills that do not have one of their own (rule `drawers`: till to drawer)."""
    return read_rule(reads, "drawers", dict[str, str], {})


def drawer_of_till(reads: Reads, till: str) -> str:
    """Drawer of a till; by default it has one of its own, of the same name."""
    return drawers(reads).get(till, till)


def all_rules(reads: Reads) -> dict[str, Any]:
    """All rules by name, parsed; what is no JSON is left out."""
    sql = "SELECT name, value FROM rule WHERE value <> 'null' ORDER BY name, local"
    found: dict[str, Any] = {}
    for name, value in reads.connection.execute(sql):
        try:
            found[name] = msgspec.json.decode(value)
        except msgspec.DecodeError:
            continue
    return found
