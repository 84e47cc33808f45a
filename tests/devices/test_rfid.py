"""RFID reader contract: a round is the whole set, or a fault; tshark reads our LLRP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import llrp
from devices.driver import Check, Command
from devices.epc import count_gtins, encode_sgtin96
from devices.event import Event, Fault, Health, Reason
from devices.llrp import Message, Messages
from devices.rfid import Inventory, Reader, Seen, TakeInventory
from devices.simulated.rfid import ReaderPeer
from tests.devices.decoders import tshark
from tests.devices.rig import NETWORK, OWNER, TRANSPORT, Pair, Wiretap, rig, run

TAGS = [encode_sgtin96("80614141123458", serial) for serial in range(120)]
EPCS = frozenset(tag.hex().upper() for tag in TAGS)


def pair() -> tuple[Pair, ReaderPeer]:
    peer = ReaderPeer()
    peer.put(*TAGS)
    return Pair(Reader(), peer), peer


def submit(two: Pair, command: Command) -> None:
    two.driver.submit(command, two.now)
    two.settle()


def finals(two: Pair) -> list[Event]:
    return [event for event in two.take() if event.final]


@NETWORK
@TRANSPORT
def test_contract(where: str, how: str) -> None:
    if how == "lossy":
        pytest.skip("LLRP runs over TCP, which does not lose bytes")

    async def work() -> None:
        peer = ReaderPeer(round_s=0.1)
        peer.put(*TAGS[:5])
        async with rig(Reader(), peer, where, how) as the:
            for number in range(2):
                round_ = TakeInventory(ref=f"r{number}", duration_s=0.3)
                answer = await the.device.ask(round_, OWNER)
                assert answer == Inventory(
                    ref=round_.ref, tags=frozenset(tag.hex().upper() for tag in TAGS[:5])
                )
            assert isinstance(await the.device.check_health(OWNER), Health)

    run(work())


def test_golden_rospec() -> None:
    assert Message(llrp.ADD_ROSPEC, 7, llrp.rospec(1)).encode().hex() == (
        "0414" "0000004b" "00000007"
        "00b1" "0041" "00000001" "00" "00"
        "00b2" "0012" "00b3" "0005" "00" "00b6" "0009" "00" "00000000"
        "00b7" "0018" "0001" "0000" "00b8" "0009" "00" "00000000" "00ba" "0007" "0001" "01"
        "00ed" "000d" "02" "0010" "00ee" "0006" "0000"
    )  # fmt: skip


def test_tags_come_as_they_are_seen_and_once_each() -> None:
    two, _ = pair()
    submit(two, TakeInventory(ref="r", duration_s=1.0))
    two.advance(2.0)
    *seen, inventory = two.take()
    fresh = [one for event in seen if isinstance(event, Seen) for one in event.tags]
    assert sorted(fresh) == sorted(EPCS)
    assert inventory == Inventory(ref="r", tags=EPCS)
    assert isinstance(inventory, Inventory)
    assert count_gtins(inventory.tags) == {"80614141123458": 120}


def test_long_tags() -> None:
    two, peer = pair()
    peer.field = {b"\x36" + bytes(25), b"\xe2\x00"}
    submit(two, TakeInventory(ref="r", duration_s=0.1))
    two.advance(1.0)
    (inventory,) = finals(two)
    assert inventory == Inventory(ref="r", tags=frozenset({"36" + "00" * 25, "E200"}))


def test_what_another_program_left_behind_is_removed() -> None:
    two, peer = pair()
    peer.rospecs = {1: b"", 7: b""}
    submit(two, TakeInventory(ref="r", duration_s=0.1))
    two.advance(1.0)
    assert isinstance(finals(two)[0], Inventory)
    assert peer.rospecs == {}


def test_a_round_cut_short_is_no_count() -> None:
    two, _ = pair()
    submit(two, TakeInventory(ref="r", duration_s=1.0))
    two.advance(0.5)
    two.take()
    two.driver.lost(two.now)
    (fault,) = [event for event in two.driver.take_events() if event.final]
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.LOST


@pytest.mark.parametrize(
    ("mood", "reason"), [("silent", Reason.TIMEOUT), ("refuses", Reason.REFUSED)]
)
def test_troubles(mood: str, reason: Reason) -> None:
    two, peer = pair()
    setattr(peer.mood, mood, True)
    submit(two, TakeInventory(ref="r", duration_s=1.0))
    submit(two, Check(ref="busy"))
    two.advance(10.0)
    faults = {one.ref: one.reason for one in finals(two) if isinstance(one, Fault)}
    assert faults.pop("r") is reason
    setattr(peer.mood, mood, False)
    submit(two, TakeInventory(ref="again", duration_s=0.1))
    two.advance(2.0)
    assert isinstance(finals(two)[-1], Inventory)


def test_a_reader_in_use_says_so_and_a_silent_one_too() -> None:
    peer = ReaderPeer()
    peer.mood.in_use = True
    two = Pair(Reader(), peer)
    submit(two, TakeInventory(ref="r"))
    two.advance(10.0)
    (fault,) = finals(two)
    assert isinstance(fault, Fault)
    submit(two, Command(ref="c"))
    assert isinstance(finals(two)[0], Fault)


def test_a_line_that_makes_no_sense_is_hung_up() -> None:
    reader = Reader()
    reader.started(0.0)
    reader.receive(b"HTTP/1.1 400 Bad Request\r\n\r\n", 0.0)
    assert reader.hang_up
    reader.started(1.0)
    assert not reader.hang_up


@given(
    st.lists(
        st.builds(Message, st.integers(0, 1023), st.integers(0, 2**32 - 1), st.binary(max_size=99))
    ),
    st.integers(1, 50),
)
def test_messages_do_not_depend_on_the_pieces(sent: list[Message], size: int) -> None:
    stream, messages, found = b"".join(one.encode() for one in sent), Messages(), []
    for at in range(0, len(stream), size):
        found += messages.feed(stream[at : at + size])
    assert found == sent


@given(st.binary(max_size=120))
def test_any_report_is_read_to_some_end(body: bytes) -> None:
    assert all(tag for tag in llrp.tags_of(body))
    llrp.status_of(body)


def test_tshark_reads_our_llrp() -> None:
    peer = ReaderPeer()
    peer.put(TAGS[5])
    two = Wiretap(Reader(), peer)
    submit(two, TakeInventory(ref="r", duration_s=0.03))
    two.advance(1.0)
    rows = tshark(two.talk, 5084, "llrp", "llrp.type", "llrp.tlv_type", "_ws.malformed")
    kinds = [int(kind, 0) for row in rows for kind in row[0].split(",") if kind]
    requests = [kind for kind in kinds if llrp.ADD_ROSPEC <= kind <= llrp.ENABLE_ROSPEC]
    assert requests == [
        llrp.DELETE_ROSPEC,
        llrp.ADD_ROSPEC,
        llrp.ENABLE_ROSPEC,
        llrp.START_ROSPEC,
        llrp.STOP_ROSPEC,
        llrp.DELETE_ROSPEC,
    ]
    assert llrp.RO_ACCESS_REPORT in kinds
    named = {int(kind, 0) for row in rows for kind in row[1].split(",") if kind}
    assert named >= {llrp.P_ROSPEC, llrp.P_AISPEC, llrp.P_RO_REPORT, llrp.P_STATUS, llrp.P_TAG}
    assert not [row for row in rows if row[2]]
