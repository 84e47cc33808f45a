"""What was asked of tills and what their screens said: the account the node's books are held to."""

from collections import Counter
from dataclasses import dataclass, field

Goods = tuple[tuple[str, int], ...]
Tenders = tuple[tuple[str, int], ...]


def goods_of(counted: Counter[str]) -> Goods:
    """Goods in the order of their SKUs."""
    return tuple(sorted(counted.items()))


@dataclass(frozen=True, slots=True)
class Asked:
    """A sale as it stood on the screen when its last key was pressed; change is not in it."""

    till: str
    goods: Goods
    total_minor: int
    tenders: Tenders


@dataclass(slots=True)
class Account:
    """Everything that was begun at the tills of a run, by the sale's id."""

    asked: dict[str, Asked] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    aside: set[str] = field(default_factory=set)
    voided: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    taken_up: int = 0
    wrong: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)


@dataclass(slots=True)
class TillToll:
    """What a run did, and what is not as it must be."""

    sales: int = 0
    aside: int = 0
    voided: int = 0
    cards: int = 0
    gifts: int = 0
    lost_answers: int = 0
    lives: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
