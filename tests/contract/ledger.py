"""What every ledger does, whatever it is made of: subclass `LedgerContract`, say how to make one.

The suite plays the peer: it writes journals and counters of its own and says them to the ledger
under test, honestly and otherwise.
"""

from collections.abc import Sequence
from typing import Protocol

import pytest

from sync.bodies import AnyBody, Opening
from sync.body import StockLine
from sync.definitions import Rule
from sync.facts import Fact, encode_fact
from sync.identity import Replica
from sync.journal import Batch, Extension, Head, follow, genesis, make_batch, read_batch
from sync.ledger import Ledger, Outcome
from sync.quantities import Kind, pack_rows, unpack_rows
from sync.signing import Signer
from sync.wire import Delta, Facts, Have, Hello, Holding, RecordDiff, RecordOffer, RowGroup

STORE = "s1"
Message = Hello | Facts | Delta | RecordOffer | RecordDiff


class Holder(Protocol):
    """A ledger with the ways in that a real end has."""

    @property
    def me(self) -> Replica:
        """Name the life that this end is."""

    @property
    def ledger(self) -> Ledger:
        """Give the ledger under test."""

    def write(self, number: int) -> None:
        """Commit one more fact in an own journal, the one named by `own`."""

    @property
    def own(self) -> str:
        """Name the journal that `write` continues."""

    def move(self, sku: str, quantity: int) -> tuple[str, Kind]:
        """Grow an own counter of a SKU; return the row's author and kind."""

    def commit(self, origin: Replica, message: Message) -> Outcome:
        """Carry out a session's commit."""


class Peer:
    """One life of the other end: its journal, its counters, its voice."""

    def __init__(self, replica: str) -> None:
        self.replica = Replica.parse(replica)
        secret = "hq" if self.replica.is_headquarters else replica
        self.signer = Signer(secret.encode().ljust(32, b"."))
        self.facts: list[bytes] = []

    def write(self, count: int) -> None:
        """Add facts to the own journal."""
        for _ in range(count):
            number = len(self.facts) + 1
            body: AnyBody = Opening([StockLine(f"sku{number % 3}", number)])
            if self.replica.is_headquarters:
                body = Rule("stock.safety", str(number))
            identity = str(self.replica).encode()[:12].ljust(12) + number.to_bytes(4, "big")
            self.facts.append(encode_fact(Fact(identity, 1_000 + number, 0, "t", body)))

    def head(self, seq: int) -> Head:
        """Return the head after a number of facts."""
        return follow(genesis(str(self.replica)), self.facts[:seq])

    def batch(self, first: int, last: int) -> Batch:
        """Cut a signed batch."""
        before = self.head(first - 1)
        return make_batch(str(self.replica), before, self.facts[first - 1 : last], self.signer)

    def hello(self, *holdings: Holding) -> Hello:
        """Introduce this life."""
        birth = str(self.replica).encode().ljust(16, b".")[:16]
        own = Holding(str(self.replica), 0, genesis(str(self.replica)).hash, self.signer.public_key)
        return Hello(1, birth, self.signer.public_key, "t", 1, [own, *holdings], "", 0, 0, False)

    def delta(
        self, since: int, through: int, rows: Sequence[tuple[int, int, int]], names: bool = True
    ) -> Delta:
        """Say own counter rows, naming SKU n as `sku<n>` unless told otherwise."""
        skus = sorted({(number, f"sku{number}") for number, _, _ in rows}) if names else []
        author = str(self.replica)
        if self.replica.is_headquarters:
            author = f"hq-{STORE}-n{self.replica.generation}"
        return Delta(since, through, True, 1_000, skus, [RowGroup(author, 1, pack_rows(rows))])


def rows_of(delta: Delta, names: dict[int, str]) -> dict[tuple[str, str, int], int]:
    """Decode a delta by author, SKU and kind; `names` is what the receiver knows already."""
    names.update(delta.skus)
    return {
        (group.author, names[number], kind): value
        for group in delta.groups
        for number, kind, value in unpack_rows(group.rows)
    }


class LedgerContract:
    """The suite. `peers` names two lives of the other end, `kind` a counter they may grow."""

    peers: tuple[str, str]
    kind: Kind

    @pytest.fixture
    def holder(self) -> Holder:
        """Make an empty end whose store is `STORE`."""
        raise NotImplementedError

    @pytest.fixture
    def peer(self, holder: Holder) -> Peer:
        """Make the other end, introduced."""
        return self.meet(holder, self.peers[0])

    def meet(self, holder: Holder, replica: str) -> Peer:
        """Introduce a life of the other end."""
        peer = Peer(replica)
        assert not holder.commit(peer.replica, peer.hello()).refused
        return peer

    def seq(self, holder: Holder, journal: str) -> int:
        """Return how much of a journal is held."""
        return {h.journal: h.seq for h in holder.ledger.holdings()}.get(journal, 0)

    def walk(self, holder: Holder, journal: str, max_bytes: int) -> list[Batch]:
        """Read a journal from its start as the peer would, believing nothing."""
        key = {h.journal: h.key for h in holder.ledger.holdings()}[journal]
        head, batches = genesis(journal), []
        while batch := holder.ledger.batch_after(journal, head.seq, max_bytes):
            reading = read_batch(head, batch, lambda _a, _b: [], key)
            assert isinstance(reading, Extension)
            head = reading.head
            batches.append(batch)
        holding = {h.journal: h for h in holder.ledger.holdings()}[journal]
        assert (holding.seq, holding.hash) == (head.seq, head.hash)
        return batches

    def drain(self, holder: Holder, peer: str, max_rows: int) -> dict[tuple[str, str, int], int]:
        """Read all deltas for a peer and check that they form a stream."""
        found: dict[tuple[str, str, int], int] = {}
        names: dict[int, str] = {}
        version, complete = 0, True
        while delta := holder.ledger.delta_after(peer, version, max_rows):
            assert delta.since == version < delta.through
            assert sum(len(unpack_rows(group.rows)) for group in delta.groups) <= max_rows
            found |= rows_of(delta, names)
            version, complete = delta.through, delta.complete
            assert complete is (holder.ledger.delta_after(peer, version, 1) is None)
        assert complete
        assert holder.ledger.quantity_version(peer) == version
        return found

    # -- facts ---------------------------------------------------------------------------------

    def test_an_own_journal_reads_back_signed_at_any_cut(self, holder: Holder) -> None:
        for number in range(9):
            holder.write(number)
        whole = self.walk(holder, holder.own, 10**6)
        facts = [fact for batch in whole for fact in batch.facts]
        assert len(whole) == 1
        for max_bytes in (1, 100, 250):
            batches = self.walk(holder, holder.own, max_bytes)
            assert [fact for batch in batches for fact in batch.facts] == facts
            assert all(len(b.facts) == 1 or sum(map(len, b.facts)) <= max_bytes for b in batches)

    def test_there_is_nothing_after_the_head(self, holder: Holder) -> None:
        holder.write(1)
        seq = self.seq(holder, holder.own)
        assert holder.ledger.batch_after(holder.own, seq, 1_000) is None
        assert holder.ledger.batch_after(holder.own, seq + 7, 1_000) is None
        assert holder.ledger.batch_after("s1-n777", 0, 1_000) is None

    def test_a_batch_extends_and_a_repeat_changes_nothing(self, holder: Holder, peer: Peer) -> None:
        peer.write(5)
        name = str(peer.replica)
        for first, last, seq in [(1, 3, 3), (1, 3, 3), (2, 3, 3), (3, 5, 5), (1, 5, 5)]:
            outcome = holder.commit(peer.replica, Facts(peer.batch(first, last)))
            assert outcome.have == (Have(name, seq),)
            assert not outcome.refused
            assert self.seq(holder, name) == seq

    def test_a_gap_asks_for_what_lies_between(self, holder: Holder, peer: Peer) -> None:
        peer.write(5)
        name = str(peer.replica)
        outcome = holder.commit(peer.replica, Facts(peer.batch(2, 3)))
        assert outcome.have == (Have(name, 0, rewind=True),)
        assert self.seq(holder, name) == 0
        holder.commit(peer.replica, Facts(peer.batch(1, 2)))
        outcome = holder.commit(peer.replica, Facts(peer.batch(5, 5)))
        assert outcome.have == (Have(name, 2, rewind=True),)

    def test_a_fork_halts_and_changes_nothing(self, holder: Holder, peer: Peer) -> None:
        peer.write(3)
        name = str(peer.replica)
        holder.commit(peer.replica, Facts(peer.batch(1, 2)))
        liar = Peer(name)
        liar.facts = [peer.facts[0], peer.facts[2], peer.facts[1]]
        stranger = Peer(name)
        stranger.signer, stranger.facts = Signer(bytes(32)), peer.facts
        for forked in (liar.batch(1, 3), liar.batch(3, 3)):
            outcome = holder.commit(peer.replica, Facts(forked))
            assert outcome.have == (Have(name, 2, halted=True),)
            assert self.seq(holder, name) == 2
        outcome = holder.commit(peer.replica, Facts(stranger.batch(3, 3)))
        assert outcome.have == (Have(name, 2),)
        assert self.seq(holder, name) == 2
        outcome = holder.commit(peer.replica, Facts(peer.batch(3, 3)))
        assert outcome.have == (Have(name, 3),)

    def test_what_another_author_wrote_is_handed_on_under_its_signature(
        self, holder: Holder, peer: Peer
    ) -> None:
        peer.write(6)
        for first, last in [(1, 2), (3, 3), (4, 6)]:
            holder.commit(peer.replica, Facts(peer.batch(first, last)))
        for max_bytes in (1, 10**6):
            batches = self.walk(holder, str(peer.replica), max_bytes)
            assert [f for batch in batches for f in batch.facts] == peer.facts
        middle = holder.ledger.batch_after(str(peer.replica), 1, 10**6)
        assert middle is not None
        reading = read_batch(peer.head(1), middle, lambda _a, _b: [], peer.signer.public_key)
        assert isinstance(reading, Extension)

    def test_nobody_else_continues_an_own_journal(self, holder: Holder, peer: Peer) -> None:
        holder.write(1)
        before = [(h.journal, h.seq, h.hash) for h in holder.ledger.holdings()]
        held = self.seq(holder, holder.own)
        forged = Batch(holder.own, held + 1, before[0][2], [b"x"], bytes(64))
        outcome = holder.commit(peer.replica, Facts(forged))
        assert outcome.have == (Have(holder.own, held),)
        assert [(h.journal, h.seq, h.hash) for h in holder.ledger.holdings()] == before

    def test_facts_that_cannot_be_read_are_kept_and_block_nobody(
        self, holder: Holder, peer: Peer
    ) -> None:
        peer.write(1)
        peer.facts += [b"poison", b"\x91" * 5_000, b"\x00"]
        peer.write(1)
        outcome = holder.commit(peer.replica, Facts(peer.batch(1, 5)))
        assert outcome.have == (Have(str(peer.replica), 5),)
        [batch] = self.walk(holder, str(peer.replica), 10**6)
        assert batch.facts == peer.facts

    # -- quantities ----------------------------------------------------------------------------

    def test_own_rows_form_a_stream_of_any_page_size(self, holder: Holder, peer: Peer) -> None:
        expected = {}
        for number in range(7):
            author, kind = holder.move(f"own{number}", number + 1)
            expected[author, f"own{number}", int(kind)] = number + 1
        for max_rows in (1, 3, 1_000):
            found = self.drain(holder, str(peer.replica), max_rows)
            assert {key: found[key] for key in expected} == expected

    def test_a_row_that_grows_comes_again_and_alone(self, holder: Holder, peer: Peer) -> None:
        name = str(peer.replica)
        holder.move("a", 1)
        holder.move("b", 1)
        version = holder.ledger.quantity_version(name)
        first = holder.ledger.delta_after(name, 0, 10)
        assert first is not None
        assert holder.ledger.delta_after(name, version, 10) is None
        author, kind = holder.move("a", 4)
        delta = holder.ledger.delta_after(name, version, 10)
        assert delta is not None
        assert delta.complete
        assert rows_of(delta, dict(first.skus)) == {(author, "a", int(kind)): 5}

    def test_rows_merge_by_maximum_in_any_order(self, holder: Holder, peer: Peer) -> None:
        other = self.meet(holder, self.peers[1])
        kind = int(self.kind)
        for since, through, value in [(0, 5, 9), (0, 3, 4), (5, 6, 7), (0, 6, 9)]:
            outcome = holder.commit(
                peer.replica, peer.delta(since, through, [(1, kind, value), (2, kind, value)])
            )
            assert outcome.have_quantities == max(5, through if since or value == 9 else 5)
            found = self.drain(holder, str(other.replica), 100)
            author = peer.delta(0, 1, []).groups[0].author
            assert {found[author, f"sku{n}", kind] for n in (1, 2)} == {9}
        assert holder.ledger.quantities_have(str(peer.replica)) == 6

    def test_what_came_from_a_peer_does_not_go_back_to_it_but_to_its_next_life(
        self, holder: Holder, peer: Peer
    ) -> None:
        before = holder.ledger.quantity_version(str(peer.replica))
        holder.commit(peer.replica, peer.delta(0, 1, [(1, int(self.kind), 3)]))
        assert holder.ledger.quantity_version(str(peer.replica)) == before
        assert holder.ledger.delta_after(str(peer.replica), before, 10) is None
        heir = self.meet(holder, self.peers[1])
        author = peer.delta(0, 1, []).groups[0].author
        assert self.drain(holder, str(heir.replica), 10)[author, "sku1", int(self.kind)] == 3

    def test_missing_versions_are_asked_for_and_not_skipped(
        self, holder: Holder, peer: Peer
    ) -> None:
        holder.commit(peer.replica, peer.delta(0, 2, [(1, int(self.kind), 3)]))
        outcome = holder.commit(peer.replica, peer.delta(4, 5, [(1, int(self.kind), 8)]))
        assert outcome.rewind_quantities
        assert outcome.have_quantities == 2
        assert holder.ledger.quantities_have(str(peer.replica)) == 2

    def test_names_are_said_once_and_remembered(self, holder: Holder, peer: Peer) -> None:
        holder.commit(peer.replica, peer.delta(0, 1, [(7, int(self.kind), 1)]))
        outcome = holder.commit(peer.replica, peer.delta(1, 2, [(7, int(self.kind), 2)], False))
        assert outcome.have_quantities == 2
        heir = self.meet(holder, self.peers[1])
        author = peer.delta(0, 1, []).groups[0].author
        assert self.drain(holder, str(heir.replica), 10)[author, "sku7", int(self.kind)] == 2

    @pytest.mark.parametrize(
        "rows", [b"\x03", b"\xff" * 9, b"\x63\x01\x01\x01", b"\x03\x7f\x01\x01"]
    )
    def test_rows_that_cannot_be_read_change_nothing(
        self, holder: Holder, peer: Peer, rows: bytes
    ) -> None:
        good = peer.delta(0, 1, [(1, int(self.kind), 1)])
        version = holder.ledger.quantity_version("")
        bad = Delta(0, 9, True, 1, good.skus, [RowGroup(good.groups[0].author, 1, rows)])
        holder.commit(peer.replica, bad)
        assert holder.ledger.quantity_version("") == version
        unnamed = peer.delta(
            holder.ledger.quantities_have(str(peer.replica)), 10, [(99, 3, 1)], False
        )
        holder.commit(peer.replica, unnamed)
        assert holder.ledger.quantity_version("") == version

    def test_nobody_else_raises_an_own_counter(self, holder: Holder, peer: Peer) -> None:
        author, kind = holder.move("mine", 3)
        before = self.drain(holder, str(peer.replica), 100)
        rows = pack_rows([(1, int(kind), 1_000)])
        holder.commit(
            peer.replica, Delta(0, 1, True, 1, [(1, "mine")], [RowGroup(author, 1, rows)])
        )
        assert self.drain(holder, str(peer.replica), 100) == before

    # -- lives ---------------------------------------------------------------------------------

    def test_a_life_that_comes_again_under_another_birth_or_key_is_refused(
        self, holder: Holder, peer: Peer
    ) -> None:
        hello = peer.hello()
        assert not holder.commit(peer.replica, hello).refused
        twin = Hello(1, b"x" * 16, hello.key, "", 1, hello.holdings, "", 0, 0, False)
        assert holder.commit(peer.replica, twin).refused
        forged = Hello(1, hello.birth, b"k" * 32, "", 1, hello.holdings, "", 0, 0, False)
        assert holder.commit(peer.replica, forged).refused
        assert not holder.commit(peer.replica, hello).refused

    def test_each_life_has_a_stream_of_its_own(self, holder: Holder, peer: Peer) -> None:
        holder.commit(peer.replica, peer.delta(0, 5, [(1, int(self.kind), 1)]))
        other = self.meet(holder, self.peers[1])
        assert holder.ledger.quantities_have(str(peer.replica)) == 5
        assert holder.ledger.quantities_have(str(other.replica)) == 0
        holder.commit(other.replica, other.delta(0, 2, [(1, int(self.kind), 1)]))
        assert holder.ledger.quantities_have(str(other.replica)) == 2
        assert holder.ledger.quantities_have("s1-n4242") == 0
