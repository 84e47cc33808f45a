"""One law: every line of UCI Online Retail is something, and what it is follows from the line.

The file is a year of a British gift wholesaler (UCI dataset 352, CC BY 4.0). Money is counted here
from the file alone, in decimals, so that the chain's books can be compared with it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from pathlib import Path
from sys import intern
from zlib import crc32

from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped] # it ships no types

CURRENCY = "GBP"
CENT = Decimal("0.01")
_EPOCH = datetime(1970, 1, 1)  # the file's times name no zone; they are taken as UTC
_COLUMNS = {
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
}


class Category(Enum):
    """What a line is about; the first two and the stock postings are about goods."""

    GOODS = "goods"
    FREE = "goods for 0.00"
    ADJUSTED = "stock changed"
    WRITTEN_OFF = "stock gone"
    VOUCHER = "gift vouchers"
    POSTAGE = "postage"
    FEE = "fees"
    MANUAL = "manual entries"
    SAMPLES = "samples"
    DISCOUNT = "discounts"
    BAD_DEBT = "bad debt"
    EMPTY = "nothing"


STOCK = (Category.ADJUSTED, Category.WRITTEN_OFF)
MOVES_GOODS = (Category.GOODS, Category.FREE, *STOCK)
CHARGES = {
    "POST": Category.POSTAGE,
    "DOT": Category.POSTAGE,
    "C2": Category.POSTAGE,
    "AMAZONFEE": Category.FEE,
    "BANK CHARGES": Category.FEE,
    "CRUK": Category.FEE,
    "M": Category.MANUAL,
    "m": Category.MANUAL,
    "S": Category.SAMPLES,
    "D": Category.DISCOUNT,
    "B": Category.BAD_DEBT,
}
_VOUCHER = "gift_"
# Words by which the shop's people said that goods are gone.
_GONE = re.compile(
    r"damag|dagamed|thrown? ?away|destroy|smash|crush|crack|broken|breakage|wet|rust|mould"
    r"|unsaleable|faulty|lost|missing|can't find|\bMIA\b|given away|samples|display|showroom",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file; `customer` is empty where it names none."""

    invoice: str
    sku: str
    description: str
    quantity: int
    at_ms: int
    price: Decimal
    customer: str

    @property
    def amount(self) -> Decimal:
        """Quantity times price, before any rounding."""
        return self.quantity * self.price

    @property
    def rounded(self) -> Decimal:
        """The amount, rounded half up (away from zero) to the cent."""
        return self.amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Invoice:
    """The lines of one invoice number, in the order of the file, and the store they go to."""

    number: str
    store: int
    rows: tuple[Row, ...]

    @property
    def is_cancellation(self) -> bool:
        """Whether it takes something back."""
        return self.number.startswith("C")

    @property
    def is_stock_work(self) -> bool:
        """Whether it is no sale: all lines without a price, and nobody bought."""
        return not self.rows[0].customer and not any(row.price for row in self.rows)

    def category(self, row: Row) -> Category:
        """Say what one of its lines is."""
        charge = CHARGES.get(row.sku)
        if charge or row.sku.startswith(_VOUCHER):
            if not row.price:
                return Category.EMPTY
            return charge or Category.VOUCHER
        if not self.is_stock_work:
            return Category.GOODS if row.price else Category.FREE
        gone = row.quantity < 0 and _GONE.search(row.description)
        return Category.WRITTEN_OFF if gone else Category.ADJUSTED


def is_stocked(sku: str) -> bool:
    """Tell whether a stock code names goods."""
    return sku not in CHARGES and not sku.startswith(_VOUCHER)


def find_file(place: Path) -> Path:
    """Find the file of transactions; raise FileNotFoundError saying where to get it."""
    path = place / "transactions.parquet" if place.is_dir() else place
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing. It is UCI dataset 352, Online Retail (CC BY 4.0,"
            " https://archive.ics.uci.edu/dataset/352), as one Parquet file with its original"
            " columns. Name the file or its folder with --data or EVERTILL_UCI_DATA."
        )
    return path


def _open(path: Path) -> ParquetFile:
    try:
        file = ParquetFile(path)
    except ValueError as error:
        raise ValueError(f"{path} is no Parquet file: {error}") from None
    missing = _COLUMNS - set(file.schema_arrow.names)
    if missing:
        raise ValueError(f"{path} lacks the columns {', '.join(sorted(missing))}")
    return file


def read_rows(path: Path) -> Iterator[Row]:
    """Read all lines in the order of the file; raise ValueError if it is another file."""
    file = _open(path)
    prices: dict[float, Decimal] = {}  # the shortest decimal that the file's binary stands for
    for batch in file.iter_batches(columns=sorted(_COLUMNS)):
        for line in batch.to_pylist():
            price = line["UnitPrice"]
            yield Row(
                invoice=intern(line["InvoiceNo"]),
                sku=intern(line["StockCode"]),
                description=intern(" ".join((line["Description"] or "").split())),
                quantity=line["Quantity"],
                at_ms=round((line["InvoiceDate"] - _EPOCH).total_seconds() * 1000),
                price=prices.setdefault(price, Decimal(repr(price))),
                customer=intern(str(line["CustomerID"] or "")),
            )


def count_rows(path: Path) -> int:
    """Count the lines of a file without reading them."""
    return int(_open(path).metadata.num_rows)


def make_invoices(rows: Iterable[Row], stores: int, sample: int | None = None) -> list[Invoice]:
    """Gather invoices (the first `sample` of them) in the order they begin, spread over stores.

    A customer's invoices all go to the same store: CRC-32 of the customer's number, or of the
    invoice's where there is no customer, modulo the number of stores.
    """
    lines: dict[str, list[Row]] = {}
    for row in rows:
        if row.invoice in lines:
            lines[row.invoice].append(row)
        elif sample is None or len(lines) < sample:
            lines[row.invoice] = [row]
    return [
        Invoice(number, crc32((rows[0].customer or number).encode()) % stores, tuple(rows))
        for number, rows in lines.items()
    ]


def fold_stock(invoices: Iterable[Invoice]) -> dict[tuple[int, str], int]:
    """Fold the file to stock per store and SKU, from an opening of 0.

    Sold goods leave (and cancelled ones, whose quantities are negative, return); a line of stock
    work moves what it says.
    """
    stock: dict[tuple[int, str], int] = defaultdict(int)
    for invoice in invoices:
        sign = 1 if invoice.is_stock_work else -1
        for row in invoice.rows:
            if is_stocked(row.sku):
                stock[invoice.store, row.sku] += sign * row.quantity
    return dict(stock)


def name_products(invoices: Sequence[Invoice]) -> dict[str, tuple[str, Decimal]]:
    """Give each stock code its most frequent description among priced lines, and price."""
    names: dict[str, Counter[str]] = defaultdict(Counter)
    prices: dict[str, Counter[Decimal]] = defaultdict(Counter)
    for invoice in invoices:
        for row in invoice.rows:
            names[row.sku][row.description] += bool(row.price and row.description)
            prices[row.sku][abs(row.price)] += 1
    return {
        sku: (found.most_common(1)[0][0] or sku, prices[sku].most_common(1)[0][0])
        for sku, found in names.items()
    }
