"""The audit is silent on good books, and names what was tampered with."""

import pytest
from sqlalchemy import text

from central.audit import Finding, audit
from central.store import Store
from sync.bodies import Opening
from sync.body import StockLine
from tests.central.chain import Chain, sale


@pytest.fixture
def chain(store: Store) -> Chain:
    made = Chain(store)
    made.add_store("s1")
    node = made.join("s1-n1")
    node.post(Opening([StockLine("A", 10)]))
    for number in range(3):
        node.post(sale(number, ("A", 1, 100), ("B", 2, 50)))
    made.settle(10)
    return made


def findings(chain: Chain) -> list[Finding]:
    with chain.store.read() as connection:
        return [step for step in audit(connection) if isinstance(step, Finding)]


def test_good_books_have_no_findings(chain: Chain) -> None:
    assert findings(chain) == []


@pytest.mark.parametrize(
    ("damage", "place"),
    [
        ("UPDATE fact SET body = id WHERE seq = 2 AND kind = 2", "s1-n1"),
        ("DELETE FROM fact WHERE kind = 2 AND seq = 4", "s1-n1"),
        ("UPDATE quantity SET value = value + 1 WHERE kind = 3 AND folded = 3", "s1-n1 A kind 3"),
        ("UPDATE quantity SET folded = folded - 1 WHERE kind = 1", "s1-n1 A kind 1"),
        ("DELETE FROM quantity WHERE kind = 1", "s1-n1 A kind 1"),
        ("UPDATE sales_total SET net_minor = net_minor + 1", "day 20000 EUR"),
        ("DELETE FROM sales_total", "day 20000 EUR"),
    ],
)
def test_damage_is_named(chain: Chain, damage: str, place: str) -> None:
    with chain.store.write() as connection:
        assert connection.execute(text(damage)).rowcount == 1
    found = findings(chain)
    assert place in [one.place for one in found]
