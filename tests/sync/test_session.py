"""Both ends of a session, tested together over hostile networks."""

import pytest

from sync.bodies import GoodsReceipt
from sync.body import StockLine
from sync.flow import PIECE_MAX_BYTES, WINDOW_MIN_BYTES
from sync.journal import FACT_MAX_BYTES
from sync.session import PATIENCE_MAX_MS, State
from tests.sync.memory import folded, opening, values
from tests.sync.pair import (
    End,
    Pair,
    Weather,
    fact_bytes,
    join,
    ledger,
    pair,
    restarted,
    sent_kinds,
    trade,
)

HOSTILE = [
    Weather(),
    Weather(loss=0.3),
    Weather(repeat=0.5),
    Weather(delay_ms=(1, 2_000)),
    Weather(loss=0.3, repeat=0.3, delay_ms=(1, 500)),
]


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
