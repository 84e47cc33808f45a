"""What came, by the facts alone: compared with what nodes and headquarters say of orders, transit.

Written anew here, in the plainest way, so that a fault in the product's sums is no fault here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import text

from central.dispatching import in_transit
from central.purchasing import orders
from edge.books.reads import Reads
from edge.books.transaction import derived_id
from edge.stock.expected import find_order, find_transit
from sync.bodies import GoodsReceipt, TransferIn, TransferOut
from sync.facts import Fact, FactError, decode_fact
from sync.orders import InTransit, PurchaseOrder, Received
from tests.simulation.box import Box
from tests.simulation.office import Office
from tests.simulation.world import Broken

_UNTOLD = text(
    "SELECT count(*) FROM transit JOIN store ON store.name = transit.to_store"
    " WHERE told = 0 AND sent_ms > 0"
)


class Written(Protocol):
    """An author's facts as they became durable."""

    facts: list[bytes]


def untold(office: Office) -> str:
    """Say whether headquarters still has to tell somebody of goods on their way."""
    with office.database.read() as connection:
        left = connection.scalar(_UNTOLD)
    return f"headquarters must still tell of {left} transfers" if left else ""


def judge_deliveries(
    journals: Mapping[str, Written], office: Office, boxes: list[Box], held: Mapping[str, int]
) -> None:
    """Compare both ends with the facts they hold; raise Broken."""
    _judge_office(journals, office, held)
    for box in boxes:
        sql = "SELECT name, max(seq) FROM fact JOIN journal ON no = fact.journal GROUP BY name"
        _judge_box(journals, box, dict(box.disk.execute(sql)))


def _facts(
    journals: Mapping[str, Written], held: Mapping[str, int]
) -> Iterator[tuple[str, str, Fact]]:
    for name, head in sorted(held.items()):
        node = name.rpartition("-n")[0]
        for data in journals[name].facts[:head]:
            try:
                yield name, node, decode_fact(data)
            except FactError:
                continue


@dataclass
class _Chain:
    """What the facts that headquarters holds say of orders and transfers."""

    came: "Counter[tuple[str, str, str]]" = field(default_factory=Counter)
    arrived: "Counter[tuple[bytes, str]]" = field(default_factory=Counter)
    told: "Counter[tuple[str, bytes]]" = field(default_factory=Counter)
    sent: dict[tuple[bytes, str], int] = field(default_factory=dict)
    closed: set[bytes] = field(default_factory=set)

    def add(self, name: str, node: str, fact: Fact) -> None:
        """Add a fact of a journal."""
        match fact.body:
            case GoodsReceipt(order=order, lines=lines) if order:
                self.came.update({(node, order, line.sku): line.quantity for line in lines})
            case TransferOut(lines=lines):
                self.sent |= {(fact.id, line.sku): line.quantity for line in lines}
            case TransferIn(out=out, lines=lines):
                self.arrived.update({(out, line.sku): line.quantity for line in lines})
            case Received(out=out):
                self.closed.add(out)
            case InTransit(out=out):
                self.told[name, out] += 1
            case _:
                pass

    def on_the_way(self) -> dict[tuple[str, str], int]:
        """What was sent and has neither arrived nor been given up."""
        return {
            (out.hex(), sku): quantity - self.arrived[out, sku]
            for (out, sku), quantity in self.sent.items()
            if quantity > self.arrived[out, sku] and out not in self.closed
        }


def _judge_office(journals: Mapping[str, Written], office: Office, held: Mapping[str, int]) -> None:
    chain = _Chain()
    for name, node, fact in _facts(journals, held):
        chain.add(name, node, fact)
    if max(chain.told.values(), default=0) > 1:
        raise Broken(3, f"a store was told twice in one life: {chain.told.most_common(2)}")
    with office.database.read() as connection:
        shown = {(one.transfer, one.sku): one.quantity for one in in_transit(connection)}
        lists = orders(connection, closed=True, limit=10_000)
    if shown != chain.on_the_way():
        raise Broken(3, f"on the way are {chain.on_the_way()}, headquarters shows {shown}")
    received = {
        (one.store, one.order, line.sku): line.received
        for one in lists
        for line in one.lines
        if line.received
    }
    if received != dict(chain.came):
        raise Broken(3, f"of orders came {dict(chain.came)}, headquarters shows {received}")


def _judge_box(journals: Mapping[str, Written], box: Box, held: dict[str, int]) -> None:
    came: Counter[tuple[bytes | str, str]] = Counter()
    expected: dict[bytes | str, str] = {}
    _judge_damage(journals, box, held)
    for _, node, fact in _facts(journals, held):
        match fact.body:
            case GoodsReceipt(order=order, lines=lines) if order and node == box.replica.node:
                for line in lines:
                    came[order, line.sku] += line.quantity
            case TransferIn(out=out, lines=lines) if node == box.replica.node:
                for line in lines:
                    came[out, line.sku] += line.quantity
            case PurchaseOrder(order=order):
                expected[order] = order
            case InTransit(out=out):
                expected[out] = out.hex()
            case _:
                pass
    reads = Reads(box.disk)
    for key, shown_as in expected.items():
        known = find_order(reads, key) if isinstance(key, str) else find_transit(reads, key)
        if known is None:
            raise Broken(3, f"{box.name} does not list {shown_as}")
        shown = {line.sku: line.received for line in known.lines if line.received}
        true = {sku: quantity for (of, sku), quantity in came.items() if of == key}
        if shown != true:
            raise Broken(3, f"of {shown_as} came {true}, {box.name} shows {shown}")


def _judge_damage(journals: Mapping[str, Written], box: Box, held: dict[str, int]) -> None:
    """What came damaged must have gone out again in the same commit, so on the same disk."""
    facts = [fact for name, _, fact in _facts(journals, held) if name == box.name]
    ids = {fact.id for fact in facts}
    for fact in facts:
        damaged = isinstance(fact.body, GoodsReceipt | TransferIn) and fact.body.damaged
        if damaged and derived_id(fact.id, b"damaged") not in ids:
            raise Broken(3, f"{box.name} keeps what came damaged with {fact.id.hex()}")
