"""The files of a DSFinV-K export: each value in the form that `index.xml` says."""

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from edge.exports.dsfinvk_tables import DTD, DTD_NAME, TABLES, Column, Table, index_xml
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
        self._cells = {
            name: [(column.name, self._writing(column)) for column in table.columns]
            for name, table in TABLES.items()
        }

    def add(self, table: str, *rows: Row) -> None:
        """Write a row made of parts; a column nobody names is empty."""
        values: dict[str, object] = {}
        for row in rows:
            values.update(row)
        cells = self._cells[table]
        self._writers[table].writerow(
            [write(values[name]) if values.get(name, "") != "" else "" for name, write in cells]
        )

    def unit_price(self, minor: int, thousandths: int) -> int:
        """Price of one unit of trade, with 5 places whatever the currency has."""
        return divide_half_up(minor * 10 ** (8 - self._exponent), thousandths)

    def _writing(self, column: Column) -> Callable[[Any], str]:
        """How values of a column are written; numbers of minor units or of their own scale."""
        if column.is_text:
            return lambda value: clean(str(value))[: column.length]
        if not column.places:
            return str
        given, places = SCALES.get(column.name, self._exponent), column.places
        if given > places:
            divisor = 10 ** (given - places)
            return lambda value: comma(divide_half_up(value, divisor), places)
        factor = 10 ** (places - given)
        return lambda value: comma(value * factor, places)


def clean(text: str) -> str:
    """Keep a text on one line."""
    return text if text.isprintable() else " ".join(text.split())


def comma(value: int, places: int) -> str:
    """Write an integer of 10^-places units with a decimal comma."""
    whole, part = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole},{part:0{places}d}"


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
