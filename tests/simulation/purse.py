"""Every right there is, by who holds it: nobody spends what it lacks, and all of it is accounted.

Learnt from durable facts alone, with laws of its own, and compared with what both ends say.
"""

from collections.abc import Mapping
from typing import Any

from central.entitlements import accounts
from edge.selling.entitlements import standing
from sync.entitlements import Allotted, Credited, Debited, Issued, PassedOn, Reversed
from sync.facts import Fact, FactError, decode_fact
from sync.identity import Replica
from tests.simulation.box import Box
from tests.simulation.office import Office
from tests.simulation.wallet import KEYS
from tests.simulation.world import Broken

SPENT = 13


class Purse:
    """What was issued and spent of each key, and what each life may spend."""

    def __init__(self) -> None:
        self.issued: dict[str, int] = {}
        self.spent: dict[str, int] = {}
        self.rights: dict[tuple[str, str], int] = {}
        self._held: dict[tuple[str, str], int] = {}
        self._debits: dict[bytes, int] = {}

    def learn(self, name: str, fact: Fact) -> None:
        """Take in a fact that became durable; raise Broken where it spends what is not there."""
        body = fact.body
        match body:
            case Credited():
                self._issue(body.key, body.amount)
                self._move(name, body.key, body.amount)
            case Issued():
                self._issue(body.key, body.amount)
            case Reversed():
                if self._debits.pop(body.debit, 0) != body.amount:
                    raise Broken(SPENT, f"{name} reversed {body.debit.hex()} which it never spent")
                self._spend(body.key, -body.amount)
                self._move(name, body.key, body.amount)
            case Debited():
                self._debits[fact.id] = body.amount
                self._spend(body.key, body.amount)
                self._move(name, body.key, -body.amount)
            case PassedOn():
                self._move(name, body.key, -body.amount)
            case Allotted():
                store = Replica.parse(name).node.removeprefix("hq-")
                self._move(f"{store}-n{body.generation}", body.key, body.amount)
            case _:
                pass

    def watch(self, box: Box) -> None:
        """Note what a box can spend; all boxes that ever were hold no more than there is."""
        for key in KEYS:
            self._held[key, box.name] = max(standing(box.store.books, key).here, 0)
            held = sum(n for (of, _), n in self._held.items() if of == key)
            left = self.issued.get(key, 0) - self.spent.get(key, 0)
            if held > left:
                raise Broken(SPENT, f"boxes can spend {held} of {key}, but {left} are left")

    def _issue(self, key: str, amount: int) -> None:
        self.issued[key] = self.issued.get(key, 0) + amount

    def _spend(self, key: str, amount: int) -> None:
        self.spent[key] = self.spent.get(key, 0) + amount
        if not 0 <= self.spent[key] <= self.issued.get(key, 0):
            issued = self.issued.get(key, 0)
            raise Broken(SPENT, f"{self.spent[key]} of {key} are spent, {issued} were issued")

    def _move(self, life: str, key: str, amount: int) -> None:
        self.rights[life, key] = self.rights.get((life, key), 0) + amount
        if self.rights[life, key] < 0:
            raise Broken(SPENT, f"{life} gave away {-self.rights[life, key]} of {key} it never had")


def judge_purse(
    journals: Mapping[str, Any], office: Office, boxes: list[Box], held: dict[str, int]
) -> None:
    """Both ends say the same of every living box, and headquarters accounts for all it holds."""
    issued, spent = dict.fromkeys(KEYS, 0), dict.fromkeys(KEYS, 0)
    for name, head in held.items():
        for data in journals[name].facts[:head]:
            try:
                body = decode_fact(data).body
            except FactError:
                continue
            if isinstance(body, Credited | Reversed | Issued):
                issued[body.key] += body.amount
            elif isinstance(body, Debited):
                spent[body.key] += body.amount
    with office.database.read() as connection:
        found = accounts(connection, KEYS, office.clock())
    for key, account in found.items():
        if (account.issued, account.spent) != (issued[key], spent[key]):
            said = f"{account.issued} of {key} as issued and {account.spent} as spent"
            raise Broken(SPENT, f"headquarters counts {said}, not {issued[key]} and {spent[key]}")
        rights = {(one.store, one.generation): one.rights for one in account.holders}
        for box in boxes:
            here = standing(box.store.books, key).here
            theirs = rights.get((box.replica.node, box.replica.generation), 0)
            if here != theirs or here < 0:
                raise Broken(SPENT, f"{box.name} can spend {here} of {key}, not {theirs}")
        if office.restored == 0 and account.pool + sum(rights.values()) != account.total:
            raise Broken(SPENT, f"{account} does not add up")
