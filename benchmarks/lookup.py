"""A catalogue of 100,000 SKUs: what a scan and each keystroke of a search cost the node.

Through the node's own reads on a database on disk, without HTTP. Beside them the fastest read there
is: one row by its primary key, by a bare cursor on the same file.
"""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from benchmarks.figures import Figure, Rounds, Run, milliseconds, percentile
from benchmarks.sale_core import make_store
from edge.books import catalogue, database
from edge.views.snapshots import Views
from provisioning.catalogue import gtin_13, make_catalogue
from sync.definitions import Product
from sync.identity import Replica

SKUS = 100_000
COLOURS = ("red 红色", "blue 蓝色", "green 绿色", "black 黑色", "white 白色", "grey 灰色")
CJK_KEYS = 4
ENGLISH_KEYS = 12


def measure(run: Run) -> Iterable[Figure]:
    """Look up barcodes and type searches, letter by letter."""
    skus, path, rng = run.pick(SKUS, 5_000), run.folder / "store.db", random.Random(5)
    products = list(varied_products(skus, rng))
    _define(run, path, products)
    barcode, bare = Rounds(), Rounds()
    english: list[float] = []
    chinese: list[float] = []
    with closing(Views(str(path))) as views, closing(database.connect(path, readonly=True)) as raw:
        for _ in run.rounds(f"catalogue of {skus:,} SKUs", 5, 2):
            some = rng.sample(products, run.pick(300, 100))
            lookups_ms, bare_ms = [], []
            for product in some:
                lookups_ms.append(
                    milliseconds(partial(views.product_by_gtin, f"0{product.gtins[0]}"))
                )
                number = rng.randrange(skus) + 1
                bare_ms.append(milliseconds(partial(_row, raw, number)))
            barcode.add(lookups_ms)
            bare.add(bare_ms)
            for product in some[: run.pick(40, 10)]:
                english += _type(views, product.names["en"][:ENGLISH_KEYS])
                chinese += _type(views, product.names["zh"].split()[-1][:CJK_KEYS])
    return list(_figures(skus, barcode, bare, (english, chinese)))


def _figures(
    skus: int, barcode: Rounds, bare: Rounds, typed: tuple[list[float], list[float]]
) -> Iterator[Figure]:
    by_key = "row by primary key"
    yield Figure(
        what=f"catalogue of {skus:,} SKUs: barcode, p99", unit="ms", value=barcode.p99, goal=2.0,
        limit=bare.p99, limit_is=f"{by_key}, p99",
    )  # fmt: skip
    for name, timings in zip(("English", "Chinese"), typed, strict=True):
        yield Figure(
            what=f"the same: search as you type, {name}, p95", unit="ms",
            value=percentile(timings, 95), goal=30.0, limit=bare.p50, limit_is=f"{by_key}, p50",
        )  # fmt: skip


def _row(raw: sqlite3.Connection, number: int) -> None:
    assert raw.execute("SELECT * FROM product WHERE number = ?", (number,)).fetchone()


def _type(views: Views, text: str) -> list[float]:
    """Search after each key; return the milliseconds of each."""
    return [milliseconds(partial(views.search, text[:end])) for end in range(1, len(text) + 1)]


def varied_products(count: int, rng: random.Random) -> Iterator[Product]:
    """Vary the goods of a believable shop: each in many models and colours."""
    base = make_catalogue(1).products
    for n in range(count):
        one = base[n % len(base)]
        english, chinese = rng.choice(COLOURS).split()
        model = f"{rng.choice('ABCDEFGH')}{n // len(base):03d}"
        names = {
            "en": f"{one.names['en']} {english} {model}",
            "zh": f"{chinese}{model} {one.names['zh']}",
        }
        sku = f"{one.sku}-{model}-{n}"
        yield msgspec.structs.replace(one, sku=sku, names=names, gtins=[gtin_13(200_000 + n)])


def _define(run: Run, path: Path, products: Sequence[Product]) -> None:
    """Have the node take the products as if headquarters had said them."""
    store = make_store(path, Replica("s0001", 1), bytes(32), 0)
    store.connection.execute("BEGIN")
    for n, product in enumerate(products):
        if n % 5_000 == 0:
            run.say(f"catalogue: {n:,} of {len(products):,} products defined")
        catalogue.apply(store.connection, Replica("hq", 1), n + 1, product)
    store.connection.execute("COMMIT")
    store.close()
