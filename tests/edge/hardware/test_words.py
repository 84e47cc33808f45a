"""What drivers say is said in Chinese too, with the values it is about, and has a code."""

import pytest

from devices.event import Fault, Reason
from edge.hardware.trouble import Trouble
from edge.hardware.words import SAID, said


@pytest.mark.parametrize(
    ("text", "chinese", "code"),
    [
        ("waits for its turn", "排队等待打印", "queued"),
        ("declined (code 05)", "被拒绝（代码 05）", "terminal-declined"),
        ("scale is not connected; check cable and power", "scale 未连接", "not-connected"),
        ("it smokes", "it smokes", ""),
        ("this cannot be printed: {why}", "内容无法打印", "print-impossible"),
    ],
)
def test_a_sentence_is_known_by_its_form(text: str, chinese: str, code: str) -> None:
    message = said(text)
    assert (message.en, message.code) == (text, code)
    assert chinese in message.zh


def test_codes_are_each_of_one_sentence() -> None:
    assert len({message.code for message in SAID.values()}) == len(SAID)


def test_a_devices_problem_brings_its_words() -> None:
    lost = Trouble(Fault(reason=Reason.LOST, message="the scale does not answer; check its cable"
                         " and power"))  # fmt: skip
    assert (lost.code, lost.case) == ("device-lost", "said")
    assert lost.values == {"en": lost.detail, "zh": "秤没有应答，请检查电缆和电源"}
    assert Trouble(Fault(reason=Reason.LOST, message="it smokes")).values == {"en": "it smokes"}
