"""A session gives way to no contradiction, replay, stranger or damage, and says which it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.bodies import Promise
from sync.body import StockLine
from sync.identity import Replica
from sync.journal import Head, follow, genesis, make_batch
from sync.session import Commit, Reject, Send, State
from sync.topics import Lane
from sync.wire import AnyMessage, Delta, Facts, Hello, RecordOffer, RowGroup, seal, unseal
from tests.sync.memory import MemoryLedger, opening, values
from tests.sync.pair import (
    End,
    Network,
    Pair,
    ledger,
    pair,
    restarted,
    sent_kinds,
    signer,
    trade,
)


def test_what_its_author_never_signed_halts_nothing() -> None:
    p = pair()
    trade(p, 4)
    p.network.run(3_000)
    forged = make_batch("s1-n1", make_head(p.store.ledger, 4), [b"forged"], signer("other"))
    p.store.run([p.store.session._send(Facts(forged), p.store.session._peer_session)])
    p.network.run(1_000)
    assert p.hq.ledger.state.quarantine == ["the head of the batch is not signed by its author"]
    assert not p.store.session.facts.halted
    trade(p, 4)
    p.network.run(3_000)
    assert p.equal


def test_a_fork_halts_one_journal_and_nothing_else() -> None:
    p = pair()
    trade(p, 4)
    p.network.run(3_000)
    forked = make_batch("s1-n1", Head(4, bytes(32)), [b"forked"], signer("s1-n1"))
    p.store.run([p.store.session._send(Facts(forked), p.store.session._peer_session)])
    p.network.run(1_000)
    assert p.hq.ledger.state.quarantine == ["the batch does not continue the chain that is held"]
    assert p.store.session.facts.halted == ["s1-n1"]
    p.sell(p.hq, Promise("o", [StockLine("a", 1)]))
    p.sell(p.store, opening("z", 9))
    p.network.run(3_000)
    assert values(p.hq.ledger) == values(p.store.ledger)
    p.store.session.disconnected()
    p.store.connect()
    p.network.run(3_000)
    assert p.equal


def make_head(held: MemoryLedger, seq: int) -> Head:
    """Return the head an own journal had."""
    name = str(held.me)
    return follow(genesis(name), held.state.journals[name].facts[:seq])


def test_a_refused_life_falls_silent_and_asks_again_later() -> None:
    p = pair()
    p.network.run(1_000)
    p.hq.ledger.state.revoked.add("s1-n1")
    p.sell(p.store, opening("a", 1))
    p.network.run(1_000)
    assert p.store.session.state is State.REFUSED
    assert p.store.session.refusal == "revoked"
    assert not p.hq.ledger.state.journals["s1-n1"].facts
    p.network.log.clear()
    p.network.run(50_000)
    assert not sent_kinds(p.network, "s1")
    p.hq.ledger.state.revoked.clear()
    p.network.run(70_000)
    assert p.equal


def two_boxes(revoke: bool) -> tuple[Network, End, End, End]:
    """A replacement is in service while the old box still talks on the same topic."""
    p = pair()
    trade(p, 10)
    p.network.run(3_000)
    new = End(p.network, ledger("s1-n2"), "s1", "hq")
    new.out.append(p.hq.receive)
    p.hq.out.append(new.receive)
    if revoke:
        p.hq.ledger.state.revoked.add("s1-n1")
    new.connect()
    p.network.run(3_000)
    return p.network, p.store, new, p.hq


def test_a_revoked_box_that_keeps_talking_does_not_disturb_its_successor() -> None:
    network, old, new, hq = two_boxes(revoke=True)
    before = len(hq.ledger.state.journals["s1-n1"].facts)
    refusals = 0
    for n in range(60):
        old.ledger.append(opening("a", 1), network.random.randbytes(16))
        old.committed_locally()
        new.ledger.append(opening("b", 1), network.random.randbytes(16))
        new.committed_locally()
        network.run(1_500)
        refusals += new.session.state is State.REFUSED
        if n > 5:
            late = len(new.ledger.state.journals["s1-n2"].facts)
            assert late - len(hq.ledger.state.journals["s1-n2"].facts) <= 2
    assert not refusals
    assert old.session.state is State.REFUSED
    assert len(hq.ledger.state.journals["s1-n1"].facts) == before


def test_two_live_boxes_both_get_through() -> None:
    network, old, new, hq = two_boxes(revoke=False)
    for _ in range(20):
        for end in (old, new):
            end.ledger.append(opening("a", 1), network.random.randbytes(16))
            end.committed_locally()
        network.run(1_500)
    network.run(30_000)
    assert values(hq.ledger) == values(old.ledger) == values(new.ledger)
    assert hq.ledger.state.journals["s1-n1"].facts == old.ledger.state.journals["s1-n1"].facts
    assert hq.ledger.state.journals["s1-n2"].facts == new.ledger.state.journals["s1-n2"].facts


def test_replayed_messages_of_an_earlier_process_change_nothing() -> None:
    p = pair()
    heard: list[tuple[Lane, bytes]] = []
    p.store.out.append(lambda lane, payload: heard.append((lane, payload)))
    trade(p, 10)
    p.network.run(3_000)
    p = restarted(p, store=True)
    trade(p, 5)
    p.network.run(3_000)
    session, version = p.hq.session._peer_session, p.hq.ledger.state.version
    p.network.log.clear()
    for lane, payload in heard:
        p.hq.receive(lane, payload)
    p.network.run(1_000)
    assert p.hq.session._peer_session == session
    assert p.hq.ledger.state.version == version
    assert not p.hq.rejected
    p.sell(p.store, opening("after", 1))
    p.network.run(200)
    assert p.equal


def test_replayed_messages_to_an_earlier_headquarters_change_nothing() -> None:
    p = pair()
    heard: list[tuple[Lane, bytes]] = []
    p.store.out.append(lambda lane, payload: heard.append((lane, payload)))
    trade(p, 10)
    p.network.run(3_000)
    p = restarted(p, store=False)
    p.network.run(3_000)
    session = p.hq.session._peer_session
    for lane, payload in heard:
        assert not any(isinstance(e, Commit) for e in p.hq.session.receive(lane, payload, 10**7))
    assert p.hq.session._peer_session == session


def test_a_greeting_meant_for_another_store_makes_nobody_deaf() -> None:
    p = pair()
    trade(p, 4)
    p.network.run(3_000)
    greeting = p.hq.session._hello(False, 12345, p.network.now_ms)
    hello = unseal(greeting.payload).message
    me = p.hq.session.me
    p.store.run(
        p.store.session.receive(
            Lane.HELLO, seal(me.replica, me.session, 12345, 2**40, hello), p.network.now_ms
        )
    )
    p.store.session.disconnected()
    p.store.connect()
    trade(p, 4)
    p.network.run(3_000)
    assert p.store.session.state is State.OPEN
    assert p.equal


def stray(p: Pair, lane: Lane, payload: bytes) -> str:
    """Give headquarters one payload and return why it was rejected."""
    [effect] = p.hq.session.receive(lane, payload, p.network.now_ms)
    assert isinstance(effect, Reject)
    assert effect.payload == payload
    return effect.reason


def test_wrong_lane_origin_scope_and_protocol_are_rejected() -> None:
    p = pair()
    p.network.run(2_000)
    me, to = p.store.me, p.hq.me.session
    batch = make_batch("s2-n1", make_head(p.store.ledger, 0), [b"x"], signer("s1-n1"))
    delta = Delta(0, 1, True, 1, [(1, "a")], [RowGroup("s2-n1", 1, b"\x01\x01\x01\x01")])
    unnamed = Facts(make_batch("nonsense", make_head(p.store.ledger, 0), [b"x"], signer("s1-n1")))

    def sealed(message: AnyMessage, origin: Replica = me.replica) -> bytes:
        return seal(origin, me.session, to, 10_000, message)

    other = MemoryLedger(ledger("s2-n1").me, signer("s2-n1")).me
    hello = Hello(9, bytes(16), bytes(32), "", 1, [], "", 0, 0, False)
    assert "on the lane" in stray(p, Lane.QUANTITIES, sealed(Facts(batch)))
    assert "is no author of store s1" in stray(p, Lane.FACTS, sealed(Facts(batch)))
    assert "is no author of store s1" in stray(p, Lane.FACTS, sealed(unnamed))
    assert "is no author of store s1" in stray(p, Lane.QUANTITIES, sealed(delta))
    assert "on the topic of s1" in stray(p, Lane.RECORDS, sealed(RecordOffer(0, 0, []), other))
    assert "protocol 9" in stray(p, Lane.HELLO, sealed(hello))
    assert "speaks in the session of" in stray(
        p, Lane.RECORDS, sealed(RecordOffer(0, 0, []), ledger("s1-n7").me)
    )
    trade(p, 5)
    p.network.run(2_000)
    assert p.equal


@given(st.binary(max_size=300), st.sampled_from(list(Lane)))
def test_random_bytes_are_rejected_and_change_nothing(payload: bytes, lane: Lane) -> None:
    p = pair()
    p.network.run(100)
    assert stray(p, lane, payload)


@given(st.data())
def test_damaged_messages_are_rejected_or_seen_as_repeats(data: st.DataObject) -> None:
    p = pair()
    heard: list[tuple[Lane, bytes]] = []
    p.store.out.append(lambda lane, payload: heard.append((lane, payload)))
    trade(p, 3)
    p.network.run(1_000)
    lane, payload = data.draw(st.sampled_from(heard))
    at = data.draw(st.integers(0, 8 * len(payload) - 1))
    damaged = bytearray(payload)
    damaged[at // 8] ^= 1 << at % 8
    assert stray(p, lane, bytes(damaged))


def test_a_closed_session_hears_and_says_nothing() -> None:
    p = pair()
    p.network.run(1_000)
    p.hq.session.disconnected()
    hello = [e for e in p.store.session.connected(2_000_000) if isinstance(e, Send)]
    assert unseal(hello[0].payload).to == p.hq.me.session
    assert p.hq.session.receive(Lane.HELLO, hello[0].payload, 2_000_000) == []
    assert p.hq.session.tick(3_000_000) == []
    assert p.hq.session.local_commit(3_000_000) == []


def test_a_clock_set_back_before_the_first_tick_does_not_silence_a_new_process() -> None:
    p = restarted(pair(), store=True)
    now_ms = p.network.now_ms
    p.store.session.connected(now_ms)  # and nobody hears it
    said = [
        effect
        for passed_ms in range(0, 5_000, 1_000)
        for effect in p.store.session.tick(now_ms - 3_600_000 + passed_ms)
    ]
    assert any(isinstance(unseal(e.payload).message, Hello) for e in said if isinstance(e, Send))


@pytest.mark.parametrize("back_ms", [1_000, 3_600_000])
def test_clocks_that_are_set_back_stop_nothing(back_ms: int) -> None:
    p = pair()
    p.network.run(8_000)
    p.network.weather.cut = True
    p.sell(p.store, opening("a", 1))
    p.network.run(100)
    p.store.skew_ms = p.hq.skew_ms = -back_ms
    p.network.run(1_000)
    p.network.weather.cut = False
    p.network.run(40_000)
    assert p.equal
    assert p.store.session.state is State.OPEN
