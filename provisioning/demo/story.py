"""One law: the story proves what it shows; each act ends with a claim that holds or fails the demo.

All up and selling; a cable is pulled and put back; a node is killed in mid-sale and comes back;
at the end every receipt is looked for on both sides.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx

from provisioning.broker_process import StartError
from provisioning.catalogue import CURRENCY, Catalogue
from provisioning.demo.chain import Chain, Store
from provisioning.demo.crowd import Crowd
from provisioning.demo.hardware import TILL
from provisioning.demo.opening import log_in, restock
from provisioning.demo.programs import call_program
from provisioning.demo.proofs import (
    Proof,
    net_agrees,
    nothing_lost,
    same_stock,
    scanned_is_sold,
    survived_kill,
    went_on_selling,
)
from provisioning.demo.receipts import Receipts, count_sales
from provisioning.demo.view import Screen
from provisioning.demo.watch import Watcher
from provisioning.interruption import all_at_once

_THIN_LINE_BYTES_PER_S = 32_000  # 256 kbit/s
_PATIENCE_S = 30.0
_LOOK_S = 0.02
_QUIET_S = 1.0
_DELIVERY_S = 30.0
_LOOK_AROUND_S = 1.0
DOWN_S = 30.0


def kill_line(store: Store) -> str:
    """Say how to kill a store's node."""
    return f"kill -9 {store.program.pid}"


class NotReachedError(RuntimeError):
    """Something the story waited for did not happen in time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long things take and how many customers come; `pause_s` is between two at one till."""

    tills: int = 3
    pause_s: float = 0.2
    selling_s: float = 4.0
    cut_s: float = 8.0
    after_s: float = 3.0
    seed: int = 952


class Story:
    """Tells the story over a chain, on a screen."""

    def __init__(
        self,
        chain: Chain,
        catalogue: Catalogue,
        plan: Plan,
        screen: Screen,
        pins: dict[str, str],
    ) -> None:
        self.chain, self.catalogue, self.plan = chain, catalogue, plan
        self.screen, self.pins = screen, pins
        self.receipts = Receipts()
        self.proofs: list[Proof] = []
        self._hq = chain.headquarters.office()
        self._nodes = {store.name: log_in(store, pins) for store in chain.stores}
        self._crowd = Crowd(
            chain.stores,
            catalogue,
            self.receipts,
            tills=plan.tills,
            pause_s=plan.pause_s,
            seed=plan.seed,
        )
        self._watcher = Watcher(
            {store.name: store.title for store in chain.stores},
            [store.till() for store in chain.stores],
            chain.headquarters.office(),
            self.receipts,
            now_ms=_now_ms,
        )

    def end(self) -> None:
        """Send customers home and stop watching."""
        self._watcher.end()
        self._crowd.end()
        if self._watcher.is_alive():
            self._watcher.join()
        for api in (self._hq, *self._nodes.values()):
            api.close()

    # -- the acts ------------------------------------------------------------------------------

    def begin(self) -> None:
        """Man the tills and watch; the shops are still closed."""
        self._watcher.start()
        self._crowd.start()

    def sell_together(self) -> None:
        """All stores sell; then headquarters' stock is compared with theirs."""
        self.screen.act("All stores are connected and sell")
        self._crowd.open()
        self._pause(self.plan.selling_s)
        self._calm()
        self._prove_stock("all connected, headquarters' stock is the stores' stock", *self._nodes)
        self._crowd.open()

    def cut_and_restore(self, store: Store) -> None:
        """Pull a store's cable while it sells, put it back, and see it agree again."""
        self.screen.act(f"The link of {store.name} is cut; its customers notice nothing")
        cut_s = time.monotonic()
        store.proxy.cut()
        self._pause(self.plan.cut_s)
        standing = self._hq.standing(store.name)
        cut_for_s = time.monotonic() - cut_s
        sales = count_sales(self.receipts.since(store.name, cut_s))
        age_ms = _now_ms() - standing.as_of_ms
        self._prove(went_on_selling(store.name, sales, cut_for_s, standing.link, age_ms))
        self.screen.act(f"The link of {store.name} returns, as a thin line of 256 kbit/s")
        self._calm(store.name)
        store.proxy.rate(_THIN_LINE_BYTES_PER_S)
        self._agree_again(store)
        store.proxy.rate(None)
        self._crowd.open()

    def _agree_again(self, store: Store) -> None:
        """Restore a link and measure until stock agrees, then until all facts have followed."""
        node, proxy = self._nodes[store.name], store.proxy
        wanted, seq = node.stock(), node.status()["seq"]
        behind = seq - self._hq.standing(store.name).seq
        began = proxy.up_bytes + proxy.down_bytes
        proxy.restore()
        restored_s = time.monotonic()

        def carried() -> int:
            return proxy.up_bytes + proxy.down_bytes - began

        def since() -> float:
            return time.monotonic() - restored_s

        self._until(lambda: carried() > 0, f"{store.name} to dial again")
        dialled_s = since()
        self._until(lambda: self._hq.stock(store.name) == wanted, f"the stock of {store.name}")
        agreed_s, agreed_bytes = since(), carried()
        known = partial(self._is_known, store.name, seq)
        self._until(known, f"the sales made at {store.name}")
        how = (
            f"the node dialled again {dialled_s:.1f} s after the cable was back",
            f"its stock was right {agreed_s - dialled_s:.2f} s later, after {agreed_bytes:,} bytes",
            f"its {behind} facts had followed {since() - dialled_s:.2f} s after it dialled,"
            f" in {carried():,} bytes",
        )
        self._prove_stock(f"connected again, {store.name} agrees", store.name, how=how)

    def kill_and_restart(self, store: Store) -> None:
        """Kill a node with customers at every till, start it again, and let them finish."""
        self.screen.act(f"The node of {store.name} is killed in mid-sale (SIGKILL)")
        self._crowd.open(store.name, pause_s=0.0)
        self._pause(1.0)
        tills = self.plan.tills
        self._until(lambda: self._crowd.busy(store.name) == tills, "customers at all tills")
        killed_s = time.monotonic()
        at_the_till = self._crowd.busy(store.name)
        store.program.kill()
        self._pause(1.0)
        started_s = time.monotonic()
        store.start(self.chain.ports)
        sold = partial(self.receipts.since, store.name, started_s)
        self._until(lambda: count_sales(sold()) > 0, "the next sale")
        self.screen.say(
            f"first sale {time.monotonic() - started_s:.1f} s after its process was started again"
        )
        self._crowd.open(store.name)
        self._pause(self.plan.after_s)
        retried = [one for one in self.receipts.since(store.name, killed_s) if one.tries > 1]
        self._prove(survived_kill(store.name, at_the_till, retried, count_sales(sold())))

    def balance(self) -> None:
        """Close all shops and look for every receipt, every unit and every cent on both sides."""
        self.screen.act("All shops close; the books are compared")
        self._calm()
        for name, node in self._nodes.items():
            known = partial(self._is_known, name, node.status()["seq"])
            self._until(known, f"all facts of {name}")
        self._prove_stock("at the end, headquarters' stock is the stores' stock", *self._nodes)
        nodes = [posted for node in self._nodes.values() for posted in node.posted()]
        headquarters = [posted for name in self._nodes for posted in self._hq.posted(name)]
        receipts = self.receipts.all()
        self._prove(nothing_lost(receipts, nodes, headquarters))
        self._prove(net_agrees(receipts, nodes, self._hq.net_minor(), CURRENCY))
        self._prove(self._scanned())
        self._prove(self._verify())

    def stay(self) -> None:
        """Go on selling at a quieter pace, with deliveries, until somebody ends it.

        The first store's node may be killed by hand: it is started again after a while.
        """
        self.receipts.forget()
        self._crowd.forgive()
        self._crowd.open(pause_s=_QUIET_S)
        first = self.chain.stores[0]
        first.may_die = True
        delivery_s = time.monotonic() + _DELIVERY_S
        while True:
            self._pause(_LOOK_AROUND_S)
            if first.program.has_ended:
                self._bring_back(first)
            if time.monotonic() >= delivery_s:
                self._deliver()
                delivery_s = time.monotonic() + _DELIVERY_S

    def _bring_back(self, store: Store) -> None:
        """Leave a node that somebody killed away for a while, and start it again."""
        self.screen.act(f"The node of {store.name} was killed; it comes back in {DOWN_S:.0f} s")
        self._pause(DOWN_S)
        store.start(self.chain.ports)
        self.screen.say(f"The node of {store.name} is back; to kill it again: {kill_line(store)}")

    def _deliver(self) -> None:
        """Bring goods to all stores whose nodes are there."""
        for at, store in enumerate(self.chain.stores):
            try:
                with closing(log_in(store, self.pins)) as node:
                    restock(node, self.catalogue, self.plan.seed + at)
            except httpx.TransportError:
                if not store.may_die:
                    raise

    # -- what the acts are made of -------------------------------------------------------------

    def _is_known(self, store: str, seq: int) -> bool:
        """Tell whether headquarters holds a store's facts up to this one."""
        return self._hq.standing(store).seq >= seq

    def _scanned(self) -> Proof:
        """Compare what the first till of each store scanned with what it sold."""
        shops = {store.name: store.hardware for store in self.chain.stores}
        scanned = {name: shop.ledger.lines for name, shop in shops.items()}
        sold = {name: node.sold_lines(TILL) for name, node in self._nodes.items()}
        weighed = sum(shop.ledger.weighed for shop in shops.values())
        paid = sum(shop.ledger.paid for shop in shops.values())
        printed = sum(shop.on_paper() for shop in shops.values())
        how = f"{weighed} lines weighed, {paid} paid at the terminals, {printed} receipts on paper"
        return scanned_is_sold(scanned, sold, how)

    def _verify(self) -> Proof:
        """Have every program check its own books; they may go on running."""
        commands = [
            *(("evertill-edge", "verify", "--data", str(s.data)) for s in self.chain.stores),
            ("evertill-central", "verify", "--data", str(self.chain.headquarters.data)),
        ]
        results = all_at_once([partial(_ended_well, *command) for command in commands])
        figures = [
            f"`{program} verify` of {Path(data).name}: {'agrees' if holds else words}"
            for (program, _, _, data), (holds, words) in zip(commands, results, strict=True)
        ]
        claim = "every node and headquarters re-fold their journals to their books"
        return Proof(claim, all(holds for holds, _ in results), tuple(figures))

    def _prove(self, proof: Proof) -> None:
        self.proofs.append(proof)
        self.screen.prove(proof)

    def _prove_stock(self, claim: str, *names: str, how: Sequence[str] = ()) -> None:
        """Compare stock in closed shops, giving the last counters a moment to arrive."""

        def agree() -> bool:
            return all(self._hq.stock(name) == self._nodes[name].stock() for name in names)

        self._until(agree, "stock to agree", fails=False)
        nodes = {(name, sku): n for name in names for sku, n in self._nodes[name].stock().items()}
        hq = {(name, sku): n for name in names for sku, n in self._hq.stock(name).items()}
        self._prove(same_stock(claim, nodes, hq, how))

    def _calm(self, *names: str) -> None:
        """Close shops and wait until everybody has their receipt."""
        self._crowd.close(*names)
        self._until(lambda: not self._crowd.busy(*names), "the last customers")

    def _pause(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        self._until(lambda: time.monotonic() >= until_s, "time to pass", seconds + 1)

    def _until(
        self,
        happens: Callable[[], bool],
        what: str,
        patience_s: float = _PATIENCE_S,
        *,
        fails: bool = True,
    ) -> None:
        """Wait for something while the screen is kept up and everything is looked after."""
        deadline_s = time.monotonic() + patience_s
        while not happens():
            self.chain.check()
            self._crowd.check()
            if self._watcher.failure is not None:
                raise self._watcher.failure
            if time.monotonic() > deadline_s:
                if not fails:
                    return
                raise NotReachedError(f"waited {patience_s:.0f} s for {what}, in vain")
            self.screen.show(self._watcher.picture)
            time.sleep(_LOOK_S)


def _ended_well(*command: str) -> tuple[bool, str]:
    try:
        return True, call_program(*command)
    except StartError as error:
        return False, str(error)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
