"""Printer contract: confirmed by the printer, never twice, never silently lost."""

import asyncio

import pytest

from devices import escpos
from devices.bitmap import Bitmap, Symbol
from devices.drawer import Kick, status_of
from devices.driver import Check, Command, Level
from devices.event import (
    DrawerStatus,
    Event,
    Fault,
    Health,
    JobDone,
    Power,
    PrinterStatus,
    Reason,
    Status,
)
from devices.printer import QUEUE_LIMIT, Confirm, Print, Printer, sample_page
from devices.receipt import Code, Document, ImageRow, Paper, Text
from devices.simulated.printer import PrinterPeer
from tests.devices.rig import OWNER, TRANSPORT, Pair, rig, run

BOTH = pytest.mark.parametrize("confirm", list(Confirm))


def receipt(text: str = "receipt") -> Document:
    return Document((Text(text), Text("苹果", bold=True)))


def pair(printer: Printer | None = None, *, line_s: float = 0.0) -> tuple[Pair, PrinterPeer]:
    peer = PrinterPeer(line_s=line_s)
    return Pair(printer or Printer(), peer), peer


def submit(two: Pair, command: Command) -> None:
    two.driver.submit(command, two.now)
    two.settle()


def change(two: Pair, peer: PrinterPeer, **condition: bool) -> None:
    for name, value in condition.items():
        setattr(peer.condition, name, value)
    peer.changed()
    two.settle()


def finals(two: Pair) -> list[Event]:
    return [event for event in two.take() if event.final]


@pytest.mark.parametrize("where", ["sim", "pty", "tcp"])
@TRANSPORT
@BOTH
def test_contract(where: str, how: str, confirm: Confirm) -> None:
    async def work() -> None:
        peer = PrinterPeer()
        driver = Printer(confirm=confirm, answer_s=0.05, confirm_s=0.3)
        async with rig(driver, peer, where, how) as the:
            for number in range(3):
                job = Print(ref=f"job {number}", document=receipt(f"receipt {number}"))
                answer = await the.device.ask(job, OWNER)
                again = await the.device.ask(job, OWNER)
                if how != "lossy":
                    assert answer == JobDone(ref=job.ref)
                    assert again == JobDone(ref=job.ref, repeated=True)
            texts = [sheet.text for sheet in peer.sheets]
            assert len(texts) == len(set(texts))  # whatever the line did, nothing came twice
            if how != "lossy":
                assert texts == [f"receipt {number}\n苹果" for number in range(3)]
                assert isinstance(await the.device.check_health(OWNER), Health)

    run(work())


@BOTH
def test_done_means_on_paper_not_sent(confirm: Confirm) -> None:
    two, peer = pair(Printer(confirm=confirm), line_s=1.0)
    submit(two, Print(ref="a", document=receipt()))
    two.advance(0.5)
    assert finals(two) == []
    assert len(peer.sheets) == 0
    two.advance(5.0)
    assert finals(two) == [JobDone(ref="a")]
    assert len(peer.sheets) == 1


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("cover_open", Reason.COVER_OPEN),
        ("paper_out", Reason.PAPER_EMPTY),
        ("broken", Reason.HARDWARE),
    ],
)
def test_a_printer_that_cannot_print_is_sent_nothing(condition: str, reason: Reason) -> None:
    two, peer = pair()
    change(two, peer, **{condition: True})
    submit(two, Print(ref="a", document=receipt()))
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is reason
    change(two, peer, **{condition: False})
    assert peer.sheets == []
    submit(two, Print(ref="a", document=receipt()))  # the same job id may be tried again
    assert finals(two) == [JobDone(ref="a")]
    assert len(peer.sheets) == 1


@BOTH
def test_paper_out_in_the_middle_goes_on_after_a_new_roll(confirm: Confirm) -> None:
    two, peer = pair(Printer(confirm=confirm), line_s=1.0)
    submit(two, Print(ref="a", document=receipt()))
    two.take()
    two.advance(0.5)
    change(two, peer, paper_out=True)
    two.advance(120.0)
    told = two.take()
    assert Status(status=PrinterStatus.PAPER_EMPTY) in told
    assert not [event for event in told if event.final]
    change(two, peer, paper_out=False)
    two.advance(5.0)
    assert finals(two) == [JobDone(ref="a")]
    assert len(peer.sheets) == 1


def test_a_power_cut_after_sending_leaves_the_job_in_doubt_and_unrepeated() -> None:
    two, _peer = pair(line_s=1.0)
    submit(two, Print(ref="a", document=receipt()))
    submit(two, Print(ref="b", document=receipt()))
    two.driver.lost(two.now)
    two.settle()
    assert [(one.ref, one.reason) for one in finals(two) if isinstance(one, Fault)] == [
        ("a", Reason.IN_DOUBT),
        ("b", Reason.LOST),
    ]
    two.driver.started(two.now)
    submit(two, Print(ref="a", document=receipt()))
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.IN_DOUBT
    two.advance(10.0)
    submit(two, Print(ref="a", document=receipt(), again=True))  # somebody looked
    two.advance(10.0)
    assert finals(two) == [JobDone(ref="a")]


def test_a_confirmation_that_never_comes_is_doubt_not_success() -> None:
    two, peer = pair()
    peer.condition.mute_completion = True
    submit(two, Print(ref="a", document=receipt()))
    two.advance(100.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.IN_DOUBT
    assert len(peer.sheets) == 1


def test_a_late_confirmation_of_another_job_does_not_confirm_this_one() -> None:
    two, peer = pair()
    peer.condition.mute_completion = True
    submit(two, Print(ref="a", document=receipt()))
    two.advance(100.0)
    two.take()
    submit(two, Print(ref="b", document=receipt()))
    two.driver.receive(b"\x37\x220001\x00", two.now)
    two.settle()
    assert finals(two) == []
    two.driver.receive(b"\x37\x220002\x00", two.now)
    two.settle()
    assert finals(two) == [JobDone(ref="b")]


def test_a_silent_printer_is_reported() -> None:
    two, peer = pair()
    peer.condition.silent = True
    submit(two, Print(ref="a", document=receipt()))
    two.advance(10.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.TIMEOUT
    assert peer.sheets == []


def test_job_ids_of_before_a_restart() -> None:
    two, peer = pair(Printer(done=["old"], doubtful=["unsure"]))
    submit(two, Print(ref="old", document=receipt()))
    submit(two, Print(ref="unsure", document=receipt()))
    first, second = finals(two)
    assert first == JobDone(ref="old", repeated=True)
    assert isinstance(second, Fault)
    assert second.reason is Reason.IN_DOUBT
    assert peer.sheets == []


def test_jobs_wait_their_turn_and_the_queue_has_an_end() -> None:
    two, peer = pair(line_s=0.01)
    for number in range(QUEUE_LIMIT + 1):
        submit(two, Print(ref=str(number), document=receipt(str(number))))
    submit(two, Print(ref="5", document=receipt()))
    assert [one.reason for one in finals(two) if isinstance(one, Fault)] == [Reason.BUSY] * 2
    two.advance(60.0)
    assert finals(two) == [JobDone(ref=str(number)) for number in range(QUEUE_LIMIT)]
    assert [sheet.text for sheet in peer.sheets] == [f"{n}\n苹果" for n in range(QUEUE_LIMIT)]


def test_status_changes_come_unasked_and_once() -> None:
    two, peer = pair()
    assert two.take() == [
        Status(status=DrawerStatus.CLOSED),
        Status(status=PrinterStatus.COVER_OK),
        Status(status=PrinterStatus.PAPER_OK),
    ]
    change(two, peer, paper_low=True)
    change(two, peer, paper_low=True)
    change(two, peer, cover_open=True)
    assert two.take() == [
        Status(status=PrinterStatus.PAPER_NEAR_END),
        Status(status=PrinterStatus.COVER_OPEN),
    ]


def test_drawer() -> None:
    two, peer = pair()
    two.take()
    submit(two, Kick(ref="k"))
    assert two.take() == [Status(status=DrawerStatus.OPEN), JobDone(ref="k")]
    assert peer.kicks == 1
    peer.close_drawer()
    two.settle()
    assert two.take() == [Status(status=DrawerStatus.CLOSED)]
    submit(two, Print(ref="p", document=Document((Text("x"),), kick=True)))
    assert peer.kicks == 2


def test_the_drawer_opens_while_the_paper_is_out() -> None:
    two, peer = pair()
    change(two, peer, paper_out=True)
    submit(two, Kick(ref="k"))
    assert finals(two) == [JobDone(ref="k")]
    assert peer.kicks == 1


def test_the_drawer_pin_can_mean_either() -> None:
    assert status_of(True, open_when_high=True) is DrawerStatus.OPEN
    assert status_of(True, open_when_high=False) is DrawerStatus.CLOSED
    assert status_of(False, open_when_high=False) is DrawerStatus.OPEN


def test_what_cannot_be_laid_out_is_refused_and_the_next_job_prints() -> None:
    two, _peer = pair()
    submit(two, Print(ref="a", document=Document((Code(Symbol.EAN13, "1"),))))
    submit(two, Print(ref="b", document=receipt()))
    fault, done = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.REFUSED
    assert done == JobDone(ref="b")
    submit(two, Command(ref="c"))
    assert isinstance(finals(two)[0], Fault)


def test_health_checks() -> None:
    two, peer = pair()
    submit(two, Check(ref="c"))
    assert finals(two) == [Health(ref="c", text="the printer is ready")]
    submit(two, Check(ref="d", level=Level.INTERACTIVE))
    assert finals(two) == [Health(ref="d", text="the printer printed a test page")]
    assert "打印机测试" in peer.sheets[0].text
    assert sample_page(Paper(32)).cut


def test_a_check_in_doubt_can_be_made_again() -> None:
    two, peer = pair()
    peer.condition.mute_completion = True
    submit(two, Check(ref="c", level=Level.INTERACTIVE))
    two.advance(100.0)
    assert isinstance(finals(two)[0], Fault)
    peer.condition.mute_completion = False
    submit(two, Check(ref="c", level=Level.INTERACTIVE))
    assert isinstance(finals(two)[0], Health)


def test_process_ids_differ_from_start_to_start() -> None:
    sent = set()
    for now in (1.0, 2.0, 3.5):
        printer = Printer()
        printer.started(now)
        printer.submit(Print(ref="a", document=receipt()), now)
        printer.receive(b"\x12\x12\x12", now)
        printer.receive(b"\x12", now)
        out = printer.to_send()
        sent.add(out[out.index(b"\x1d(H") :])
    assert len(sent) == 3


def test_a_picture_that_contains_a_status_question_is_printed_whole() -> None:
    two, peer = pair()
    hidden = escpos.ask(1) + escpos.KICK_NOW
    row = ImageRow(Bitmap(64, 1, hidden), 0)
    peer.receive(escpos.encode_rows([row]), 0.0)
    assert peer.sheet.rows == [row]
    assert peer.kicks == 0
    two.take()


def test_unplugged_while_printing_over_a_real_descriptor() -> None:
    async def work() -> None:
        peer = PrinterPeer(line_s=5.0)
        async with rig(Printer(), peer, "pty") as the:
            asking = asyncio.create_task(the.device.ask(Print(ref="a", document=receipt()), OWNER))
            while not peer.sheet.rows:
                await asyncio.sleep(0.001)
            the.bench.unplug("it")
            answer = await asking
            assert isinstance(answer, Fault)
            assert answer.reason is Reason.IN_DOUBT

    run(work())


def test_a_network_printer_that_is_switched_off_is_noticed_within_a_second() -> None:
    two, peer = pair(Printer(watch_s=0.5))
    two.advance(10.0)
    assert Status(status=Power.OFFLINE) not in two.take()
    peer.condition.silent = True
    two.advance(1.0)
    assert two.take() == [Status(status=Power.OFFLINE)]
    two.advance(10.0)
    assert two.take() == []  # said once
    peer.condition.silent = False
    two.advance(1.0)
    assert Status(status=Power.ONLINE) in two.take()
    submit(two, Print(ref="a", document=receipt()))
    two.advance(1.0)
    assert finals(two) == [JobDone(ref="a")]


@pytest.mark.parametrize("moment_s", [0.0, 0.3, 0.5, 0.6, 0.9])
def test_a_job_between_questions_to_a_watched_printer_is_printed_once(moment_s: float) -> None:
    two, peer = pair(Printer(watch_s=0.5), line_s=0.01)
    two.advance(5.0 + moment_s)
    submit(two, Print(ref="a", document=receipt()))
    two.advance(3.0)
    assert finals(two) == [JobDone(ref="a")]
    assert len(peer.sheets) == 1


def test_the_answer_to_a_watch_is_no_answer_to_a_job() -> None:
    printer = Printer(watch_s=0.5)
    printer.started(0.0)
    printer.to_send()
    printer.tick(0.5)
    assert printer.to_send() == escpos.ask(1)
    printer.submit(Print(ref="a", document=receipt()), 0.6)
    assert printer.to_send() == b""  # the answer that is on its way comes first
    printer.receive(b"\x16", 0.7)
    assert printer.to_send() == escpos.ask(1)
    printer.receive(b"\x12\x12\x12", 0.8)
    assert printer.take_events()[-1] == Status(status=PrinterStatus.PAPER_OK)


def test_the_drawer_opens_while_a_job_waits_for_paper() -> None:
    two, peer = pair(line_s=0.5)
    submit(two, Print(ref="a", document=receipt("one\ntwo\nthree")))
    two.advance(0.6)
    change(two, peer, paper_out=True)
    submit(two, Kick(ref="b"))
    assert finals(two) == [JobDone(ref="b")]
    assert peer.kicks == 1
