"""The stockroom: orders and boxes unpacked short, over and broken; shelves counted while they sell.

What a count moves is known here from what really lies there, not from what the node saw.
"""

from collections.abc import Callable

import msgspec

from central.errors import Problem as Refusal
from central.purchasing import finish, place
from edge.books.store import Command
from edge.books.transaction import Books, derived_id
from edge.stock.counting import AddEntries, CloseSheet, EntryLine, OpenSheet
from edge.stock.moves import Arrival, CloseExpected, ReceiveGoods, TransferIn
from edge.stock.sheets import SheetKind
from sync.body import StockLine
from sync.orders import OrderStatus, PurchaseOrder
from tests.simulation.box import Box
from tests.simulation.office import Office
from tests.simulation.pieces import noted, told
from tests.simulation.truth import Stock, Truth
from tests.simulation.world import World

Do = Callable[[Box, Callable[[bytes], Command[object]], Stock, int], bytes]
Sent = tuple[bytes, str, str, str, int]


class Placed(msgspec.Struct, frozen=True):
    """Where a count is on record."""

    journal: str


class Close(msgspec.Struct, frozen=True):
    """Close a sheet and say where its first fact stands."""

    command: CloseSheet

    def run(self, books: Books) -> Placed:
        """Close it; raise what it raises."""
        self.command.run(books)
        found = books.find(self.command.id)
        assert found is not None
        return Placed(found.journal)


class Stockroom:
    """Draws stock work; `do` sees a command through, `sent` lists what is on its way."""

    def __init__(self, world: World, truth: Truth, do: Do, skus: list[str]) -> None:
        self.world, self.truth = world, truth
        self._do, self._skus = do, skus
        self._orders: list[tuple[str, str]] = []
        self._sheets: dict[str, bytes] = {}
        self._counted: dict[bytes, tuple[bytes, str, int]] = {}

    def act(self, box: Box, sent: list[Sent]) -> None:
        """Let somebody do something."""
        verbs = [(self.receive, 3), (self.give_up, 1), (self.count, 6)]
        weights = [weight for _, weight in verbs]
        [verb] = self.world.random.choices([verb for verb, _ in verbs], weights)
        if self.world.chance(0.3):
            self.unpack(box, sent)
        else:
            verb(box)

    # -- what comes ------------------------------------------------------------------------------

    def receive(self, box: Box) -> None:
        """Unload a delivery for an order: any order, any quantity."""
        here = [order for store, order in self._orders if store == box.replica.node]
        order = self.world.random.choice([*here, "unheard-of"])
        sku, quantity, broken = self._some()
        line = Arrival(quantity, sku, damaged=broken)

        def make(fact_id: bytes) -> ReceiveGoods:
            self._damage(fact_id, sku, broken)
            return ReceiveGoods(id=fact_id, order=order, lines=(told(fact_id, line),))

        self._do(box, make, {sku: quantity}, 3)

    def unpack(self, box: Box, sent: list[Sent]) -> None:
        """Unpack a box another store sent, with something else in it than the paper says."""
        here = [entry for entry in sent if entry[2] == box.replica.node]
        if not here:
            return
        out, origin, _, _, _ = self.world.random.choice(here)
        sku, quantity, broken = self._some()
        line = Arrival(quantity, sku, damaged=broken)

        def make(fact_id: bytes) -> TransferIn:
            self._damage(fact_id, sku, broken)
            lines = (told(fact_id, line),)
            return TransferIn(id=fact_id, from_store=origin, out=out, lines=lines)

        self._do(box, make, {sku: quantity}, 3)

    def _damage(self, fact_id: bytes, sku: str, broken: int) -> None:
        """What is broken goes out again, by a fact of its own in the same commit."""
        if broken:
            self.truth.expect(derived_id(fact_id, b"damaged"), {sku: -broken})

    def give_up(self, box: Box) -> None:
        """Say that no more will come of an order, or of goods in transit."""
        sql = "SELECT out FROM transit"
        outs = [row[0] for row in box.disk.execute(sql)] if box.alive else []
        if outs and self.world.chance(0.5):
            out = self.world.random.choice(outs)
            self._do(box, lambda i: CloseExpected(id=i, out=out, reason="lost"), {}, 3)
            return
        here = [order for store, order in self._orders if store == box.replica.node]
        if here:
            order = self.world.random.choice(here)
            self._do(box, lambda i: CloseExpected(id=i, order=order, reason="all"), {}, 3)

    def _some(self) -> tuple[str, int, int]:
        rng = self.world.random
        quantity = rng.randint(1, 6)
        return rng.choice(self._skus), quantity, rng.choice((0, 0, rng.randint(0, quantity)))

    # -- counting --------------------------------------------------------------------------------

    def count(self, box: Box) -> None:
        """Count one SKU on the sheet that is open in a store's first box, or begin a sheet.

        A later life may know sums of facts that it does not hold: only the first is simple enough
        to tell from outside what its books must say.
        """
        if not box.alive or box.replica.generation > 1:
            return
        sheet = self._sheets.get(box.name)
        if sheet is None:
            sheet = self._sheets[box.name] = self.world.random.randbytes(16)
            scope = tuple(self._skus)
            box.execute([OpenSheet(id=sheet, kind=SheetKind.LIST, scope=scope)])
            self.world.after(self.world.random.randint(500, 6_000), lambda: self.finish(box))
        if box.alive:
            self._enter(box, sheet)

    def _enter(self, box: Box, sheet: bytes) -> None:
        here = {sku for _, (of, sku, _) in self._counted.items() if of == sheet}
        left = [sku for sku in self._skus if sku not in here]
        if not left:
            return
        sku, counted = self.world.random.choice(left), self.world.random.randint(0, 40)
        entry = self.world.random.randbytes(16)
        held = "SELECT name, max(seq) FROM fact JOIN journal ON no = fact.journal GROUP BY name"
        books = self.truth.on_hand(box.replica.node, dict(box.disk.execute(held))).get(sku, 0)
        line = EntryLine(entry, counted, sku, pieces=noted(entry, counted))
        box.execute([AddEntries(sheet=sheet, entries=(line,))])
        written = "SELECT 1 FROM sheet_entry WHERE id = ?"
        if box.disk.execute(written, (entry,)).fetchone():
            self._counted[entry] = (sheet, sku, counted - books)

    def finish(self, box: Box) -> None:
        """Close the open sheet: it moves what was wrong when counted, whatever came since."""
        sheet = self._sheets.get(box.name)
        if sheet is None:
            return
        stock = {sku: difference for of, sku, difference in self._counted.values() if of == sheet}
        del self._sheets[box.name]
        if stock:

            def make(fact_id: bytes) -> Close:
                return Close(CloseSheet(id=fact_id, sheet=sheet, uncounted="skip"))

            self._do(box, make, stock, 3)

    # -- at headquarters -------------------------------------------------------------------------

    def order(self, office: Office) -> None:
        """Order something for a store, or finish an order."""
        if not office.alive:
            return
        rng = self.world.random
        if self._orders and self.world.chance(0.2):
            of, status = rng.choice(self._orders), rng.choice(list(OrderStatus)[1:])
            office.write(lambda c: finish(office.author, c, of, status, "desk"))
            return
        store, name = rng.choice(sorted(self.truth.stores)), f"PO-{rng.randrange(10**6)}"
        lines = [StockLine(sku, rng.randint(1, 9)) for sku in sorted(self._skus)[:2]]
        order = PurchaseOrder(name, "North", lines)
        result = office.write(lambda c: place(office.author, c, store, order, "desk"))
        if result is not None and not isinstance(result, Refusal):
            self._orders.append((store, name))
