"""One law: a year of a real shop goes through five stores, and every line, cent and piece is found.

Broker, headquarters and nodes are processes of their own; documents go in through the command
`evertill-edge replay` while links are cut at random. At the end the books are compared with the
file, which is counted without them.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import httpx
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from benchmarks.replay_feed import Cable, Feeder, FeedError, feed_again, feed_all
from benchmarks.uci import (
    CURRENCY,
    Invoice,
    Row,
    count_rows,
    find_file,
    fold_stock,
    make_invoices,
    read_rows,
)
from benchmarks.uci_documents import POSTINGS, TAX_CODE, Converter, Totals, products
from provisioning.broker_process import StartError
from provisioning.demo.api import HeadquartersApi, Refusal
from provisioning.demo.chain import SITES, Chain, open_chain
from provisioning.demo.programs import ChildDiedError, call_program, find_program
from provisioning.demo.proofs import Proof, money, stock_digest
from provisioning.demo.stage import work_folder
from provisioning.interruption import EndedError, ignore_signals, signals_end_it

DATA = Path(__file__).parents[2] / "shared" / "data" / "uci_online_retail"
_CHUNK = 250
_PATIENCE_S = 60.0
_LOOK_S = 0.1
_TITLE = "Every line of the file"
_EXPECTED = (
    StartError, ChildDiedError, FeedError, Refusal, ValueError, OSError, httpx.TransportError
)  # fmt: skip

Stock = dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class File:
    """What is to be posted, and what the books must say afterwards, both from the file alone."""

    invoices: Sequence[Invoice]
    documents: Counter[str]
    totals: Totals
    stock: Stock


def main() -> None:
    """Run it, print what was found, and exit with 1 if anything is not as the file says."""
    options = _options()
    console = Console(highlight=False)
    try:
        with signals_end_it(), work_folder(options.keep) as folder:
            held = run(options, folder, console)
    except KeyboardInterrupt:
        sys.exit(130)
    except EndedError:
        sys.exit(143)
    except _EXPECTED as error:
        console.print(Text(f"The replay failed: {error}", style="red"), soft_wrap=True)
        sys.exit(1)
    sys.exit(not held)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make replay ARGS=", description=__doc__)
    data = Path(os.environ.get("EVERTILL_UCI_DATA", DATA))
    add = parser.add_argument
    add("--data", type=Path, default=data, help="the Parquet file or its folder (%(default)s)")
    add("--sample", type=int, default=None, help="only so many invoices, the first ones")
    add("--stores", type=int, default=5, choices=range(2, len(SITES) + 1))
    add("--connections", type=int, default=4, help="documents on the way at once, per store")
    add("--up", type=float, default=8.0, help="seconds a link is up on average")
    add("--cut", type=float, default=3.0, help="seconds a link is cut on average")
    add("--seed", type=int, default=352, help="decides when links are cut")
    add("--port", type=int, default=8680, help="first port to try")
    add("--keep", type=Path, default=None, help="keep data and logs in this new folder")
    return parser.parse_args()


def run(options: argparse.Namespace, folder: Path, console: Console) -> bool:
    """Replay; return whether everything is as the file says."""

    def say(text: str) -> None:
        console.print(f"  {text}")

    path = find_file(options.data)
    began_s = time.monotonic()
    rows = track(read_rows(path), f"  reading {path.name}", count_rows(path), console=console)
    file = convert(rows, folder, options.stores, options.sample)
    lines, documents = file.totals.lines.total(), file.documents.total()
    say(f"{lines:,} lines of {len(file.invoices):,} invoices make {documents:,} documents,")
    say(f"written for {options.stores} stores in {time.monotonic() - began_s:.0f} s")
    with open_chain(
        folder, options.stores, options.port, say, ignore_signals, currency=CURRENCY
    ) as chain:
        try:
            proofs = _replay(chain, file, options, console, say)
        finally:
            ignore_signals()
    console.print(categories(file.totals))
    for proof in proofs:
        mark = "[green]proved:[/]" if proof.holds else "[red]NOT PROVED:[/]"
        console.print(f"{mark} {proof.claim}")
        for figure in proof.figures:
            say(figure)
    failed = sum(not proof.holds for proof in proofs)
    console.print(
        f"[red]{failed} of {len(proofs)} claims were NOT PROVED[/]"
        if failed
        else f"All {len(proofs)} claims were proved in {time.monotonic() - began_s:.0f} s"
    )
    return not failed


def convert(rows: Iterable[Row], folder: Path, stores: int, sample: int | None) -> File:
    """Write a file of documents for each store, and count what they must lead to."""
    invoices = make_invoices(rows, stores, sample)
    if not invoices:
        raise ValueError("the file holds no invoice")
    names = [name for name, _, _ in SITES[:stores]]
    converter, documents = Converter(), Counter[str]()
    outputs = [(folder / f"{name}.jsonl").open("w", encoding="utf-8") for name in names]
    for invoice in invoices:
        for document in converter.documents(invoice):
            outputs[invoice.store].write(json.dumps(document, ensure_ascii=False) + "\n")
            documents[names[invoice.store]] += 1
    for output in outputs:
        output.close()
    stock = {(names[store], sku): units for (store, sku), units in fold_stock(invoices).items()}
    return File(invoices, documents, converter.totals, stock)


def _replay(
    chain: Chain,
    file: File,
    options: argparse.Namespace,
    console: Console,
    say: Callable[[str], None],
) -> list[Proof]:
    with closing(chain.headquarters.office()) as office:
        define(chain, office, products(file.invoices), say)
        feeders = [_feeder(chain, at, file, options) for at in range(len(chain.stores))]
        cables = [
            Cable(
                store.proxy, random.Random(f"{options.seed} {store.name}"), options.up, options.cut
            )
            for store in chain.stores
        ]
        took_s = feed_all(chain, feeders, cables, console)
        say("everything is posted, and all links are up; headquarters catches up")
        caught_up_s = catch_up(chain, feeders, office)
        for line in _speed(file, feeders, cables, took_s):
            say(line)
        say(f"headquarters had everything {caught_up_s:.1f} s after the last document")
        say("comparing all books with the file")
        proofs = _proofs(file, feeders, office)
        say(f"posting the file of {feeders[0].store.name} once more")
        proofs.append(_repeats(feeders[0], office))
        say("having every program verify its books")
        return [*proofs, _verified(chain)]


def _speed(
    file: File, feeders: Sequence[Feeder], cables: Sequence[Cable], took_s: float
) -> Iterator[str]:
    documents, lines = file.documents.total(), file.totals.lines.total()
    proxies = [feeder.store.proxy for feeder in feeders]
    carried = sum(proxy.up_bytes + proxy.down_bytes for proxy in proxies)
    waited = max(feeder.unsynced_most for feeder in feeders)
    cut_s = sum(cable.down_s for cable in cables)
    yield f"posted in {took_s:.1f} s: {documents / took_s:,.0f} documents a second,"
    yield f"  {lines / took_s:,.0f} lines a second"
    yield f"links were cut {sum(cable.cuts for cable in cables)} times, for {cut_s:.0f} s in all;"
    yield f"  up to {waited:,} facts waited at a store; {carried / 1e6:.1f} MB went over all links"


def define(
    chain: Chain,
    office: HeadquartersApi,
    assortment: Sequence[object],
    say: Callable[[str], None],
) -> None:
    """Define stores and products at headquarters, start the nodes and wait for the products."""
    for store in chain.stores:
        body = {"name": store.title, "region": store.region, "currency": CURRENCY}
        office.call("PUT", f"/stores/{store.name}", body)
    chain.start_stores()
    rate = {"rate_ppm": 0, "included": True, "name": "the file's prices as they are"}
    office.call("PUT", f"/tax-rates/{TAX_CODE}", rate)
    for at in range(0, len(assortment), _CHUNK):
        office.call("POST", "/products", {"products": assortment[at : at + _CHUNK]})
    say(f"headquarters has defined {len(assortment):,} products; the stores follow")
    deadline_s = time.monotonic() + _PATIENCE_S
    for store in chain.stores:
        with closing(store.till()) as till:
            while till.status()["products"] < len(assortment):
                chain.check()
                if time.monotonic() > deadline_s:
                    raise StartError(f"{store.name} has no products after {_PATIENCE_S:.0f} s")
                time.sleep(_LOOK_S)


def _feeder(chain: Chain, at: int, file: File, options: argparse.Namespace) -> Feeder:
    store = chain.stores[at]
    folder = store.data.parent
    data = ("--data", str(store.data))
    store.token = call_program("evertill-edge", "device", "add", "replay", "--role", "admin", *data)
    token_file = folder / f"{store.name}.token"
    token_file.touch(mode=0o600)
    token_file.write_text(store.token)
    with closing(store.till()) as till:
        base = till.status()["seq"]
    return Feeder(
        store=store,
        file=folder / f"{store.name}.jsonl",
        documents=file.documents[store.name],
        token_file=token_file,
        log=folder / f"{store.name}.replay.log",
        connections=options.connections,
        base=base,
    )


def catch_up(chain: Chain, feeders: Sequence[Feeder], office: HeadquartersApi) -> float:
    """Wait until headquarters has every fact, and return how long that took, in seconds.

    Raise StartError if nothing has come from anywhere for a minute.
    """
    began_s = moved_s = time.monotonic()
    wanted = {feeder.store.name: feeder.base + feeder.posted for feeder in feeders}
    before: dict[str, int] = {}
    while True:
        chain.check()
        known = {name: office.standing(name).seq for name in wanted}
        if known == wanted:
            return time.monotonic() - began_s
        if known != before:
            before, moved_s = known, time.monotonic()
        if time.monotonic() - moved_s > _PATIENCE_S:
            raise StartError(f"headquarters has facts up to {known}, the nodes up to {wanted}")
        time.sleep(_LOOK_S)


def _proofs(file: File, feeders: Sequence[Feeder], office: HeadquartersApi) -> list[Proof]:
    nodes: Stock = {}
    headquarters: Stock = {}
    net_minor = 0
    for feeder in feeders:
        with closing(feeder.store.till()) as node:
            name = feeder.store.name
            nodes |= {(name, sku): units for sku, units in node.stock().items()}
            headquarters |= {(name, sku): units for sku, units in office.stock(name).items()}
            net_minor += sum(posted.net_minor for posted in node.posted())
    posted = sum(feeder.posted for feeder in feeders)
    documents, lines = file.documents.total(), file.totals.lines.total()
    rows = sum(len(invoice.rows) for invoice in file.invoices)
    return [
        Proof(
            "every line of the file was posted, as what it is",
            rows == lines and documents == posted,
            (
                f"{rows:,} lines in the file, {lines:,} in the table above",
                f"{documents:,} documents made of them, {posted:,} in the nodes' journals",
                *(
                    f"the process that posts at {f.store.name} was killed"
                    for f in feeders
                    if f.kills
                ),
            ),
        ),
        _net(file.totals, net_minor, office.net_minor()),
        _stock("at the nodes, stock per SKU and store is the file's", file.stock, nodes),
        _stock("at headquarters, it is the same", file.stock, headquarters),
    ]


def _net(totals: Totals, nodes_minor: int, headquarters_minor: int) -> Proof:
    exact, rounded = sum(totals.exact.values()), sum(totals.rounded.values())
    figures = (
        f"{exact:,.3f} {CURRENCY} in the file, before any rounding",
        f"{rounded:,.2f} {CURRENCY} with each line rounded half up to the cent, which makes",
        f"  {rounded - exact:+.3f}: prices with a tenth of a cent are posted as prices for ten",
        f"{money(nodes_minor, CURRENCY)} in the nodes' journals",
        f"{money(headquarters_minor, CURRENCY)} in headquarters' totals",
    )
    holds = int(rounded * 100) == nodes_minor == headquarters_minor
    return Proof("headquarters' net value is the file's, to the cent", holds, figures)


def _stock(claim: str, file: Stock, books: Stock) -> Proof:
    places = file.keys() | books.keys()
    differ = sorted(place for place in places if file.get(place, 0) != books.get(place, 0))
    figures = [
        f"{len(places) - len(differ):,} of {len(places):,} figures agree,"
        f" {sum(books.values()):,} pieces in all",
        f"digests {stock_digest(file)[:24]} and {stock_digest(books)[:24]}",
        *(f"{place}: {file.get(place, 0)} and {books.get(place, 0)}" for place in differ[:5]),
    ]
    return Proof(claim, stock_digest(file) == stock_digest(books), tuple(figures))


def _repeats(feeder: Feeder, office: HeadquartersApi) -> Proof:
    """Prove that a file that is posted once more changes nothing."""
    net_minor = office.net_minor()
    began_s = time.monotonic()
    added, words = feed_again(feeder)
    took_s = time.monotonic() - began_s
    expected = f"0 documents posted, {feeder.documents:,} were on record before."
    figures = (
        f"{feeder.store.name}: {expected if expected in words else words}",
        f"{added} facts more, in {took_s:.1f} s",
    )
    holds = not added and expected in words and office.net_minor() == net_minor
    return Proof("a store's whole file, posted once more, changes nothing", holds, figures)


def _verified(chain: Chain) -> Proof:
    """Prove that every program's own check of its books finds nothing."""
    commands = [
        ("evertill-central", "verify", "--data", str(chain.headquarters.data)),
        *(("evertill-edge", "verify", "--data", str(store.data)) for store in chain.stores),
    ]

    def verify(command: tuple[str, ...]) -> str:
        program = [str(find_program(command[0])), *command[1:]]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr)[-1000:] if done.returncode else ""

    with ThreadPoolExecutor(2) as pool:
        troubles = list(pool.map(verify, commands))
    figures = [
        f"`{program} verify` of {Path(data).name}: {trouble or 'agrees'}"
        for (program, _, _, data), trouble in zip(commands, troubles, strict=True)
    ]
    claim = "every node and headquarters re-fold their journals to their books"
    return Proof(claim, not any(troubles), tuple(figures))


def categories(totals: Totals) -> Table:
    """Show what was posted as what; the sums are the file's."""
    table = Table("Posted as", "What", box=SIMPLE_HEAD, pad_edge=False, title=_TITLE)
    for name in ("Lines", f"{CURRENCY} in file", "rounded"):
        table.add_column(name, justify="right")
    keys = sorted(totals.lines, key=lambda key: (POSTINGS.index(key[0]), -totals.lines[key]))
    for key in keys:
        posted_as, category = key
        figures = totals.lines[key], totals.exact[key], totals.rounded[key]
        table.add_row(posted_as, category.value, *_figures(*figures))
    table.add_section()
    exact, rounded = sum(totals.exact.values()), sum(totals.rounded.values())
    table.add_row("all", "", *_figures(totals.lines.total(), exact, rounded))
    return table


def _figures(lines: int, exact: Decimal | int, rounded: Decimal | int) -> tuple[str, str, str]:
    return f"{lines:,}", f"{exact:,.3f}", f"{rounded:,.2f}"


if __name__ == "__main__":
    main()
