"""The gate: every kind of scan, in the order the laws demand, refused in plain words."""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from devices.event import Scan
from devices.gate import Gate, Kind, Reading, Refusal, Template, Wrong
from devices.gs1 import check_digit

GATE = Gate((Template("26PPPPPMMMMMWWWWWC"), Template("21PPPPPWWWWWC"), Template("22PPPPPMMMMMC")))
digits = st.text("0123456789", min_size=1)


def read(text: str, aim: str = "", *, paying: bool = False) -> Reading | Refusal:
    return GATE.read(Scan(text=text, aim=aim), paying=paying)


def understood(text: str, aim: str = "", *, paying: bool = False) -> Reading:
    reading = read(text, aim, paying=paying)
    assert isinstance(reading, Reading), reading
    return reading


def refused(text: str, aim: str = "") -> Refusal:
    reading = read(text, aim)
    assert isinstance(reading, Refusal), reading
    return reading


def with_check(payload: str) -> str:
    return payload + check_digit(payload)


@pytest.mark.parametrize(
    ("text", "aim", "gtin"),
    [
        ("5901234123457", "]E0", "05901234123457"),
        ("5901234123457", "", "05901234123457"),
        ("0036000291452", "]E0", "00036000291452"),
        ("036000291452", "]E0", "00036000291452"),
        ("036000291452", "", "00036000291452"),
        ("96385074", "]E4", "00000096385074"),
        ("96385074", "", "00000096385074"),
        ("04252614", "", "00042100005264"),  # UPC-E
        ("10012345678902", "", "10012345678902"),
        ("0109521234543213", "]C1", "09521234543213"),
        ("0109521234543213", "]e0", "09521234543213"),
        ("0109521234543213", "", "09521234543213"),
        ("\x1d0109521234543213\x1d10A", "]d2", "09521234543213"),
        ("0109521234543213", "]J1", "09521234543213"),
        ("https://id.gs1.org/01/09521234543213", "]Q1", "09521234543213"),
        ("https://shop.example/gtin/01/9521234543213/10/AB?17=261231", "]d1", "09521234543213"),
        ("https://id.gs1.org/01/09521234543213", "", "09521234543213"),
        ("https://id.gs1.org/01/09521234543213", "]Q3", "09521234543213"),
    ],
)
def test_items(text: str, aim: str, gtin: str) -> None:
    reading = understood(text, aim)
    assert (reading.kind, reading.value) == (Kind.ITEM, gtin)


@pytest.mark.parametrize("add_on", ["]E112", "]E212345", "12", "12345"])
def test_add_ons_ride_in_the_same_frame(add_on: str) -> None:
    reading = understood("5901234123457" + add_on, "]E0" if add_on[0] == "]" else "]E3")
    assert (reading.value, reading.add_on) == (
        "05901234123457",
        add_on.removeprefix("]E1").removeprefix("]E2"),
    )


def test_gs1_weight_price_and_lot() -> None:
    reading = understood("0109521234543213310300123539229999\x1d10LOT", "]e0")
    assert (reading.weight_mg, reading.price_minor) == (1_235_000, 9999)
    assert reading.elements["10"] == "LOT"


def test_a_price_the_currency_cannot_hold_is_refused() -> None:
    yen = Gate(decimals=0)
    scan = Scan(text="010952123454321331030012353922199", aim="]e0")
    assert isinstance(yen.read(scan), Refusal)


def test_templates_come_before_gs1() -> None:
    label = with_check("26" + "12345" + "01999" + "00750")
    reading = understood(label)
    assert reading == Reading(Kind.MEASURED, "12345", weight_mg=750_000, price_minor=1999)


def test_every_in_store_label_is_measured_and_never_a_container() -> None:
    for number in range(0, 99_999, 977):
        label = with_check(f"26{number:05}{(number * 7) % 100_000:05}{(number * 3) % 100_000:05}")
        assert understood(label).kind is Kind.MEASURED


def test_scale_labels_in_ean_13() -> None:
    weighed = understood(with_check("210012301235"), "]E0")
    assert (weighed.kind, weighed.value, weighed.weight_mg) == (Kind.MEASURED, "00123", 1_235_000)
    priced = understood(with_check("220012300499"), "]E0")
    assert (priced.value, priced.price_minor) == ("00123", 499)


def test_payment_codes_only_while_a_tender_is_taken() -> None:
    wechat, alipay = "134567890123456789", "281234567890123456"
    assert understood(wechat, paying=True).wallet == "wechat"
    assert understood(alipay, "]Q1", paying=True).wallet == "alipay"
    refusal = refused(wechat)
    assert refusal.wrong is Wrong.NOT_NOW
    assert "payment" in refusal.message


def test_while_paying_a_payment_code_wins_over_a_label() -> None:
    label = with_check("26" + "12345" + "01999" + "00750")
    assert understood(label, paying=True).kind is Kind.PAYMENT
    assert understood(label).kind is Kind.MEASURED


def test_items_are_still_items_while_paying() -> None:
    assert understood("5901234123457", "]E0", paying=True).kind is Kind.ITEM


def test_container() -> None:
    reading = understood("00006141411234567890", "]C1")
    assert (reading.kind, reading.value) == (Kind.CONTAINER, "006141411234567890")


def test_others() -> None:
    assert understood("CARD-0042", "]C0").kind is Kind.OTHER
    assert understood("https://example.com/menu", "]Q1").kind is Kind.OTHER
    assert understood("00001", "").kind is Kind.OTHER
    assert understood("0112345678901234", "").kind is Kind.OTHER  # a member card


@pytest.mark.parametrize(
    ("text", "aim", "wrong", "says"),
    [
        ("5901234123458", "]E0", Wrong.CHECK_DIGIT, "end in 7, not 8"),
        ("5901234123458", "", Wrong.CHECK_DIGIT, "misread or mistyped"),
        ("590123", "]E0", Wrong.LENGTH, "part of the barcode"),
        ("5", "]E4", Wrong.LENGTH, "part of the barcode"),
        ("5901234123457]E0", "]E0", Wrong.LENGTH, "after the barcode"),
        ("2112345012359", "", Wrong.CHECK_DIGIT, "misread"),
        ("0109521234543214", "]C1", Wrong.CONTENT, "wrong check digit"),
        ("01095212", "]C1", Wrong.CONTENT, "cannot be read"),
        ("10LOT", "]C1", Wrong.CONTENT, "needs"),
        ("010952123454321330", "]C1", Wrong.CONTENT, "(30) is empty"),
        ("https://id.gs1.org/01/09521234543214", "]Q1", Wrong.CONTENT, "check digit"),
        ("", "]E0", Wrong.EMPTY, "empty"),
        ("\r\n", "", Wrong.EMPTY, "empty"),
    ],
)
def test_refusals_say_what_is_wrong(text: str, aim: str, wrong: Wrong, says: str) -> None:
    refusal = refused(text, aim)
    assert refusal.wrong is wrong
    assert says in refusal.message


@given(st.integers(0, 10**12 - 1))
def test_no_valid_ean_13_is_ever_taken_for_a_gs1_message(number: int) -> None:
    code = with_check(f"{number:012}")
    reading = GATE.read(Scan(text=code))
    assert isinstance(reading, Reading)
    assert reading.kind in (Kind.ITEM, Kind.MEASURED)
    assert reading.elements == {}


@given(
    st.one_of(st.text(), digits, st.text("]dQ1EC0123456789\x1dhttps:/.", max_size=60)),
    st.sampled_from(["", "]E0", "]E4", "]C1", "]C0", "]d2", "]Q1", "]Q3", "]e0", "]J1", "]zz"]),
    st.booleans(),
)
def test_any_text_gets_a_verdict(text: str, aim: str, paying: bool) -> None:
    verdict = read(text, aim, paying=paying)
    assert isinstance(verdict, Reading) or verdict.message


@pytest.mark.parametrize("pattern", ["", "PPPP", "26PPPCC", "26ABC", "2600", "26PCP"])
def test_a_wrong_template_is_refused_when_it_is_made(pattern: str) -> None:
    with pytest.raises(ValueError, match="label template"):
        Template(pattern)


@pytest.mark.parametrize(
    ("symbol", "text", "gtin", "weight_mg"),
    [
        ("EAN13", "5901234123457", "05901234123457", None),
        ("EAN8", "96385074", "00000096385074", None),
        ("UPCA", "036000291452", "00036000291452", None),
        ("UPCE", "04252614", "00042100005264", None),
        ("DataBarOmni", "(01)09521234543213", "09521234543213", None),
        ("DataBarExp", "(01)09521234543213(3103)001235", "09521234543213", 1_235_000),
        ("DataMatrix", "https://id.gs1.org/01/09521234543213", "09521234543213", None),
        ("QRCode", "https://id.gs1.org/01/09521234543213", "09521234543213", None),
    ],
)
def test_real_symbols_read_by_a_camera(
    symbol: str, text: str, gtin: str, weight_mg: int | None
) -> None:
    """The symbol is drawn and read by zxing, which names the AIM identifiers of ISO/IEC 15424."""
    kind = zxingcpp.barcode_format_from_str(symbol)
    drawn = zxingcpp.create_barcode(text, kind, options="gs1")
    (seen,) = zxingcpp.read_barcodes(drawn.to_image(scale=4, add_quiet_zones=True, add_hrt=False))
    reading = understood(seen.bytes.decode(), seen.symbology_identifier)
    assert (reading.kind, reading.value, reading.weight_mg) == (Kind.ITEM, gtin, weight_mg)
