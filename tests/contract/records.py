"""What every ledger does with documents: subclass `RecordsContract`, say how to make an end.

The suite plays the peer: it edits documents of its own and says them to the ledger under test.
"""

from typing import Protocol

import msgspec
import pytest

from sync import records
from sync.identity import Replica
from sync.records_card import AddTag
from sync.records_news import NOTHING
from sync.wire import RecordDiff, RecordOffer
from tests.contract.ledger import Holder, Peer

DOCUMENTS = [f"member/00000000-0000-4000-8000-{number:012d}" for number in range(12)]


class Editor(Holder, Protocol):
    """An end that edits documents."""

    def edit(self, document: str) -> None:
        """Commit an own edit of a document, its first if there was none; the peer holds it too."""


class Paper(Protocol):
    """A document in the hands of the peer."""

    name: str

    @property
    def vector(self) -> bytes:
        """Say what it holds."""

    def edit(self, replica: Replica) -> None:
        """Write once."""

    def news(self, vector: bytes) -> bytes:
        """Give what a holder of `vector` lacks."""

    def take(self, update: bytes) -> None:
        """Merge."""


class Card:
    """A member's card."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = b""
        self.edits = 0

    @property
    def vector(self) -> bytes:
        return records.state_vector(self.state) if self.state else NOTHING

    def edit(self, replica: Replica) -> None:
        writer = records.client_id(replica, self.name)
        self.edits += 1
        self.state = self.state or records.new_card(self.name, writer)
        self.state = records.edit(self.state, writer, [AddTag(f"{replica} {self.edits}")]).state

    def news(self, vector: bytes) -> bytes:
        return records.diff(self.state, vector)

    def take(self, update: bytes) -> None:
        self.state = records.merge(self.name, self.state, update).state


class Counts:
    """The document of the ledger in dictionaries: how often each writer wrote."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.held: dict[int, int] = {}

    @property
    def vector(self) -> bytes:
        return msgspec.msgpack.encode(self.held)

    def edit(self, replica: Replica) -> None:
        writer = replica.generation + 1_000_000
        self.held[writer] = self.held.get(writer, 0) + 1

    def news(self, vector: bytes) -> bytes:
        theirs = msgspec.msgpack.decode(vector, type=dict[int, int])
        return msgspec.msgpack.encode({w: n for w, n in self.held.items() if n > theirs.get(w, 0)})

    def take(self, update: bytes) -> None:
        self.held.update(msgspec.msgpack.decode(update, type=dict[int, int]))


class RecordsContract:
    """The suite. `peers` names two lives of the other end, `paper` its documents."""

    peers: tuple[str, str]
    paper: type[Card] | type[Counts] = Card

    @pytest.fixture
    def holder(self) -> Editor:
        """Make an empty end whose store is `STORE`."""
        raise NotImplementedError

    @pytest.fixture
    def peer(self, holder: Editor) -> Replica:
        """Introduce a life of the other end."""
        return self.meet(holder, self.peers[0])

    def meet(self, holder: Editor, name: str) -> Replica:
        """Introduce a life of the other end."""
        peer = Peer(name)
        assert not holder.commit(peer.replica, peer.hello()).refused
        return peer.replica

    def say(self, holder: Editor, peer: Replica, paper: Paper) -> None:
        """Bring what is wanted of a document, as a session does."""
        for name, vector in holder.ledger.wanted([(paper.name, paper.vector)]):
            outcome = holder.commit(peer, RecordDiff(name, paper.news(vector)))
            assert outcome.answered_record == name
        assert holder.ledger.wanted([(paper.name, paper.vector)]) == []

    def drain(self, holder: Editor, peer: Replica, since: int, page: int) -> dict[str, bytes]:
        """Read all offers after a version and check that they form a stream."""
        found: dict[str, bytes] = {}
        version, complete = since, True
        while offer := holder.ledger.offer_after(str(peer), version, page):
            assert offer.since == version < offer.through
            assert 0 < len(offer.documents) <= page
            found |= dict(offer.documents)
            version, complete = offer.through, offer.complete
            assert complete is (holder.ledger.offer_after(str(peer), version, 1) is None)
        assert complete
        assert holder.ledger.record_version(str(peer)) in (version, 0)
        return found

    def test_own_edits_form_a_stream_of_any_page_size(self, holder: Editor, peer: Replica) -> None:
        for document in DOCUMENTS[:7]:
            holder.edit(document)
        for page in (1, 3, 1_000):
            assert sorted(self.drain(holder, peer, 0, page)) == DOCUMENTS[:7]
        version = holder.ledger.record_version(str(peer))
        assert holder.ledger.offer_after(str(peer), version, 9) is None
        holder.edit(DOCUMENTS[3])
        assert list(self.drain(holder, peer, version, 9)) == [DOCUMENTS[3]]

    def test_what_came_from_a_peer_is_offered_to_its_next_life_alone(
        self, holder: Editor, peer: Replica
    ) -> None:
        paper = self.paper(DOCUMENTS[0])
        paper.edit(peer)
        self.say(holder, peer, paper)
        offer = RecordOffer(0, 1, [(paper.name, paper.vector)], True)
        assert holder.commit(peer, offer).have_records == 1
        assert self.drain(holder, peer, 0, 9) == {}
        heir = self.meet(holder, self.peers[1])
        assert self.drain(holder, heir, 0, 9) == {paper.name: paper.vector}

    def test_an_own_edit_is_offered_although_the_peer_edited_later(
        self, holder: Editor, peer: Replica
    ) -> None:
        paper = self.paper(DOCUMENTS[0])
        holder.edit(paper.name)
        paper.edit(peer)
        self.say(holder, peer, paper)
        ((name, vector),) = self.drain(holder, peer, 0, 9).items()
        news = holder.ledger.difference(name, paper.vector)
        assert news is not None
        paper.take(news)
        nothing_more = holder.ledger.difference(name, vector)
        assert holder.ledger.difference(name, paper.vector) == nothing_more
        assert holder.ledger.wanted([(name, paper.vector)]) == []

    def test_only_news_is_wanted(self, holder: Editor, peer: Replica) -> None:
        paper, empty = self.paper(DOCUMENTS[0]), self.paper(DOCUMENTS[1])
        paper.edit(peer)
        asked = [(paper.name, paper.vector), (empty.name, empty.vector)]
        assert holder.ledger.wanted(asked) == [(paper.name, empty.vector)]
        self.say(holder, peer, paper)
        old = paper.vector
        paper.edit(peer)
        assert holder.ledger.wanted([(paper.name, paper.vector)]) == [(paper.name, old)]
        assert holder.ledger.wanted([(paper.name, old)]) == []

    def test_a_difference_repeated_or_late_changes_nothing(
        self, holder: Editor, peer: Replica
    ) -> None:
        paper = self.paper(DOCUMENTS[0])
        paper.edit(peer)
        first = paper.news(self.paper(paper.name).vector)
        paper.edit(peer)
        self.say(holder, peer, paper)
        heir = self.meet(holder, self.peers[1])
        before = holder.ledger.offer_after(str(heir), 0, 9)
        for update in (first, paper.news(self.paper(paper.name).vector)):
            assert holder.commit(peer, RecordDiff(paper.name, update)).answered_record
        assert holder.ledger.offer_after(str(heir), 0, 9) == before
        assert holder.ledger.wanted([(paper.name, paper.vector)]) == []

    def test_what_is_not_held_has_no_difference(self, holder: Editor, peer: Replica) -> None:
        nothing = self.paper(DOCUMENTS[0]).vector
        assert holder.ledger.difference(DOCUMENTS[0], nothing) is None
        holder.edit(DOCUMENTS[0])
        assert holder.ledger.difference(DOCUMENTS[0], nothing)
        assert holder.ledger.difference(DOCUMENTS[0], b"\xff" * 9) is None

    def test_what_is_no_offer_is_not_wanted_and_holds_up_nothing(
        self, holder: Editor, peer: Replica
    ) -> None:
        paper = self.paper(DOCUMENTS[0])
        paper.edit(peer)
        bad = [(DOCUMENTS[1], b"\xff" * 9)]
        wanted = holder.ledger.wanted([*bad, (paper.name, paper.vector)])
        assert [name for name, _ in wanted] == [paper.name]
        assert holder.commit(peer, RecordOffer(0, 4, bad, True)).have_records == 4

    def test_a_refused_difference_changes_nothing_and_is_answered(
        self, holder: Editor, peer: Replica
    ) -> None:
        paper = self.paper(DOCUMENTS[0])
        paper.edit(peer)
        self.say(holder, peer, paper)
        paper.edit(peer)
        update = bytearray(paper.news(self.paper(paper.name).vector))
        update[-1] ^= 0xFF
        for bad in (b"", b"\xff" * 40, bytes(update)):
            assert holder.commit(peer, RecordDiff(paper.name, bad)).answered_record
        self.say(holder, peer, paper)

    def test_versions_are_acknowledged_in_their_order(self, holder: Editor, peer: Replica) -> None:
        paper = self.paper(DOCUMENTS[0])
        paper.edit(peer)
        self.say(holder, peer, paper)
        documents = [(paper.name, paper.vector)]
        for since, through, have in [(2, 3, 0), (0, 2, 2), (0, 2, 2), (4, 5, 2), (2, 3, 3)]:
            outcome = holder.commit(peer, RecordOffer(since, through, documents, True))
            assert outcome.have_records == have
            assert holder.ledger.records_have(str(peer)) == have
        other = self.meet(holder, self.peers[1])
        assert holder.ledger.records_have(str(other)) == 0
        assert holder.ledger.records_have("s1-n4242") == 0
