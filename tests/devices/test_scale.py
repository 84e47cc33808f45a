"""Scale contract: five protocols, sim:// and pty, good and bad lines; only true weights."""

from collections import deque
from collections.abc import Iterator
from itertools import cycle, repeat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.driver import Check, Command, Level
from devices.event import Event, Fault, Health, Power, Reason, ScaleStatus, Status, Weight
from devices.scale import MISSES_LIMIT, Scale, Weigh
from devices.scales.cas import Cas
from devices.scales.dialog06 import Dialog06
from devices.scales.mt8217 import Mt8217
from devices.scales.mtsics import MtSics
from devices.scales.nci import Nci
from devices.scales.sample import ScaleCodec
from devices.simulated.scale import ScalePeer, Speaks
from tests.devices.rig import OWNER, TRANSPORT, WHERE, Pair, rig, run

CODECS: dict[Speaks, type[ScaleCodec]] = {
    Speaks.MT8217: Mt8217,
    Speaks.NCI: Nci,
    Speaks.DIALOG06: Dialog06,
    Speaks.CAS: Cas,
    Speaks.MTSICS: MtSics,
}
ALL = pytest.mark.parametrize("speaks", list(CODECS))


def pair(speaks: Speaks) -> tuple[Pair, ScalePeer]:
    peer = ScalePeer(speaks)
    return Pair(Scale(CODECS[speaks]()), peer), peer


def weigh(two: Pair, ref: str = "w", patience_s: float = 5.0) -> None:
    two.driver.submit(Weigh(ref=ref, patience_s=patience_s, unit_price_minor=499), two.now)
    two.settle()


def finals(two: Pair) -> list[Event]:
    return [event for event in two.take() if event.final]


@WHERE
@TRANSPORT
@ALL
def test_contract(where: str, how: str, speaks: Speaks) -> None:
    async def work() -> None:
        peer = ScalePeer(speaks)
        async with rig(Scale(CODECS[speaks](), answer_s=0.05), peer, where, how) as the:
            for weight_g in (1235, 1235, 62):
                peer.put(weight_g)
                answer = await the.device.ask(Weigh(ref=f"w{weight_g}", patience_s=2), OWNER)
                if how == "lossy" and isinstance(answer, Fault):
                    continue
                assert isinstance(answer, Weight)
                assert answer.weight_mg == weight_g * 1000
            if how != "lossy":
                assert isinstance(await the.device.check_health(OWNER), Health)

    run(work())


@ALL
def test_only_a_stable_weight_becomes_a_weight(speaks: Speaks) -> None:
    two, peer = pair(speaks)
    peer.put(1235)
    peer.platter.unstable = True
    weigh(two)
    two.advance(1.0)
    assert finals(two) == []
    peer.platter.unstable = False
    two.advance(1.0)
    (answer,) = finals(two)
    assert isinstance(answer, Weight)
    assert (answer.ref, answer.weight_mg) == ("w", 1_235_000)


@ALL
@pytest.mark.parametrize(
    ("wrong", "says"),
    [("unstable", "rest"), ("over", "too heavy"), ("under", "below zero")],
)
def test_what_is_wrong_is_said_after_the_patience_ends(
    speaks: Speaks, wrong: str, says: str
) -> None:
    two, peer = pair(speaks)
    peer.put(1235)
    setattr(peer.platter, wrong, True)
    weigh(two, patience_s=1.0)
    two.advance(3.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert says in fault.message


@ALL
def test_an_empty_scale_gives_no_weight(speaks: Speaks) -> None:
    two, _ = pair(speaks)
    weigh(two, patience_s=1.0)
    two.advance(3.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.NOT_READY


@ALL
def test_the_same_weight_twice_is_the_same_weight(speaks: Speaks) -> None:
    two, peer = pair(speaks)
    peer.put(750)
    for ref in ("first", "second"):
        weigh(two, ref)
        two.advance(2.0)
        (answer,) = finals(two)
        assert isinstance(answer, Weight)
        assert (answer.ref, answer.weight_mg) == (ref, 750_000)


@ALL
def test_a_scale_that_is_gone_is_said_once_and_its_return_once(speaks: Speaks) -> None:
    two, peer = pair(speaks)
    peer.put(500)
    two.advance(2.0)
    two.take()
    peer.platter.silent = True
    two.advance(30.0)
    assert two.take() == [Status(status=Power.OFFLINE)]
    weigh(two)
    two.advance(10.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.TIMEOUT
    peer.platter.silent = False
    two.advance(5.0)
    assert two.take() == [Status(status=Power.ONLINE), Status(status=ScaleStatus.STABLE)]


def test_a_late_answer_never_answers_a_later_question() -> None:
    two, peer = pair(Speaks.MT8217)
    two.advance(0.6)
    peer.platter.silent = True
    peer.put(999)  # what the scale will answer, too late, belongs to the time before
    weigh(two)
    two.advance(0.55)  # the question timed out
    peer.put(250)
    two.driver.receive(b"\x0200.999\r", two.now)
    two.settle()
    peer.platter.silent = False
    two.advance(2.0)
    (answer,) = finals(two)
    assert isinstance(answer, Weight)
    assert answer.weight_mg == 250_000


def test_an_answer_to_the_idle_poll_is_not_the_weight() -> None:
    two, peer = pair(Speaks.CAS)
    two.advance(0.9)
    two.driver.tick(two.now)  # the idle question goes out …
    weigh(two)  # … and the goods are weighed before it is answered
    peer.put(300)
    two.advance(1.0)
    (answer,) = finals(two)
    assert isinstance(answer, Weight)
    assert answer.weight_mg == 300_000


def test_net_weights_are_weights() -> None:
    two, peer = pair(Speaks.MT8217)
    peer.put(400)
    peer.platter.net = True
    weigh(two)
    two.advance(1.0)
    (answer,) = finals(two)
    assert isinstance(answer, Weight)


@pytest.mark.parametrize("speaks", [Speaks.NCI, Speaks.DIALOG06, Speaks.CAS, Speaks.MTSICS])
def test_an_error_of_the_scale_itself_ends_at_once(speaks: Speaks) -> None:
    two, peer = pair(speaks)
    peer.put(400)
    peer.platter.broken = True
    weigh(two)
    two.advance(0.5)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.HARDWARE


def test_wrong_check_sums_give_no_weight() -> None:
    two, peer = pair(Speaks.CAS)
    peer.put(400)
    peer.platter.wrong_checksum = True
    weigh(two)
    two.advance(10.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.TIMEOUT


def test_a_scale_for_legal_metrology_is_refused_in_clear_words() -> None:
    two, peer = pair(Speaks.DIALOG06)
    peer.put(400)
    peer.platter.asks_check_sums = True
    weigh(two)
    two.advance(1.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert "legal metrology" in fault.message


def test_the_price_reaches_a_price_computing_scale() -> None:
    two, peer = pair(Speaks.DIALOG06)
    peer.put(400)
    weigh(two)
    two.advance(1.0)
    assert peer.prices == [499]


def test_one_thing_at_a_time_and_loss_ends_it() -> None:
    two, peer = pair(Speaks.NCI)
    peer.platter.silent = True
    weigh(two, "first")
    assert two.driver.busy
    weigh(two, "second")
    two.driver.submit(Command(ref="third"), two.now)
    two.driver.lost(two.now)
    two.settle()
    assert [(one.ref, one.reason) for one in finals(two) if isinstance(one, Fault)] == [
        ("second", Reason.BUSY),
        ("third", Reason.REFUSED),
        ("first", Reason.LOST),
    ]


def test_a_scale_that_never_stops_talking_is_given_up_too() -> None:
    two, _ = pair(Speaks.MT8217)
    two.peer = ScalePeer(Speaks.MT8217)
    scale = two.driver
    scale.submit(Weigh(ref="w", patience_s=2.0), 0.0)
    now = 0.0
    while now < 10.0:
        now += 0.02
        if scale.wake_at is not None and scale.wake_at <= now:
            scale.tick(now)
        scale.receive(b"nonsense\r", now)
    (fault,) = [event for event in scale.take_events() if event.final]
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.TIMEOUT


class Late(Pair):
    """The scale's answers come in their order, each so many seconds after its question."""

    def __init__(self, driver: Scale, peer: ScalePeer) -> None:
        self.delays_s: Iterator[float] = repeat(0.0)
        self._coming: deque[tuple[float, bytes]] = deque()
        super().__init__(driver, peer)

    def settle(self) -> None:
        """Carry questions at once and answers when they are due."""
        while True:
            out = self.driver.to_send()
            self.events += self.driver.take_events()
            if out:
                self.peer.receive(out, self.now)
            if back := self.peer.to_send():
                due_s = self.now + next(self.delays_s)
                due_s = max(due_s, self._coming[-1][0] if self._coming else 0.0)
                self._coming.append((due_s, back))
            if self._coming and self._coming[0][0] <= self.now:
                self.driver.receive(self._coming.popleft()[1], self.now)
            elif not out:
                self.peer.wake_at = self._coming[0][0] if self._coming else None
                return


@ALL
@given(st.lists(st.floats(0.0, 1.2), min_size=1, max_size=12))
@example([0.8])
def test_an_answer_that_comes_after_its_time_weighs_nothing_else(
    speaks: Speaks, delays_s: list[float]
) -> None:
    peer = ScalePeer(speaks)
    two = Late(Scale(CODECS[speaks]()), peer)
    two.delays_s = cycle(delays_s)
    for weight_g in (1235, 62, 500, 62):
        peer.put(weight_g)
        weigh(two, str(weight_g))
        while not (ended := finals(two)):
            two.advance(0.01)
        if isinstance(ended[0], Weight):
            assert ended[0].weight_mg == weight_g * 1000


def test_health_check_of_a_silent_scale_fails() -> None:
    two, peer = pair(Speaks.NCI)
    peer.platter.silent = True
    two.driver.submit(Check(ref="c"), two.now)
    two.advance(MISSES_LIMIT * 2.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.TIMEOUT


def test_an_interactive_check_waits_for_goods() -> None:
    two, peer = pair(Speaks.MT8217)
    two.driver.submit(Check(ref="c", level=Level.INTERACTIVE), two.now)
    two.advance(5.0)
    assert finals(two) == []
    peer.put(500)
    two.advance(2.0)
    assert finals(two) == [Health(ref="c", text="the scale weighed 00.500 kg")]
    peer.put(0)
    two.driver.submit(Check(ref="d", level=Level.INTERACTIVE), two.now)
    two.advance(40.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert "nothing lies" in fault.message
