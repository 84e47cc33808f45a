"""One row or one fact becomes one value to show, within the snapshot it was read in."""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec

from edge.books.numbers import generation_of, receipt_of
from edge.books.postings import VOID
from edge.books.reads import Reads
from edge.errors import BadField
from edge.selling.pricing import portion
from edge.selling.sales import sale_result
from edge.stock.lots import serial_state
from edge.stock.story import story_of
from edge.views.values import (
    Change,
    JournalEntry,
    Movement,
    Part,
    ProductView,
    SaleLineState,
    SaleSummary,
    SaleView,
    SkuQuantity,
    StockView,
    TransferView,
)
from sync import bodies
from sync.effects import movements
from sync.entitlements import Entitlement
from sync.facts import Fact, FactError, decode_fact
from sync.quantities import ON_HAND_SIGN, Kind, on_hand, promisable, reserved
from sync.receipts import LineDetail, Sale
from sync.values import date_of

PAGE_MAX = 1_000
MOVEMENTS_BACK = 200_000
PRODUCT_SQL = (
    "SELECT sku, names, gtins, unit, tax_code, price_minor, price_quantity, tracked, active,"
    " category, variant_of, attributes FROM product"
)
FACT_SQL = (
    "SELECT journal.name, fact.seq, fact.body FROM fact JOIN journal ON journal.no = fact.journal"
)


def page_of(limit: int) -> int:
    """Number of rows to show at once."""
    return max(1, min(limit, PAGE_MAX))


def lives_of(reads: Reads) -> list[tuple[int, str]]:
    """Journals of this store's lives, the present one first."""
    sql = (
        "SELECT no, name FROM journal, node WHERE name GLOB store || '-n[1-9]*'"
        " AND name NOT GLOB store || '-n*[^0-9]*'"
    )
    rows = reads.connection.execute(sql).fetchall()
    return sorted(rows, key=lambda row: -generation_of(row[1]))


def first_product(reads: Reads, sku: str) -> ProductView | None:
    """Product by SKU."""
    row = reads.connection.execute(PRODUCT_SQL + " WHERE sku = ?", (sku,)).fetchone()
    return product_view(reads, row) if row else None


def product_view(reads: Reads, row: tuple[Any, ...]) -> ProductView:
    """Product from its row, with its stock."""
    counts = reads.counts(row[0])
    have = on_hand(counts)
    return ProductView(
        sku=row[0],
        names=msgspec.json.decode(row[1]),
        gtins=msgspec.json.decode(row[2]),
        unit=row[3],
        tax_code=row[4],
        price_minor=row[5],
        price_quantity=row[6],
        tracked=bool(row[7]),
        active=bool(row[8]),
        category=row[9],
        variant_of=row[10],
        attributes=msgspec.json.decode(row[11]),
        on_hand=have,
        sellable=have - reserved(counts),
    )


def nearness(text: str) -> Callable[[tuple[Any, ...]], tuple[bool, bool, bool, int, str]]:
    """Order: exact SKU, for sale, a name that begins with the text, the shorter name."""
    wanted = text.strip().lower()

    def key(row: tuple[Any, ...]) -> tuple[bool, bool, bool, int, str]:
        names = [str(name).lower() for name in msgspec.json.decode(row[1]).values()]
        begins = any(name.startswith(wanted) for name in names)
        shortest = min(map(len, names), default=0)
        return row[0].lower() != wanted, not row[8], not begins, shortest, row[0]

    return key


def stock_view(reads: Reads, sku: str) -> StockView:
    """Stock of a SKU by its counters."""
    counts = reads.counts(sku)
    have, kept = on_hand(counts), reserved(counts)
    return StockView(sku, have, kept, promisable(counts), have - kept)


def named_part(part: Part) -> Part:
    """Give a counter its name and sign."""
    kind = Kind(int(part.kind))
    return Part(kind.name.lower(), part.author, part.value, ON_HAND_SIGN.get(kind, 0))


def movements_back(reads: Reads, sku: str, limit: int) -> Iterator[Movement]:
    """Walk back through the journals; the bytes of a SKU in a fact tell most of them apart."""
    sql = FACT_SQL + (  # noqa: S608 - constants
        " WHERE fact.journal = ? AND fact.kind > 0 AND instr(fact.body, ?) > 0"
        " AND fact.seq > (SELECT max(seq) FROM fact WHERE journal = ?) - ? ORDER BY fact.seq DESC"
    )
    for number, _ in lives_of(reads):
        asked = (number, sku.encode(), number, MOVEMENTS_BACK)
        for name, seq, body in reads.connection.execute(sql, asked):
            fact = decode_fact(body)
            for moved, kind, quantity in movements(fact.body):
                if moved == sku and limit:
                    limit -= 1
                    yield Movement(
                        UUID(bytes=fact.id),
                        name,
                        seq,
                        fact.at_ms,
                        type(fact.body).__name__,
                        fact.actor,
                        kind.name.lower(),
                        quantity,
                        **msgspec.structs.asdict(story_of(fact.body, name, sku)),
                    )
            if not limit:
                return


def transfer_view(fact: Fact) -> TransferView:
    """Transfer from its fact."""
    body = fact.body
    match body:
        case bodies.TransferOut():
            direction, other, out = "out", body.to_store, fact.id
        case bodies.TransferIn():
            direction, other, out = "in", body.from_store, body.out
        case _:
            raise FactError("this is no transfer")
    lines = [SkuQuantity(line.sku, line.quantity) for line in body.lines]
    ids = UUID(bytes=fact.id), UUID(bytes=out)
    return TransferView(ids[0], direction, other, ids[1], fact.at_ms, lines)


def sale_view(reads: Reads, sale_id: bytes) -> SaleView | None:
    """Sale with what of it can come back; None if it is not held."""
    found = reads.find(sale_id)
    if found is None or not isinstance(found.fact.body, Sale):
        return None
    sale = found.fact.body
    undone = reads.undone(sale_id)
    voided = VOID in undone
    states = []
    for at, line in enumerate(sale.lines):
        before = undone.get(str(at), 0)
        left = 0 if voided else max(line.quantity - before, 0)
        refund = portion(line.amount_minor, line.quantity, before, left)
        known = line.detail or LineDetail()
        serials = [one for one in known.serials if serial_state(reads, line.sku, one).last <= 0]
        states.append(SaleLineState(at, before, left, refund, known.lot, serials))
    result = sale_result(reads, found, repeated=False)
    return SaleView(result, found.fact.actor, sale.member, voided, states)


def parse_receipt(text: str) -> tuple[str, int, int]:
    """Till, life (its own or the node's) and number of a receipt; raise BadField."""
    till, *numbers = text.rsplit("-", 2)
    if len(numbers) != 2 or not all(n.isascii() and n.isdigit() and len(n) < 11 for n in numbers):
        raise BadField("receipt", "receipt")
    return till, int(numbers[0]), int(numbers[1])


def sale_summary(fact: Fact, generation: int, seq: int) -> SaleSummary:
    """Sale in a list, from its fact."""
    sale = fact.body
    assert isinstance(sale, Sale)  # noqa: S101 - asked for by kind
    return SaleSummary(
        id=UUID(bytes=fact.id),
        receipt=receipt_of(sale, generation),
        at_ms=fact.at_ms,
        business_day=date_of(sale.business_day),
        total_minor=sale.total_minor,
        lines=len(sale.lines),
        actor=fact.actor,
        position=generation << 31 | seq,
    )


def change_view(reads: Reads, seq: int, fact: Fact) -> Change:
    """Change from its fact, with the stock as it is now."""
    moved = [] if isinstance(fact.body, Entitlement) else movements(fact.body)
    touched = dict.fromkeys(sku for sku, _, _ in moved)
    stock = {sku: reads.on_hand(sku) for sku in touched}
    return Change(seq, UUID(bytes=fact.id), fact.at_ms, type(fact.body).__name__, fact.actor, stock)


def journal_entry(journal: str, seq: int, digest: bytes, fact: Fact) -> JournalEntry:
    """Fact for export."""
    body = plain(fact.body)
    assert isinstance(body, dict)  # noqa: S101 - a body is a struct
    return JournalEntry(
        journal,
        seq,
        UUID(bytes=fact.id),
        fact.at_ms,
        fact.offset_min,
        fact.actor,
        type(fact.body).__name__,
        body,
        digest.hex(),
    )


def plain(value: object) -> object:
    """Values for people and JSON: structs with the names of their fields, ids in hexadecimal."""
    match value:
        case msgspec.Struct():
            return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        case list() | tuple():
            return [plain(entry) for entry in value]
        case dict():
            return {str(name): plain(entry) for name, entry in value.items()}
        case Enum():
            return value.name.lower()
        case bytes():
            return value.hex()
        case _:
            return value
