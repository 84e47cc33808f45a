"""Every Z report says what the facts before it add up to, and headquarters what all of them do.

Learnt from durable facts alone, with laws of its own, and compared with what both ends say.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from edge.audit import Disagreement, verify
from edge.shifts.reads import shift_row
from edge.shifts.reports import report_of
from sync.bodies import AnyBody
from sync.cash import CashMoved, ShiftClosed, ShiftOpened
from sync.facts import Fact, FactError, decode_fact
from sync.identity import Replica
from sync.receipts import Return, Sale, Void
from tests.simulation.box import Box
from tests.simulation.office import Office
from tests.simulation.world import Broken

DRAWER = 14
_SHIFTS = text(
    "SELECT s.name, t.drawer, t.number, t.sales, t.net_minor, t.closes FROM shift AS t"
    " JOIN store AS s ON s.id = t.store_id"
)


@dataclass
class Open:
    """A shift in one life: what its drawer should hold, and its documents so far."""

    cash_minor: int
    sales: int = 0
    net_minor: int = 0


@dataclass
class Drawers:
    """What is in each drawer, by the life that opened its shift, and which numbers were given."""

    open: dict[tuple[str, str, int], Open] = field(default_factory=dict)
    closed: dict[tuple[str, str, int], ShiftClosed] = field(default_factory=dict)
    numbers: dict[tuple[str, str, int, int], bytes] = field(default_factory=dict)

    def learn(self, name: str, fact: Fact) -> None:
        """Take in a fact that became durable; raise Broken where a Z report is wrong."""
        body = fact.body
        match body:
            case ShiftOpened():
                key = name, body.drawer, body.number
                if any(one[:2] == key[:2] for one in self.open):
                    raise Broken(DRAWER, f"{key} was opened in the middle of another shift")
                self.open[key] = Open(body.float_minor)
            case ShiftClosed():
                self._close(name, body)
            case Sale() if body.life:
                store = Replica.parse(name).node
                receipt = store, body.till, body.life, body.number
                if self.numbers.setdefault(receipt, fact.id) != fact.id:
                    raise Broken(6, f"{receipt} is on two sales")
                self._add(name, body)
            case Sale() | Return() | Void() | CashMoved():
                self._add(name, body)
            case _:
                pass

    def _add(self, name: str, body: Sale | Return | Void | CashMoved) -> None:
        shift = self.open.get((name, body.drawer, body.shift))
        if shift is None:
            return
        if isinstance(body, CashMoved):
            shift.cash_minor += (1, -1, -1, 0)[body.kind] * body.amount_minor
            return
        sign = 1 if isinstance(body, Sale) else -1
        shift.cash_minor += sign * sum(tender.amount_minor for tender in body.tenders)
        shift.net_minor += net_of(body)
        shift.sales += isinstance(body, Sale)

    def _close(self, name: str, body: ShiftClosed) -> None:
        key = name, body.drawer, body.number
        shift = self.open.pop(key, None)
        if shift is None:
            return  # begun in another life, of which this one had only a backup
        counted = {count.kind: count.expected_minor for count in body.counts}
        said = body.sales, body.net_minor, counted.get("cash")
        true = shift.sales, shift.net_minor, shift.cash_minor
        if said != true:
            raise Broken(DRAWER, f"the Z report of {key} says {said}, its facts {true}")
        self.closed[key] = body


def net_of(body: AnyBody) -> int:
    """What a body adds to net sales, by its tenders where it has them."""
    match body:
        case Sale():
            return sum(tender.amount_minor for tender in body.tenders)
        case Return() | Void():
            return -body.total_minor
        case _:
            return 0


def judge_drawers(
    drawers: Drawers,
    journals: Mapping[str, Any],
    office: Office,
    boxes: list[Box],
    held: dict[str, int],
) -> None:
    """Headquarters has the sums of all it holds; a box shows the reports it once wrote."""
    expected: Counter[tuple[str, str, int, str]] = Counter()
    for name, head in held.items():
        for data in journals[name].facts[:head]:
            try:
                body = decode_fact(data).body
            except FactError:
                continue
            store = Replica.parse(name).node
            if isinstance(body, Sale | Return | Void) and body.shift:
                expected[store, body.drawer, body.shift, "sales"] += isinstance(body, Sale)
                expected[store, body.drawer, body.shift, "net"] += net_of(body)
            elif isinstance(body, ShiftClosed):
                expected[store, body.drawer, body.number, "closes"] += 1
    found: Counter[tuple[str, str, int, str]] = Counter()
    with office.database.read() as connection:
        for store, drawer, number, sales, net, closes in connection.execute(_SHIFTS).all():
            for what, value in (("sales", sales), ("net", net), ("closes", closes)):
                found[store, drawer, number, what] = value
    differing = {key for key in expected | found if expected[key] != found[key]}
    if differing:
        raise Broken(DRAWER, f"headquarters differs in {sorted(differing)[:4]}")
    for box in boxes:
        _judge_box(drawers, box)


def _judge_box(drawers: Drawers, box: Box) -> None:
    for name, drawer, number in drawers.closed:
        shift = shift_row(box.store.books, drawer, number)
        if name != box.name or shift is None or shift.place[0] != box.replica.generation:
            continue
        report, said = report_of(box.store.books, shift), drawers.closed[name, drawer, number]
        again = report.sums.sales.count, report.sums.net_minor
        if again != (said.sales, said.net_minor):
            raise Broken(DRAWER, f"{box.name} shows {again} for {drawer} {number}: {said}")
    try:
        for _ in verify(box.disk):
            pass
    except Disagreement as error:
        raise Broken(DRAWER, f"{box.name} does not agree with its journal: {error}") from error
