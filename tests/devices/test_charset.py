"""What reaches the paper: every character as bytes the printer has, commands never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.charset import columns, printable, to_bytes, wrap


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("Milk", b"Milk"),
        ("Käse €", b"K\xe4se \x80"),
        ("苹果", b"\x1c\x26\xc6\xbb\xb9\xfb\x1c\x2e"),
        ("a苹b", b"a\x1c\x26\xc6\xbb\x1c\x2eb"),
        ("¥5", b"\x1c\x26\xa3\xa4\x1c\x2e5"),
        ("x\x1bp\x00\x19y", b"x?p??y"),
        ("😀", b"?"),
        ("\ud800", b"?"),
    ],
)
def test_golden_bytes(text: str, data: bytes) -> None:
    assert to_bytes(printable(text)) == data


@given(st.text())
def test_no_text_can_command_the_printer(text: str) -> None:
    data = to_bytes(printable(text))
    clean = data.replace(b"\x1c\x26", b"").replace(b"\x1c\x2e", b"")
    assert not [byte for byte in clean if byte < 0x20 or byte == 0x7F]


@given(st.text(), st.integers(2, 60))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    text = printable(text)
    lines = wrap(text, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_stay_whole_where_they_fit() -> None:
    assert wrap("first class apples", 11) == ["first class", "apples"]
    assert wrap("有机苹果 apples", 8) == ["有机苹果", "apples"]
    assert wrap("incomprehensibilities", 8) == ["incompre", "hensibil", "ities"]
    with pytest.raises(ValueError, match="two columns"):
        wrap("x", 1)
