"""The envelope: exact bytes, every limit, and nothing but a WireError for anything else."""

import struct
from random import Random
from zlib import crc32

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync.identity import Replica
from sync.journal import Batch
from sync.wire import (
    BODY_MAX_BYTES,
    LANE_OF,
    MESSAGE_MAX_BYTES,
    AnyMessage,
    Delta,
    Facts,
    Have,
    Hello,
    Holding,
    Progress,
    RecordDiff,
    RecordOffer,
    RecordWant,
    Refused,
    RowGroup,
    WireError,
    seal,
    unseal,
)

ME = Replica("s1", 2)
HOLDING = Holding("s1-n2", 7, b"h" * 32, b"k" * 32)
MESSAGES: list[AnyMessage] = [
    Hello(1, b"b" * 16, b"k" * 32, "0.1", 1_000, [HOLDING], "hq-n1", 3, 4, True),
    Progress(1_000, [Have("s1-n2", 7, True, False)], 5, False, -1, True, 9),
    Delta(1, 3, True, 1_000, [(1, "A-1")], [RowGroup("s1-n2", 7, b"\x03\x01\x01\x05")]),
    Facts(Batch("s1-n2", 1, b"h" * 32, [b"one", b"two"], b"s" * 64)),
    RecordOffer(0, 1, [("member/1", b"v")]),
    RecordWant([("member/1", b"v")]),
    RecordDiff("member/1", b"u"),
    Refused("replaced: run evertill-edge restore"),
]
GOLDEN = [
    (
        "9b0101c41062626262626262626262626262626262c4206b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b"
        "6b6b6b6b6b6b6b6b6b6b6b6ba3302e31cd03e89194a573312d6e3207c42068686868686868686868686868"
        "68686868686868686868686868686868686868c4206b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b"
        "6b6b6b6b6b6b6b6b6b6ba568712d6e310304c3"
    ),
    "9802cd03e89194a573312d6e3207c3c205c2ffc309",
    "97030103c3cd03e8919201a3412d319193a573312d6e3207c40403010105",
    (
        "920495a573312d6e3201c42068686868686868686868686868686868686868686868686868686868686868"
        "6892c4036f6e65c40374776fc4407373737373737373737373737373737373737373737373737373737373"
        "7373737373737373737373737373737373737373737373737373737373737373737373"
    ),
    "950500019192a86d656d6265722f31c40176c2",
    "92069192a86d656d6265722f31c40176",
    "9307a86d656d6265722f31c40175",
    "9208d9237265706c616365643a2072756e206576657274696c6c2d6564676520726573746f7265",
]
NUMBERS = st.integers(0, 2**63 - 1)


def frame(body: bytes, packed: bool = False, version: int = 1, origin: str = "s1-n2") -> bytes:
    """Build an envelope by hand, with a right checksum."""
    crc = crc32(body, crc32(f"{origin}\0{1}\0{2}\0{3}".encode()))
    return msgspec.msgpack.encode([version, origin, 1, 2, 3, packed, body, crc])


@pytest.mark.parametrize(("message", "golden"), list(zip(MESSAGES, GOLDEN, strict=True)))
def test_the_bytes_of_each_message_are_what_they_always_were(
    message: AnyMessage, golden: str
) -> None:
    assert msgspec.msgpack.encode(message).hex() == golden


def test_the_bytes_of_an_envelope_are_what_they_always_were() -> None:
    assert seal(ME, 300, 2, 3, Refused("no")).hex(" ") == (
        "98 01 a5 73 31 2d 6e 32 cd 01 2c 02 03 c2 c4 05 92 08 a2 6e 6f ce f5 f4 e1 aa"
    )


@given(st.sampled_from(MESSAGES), NUMBERS, NUMBERS, NUMBERS)
def test_a_message_reads_back(message: AnyMessage, session: int, to: int, number: int) -> None:
    envelope = unseal(seal(ME, session, to, number, message))
    assert envelope.origin == ME
    assert (envelope.session, envelope.to, envelope.number) == (session, to, number)
    assert envelope.message == message


def test_every_message_has_a_lane() -> None:
    assert {type(message) for message in MESSAGES} == set(LANE_OF)


def test_long_bodies_are_compressed_and_random_ones_are_not() -> None:
    assert len(seal(ME, 1, 1, 1, RecordDiff("d", bytes(50_000)))) < 200
    noise = Random(1).randbytes(60_000)
    assert unseal(seal(ME, 1, 1, 1, RecordDiff("d", noise))).message == RecordDiff("d", noise)


def test_what_is_too_large_is_never_sent() -> None:
    with pytest.raises(WireError, match="over 65536"):
        seal(ME, 1, 1, 1, RecordDiff("d", Random(1).randbytes(66_000)))
    with pytest.raises(WireError, match="over the limit of 262144"):
        seal(ME, 1, 1, 1, RecordDiff("d", bytes(BODY_MAX_BYTES)))


def test_what_is_too_large_is_not_opened() -> None:
    with pytest.raises(WireError, match="oversized"):
        unseal(bytes(MESSAGE_MAX_BYTES + 1))


@given(st.binary(max_size=500))
def test_random_bytes_are_a_wire_error(payload: bytes) -> None:
    with pytest.raises(WireError):
        unseal(payload)


@given(st.binary(max_size=200), st.booleans())
def test_random_bodies_in_an_intact_frame_are_a_wire_error(body: bytes, packed: bool) -> None:
    with pytest.raises(WireError):
        unseal(frame(body, packed))


@given(st.sampled_from(MESSAGES), st.data())
def test_each_flipped_bit_is_seen(message: AnyMessage, data: st.DataObject) -> None:
    payload = bytearray(seal(ME, 1, 2, 3, message))
    at = data.draw(st.integers(0, len(payload) * 8 - 1))
    payload[at // 8] ^= 1 << at % 8
    with pytest.raises(WireError):
        unseal(bytes(payload))


@given(st.sampled_from(MESSAGES), st.data())
def test_truncated_and_extended_messages_are_seen(message: AnyMessage, data: st.DataObject) -> None:
    payload = seal(ME, 1, 2, 3, message)
    cut = data.draw(st.integers(0, len(payload) - 1))
    for damaged in (payload[:cut], payload + b"\xc0", payload + payload):
        with pytest.raises(WireError):
            unseal(damaged)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (frame(msgspec.msgpack.encode(Refused("x")), version=2), "version 2 is not spoken"),
        (frame(msgspec.msgpack.encode(Refused("x")), origin="nobody"), "no replica name"),
        (frame(msgspec.msgpack.encode([99, 1])), "malformed"),
        (frame(msgspec.msgpack.encode([8, "x" * 1_001])), "malformed"),
        (frame(b"\x92\x08\xa2\xff\xfe"), "malformed"),
        (frame(b"\x91" * 100_00 + b"\x90"), "malformed"),
        (frame(b""), "malformed"),
        (msgspec.msgpack.encode([1, "s1-n2", 1, 2, 3, False, b"x", 0]), "checksum"),
    ],
)
def test_says_what_is_wrong(payload: bytes, reason: str) -> None:
    with pytest.raises(WireError, match=reason):
        unseal(payload)


def altered(message: AnyMessage, field: int, value: object) -> bytes:
    """Seal a message with one field replaced by anything."""
    values = msgspec.msgpack.decode(msgspec.msgpack.encode(message))
    values[field] = value
    return frame(msgspec.msgpack.encode(values))


@pytest.mark.parametrize(
    ("message", "field"),
    [(MESSAGES[0], n) for n in (5, 8, 9)]
    + [(MESSAGES[1], n) for n in (1, 3, 5, 7)]
    + [(MESSAGES[2], n) for n in (1, 2, 4)]
    + [(MESSAGES[4], n) for n in (1, 2)],
)
@pytest.mark.parametrize("value", [-2, 2**53 + 1, 2**64 - 1, 1.5, "1", None, True])
def test_numbers_out_of_range_are_wire_errors(
    message: AnyMessage, field: int, value: object
) -> None:
    with pytest.raises(WireError):
        unseal(altered(message, field, value))


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        (MESSAGES[0], 2, b"short"),
        (MESSAGES[0], 3, b"k" * 33),
        (MESSAGES[0], 6, [["s1-n1", -1, b"", b""]]),
        (MESSAGES[1], 2, [["s1-n1", 2**63]]),
        (MESSAGES[2], 5, [[1, ""]]),
        (MESSAGES[2], 5, [[1, "x" * 65]]),
        (MESSAGES[2], 5, [[-1, "x"]]),
        (MESSAGES[2], 6, [["s1-n1", -1, b""]]),
    ],
)
def test_fields_that_break_a_limit_are_wire_errors(
    message: AnyMessage, field: int, value: object
) -> None:
    with pytest.raises(WireError, match="malformed"):
        unseal(altered(message, field, value))


def zeros(size: int, sized: bool = True) -> bytes:
    """Compress a lot of nothing."""
    return zstandard.ZstdCompressor(write_content_size=sized).compress(bytes(size))


@pytest.mark.parametrize(
    "bomb",
    [
        zeros(BODY_MAX_BYTES + 1),
        zeros(2**30),
        zeros(1_000, sized=False),
        zeros(1_000)[:-3],
        zeros(100) + zeros(2**24),
        zstandard.ZstdCompressor().compress(zeros(2**24))[:60],
        b"\x28\xb5\x2f\xfd" + struct.pack("<Q", 2**60),
    ],
)
def test_compression_bombs_are_wire_errors(bomb: bytes) -> None:
    with pytest.raises(WireError):
        unseal(frame(bomb, packed=True))


@pytest.mark.parametrize(
    "opening", [b"\x91", b"\xdc\x00\x01", b"\x81\xa0", b"\xdd\x00\x00\x00\x01"]
)
@pytest.mark.parametrize("around", [lambda b: b, frame, lambda b: frame(b"\x92\x04" + b)])
def test_deep_nesting_is_a_wire_error(opening: bytes, around) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(WireError):
        unseal(around(opening * 10_000))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats()
        | st.text()
        | st.binary(),
        lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=30,
    ),
    st.integers(0, 9),
)
def test_any_structure_is_a_message_or_a_wire_error(structure: object, tag: int) -> None:
    values = [tag, *structure] if isinstance(structure, list) else structure
    try:
        message = unseal(frame(msgspec.msgpack.encode(values))).message
    except WireError:
        return
    assert type(message) in LANE_OF
