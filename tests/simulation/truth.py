"""What really happened: written down when it became durable, and compared with what both ends say.

It learns facts from the disks, expects their effects from what was asked (not from the product's
own fold), and knows what can still be somewhere when disks are lost.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from central.authoring import rights
from sync.bodies import GiveBack, Grant, Promise, Release
from sync.facts import Fact, FactError, decode_fact
from sync.receipts import Return, Sale, Void
from tests.simulation.box import Box
from tests.simulation.drawers import Drawers
from tests.simulation.office import Office
from tests.simulation.purse import Purse
from tests.simulation.world import Broken, World

Stock = dict[str, int]
_OWN_FACTS = (
    "SELECT body FROM fact JOIN journal ON no = fact.journal WHERE name = ? AND seq > ?"
    " ORDER BY seq"
)
_HELD = text("SELECT name, head_seq FROM journal WHERE head_seq > 0")
_CENTRAL_FACTS = text(
    "SELECT body FROM fact JOIN journal ON journal.id = fact.journal_id"
    " WHERE journal.name = :name AND seq > :seq ORDER BY seq"
)
_REVOKED = text(
    "SELECT s.name, l.generation, l.quantities_have, j.head_seq FROM life AS l"
    " JOIN store AS s ON s.id = l.store_id JOIN journal AS j ON j.id = l.journal_id"
    " WHERE l.status = 'revoked'"
)
_ADOPTED = text("SELECT id, name FROM store WHERE adopted = :generation")


@dataclass
class Journal:
    """One author's facts as they became durable, and how many of them must survive."""

    facts: list[bytes] = field(default_factory=list)
    required: int = 0
    numbers: dict[str, int] = field(default_factory=dict)


class Truth:
    """The omniscient book-keeper."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.journals: dict[str, Journal] = {}
        self.effects: dict[bytes, Stock] = {}
        self.places: dict[bytes, list[str]] = {}
        self.sales: dict[str, list[tuple[bytes, Sale]]] = {}
        self.shared: dict[str, int] = {}
        self.granted: dict[tuple[str, str], int] = {}
        self.promised: dict[tuple[str, str], int] = {}
        self.backed_up: dict[str, int] = {}
        self.retired: set[str] = set()
        self.revoked: dict[str, tuple[int, int]] = {}
        self.living: list[Box] = []
        self.acknowledged = 0
        self.stores: list[str] = []
        self.purse = Purse()
        self.drawers = Drawers()
        self._seen: dict[int, dict[str, int]] = {}
        self._undone: dict[tuple[str, bytes, str], int] = {}
        self._sold: dict[tuple[bytes, str], int] = {}

    # -- learning --------------------------------------------------------------------------------

    def expect(self, fact_id: bytes, stock: Stock) -> None:
        """Note what a command is to do to stock, should it succeed."""
        self.effects[fact_id] = stock

    def watch_box(self, box: Box) -> None:
        """Learn what became durable in a box; nothing that was may be missing."""
        journal = self.journals.setdefault(box.name, Journal())
        if _held_by(box).get(box.name, 0) < len(journal.facts):
            raise Broken(1, f"{box.name} lost facts it had committed")
        for (data,) in box.disk.execute(_OWN_FACTS, (box.name, len(journal.facts))):
            self._learn(box.name, journal, data)
        if box.name not in self.retired:
            journal.required = len(journal.facts)
        self.purse.watch(box)
        said = box.session.facts.acked.get(box.name, 0)
        if said > self.shared.get(box.name, 0):
            raise Broken(1, f"headquarters acknowledged {box.name}/{said} before it was durable")

    def watch_office(self, office: Office) -> None:
        """Learn what became durable at headquarters; it must be what its authors wrote."""
        seen = self._seen.setdefault(office.author.hq.generation, {})
        with office.database.read() as connection:
            for name, head in connection.execute(_HELD).all():
                known = seen.get(name, 0)
                if head == known:
                    continue
                seen[name] = head
                rows = connection.execute(_CENTRAL_FACTS, {"name": name, "seq": known})
                self._compare(office, name, known, [bytes(row.body) for row in rows])
                self.shared[name] = max(self.shared.get(name, 0), head)
            revoked = connection.execute(_REVOKED).all()
            self._check_free(connection, office.author.hq.generation)
        for store, generation, have, head in revoked:
            self._check_revoked(f"{store}-n{generation}", have, head)

    def _compare(self, office: Office, name: str, known: int, facts: list[bytes]) -> None:
        journal = self.journals.setdefault(name, Journal())
        node, _, generation = name.rpartition("-n")
        mine = node.startswith("hq") and int(generation) == office.author.hq.generation
        if mine:
            for data in facts[len(journal.facts) - known :]:
                self._learn(name, journal, data)
            journal.required = len(journal.facts)
        if facts != journal.facts[known : known + len(facts)]:
            raise Broken(2, f"headquarters holds other facts of {name} than were written")

    def _check_free(self, connection: Connection, generation: int) -> None:
        """Headquarters may forget, but never believe that more is free than there is."""
        for store, name in connection.execute(_ADOPTED, {"generation": generation}).all():
            for sku, free in rights(connection, store).items():
                key = (name, sku)
                true = self.granted.get(key, 0) - self.promised.get(key, 0)
                if free > true:
                    raise Broken(5, f"{free} of {key} count as free, {true} are")

    def _check_revoked(self, name: str, have: int, head: int) -> None:
        version, allowed = self.revoked.setdefault(name, (have, head))
        if have > version:
            raise Broken(9, f"headquarters took counters of {name} after it was revoked")
        elsewhere = (_held_by(box).get(name, 0) for box in self.living)
        if head > allowed and head > max([self.backed_up.get(name, 0), *elsewhere]):
            raise Broken(9, f"headquarters took facts of {name} after it was revoked")

    def _learn(self, name: str, journal: Journal, data: bytes) -> None:
        journal.facts.append(data)
        try:
            fact = decode_fact(data)
        except FactError:
            return
        self.places.setdefault(fact.id, []).append(name)
        if self.places[fact.id].count(name) > 1:
            raise Broken(1, f"{name} holds the document {fact.id.hex()} twice")
        self._number(name, journal, fact)
        self._undo(name, fact)
        self._move_rights(name, fact)
        self.purse.learn(name, fact)
        self.drawers.learn(name, fact)

    def _number(self, name: str, journal: Journal, fact: Fact) -> None:
        body = fact.body
        if isinstance(body, Return) or (isinstance(body, Sale) and not body.life):
            expected = journal.numbers.get(body.till, 0) + 1
            if body.number != expected:
                raise Broken(6, f"receipt {body.till}-{body.number} follows {expected - 1}")
            journal.numbers[body.till] = expected
        if isinstance(body, Sale):
            store = name.rpartition("-n")[0]
            self.sales.setdefault(store, []).append((fact.id, body))
            for at, line in enumerate(body.lines):
                self._sold[fact.id, str(at)] = line.quantity

    def _undo(self, name: str, fact: Fact) -> None:
        body = fact.body
        items: list[tuple[bytes, str, int]] = []
        if isinstance(body, Void):
            items = [(body.sale, "void", 1)]
        elif isinstance(body, Return) and body.sale:
            items = [(body.sale, str(line.line), line.quantity) for line in body.lines]
        for sale, item, quantity in items:
            key = (name, sale, item)
            self._undone[key] = self._undone.get(key, 0) + quantity
            if self._undone[key] > self._sold.get((sale, item), 1):
                raise Broken(4, f"{name} took back more than was sold of {sale.hex()}")
            if item != "void" and (name, sale, "void") in self._undone:
                raise Broken(4, f"{name} took back a voided sale")

    def _move_rights(self, name: str, fact: Fact) -> None:
        body, node = fact.body, name.rpartition("-n")[0]
        store = node.removeprefix("hq-")
        sign = {Grant: 1, GiveBack: -1, Promise: 1, Release: -1}.get(type(body))
        if sign is None or (isinstance(body, Promise) and body.order == "restored"):
            return
        table = self.granted if isinstance(body, Grant | GiveBack) else self.promised
        for line in getattr(body, "lines", ()):
            key = (store, line.sku)
            table[key] = table.get(key, 0) + sign * line.quantity

    # -- judging ---------------------------------------------------------------------------------

    def check_rights(self) -> None:
        """Online promises stay within what nodes granted, whatever either end forgot."""
        for key, promised in self.promised.items():
            if promised > self.granted.get(key, 0):
                granted = self.granted.get(key, 0)
                raise Broken(5, f"{promised} of {key} are promised, {granted} were granted")

    def acknowledge(self, fact_id: bytes, journal: str) -> None:
        """Somebody was told that a document is durable."""
        self.acknowledged += 1
        if journal not in self.places.get(fact_id, []):
            raise Broken(1, f"{fact_id.hex()} was acknowledged by {journal} but is not there")

    def lose(self, survivors: list[Box], office: Office) -> None:
        """Disks were lost: what no surviving disk holds can't be asked for any more."""
        held: dict[str, int] = {}
        with office.database.read() as connection:
            for name, head in connection.execute(_HELD).all():
                held[name] = head
        for box in survivors:
            for name, head in _held_by(box).items():
                held[name] = max(held.get(name, 0), head)
        for name, journal in self.journals.items():
            journal.required = min(journal.required, held.get(name, 0))

    def inherited(self, heir: Box) -> None:
        """A new life began over a backup: what is in it may be told for its predecessor."""
        for name, head in _held_by(heir).items():
            self.backed_up[name] = max(self.backed_up.get(name, 0), head)

    def retire(self, names: list[str], survivors: list[Box], office: Office) -> None:
        """Lives were revoked: what only they hold is not asked for any more."""
        self.retired.update(names)
        self.lose(survivors, office)

    def office_restored(self, office: Office, survivors: list[Box]) -> None:
        """Headquarters forgot what its backup does not hold, revocations included."""
        self.revoked.clear()
        self.lose(survivors, office)

    def on_hand(self, store: str, held: dict[str, int]) -> Stock:
        """Stock of a store as the facts held should make it."""
        stock: Stock = {}
        for name, head in held.items():
            if name.rpartition("-n")[0] != store:
                continue
            for data in self.journals[name].facts[:head]:
                try:
                    fact = decode_fact(data)
                except FactError:
                    continue
                for sku, change in self.effects.get(fact.id, {}).items():
                    stock[sku] = stock.get(sku, 0) + change
        return {sku: quantity for sku, quantity in stock.items() if quantity}


def _held_by(box: Box) -> dict[str, int]:
    sql = "SELECT name, max(seq) FROM fact JOIN journal ON no = fact.journal GROUP BY name"
    return dict(box.disk.execute(sql))
