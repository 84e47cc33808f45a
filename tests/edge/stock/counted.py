"""A shop with a sheet on which lots and serial numbers are counted."""

import datetime
from collections import Counter
from pathlib import Path

from edge.stock.counting import (
    AddEntries,
    CloseSheet,
    CountedSome,
    EntryLine,
    OpenSheet,
    SheetClosed,
)
from edge.stock.lots import lots_on_hand, serials_on_hand
from edge.stock.sheets import SheetKind, Tally, find_sheet, tallies
from sync.definitions import Product
from sync.receipts import Line, LineDetail
from tests.edge.shop import open_shop
from tests.edge.tilling import finished

DAY = datetime.date(2026, 12, 24)
LOTS: tuple[tuple[str, datetime.date | None], ...] = (
    ("A", DAY),
    ("B", DAY + datetime.timedelta(3)),
    ("C", None),
)


class Counted:
    """A shop with a sheet on which a SKU is counted, each piece told of."""

    def __init__(self, folder: Path | str) -> None:
        self.shop = open_shop(Path(folder))
        asks = {"serial": "yes"}
        self.shop.tell(Product("PHONE", {}, [], "piece", "low", 3_990, attributes=asks))
        self.sales = 0
        self.sheet = b""

    def begin(self, *skus: str) -> None:
        command = OpenSheet(id=self.shop.new_id(), kind=SheetKind.LIST, scope=skus)
        self.sheet = self.shop.run(command).id

    def count(self, sku: str, *pieces: CountedSome, rest: int = 0, **more: object) -> bytes:
        counted = sum(some.quantity for some in pieces) + rest
        line = EntryLine(self.shop.new_id(), counted, sku, pieces=pieces, **more)  # type: ignore[arg-type]
        self.shop.run(AddEntries(sheet=self.sheet, entries=(line,), actor="ana"))
        return line.id

    def tally(self) -> Tally:
        found = find_sheet(self.shop.store.books, self.sheet)
        assert found is not None
        [only] = tallies(self.shop.store.books, found)
        return only

    def close(self, uncounted: str = "") -> SheetClosed:
        command = CloseSheet(id=self.shop.new_id(), sheet=self.sheet, uncounted=uncounted)
        return self.shop.run(command)

    def sell(self, sku: str, quantity: int, detail: LineDetail) -> bytes:
        self.sales += 1
        line = Line(sku, quantity, 350, "low", 70_000, detail=detail)
        command = finished(self.shop, line, number=self.sales)
        self.shop.run(command)
        return command.id

    @property
    def lots(self) -> Counter[tuple[str, datetime.date | None]]:
        held = lots_on_hand(self.shop.store.books, "TEA")
        return Counter({(one.lot, one.expiry_day): one.quantity for one in held})

    @property
    def serials(self) -> list[str]:
        return serials_on_hand(self.shop.store.books, "PHONE")


def lot(which: int, quantity: int, *, dated: bool = True) -> CountedSome:
    name, day = LOTS[which]
    return CountedSome(quantity, name, day if dated else None)


def phones(*serials: str) -> CountedSome:
    return CountedSome(len(serials), serials=serials)
