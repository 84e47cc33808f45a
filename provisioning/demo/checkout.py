"""One law: a customer's purchase has one id, and is sent again with it until it is acknowledged."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from uuid import UUID

import httpx

from provisioning.demo.api import Refusal, StoreApi
from provisioning.demo.baskets import Basket, Customers, Item
from provisioning.demo.counter import Counter, GoneHomeError
from provisioning.demo.hardware import ShopHardware
from provisioning.demo.receipts import RETURN, SALE, VOID, Receipt, Receipts
from sync.identity import series_id

_RETRY_S = 0.1
_VOIDED, _RETURNED = 0.015, 0.03  # of all customers


class Pace:
    """How fast a store's customers come; a closed shop finishes whoever is at the till.

    While it is `strict`, a refusal or another price than the printed one ends the demo. Later
    people may try what they like at headquarters: then a customer pays what is asked, or leaves.
    """

    def __init__(self, pause_s: float) -> None:
        self.pause_s = pause_s
        self.strict = True
        self.ended = threading.Event()
        self._open = threading.Event()

    def open(self) -> None:
        """Let customers in."""
        self._open.set()

    def close(self) -> None:
        """Let nobody in."""
        self._open.clear()

    def end(self) -> None:
        """Send everybody home, also those who wait for an answer."""
        self.ended.set()
        self._open.set()

    @property
    def is_open(self) -> bool:
        """Whether customers are let in."""
        return self._open.is_set()

    def wait(self, dice: random.Random) -> bool:
        """Wait for the next customer to come to the door; False when there will be no more."""
        self._open.wait()
        self.ended.wait(dice.expovariate(1 / self.pause_s) if self.pause_s else 0)
        return not self.ended.is_set()


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a customer wants, under an id minted once."""

    kind: str
    id: UUID
    method: str
    path: str
    body: dict[str, object]
    net_minor: int


@dataclass(frozen=True, slots=True)
class _Bought:
    """A purchase of which a line may come back."""

    id: UUID
    items: tuple[Item, ...]


class Checkout(threading.Thread):
    """One till of one store, serving one customer after the other over HTTP."""

    def __init__(
        self,
        till: str,
        *,
        store: StoreApi,
        customers: Customers,
        pace: Pace,
        receipts: Receipts,
        dice: random.Random,
        prefix: int,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`dice` decides what happens; `prefix`, 60 random bits, makes this till's ids its own."""
        super().__init__(name=f"till {till} of {store.name}", daemon=True)
        self.till, self._store, self._customers, self._pace = till, store, customers, pace
        self._receipts, self._dice, self._clock_s = receipts, dice, clock_s
        self._prefix, self._counter = prefix, 0
        self._bought: deque[_Bought] = deque(maxlen=20)
        self.busy = False
        self.failure: Exception | None = None

    def run(self) -> None:
        """Serve customers until there are no more."""
        try:
            while self._pace.wait(self._dice):
                self.busy = True  # before the look at the door: whoever closes it sees us
                if self._pace.is_open:
                    self._attend()
                self.busy = False
        except Exception as error:  # noqa: BLE001 - kept for the story, which tells and ends
            self.failure = error
        finally:
            self.busy = False
            self._store.close()

    def _attend(self) -> None:
        try:
            self._serve()
        except (Refusal, ValueError):
            if self._pace.strict:
                raise

    def _serve(self) -> None:
        fate = self._dice.random()
        if self._bought and fate < _RETURNED:
            self._ask(self._give_back(self._bought.popleft()))
            return
        basket = self._customers.next_basket()
        sale = self._buy(basket)
        self._ask(sale)
        self._sold(sale)
        if fate > 1 - _VOIDED:
            self._ask(self._undo(sale))
            self._undone(sale)
        elif not basket.discount_minor:
            self._bought.append(_Bought(sale.id, basket.items))

    def _buy(self, basket: Basket) -> _Wish:
        body: dict[str, object] = {
            "till": self.till,
            "lines": [
                {"gtin": item.product.gtins[0], "quantity": item.quantity} for item in basket.items
            ],
            "tenders": [{"kind": basket.tender, "amount_minor": basket.given_minor}],
            "discount_minor": basket.discount_minor,
        }
        identity = self._mint()
        return _Wish(SALE, identity, "PUT", f"/sales/{identity}", body, basket.total_minor)

    def _sold(self, sale: _Wish) -> None:
        """Do what follows a sale."""

    def _undone(self, sale: _Wish) -> None:
        """Do what follows a void."""

    def _undo(self, sale: _Wish) -> _Wish:
        identity = self._mint()
        body: dict[str, object] = {"id": str(identity), "reason": "changed their mind"}
        return _Wish(VOID, identity, "POST", f"{sale.path}/void", body, -sale.net_minor)

    def _give_back(self, bought: _Bought) -> _Wish:
        at = self._dice.randrange(len(bought.items))
        item = bought.items[at]
        if item.product.unit != "g":
            item = Item(item.product, 1)
        identity = self._mint()
        body: dict[str, object] = {
            "id": str(identity),
            "sale_id": str(bought.id),
            "till": self.till,
            "reason": "not as expected",
            "lines": [{"line": at, "quantity": item.quantity}],
        }
        return _Wish(RETURN, identity, "POST", "/returns", body, -item.amount_minor)

    def _ask(self, wish: _Wish) -> None:
        """Send it until it is answered; give up only when everybody is sent home."""
        for tries in count(1):
            if self._pace.ended.is_set():
                return
            try:
                reply = self._store.call(wish.method, wish.path, wish.body)
            except (httpx.TransportError, Refusal) as error:
                if isinstance(error, Refusal) and error.status < 500:
                    raise
                self._pace.ended.wait(_RETRY_S)
                continue
            if self._pace.strict and reply["total_minor"] != abs(wish.net_minor):
                raise ValueError(
                    f"{self.name}: {wish.kind} {wish.id} came to {reply['total_minor']} minor units"
                    f" where printed prices say {abs(wish.net_minor)}"
                )
            self._receipts.add(
                Receipt(
                    store=self._store.name,
                    id=wish.id,
                    kind=wish.kind,
                    net_minor=wish.net_minor,
                    at_s=self._clock_s(),
                    tries=tries,
                    repeated=reply["repeated"],
                )
            )
            return

    def _mint(self) -> UUID:
        self._counter += 1
        return UUID(bytes=series_id(self._prefix, self._counter))


class ScannedCheckout(Checkout):
    """A till whose lines come from its devices: every one was scanned, and weighed if need be."""

    counter: Counter
    hardware: ShopHardware

    def equip(self, counter: Counter, hardware: ShopHardware) -> None:
        """Give the till its devices."""
        self.counter, self.hardware = counter, hardware

    def run(self) -> None:
        """Serve customers until there are no more."""
        self.counter.start()
        super().run()

    def _serve(self) -> None:
        with suppress(GoneHomeError):
            super()._serve()

    def _buy(self, basket: Basket) -> _Wish:
        identity, ledger = self._mint(), self.hardware.ledger
        lines = [self._scan(item) for item in basket.items]
        self.counter.show(basket.items[-1].product.names["en"], basket.total_minor)
        if paid := basket.tender == "card":
            self.counter.pay(basket.given_minor, identity)
        with ledger.lock:
            ledger.lines.update(lines)
            ledger.weighed += sum(item.product.unit == "g" for item in basket.items)
            ledger.paid += paid
        body: dict[str, object] = {
            "till": self.till,
            "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
            "tenders": [{"kind": basket.tender, "amount_minor": basket.given_minor}],
            "discount_minor": basket.discount_minor,
        }
        return _Wish(SALE, identity, "PUT", f"/sales/{identity}", body, basket.total_minor)

    def _scan(self, item: Item) -> tuple[str, int]:
        sku = self.counter.scan(item.product.gtins[0])
        weighed = item.product.unit == "g"
        return sku, self.counter.weigh(item.quantity) if weighed else item.quantity

    def _sold(self, sale: _Wish) -> None:
        self.counter.print(sale.id)

    def _undone(self, sale: _Wish) -> None:
        self.counter.pay_back(sale.id)
