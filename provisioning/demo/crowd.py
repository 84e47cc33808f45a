"""One law: a closed shop has nobody at its tills whose purchase is not settled."""

import random
import secrets
from collections.abc import Sequence

from provisioning.catalogue import Catalogue
from provisioning.demo.baskets import Customers
from provisioning.demo.chain import Store
from provisioning.demo.checkout import Checkout, Pace, ScannedCheckout
from provisioning.demo.counter import Counter
from provisioning.demo.receipts import Receipts


class Crowd:
    """The customers of all stores and the tills that serve them."""

    def __init__(
        self,
        stores: Sequence[Store],
        catalogue: Catalogue,
        receipts: Receipts,
        *,
        tills: int,
        pause_s: float,
        seed: int,
    ) -> None:
        """`pause_s` lies on average between two customers of a till; the seed decides who buys."""
        self._pause_s = pause_s
        self._paces = {store.name: Pace(pause_s) for store in stores}
        self._tills = {
            store.name: [
                self._man(store, number, catalogue, receipts, seed)
                for number in range(1, tills + 1)
            ]
            for store in stores
        }

    def _man(
        self, store: Store, number: int, catalogue: Catalogue, receipts: Receipts, seed: int
    ) -> Checkout:
        """Man a till; the first of each store has the hardware."""
        pace, scans = self._paces[store.name], number == 1
        api = store.counter() if scans else store.till()
        till = (ScannedCheckout if scans else Checkout)(
            f"t{number}",
            store=api,
            customers=Customers(catalogue, random.Random(f"{seed} {store.name} {number}")),
            pace=pace,
            receipts=receipts,
            dice=random.Random(f"{seed} {number} {store.name}"),
            prefix=secrets.randbits(60),
        )
        if isinstance(till, ScannedCheckout):
            counter = Counter(store.counter(), store.till_token, store.hardware, pace.ended)
            till.equip(counter, store.hardware)
        return till

    def start(self) -> None:
        """Man the tills; the shops are still closed."""
        for till in self._all():
            till.start()

    def open(self, *names: str, pause_s: float | None = None) -> None:
        """Let customers in, at the usual pace or another: to the stores named, or to all."""
        for name in names or self._paces:
            self._paces[name].pause_s = self._pause_s if pause_s is None else pause_s
            self._paces[name].open()

    def forgive(self) -> None:
        """Let prices and products be changed from now on."""
        for pace in self._paces.values():
            pace.strict = False

    def close(self, *names: str) -> None:
        """Let nobody in any more; who is at a till is served."""
        for name in names or self._paces:
            self._paces[name].close()

    def busy(self, *names: str) -> int:
        """Count customers at the tills of the stores named, or of all."""
        return sum(till.busy for name in names or self._tills for till in self._tills[name])

    def check(self) -> None:
        """Raise what ended a till: a refusal, or a receipt that came to a wrong amount."""
        for till in self._all():
            if till.failure is not None:
                raise till.failure

    def end(self) -> None:
        """Send everybody home and wait until the tills are quiet."""
        for pace in self._paces.values():
            pace.end()
        for till in self._all():
            if till.is_alive():
                till.join()

    def _all(self) -> list[Checkout]:
        return [till for tills in self._tills.values() for till in tills]
