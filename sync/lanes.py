"""What is still to be said on each lane, and what waits for the peer's commit.

Each lane keeps only soft state: after any doubt it starts again from what the peer says it holds.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from sync.flow import Window
from sync.journal import Batch
from sync.ledger import Ledger
from sync.wire import Delta, Have, Holding, RecordDiff, RecordOffer, RecordWant

DELTA_ROWS = 4_000
BODY_ROOM_BYTES = 57_344
DELTAS_ON_THE_WAY = 2
OFFER_DOCUMENTS = 200
WANT_DOCUMENTS = 32
ANSWERS_MAX = 3
REWIND_PAUSE_MS = 1_000


class QuantityLane:
    """Counter rows go out by the sender's row versions, a few messages at a time.

    While some are on the way, further changes of a row fold into its one next value: the cost of
    an outage grows with the rows touched and not with its length.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._sent = 0
        self._on_the_way: list[int] = []
        self.waiting_ms: int | None = None

    def adopt(self, version: int) -> None:
        """Start from the version that the peer has committed."""
        self._sent = version
        self._on_the_way = []
        self.waiting_ms = None

    def deltas(self, peer: str, now_ms: int) -> Iterator[Delta]:
        """Yield what may be sent now."""
        while len(self._on_the_way) < DELTAS_ON_THE_WAY:
            delta = self._next(peer)
            if delta is None:
                return
            self._sent = delta.through
            self._on_the_way.append(delta.through)
            self.waiting_ms = now_ms if self.waiting_ms is None else self.waiting_ms
            yield delta

    def _next(self, peer: str) -> Delta | None:
        """Read as many rows as fit into one message even where they do not compress."""
        rows = DELTA_ROWS
        delta = self._ledger.delta_after(peer, self._sent, rows)
        while delta is not None and rows > 1 and _delta_bytes(delta) > BODY_ROOM_BYTES:
            rows //= 2
            delta = self._ledger.delta_after(peer, self._sent, rows)
        return delta

    def acknowledged(self, version: int, rewind: bool, now_ms: int) -> None:
        """The peer has committed everything up to `version`, and with `rewind` lacks the next."""
        if rewind:
            self.adopt(version)
        else:
            self._sent = max(self._sent, version)
            self._on_the_way = [v for v in self._on_the_way if v > version]
            self.waiting_ms = now_ms if self._on_the_way else None


def _delta_bytes(delta: Delta) -> int:
    names = sum(12 + len(sku.encode()) for _, sku in delta.skus)
    return names + sum(40 + len(group.rows) for group in delta.groups)


@dataclass(slots=True)
class _Cursor:
    sent: int = 0
    acked: int = 0
    rewound_ms: int = -REWIND_PAUSE_MS
    halted: bool = False


class FactLane:
    """Each shared journal is streamed from where the peer's holding ends, within one window.

    `own` names the journal that this end writes.
    """

    def __init__(self, ledger: Ledger, own: str) -> None:
        self._ledger = ledger
        self._own = own
        self._cursors: dict[str, _Cursor] = {}
        self._window = Window()

    @property
    def waiting_ms(self) -> int | None:
        """Since when the oldest batch waits for its commit."""
        return self._window.oldest_ms

    @property
    def acked(self) -> dict[str, int]:
        """How far the peer has committed each journal."""
        return {journal: cursor.acked for journal, cursor in self._cursors.items()}

    @property
    def halted(self) -> list[str]:
        """Journals that the peer holds with other content."""
        return [journal for journal, cursor in self._cursors.items() if cursor.halted]

    def adopt(self, holdings: Iterable[Holding]) -> None:
        """Start from what the peer holds, in the own journal never from beyond its head.

        A peer that knows more of a journal than its author has seen another life under this name,
        and the author's next fact must show that at once.
        """
        self._cursors = {h.journal: _Cursor(h.seq, h.seq) for h in holdings}
        own = self._cursors.get(self._own)
        if own is not None:
            heads = [h.seq for h in self._ledger.holdings() if h.journal == self._own]
            own.sent = min([own.sent, *heads])
        self._window = Window()

    def batches(self, now_ms: int) -> Iterator[Batch]:
        """Yield what may be sent now."""
        if not self._window.room_bytes:
            return
        for holding in self._ledger.holdings():
            cursor = self._cursors.setdefault(holding.journal, _Cursor())
            while not cursor.halted and cursor.sent < holding.seq and self._window.room_bytes:
                room = self._window.room_bytes
                batch = self._ledger.batch_after(holding.journal, cursor.sent, room)
                if batch is None:
                    break
                cursor.sent = batch.last
                size = sum(map(len, batch.facts))
                self._window.sent(holding.journal, batch.last, size, now_ms)
                yield batch

    def acknowledged(self, have: Have, now_ms: int) -> None:
        """The peer has committed a journal up to `have.seq`.

        A gap makes it ask once per batch that was already on the way; one rewind answers them all.
        """
        cursor = self._cursors.get(have.journal)
        if cursor is None:
            return
        self._window.acknowledged(have.journal, have.seq, now_ms)
        cursor.acked = max(cursor.acked, have.seq)
        cursor.halted = cursor.halted or have.halted
        if have.halted or (have.rewind and now_ms - cursor.rewound_ms >= REWIND_PAUSE_MS):
            self._window.drop(have.journal)
            cursor.sent = have.seq
            cursor.rewound_ms = now_ms

    def peer_sent(self, batch: Batch) -> None:
        """What comes from the peer need not go back to it."""
        if batch.journal == self._own:
            return
        cursor = self._cursors.setdefault(batch.journal, _Cursor())
        cursor.sent = max(cursor.sent, batch.last)
        cursor.acked = max(cursor.acked, batch.last)


class RecordLane:
    """Offer what changed by state vector, be asked for what is news, send just that.

    One offer is on the way at a time and is repeated until its receiver finds no news in it; only
    then does its version count as held. So neither end remembers what the other knows. A document
    whose differences were committed `ANSWERS_MAX` times and led nowhere (they were refused, or fall
    short of what was offered) is wanted no more until the next greeting, and holds up no other.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._acked = 0
        self._missing: set[str] = set()
        self._asked: list[tuple[str, bytes, bytes]] = []
        self._answers: dict[tuple[str, bytes, bytes], int] = {}
        self.waiting_ms: int | None = None

    def adopt(self, version: int) -> None:
        """Start from the version that the peer has committed."""
        self._acked = version
        self._missing = set()
        self._asked = []
        self._answers = {}
        self.waiting_ms = None

    def offers(self, peer: str, now_ms: int) -> Iterator[RecordOffer]:
        """Yield the next changed documents, unless an offer is on the way or nothing changed."""
        if self.waiting_ms is not None:
            return
        documents = OFFER_DOCUMENTS
        offer = self._ledger.offer_after(peer, self._acked, documents)
        while offer is not None and documents > 1 and _offer_bytes(offer) > BODY_ROOM_BYTES:
            documents //= 2
            offer = self._ledger.offer_after(peer, self._acked, documents)
        if offer is not None:
            self.waiting_ms = now_ms
            yield offer

    def acknowledged(self, version: int, again: bool) -> None:
        """The peer holds everything up to `version` (-1: no news), or wants the offer again."""
        if version >= 0:
            self._acked = version
        if again or version >= 0:
            self.waiting_ms = None

    def wanted(self, offer: RecordOffer) -> RecordWant | None:
        """Ask for the documents of an offer that hold news; None when there are none."""
        theirs = dict(offer.documents)
        news = [(name, theirs[name], mine) for name, mine in self._ledger.wanted(offer.documents)]
        self._answers = {one: self._answers.get(one, 0) for one in news}
        self._asked = [one for one in news if self._answers[one] < ANSWERS_MAX][:WANT_DOCUMENTS]
        self._missing = {name for name, _, _ in self._asked}
        return RecordWant([(name, mine) for name, _, mine in self._asked]) if self._asked else None

    def answer(self, want: RecordWant, now_ms: int) -> Iterator[RecordDiff]:
        """Yield what the peer lacks of each wanted document, at most a few dozen at once."""
        self.waiting_ms = now_ms
        for name, vector in want.documents[:WANT_DOCUMENTS]:
            update = self._ledger.difference(name, vector)
            if update is not None:
                yield RecordDiff(name, update)

    def answered(self, documents: Set[str]) -> bool:
        """Differences of these documents were committed; whether to ask for the offer again."""
        if not any(documents):
            return False
        self._missing -= documents
        if self._missing:
            return False
        for one in self._asked:
            self._answers[one] += 1
        self._asked = []
        return True


def _offer_bytes(offer: RecordOffer) -> int:
    return sum(12 + len(name.encode()) + len(vector) for name, vector in offer.documents)
