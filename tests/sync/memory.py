"""A ledger in dictionaries, written for tests: the smallest thing that keeps every law of the port.

It holds one store's state as seen from one end. `commit` carries out what a session asks for, all
of it or nothing, as a real store does inside one transaction.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from sync.bodies import AnyBody, Opening
from sync.body import StockLine
from sync.effects import movements
from sync.facts import Fact, FactError, decode_fact, encode_fact
from sync.identity import Replica
from sync.journal import (
    Batch,
    Extension,
    Forged,
    Fork,
    Gap,
    Head,
    follow,
    genesis,
    make_batch,
    read_batch,
)
from sync.ledger import Outcome
from sync.quantities import pack_rows, unpack_rows
from sync.signing import Signer
from sync.wire import (
    Delta,
    Facts,
    Have,
    Hello,
    Holding,
    RecordDiff,
    RecordOffer,
    RowGroup,
)

_Vector = dict[int, int]
_vector = msgspec.msgpack.Decoder(_Vector)


@dataclass
class Journal:
    """All held facts of one author, and the heads it signed."""

    key: bytes = b""
    facts: list[bytes] = field(default_factory=list)
    signatures: dict[int, bytes] = field(default_factory=dict)


@dataclass
class Row:
    """One counter row, the version of its last change here and the stream it came from."""

    value: int
    version: int
    source: str


@dataclass
class State:
    """Everything durable."""

    journals: dict[str, Journal] = field(default_factory=dict)
    rows: dict[tuple[str, str, int], Row] = field(default_factory=dict)
    covers: dict[str, int] = field(default_factory=dict)
    version: int = 0
    skus: list[str] = field(default_factory=list)
    known_skus: dict[str, int] = field(default_factory=dict)
    peer_skus: dict[tuple[str, int], str] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    lives: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    documents: dict[str, _Vector] = field(default_factory=dict)
    document_changes: dict[tuple[str, str], int] = field(default_factory=dict)
    record_version: int = 0
    record_streams: dict[str, int] = field(default_factory=dict)
    quarantine: list[str] = field(default_factory=list)


class MemoryLedger:
    """One end's state for one store; implements `sync.ledger.Ledger`."""

    def __init__(
        self, me: Replica, signer: Signer, trusted: dict[str, bytes] | None = None
    ) -> None:
        self.me = me
        self.signer = signer
        self.trusted = trusted or {}
        self.state = State()
        self.state.journals[str(me)] = Journal(signer.public_key)

    # -- writing -------------------------------------------------------------------------------

    def append(self, body: AnyBody, fact_id: bytes, at_ms: int = 1) -> int:
        """Commit an own fact with its counter rows; return its sequence number."""
        journal = self.state.journals[str(self.me)]
        journal.facts.append(encode_fact(Fact(fact_id, at_ms, 0, "t", body)))
        seq = len(journal.facts)
        for sku, kind, quantity in movements(body):
            held = self.state.rows.get((str(self.me), sku, kind))
            self._put(str(self.me), sku, kind, (held.value if held else 0) + quantity, "")
        self.state.covers[str(self.me)] = seq
        return seq

    def edit(self, document: str) -> None:
        """Write once to a document."""
        writer = hash_of(str(self.me))
        vector = self.state.documents.setdefault(document, {})
        vector[writer] = vector.get(writer, 0) + 1
        self._changed(document, "")

    def commit(self, origin: Replica, message: object) -> Outcome:
        """Carry out what a session asked for."""
        stream = str(origin)
        if stream in self.state.revoked:
            return Outcome(refused="revoked")
        match message:
            case Hello():
                return self._hello(stream, message)
            case Facts(batch):
                return self._facts(batch)
            case Delta():
                return self._delta(stream, message)
            case RecordOffer():
                return self._record_offer(stream, message)
            case RecordDiff(document, update):
                return self._record_diff(stream, document, update)
        raise AssertionError(f"{message!r} is not for committing")

    def _hello(self, stream: str, hello: Hello) -> Outcome:
        known = self.state.lives.setdefault(stream, (hello.birth, hello.key))
        if known != (hello.birth, hello.key):
            return Outcome(refused="generation used twice")
        self.state.journals.setdefault(stream, Journal()).key = hello.key
        for holding in hello.holdings:
            journal = self.state.journals.setdefault(holding.journal, Journal())
            journal.key = journal.key or self.trusted.get(holding.journal, holding.key)
        return Outcome()

    def _facts(self, batch: Batch) -> Outcome:
        journal = self.state.journals.setdefault(batch.journal, Journal())
        head = follow(genesis(batch.journal), journal.facts)
        reading = read_batch(head, batch, lambda a, b: journal.facts[a - 1 : b], journal.key)
        if batch.journal == str(self.me) and isinstance(reading, Extension | Gap):
            self.state.quarantine.append("somebody else continued the own journal")
            return Outcome((Have(batch.journal, len(journal.facts), halted=True),))
        match reading:
            case Extension(_, facts, after):
                journal.facts.extend(facts)
                journal.signatures[after.seq] = batch.signature
                for fact in facts:
                    self._note_damage(fact)
                return Outcome((Have(batch.journal, after.seq),))
            case Gap(seq):
                return Outcome((Have(batch.journal, seq, rewind=True),))
            case Forged(reason):
                self.state.quarantine.append(reason)
                return Outcome((Have(batch.journal, head.seq),))
            case Fork(reason):
                self.state.quarantine.append(reason)
                return Outcome((Have(batch.journal, head.seq, halted=True),))
            case _:
                return Outcome((Have(batch.journal, head.seq),))

    def _note_damage(self, fact: bytes) -> None:
        try:
            decode_fact(fact)
        except FactError as error:
            self.state.quarantine.append(str(error))

    def _delta(self, stream: str, delta: Delta) -> Outcome:
        have = self.state.streams.get(stream, 0)
        if delta.since > have:
            return Outcome(have_quantities=have, rewind_quantities=True)
        names = {(stream, number): sku for number, sku in delta.skus}
        try:
            groups = [(group.author, unpack_rows(group.rows)) for group in delta.groups]
            numbers = {(stream, row[0]) for _, rows in groups for row in rows}
            skus = {n: names.get(n) or self.state.peer_skus[n] for n in numbers}
        except (ValueError, KeyError) as error:
            self.state.quarantine.append(f"delta: {error}")
            return Outcome(have_quantities=have)
        self.state.peer_skus.update(names)
        for author, rows in groups:
            for number, kind, value in rows:
                sku = skus[stream, number]
                held = self.state.rows.get((author, sku, kind))
                if author != str(self.me) and (held is None or value > held.value):
                    self._put(author, sku, kind, value, stream)
        for group in delta.groups:
            known = self.state.covers.get(group.author, 0)
            self.state.covers[group.author] = max(known, group.covers)
        self.state.streams[stream] = max(have, delta.through)
        return Outcome(have_quantities=self.state.streams[stream])

    def _record_offer(self, stream: str, offer: RecordOffer) -> Outcome:
        have = self.state.record_streams.get(stream, 0)
        if offer.since > have or self.wanted(offer.documents):
            return Outcome(have_records=have)
        self.state.record_streams[stream] = max(have, offer.through)
        return Outcome(have_records=self.state.record_streams[stream])

    def _record_diff(self, stream: str, document: str, update: bytes) -> Outcome:
        held = self.state.documents.get(document, {})
        try:
            said = _vector.decode(update)
        except msgspec.MsgspecError as error:
            self.state.quarantine.append(f"document: {error}")
            return Outcome(answered_record=document)
        news = {w: n for w, n in said.items() if n > held.get(w, 0)}
        if news:
            held = self.state.documents.setdefault(document, {})
            held.update(news)
            self._changed(document, stream)
        return Outcome(answered_record=document)

    def _put(self, author: str, sku: str, kind: int, value: int, source: str) -> None:
        if sku not in self.state.known_skus:
            self.state.skus.append(sku)
            self.state.known_skus[sku] = len(self.state.skus)
        self.state.version += 1
        self.state.rows[author, sku, kind] = Row(value, self.state.version, source)

    def _changed(self, document: str, source: str) -> None:
        self.state.record_version += 1
        self.state.document_changes[document, source] = self.state.record_version

    def snapshot(self) -> State:
        """Copy everything durable, as a backup does."""
        return copy.deepcopy(self.state)

    # -- the port ------------------------------------------------------------------------------

    def holdings(self) -> Sequence[Holding]:
        """See `Ledger`."""
        held = sorted(self.state.journals.items())
        return [
            Holding(name, len(j.facts), follow(genesis(name), j.facts).hash, j.key)
            for name, j in held
        ]

    def batch_after(self, journal: str, seq: int, max_bytes: int) -> Batch | None:
        """See `Ledger`."""
        held = self.state.journals.get(journal)
        if held is None or seq >= len(held.facts):
            return None
        before = follow(genesis(journal), held.facts[:seq])
        if journal != str(self.me):
            cut = min(at for at in held.signatures if at > seq)
            facts = held.facts[seq:cut]
            return Batch(journal, seq + 1, before.hash, facts, held.signatures[cut])
        facts, size = [], 0
        for fact in held.facts[seq:]:
            size += len(fact)
            if facts and size > max_bytes:
                break
            facts.append(fact)
        return make_batch(journal, before, facts, self.signer)

    def quantity_version(self, peer: str) -> int:
        """See `Ledger`."""
        return max((r.version for r in self.state.rows.values() if r.source != peer), default=0)

    def delta_after(self, peer: str, version: int, max_rows: int) -> Delta | None:
        """See `Ledger`."""
        newer = sorted(
            (row.version, key)
            for key, row in self.state.rows.items()
            if row.version > version and row.source != peer
        )
        if not newer:
            return None
        taken = newer[:max_rows]
        groups: dict[str, list[tuple[int, int, int]]] = {}
        for _, key in taken:
            author, sku, kind = key
            number = self.state.known_skus[sku]
            groups.setdefault(author, []).append((number, kind, self.state.rows[key].value))
        skus = sorted({(self.state.known_skus[sku], sku) for _, (_, sku, _) in taken})
        packed = [
            RowGroup(author, self.state.covers.get(author, 0), pack_rows(rows))
            for author, rows in sorted(groups.items())
        ]
        complete = len(taken) == len(newer)
        return Delta(version, taken[-1][0], complete, 1, skus, packed)

    def quantities_have(self, stream: str) -> int:
        """See `Ledger`."""
        return self.state.streams.get(stream, 0)

    def record_version(self, peer: str) -> int:
        """See `Ledger`."""
        changes = self.state.document_changes.items()
        return max((v for (_, source), v in changes if source != peer), default=0)

    def offer_after(self, peer: str, version: int, max_documents: int) -> RecordOffer | None:
        """See `Ledger`."""
        newer = sorted(
            (changed, name)
            for (name, source), changed in self.state.document_changes.items()
            if changed > version and source != peer
        )
        if not newer:
            return None
        kept = newer[:max_documents]
        encoded = [(n, msgspec.msgpack.encode(self.state.documents[n])) for _, n in kept]
        return RecordOffer(version, kept[-1][0], encoded, len(kept) == len(newer))

    def records_have(self, stream: str) -> int:
        """See `Ledger`."""
        return self.state.record_streams.get(stream, 0)

    def wanted(self, documents: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """See `Ledger`."""
        news = []
        for name, vector in documents:
            held = self.state.documents.get(name, {})
            if any(n > held.get(w, 0) for w, n in (_read(vector) or {}).items()):
                news.append((name, msgspec.msgpack.encode(held)))
        return news

    def difference(self, document: str, state_vector: bytes) -> bytes | None:
        """See `Ledger`."""
        held = self.state.documents.get(document)
        theirs = _read(state_vector)
        if held is None or theirs is None:
            return None
        return msgspec.msgpack.encode({w: n for w, n in held.items() if n > theirs.get(w, 0)})


def _read(vector: bytes) -> _Vector | None:
    """Decode a vector; None for one that can't be read."""
    try:
        return _vector.decode(vector)
    except msgspec.MsgspecError:
        return None


def hash_of(name: str) -> int:
    """Name a writer by a small number that does not change between runs."""
    return int.from_bytes(name.encode()[-6:], "big")


def heads(ledger: MemoryLedger) -> dict[str, Head]:
    """Return the head of every journal that holds facts."""
    return {h.journal: Head(h.seq, h.hash) for h in ledger.holdings() if h.seq}


def values(ledger: MemoryLedger) -> dict[tuple[str, str, int], int]:
    """Return all counter rows by author, SKU and kind."""
    return {key: row.value for key, row in ledger.state.rows.items()}


def folded(ledger: MemoryLedger) -> dict[tuple[str, str, int], int]:
    """Return what the held facts add up to, in the shape of `values`."""
    sums: dict[tuple[str, str, int], int] = {}
    for name, journal in ledger.state.journals.items():
        for data in journal.facts:
            for sku, kind, quantity in movements(decode_fact(data).body):
                key = (name, sku, int(kind))
                sums[key] = sums.get(key, 0) + quantity
    return sums


def opening(sku: str, quantity: int) -> Opening:
    """Make the body of an opening stock of one SKU."""
    return Opening([StockLine(sku, quantity)])
