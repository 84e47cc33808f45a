"""Customers with gift cards, points and coupons: they spend more than they have, and anywhere."""

from collections.abc import Callable

import msgspec

from edge.books.store import Command
from edge.books.transaction import Books, request_digest
from edge.selling.entitlements import Ask, Redeem, Reverse, standing
from sync.entitlements import Credited, key_of
from sync.session import State
from tests.simulation.box import Box
from tests.simulation.world import World

KEYS = (key_of("gift:g1"), "points:m1")
Do = Callable[[Box, Callable[[bytes], Command[object]], int], bytes]


class Load(msgspec.Struct, frozen=True):
    """Credit a key, as a sale of a gift card does."""

    id: bytes
    key: str
    amount: int

    def run(self, books: Books) -> "Loaded":
        """Commit it, or find it committed."""
        request = request_digest(self)
        found = books.prior(self.id, request, Credited)
        if found is not None:
            return Loaded(found.journal)
        books.append(self.id, books.clock(), "", Credited(self.key, self.amount), request)
        return Loaded(books.journal)


class Loaded(msgspec.Struct, frozen=True):
    """Where it is on record."""

    journal: str


class Wallet:
    """Draws what customers do with their keys; `do` sees a command through."""

    def __init__(self, world: World, do: Do) -> None:
        self.world = world
        self._do = do
        self._spent: dict[str, list[tuple[bytes, str]]] = {}

    def some_key(self) -> str:
        """Draw a key."""
        return self.world.random.choice(KEYS)

    def load(self, box: Box) -> None:
        """Buy a card, or earn points."""
        key, amount = self.some_key(), self.world.random.randint(1, 50)
        self._do(box, lambda i: Load(i, key, amount), 3)

    def spend(self, box: Box) -> None:
        """Let a few customers pay, at once."""
        for _ in range(self.world.random.randint(1, 4)):
            self._pay(box)

    def _pay(self, box: Box) -> None:
        """Pay with a key; where too little is here, ask headquarters and try again."""
        key, amount = self.some_key(), self.world.random.randint(1, 40)
        self._redeem(box, key, amount)
        if box.alive and box.session.state is State.OPEN and self.world.chance(0.8):
            here = max(standing(box.store.books, key).here, 0)
            wanted = self.world.random.choice((0, here + amount))
            box.execute([Ask(self.world.random.randbytes(16), key, wanted)])
            delay_ms = self.world.random.randint(50, 1_500)
            self.world.after(delay_ms, lambda: self._redeem(box, key, wanted or amount))

    def ask(self, box: Box, key: str) -> None:
        """Ask headquarters for more rights than are here."""
        if box.alive:
            here = max(standing(box.store.books, key).here, 0)
            box.execute([Ask(self.world.random.randbytes(16), key, here + 40)])

    def reverse(self, box: Box) -> None:
        """Undo a payment, more than once at times."""
        spent = self._spent.get(box.replica.node, [])
        if spent:
            redeemed, key = self.world.random.choice(spent[-6:])
            for _ in range(self.world.random.randint(1, 3)):
                self._do(box, lambda i: Reverse(i, key, redeemed), 1)

    def _redeem(self, box: Box, key: str, amount: int) -> None:
        redeemed = self._do(box, lambda i: Redeem(i, key, amount), 1)
        self._spent.setdefault(box.replica.node, []).append((redeemed, key))
