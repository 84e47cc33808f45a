"""Cut the power of a selling store at any moment: what it acknowledged is there, and it folds."""

import random
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from edge import audit
from edge.books import catalogue, database
from edge.books.store import Life, Store, begin_life
from edge.selling.sales import SaleResult, Sell, SellLine, TenderLine
from edge.stock.moves import Move, Open
from sync.bodies import AnyBody
from sync.definitions import Product, TaxRate
from sync.identity import Replica
from tests.durability.disk import Disk, DiskConnection

SKUS = 40
PRICE_MINOR = 250


@dataclass(slots=True)
class Finding:
    """What many cuts showed: acknowledged sales, and how many were missing afterwards."""

    cuts: int = 0
    acknowledged: int = 0
    lost: int = 0
    damaged: int = 0


def clock() -> int:
    """Stand still: time is no part of durability."""
    return 1_800_000_000_000


def prepare(path: Path) -> None:
    """Make a store with a catalogue, checkpointed and closed, as it lies on the disk."""
    connection = database.connect(path)
    begin_life(connection, Life(Replica("s0001", 1), bytes(16), bytes(32), "setup", "test"), clock)
    bodies: list[AnyBody] = [TaxRate("std", 190_000, True)]
    bodies += [
        Product(f"sku-{n}", {"en": f"Product {n}"}, [], "pcs", "std", PRICE_MINOR)
        for n in range(SKUS)
    ]
    for seq, body in enumerate(bodies, 1):
        catalogue.apply(connection, Replica("hq", 1), seq, body)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def sell(rng: random.Random) -> Sell:
    """Ask for a sale of a few random SKUs."""
    lines = tuple(
        SellLine(sku=f"sku-{rng.randrange(SKUS)}", quantity=rng.randint(1, 3))
        for _ in range(rng.randint(1, 4))
    )
    total = sum(line.quantity for line in lines) * PRICE_MINOR
    return Sell(rng.randbytes(16), "t1", lines, (TenderLine("cash", total),))


def run_store(
    folder: Path, synchronous: str, sales: int, rng: random.Random
) -> tuple[Disk, list[tuple[int, bytes]]]:
    """Sell on a forgetful disk; returns it and each sale's id with the moment of its reply."""
    path = folder / "store.db"
    prepare(path)
    disk = Disk(f"forgets-{rng.getrandbits(64):x}", {"store.db": path.read_bytes()})
    connection = DiskConnection(path, disk, synchronous)
    connection.execute("PRAGMA wal_autocheckpoint=60")
    store = Store(cast(sqlite3.Connection, connection), clock=clock)
    opening = [Move(1_000, sku=f"sku-{n}") for n in range(SKUS)]
    store.execute([Open(id=rng.randbytes(16), lines=tuple(opening))])
    acknowledged: list[tuple[int, bytes]] = []
    while len(acknowledged) < sales:
        commands = [sell(rng) for _ in range(rng.randint(1, 5))]
        for command, result in zip(commands, store.execute(commands), strict=True):
            if not isinstance(result, SaleResult):
                raise AssertionError(f"a good sale was refused: {result}")
            acknowledged.append((len(disk.log), command.id))
    store.close()
    return disk, acknowledged


def cut(
    disk: Disk, acknowledged: list[tuple[int, bytes]], moment: int, rng: random.Random
) -> tuple[int, int, str]:
    """Look at one cut: sales acknowledged before it, sales missing after it, and any damage."""
    expected = [sale for at, sale in acknowledged if at <= moment]
    with tempfile.TemporaryDirectory() as name:
        for file, content in disk.after_cut(moment, rng).items():
            if not file.endswith("-shm"):
                (Path(name) / file).write_bytes(content)
        connection = database.connect(Path(name) / "store.db")
        try:
            held = {row[0] for row in connection.execute("SELECT id FROM fact")}
            for _ in audit.verify(connection):
                pass
        except (sqlite3.DatabaseError, audit.Disagreement) as error:
            return len(expected), len(expected), str(error)
        finally:
            connection.close()
    return len(expected), sum(sale not in held for sale in expected), ""


def cut_many(
    synchronous: str, sales: int, cuts: int, seed: int, tick: Callable[[], None] = lambda: None
) -> Finding:
    """Sell, then cut the power at many random moments; says what was lost in all of them."""
    rng = random.Random(seed)
    finding = Finding()
    with tempfile.TemporaryDirectory() as name:
        disk, acknowledged = run_store(Path(name), synchronous, sales, rng)
    try:
        for _ in range(cuts):
            before, lost, damage = cut(disk, acknowledged, rng.randint(1, len(disk.log)), rng)
            finding.cuts += 1
            finding.acknowledged += before
            finding.lost += lost
            finding.damaged += bool(damage)
            tick()
    finally:
        disk.unregister()
    return finding
