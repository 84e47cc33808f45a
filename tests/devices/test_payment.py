"""Card terminal contract: charged once, or known to be unknown; asked before anything else."""

import pytest

from devices import zvt
from devices.charge import (
    Authorise,
    Cancel,
    Closed,
    Doubt,
    EndOfDay,
    Outcome,
    Payment,
    Progress,
    Refund,
    Reverse,
    Settle,
    Unknown,
)
from devices.driver import Check, Command
from devices.event import Event, Fault, Health, JobDone, Reason
from devices.payment import PATIENCE_S, QUERIES_LIMIT, Terminal
from devices.simulated.terminal import Booked, TerminalPeer
from devices.zvt import Link, SerialLink, TcpLink
from tests.devices.rig import OWNER, TRANSPORT, Pair, rig, run

LINES: dict[str, type[Link]] = {"tcp": TcpLink, "serial": SerialLink}
LINKS = [("tcp", "sim"), ("tcp", "tcp"), ("serial", "sim"), ("serial", "pty")]
REQUESTS = {Authorise: zvt.AUTHORISE, Refund: zvt.REFUND}
BOTH = pytest.mark.parametrize("line", list(LINES))


def pair(line: str = "tcp", **known: object) -> tuple[Pair, TerminalPeer]:
    peer = TerminalPeer(LINES[line]())
    return Pair(Terminal(LINES[line](), **known), peer), peer  # type: ignore[arg-type]


def submit(two: Pair, command: Command) -> None:
    two.driver.submit(command, two.now)
    two.settle()


def finals(two: Pair) -> list[Event]:
    return [event for event in two.take() if event.final]


def pulled_and_replugged(two: Pair, peer: TerminalPeer) -> None:
    two.driver.lost(two.now)
    peer.mood.dead = False
    peer.connected(two.now)
    two.driver.started(two.now)
    two.settle()


@pytest.mark.parametrize("verb", [Authorise, Refund])
@pytest.mark.parametrize(("line", "where"), LINKS)
@TRANSPORT
def test_contract(line: str, where: str, how: str, verb: type[Authorise | Refund]) -> None:
    async def work() -> None:
        peer = TerminalPeer(LINES[line]())
        driver = Terminal(LINES[line](), answer_s=0.1, retry_s=0.05)
        if how == "lossy":
            driver.last_trace = 41
        async with rig(driver, peer, where, how) as the:
            told = 0
            for number in range(3):
                pay = verb(ref=f"p{number}", amount_minor=100 + number)
                answer = await the.device.ask(pay, OWNER)
                if isinstance(answer, Payment) and answer.outcome is Outcome.APPROVED:
                    told += answer.amount_minor
                elif how != "lossy":
                    pytest.fail(str(answer))
                else:
                    break  # declined, refused or in doubt: checked below
            booked = sum(one.amount_minor for one in peer.books[1:])
            assert {one.request for one in peer.books[1:]} <= {REQUESTS[verb]}
            assert booked == told or driver.doubt is not None
            if how != "lossy":
                assert booked == 303
                assert isinstance(await the.device.check_health(OWNER), Health)

    if how == "lossy" and line == "tcp":
        pytest.skip("TCP does not lose bytes")
    run(work())


@BOTH
def test_approved(line: str) -> None:
    two, peer = pair(line)
    submit(two, Authorise(ref="p", amount_minor=1234))
    progress, payment = two.take()
    assert progress == Progress(ref="p", code=0x0A)
    assert payment == Payment(
        ref="p",
        outcome=Outcome.APPROVED,
        amount_minor=1234,
        trace=42,
        receipt=42,
        card="girocard",
        number="67**********1234",
    )
    assert peer.books[-1] == Booked(zvt.AUTHORISE, 42, 42, 1234)


def test_declined_charges_nothing() -> None:
    two, peer = pair()
    peer.mood.approves = False
    submit(two, Authorise(ref="p", amount_minor=1234))
    (payment,) = finals(two)
    assert isinstance(payment, Payment)
    assert (payment.outcome, payment.amount_minor) == (Outcome.DECLINED, 0)
    peer.mood.approves = True
    submit(two, Authorise(ref="q", amount_minor=1234))
    (payment,) = finals(two)
    assert isinstance(payment, Payment)
    assert payment.outcome is Outcome.APPROVED


def test_refund_reversal_and_end_of_day() -> None:
    two, peer = pair()
    submit(two, Authorise(ref="p", amount_minor=500))
    submit(two, Reverse(ref="r", receipt=42))
    submit(two, Refund(ref="f", amount_minor=200))
    submit(two, EndOfDay(ref="e"))
    payments = finals(two)
    assert [(one.ref, one.amount_minor) for one in payments if isinstance(one, Payment)] == [
        ("p", 500),
        ("r", 500),
        ("f", 200),
    ]
    assert payments[-1] == Closed(ref="e", total_minor=1300)
    assert [one.request for one in peer.books[1:]] == [zvt.AUTHORISE, zvt.REVERSE, zvt.REFUND]


@pytest.mark.parametrize(
    ("command", "written"),
    [
        (Refund(ref="f", amount_minor=1234), "0631 0d 123456 04 000000001234 490978"),
        (Reverse(ref="r", receipt=42), "0630 06 123456 87 0042"),
        (Authorise(ref="p", amount_minor=1234), "0601 0a 04 000000001234 490978"),
    ],
    ids=["refund", "reversal", "charge"],
)
def test_what_is_written_byte_by_byte(command: Command, written: str) -> None:
    driver = Terminal(password=123456, last_trace=41)
    driver.started(0.0)
    driver.to_send()
    driver.receive(bytes.fromhex("800000 060f00"), 0.0)
    driver.to_send()
    driver.submit(command, 0.0)
    assert driver.to_send() == bytes.fromhex(written)


def test_a_terminal_that_may_not_refund_says_so_and_nothing_happened() -> None:
    two, peer = pair()
    peer.mood.refunds = False
    submit(two, Refund(ref="f", amount_minor=200))
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert (fault.reason, fault.message.count("83")) == (Reason.REFUSED, 1)
    assert not two.driver.busy
    assert len(peer.books) == 1


@BOTH
@pytest.mark.parametrize("booked", [True, False])
@pytest.mark.parametrize("verb", [Authorise, Refund])
def test_a_result_lost_with_the_line_is_asked_for_before_anything_else(
    line: str, booked: bool, verb: type[Authorise | Refund]
) -> None:
    two, peer = pair(line)
    peer.mood.mute_after, peer.mood.mute_before = booked, not booked
    submit(two, verb(ref="p", amount_minor=1234))
    assert two.driver.busy
    two.driver.lost(two.now)
    two.settle()
    (unknown,) = two.take()
    assert unknown == Unknown(ref="p", doubt=Doubt("p", REQUESTS[verb], 1234, 41))
    submit(two, Authorise(ref="again", amount_minor=1234))
    (refused,) = finals(two)
    assert isinstance(refused, Fault)
    assert refused.reason is Reason.IN_DOUBT
    before = len(peer.requests)
    pulled_and_replugged(two, peer)
    assert [one.command for one in peer.requests[before:]] == [zvt.REGISTER, zvt.REPEAT_RECEIPT]
    (payment,) = finals(two)
    assert isinstance(payment, Payment)
    wanted = (Outcome.APPROVED, 1234) if booked else (Outcome.DECLINED, 0)
    assert (payment.ref, payment.outcome, payment.amount_minor) == ("p", *wanted)
    assert len(peer.books) == (2 if booked else 1)
    assert not two.driver.busy


@pytest.mark.parametrize("booked", [True, False])
def test_an_answer_that_never_comes_is_asked_for_too(booked: bool) -> None:
    two, peer = pair()
    peer.mood.mute_after, peer.mood.mute_before = booked, not booked
    submit(two, Authorise(ref="p", amount_minor=1234))
    two.advance(PATIENCE_S + 1)
    assert isinstance(two.take()[0], Unknown)
    peer.mood.dead = False
    two.advance(60.0)
    (payment,) = finals(two)
    assert isinstance(payment, Payment)
    assert payment.outcome is (Outcome.APPROVED if booked else Outcome.DECLINED)


def test_a_doubt_survives_a_restart_of_the_program() -> None:
    doubt = Doubt("p", zvt.AUTHORISE, 1234, 41)
    peer = TerminalPeer()
    peer.book(zvt.AUTHORISE, 1234)
    two = Pair(Terminal(doubt=doubt, last_trace=41), peer)
    (payment,) = finals(two)
    assert isinstance(payment, Payment)
    assert (payment.ref, payment.outcome, payment.trace) == ("p", Outcome.APPROVED, 42)


@pytest.mark.parametrize(
    ("known", "amount_minor"),
    [(41, 999), (None, 1234)],
    ids=["somebody used the terminal meanwhile", "nothing was known before"],
)
def test_what_the_terminal_cannot_tell_a_person_settles(
    known: int | None, amount_minor: int
) -> None:
    peer = TerminalPeer()
    peer.book(zvt.AUTHORISE, amount_minor)
    two = Pair(Terminal(doubt=Doubt("p", zvt.AUTHORISE, 1234, known)), peer)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.IN_DOUBT
    submit(two, Authorise(ref="q", amount_minor=1))
    assert isinstance(finals(two)[0], Fault)
    submit(two, Settle(ref="s", charged=True))
    assert finals(two) == [
        Payment(ref="s", outcome=Outcome.APPROVED, amount_minor=1234, text="settled by a person")
    ]
    submit(two, Settle(ref="s", charged=True))
    assert isinstance(finals(two)[0], Fault)
    submit(two, Authorise(ref="q", amount_minor=1))
    (payment,) = finals(two)
    assert isinstance(payment, Payment)
    assert payment.outcome is Outcome.APPROVED


def test_a_terminal_that_tells_nothing_is_asked_again_and_then_left_to_a_person() -> None:
    peer = TerminalPeer()
    peer.mood.tells_nothing = True
    two = Pair(Terminal(doubt=Doubt("p", zvt.AUTHORISE, 1234, 41)), peer)
    two.advance(QUERIES_LIMIT * 10.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    peer.mood.tells_nothing = False
    two.advance(120.0)
    (payment,) = finals(two)  # it was never charged after all, and now the terminal says so
    assert isinstance(payment, Payment)
    assert payment.outcome is Outcome.DECLINED


def test_a_late_result_ends_the_doubt() -> None:
    two, peer = pair()
    peer.mood.think_s = PATIENCE_S + 2
    submit(two, Authorise(ref="p", amount_minor=1234))
    two.advance(PATIENCE_S + 60)
    unknown, *_, payment = two.take()
    assert isinstance(unknown, Unknown)
    assert isinstance(payment, Payment)
    assert (payment.outcome, payment.amount_minor) == (Outcome.APPROVED, 1234)
    assert len(peer.books) == 2


def test_a_late_answer_about_the_last_transaction_is_not_this_one() -> None:
    two, peer = pair()
    peer.mood.think_s = 10.0
    submit(two, Authorise(ref="p", amount_minor=1234))
    two.driver.receive(peer._status(peer.books[-1]).encode() + b"\x06\x0f\x00", two.now)
    two.settle()
    assert finals(two) == []
    two.advance(20.0)
    (payment,) = finals(two)
    assert isinstance(payment, Payment)
    assert (payment.trace, payment.amount_minor) == (42, 1234)


def test_cancel() -> None:
    two, peer = pair()
    peer.mood.think_s = 30.0
    submit(two, Cancel(ref="c0"))
    submit(two, Authorise(ref="p", amount_minor=1234))
    submit(two, Cancel(ref="c"))
    refused, sent, payment = finals(two)
    assert isinstance(refused, Fault)
    assert sent == JobDone(ref="c")
    assert isinstance(payment, Payment)
    assert payment.outcome is Outcome.DECLINED
    assert len(peer.books) == 1


def test_refused_at_once_means_not_charged_and_no_doubt() -> None:
    two, peer = pair()
    peer.mood.refuses = True
    submit(two, Authorise(ref="p", amount_minor=1234))
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.REFUSED
    assert not two.driver.busy


@pytest.mark.parametrize("amount_minor", [0, -5, 10**12])
def test_amounts_that_cannot_be(amount_minor: int) -> None:
    two, peer = pair()
    submit(two, Authorise(ref="p", amount_minor=amount_minor))
    submit(two, Reverse(ref="r", receipt=10_000))
    submit(two, Command(ref="c"))
    assert [type(one) for one in finals(two)] == [Fault, Fault, Fault]
    assert len(peer.books) == 1


def test_one_customer_at_a_time_and_a_payment_while_registering_waits() -> None:
    peer = TerminalPeer()
    peer.mood.dead = True
    two = Pair(Terminal(last_trace=41), peer)
    submit(two, Authorise(ref="p", amount_minor=1))
    submit(two, Authorise(ref="q", amount_minor=2))
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert (fault.ref, fault.reason) == ("q", Reason.BUSY)
    two.advance(6.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    assert (fault.ref, fault.reason) == ("p", Reason.TIMEOUT)
    assert two.driver.to_send() == b""
    peer.mood.dead = False
    two.advance(6.0)
    submit(two, Authorise(ref="r", amount_minor=3))
    assert isinstance(finals(two)[0], Payment)


def test_a_fresh_terminal_without_any_transaction() -> None:
    peer = TerminalPeer(has_sold=False)
    two = Pair(Terminal(), peer)
    submit(two, Authorise(ref="p", amount_minor=1))
    (payment,) = finals(two)
    assert isinstance(payment, Payment)
    assert payment.trace == 1


def test_health() -> None:
    two, _ = pair()
    submit(two, Check(ref="c"))
    assert finals(two) == [Health(ref="c", text="the terminal is registered and ready")]
