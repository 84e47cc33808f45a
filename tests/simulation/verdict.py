"""Are both ends the same, and is it the truth? Read from the databases, not from the sessions."""

from collections.abc import Collection

from sqlalchemy import text

from central.audit import Finding, audit
from central.availability import of_store
from sync.definitions import Price, Product
from sync.facts import FactError, decode_fact
from sync.identity import HEADQUARTERS, Replica, peers_share
from sync.journal import follow, genesis
from sync.receipts import Return, Sale, Void
from sync.session import State
from tests.simulation.box import Box
from tests.simulation.deliveries import judge_deliveries
from tests.simulation.drawers import judge_drawers
from tests.simulation.office import Office
from tests.simulation.pieces import judge_pieces
from tests.simulation.purse import judge_purse
from tests.simulation.truth import Truth
from tests.simulation.world import Broken

Counters = dict[tuple[str, str, int], int]
_JOURNALS = text("SELECT name, head_seq, head_hash FROM journal WHERE head_seq > 0")
_BODIES = "SELECT body FROM fact JOIN journal ON no = fact.journal WHERE name = ? ORDER BY seq"
_COVERED = text("SELECT name, covers FROM journal WHERE covers > head_seq")
_COUNTERS = text(
    "SELECT j.name, k.sku, q.kind, q.value, q.folded FROM quantity AS q"
    " JOIN store AS s ON s.id = q.store_id JOIN sku AS k ON k.number = q.sku_no"
    " JOIN journal AS j ON j.id = q.journal_id WHERE s.name = :store"
)
_TOTALS = text(
    "SELECT s.name, SUM(t.sales) AS sales, SUM(t.net_minor) AS net_minor FROM sales_total AS t"
    " JOIN store AS s ON s.id = t.store_id GROUP BY s.name"
)


def difference(box: Box, office: Office) -> str:
    """Say in what a box and headquarters differ; empty when in nothing."""
    if box.session.state is not State.OPEN:
        return f"{box.name} is {box.session.state.value}: {box.session.refusal}"
    mine, theirs = _heads_of(box), _heads_at(office, box.replica.node)
    if mine != theirs:
        return f"{box.name} holds {_short(mine)}, headquarters {_short(theirs)}"
    living = (box.name, str(office.author.hq.replica_for(box.replica.node)))
    counted, told = _counters_of(box), _counters_at(office, box.replica.node, living)
    if counted != told:
        return f"{box.name} and headquarters differ in {sorted(counted.items() ^ told.items())[:4]}"
    return ""


def _short(heads: dict[str, tuple[int, bytes]]) -> dict[str, str]:
    return {name: f"{seq}:{digest[:2].hex()}" for name, (seq, digest) in sorted(heads.items())}


def _heads_of(box: Box) -> dict[str, tuple[int, bytes]]:
    sql = (
        "SELECT name, seq, hash FROM fact JOIN journal ON no = fact.journal"
        " GROUP BY name HAVING seq = max(seq)"
    )
    return {name: (seq, digest) for name, seq, digest in box.disk.execute(sql)}


def _heads_at(office: Office, store: str) -> dict[str, tuple[int, bytes]]:
    with office.database.read() as connection:
        rows = connection.execute(_JOURNALS).all()
    return {
        row.name: (row.head_seq, bytes(row.head_hash))
        for row in rows
        if peers_share(store, Replica.parse(row.name))
    }


def _counters_of(box: Box) -> Counters:
    sql = (
        "SELECT name, sku.sku, kind, value FROM quantity q JOIN journal ON no = author"
        " JOIN sku ON sku.number = q.sku"
    )
    return {(name, sku, kind): value for name, sku, kind, value in box.disk.execute(sql)}


def _counters_at(office: Office, store: str, living: Collection[str] = ()) -> Counters:
    with office.database.read() as connection:
        rows = connection.execute(_COUNTERS, {"store": store}).all()
    for row in rows:
        # What was told and what facts add up to must meet. Of a life that ended in between, one of
        # them may be all there is.
        if row.value != row.folded and row.name in living:
            return {(f"{row.name} told {row.value}, folded {row.folded}", row.sku, row.kind): 0}
    return {(row.name, row.sku, row.kind): max(row.value, row.folded) for row in rows}


def judge(truth: Truth, office: Office, boxes: list[Box]) -> None:
    """Compare what headquarters and the boxes hold with the truth; raise Broken."""
    held: dict[str, int] = {}
    for box in boxes:
        for name, (seq, digest) in _heads_of(box).items():
            written = truth.journals[name].facts[:seq]
            head = follow(genesis(name), written)
            if (head.seq, head.hash) != (seq, digest):
                raise Broken(7, f"{box.name} holds a broken chain of {name}")
            if [body for (body,) in box.disk.execute(_BODIES, (name,))] != written:
                raise Broken(2, f"{box.name} holds other facts of {name} than were written")
    for store in truth.stores:
        for name, (seq, digest) in _heads_at(office, store).items():
            held[name] = seq
            head = follow(genesis(name), truth.journals[name].facts[:seq])
            if (head.seq, head.hash) != (seq, digest):
                raise Broken(7, f"headquarters holds a broken chain of {name}")
    for name, journal in sorted(truth.journals.items()):
        if held.get(name, 0) < journal.required:
            raise Broken(
                1, f"headquarters holds {held.get(name, 0)} of {name}, not {journal.required}"
            )
    truth.check_rights()
    with office.database.read() as connection:
        counted = held | {row.name: row.covers for row in connection.execute(_COVERED)}
    _judge_stock(truth, office, boxes, counted)
    judge_purse(truth.journals, office, boxes, counted)
    judge_deliveries(truth.journals, office, boxes, held)
    judge_pieces(truth.journals, boxes)
    judge_drawers(truth.drawers, truth.journals, office, boxes, held)
    _judge_totals(truth, office, held)
    _judge_prices(truth, boxes, held)
    with office.database.read() as connection:
        findings = [f for f in audit(connection) if isinstance(f, Finding)]
    if findings:
        raise Broken(3, f"the audit at headquarters finds {findings[0]}")


def _judge_stock(truth: Truth, office: Office, boxes: list[Box], held: dict[str, int]) -> None:
    for store in truth.stores:
        expected = truth.on_hand(store, held)
        with office.database.read() as connection:
            rows = of_store(connection, store)
        found = {row.sku: row.on_hand for row in rows if row.on_hand}
        if found != expected:
            raise Broken(4, f"stock of {store} should be {expected}, headquarters says {found}")
    for box in boxes:
        expected = truth.on_hand(box.replica.node, held)
        skus = [sku for (sku,) in box.disk.execute("SELECT sku FROM sku")]
        found = {sku: n for sku in skus if (n := box.store.books.on_hand(sku))}
        if found != expected:
            raise Broken(4, f"stock should be {expected}, {box.name} says {found}")


def _judge_totals(truth: Truth, office: Office, held: dict[str, int]) -> None:
    expected: dict[str, tuple[int, int]] = {}
    for name, head in held.items():
        store = name.rpartition("-n")[0]
        for data in truth.journals[name].facts[:head]:
            try:
                body = decode_fact(data).body
            except FactError:
                continue
            sales, net = expected.get(store, (0, 0))
            if isinstance(body, Sale):
                paid = sum(tender.amount_minor for tender in body.tenders)
                expected[store] = (sales + 1, net + paid)
            elif isinstance(body, Return | Void):
                expected[store] = (sales, net - body.total_minor)
    with office.database.read() as connection:
        rows = connection.execute(_TOTALS).all()
    found = {row.name: (row.sales, row.net_minor) for row in rows}
    if found != expected:
        raise Broken(8, f"sales should be {expected}, headquarters says {found}")


def _judge_prices(truth: Truth, boxes: list[Box], held: dict[str, int]) -> None:
    said = []
    for name, head in held.items():
        author = Replica.parse(name)
        if author.node == HEADQUARTERS:
            for seq, data in enumerate(truth.journals[name].facts[:head]):
                body = decode_fact(data).body
                if isinstance(body, Product | Price):
                    said.append((author.generation, seq, body.sku, body.price_minor))
    prices = {sku: price for _, _, sku, price in sorted(said)}
    for box in boxes:
        found = dict(box.disk.execute("SELECT sku, price_minor FROM product"))
        wrong = {sku: p for sku, p in prices.items() if found.get(sku) != p}
        if wrong:
            raise Broken(3, f"headquarters' prices are {wrong}, {box.name} has {found}")
