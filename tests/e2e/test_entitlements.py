"""Gift cards, points and coupons between real nodes and headquarters: anywhere, never twice."""

import pytest

from central.allotting import Issue, issue
from central.audit import Finding
from central.audit import audit as audit_headquarters
from central.entitlements import accounts
from central.store import Store
from edge.audit import verify
from edge.errors import RightsShort
from edge.selling.entitlements import Ask, Redeem, Reverse, standing
from sync.entitlements import key_of
from tests.central.chain import Chain
from tests.e2e.branch import Branch
from tests.simulation.wallet import Load

GIFT = key_of("gift:X1")
POINTS = "points:0199a1c2-7b3e-7c4d-8e5f-60718293a4b8"


@pytest.fixture
def chain(store: Store) -> Chain:
    made = Chain(store)
    for name in ("s1", "s2", "s3"):
        made.add_store(name)
    return made


def join(chain: Chain, replica: str, image: bytes = b"") -> Branch:
    branch = Branch(chain, replica, image)
    branch.connect()
    chain.settle(6)
    return branch


def here(branch: Branch, key: str = GIFT) -> int:
    return standing(branch.store.books, key).here


def load(branch: Branch, amount: int, key: str = GIFT) -> None:
    branch.execute(Load(branch.chain.mint(), key, amount))


def ask(branch: Branch, amount: int, key: str = GIFT) -> None:
    branch.execute(Ask(branch.chain.random.randbytes(16), key, amount))


def spend(branch: Branch, amount: int, key: str = GIFT) -> bytes | None:
    """Spend, and return the id; None where too little is here."""
    redeem = Redeem(branch.chain.random.randbytes(16), key, amount)
    try:
        branch.execute(redeem)
    except RightsShort:
        return None
    return redeem.id


def check(chain: Chain, *branches: Branch, key: str = GIFT) -> int:
    """Both ends agree and all of it is accounted; return what is left anywhere."""
    with chain.store.read() as connection:
        account = accounts(connection, [key], chain.clock.now_ms)[key]
        assert [f for f in audit_headquarters(connection) if isinstance(f, Finding)] == []
    assert account.pool >= 0
    assert account.pool + sum(one.rights for one in account.holders) == account.total
    rights = {(one.store, one.generation): one.rights for one in account.holders}
    for branch in branches:
        life = (branch.name, branch.replica.generation)
        assert here(branch, key) == rights.get(life, 0)
        list(verify(branch.store.connection))
    return account.total


def test_a_card_of_one_store_pays_in_another_without_waiting_for_a_tick(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    load(one, 5_000)
    chain.step()
    ask(two, 3_000)
    while chain.step():  # no time passes: commits and messages alone
        pass
    assert spend(two, 3_000)
    chain.settle(4)
    assert check(chain, one, two) == 2_000
    assert (here(one), here(two)) == (2_000, 0)


def test_a_card_is_never_spent_twice_while_stores_are_cut_off(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    load(one, 100)
    chain.settle(4)
    one.cut()
    two.cut()
    assert spend(one, 100)
    assert spend(two, 1) is None
    assert spend(one, 1) is None
    for branch in (one, two):
        branch.connect()
    ask(two, 100)
    chain.settle(20)
    assert spend(two, 1) is None
    held = standing(two.store.books, GIFT)
    assert (held.elsewhere, held.answered > 0) == (0, True)
    assert check(chain, one, two) == 0


def test_a_coupon_shared_out_is_redeemed_within_its_cap_while_cut_off(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    key = "coupon:SUMMER"
    with chain.store.write() as connection:
        cap = Issue(key, 10, "summer", [("s1", 3), ("s2", 4)])
        issue(connection, chain.author, cap, "me")
    chain.deliver(chain.worker.authored(chain.clock.now_ms))
    chain.settle(4)
    one.cut()
    two.cut()
    used = [branch for _ in range(9) for branch in (one, two) if spend(branch, 1, key)]
    assert (used.count(one), used.count(two)) == (3, 4)
    one.connect()
    two.connect()
    ask(one, 9, key)
    chain.settle(10)
    assert (here(one, key), here(two, key)) == (3, 0)
    assert check(chain, one, two, key=key) == 3


def test_points_are_earned_and_spent_anywhere(chain: Chain) -> None:
    one, two, three = (join(chain, f"s{n}-n1") for n in (1, 2, 3))
    load(one, 60, POINTS)
    load(two, 70, POINTS)
    ask(three, 120, POINTS)
    chain.settle(10)
    assert spend(three, 120, POINTS)
    chain.settle(4)
    assert check(chain, one, two, three, key=POINTS) == 10


def test_a_box_restored_from_a_backup_spends_nothing_again(chain: Chain) -> None:
    one, two = join(chain, "s1-n1"), join(chain, "s2-n1")
    load(one, 100)
    ask(two, 30)
    chain.settle(10)
    image = two.image()
    two.cut()
    assert spend(two, 30)
    heir = join(chain, "s2-n2", image)
    assert here(heir) == 0
    assert spend(heir, 1) is None
    ask(heir, 50)
    chain.settle(10)
    assert here(heir) == 50
    assert spend(heir, 50)
    chain.settle(4)
    # What the old box spent and never told still counts as its own, which nobody else may spend.
    assert check(chain, one, heir) == 50
    assert standing(heir.store.books, GIFT).blocked == 30


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_adds_up(seed: int) -> None:
    made = Chain(Store.in_memory())
    made.random.seed(seed)
    rng = made.random
    for name in ("s1", "s2", "s3"):
        made.add_store(name)
    branches = [join(made, f"s{n}-n1") for n in (1, 2, 3)]
    made.loss, made.shuffle = 0.1, True
    issued = spent = 0
    redeemed: list[tuple[Branch, bytes, int]] = []
    for _ in range(100):
        branch, amount = rng.choice(branches), rng.randint(1, 40)
        match rng.choice(("load", "spend", "spend", "spend", "ask", "cut", "reverse", "settle")):
            case "load":
                load(branch, amount)
                issued += amount
            case "spend":
                done = spend(branch, amount)
                if done:
                    spent += amount
                    redeemed.append((branch, done, amount))
            case "ask":
                ask(branch, amount)
            case "cut":
                if branch.online:
                    branch.cut()
                else:
                    branch.connect()
            case "reverse" if redeemed:
                branch, undone, amount = redeemed.pop(rng.randrange(len(redeemed)))
                branch.execute(Reverse(rng.randbytes(16), GIFT, undone))
                spent -= amount
            case _:
                made.settle(2)
        assert spent <= issued
        assert all(here(one) >= 0 for one in branches)
    made.loss, made.shuffle = 0.0, False
    for branch in branches:
        branch.connect()
    made.settle(60)
    assert check(made, *branches) == issued - spent
    made.store.close()
