"""Bytes that a sale costs on the way to headquarters for its stock to be right there.

Three ways to count: the counter rows alone; a whole message for every sale; and what a real session
sends while sales come at some pace and each commit at headquarters takes a round trip to be told,
so that what happens meanwhile folds into one message.
"""

import math
import random
from collections.abc import Iterable, Iterator

from benchmarks.figures import Figure, Run
from benchmarks.memory_chain import Office, RealStore
from benchmarks.sale_core import clock, make_sale, sell, series
from central.worker import Publish
from sync.topics import Lane
from sync.wire import Delta, seal, unseal

STORE = "s0001"
SKUS = 2_000
LINES = 3
QUANTITIES = 3
PACE = ((10, 20), (500, 20))  # sales a second, milliseconds of a round trip


def measure(run: Run) -> Iterable[Figure]:
    """Sell through a real session and count what the lane of quantities carries."""
    sales = run.pick(1_000, 200)
    floor = (math.log2(math.comb(SKUS, LINES)) + LINES * math.log2(QUANTITIES)) / 8
    rng = random.Random(4)
    ids = series(rng)
    run.say("bytes per sale: opening a store and headquarters")
    office = Office(f"sqlite:///{run.folder / 'central.db'}", [STORE])
    store = RealStore(run.folder, STORE, SKUS)
    for _ in range(4):  # rows exist and are known
        sell(store.store, [make_sale(rng, SKUS, next(ids)) for _ in range(SKUS // 2)])
    live = Live(office, store)
    rows, whole = _each_by_itself(store, rng, ids, sales)
    live.settle()
    limit_is = "entropy of 3 of 2,000 SKUs, 1 to 3 each"
    figures = [
        _figure("rows alone", rows, floor, limit_is, goal=16.0),
        _figure("a whole message for each sale", whole, floor, limit_is),
    ]
    for per_s, round_trip_ms in PACE:
        run.say(f"bytes per sale: {per_s} sales a second over {round_trip_ms} ms")
        cost = live.sell(rng, ids, sales, round_trip_ms * per_s // 1_000)
        what = f"live, {per_s}/s, round trip {round_trip_ms} ms"
        figures.append(_figure(what, cost, floor, limit_is))
    store.close()
    office.close()
    return figures


def _figure(
    what: str, value: float, floor: float, limit_is: str, goal: float | None = None
) -> Figure:
    return Figure(
        what=f"bytes per sale for stock: {what}", unit="B", value=value, goal=goal,
        limit=floor, limit_is=limit_is,
    )  # fmt: skip


def _each_by_itself(
    store: RealStore, rng: random.Random, ids: Iterator[bytes], sales: int
) -> tuple[float, float]:
    """Return the bytes of rows, and of sealed messages, of one sale at a time."""
    ledger, me = store.ledger, store.session.me
    rows = whole = 0
    for _ in range(sales):
        before = store.store.books.version
        sell(store.store, [make_sale(rng, SKUS, next(ids))])
        delta = ledger.delta_after("hq-n1", before, 2 * LINES)
        assert delta is not None
        rows += sum(len(group.rows) for group in delta.groups)
        whole += len(seal(me.replica, me.session, 2**62, 10_000, delta))
    return rows / sales, whole / sales


class Live:
    """A session at work, its payloads held back for a number of sales in each direction."""

    def __init__(self, office: Office, store: RealStore) -> None:
        self._office, self._store = office, store
        store.run(store.session.connected(clock()))
        self.settle()

    def settle(self) -> None:
        """Carry until nothing moves."""
        self._store.run(self._store.session.local_commit(clock()))
        while self._store.up:
            for message in self._arrive(len(self._store.up)):
                self._take(message)

    def sell(self, rng: random.Random, ids: Iterator[bytes], sales: int, delay: int) -> float:
        """Sell; return the bytes of quantities for each sale.

        What is sent during one sale is answered `delay` sales later.
        """
        store, before = self._store, self._store.sent[Lane.QUANTITIES]
        answers: list[tuple[int, Publish]] = []
        for number in range(sales):
            sell(store.store, [make_sale(rng, SKUS, next(ids))])
            store.run(store.session.local_commit(clock()))
            answers += [(number + delay, one) for one in self._arrive(len(store.up))]
            due = [one for at, one in answers if at <= number]
            answers = [(at, one) for at, one in answers if at > number]
            for message in due:
                self._take(message)
        for _, message in answers:
            self._take(message)
        self.settle()
        return (store.sent[Lane.QUANTITIES] - before) / sales

    def _arrive(self, payloads: int) -> list[Publish]:
        """Bring payloads to headquarters, have them committed, return the answers."""
        worker, out = self._office.worker, []
        for _ in range(payloads):
            lane, payload = self._store.up.popleft()
            out += worker.receive(worker.topics.up(STORE, lane), payload, clock())
        while worker.waiting:
            out += worker.commit(clock())
        return out

    def _take(self, message: Publish) -> None:
        store, lane = self._store, Lane(message.topic.rsplit("/", 1)[1])
        assert not isinstance(unseal(message.payload).message, Delta)
        store.run(store.session.receive(lane, message.payload, clock()))
