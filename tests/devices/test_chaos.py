"""Random lives of a terminal and a printer under virtual time: money and paper always agree."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.charge import Authorise, Outcome, Payment, Settle
from devices.driver import Command, Driver
from devices.event import Event, Fault, JobDone, Reason, Weight
from devices.payment import Terminal
from devices.printer import WAIT_FOR_PAPER_S, Confirm, Print, Printer
from devices.receipt import Document, Text
from devices.scale import Scale, Weigh
from devices.simulated.peer import Peer
from devices.simulated.printer import PrinterPeer
from devices.simulated.scale import ScalePeer, Speaks
from devices.simulated.terminal import TerminalPeer
from devices.zvt import SerialLink, TcpLink
from tests.devices.rig import Pair
from tests.devices.test_scale import CODECS

lives = st.lists(
    st.sampled_from(
        ["do", "wait", "long wait", "pull", "mute before", "mute after", "drop", "trouble", "mend"]
    ),
    max_size=25,
)


class Life(Pair):
    """A pair whose line can be pulled and can lose what the device says."""

    def __init__(self, driver: Driver, peer: Peer) -> None:
        self.heard: list[Event] = []
        self.drop = False
        self.spoil: Callable[[bytes], bytes] = lambda data: data[: len(data) // 2]
        super().__init__(driver, peer, self._lose)

    def _lose(self, data: bytes) -> bytes:
        if self.drop:
            self.drop = False
            return self.spoil(data)
        return data

    def act(self, command: Command) -> None:
        self.driver.submit(command, self.now)
        self.settle()

    def pull(self) -> None:
        self.driver.lost(self.now)
        self.settle()
        self.now += 1.0
        self.peer.connected(self.now)
        self.driver.started(self.now)
        self.settle()


@settings(max_examples=300, deadline=None)
@given(lives, st.booleans())
def test_what_the_till_believes_is_what_the_terminal_booked(life: list[str], serial: bool) -> None:
    peer = TerminalPeer(SerialLink() if serial else TcpLink())
    terminal = Terminal(SerialLink() if serial else TcpLink())
    two = Life(terminal, peer)
    amount_minor = 1000
    for step in life:
        if step == "do":
            amount_minor += 1  # every payment has its own amount, which names it
            two.act(Authorise(ref=str(amount_minor), amount_minor=amount_minor))
        elif step == "pull":
            peer.mood.dead = False
            two.pull()
        elif step in ("wait", "long wait"):
            two.advance(3.0 if step == "wait" else 200.0)
        elif step == "mute before":
            peer.mood.mute_before = True
        elif step == "mute after":
            peer.mood.mute_after = True
        elif step == "drop":
            two.drop = True
        elif step == "trouble":
            peer.mood.refuses = True
        else:
            peer.mood.refuses = peer.mood.dead = False
    peer.mood.refuses = peer.mood.dead = False
    peer.mood.mute_before = peer.mood.mute_after = two.drop = False
    two.pull()
    two.advance(1000.0)
    booked = {one.amount_minor for one in peer.books[1:] if one.result == 0}
    told: dict[str, set[Outcome]] = {}
    for event in two.take():
        if isinstance(event, Payment):
            told.setdefault(event.ref, set()).add(event.outcome)
    assert all(len(outcomes) == 1 for outcomes in told.values())
    approved = {int(ref) for ref, outcomes in told.items() if outcomes == {Outcome.APPROVED}}
    assert approved <= booked
    unsettled = {terminal.doubt.amount_minor} if terminal.doubt else set()
    assert booked - approved <= unsettled
    if terminal.doubt:
        two.act(Settle(ref="s", charged=terminal.doubt.amount_minor in booked))
        two.act(Authorise(ref="after", amount_minor=5))
        assert isinstance(two.take()[-1], Payment)


def befall(two: Life, peer: PrinterPeer, step: str) -> None:
    """Let a trouble befall the printer, or mend all."""
    condition = peer.condition
    if step == "drop":
        two.drop = True
    elif step == "mute before":
        condition.silent = True
    elif step == "mute after":
        condition.mute_completion = True
    else:
        condition.paper_out = step == "trouble"
        if step == "mend":
            condition.silent = condition.mute_completion = False
        peer.changed()
        two.settle()


@settings(max_examples=300, deadline=None)
@given(lives, st.sampled_from(Confirm))
def test_no_life_prints_a_job_twice_or_calls_it_done_without_paper(
    life: list[str], confirm: Confirm
) -> None:
    peer = PrinterPeer(line_s=0.5)
    two = Life(Printer(confirm=confirm), peer)
    jobs: list[Print] = []
    for step in life:
        if step == "do":
            jobs.append(Print(ref=str(len(jobs)), document=Document((Text(f"job {len(jobs)}"),))))
            two.act(jobs[-1])
        elif step == "pull":
            two.pull()
            for job in jobs:  # the node asks again for everything it has no answer to
                two.act(job)
        elif step in ("wait", "long wait"):
            two.advance(1.0 if step == "wait" else 60.0)
        else:
            befall(two, peer, step)
    befall(two, peer, "mend")
    two.advance(2 * WAIT_FOR_PAPER_S)
    sheets = [*peer.sheets, peer.sheet]
    printed = [line for sheet in sheets for line in sheet.text.split("\n") if line]
    assert len(printed) == len(set(printed))
    done, doubtful = set(), set()
    for event in two.take():
        if isinstance(event, JobDone):
            done.add(f"job {event.ref}")
        elif isinstance(event, Fault) and event.reason is Reason.IN_DOUBT:
            doubtful.add(f"job {event.ref}")
    assert done <= set(printed)
    assert set(printed) <= done | doubtful


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(list(CODECS)),
    st.lists(
        st.one_of(
            st.integers(1, 15_000),
            st.sampled_from(["weigh", "wait", "drop", "shake", "mute", "pull"]),
        ),
        max_size=25,
    ),
)
def test_every_weight_lay_on_the_scale_while_it_was_asked_for(
    speaks: Speaks, life: list[int | str]
) -> None:
    peer = ScalePeer(speaks)
    two = Life(Scale(CODECS[speaks]()), peer)
    two.spoil = lambda data: data.replace(b"1", b"", 1).replace(b"5", b"", 1)  # digits get lost
    lay: dict[str, set[int]] = {}  # what lay there since each question
    for number, step in enumerate(life):
        if isinstance(step, int):
            peer.put(step)
        elif step == "weigh":
            lay[str(number)] = set()
        for weights in lay.values():
            weights.add(peer.platter.weight_g)
        if step == "weigh":
            two.act(Weigh(ref=str(number), patience_s=3.0))
        elif step == "wait":
            two.advance(0.35)
        elif step == "pull":
            two.pull()
        elif step == "drop":
            two.drop = True
        else:
            peer.platter.unstable ^= step == "shake"
            peer.platter.silent ^= step == "mute"
    two.advance(30.0)
    for event in two.take():
        if isinstance(event, Weight):
            assert event.weight_mg // 1000 in lay[event.ref]
        if event.final:
            lay.pop(event.ref)
    assert not lay  # every question was answered, once
