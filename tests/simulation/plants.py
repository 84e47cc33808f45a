"""Faults planted in the product, each a few characters of its source: the oracle must see them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True)
class Mutant:
    """A fault: in this module, this text becomes that."""

    name: str
    module: str
    text: str
    becomes: str


_SERIES = """\
        known = self.__dict__.setdefault("_series", {})
        if till not in known:
            known[till] = 0
        known[till] += 1
        return known[till]"""

MUTANTS = (
    Mutant(
        "a repeated command is carried out again",
        "edge.books.transaction",
        "found = self.find(fact_id)\n        if found is None:",
        "found = None\n        if found is None:",
    ),
    Mutant(
        "an id may be used again for something else",
        "edge.books.transaction",
        "found.request not in (None, request)",
        "False",
    ),
    Mutant(
        "facts are acknowledged before they are committed",
        "sync.session",
        "                return [Commit(envelope.origin, message)]\n            case Delta()",
        "                early = Have(message.batch.journal, message.batch.last)\n"
        "                said = Progress(now_ms, [early], -1, False, -1, False, 0)\n"
        "                return [self._send_progress(said, now_ms),"
        " Commit(envelope.origin, message)]\n            case Delta()",
    ),
    Mutant(
        "the outbox forgets what was sent",
        "sync.lanes",
        "                self._window.sent(holding.journal, batch.last, size, now_ms)\n",
        "",
    ),
    Mutant(
        "the outbox starts at its own head",
        "sync.lanes",
        "self._cursors = {h.journal: _Cursor(h.seq, h.seq) for h in holdings}",
        "self._cursors = {h.journal: _Cursor(h.seq, 0) for h in self._ledger.holdings()}",
    ),
    Mutant(
        "another life's counter version is taken for one's own",
        "sync.session",
        "self.quantities.adopt(hello.have_quantities if mine else 0)",
        "self.quantities.adopt(hello.have_quantities)",
    ),
    Mutant(
        "a gap in the counters is not noticed at headquarters",
        "central.ingest",
        "if delta.since > life.quantities_have:",
        "if False:",
    ),
    Mutant(
        "a gap in the counters is not noticed at a store",
        "edge.uplink.merging",
        "if delta.since > have:",
        "if False:",
    ),
    Mutant(
        "a signature is not checked",
        "sync.journal",
        "if not is_signed(author_key,",
        "if False and not is_signed(author_key,",
    ),
    Mutant(
        "headquarters' counters merge by the last to speak",
        "central.writes",
        '" value = CASE WHEN excluded.value > quantity.value"',
        '" value = CASE WHEN excluded.value > 0"',
    ),
    Mutant(
        "a store's counters merge by the last to speak",
        "edge.uplink.merging",
        "WHERE excluded.value > quantity.value",
        "WHERE excluded.value <> quantity.value",
    ),
    Mutant(
        "headquarters adds up again what it holds of a batch",
        "central.ingest",
        "post(books, of, source, journal, reading)",
        "post(books, of, source, journal, Extension(reading.first, batch.facts, reading.head))",
    ),
    Mutant(
        "a restored node keeps its generation",
        "sync.identity",
        "return max(previous + 1,",
        "return previous or max(previous + 1,",
    ),
    Mutant(
        "a restored headquarters keeps its incarnation",
        "central.incarnation",
        "    generation = mint_generation(newest or 0, now_ms)\n"
        "    connection.execute(\n        schema.incarnation.insert().values(",
        "    generation = newest or mint_generation(0, now_ms)\n"
        '    connection.execute(\n        schema.incarnation.insert().prefix_with("OR REPLACE")'
        ".values(",
    ),
    Mutant(
        "a revoked life is accepted",
        "central.admission",
        "if life is not None and life.status == REVOKED:",
        "if False:",
    ),
    Mutant(
        "what was promised is not consumed",
        "central.authoring",
        "q.kind IN (20, 21, 22, 23)",
        "q.kind IN (20, 22, 23)",
    ),
    Mutant(
        "a restored headquarters promises again what it may have promised",
        "central.adoption",
        "left = self._author.consume_rest(connection, name, RESTORED)",
        "left = {}",
    ),
    Mutant(
        "a poisonous fact fails its batch",
        "central.fold",
        "return Entry(None, POISON, 0, [], None, str(error))",
        "raise ValueError(str(error)) from None",
    ),
    Mutant(
        "a poisonous fact is left out of its journal",
        "edge.uplink.inbound",
        "        row = (number, seq, fact_id, kind, at_ms, digest, moved, data)\n",
        "        if not fact:\n            continue\n"
        "        row = (number, seq, fact_id, kind, at_ms, digest, moved, data)\n",
    ),
    Mutant(
        "counters cover one fact less than they say",
        "edge.uplink.ledger",
        "return name, self._head(author, name).seq if covers is None else covers",
        "return name, self._head(author, name).seq - 1 if covers is None else covers",
    ),
    Mutant(
        "a receipt number is used again after a crash",
        "edge.books.transaction",
        "        return (last or 0) + 1",
        _SERIES,
    ),
    Mutant(
        "a void does not restock",
        "sync.effects",
        "    Void: Kind.SALE_VOIDED,\n",
        "",
    ),
    Mutant(
        "what was returned is not remembered",
        "edge.books.postings",
        "return [(body.sale, str(x.line), x.quantity) for x in body.lines if x.line >= 0]",
        "return []",
    ),
    Mutant(
        "a voided sale can be voided again",
        "edge.books.postings",
        "return [(body.sale, VOID, 1)]",
        "return []",
    ),
    Mutant(
        "a transfer counts twice on arrival",
        "sync.effects",
        "return [(line.sku, kind, line.quantity) for line in lines]",
        "return [(line.sku, kind, line.quantity) for line in lines\n"
        "                for _ in range(2 if kind is Kind.TRANSFERRED_IN else 1)]",
    ),
    Mutant(
        "a count forgets what the books said when it was counted",
        "edge.stock.counting",
        "[_counted_sku(one) for one in sure]",
        "[_counted_sku(Tally(x.sku, x.counted, books.on_hand(x.sku), False)) for x in sure]",
    ),
    Mutant(
        "what came of an order or transfer is not added up",
        "edge.books.postings",
        "        *((key, line.sku, line.quantity) for line in body.lines),\n",
        "",
    ),
    Mutant(
        "damaged goods stay on the shelf",
        "edge.stock.expected",
        '        books.append(derived_id(fact_id, b"damaged"), at_ms, actor, loss)\n',
        "",
    ),
    Mutant(
        "headquarters counts a delivery twice",
        "central.expected",
        "counts[at] += line.quantity",
        "counts[at] += 2 * line.quantity",
    ),
    Mutant(
        "headquarters forgets that it told a store of goods in transit",
        "central.expected",
        "self._way(body.out).told = 1",
        "self._way(body.out).told = 0",
    ),
    Mutant(
        "a store takes no notice of goods in transit",
        "edge.stock.expected",
        "            _put_transit(books.connection, body)\n",
        "",
    ),
    Mutant(
        "an older price replaces a newer one",
        "edge.books.catalogue",
        "WHERE excluded.rank >= {table}.rank",
        "WHERE excluded.rank <= {table}.rank",
    ),
    Mutant(
        "a failed commit leaves the head where it was going",
        "edge.books.store",
        "        self._stale = True\n        return StoreFailed(",
        "        return StoreFailed(",
    ),
    Mutant(
        "a received batch is kept without its signature",
        "edge.uplink.inbound",
        "books.connection.execute(sql, (number, reading.head.seq, batch.signature))",
        "pass",
    ),
    Mutant(
        "a backup carries no signature",
        "edge.books.backup",
        "        for head in list(_piece_ends(connection, number)):\n",
        "        for head in []:\n",
    ),
    Mutant(
        "facts handed on are taken for counters known",
        "central.ingest",
        "source = store.lives[origin.generation].journal_id if own else 0",
        "source = store.lives[origin.generation].journal_id",
    ),
    Mutant(
        "a late will silences a store for good",
        "central.worker",
        "if session.state is State.DOWN:  # whatever its last will said: it speaks",
        "if session.peer is None and session.state is State.DOWN:",
    ),
    Mutant(
        "whoever speaks last holds the session",
        "sync.session",
        "        if envelope.to != self.me.session:\n            return []\n",
        "",
    ),
    Mutant(
        "a void counts in the totals as a sale",
        "central.fold",
        "            day.voids += 1\n",
        "            day.sales += 1\n",
    ),
    Mutant(
        "a store spends rights that it lacks",
        "edge.selling.entitlements",
        "if held.here < self.amount:",
        "if held.here <= 0:",
    ),
    Mutant(
        "a new life spends what its predecessor was allotted",
        "edge.selling.entitlements",
        " WHERE key = ? AND entitlement.generation = node.generation",
        " WHERE key = ? AND entitlement.generation <= node.generation"
        " ORDER BY entitlement.generation LIMIT 1",
    ),
    Mutant(
        "a new life spends what its predecessor was credited",
        "edge.selling.entitlements",
        "name = store || '-n' || generation)",
        "name LIKE store || '-n%' ORDER BY no LIMIT 1)",
    ),
    Mutant(
        "a store passes on more than it has",
        "edge.selling.entitlements",
        "amount = min(max(standing(books, body.key).here, 0), body.amount)",
        "amount = body.amount",
    ),
    Mutant(
        "a redemption is reversed as often as asked",
        "edge.books.postings",
        "            return [(body.debit, VOID, 1)]\n",
        "            return []\n",
    ),
    Mutant(
        "headquarters allots what it allotted already",
        "sync.quantities",
        "        - counts.get(Kind.ALLOTTED, 0)\n    )\n\n\ndef total",
        "    )\n\n\ndef total",
    ),
    Mutant(
        "a restored headquarters hands out rights too early",
        "central.entitlements",
        "return bool(row.pooled) or not (_has_forgotten(row) and unheard(connection, hq))",
        "return True",
    ),
    Mutant(
        "change is not missing from the drawer",
        "edge.shifts.reports",
        "kind = CASH if tender.kind == CHANGE else tender.kind",
        "kind = tender.kind",
    ),
    Mutant(
        "a late sale changes a report that was written",
        "edge.shifts.reports",
        "    end = shift.closed or _END\n",
        "    end = _END\n",
    ),
    Mutant(
        "a till's own numbers are taken for the node's",
        "edge.books.postings",
        "return body.till, -body.life, body.number",
        "return body.till, generation, body.number",
    ),
    Mutant(
        "a wiped till gets its old series again",
        "edge.selling.tilling",
        "life = max(last or 0, sold or 0, books.generation * LIVES_MAX) + 1",
        "life = last or books.generation * LIVES_MAX + 1",
    ),
    Mutant(
        "a drawer may be in two shifts at once",
        "edge.shifts.drawer",
        "if last is not None and last.closed is None:",
        "if False:",
    ),
    Mutant(
        "headquarters forgets what a shift sold",
        "central.shifts",
        '            sums.add_document("sales", body.total_minor, body.tax_minor)\n',
        '            sums.add_document("sales", 0, 0)\n',
    ),
)


class Planter(MetaPathFinder):
    """Imports the one module of a mutant with the fault in it; raise ValueError if it is gone."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the module with a loader that changes its source."""
        if name != self._mutant.module:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _Loader(name, spec.origin, self._mutant)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self._path, self._mutant = path, mutant

    def get_code(self, fullname: str):  # type: ignore[no-untyped-def]
        """Compile the changed source, never a cached one."""
        source = Path(self._path).read_text("utf-8")
        return compile(planted(self._mutant, source), self._path, "exec")


def planted(mutant: Mutant, source: str) -> str:
    """Return a source with the fault in it; raise ValueError where its place is gone."""
    if source.count(mutant.text) != 1:
        raise ValueError(f"mutant {mutant.name!r} has no place in {mutant.module}: adapt it")
    return source.replace(mutant.text, mutant.becomes)


def plant(mutant: Mutant) -> None:
    """Have the fault in this process; its module must not be imported yet."""
    if mutant.module in sys.modules:
        raise ValueError(f"{mutant.module} is imported already")
    sys.meta_path.insert(0, Planter(mutant))
