"""What may be written off, and why, is said by headquarters' rules; without any, everything may."""

import msgspec

from edge.books.reads import Reads
from edge.books.rules import read_rule
from edge.errors import BadField, Problem
from sync.bodies import WriteOff
from sync.body import StockLine
from sync.values import line_amount_minor


class NeedsApproval(Problem):
    """Somebody with more rights has to do this."""

    code = "needs-approval"
    status = 403
    title = "This needs a manager"


class _Reason(msgspec.Struct, frozen=True):
    code: str


class _Reasons(msgspec.Struct, frozen=True):
    write_off: tuple[_Reason, ...] = ()


class _Limits(msgspec.Struct, frozen=True):
    write_off_minor: int | None = None


def check_write_off(reads: Reads, body: WriteOff, *, approved: bool) -> None:
    """Raise BadField for a reason that is none of the rule `reasons`, NeedsApproval for too much.

    A reason begins with its code. Too much is more than `limits.write_off_minor` at the catalogue's
    price, unless somebody has approved it.
    """
    codes = [one.code for one in read_rule(reads, "reasons", _Reasons, _Reasons()).write_off]
    if codes and body.reason.partition(":")[0].strip() not in codes:
        raise BadField("reason", "reason", codes=", ".join(codes))
    limit = read_rule(reads, "limits", _Limits, _Limits()).write_off_minor
    value_minor = sum(_value_minor(reads, line) for line in body.lines)
    if limit is not None and value_minor > limit and not approved:
        raise NeedsApproval("write-off", "lines", value_minor=value_minor, limit_minor=limit)


def _value_minor(reads: Reads, line: StockLine) -> int:
    item = reads.item(line.sku)
    return line_amount_minor(line.quantity, item.price_minor, item.price_quantity) if item else 0
