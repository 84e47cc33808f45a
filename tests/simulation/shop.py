"""What people do: customers at tills, staff in the stockroom, headquarters at its desk."""

from collections.abc import Callable

from msgspec.structs import replace
from sqlalchemy import Connection

from central.allotting import Issue, issue
from central.authoring import Author
from central.errors import Problem as Refusal
from edge.books.store import Command
from edge.books.transaction import Books
from edge.errors import Conflict, Problem
from edge.selling.returning import ReturnGoods, ReturnLine
from edge.selling.sales import Sell, SellLine, TenderLine, VoidSale
from edge.stock.moves import (
    Adjust,
    Count,
    CountLine,
    Grant,
    Move,
    Open,
    ReceiveGoods,
    TransferIn,
    TransferOut,
    WriteOff,
)
from sync.body import StockLine
from sync.definitions import Price, Product, TaxRate
from sync.journal import Head, link
from tests.simulation.box import Box
from tests.simulation.counter import Counter
from tests.simulation.office import Office
from tests.simulation.pieces import told
from tests.simulation.stockroom import Stockroom
from tests.simulation.truth import Stock, Truth
from tests.simulation.wallet import Wallet
from tests.simulation.world import Broken, World

PRICE_MINOR = 500


class Shop:
    """Draws what happens next and sees it through, retrying what went unanswered."""

    def __init__(self, world: World, truth: Truth, skus: list[str]) -> None:
        self.world = world
        self.truth = truth
        self.skus = skus
        self.on_the_way: list[tuple[bytes, str, str, str, int]] = []
        self.sent: list[tuple[bytes, str, str, str, int]] = []
        self.orders: list[tuple[str, str, str, int]] = []
        self.prices: dict[str, int] = {}
        self._repeatable: dict[str, list[tuple[Command[object], bytes]]] = {}
        self.wallet = Wallet(world, self.do)
        self.stockroom = Stockroom(world, truth, self.see, skus)
        self.counter = Counter(world, self.see, skus)

    # -- in a store ------------------------------------------------------------------------------

    def act(self, box: Box) -> None:
        """Let somebody do something in a store."""
        if not box.alive:
            return
        verbs: list[tuple[int, Callable[[Box], None]]] = [
            (10, self.sell),
            (2, self.take_back),
            (2, self.void),
            (3, self.receive),
            (1, self.write_off),
            (1, self.adjust),
            (2, self.send),
            (3, self.unpack),
            (1, self.count),
            (4, self.grant),
            (2, self.repeat),
            (1, self.contradict),
            (3, self.wallet.load),
            (6, self.wallet.spend),
            (8, self._work),
            (1, self.wallet.reverse),
            (8, self.counter.act),
        ]
        [verb] = self.world.random.choices(
            [verb for _, verb in verbs], [weight for weight, _ in verbs]
        )
        verb(box)

    def _work(self, box: Box) -> None:
        self.stockroom.act(box, self.sent)

    def sell(self, box: Box) -> None:
        """Ring up one to three lines."""
        rng = self.world.random
        skus = rng.sample(self.skus, rng.randint(1, min(3, len(self.skus))))
        lines = tuple(SellLine(sku, quantity=rng.randint(1, 3)) for sku in skus)
        paid = (TenderLine("cash", 1_000_000),)
        till = rng.choice(("t1", "t2"))
        stock = {line.sku: -line.quantity for line in lines}
        self._do(box, lambda i: Sell(i, till, lines, paid), stock)

    def take_back(self, box: Box) -> None:
        """Take a line of some sale back, more often than there is to take back."""
        sale = self._some_sale(box)
        if sale is None:
            return
        sale_id, lines = sale
        rng = self.world.random
        at = rng.randrange(len(lines))
        sku, sold = lines[at]
        quantity, restock = rng.randint(1, sold), self.world.chance(0.8)
        line = (ReturnLine(quantity=quantity, line=at, restock=restock),)
        stock = {sku: quantity} if restock else {}
        self._do(box, lambda i: ReturnGoods(i, "t1", sale_id, line), stock)

    def void(self, box: Box) -> None:
        """Void some sale."""
        sale = self._some_sale(box)
        if sale is not None:
            sale_id, lines = sale
            self._do(box, lambda i: VoidSale(i, sale_id, "wrong"), dict(lines))

    def receive(self, box: Box) -> None:
        """Unload a delivery."""
        sku, quantity = self._some(1, 20)
        move = Move(quantity=quantity, sku=sku)
        self._do(box, lambda i: ReceiveGoods(id=i, lines=(told(i, move),)), {sku: quantity})

    def open(self, box: Box) -> None:
        """Start the books."""
        moves = tuple(Move(quantity=30, sku=sku) for sku in self.skus)
        self._do(box, lambda i: Open(id=i, lines=moves), dict.fromkeys(self.skus, 30))

    def write_off(self, box: Box) -> None:
        """Throw something away."""
        sku, quantity = self._some(1, 2)
        move = Move(quantity=quantity, sku=sku)

        def make(i: bytes) -> WriteOff:
            return WriteOff(id=i, reason="broken", lines=(told(i, move),))

        self._do(box, make, {sku: -quantity})

    def adjust(self, box: Box) -> None:
        """Correct the books."""
        sku, quantity = self._some(1, 3)
        change = quantity * self.world.random.choice((1, -1))
        move = Move(quantity=change, sku=sku)

        def make(i: bytes) -> Adjust:
            return Adjust(id=i, reason="found", lines=(told(i, move),))

        self._do(box, make, {sku: change})

    def count(self, box: Box) -> None:
        """Count a shelf."""
        sku, counted = self._some(0, 40)
        seen = self.world.random.randint(0, 40)
        lines = (CountLine(counted=counted, seen=seen, sku=sku),)
        self._do(box, lambda i: Count(id=i, lines=lines), {sku: counted - seen})

    def send(self, box: Box) -> None:
        """Send goods to another store."""
        others = [s for s in sorted(self.truth.stores) if s != box.replica.node]
        if not others:
            return
        to = self.world.random.choice(others)
        sku, quantity = self._some(1, 5)
        move = Move(quantity=quantity, sku=sku)

        def make(i: bytes) -> TransferOut:
            return TransferOut(id=i, to_store=to, lines=(told(i, move),))

        out = self._do(box, make, {sku: -quantity})
        self.on_the_way.append((out, box.replica.node, to, sku, quantity))
        self.sent.append(self.on_the_way[-1])

    def unpack(self, box: Box) -> None:
        """Post in what another store sent."""
        here = [entry for entry in self.on_the_way if entry[2] == box.replica.node]
        if not here:
            return
        entry = self.world.random.choice(here)
        self.on_the_way.remove(entry)
        out, origin, _, sku, quantity = entry
        move = Move(quantity=quantity, sku=sku)

        def make(i: bytes) -> TransferIn:
            return TransferIn(id=i, from_store=origin, out=out, lines=(told(i, move),))

        self._do(box, make, {sku: quantity})

    def grant(self, box: Box) -> None:
        """Give headquarters rights, more than there are at times."""
        sku, quantity = self._some(1, 12)
        moves = (Move(quantity=quantity, sku=sku),)
        self._do(box, lambda i: Grant(id=i, lines=moves), {})

    def repeat(self, box: Box) -> None:
        """Send a command again that was answered long ago."""
        done = self._repeatable.get(box.name, [])
        if done:
            command, fact_id = self.world.random.choice(done)
            self._try(box, command, fact_id, 0)

    def contradict(self, box: Box) -> None:
        """Use an id again for something else: refused, and nothing changes."""
        done = self._repeatable.get(box.name, [])
        if not done:
            return
        command, fact_id = self.world.random.choice(done)
        other = _altered(command)
        if other is None:
            return
        held = "SELECT count(*) FROM fact"
        before = box.disk.execute(held).fetchone()
        results = box.execute([other])
        if results is None or box.failed(results[0]):
            return
        if not isinstance(results[0], Conflict) or (box.disk.execute(held).fetchone() != before):
            raise Broken(1, f"the id {fact_id.hex()} was taken twice: {results}")

    def poison(self, box: Box) -> None:
        """Let faulty software on a box write a fact nobody can read."""
        if box.alive:
            box.execute([_Poison(self.world.random.randbytes(30))])

    def _some(self, low: int, high: int) -> tuple[str, int]:
        rng = self.world.random
        return rng.choice(self.skus), rng.randint(low, high)

    def _some_sale(self, box: Box) -> tuple[bytes, list[tuple[str, int]]] | None:
        sales = self.truth.sales.get(box.replica.node, [])
        if not sales:
            return None
        sale_id, body = self.world.random.choice(sales[-6:])
        return sale_id, [(line.sku, line.quantity) for line in body.lines]

    def do(self, box: Box, make: Callable[[bytes], Command[object]], again: int) -> bytes:
        """See a command through that moves no stock; return its id."""
        return self.see(box, make, {}, again)

    def see(
        self, box: Box, make: Callable[[bytes], Command[object]], stock: Stock, again: int
    ) -> bytes:
        """See a command through as often as somebody has the patience; return its id."""
        fact_id = self.world.random.randbytes(16)
        self.truth.expect(fact_id, stock)
        self._try(box, make(fact_id), fact_id, again)
        return fact_id

    def _do(self, box: Box, make: Callable[[bytes], Command[object]], stock: Stock) -> bytes:
        return self.see(box, make, stock, 3)

    def _try(self, box: Box, command: Command[object], fact_id: bytes, again: int) -> None:
        if box.gone:
            return
        if not box.alive:
            self._later(box, command, fact_id, again)
            return
        name = box.name
        results = box.execute([command])
        if results is None or box.failed(results[0]):
            self._later(box, command, fact_id, again)
            return
        [result] = results
        if isinstance(result, Problem):
            self.world.note(box.name, f"refuses: {result.code}")
        elif isinstance(result, Exception):
            raise result
        else:
            self.truth.acknowledge(fact_id, result.journal)  # type: ignore[attr-defined]
            self._repeatable.setdefault(name, []).append((command, fact_id))

    def _later(self, box: Box, command: Command[object], fact_id: bytes, again: int) -> None:
        if again:
            delay_ms = self.world.random.randint(200, 6_000)
            self.world.after(delay_ms, lambda: self._try(box, command, fact_id, again - 1))

    # -- at headquarters -------------------------------------------------------------------------

    def found(self, office: Office) -> None:
        """Write the catalogue."""
        rate = TaxRate("std", 190_000, included=True)
        products = [Product(sku, {"en": sku}, [], "piece", "std", PRICE_MINOR) for sku in self.skus]
        office.write(lambda c: office.author.define(c, [rate, *products], "desk"))

    def decide(self, office: Office) -> None:
        """Let headquarters decide something."""
        if not office.alive:
            return
        verbs = [(6, self.promise), (2, self.release), (2, self.give_back), (3, self.price)]
        verbs += [(3, self.issue), (3, self.stockroom.order)]
        [verb] = self.world.random.choices(
            [verb for _, verb in verbs], [weight for weight, _ in verbs]
        )
        verb(office)

    def price(self, office: Office) -> None:
        """Change a price."""
        sku, price = self._some(100, 900)
        done = self._decide(office, lambda a, c: a.define(c, [Price(sku, price)], "desk"))
        if done:
            self.prices[sku] = price

    def promise(self, office: Office) -> None:
        """Sell online."""
        sku, quantity = self._some(1, 4)
        store = self.world.random.choice(sorted(self.truth.stores))
        order = f"o{self.world.random.randrange(10**9)}"
        lines = [StockLine(sku, quantity)]
        if self._decide(office, lambda a, c: a.promise(c, store, order, lines, "web")):
            self.orders.append((store, order, sku, quantity))
            self.truth.check_rights()

    def release(self, office: Office) -> None:
        """Cancel an online order, in part."""
        if self.orders:
            store, order, sku, quantity = self.world.random.choice(self.orders)
            lines = [StockLine(sku, self.world.random.randint(1, quantity))]
            self._decide(office, lambda a, c: a.release(c, store, order, lines, "web"))

    def give_back(self, office: Office) -> None:
        """Return rights that are not needed."""
        sku, quantity = self._some(1, 6)
        store = self.world.random.choice(sorted(self.truth.stores))
        lines = [StockLine(sku, quantity)]
        self._decide(office, lambda a, c: a.give_back(c, store, "unused", lines, "desk"))
        self.truth.check_rights()

    def issue(self, office: Office) -> None:
        """Issue a coupon's uses or points, some of them to a store at once."""
        key, amount = self.wallet.some_key(), self.world.random.randint(1, 40)
        shares = []
        if self.world.chance(0.3):
            store = self.world.random.choice(sorted(self.truth.stores))
            shares = [(store, self.world.random.randint(1, amount))]
        asked = Issue(key, amount, "campaign", shares)
        self._decide(office, lambda a, c: issue(c, a, asked, "web"))

    def issue_to_pool(self, office: Office) -> str:
        """Issue an amount that headquarters keeps; return its key."""
        key = self.wallet.some_key()
        self._decide(office, lambda a, c: issue(c, a, Issue(key, 40, "campaign"), "web"))
        return key

    def _decide(self, office: Office, action: Callable[[Author, Connection], object]) -> bool:
        if not office.alive:
            return False
        before = office.client.name
        result = office.write(lambda connection: action(office.author, connection))
        self.world.note(before, f"decides: {type(result).__name__}")
        return not isinstance(result, Refusal) and office.alive


def _altered(command: Command[object]) -> Command[object] | None:
    """Ask for something else under the same id."""
    match command:
        case Sell() | ReturnGoods():
            return replace(command, till="t3")
        case VoidSale() | WriteOff() | Adjust():
            return replace(command, reason="another")
        case ReceiveGoods():
            return replace(command, reference="another")
        case _:
            return None


class _Poison:
    """A fact that no decoder takes, chained like any other."""

    def __init__(self, data: bytes) -> None:
        self._data = b"\xc1" + data

    def run(self, books: Books) -> None:
        head = Head(books.head.seq + 1, link(books.head.hash, self._data))
        row = (books.journal_no, head.seq, self._data[:16], head.hash, books.moved, self._data)
        books.connection.execute(
            "INSERT INTO fact (journal, seq, id, kind, at_ms, hash, request, moved, body)"
            " VALUES (?, ?, ?, 0, 0, ?, NULL, ?, ?)",
            row,
        )
        books.head = head
