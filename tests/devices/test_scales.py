"""Scale codecs: golden bytes, every status bit, hostile lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.event import ScaleStatus
from devices.scales.cas import Cas, block_check
from devices.scales.dialog06 import Dialog06
from devices.scales.mt8217 import Mt8217
from devices.scales.mtsics import MtSics
from devices.scales.nci import Nci
from devices.scales.sample import Answer, Bit, Reply, Sample, ScaleCodec, Trouble, to_mg

CODECS = {"8217": Mt8217, "nci": Nci, "dialog06": Dialog06, "cas": Cas, "mtsics": MtSics}


def feed(codec: ScaleCodec, *pieces: bytes) -> list[Answer]:
    return [answer for piece in pieces for answer in codec.feed(piece)]


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("8217", b"W"),
        ("nci", b"W\r"),
        ("dialog06", b"\x04\x0201\x1b000499\x1b\x03"),
        ("cas", b"\x05"),
        ("mtsics", b"SI\r\n"),
    ],
)
def test_golden_questions(name: str, question: bytes) -> None:
    assert CODECS[name]().request(499) == question


@pytest.mark.parametrize(
    ("name", "answer", "means"),
    [
        ("8217", b"\x0201.235\r", Sample(Bit(0), 1_235_000, "01.235 kg")),
        ("8217", b"\x0201.235N\r", Sample(Bit.NET, 1_235_000, "01.235 kg")),
        ("8217", b"\x02?\x41\r", Sample(Bit.MOTION)),
        ("8217", b"\x02?\x0d\r", Sample(Bit.MOTION | Bit.UNDER_ZERO | Bit.OUTSIDE_ZERO)),
        (
            "8217",
            b"\x02?\x7f\r",
            Sample(
                Bit.MOTION
                | Bit.OVER
                | Bit.UNDER_ZERO
                | Bit.OUTSIDE_ZERO
                | Bit.CENTRE_OF_ZERO
                | Bit.NET
            ),
        ),
        ("nci", b"\n01.235KG\r\nS00\r\x03", Sample(Bit(0), 1_235_000, "01.235 kg")),
        ("nci", b"\nS01\r\x03", Sample(Bit.UNDER_ZERO)),
        ("nci", b"\nS12\r\x03", Sample(Bit.MOTION | Bit.OVER)),
        (
            "nci",
            b"\nS<<\r\x03",
            Sample(Bit.MEMORY_ERROR | Bit.PROGRAM_ERROR | Bit.CALIBRATION_ERROR),
        ),
        ("cas", b"\x01\x02S 01.235kg\x64\x03\x04", Sample(Bit(0), 1_235_000, "01.235 kg")),
        ("mtsics", b"S S     01.235 kg\r\n", Sample(Bit(0), 1_235_000, "01.235 kg")),
        ("mtsics", b"S D      235.1 g\r\n", Sample(Bit.MOTION, 235_100, "235.1 g")),
        ("mtsics", b"S I\r\n", Sample(Bit.MOTION)),
        ("mtsics", b"S +\r\n", Sample(Bit.OVER)),
        ("mtsics", b"S -\r\n", Sample(Bit.UNDER_ZERO)),
        ("mtsics", b"ES\r\n", Sample(Bit.ERROR)),
        ("mtsics", b"EL\r\n", Sample(Bit.ERROR)),
    ],
)
def test_golden_answers_in_any_pieces(name: str, answer: bytes, means: Sample) -> None:
    codec = CODECS[name]()
    assert feed(codec, answer) == [means]
    assert feed(codec, *(bytes([byte]) for byte in answer)) == [means]
    assert feed(codec, b"\xff?noise\x03\x04\r\n" + answer)[-1] == means


def test_cas_check_in_the_golden_frame_is_right() -> None:
    assert block_check(b"S 01.235kg") == 0x64


def test_cas_frames_with_a_wrong_check_or_a_lost_byte_are_ignored() -> None:
    good = b"\x01\x02S 01.235kg\x64\x03\x04"
    codec = Cas()
    assert feed(codec, good.replace(b"5", b"6")) == []
    for lost in range(len(good)):
        codec.reset()
        answers = feed(codec, good[:lost] + good[lost + 1 :], good, good)
        assert answers
        assert set(answers) <= {Sample(Bit(0), 1_235_000, "01.235 kg"), Reply(b"\x11")}


def test_dialog06_dance() -> None:
    codec = Dialog06()
    assert feed(codec, b"\x06") == [Reply(b"\x04\x05")]
    assert feed(codec, b"\x0202\x1b3\x1b01235\x1b000499\x1b000616\x03") == [
        Reply(b"\x04"),
        Sample(Bit(0), 1_235_000, "1.235 kg"),
    ]
    assert feed(codec, b"\x15") == [Reply(b"\x04\x0208\x03")]


@pytest.mark.parametrize(
    ("code", "bit"),
    [
        ("20", Bit.MOTION),
        ("21", Bit.NOT_MOVED),
        ("22", Bit.MOTION),
        ("30", Bit.BELOW_MINIMUM),
        ("31", Bit.UNDER_ZERO),
        ("32", Bit.OVER),
        ("01", Bit.ERROR),
        ("11", Bit.ERROR),
    ],
)
def test_dialog06_status_codes(code: str, bit: Bit) -> None:
    answer = b"\x0209\x1b" + code.encode() + b"\x03"
    assert feed(Dialog06(), answer) == [Reply(b"\x04"), Sample(bit)]


def test_dialog06_says_clearly_that_check_sums_are_for_certified_tills() -> None:
    answer = feed(Dialog06(), b"\x0211\x1b2A7\x03")[-1]
    assert isinstance(answer, Trouble)
    assert "legal metrology" in answer.message


@pytest.mark.parametrize(
    ("sample", "status"),
    [
        (Sample(Bit(0), 5), ScaleStatus.STABLE),
        (Sample(Bit.NET, 5), ScaleStatus.STABLE),
        (Sample(Bit(0), 0), ScaleStatus.ZERO),
        (Sample(Bit.CENTRE_OF_ZERO), ScaleStatus.ZERO),
        (Sample(Bit.MOTION, 5), ScaleStatus.UNSTABLE),
        (Sample(Bit.OVER | Bit.MOTION), ScaleStatus.OVERWEIGHT),
        (Sample(Bit(0), -5), ScaleStatus.UNDER_ZERO),
        (Sample(Bit.UNDER_ZERO), ScaleStatus.UNDER_ZERO),
        (Sample(Bit.BELOW_MINIMUM), ScaleStatus.UNDERWEIGHT),
        (Sample(Bit.OUTSIDE_ZERO), ScaleStatus.NOT_READY),
        (Sample(Bit.NOT_MOVED), ScaleStatus.NOT_READY),
        (Sample(Bit.CALIBRATION_ERROR), ScaleStatus.NOT_READY),
        (Sample(), ScaleStatus.STABLE),
    ],
)
def test_status_of_bits(sample: Sample, status: ScaleStatus) -> None:
    assert sample.status is status


@pytest.mark.parametrize(
    ("number", "unit", "mg"),
    [
        ("01.235", "kg", 1_235_000),
        ("2.00", "lb", 907_185),
        ("0.05", "g", 50),
        ("-1", "kg", -1_000_000),
        ("- 1.5", "kg", -1_500_000),
        ("1.0", "stone", None),
        ("1,5", "kg", None),
        ("", "kg", None),
        ("9" * 30, "kg", None),
    ],
)
def test_weights_are_integers(number: str, unit: str, mg: int | None) -> None:
    assert to_mg(number, unit) == mg


@given(st.sampled_from(sorted(CODECS)), st.lists(st.binary(max_size=64), max_size=8))
def test_no_bytes_make_a_weight_that_is_not_a_number(name: str, pieces: list[bytes]) -> None:
    for answer in feed(CODECS[name](), *pieces):
        assert isinstance(answer, Sample | Reply | Trouble)
