"""The files of a DSFinV-K export: each value in the form that `index.xml` says."""

import csv
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from edge.exports.dsfinvk_tables import DTD, DTD_NAME, TABLES, Column, Table, index_xml
from edge.receipts.figures import decimal
from sync.values import divide_half_up

BRAND = "Evertill"
NO_TSE = "Keine TSE angeschlossen: tse.csv und transactions_tse.csv sind leer."
# Columns that are given as integers of another scale than minor units.
SCALES: Mapping[str, int] = {"MENGE": 3, "FAKTOR": 3, "UST_SATZ": 2, "STK_BR": 5}
Row = Mapping[str, object]


class Files:
    """The tables as files: rows go in by column name, numbers in minor units."""

    def __init__(self, exponent: int, writers: Mapping[str, Any]) -> None:
        self._exponent = exponent
        self._writers = writers

    def add(self, table: str, *rows: Row) -> None:
        """Write a row made of parts; a column nobody names is empty."""
        values = {name: value for row in rows for name, value in row.items()}
        columns = TABLES[table].columns
        self._writers[table].writerow([self._text(c, values.get(c.name, "")) for c in columns])

    def unit_price(self, minor: int, thousandths: int) -> int:
        """Price of one unit of trade, with 5 places whatever the currency has."""
        return divide_half_up(minor * 10 ** (8 - self._exponent), thousandths)

    def _text(self, column: Column, value: object) -> str:
        if column.is_text:
            return " ".join(str(value).split())[: column.length]
        if column.places and isinstance(value, int):
            return self._scaled(value, column)
        return str(value)

    def _scaled(self, minor: int, column: Column) -> str:
        """Write an integer of its own scale, or of minor units, with a decimal comma."""
        given = SCALES.get(column.name, self._exponent)
        shift = column.places - given
        value = minor * 10**shift if shift >= 0 else divide_half_up(minor, 10**-shift)
        return decimal(value, column.places, group="").replace(".", ",")


@contextmanager
def open_files(directory: Path, exponent: int) -> Iterator[Files]:
    """Open all tables in a directory, with their header rows."""
    with ExitStack() as stack:

        def opened(table: Table) -> Any:
            path = directory / table.file
            file = stack.enter_context(path.open("x", encoding="utf-8", newline=""))
            rows = csv.writer(file, delimiter=";", lineterminator="\r\n")
            rows.writerow(column.name for column in table.columns)
            return rows

        yield Files(exponent, {name: opened(table) for name, table in TABLES.items()})


def describe(directory: Path, supplier: str, location: str, about: str) -> None:
    """Write `index.xml` and the DTD it names."""
    text = index_xml(supplier or BRAND, location, f"{about} {NO_TSE}")
    (directory / "index.xml").write_text(text, "utf-8", newline="")
    (directory / DTD_NAME).write_text(DTD, "utf-8", newline="")
