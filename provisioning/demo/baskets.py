"""One law: a basket is drawn from dice alone, and knows what it costs before any till does.

What customers expect to pay is computed here, from the printed prices, and compared with what the
node says: two ways to the same cent.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from provisioning.catalogue import Catalogue
from sync.definitions import Product
from sync.values import line_amount_minor

_NOTES_MINOR = (500, 1000, 2000, 5000, 10_000)
_CARD_FROM_MINOR = 2500
_STEP_G = 5  # what a shop's scale divides


@dataclass(frozen=True, slots=True)
class Item:
    """A product and how much of it, in pieces or grams."""

    product: Product
    quantity: int

    @property
    def amount_minor(self) -> int:
        """What it costs at the printed price."""
        price = self.product
        return line_amount_minor(self.quantity, price.price_minor, price.price_quantity)


@dataclass(frozen=True, slots=True)
class Basket:
    """What a customer brings to the till, and how it is paid."""

    items: tuple[Item, ...]
    discount_minor: int
    tender: str
    given_minor: int

    @property
    def total_minor(self) -> int:
        """What the customer expects to pay."""
        return sum(item.amount_minor for item in self.items) - self.discount_minor


class Customers:
    """An endless queue of customers of one shop."""

    def __init__(self, catalogue: Catalogue, dice: random.Random) -> None:
        self._dice = dice
        self._all = _Shelf(catalogue.products, catalogue.popularity)
        pairs = list(zip(catalogue.products, catalogue.popularity, strict=True))
        self._shelves = {
            category: _Shelf(*zip(*[p for p in pairs if p[0].category == category], strict=True))
            for category in {product.category for product, _ in pairs}
        }

    def next_basket(self) -> Basket:
        """Draw the next customer's basket: few lines mostly, half of them from the same shelf."""
        dice = self._dice
        chosen: dict[str, Item] = {}
        product = self._all.draw(dice)
        for _ in range(min(1 + int(dice.expovariate(0.32)), 25)):
            if product.sku not in chosen:
                chosen[product.sku] = Item(product, self._how_much(product))
            shelf = self._shelves[product.category] if dice.random() < 0.5 else self._all
            product = shelf.draw(dice)
        items = tuple(chosen.values())
        gross_minor = sum(item.amount_minor for item in items)
        discount_minor = gross_minor * dice.choice((5, 10)) // 100 if dice.random() < 0.05 else 0
        return Basket(items, discount_minor, *self._payment(gross_minor - discount_minor))

    def _how_much(self, product: Product) -> int:
        if product.unit == "g":
            grams = self._dice.lognormvariate(6.2, 0.5)
            return min(max(round(grams / _STEP_G), 12), 600) * _STEP_G
        if product.variant_of or not product.tracked:
            return 1
        return self._dice.choices((1, 2, 3, 4, 6), (75, 17, 4, 2, 2))[0]

    def _payment(self, total_minor: int) -> tuple[str, int]:
        likes_card = 0.75 if total_minor > _CARD_FROM_MINOR else 0.4
        if self._dice.random() < likes_card:
            return "card", total_minor
        if self._dice.random() < 0.2:
            return "cash", total_minor
        note = self._dice.choice([n for n in _NOTES_MINOR if n >= min(total_minor, 10_000)])
        return "cash", -(-total_minor // note) * note


class _Shelf:
    """Products to draw from, each as often as it is popular."""

    def __init__(self, products: Sequence[Product], weights: Sequence[int]) -> None:
        self._products, self._weights = products, list(accumulate(weights))

    def draw(self, dice: random.Random) -> Product:
        return dice.choices(self._products, cum_weights=self._weights)[0]
