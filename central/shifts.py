"""What a shift's facts add up to here, beside what its Z report said: the two accounts must meet.

Sums are added and times kept at their extremes, so that facts may come in any order. Whatever came
after a shift was closed is in the sums and not in its Z report: the difference is what came late.
"""

from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, text

from central.store import bulk
from sync.bodies import AnyBody
from sync.cash import AuditEntry, CashKind, CashMoved, ShiftClosed, ShiftOpened
from sync.receipts import Return, Sale, Void

NAME_MAX = 64
REPRINT = "reprint"
NO_SALE = "no-sale"
ShiftKey = tuple[str, int]  # drawer, number


@dataclass(slots=True)
class ShiftSums:
    """What facts add to a shift; `said_*` is what its Z report says, minor units and counts.

    `opens` and `closes` count the facts that did it: 1 each, once all is here.
    """

    opens: int = 0
    closes: int = 0
    sales: int = 0
    returns: int = 0
    voids: int = 0
    net_minor: int = 0
    tax_minor: int = 0
    said_sales: int = 0
    said_returns: int = 0
    said_voids: int = 0
    said_net_minor: int = 0
    said_tax_minor: int = 0
    grand_total_minor: int = 0
    float_minor: int = 0
    counted_minor: int = 0
    expected_minor: int = 0
    paid_in_minor: int = 0
    paid_out_minor: int = 0
    dropped_minor: int = 0
    no_sales: int = 0
    overrides: int = 0
    reprints: int = 0

    def add_document(self, kind: str, net_minor: int, tax_minor: int) -> None:
        """Add a sale, return or void."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.net_minor += net_minor
        self.tax_minor += tax_minor


@dataclass(slots=True)
class Shift:
    """Changes of one shift's row; the rest is the greatest that any of its facts says."""

    sums: ShiftSums
    currency: str = ""
    business_day: int = 0
    opened_ms: int = 0
    closed_ms: int = 0


@dataclass(frozen=True, slots=True)
class ShiftTotal:
    """A shift as headquarters holds it; `late_minor` came after its Z report, 0 while open."""

    store: str
    drawer: str
    number: int
    currency: str
    business_day: int
    opened_ms: int
    closed_ms: int
    sums: ShiftSums

    @property
    def late_minor(self) -> int:
        """Net of the documents that came after the shift was closed."""
        return self.sums.net_minor - self.sums.said_net_minor if self.sums.closes else 0

    @property
    def over_short_minor(self) -> int:
        """What was counted above (or below) what should have been there."""
        return self.sums.counted_minor - self.sums.expected_minor


def add_to_shift(shifts: dict[ShiftKey, Shift], at_ms: int, body: AnyBody) -> None:
    """Add what a fact of a store says of a shift; most say nothing of any."""
    key = _key(body)
    if key is None:
        return
    shift = shifts.get(key)
    if shift is None:
        shift = shifts[key] = Shift(ShiftSums())
    shift.currency = max(shift.currency, getattr(body, "currency", ""))
    shift.business_day = max(shift.business_day, getattr(body, "business_day", 0))
    sums = shift.sums
    match body:
        case Sale():
            sums.add_document("sales", body.total_minor, body.tax_minor)
        case Return():
            tax_minor = sum(line.tax_minor for line in body.lines)
            sums.add_document("returns", -body.total_minor, -tax_minor)
        case Void():
            sums.add_document("voids", -body.total_minor, -body.tax_minor)
        case CashMoved():
            _add_cash(sums, body)
        case AuditEntry():
            sums.reprints += body.action == REPRINT
            sums.overrides += body.action not in (REPRINT, NO_SALE)
        case ShiftOpened():
            shift.opened_ms = max(shift.opened_ms, at_ms)
            sums.opens += 1
            sums.float_minor += body.float_minor
        case ShiftClosed():
            shift.closed_ms = max(shift.closed_ms, at_ms)
            _add_closing(sums, body)
        case _:
            pass


def _key(body: AnyBody) -> ShiftKey | None:
    """Find the shift that a body speaks of; a name that no drawer can have is none."""
    match body:
        case Sale() | Return() | Void() | CashMoved() | AuditEntry() if body.shift:
            key = body.drawer, body.shift
        case ShiftOpened() | ShiftClosed():
            key = body.drawer, body.number
        case _:
            return None
    return key if 0 < len(key[0]) <= NAME_MAX and "\0" not in key[0] else None


def _add_cash(sums: ShiftSums, body: CashMoved) -> None:
    match body.kind:
        case CashKind.PAY_IN:
            sums.paid_in_minor += body.amount_minor
        case CashKind.PAY_OUT:
            sums.paid_out_minor += body.amount_minor
        case CashKind.DROP:
            sums.dropped_minor += body.amount_minor
        case CashKind.NO_SALE:
            sums.no_sales += 1


def _add_closing(sums: ShiftSums, body: ShiftClosed) -> None:
    sums.closes += 1
    sums.said_sales += body.sales
    sums.said_returns += body.returns
    sums.said_voids += body.voids
    sums.said_net_minor += body.net_minor
    sums.said_tax_minor += body.tax_minor
    sums.grand_total_minor += body.grand_total_minor
    sums.counted_minor += sum(count.counted_minor for count in body.counts)
    sums.expected_minor += sum(count.expected_minor for count in body.counts)


# -- in the database -----------------------------------------------------------------------------

_SUMMED = [one.name for one in fields(ShiftSums)]
_GREATEST = ("currency", "business_day", "opened_ms", "closed_ms")
_ADD = (
    "INSERT INTO shift"  # noqa: S608 - made of constants
    f" (store_id, drawer, number, {', '.join((*_GREATEST, *_SUMMED))})"
    f" VALUES ({', '.join('?' * (3 + len(_GREATEST) + len(_SUMMED)))})"
    " ON CONFLICT (store_id, drawer, number) DO UPDATE SET "
    + ", ".join(f"{name} = shift.{name} + excluded.{name}" for name in _SUMMED)
    + "".join(
        f", {name} = CASE WHEN excluded.{name} > shift.{name}"
        f" THEN excluded.{name} ELSE shift.{name} END"
        for name in _GREATEST
    )
)
_WHERE = (
    " FROM shift AS t JOIN store AS s ON s.id = t.store_id"
    " WHERE (:store = '' OR s.name = :store) AND t.business_day BETWEEN :first AND :last"
)
_COLUMNS = ", ".join(f"t.{name}" for name in (*_GREATEST, *_SUMMED))
_SHIFTS = text(
    f"SELECT s.name, t.drawer, t.number, {_COLUMNS}{_WHERE}"
    " ORDER BY t.business_day DESC, s.name, t.drawer, t.number DESC LIMIT :limit"
)


def add_shifts(connection: Connection, stores: Iterable[tuple[int, dict[ShiftKey, Shift]]]) -> None:
    """Add what facts said to each store's shifts."""
    rows = [
        (
            store_id,
            *key,
            shift.currency,
            shift.business_day,
            shift.opened_ms,
            shift.closed_ms,
            *astuple(shift.sums),
        )
        for store_id, shifts in stores
        for key, shift in sorted(shifts.items(), key=lambda entry: entry[0])
    ]
    bulk(connection, _ADD, rows)


def by_day(
    connection: Connection, store: str = "", first: int = 0, last: int = 100_000, limit: int = 500
) -> list[ShiftTotal]:
    """Return shifts per store, newest business day first."""
    asked = {"store": store, "first": first, "last": last, "limit": limit}
    return [_total(row) for row in connection.execute(_SHIFTS, asked)]


def _total(row: Row[Any]) -> ShiftTotal:
    values: list[Any] = list(row)
    store, drawer, number, currency, business_day, opened_ms, closed_ms, *sums = values
    added = ShiftSums(*map(int, sums))
    return ShiftTotal(store, drawer, number, currency, business_day, opened_ms, closed_ms, added)


def plain(total: ShiftTotal) -> dict[str, Any]:
    """Show a shift as plain values: its own, its sums' and what follows from them."""
    shown = asdict(total)
    sums = shown.pop("sums")
    return {
        **shown,
        **sums,
        "late_minor": total.late_minor,
        "over_short_minor": total.over_short_minor,
    }
