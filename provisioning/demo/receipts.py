"""One law: what a customer holds a receipt for has happened; everything is proved against that."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

SALE, RETURN, VOID = "sale", "return", "void"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a node acknowledged: `net_minor` adds to net sales, so refunds are negative."""

    store: str
    id: UUID
    kind: str
    net_minor: int
    at_s: float
    tries: int = 1
    repeated: bool = False


class Receipts:
    """All receipts handed out in all stores; any thread may add and ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._receipts: list[Receipt] = []
        self._sales: Counter[str] = Counter()

    def add(self, receipt: Receipt) -> None:
        """Keep a receipt."""
        with self._lock:
            self._receipts.append(receipt)
            self._sales[receipt.store] += receipt.kind == SALE

    def all(self) -> list[Receipt]:
        """List them in the order they came."""
        with self._lock:
            return self._receipts.copy()

    def since(self, store: str, since_s: float) -> list[Receipt]:
        """List a store's receipts from a moment on."""
        return [one for one in self.all() if one.store == store and one.at_s >= since_s]

    def sales(self, store: str) -> int:
        """Count all sales of a store."""
        with self._lock:
            return self._sales[store]

    def forget(self) -> None:
        """Keep the counts alone: what was to be proved is proved."""
        with self._lock:
            self._receipts.clear()


def count_sales(receipts: Iterable[Receipt]) -> int:
    """Count the sales among receipts."""
    return sum(receipt.kind == SALE for receipt in receipts)
