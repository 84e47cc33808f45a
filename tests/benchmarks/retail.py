"""A small file in the shape of UCI Online Retail, with at least one line of every kind in it."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow  # type: ignore[import-untyped] # it ships no types
from pyarrow import parquet

Line = tuple[str, str, str | None, int, float, int | None]
OPENS = datetime(2010, 12, 1, 8, 26)
INVOICES = 120
LONG = 1100
DAMAGED, FOUND, SILENT = "thrown away-rusty", "found", None
ODD: tuple[Line, ...] = (  # invoice, stock code, description, quantity, price, customer
    ("540001", "POST", "POSTAGE", 3, 18.0, 12583),
    ("540001", "22728", "ALARM CLOCK BAKELIKE PINK", 24, 3.75, 12583),
    ("540001", "22492", "MINI PAINT SET VINTAGE", 36, 0.0, 12583),
    ("540002", "DOT", "DOTCOM POSTAGE", 1, 569.77, None),
    ("540002", "gift_0001_20", "Dotcomgiftshop Gift Voucher £20.00", 2, 16.67, None),
    ("540003", "PADS", "PADS TO MATCH ALL CUSHIONS", 1, 0.001, 13952),
    ("540003", "BANK CHARGES", "Bank Charges", 1, 0.001, 13952),
    ("540003", "PADS", "PADS TO MATCH ALL CUSHIONS", 15, 0.001, 13952),
    ("540004", "M", "Manual", 1, 0.0, 15581),
    ("540004", "S", "SAMPLES", 1, 30.0, 15581),
    ("C540005", "22728", "ALARM CLOCK BAKELIKE PINK", -20, 3.75, 12583),
    ("C540005", "22728", "ALARM CLOCK BAKELIKE PINK", -20, 3.75, 12583),
    ("C540005", "POST", "POSTAGE", -3, 18.0, 12583),
    ("C540006", "D", "Discount", -1, 27.5, 14527),
    ("C540007", "AMAZONFEE", "AMAZON FEE", -1, 13541.33, None),
    ("C540008", "CRUK", "CRUK Commission", -1, 1.6, 14096),
    ("C540008", "C2", "CARRIAGE", -1, 50.0, 14096),
    ("C540009", "m", "Manual", -3, 2.55, None),
    ("A540010", "B", "Adjust bad debt", 1, 11062.06, None),
    ("A540011", "B", "Adjust bad debt", 1, -11062.06, None),
    ("A540012", "B", "Adjust bad debt", 1, -11062.06, None),
    ("540013", "22139", SILENT, 56, 0.0, None),
    ("540014", "22139", DAMAGED, -7, 0.0, None),
    ("540015", "85123a", "???", -2, 0.0, None),
    ("540016", "85123A", FOUND, 12, 0.0, None),
    ("540016", "21134", FOUND, 3, 0.0, None),
    ("540016", "POST", SILENT, 1000, 0.0, None),
    ("540017", "84826", "ASSTD DESIGN 3D PAPER STICKERS", 12540, 0.0, 13256),
)


def lines(seed: int = 352) -> Iterator[Line]:
    """Draw ordinary invoices, some of them cancelled in part, then the odd ones."""
    dice = random.Random(seed)
    sold: list[Line] = []
    for number in range(536365, 536365 + INVOICES):
        customer = dice.choice((17850, 13047, 12583, 14527, None))
        if sold and dice.random() < 0.2:
            _, sku, name, quantity, price, customer = dice.choice(sold)
            back = dice.randint(1, quantity)
            yield f"C{number}", sku, name, -back, price, customer
            continue
        for _ in range(dice.randint(1, 12)):
            sku = str(dice.randint(22000, 22060))
            price = dice.choice((0.29, 1.25, 2.55, 4.95))
            line = str(number), sku, f"ARTICLE {sku}", dice.randint(1, 48), price, customer
            sold.append(line)
            yield line
    for number in range(LONG):
        yield "539999", str(22000 + number % 60), "ARTICLE", 1, 0.85, None
    yield from ODD


def write_file(folder: Path) -> Path:
    """Write the file; return where it lies."""
    rows = [
        {
            "InvoiceNo": invoice,
            "StockCode": sku,
            "Description": description,
            "Quantity": quantity,
            "InvoiceDate": OPENS + timedelta(minutes=at),
            "UnitPrice": price,
            "CustomerID": customer,
            "Country": "United Kingdom",
        }
        for at, (invoice, sku, description, quantity, price, customer) in enumerate(lines())
    ]
    path = folder / "transactions.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    return path


def effect(documents: list[dict[str, Any]]) -> tuple[dict[str, int], int, int]:
    """Fold documents as their format says: stock per SKU, net value in minor units, lines."""
    stock: dict[str, int] = {}
    sales = {d["reference"]: d["lines"] for d in documents if d["type"] == "sale"}
    sign = {"sale": -1, "return": 1, "adjustment": 1, "write-off": -1}
    net_minor = count = 0
    for document in documents:
        net_minor -= sign[document["type"]] * document.get("total_minor", 0)
        for line in document["lines"]:
            count += 1
            named = sales[document["sale"]][line["line"]] if "line" in line else line
            moved = sign[document["type"]] * line["quantity"]
            if named.get("kind") != "charge" and not named["sku"].startswith("gift_"):
                stock[named["sku"]] = stock.get(named["sku"], 0) + moved
    return stock, net_minor, count
