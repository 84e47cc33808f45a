"""Both ends of a session, tested together over hostile networks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.bodies import GoodsReceipt, Promise, StockLine
from sync.flow import PIECE_MAX_BYTES, WINDOW_MIN_BYTES
from sync.identity import Replica
from sync.journal import FACT_MAX_BYTES, Head, follow, genesis, make_batch
from sync.session import PATIENCE_MAX_MS, Commit, Reject, Send, State
from sync.topics import Lane
from sync.wire import AnyMessage, Delta, Facts, Hello, RecordOffer, RowGroup, seal, unseal
from tests.sync.memory import MemoryLedger, folded, opening, values
from tests.sync.pair import (
    End,
    Network,
    Pair,
    Weather,
    fact_bytes,
    join,
    ledger,
    pair,
    sent_kinds,
    signer,
)

HOSTILE = [
    Weather(),
    Weather(loss=0.3),
    Weather(repeat=0.5),
    Weather(delay_ms=(1, 2_000)),
    Weather(loss=0.3, repeat=0.3, delay_ms=(1, 500)),
]


def trade(p: Pair, facts: int) -> None:
    """Let both ends write, interleaved with time."""
    for n in range(facts):
        p.sell(p.store, opening(f"sku{n % 7}", 1 + n))
        if n % 3 == 0:
            p.sell(p.hq, Promise("o", [StockLine(f"sku{n % 5}", 1)]))
            p.store.ledger.edit(f"doc{n % 4}")
            p.hq.ledger.edit(f"doc{n % 3}")
        p.network.run(p.network.random.randint(0, 400))


@pytest.mark.parametrize("weather", HOSTILE)
@pytest.mark.parametrize("seed", range(6))
def test_converges_once_the_weather_clears(seed: int, weather: Weather) -> None:
    p = pair(seed, weather)
    trade(p, 40)
    p.network.weather = Weather()
    p.network.run(60_000)
    assert p.equal
    assert values(p.hq.ledger) == folded(p.hq.ledger)
    assert not p.store.rejected
    assert not p.hq.ledger.state.quarantine


@pytest.mark.parametrize("seed", range(10))
def test_converges_after_cuts_noticed_or_not(seed: int) -> None:
    p = pair(seed, Weather(delay_ms=(1, 100)))
    for _ in range(6):
        p.network.weather.cut = not p.network.weather.cut
        if p.network.random.random() < 0.5:
            for end in (p.store, p.hq):
                end.session.disconnected()
                if not p.network.weather.cut:
                    end.connect()
        trade(p, 10)
        p.network.run(p.network.random.randint(0, 50_000))
    p.network.weather = Weather()
    for end in (p.store, p.hq):
        if end.session.state is State.DOWN:
            end.connect()
    p.network.run(60_000)
    assert p.equal


@pytest.mark.parametrize("seed", range(10))
def test_processes_may_restart_at_any_time(seed: int) -> None:
    p = pair(seed, Weather(loss=0.1, delay_ms=(1, 300)))
    for n in range(8):
        trade(p, 5)
        p = restarted(p, store=n % 2 == 0)
    p.network.weather = Weather()
    p.network.run(60_000)
    assert p.equal


def restarted(p: Pair, store: bool) -> Pair:
    """Kill one process and start it again over its durable state."""
    old = p.store if store else p.hq
    old.alive = False
    new = End(p.network, old.ledger, old.node, "hq" if store else "s1")
    p.store.out.clear()
    p.hq.out.clear()
    p = Pair(p.network, new, p.hq) if store else Pair(p.network, p.store, new)
    join(p.store, p.hq)
    new.connect()
    return p


def test_a_quiet_pair_is_silent_but_for_heartbeats_and_knows_its_age() -> None:
    p = pair()
    p.sell(p.store, opening("a", 1))
    p.network.run(5_000)
    p.network.log.clear()
    p.network.run(60_000)
    assert set(sent_kinds(p.network, "s1")) == {"Progress"}
    assert 10 <= len(sent_kinds(p.network, "s1")) <= 13
    assert p.network.now_ms - p.hq.session.as_of_ms <= 6_000


def test_age_advances_while_a_store_is_busy() -> None:
    p = pair(0, Weather(delay_ms=(20, 20)))
    for _ in range(400):
        p.sell(p.store, opening("a", 1))
        p.network.run(50)
    assert p.network.now_ms - p.hq.session.as_of_ms <= 6_000


def test_age_stands_still_while_a_delta_is_missing() -> None:
    p = pair()
    p.network.run(6_000)
    before = p.hq.session.as_of_ms
    p.network.weather.cut = True
    p.sell(p.store, opening("a", 1))
    p.network.weather.cut = False
    p.network.run(1)
    p.store.run([p.store.session._heartbeat(p.network.now_ms)])
    p.network.run(100)
    assert p.hq.session.as_of_ms == before


def test_quantities_go_before_facts_after_an_outage() -> None:
    p = pair(0, Weather(delay_ms=(30, 30)))
    p.network.run(1_000)
    p.store.session.disconnected()
    for n in range(3_000):
        p.store.ledger.append(
            GoodsReceipt("r" * 40, "s" * 40, [StockLine(f"k{n % 50}", 1)]), b"i" * 16
        )
    p.network.log.clear()
    p.store.connect()
    p.network.run(150)
    stock = {k: v for k, v in values(p.hq.ledger).items() if k[0] == "s1-n1"}
    assert stock == values(p.store.ledger)
    assert len(p.hq.ledger.state.journals["s1-n1"].facts) < 3_000
    kinds = sent_kinds(p.network, "s1")
    assert kinds.index("Delta") < kinds.index("Facts")
    assert kinds.count("Delta") == 1
    p.network.run(20_000)
    assert p.equal


def test_new_stock_overtakes_a_backfill() -> None:
    p = pair(0, Weather(delay_ms=(40, 40)))
    for n in range(2_000):
        p.store.ledger.append(GoodsReceipt("r" * 400, "s", [StockLine(f"k{n % 50}", 1)]), b"i" * 16)
    p.network.run(300)
    held = len(p.hq.ledger.state.journals["s1-n1"].facts)
    assert 0 < held < 2_000
    p.sell(p.store, opening("fresh", 3))
    p.network.run(60)
    assert values(p.hq.ledger)["s1-n1", "fresh", 1] == 3
    assert len(p.hq.ledger.state.journals["s1-n1"].facts) < 2_000


def test_bytes_on_the_way_stay_within_the_window() -> None:
    p = pair()
    body = GoodsReceipt("r" * 400, "s", [StockLine("a", 1)])
    for _ in range(8_000):
        p.store.ledger.append(body, b"i" * 16)
    heard: list[int] = []
    p.store.out[:] = [lambda _, payload: heard.append(fact_bytes(payload))]
    p.network.run(PATIENCE_MAX_MS * 2)
    greetings = sent_kinds(p.network, "s1").count("Hello")
    assert sum(heard) <= greetings * WINDOW_MIN_BYTES * 3 // 2
    join(p.store, p.hq)
    p.network.run(200)
    window = p.store.session.facts._window
    assert window._bytes <= window.limit_bytes + PIECE_MAX_BYTES
    p.network.run(30_000)
    assert p.equal


def test_every_message_fits_however_many_and_long_the_names_are() -> None:
    p = pair()
    rng = p.network.random
    for _ in range(3_000):
        sku = "".join(chr(rng.randint(0x4E00, 0x9FFF)) for _ in range(64))
        p.store.ledger._put("s1-n1", sku, 1, rng.randint(1, 2**40), "")
    p.store.committed_locally()
    p.network.run(20_000)
    assert values(p.hq.ledger) == values(p.store.ledger)


def test_a_fact_of_full_size_gets_through() -> None:
    p = pair()
    body = GoodsReceipt("r" * (FACT_MAX_BYTES - 100), "s", [StockLine("a", 1)])
    for _ in range(5):
        p.sell(p.store, body)
    p.network.run(5_000)
    assert p.equal


def test_greets_again_after_silence() -> None:
    p = pair()
    p.network.run(5_000)
    p.hq.alive = False
    p.network.log.clear()
    p.network.run(20_000)
    assert "Hello" in sent_kinds(p.network, "s1")
    assert p.store.session.state is State.GREETING


def test_a_restored_peer_gets_everything_again() -> None:
    p = pair()
    trade(p, 10)
    p.network.run(5_000)
    backup = p.hq.ledger.snapshot()
    trade(p, 20)
    p.network.run(5_000)
    p.hq.alive = False
    reborn = ledger("hq-n2")
    backup.journals["hq-n2"] = reborn.state.journals["hq-n2"]
    reborn.state = backup
    p.store.out.clear()
    hq = End(p.network, reborn, "hq", "s1")
    join(p.store, hq)
    hq.connect()
    p.network.run(30_000)
    back = Pair(p.network, p.store, hq)
    assert back.equal
    assert values(hq.ledger) == folded(hq.ledger)
    assert len(hq.ledger.state.journals["hq-n1"].facts) == 11


def test_a_restored_node_learns_what_its_former_life_had_said() -> None:
    p = pair()
    trade(p, 10)
    p.network.run(5_000)
    backup = p.store.ledger.snapshot()
    trade(p, 10)
    p.network.run(5_000)
    p.store.alive = False
    reborn = ledger("s1-n2")
    backup.journals["s1-n2"] = reborn.state.journals["s1-n2"]
    reborn.state = backup
    p.hq.out.clear()
    store = End(p.network, reborn, "s1", "hq")
    join(store, p.hq)
    store.connect()
    now = Pair(p.network, store, p.hq)
    now.sell(store, opening("new", 5))
    p.network.run(30_000)
    assert now.equal
    assert values(store.ledger) == folded(store.ledger)


def test_a_node_rolled_back_under_its_old_name_is_halted_at_its_next_fact() -> None:
    p = pair()
    trade(p, 10)
    p.network.run(5_000)
    backup = p.store.ledger.snapshot()
    trade(p, 10)
    p.network.run(5_000)
    held = len(p.hq.ledger.state.journals["s1-n1"].facts)
    p.store.ledger.state = backup
    p = restarted(p, store=True)
    p.network.run(3_000)
    p.sell(p.store, opening("other", 1))
    p.network.run(3_000)
    assert p.hq.ledger.state.quarantine
    assert p.store.session.facts.halted == ["s1-n1"]
    assert len(p.hq.ledger.state.journals["s1-n1"].facts) == held


def test_a_fork_halts_one_journal_and_nothing_else() -> None:
    p = pair()
    trade(p, 4)
    p.network.run(3_000)
    forged = make_batch("s1-n1", make_head(p.store.ledger, 4), [b"forged"], signer("other"))
    p.store.run([p.store.session._send(Facts(forged), p.store.session._peer_session)])
    p.network.run(1_000)
    assert p.hq.ledger.state.quarantine == ["the head of the batch is not signed by its author"]
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


@pytest.mark.parametrize("back_ms", [1_000, 3_600_000])
def test_a_clock_that_is_set_back_stops_nothing(back_ms: int) -> None:
    p = pair()
    p.network.run(8_000)
    p.store.skew_ms = -back_ms
    p.network.weather.cut = True
    p.sell(p.store, opening("a", 1))
    p.network.run(5_000)
    p.network.weather.cut = False
    p.network.run(40_000)
    assert p.equal
    assert p.store.session.state is State.OPEN
