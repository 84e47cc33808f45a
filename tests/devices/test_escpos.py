"""ESC/POS answers: golden bytes, any pieces, any noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices import escpos
from devices.escpos import Answer, Answers, PaperInOrder, Printed, RealTime, Report

QUIET = Report(
    drawer_pin=False, offline=False, cover_open=False, error=False, paper_low=False, paper_out=False
)
GOLDEN: list[tuple[bytes, list[Answer]]] = [
    (b"\x12", [RealTime(0x12)]),
    (b"\x1a", [RealTime(0x1A)]),
    (b"\x72", [RealTime(0x72)]),
    (b"\x37\x22\x30\x30\x31\x32\x00", [Printed("0012")]),
    (b"\x10\x00\x00\x0f", [QUIET]),
    (
        b"\x3c\x20\x0f\x0f",
        [
            Report(
                drawer_pin=True,
                offline=True,
                cover_open=True,
                error=True,
                paper_low=True,
                paper_out=True,
            )
        ],
    ),
    (b"\x00", [PaperInOrder(0)]),
    (b"\x03", [PaperInOrder(3)]),
    (b"\x11\x13", []),
]


def test_golden_questions() -> None:
    assert escpos.ask(2) == b"\x10\x04\x02"
    assert escpos.ask_when_printed("0042") == b"\x1d\x28\x48\x06\x00\x30\x300042"
    assert escpos.KICK == b"\x1b\x70\x00\x19\xfa"
    assert escpos.CUT == b"\x1d\x56\x42\x00"
    assert escpos.REPORT == b"\x1d\x61\x0f"


@pytest.mark.parametrize(("data", "means"), GOLDEN)
def test_golden_answers_in_any_pieces(data: bytes, means: list[Answer]) -> None:
    assert Answers().feed(data) == means
    answers = Answers()
    assert [one for byte in data for one in answers.feed(bytes([byte]))] == means


@pytest.mark.parametrize("cut", range(1, 7))
def test_after_a_cut_answer_the_next_is_read_right(cut: int) -> None:
    for broken in (b"\x37\x22\x30\x30\x31\x32\x00"[:cut], b"\x10\x00\x00\x0f"[:cut]):
        assert Answers().feed(broken + b"\x37\x22abcd\x00")[-1] == Printed("abcd")
        assert Answers().feed(broken + b"\x12")[-1] == RealTime(0x12)


@given(st.lists(st.sampled_from(GOLDEN)))
def test_answers_follow_each_other_in_any_order(answers: list[tuple[bytes, list[Answer]]]) -> None:
    stream = b"".join(data for data, _ in answers)
    assert Answers().feed(stream) == [one for _, means in answers for one in means]


@given(st.binary())
def test_noise_is_no_confirmation(noise: bytes) -> None:
    found = Answers().feed(noise)
    assert not [one for one in found if isinstance(one, Printed)] or b"\x37\x22" in noise
