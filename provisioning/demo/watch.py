"""One law: what is shown was asked just now, of both sides, over the APIs that everybody has."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import httpx

from provisioning.demo.api import HeadquartersApi, StoreApi
from provisioning.demo.proofs import agreement
from provisioning.demo.receipts import Receipts

_EVERY_S = 0.5
_LAG_EVERY_S = 0.01
_LAG_LIMIT_S = 0.4


@dataclass(frozen=True, slots=True)
class StoreState:
    """A store as seen from outside.

    `link` and `age_ms` (how old its numbers are) as headquarters says, `unsynced` as the node says.
    `lag_ms`: from a fact on the node to the same fact at headquarters, None when it did not come.
    """

    name: str
    title: str
    node_up: bool = False
    link: str = "cut"
    age_ms: int = 0
    sales: int = 0
    unsynced: int = 0
    agree: int = 0
    positions: int = 0
    lag_ms: int | None = None


class Watcher(threading.Thread):
    """Keeps asking nodes and headquarters, and has the newest picture ready."""

    def __init__(
        self,
        titles: dict[str, str],
        nodes: Sequence[StoreApi],
        headquarters: HeadquartersApi,
        receipts: Receipts,
        *,
        now_ms: Callable[[], int],
    ) -> None:
        super().__init__(name="watcher", daemon=True)
        self._nodes, self._hq, self._receipts = nodes, headquarters, receipts
        self._now_ms = now_ms
        self._ended = threading.Event()
        self._states = tuple(StoreState(node.name, titles[node.name]) for node in nodes)
        self.picture: tuple[StoreState, ...] = ()  # nothing is shown before it was asked
        self.failure: Exception | None = None

    def end(self) -> None:
        """Stop watching."""
        self._ended.set()

    def run(self) -> None:
        """Watch until told to end."""
        try:
            while not self._ended.wait(_EVERY_S):
                self._states = self.picture = tuple(
                    self._look(node, state)
                    for node, state in zip(self._nodes, self._states, strict=True)
                )
        except Exception as error:  # noqa: BLE001 - kept for the story, which tells and ends
            self.failure = error
        finally:
            for api in (*self._nodes, self._hq):
                api.close()

    def _look(self, node: StoreApi, before: StoreState) -> StoreState:
        standing = self._hq.standing(node.name)
        state = replace(
            before,
            link=standing.link,
            age_ms=self._age_ms(standing.as_of_ms),
            sales=self._receipts.sales(node.name),
        )
        try:
            status = node.status()
            asked_s = time.monotonic()
            state = replace(state, node_up=True, unsynced=status["unsynced"])
            state = replace(state, lag_ms=self._lag_ms(node.name, status["seq"], asked_s))
            agree, positions = agreement(node.stock(), self._hq.stock(node.name))
        except httpx.TransportError:
            return replace(state, node_up=False, lag_ms=None)
        return replace(state, agree=agree, positions=positions)

    def _age_ms(self, as_of_ms: int) -> int:
        return max(self._now_ms() - as_of_ms, 0) if as_of_ms else 0

    def _lag_ms(self, store: str, seq: int, since_s: float) -> int | None:
        """Wait a little until headquarters has what the node had; tell how long that took."""
        while self._hq.standing(store).seq < seq:
            if time.monotonic() - since_s > _LAG_LIMIT_S:
                return None
            time.sleep(_LAG_EVERY_S)
        return round((time.monotonic() - since_s) * 1000)
