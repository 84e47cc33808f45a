"""Kill nodes, broker and headquarters with SIGKILL at any moment: nothing acknowledged is lost.

Real processes, real customers over HTTP. After the kills the chain is left alone until it agrees;
then every receipt a customer holds must be in the node's journal and at headquarters, once.
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from provisioning.catalogue import Catalogue, make_catalogue
from provisioning.demo.api import HeadquartersApi, StoreApi
from provisioning.demo.chain import Chain, open_chain
from provisioning.demo.crowd import Crowd
from provisioning.demo.opening import log_in, open_for_business
from provisioning.demo.programs import call_program
from provisioning.demo.proofs import Posted, net_agrees, nothing_lost, same_stock
from provisioning.demo.receipts import Receipts

AGREE_S = 60.0
CURRENCY = "EUR"


@dataclass(slots=True)
class Toll:
    """What was killed, and what is not as it must be."""

    killed: Counter[str] = field(default_factory=Counter)
    receipts: int = 0
    agreed_s: float = 0.0
    faults: list[str] = field(default_factory=list)


def kill_often(
    kills: int, stores: int, seed: int, tick: Callable[[str], None] = lambda _: None
) -> Toll:
    """Run a chain of `stores` nodes, kill its parts `kills` times, then compare the books."""
    rng = random.Random(seed)
    toll = Toll()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evertill-kills-")))
        crowds: list[Crowd] = []

        def send_home() -> None:
            for crowd in crowds:
                crowd.end()

        chain = stack.enter_context(open_chain(folder, stores, 19_000, tick, send_home))
        catalogue = make_catalogue(seed)
        pins = open_for_business(chain, catalogue, seed, tick)
        receipts = Receipts()
        crowds.append(_open(chain, catalogue, receipts, seed))
        for _ in range(kills):
            _kill_one(chain, rng, toll, tick)
        crowds[0].check()
        crowds[0].close()
        _balance(chain, pins, receipts, toll)
    return toll


def _open(chain: Chain, catalogue: Catalogue, receipts: Receipts, seed: int) -> Crowd:
    crowd = Crowd(chain.stores, catalogue, receipts, tills=3, pause_s=0.02, seed=seed)
    crowd.start()
    crowd.open()
    return crowd


def _kill_one(chain: Chain, rng: random.Random, toll: Toll, tick: Callable[[str], None]) -> None:
    """Kill one part after a random moment and start it again after another."""
    time.sleep(rng.uniform(0.05, 1.0))
    victim = rng.choice(("node", "node", "broker", "headquarters"))
    toll.killed[victim] += 1
    if victim == "broker":
        chain.broker.kill()
        if rng.random() < 0.5:
            chain.broker.forget()
        time.sleep(rng.uniform(0.0, 0.5))
        chain.broker.restart()
    else:
        site = rng.choice(chain.stores) if victim == "node" else chain.headquarters
        site.program.kill()
        time.sleep(rng.uniform(0.0, 0.5))
        site.start(chain.ports)
    tick(f"killed {victim}")


def _balance(chain: Chain, pins: dict[str, str], receipts: Receipts, toll: Toll) -> None:
    nodes = {store.name: log_in(store, pins) for store in chain.stores}
    office = chain.headquarters.office()
    began_s = time.monotonic()
    if not _agree(nodes, office):
        toll.faults.append(f"the books do not agree {AGREE_S:g} s after the last kill")
    toll.agreed_s = time.monotonic() - began_s
    held = receipts.all()
    toll.receipts = len(held)
    at_nodes = [posted for node in nodes.values() for posted in node.posted()]
    at_office = [posted for name in nodes for posted in office.posted(name)]
    stock = {(name, sku): n for name, node in nodes.items() for sku, n in node.stock().items()}
    there = {(name, sku): n for name in nodes for sku, n in office.stock(name).items()}
    for proof in (
        nothing_lost(held, at_nodes, at_office),
        net_agrees(held, at_nodes, office.net_minor(), CURRENCY),
        same_stock("headquarters' stock is the stores' stock", stock, there),
    ):
        if not proof.holds:
            toll.faults.append("; ".join((proof.claim, *proof.figures)))
    for store in chain.stores:
        call_program("evertill-edge", "verify", "--data", str(store.data))
    for api in (office, *nodes.values()):
        api.close()


def _agree(nodes: dict[str, StoreApi], office: HeadquartersApi) -> bool:
    deadline_s = time.monotonic() + AGREE_S
    while time.monotonic() < deadline_s:
        if all(_same(name, node, office) for name, node in nodes.items()):
            return True
        time.sleep(0.2)
    return False


def _same(name: str, node: StoreApi, office: HeadquartersApi) -> bool:
    def keys(posted: list[Posted]) -> Counter[tuple[str, int]]:
        return Counter((str(one.id), one.net_minor) for one in posted)

    return (
        office.standing(name).seq >= node.status()["seq"]
        and office.stock(name) == node.stock()
        and keys(office.posted(name)) == keys(node.posted())
    )
