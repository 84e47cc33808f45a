"""What a store is to expect and what really came: orders, goods in transit, and their differences.

Headquarters says what to expect, once and for good: an order's status only moves forward, and a
transfer is told of once, whoever repeats it. What came is said by the store's own receipts; only
when somebody says that no more will come do the differences become a fact.
"""

from enum import IntEnum
from hashlib import blake2b

from sync.body import Body, LotLine, StockLine
from sync.values import QUANTITY_MAX, Count, Sku, Units

ID_BYTES = 16
NAME_MAX = 64


class OrderStatus(IntEnum):
    """How far headquarters is with an order; it never goes back to a smaller number."""

    OPEN = 0
    CLOSED = 1
    CANCELLED = 2


class Difference(Body, frozen=True):
    """A SKU of which something else came than was expected, in base units.

    `received` is all that came, `damaged` what of it was good for nothing.
    """

    sku: Sku
    expected: Units
    received: Units
    damaged: Units = 0


class Received(Body, frozen=True, tag=23):
    """Nothing more will come of an order, or of a transfer (`out` is its id), and why it differs.

    `lines` are the differences alone. Either `order` or `out` is empty.
    """

    order: str
    out: bytes
    reason: str
    lines: list[Difference]


class PurchaseOrder(Body, frozen=True, tag=53):
    """What was ordered for a store; `due_day` is in days since 1970, 0 for no day.

    The newest lines hold, and the highest status.
    """

    order: str
    supplier: str
    lines: list[StockLine]
    due_day: Count = 0
    status: OrderStatus = OrderStatus.OPEN
    note: str = ""


class Arrived(Body, frozen=True, tag=54):
    """What another store says came of a transfer that this one sent: `lines` are differences."""

    out: bytes
    to_store: str
    reason: str
    lines: list[Difference]


class InTransit(Body, frozen=True, tag=55):
    """Goods that another store has sent to this one; `out` is the id of its TransferOut.

    `lots` tells the lots and serials among them, as the sender does.
    """

    out: bytes
    from_store: str
    sent_ms: Count
    lines: list[StockLine]
    lots: tuple[LotLine, ...] = ()


Expectation = Received | PurchaseOrder | Arrived | InTransit


def order_key(order: str) -> bytes:
    """Give the 16 bytes under which what came of an order is added up, as under a transfer's id."""
    return blake2b(order.encode(), digest_size=ID_BYTES, key=b"purchase order").digest()


def damage_key(key: bytes) -> bytes:
    """Give the 16 bytes under which what came damaged of an order or transfer is added up."""
    return blake2b(key, digest_size=ID_BYTES, key=b"damaged").digest()


def fault_of(body: Expectation) -> str:
    """Say what no expectation may say, whoever wrote it; empty for a good one."""
    match body:
        case PurchaseOrder():
            return _name_fault(body.order) or _lines_fault(body.lines)
        case InTransit():
            return _id_fault(body.out) or _lines_fault(body.lines)
        case Received() if body.order:
            named = "it closes an order and a transfer at once" if body.out else ""
            return named or _name_fault(body.order) or _differences_fault(body.lines)
        case Received() | Arrived():
            return _id_fault(body.out) or _differences_fault(body.lines)


def _name_fault(order: str) -> str:
    good = 0 < len(order) <= NAME_MAX and order.isprintable()
    return "" if good else f"an order is named by 1 to {NAME_MAX} printable characters"


def _id_fault(out: bytes) -> str:
    return "" if len(out) == ID_BYTES else f"a transfer's id must have {ID_BYTES} bytes"


def _lines_fault(lines: list[StockLine]) -> str:
    if not lines:
        return "there must be something to expect"
    if len({line.sku for line in lines}) < len(lines):
        return "a SKU is expected twice: add the two up"
    if any(not 0 < line.quantity <= QUANTITY_MAX for line in lines):
        return f"a quantity must be 1 to {QUANTITY_MAX} base units"
    return ""


def _differences_fault(lines: list[Difference]) -> str:
    if any(line.expected < 0 or not 0 <= line.damaged <= line.received for line in lines):
        return "what differs is expected, received and damaged, each 0 or more"
    return ""


def damage_fault(lines: list[StockLine], damaged: tuple[StockLine, ...]) -> str:
    """Say what is wrong where more came damaged than came; empty where nothing is."""
    came: dict[str, int] = {}
    for line in lines:
        came[line.sku] = came.get(line.sku, 0) + line.quantity
    if len({line.sku for line in damaged}) < len(damaged):
        return "a SKU is damaged twice: add the two up"
    if any(not 0 < line.quantity <= came.get(line.sku, 0) for line in damaged):
        return "no more can be damaged than came"
    return ""
