"""One law: what the file says is posted, line by line; nothing is dropped and nothing is added.

Prices stand in the documents, because the file's prices vary. A price with a tenth of a cent is
given for ten pieces, and a line is rounded half up to the cent.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any, TypeVar

from benchmarks.uci import (
    CENT,
    CHARGES,
    STOCK,
    Category,
    Invoice,
    Row,
    is_stocked,
    name_products,
)
from sync.facts import LINES_MAX

TAX_CODE = "as-is"
NO_REASON = "the file gives no reason"
_TILL = "uci"
_TENDER = "invoice"

SALE, WITH_RECEIPT, WITHOUT = "sale", "return, receipt", "return, no receipt"
ADJUSTMENT, WRITE_OFF = "adjustment", "write-off"
POSTINGS = (SALE, WITH_RECEIPT, WITHOUT, ADJUSTMENT, WRITE_OFF)
Document = dict[str, Any]
Part = tuple[Category, Row]
_T = TypeVar("_T")


@dataclass(slots=True)
class Totals:
    """What was posted as what: lines and money, before and after rounding."""

    lines: Counter[tuple[str, Category]] = field(default_factory=Counter)
    exact: dict[tuple[str, Category], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    rounded: dict[tuple[str, Category], Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )

    def add(self, posted_as: str, category: Category, row: Row) -> None:
        """Count a line."""
        key = posted_as, category
        self.lines[key] += 1
        self.exact[key] += row.amount
        self.rounded[key] += row.rounded


@dataclass(slots=True)
class _Sold:
    """A line of a sale of which some may still come back."""

    sale: str
    line: int
    left: int


class Converter:
    """Turns invoices, in the order of the file, into documents of `evertill-edge replay`."""

    def __init__(self) -> None:
        self.totals = Totals()
        self._sold: dict[tuple[str, str, Decimal], list[_Sold]] = defaultdict(list)

    def documents(self, invoice: Invoice) -> Iterator[Document]:
        """Make the documents of the next invoice."""
        parts = [(invoice.category(row), row) for row in invoice.rows]
        if invoice.is_cancellation:
            yield from self._returns(invoice, parts)
            return
        stock = [part for part in parts if part[0] in STOCK]
        yield from self._stock_work(invoice, stock)
        yield from self._sales(invoice, [part for part in parts if part[0] not in STOCK])

    def _sales(self, invoice: Invoice, parts: Sequence[Part]) -> Iterator[Document]:
        """Sell, in several sales where there are more lines than one may have."""
        for number, chunk in enumerate(_chunks(parts), 1):
            reference = _reference(invoice.number, number)
            lines = []
            for at, (category, row) in enumerate(chunk):
                lines.append(_priced(row))
                if row.sku in CHARGES:
                    lines[-1] |= {"note": row.description} if row.description else {}
                if row.customer and row.price == row.price.quantize(CENT):
                    sold = _Sold(reference, at, row.quantity)
                    self._sold[row.customer, row.sku, row.price].append(sold)
                self.totals.add(SALE, category, row)
            member = chunk[0][1].customer
            yield {
                **_head("sale", reference, invoice),
                **({"member": member} if member else {}),
                "lines": lines,
                **_settled(sum(_minor(row) for _, row in chunk)),
            }

    def _returns(self, invoice: Invoice, parts: Sequence[Part]) -> Iterator[Document]:
        """Take back: one return per receipt, and one for all that has none."""
        by_sale: dict[str, list[tuple[Row, Document]]] = defaultdict(list)
        for category, row in parts:
            sold = self._take_back(row)
            line = {"line": sold.line, "quantity": -row.quantity} if sold else _priced(row)
            by_sale[sold.sale if sold else ""].append((row, line))
            self.totals.add(WITH_RECEIPT if sold else WITHOUT, category, row)
        number = 0
        for sale, lines in by_sale.items():
            for chunk in _chunks(lines):
                number += 1
                yield {
                    **_head("return", _reference(invoice.number, number), invoice),
                    **({"sale": sale} if sale else {}),
                    "reason": "cancelled",
                    "lines": [line for _, line in chunk],
                    **_settled(-sum(_minor(row) for row, _ in chunk)),
                }

    def _take_back(self, row: Row) -> _Sold | None:
        """Find the customer's newest sale of exactly this at this price that has enough left."""
        for sold in reversed(self._sold.get((row.customer, row.sku, row.price), [])):
            if sold.left >= -row.quantity:
                sold.left += row.quantity
                return sold
        return None

    def _stock_work(self, invoice: Invoice, parts: Sequence[Part]) -> Iterator[Document]:
        """Post stock work, one document per kind and reason."""
        groups = groupby(parts, key=lambda part: (part[0], part[1].description))
        for number, ((category, reason), group) in enumerate(groups, 1):
            is_gone = category is Category.WRITTEN_OFF
            kind = WRITE_OFF if is_gone else ADJUSTMENT
            lines = []
            for _, row in group:
                quantity = -row.quantity if is_gone else row.quantity
                lines.append({"sku": row.sku, "quantity": quantity})
                self.totals.add(kind, category, row)
            yield {
                "type": kind,
                "reference": _reference(invoice.number, number),
                "at_ms": invoice.rows[0].at_ms,
                "reason": reason or NO_REASON,
                "lines": lines,
            }


def products(invoices: Sequence[Invoice]) -> list[Document]:
    """Describe every stock code for headquarters; only goods have stock."""
    return [
        {
            "sku": sku,
            "names": {"en": name},
            "tax_code": TAX_CODE,
            "price_minor": int(price * 100),
            "tracked": is_stocked(sku),
        }
        for sku, (name, price) in name_products(invoices).items()
    ]


def _head(kind: str, reference: str, invoice: Invoice) -> Document:
    at_ms = invoice.rows[0].at_ms
    return {"type": kind, "reference": reference, "till": _TILL, "at_ms": at_ms}


def _reference(invoice: str, number: int) -> str:
    return invoice if number == 1 else f"{invoice}/{number}"


def _priced(row: Row) -> Document:
    line: Document = {"sku": row.sku, "quantity": abs(row.quantity)}
    pence = row.price * 100
    if pence == int(pence):
        line["price_minor"] = int(pence)
    else:
        line |= {"price_minor": int(pence * 10), "price_quantity": 10}
    return line | {"kind": "charge"} if row.sku in CHARGES else line


def _minor(row: Row) -> int:
    return int(row.rounded * 100)


def _settled(total_minor: int) -> Document:
    tenders = [{"kind": _TENDER, "amount_minor": total_minor}] if total_minor else []
    return {"tenders": tenders, "total_minor": total_minor}


def _chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (items[at : at + LINES_MAX] for at in range(0, len(items), LINES_MAX))
