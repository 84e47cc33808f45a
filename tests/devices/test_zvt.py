"""ZVT messages: golden bytes, both lines in any pieces, read by tshark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import zvt
from devices.charge import Authorise
from devices.payment import Terminal
from devices.simulated.terminal import TerminalPeer
from devices.zvt import Apdu, SerialLink, TcpLink, bcd, counted, crc16, fields, from_bcd
from tests.devices.decoders import tshark, tshark_serial
from tests.devices.rig import Wiretap

messages = st.builds(Apdu, st.integers(0, 0xFFFF), st.binary(max_size=600))


def test_golden_messages() -> None:
    two = Wiretap(Terminal(), TerminalPeer())
    two.driver.submit(Authorise(ref="p", amount_minor=1234), 0.0)
    two.settle()
    ours = b"".join(data for from_us, data in two.talk if from_us)
    assert ours == bytes.fromhex(
        "0600 06 000000 1e 0978"  # register: password, configuration, EUR
        "800000"
        "0620 03 000000"  # the last transaction
        "800000 800000"
        "0601 0a 04 000000001234 49 0978"  # authorise 12.34 EUR
        "800000 800000 800000"
    )


def test_long_messages_have_a_long_length() -> None:
    data = bytes(300)
    assert Apdu(0x06D3, data).encode() == b"\x06\xd3\xff\x2c\x01" + data
    assert Apdu(0x06D3, bytes(254)).encode()[:3] == b"\x06\xd3\xfe"


def test_golden_serial_block() -> None:
    # CRC-16/KERMIT of the block and its ETX; its check value is a published constant.
    assert crc16(b"123456789") == 0x2189
    block = zvt.serial_block(Apdu(0x0600, b"\x10"))
    assert block[:-2] == b"\x10\x02\x06\x00\x01\x10\x10\x10\x03"
    assert block[-2:] == crc16(b"\x06\x00\x01\x10\x03").to_bytes(2, "little")


@pytest.mark.parametrize(
    ("message", "block"),
    [
        (Apdu(0x8000), "1002 80 00 00 1003 f51f"),
        (Apdu(0x849C), "1002 84 9c 00 1003 c341"),
        (Apdu(zvt.DIAGNOSIS), "1002 06 70 00 1003 d9f9"),
        (
            Apdu(zvt.REGISTER, bytes.fromhex("123456ba0978")),
            "1002 06 00 06 123456 ba 0978 1003 24c3",
        ),
        (  # the amount contains a DLE, which is doubled
            Apdu(zvt.AUTHORISE, b"\x04" + bcd(11000, 6) + b"\x49\x09\x78"),
            "1002 06 01 0a 04 00000001101000 49 0978 1003 f2ff",
        ),
    ],
)
def test_golden_serial_blocks_of_real_tills(message: Apdu, block: str) -> None:
    assert zvt.serial_block(message) == bytes.fromhex(block)


@given(st.lists(messages, max_size=5), st.lists(st.integers(1, 50), max_size=20))
def test_tcp_messages_do_not_depend_on_the_pieces(sent: list[Apdu], sizes: list[int]) -> None:
    link, found = TcpLink(), []
    stream = b"".join(message.encode() for message in sent)
    for size in [*sizes, len(stream)]:
        found += link.feed(stream[:size], 0.0)
        stream = stream[size:]
    assert found == sent


@given(st.lists(messages, max_size=4), st.binary(max_size=5))
def test_serial_blocks_come_through_and_are_acknowledged(sent: list[Apdu], noise: bytes) -> None:
    here, there, found = SerialLink(), SerialLink(), []
    for byte in noise.replace(b"\x10", b""):
        there.feed(bytes([byte]), 0.0)
    for message in sent:
        here.send(message, 0.0)
    for _ in range(2 * len(sent) + 2):
        found += there.feed(here.to_send(), 0.0)
        here.feed(there.to_send(), 0.0)
    assert found == sent
    assert here.wake_at is None


def test_a_spoilt_block_is_refused_and_sent_again_three_times_at_most() -> None:
    here, there = SerialLink(), SerialLink()
    here.send(Apdu(0x0601, b"x"), 0.0)
    spoilt = here.to_send().replace(b"x", b"y")
    assert there.feed(spoilt, 0.0) == []
    here.feed(there.to_send(), 0.0)
    assert there.feed(here.to_send(), 0.0) == [Apdu(0x0601, b"x")]
    here.reset()
    here.send(Apdu(0x0601), 0.0)
    blocks = [here.to_send()]
    for second in (5.0, 10.0, 15.0, 20.0):
        here.tick(second)
        blocks.append(here.to_send())
    assert [bool(block) for block in blocks] == [True, True, True, False, False]


def test_fields() -> None:
    data = b"\x27\x00\x04" + bcd(1234, 6) + counted(0x8B, b"girocard") + counted(0x3C, b"hello")
    assert fields(data + b"\x06\x81\x02ab\xfe\x01\x27\x05") == {
        0x27: b"\x00",
        0x04: bytes.fromhex("000000001234"),
        0x8B: b"girocard",
        0x3C: b"hello",
        0x06: b"ab",
    }
    assert fields(b"\x04\x00") == {}
    assert from_bcd(b"\x1a") is None
    with pytest.raises(ValueError, match="does not fit"):
        bcd(10**12, 6)


@given(st.binary(max_size=200))
def test_any_data_has_fields(data: bytes) -> None:
    assert sum(len(value) for value in fields(data).values()) <= len(data)


def test_tshark_reads_our_messages() -> None:
    two = Wiretap(Terminal(), TerminalPeer())
    two.driver.submit(Authorise(ref="p", amount_minor=1234), 0.0)
    two.settle()
    rows = tshark(two.talk, 20007, "zvt", "zvt.control_field", "zvt.amount", "zvt.cc")
    heard = [int(number, 16) for row in rows for number in row[0].split(",") if number]
    # tshark knows no "repeat receipt" (06 20) and passes over it
    requests = [zvt.REGISTER, zvt.COMPLETION, zvt.STATUS, zvt.COMPLETION]
    requests += [zvt.AUTHORISE, zvt.INTERMEDIATE, zvt.STATUS, zvt.COMPLETION]
    assert heard == requests
    (authorise,) = (row for row in rows if "0x0601" in row[0])
    assert authorise[1:] == ["1234", "0x0978"]


def test_tshark_reads_our_serial_blocks() -> None:
    two = Wiretap(Terminal(SerialLink()), TerminalPeer(SerialLink()))
    two.driver.submit(Authorise(ref="p", amount_minor=1234), 0.0)
    two.settle()
    blocks = [data.removeprefix(b"\x06") for from_us, data in two.talk if from_us]
    rows = tshark_serial(
        [block for block in blocks if block], "zvt", "zvt.control_field", "zvt.amount"
    )
    assert [row for row in rows if row[0]] == [
        ["0x0600", ""],
        ["0x0620", ""],
        ["0x0601", "1234"],
    ]
