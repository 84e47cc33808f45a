"""Tills that number their own receipts, and the drawers under them: opened, filled and counted."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from edge.books.store import Command
from edge.books.transaction import Books
from edge.errors import Problem
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import VoidSale
from edge.selling.tilling import BeginLife, FinishedSale
from edge.shifts.approvals import Entry, RecordAudit
from edge.shifts.drawer import CloseShift, MoveCash, OpenShift
from sync.cash import CashKind
from sync.receipts import Line, Tender
from tests.simulation.box import Box
from tests.simulation.pieces import sold
from tests.simulation.world import World

DAY = 20_500
TILLS = ("k1", "k2")
Do = Callable[[Box, Callable[[bytes], Command[object]], dict[str, int], int], bytes]


class Placed(msgspec.Struct, frozen=True):
    """Where something is on record."""

    journal: str


class Place(msgspec.Struct, frozen=True):
    """Run a command and say where its fact stands."""

    id: bytes
    command: Command[object]

    def run(self, books: Books) -> Placed:
        """Run it; raise what it raises."""
        self.command.run(books)
        found = books.find(self.id)
        assert found is not None
        return Placed(found.journal)


@dataclass
class Till:
    """What a browser remembers, whatever becomes of the node: its series and its shift."""

    life: int = 0
    number: int = 0
    shift: int = 0
    at_ms: int = 0


class Counter:
    """Draws what happens at the tills of a store; `do` sees a command through."""

    def __init__(self, world: World, do: Do, skus: list[str]) -> None:
        self.world = world
        self._do = do
        self._skus = skus
        self._tills: dict[tuple[str, str], Till] = {}
        self._sold: dict[str, list[tuple[bytes, str, int]]] = {}

    def act(self, box: Box) -> None:
        """Let somebody do a few things at a till."""
        name = self.world.random.choice(TILLS)
        till = self._tills.setdefault((box.replica.node, name), Till())
        if self.world.chance(0.6):
            self.open(box, name, till)
        verbs = [(self.finish, 6), (self.move, 3), (self.close, 2), (self.note, 1), (self.undo, 2)]
        weights = [weight for _, weight in verbs]
        for verb in self.world.random.choices([v for v, _ in verbs], weights, k=4):
            verb(box, name, till)

    def finish(self, box: Box, name: str, till: Till) -> None:
        """Sell, as the till priced and numbered it; it is delivered when the node is there.

        Never said to be detached: a count would make up for what it had not seen of such a sale.
        """
        rng = self.world.random
        if not till.life or self.world.chance(0.1):  # a browser's store is wiped at times
            life = self._ask(box, BeginLife(name))
            if life is None:
                return
            till.life, till.number = life.life, 0  # type: ignore[attr-defined]
        till.number += 1
        sku, quantity, price = rng.choice(self._skus), rng.randint(1, 3), rng.randint(0, 900)
        line = Line(sku, quantity, price, "std", 190_000)
        tenders = (Tender("cash", quantity * price + 50), Tender("change", -50))
        life, number, shift = till.life, till.number, till.shift
        at_ms = self.world.now_ms + rng.choice((0, 0, 0, 3_600_000, -3_600_000))
        sale_id = self._do(
            box,
            lambda i: FinishedSale(
                id=i,
                till=name,
                life=life,
                number=number,
                drawer=name,
                shift=shift,
                business_day=DAY,
                lines=(replace(line, detail=sold(i, quantity)),),
                tenders=tenders,
                total_minor=line.amount_minor,
                at_ms=max(at_ms, 1),
            ),
            {sku: -quantity},
            6,
        )
        self._sold.setdefault(box.replica.node, []).append((sale_id, sku, quantity))

    def undo(self, box: Box, name: str, till: Till) -> None:
        """Take a piece of some till's sale back, or all of it, out of this till's drawer."""
        sold = self._sold.get(box.replica.node)
        if not sold:
            return
        sale_id, sku, quantity = self.world.random.choice(sold[-5:])
        shift, line = till.shift, (ReturnLine(quantity=1, line=0),)
        if self.world.chance(0.5):
            self._do(
                box,
                lambda i: ReturnGoods(i, name, sale_id, line, drawer=name, shift=shift),
                {sku: 1},
                2,
            )
        else:
            self._do(
                box,
                lambda i: VoidSale(i, sale_id, "wrong", drawer=name, shift=shift),
                {sku: quantity},
                2,
            )

    def open(self, box: Box, name: str, till: Till) -> None:
        """Open the next shift; the till learns its number."""
        fact_id = self.world.random.randbytes(16)
        shift = self._ask(box, OpenShift(fact_id, name, 5_000, business_day=DAY))
        if shift is not None:
            till.shift = shift.number  # type: ignore[attr-defined]

    def move(self, box: Box, name: str, till: Till) -> None:
        """Put cash in or take it out, for the shift that the till believes in."""
        kind = self.world.random.choice(list(CashKind))
        amount = 0 if kind is CashKind.NO_SALE else self.world.random.randint(1, 500)
        shift = till.shift
        self._do(box, lambda i: Place(i, MoveCash(i, name, kind, amount, shift=shift)), {}, 3)

    def close(self, box: Box, name: str, till: Till) -> None:
        """Count the drawer and close its shift."""
        counted = (("cash", self.world.random.randint(0, 9_999)),)
        shift = till.shift
        self._do(box, lambda i: Place(i, CloseShift(i, name, shift, counted)), {}, 2)

    def note(self, box: Box, name: str, till: Till) -> None:
        """Leave a trace of a reprint."""
        shift, at_ms = till.shift, self.world.now_ms
        self._do(
            box,
            lambda i: Place(i, RecordAudit(name, (Entry(i, "reprint", at_ms, shift=shift),))),
            {},
            3,
        )

    def _ask(self, box: Box, command: Command[object]) -> object | None:
        """Ask the node for something that the till can do without: None if there is no answer."""
        if not box.alive:
            return None
        results = box.execute([command])
        if results is None or box.failed(results[0]) or isinstance(results[0], Problem):
            return None
        if isinstance(results[0], Exception):
            raise results[0]
        return results[0]
