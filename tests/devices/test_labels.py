"""Label printer contract: done when the printer has nothing left, never twice."""

import pytest

from devices.driver import Check, Command
from devices.event import Event, Fault, Health, JobDone, Power, PrinterStatus, Reason, Status
from devices.labels import LabelPrinter, PrintLabel
from devices.simulated.labels import LabelPeer
from devices.zpl import Label, LabelText
from tests.devices.rig import OWNER, TRANSPORT, WHERE, Pair, rig, run


def label(text: str = "label") -> Label:
    return Label(60, 40, (LabelText(2, 2, 4, text),))


def pair(label_s: float = 0.0) -> tuple[Pair, LabelPeer]:
    peer = LabelPeer(label_s=label_s)
    return Pair(LabelPrinter(), peer), peer


def submit(two: Pair, command: Command) -> None:
    two.driver.submit(command, two.now)
    two.settle()


def finals(two: Pair) -> list[Event]:
    return [event for event in two.take() if event.final]


@WHERE
@TRANSPORT
def test_contract(where: str, how: str) -> None:
    async def work() -> None:
        peer = LabelPeer()
        driver = LabelPrinter(answer_s=0.08, poll_s=0.01, confirm_s=0.5)
        async with rig(driver, peer, where, how) as the:
            for number in range(3):
                job = PrintLabel(ref=f"job {number}", label=label(str(number)))
                answer = await the.device.ask(job, OWNER)
                again = await the.device.ask(job, OWNER)
                if how != "lossy":
                    assert answer == JobDone(ref=job.ref)
                    assert again == JobDone(ref=job.ref, repeated=True)
            assert len(peer.labels) == len(set(peer.labels))
            if how != "lossy":
                assert len(peer.labels) == 3
                assert isinstance(await the.device.check_health(OWNER), Health)

    run(work())


def test_done_means_printed() -> None:
    two, peer = pair(label_s=1.0)
    submit(two, PrintLabel(ref="a", label=label(), copies=3))
    two.advance(2.0)
    assert finals(two) == []
    two.advance(5.0)
    assert finals(two) == [JobDone(ref="a")]
    assert len(peer.labels) == 3


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("paper_out", Reason.PAPER_EMPTY),
        ("head_open", Reason.COVER_OPEN),
        ("ribbon_out", Reason.PAPER_EMPTY),
        ("paused", Reason.NOT_READY),
    ],
)
def test_a_printer_that_cannot_print_is_sent_nothing(condition: str, reason: Reason) -> None:
    two, peer = pair()
    setattr(peer.condition, condition, True)
    submit(two, PrintLabel(ref="a", label=label()))
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is reason
    setattr(peer.condition, condition, False)
    submit(two, PrintLabel(ref="a", label=label()))
    two.advance(2.0)
    assert finals(two) == [JobDone(ref="a")]
    assert len(peer.labels) == 1


def test_a_roll_that_ends_in_the_middle_is_reported_and_the_job_goes_on() -> None:
    two, peer = pair(label_s=1.0)
    submit(two, PrintLabel(ref="a", label=label(), copies=3))
    two.advance(1.5)
    peer.condition.paper_out = True
    two.advance(5.0)
    assert Status(status=PrinterStatus.PAPER_EMPTY) in two.take()
    peer.condition.paper_out = False
    peer.tick(two.now)
    two.advance(10.0)
    assert finals(two) == [JobDone(ref="a")]
    assert len(peer.labels) == 3


def test_loss_after_sending_is_doubt() -> None:
    two, _peer = pair(label_s=1.0)
    submit(two, PrintLabel(ref="a", label=label()))
    two.driver.lost(two.now)
    (fault,) = [event for event in two.driver.take_events() if event.final]
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.IN_DOUBT
    two.driver.started(two.now)
    submit(two, PrintLabel(ref="a", label=label()))
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.IN_DOUBT
    submit(two, PrintLabel(ref="a", label=label(), again=True))
    two.advance(10.0)
    assert finals(two) == [JobDone(ref="a")]


def test_silence_bad_labels_and_wrong_commands() -> None:
    two, peer = pair()
    submit(two, PrintLabel(ref="bad", label=label(), copies=1000))
    submit(two, Command(ref="c"))
    peer.condition.silent = True
    submit(two, Check(ref="h"))
    submit(two, PrintLabel(ref="b", label=label()))
    two.advance(20.0)
    assert [(one.ref, one.reason) for one in finals(two) if isinstance(one, Fault)] == [
        ("bad", Reason.REFUSED),
        ("c", Reason.REFUSED),
        ("b", Reason.BUSY),
        ("h", Reason.TIMEOUT),
    ]
    assert peer.labels == []


def test_a_label_that_stays_in_the_printer_is_doubt_in_the_end() -> None:
    two, peer = pair(label_s=1000.0)
    submit(two, PrintLabel(ref="a", label=label()))
    two.advance(100.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.IN_DOUBT
    assert peer.labels == []


def test_a_network_label_printer_that_is_switched_off_is_noticed_within_a_second() -> None:
    peer = LabelPeer()
    two = Pair(LabelPrinter(watch_s=0.5), peer)
    two.advance(10.0)
    assert Status(status=Power.OFFLINE) not in two.take()
    peer.condition.silent = True
    two.advance(1.0)
    assert two.take() == [Status(status=Power.OFFLINE)]
    peer.condition.silent = False
    two.advance(1.0)
    assert two.take() == [Status(status=Power.ONLINE)]
    two.driver.submit(PrintLabel(ref="a", label=label()), two.now)
    two.settle()
    two.advance(3.0)
    assert [event for event in two.take() if event.final] == [JobDone(ref="a")]
    assert len(peer.labels) == 1
