"""What changes hands in cash is a multiple of the smallest coin; the rest is a tender of its own.

Only where the rule `cash.rounding` says so. Prices, taxes and totals stay exact: the tender
`rounding` is what cash left of a total (positive) or took beyond it (negative): at most half a
coin.
"""

from collections.abc import Iterable, Sequence

from sync.receipts import Tender

ROUNDING = "rounding"
_CASH = ("cash", "change", ROUNDING)


def in_coins(minor: int, step: int) -> int:
    """Return the nearest multiple of the smallest coin; halves go away from zero."""
    coins = (2 * abs(minor) + step) // (2 * step)
    return coins * step if minor >= 0 else -coins * step


def rounded_minor(tenders: Iterable[Tender]) -> int:
    """Sum of what was rounded."""
    return sum(one.amount_minor for one in tenders if one.kind == ROUNDING)


def pay_out(tenders: Sequence[Tender], step: int, taken_minor: int = 0) -> list[Tender]:
    """Round the cash of a refund; tenders still add up to the same.

    `taken_minor` is what was rounded when it was paid: that comes back first, so that a sale undone
    pays back the cash that it took.
    """
    cash = [one for one in tenders if one.kind in _CASH]
    if not cash or (step == 1 and not taken_minor):
        return list(tenders)
    exact = sum(one.amount_minor for one in cash)
    paid = in_coins(exact - taken_minor, step)
    parts = [Tender("cash", paid), Tender(ROUNDING, exact - paid)]
    others = [one for one in tenders if one.kind not in _CASH]
    return others + [one for one in parts if one.amount_minor]
