"""One law: a proof is a claim with its figures, and it holds or it doesn't; nothing here can act.

What customers hold receipts for is compared with what nodes and headquarters say, each asked by
itself.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from provisioning.demo.receipts import SALE, Receipt
from sync.currency import places_of

Line = tuple[str, int]  # SKU and base units
Stock = Mapping[tuple[str, str], int]  # (store, SKU) to base units on hand


@dataclass(frozen=True, slots=True)
class Proof:
    """A claim, whether it holds, and the figures that show it."""

    claim: str
    holds: bool
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """A sale, return or void as somebody's books have it; `net_minor` adds to net sales."""

    store: str
    id: UUID
    kind: str
    net_minor: int


def stock_digest(stock: Stock) -> str:
    """Hash all stock (SHA-256 over `store SKU on-hand` lines in order): equal digest, equal stock.

    A position that is not there is one of 0.
    """
    lines = (f"{store}\t{sku}\t{units}\n" for (store, sku), units in sorted(stock.items()) if units)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def agreement(here: Mapping[str, int], there: Mapping[str, int]) -> tuple[int, int]:
    """Count on how many of all SKUs two sides agree."""
    skus = here.keys() | there.keys()
    return sum(here.get(sku, 0) == there.get(sku, 0) for sku in skus), len(skus)


def same_stock(claim: str, nodes: Stock, headquarters: Stock, how: Sequence[str] = ()) -> Proof:
    """Prove that headquarters' stock is the nodes', position by position; `how` adds figures."""
    at_nodes, at_hq = stock_digest(nodes), stock_digest(headquarters)
    positions = nodes.keys() | headquarters.keys()
    differ = sorted(
        place for place in positions if nodes.get(place, 0) != headquarters.get(place, 0)
    )
    figures = [
        *how,
        f"{len(positions) - len(differ)} of {len(positions)} stock figures agree",
        f"digest of the nodes     {at_nodes[:32]}",
        f"digest of headquarters  {at_hq[:32]}",
    ]
    figures += [
        f"{store} {sku}: {nodes.get((store, sku), 0)} there,"
        f" {headquarters.get((store, sku), 0)} at headquarters"
        for store, sku in differ[:3]
    ]
    return Proof(claim, bool(positions) and at_nodes == at_hq, tuple(figures))


def nothing_lost(
    receipts: Sequence[Receipt], nodes: Sequence[Posted], headquarters: Sequence[Posted]
) -> Proof:
    """Prove that each acknowledged sale, return and void is in both books exactly once.

    And nothing else is: what no customer has a receipt for was not sold.
    """
    acknowledged = Counter((r.store, r.id, r.kind, r.net_minor) for r in receipts)
    at_nodes, at_hq = _keys(nodes), _keys(headquarters)
    sales = sum(receipt.kind == SALE for receipt in receipts)
    figures = [
        f"{len(receipts)} receipts of customers ({sales} sales, the rest returns and voids)",
        f"{at_nodes.total()} in the nodes' journals, {at_hq.total()} at headquarters",
    ]
    for where, found in (("in the nodes' journals", at_nodes), ("at headquarters", at_hq)):
        for what, count in (
            ("missing", (acknowledged - found).total()),
            ("too many or nobody's", (found - acknowledged).total()),
        ):
            figures += [f"{count} {what} {where}"] if count else []
    holds = bool(receipts) and acknowledged == at_nodes == at_hq
    holds = holds and max(acknowledged.values()) == 1
    return Proof(
        "every acknowledged receipt exists exactly once, here and there", holds, (*figures,)
    )


def net_agrees(
    receipts: Iterable[Receipt], nodes: Iterable[Posted], totals_minor: int, currency: str
) -> Proof:
    """Prove that the net value (sales less returns and voids) is the same to the cent."""
    wanted = sum(receipt.net_minor for receipt in receipts)
    at_nodes = sum(posted.net_minor for posted in nodes)
    figures = (
        f"{money(wanted, currency)} on the customers' receipts",
        f"{money(at_nodes, currency)} in the nodes' journals",
        f"{money(totals_minor, currency)} in headquarters' totals",
    )
    return Proof("net sales agree to the cent", wanted == at_nodes == totals_minor, figures)


def went_on_selling(store: str, sales: int, cut_s: float, link: str, age_ms: int) -> Proof:
    """Prove that a store sold while its link was cut, and that headquarters knew it was."""
    figures = (
        f"{sales} sales acknowledged at {store} in {cut_s:.1f} s without a link",
        f"headquarters says of {store}: {link}, numbers {age_ms / 1000:.1f} s old",
    )
    knew = link == "cut" and age_ms > 0
    claim = f"cut off, {store} went on selling, and headquarters knew it was cut off"
    return Proof(claim, sales > 0 and knew, figures)


def survived_kill(store: str, at_the_till: int, retried: Sequence[Receipt], after: int) -> Proof:
    """Prove that customers whose node was killed in mid-sale got their receipts, once each."""
    repeated = sum(receipt.repeated for receipt in retried)
    figures = (
        f"{at_the_till} customers were at the tills when SIGKILL came",
        f"{len(retried)} sent their purchase again under the same id, and got a receipt",
        f"{repeated} of these had been sold before the answer was lost: not sold twice",
        f"{after} sales at {store} since it came back",
    )
    return Proof(
        f"killed in mid-sale, {store} came back and lost nothing",
        bool(retried) and after > 0,
        figures,
    )


def scanned_is_sold(
    scanned: Mapping[str, Mapping[Line, int]], sold: Mapping[str, Mapping[Line, int]], how: str
) -> Proof:
    """Prove that what came over the scanners' wires is what their tills sold, line by line.

    Lines are (SKU, base units), counted by store.
    """
    figures = [how]
    for store in scanned:
        here, there = Counter(scanned[store]), Counter(sold.get(store, {}))
        figures.append(f"{store}: {here.total()} lines scanned, {there.total()} sold")
        for what, lines in (("never sold", here - there), ("never scanned", there - here)):
            figures += [f"{store}: {sku} x {n} {what}" for sku, n in sorted(lines)[:3]]
    holds = all(scanned.values()) and all(scanned[store] == sold.get(store) for store in scanned)
    claim = "what was scanned is what was sold, line by line"
    return Proof(claim, bool(scanned) and holds, tuple(figures))


def money(minor: int, currency: str) -> str:
    """Write minor units with their currency, with as many decimals as it has."""
    sign, places = "-" if minor < 0 else "", places_of(currency)
    whole, part = divmod(abs(minor), 10**places)
    decimals = f".{part:0{places}d}" if places else ""
    return f"{sign}{whole:,}{decimals} {currency}"


def _keys(posted: Iterable[Posted]) -> Counter[tuple[str, UUID, str, int]]:
    return Counter((p.store, p.id, p.kind, p.net_minor) for p in posted)
