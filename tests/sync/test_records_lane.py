"""Documents that lead nowhere are not wanted for ever, and hold up no other."""

from sync.lanes import ANSWERS_MAX, RecordLane
from sync.wire import RecordDiff, RecordOffer
from tests.contract.records import Counts
from tests.sync.pair import ledger

GOOD, BAD = "member/good", "member/bad"


class Receiver:
    """A receiver's lane; whatever comes for `BAD` is refused."""

    def __init__(self) -> None:
        self.ledger = ledger("hq-n1")
        self.lane = RecordLane(self.ledger)
        self.peer = ledger("s1-n1").me

    def wanted(self, offer: RecordOffer) -> list[str]:
        want = self.lane.wanted(offer)
        return [name for name, _ in want.documents] if want else []

    def answer(self, *papers: Counts) -> bool:
        """Commit what the sender answers; whether the offer is asked for again."""
        again = False
        for paper in papers:
            update = b"\xff" if paper.name == BAD else paper.news(Counts(paper.name).vector)
            outcome = self.ledger.commit(self.peer, RecordDiff(paper.name, update))
            again = self.lane.answered({outcome.answered_record})
        return again


def papers() -> tuple[Counts, Counts, RecordOffer]:
    good, bad = Counts(GOOD), Counts(BAD)
    for paper in (good, bad):
        paper.edit(ledger("s1-n1").me)
    offer = RecordOffer(0, 2, [(BAD, bad.vector), (GOOD, good.vector)], True)
    return good, bad, offer


def test_what_is_refused_is_asked_for_a_few_times_only() -> None:
    receiver, (good, bad, offer) = Receiver(), papers()
    assert receiver.wanted(offer) == [BAD, GOOD]
    assert receiver.answer(bad, good)
    for _ in range(ANSWERS_MAX - 1):
        assert receiver.wanted(offer) == [BAD]
        assert receiver.answer(bad)
    assert receiver.wanted(offer) == []


def test_a_repeat_of_one_answer_is_no_answer_to_another() -> None:
    receiver, (good, bad, offer) = Receiver(), papers()
    for _ in range(ANSWERS_MAX):
        assert receiver.wanted(offer) == [BAD, GOOD]
        assert not receiver.answer(bad, bad)
    assert receiver.wanted(offer) == [BAD, GOOD]
    assert receiver.answer(bad, good)


def test_a_newer_version_and_a_new_greeting_are_another_chance() -> None:
    receiver, (good, bad, offer) = Receiver(), papers()
    receiver.answer(good)
    for _ in range(ANSWERS_MAX):
        assert receiver.wanted(offer) == [BAD]
        assert receiver.answer(bad)
    assert receiver.wanted(offer) == []
    bad.edit(receiver.peer)
    assert receiver.wanted(RecordOffer(0, 3, [(BAD, bad.vector)], True)) == [BAD]
    receiver.lane.adopt(0)
    assert receiver.wanted(offer) == [BAD]


def test_what_is_lost_on_the_way_is_asked_for_without_end() -> None:
    receiver, (_, _, offer) = Receiver(), papers()
    for _ in range(5 * ANSWERS_MAX):
        assert receiver.wanted(offer) == [BAD, GOOD]
