"""Two workers share the stores: who asks at one gets in one go what is held at the other."""

from dataclasses import dataclass, field

import pytest

from central.allotting import Allotment, Issue, issue
from central.entitlements import accounts
from central.merging import Merger
from central.store import Store
from central.worker import Publish, Worker
from edge.errors import RightsShort
from edge.selling.entitlements import Ask, Redeem, standing
from sync.entitlements import key_of
from sync.records import merge
from sync.topics import PARTITIONS, partition
from tests.central.chain import Chain
from tests.e2e.branch import Branch
from tests.simulation.wallet import Load

CARD = key_of("gift:8N4K-Z2QX")
ONE, TWO = "s1", next(f"s{n}" for n in range(2, 99) if partition(f"s{n}") != partition("s1"))


@dataclass
class Shared(Chain):
    """Headquarters as two processes over one database, each with stores of its own."""

    other: Worker = field(init=False)

    def start(self) -> None:
        """Begin both; the second serves the partition of `TWO` alone."""
        super().start()
        mine = {partition(TWO)}
        self.other = Worker(
            self.store,
            self.hq,
            self.signer,
            "demo",
            self.random.randrange(1, 2**53),
            merger=Merger(self.store, self.hq, merge),
            allotment=Allotment(self.store, self.author),
            partitions=mine,
        )
        self.worker.serve(set(range(PARTITIONS)) - mine)
        self.deliver(self.other.connected(self.clock.now_ms))

    def both(self) -> tuple[Worker, Worker]:
        """The two workers."""
        return self.worker, self.other

    def step(self) -> bool:
        """Bring up what is on the way; each worker takes what its stores say, and commits."""
        if not self.up and not any(worker.waiting for worker in self.both()):
            return False
        batch = list(self.up)
        self.up.clear()
        for worker in self.both():
            for message in batch:
                self.deliver(worker.receive(message.topic, message.payload, self.clock.now_ms))
            self.deliver(worker.commit(self.clock.now_ms))
        return True

    def flow(self, looks: int) -> None:
        """Let messages and commits flow without a tick; each worker looks so often at the other."""
        for left in range(looks, -1, -1):
            while self.step():
                pass
            if left:
                out = [message for worker in self.both() for message in self.look_of(worker)]
                self.deliver(out)

    def look_of(self, worker: Worker) -> list[Publish]:
        """What a worker says after a look."""
        return worker.look(self.clock.now_ms)


@pytest.fixture
def chain(store: Store) -> Shared:
    made = Shared(store)
    for name in (ONE, TWO):
        made.add_store(name)
    made.other.authored(made.clock.now_ms)
    return made


def join(chain: Shared, name: str) -> Branch:
    """Connect a store's node, until both ends have said all."""
    branch = Branch(chain, f"{name}-n1")
    branch.connect()
    for _ in range(6):
        chain.clock.now_ms += 500
        chain.flow(1)
        for worker in chain.both():
            chain.deliver(worker.tick(chain.clock.now_ms))
    return branch


def spend(branch: Branch, amount: int) -> int:
    """Spend of the card; return what is left here."""
    return branch.execute(Redeem(branch.chain.random.randbytes(16), CARD, amount)).here


@pytest.mark.parametrize(("owner", "asking"), [(ONE, TWO), (TWO, ONE)])
def test_a_card_loaded_at_one_workers_store_pays_at_anothers(
    chain: Shared, owner: str, asking: str
) -> None:
    has, wants = join(chain, owner), join(chain, asking)
    has.execute(Load(chain.mint(), CARD, 5_000))
    chain.flow(0)
    wants.execute(Ask(chain.random.randbytes(16), CARD, 3_000))
    # Its worker's word to the owner, and the answer: one look of each at the other.
    chain.flow(2)
    assert spend(wants, 3_000) == 0
    chain.flow(2)
    assert standing(has.store.books, CARD).here == 2_000
    with chain.store.read() as connection:
        account = accounts(connection, [CARD], chain.clock.now_ms)[CARD]
    assert (account.total, account.pool) == (2_000, 0)


def test_what_one_worker_never_looks_at_does_not_come(chain: Shared) -> None:
    has, wants = join(chain, ONE), join(chain, TWO)
    has.execute(Load(chain.mint(), CARD, 5_000))
    chain.flow(0)
    wants.execute(Ask(chain.random.randbytes(16), CARD, 3_000))
    chain.flow(0)
    with pytest.raises(RightsShort):
        spend(wants, 3_000)
    chain.flow(2)
    assert spend(wants, 3_000) == 0


def test_what_anybody_issues_to_a_store_is_told_by_the_worker_that_serves_it(chain: Shared) -> None:
    branch = join(chain, TWO)
    with chain.store.write() as connection:
        issue(connection, chain.author, Issue(CARD, 70, "gift", [(TWO, 70)]), "me")
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    chain.flow(1)
    assert spend(branch, 70) == 0
    assert chain.other.look(chain.clock.now_ms) == []


def test_a_worker_that_serves_all_stores_is_alone(chain: Shared) -> None:
    assert not any(worker.is_alone for worker in chain.both())
    chain.worker.serve(range(PARTITIONS))
    assert chain.worker.is_alone
