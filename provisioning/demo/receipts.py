"""One law: what a customer holds a receipt for has happened; everything is proved against that."""

import threading
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

    def add(self, receipt: Receipt) -> None:
        """Keep a receipt."""
        with self._lock:
            self._receipts.append(receipt)

    def all(self) -> list[Receipt]:
        """List them in the order they came."""
        with self._lock:
            return self._receipts.copy()

    def sales(self, store: str, since_s: float = 0.0) -> int:
        """Count a store's sales from a moment on."""
        return sum(
            receipt.store == store and receipt.kind == SALE and receipt.at_s >= since_s
            for receipt in self.all()
        )
