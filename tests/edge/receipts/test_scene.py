"""A rule that headquarters wrote badly never keeps a receipt from being printed."""

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.receipt import Logo, Paper, lay_out
from edge.receipts.sale import sale_document
from edge.receipts.scene import Marks, Profile, heading, read_profile
from edge.receipts.words import TEXTS, Words
from tests.devices.test_receipt import logo
from tests.edge.receipts.papers import SALE, entry, scene


def test_the_rule_is_read_field_by_field() -> None:
    text = '{"header": ["a"], "tax_id": 7, "footer": {"en": "bye"}, "unknown": [1]}'
    assert read_profile(text) == Profile(header=["a"], footer={"en": "bye"})


@pytest.mark.parametrize("text", [None, "", "[]", "{", "7", '"x"'])
def test_no_rule_or_a_broken_one_is_the_default(text: str | None) -> None:
    assert read_profile(text) == Profile()


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["header", "footer", "tax_id", "logo", "title", "code", "en"]), x
            )
        ),
    )
)
def test_any_rule_prints(value: object) -> None:
    profile = read_profile(msgspec.json.encode(value).decode())
    document = sale_document(entry(), SALE, scene(profile=profile), Marks())
    assert lay_out(document, Paper(32))


def test_a_logo_is_shown_and_a_broken_one_left_out() -> None:
    good = base64.b64encode(logo()).decode()
    assert any(isinstance(x, Logo) for x in heading(scene(profile=Profile(logo=good))))
    for bad in ("???", base64.b64encode(b"no picture").decode()):
        assert not any(isinstance(x, Logo) for x in heading(scene(profile=Profile(logo=bad))))


def test_every_word_is_there_in_both_languages() -> None:
    assert all(english and chinese for english, chinese in TEXTS.values())
    assert Words("zh")("total") == "合计"
    assert Words("fr")("total") == "TOTAL"
    assert Words()("never-heard-of") == "never-heard-of"


def test_names_fall_back_to_another_language() -> None:
    assert Words("zh").pick({"en": "Tea"}) == "Tea"
    assert Words("en").pick({"de": "Tee"}) == "Tee"
    assert Words("en").pick({}, "SKU") == "SKU"


def test_a_tender_may_be_named_by_the_chain() -> None:
    named = scene("zh", tender_names={"wechat": {"en": "WeChat Pay", "zh": "微信支付"}})
    assert named.tender("wechat") == "微信支付"
    assert named.tender("cash") == "现金"
    assert named.tender("meal-card") == "meal-card"
