"""ZPL: golden bytes, no text commands the printer, a foreign renderer draws codes zbar reads."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.bitmap import Symbol
from devices.zpl import (
    STRING_LIMIT_BYTES,
    HostStatus,
    Label,
    LabelBox,
    LabelCode,
    LabelText,
    Statuses,
    encode,
)
from tests.devices.decoders import render_zpl, zbar

SHELF = Label(
    60,
    40,
    (
        LabelText(2, 2, 4, "Organic apples ^XZ~HS"),
        LabelText(2, 13, 7, "EUR 2.99"),
        LabelCode(2, 22, 10, Symbol.EAN13, "5901234123457"),
        LabelCode(40, 14, 10, Symbol.QR, "https://example.com/p/42"),
        LabelBox(0, 0, 59.5, 39.5),
    ),
)
PARCEL = Label(100, 50, (LabelCode(5, 5, 20, Symbol.CODE128, "PARCEL-000123"),))
READY = b"\x02030,0,0,0406,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n"
READY += b"\x021234,0\x03\r\n"
FINE = HostStatus(
    paper_out=False,
    paused=False,
    head_open=False,
    ribbon_out=False,
    formats_waiting=0,
    labels_left=0,
    other_fault=False,
)


def test_golden_label() -> None:
    assert encode(SHELF, copies=3) == (
        b"^XA^CI28^PW480^LL320^LH0,0"
        b"^FO16,16^A0N,32,32^FH_^FDOrganic apples _5EXZ_7EHS^FS"
        b"^FO16,104^A0N,56,56^FH_^FDEUR 2.99^FS"
        b"^FO16,176^BY2^BEN,80,Y,N^FD590123412345^FS"
        b"^FO320,112^BQN,2,4^FH_^FDMA,https://example.com/p/42^FS"
        b"^FO0,0^GB476,316,2^FS"
        b"^PQ3^XZ"
    )
    assert b"^BY2^BCN,160,Y,N,N,A^FH_^FDPARCEL-000123^FS" in encode(PARCEL)


def test_chinese_goes_as_a_picture() -> None:
    zpl = encode(Label(60, 40, (LabelText(2, 2, 4, "苹果"),)))
    assert b"^GFA," in zpl
    assert zpl.isascii()


@pytest.mark.parametrize(
    ("label", "codes"),
    [(SHELF, {"5901234123457", "https://example.com/p/42"}), (PARCEL, {"PARCEL-000123"})],
)
def test_a_foreign_renderer_draws_what_zbar_reads(
    label: Label, codes: set[str], tmp_path: Path
) -> None:
    picture = tmp_path / "label.png"
    render_zpl(encode(label), label.width_mm, label.height_mm, picture)
    assert zbar(picture) == codes


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (LabelText(70, 2, 4, "x"), "outside"),
        (LabelCode(2, 2, 9, Symbol.EAN13, "5901234123458"), "not a valid EAN13"),
        (LabelCode(2, 2, 9, Symbol.EAN8, "1"), "not a valid EAN8"),
        (LabelCode(2, 2, 9, Symbol.CODE128, "ä"), "plain ASCII"),
        (LabelCode(2, 2, 9, Symbol.QR, ""), "plain ASCII"),
    ],
)
def test_what_cannot_be_printed_is_refused(part: LabelText | LabelCode, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        encode(Label(60, 40, (part,)))
    with pytest.raises(ValueError, match="copies"):
        encode(PARCEL, copies=0)


@given(st.text(st.characters(max_codepoint=255)))
def test_no_text_commands_the_printer(text: str) -> None:
    zpl = encode(Label(60, 40, (LabelText(0, 0, 4, text),))).decode()
    inside = zpl.split("^FD", 1)[1].rsplit("^FS", 1)[0]
    assert "^" not in inside
    assert "~" not in inside


def test_host_status() -> None:
    assert Statuses().feed(READY) == [FINE]
    pieces = Statuses()
    assert [one for byte in READY for one in pieces.feed(bytes([byte]))] == [FINE]
    (trouble,) = Statuses().feed(
        READY.replace(b"030,0,0,0406,000", b"030,1,1,0406,002").replace(
            b"000,0,0,0,0,2,4,0,00000000", b"000,0,1,1,0,2,4,0,00000007"
        )
    )
    assert (trouble.paper_out, trouble.paused, trouble.head_open, trouble.ribbon_out) == (
        True,
        True,
        True,
        True,
    )
    assert (trouble.formats_waiting, trouble.labels_left, trouble.idle) == (2, 7, False)


def test_after_a_lost_string_the_next_answer_is_read() -> None:
    first, second, third = READY.split(b"\r\n")[:3]
    for broken in (first + third, second + third, first + second, third, first + first):
        statuses = Statuses()
        statuses.feed(broken)
        statuses.feed(READY)
        assert statuses.feed(READY) == [FINE]


@given(st.binary(max_size=3 * STRING_LIMIT_BYTES))
def test_noise_is_no_status(noise: bytes) -> None:
    assert isinstance(Statuses().feed(noise), list)
