"""GS1 rules on worked examples of the General Specifications and their violations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gs1 import check_digit, check_pair, find_fault

GTIN = ("01", "09521234543213")


@pytest.mark.parametrize(
    ("payload", "digit"),
    [
        ("590123412345", "7"),
        ("9638507", "4"),
        ("03600029145", "2"),
        ("0952123454321", "3"),
        ("00614141123456789", "0"),
    ],
)
def test_check_digits(payload: str, digit: str) -> None:
    assert check_digit(payload) == digit


@given(st.text("0123456789", min_size=7, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(payload: str, place: int, by: int) -> None:
    place %= len(payload)
    changed = str((int(payload[place]) + by) % 10)
    wrong = payload[:place] + changed + payload[place + 1 :]
    assert check_digit(wrong) != check_digit(payload)


def test_check_pair_of_the_specification() -> None:
    assert check_pair("1987654Ad4X4bL5ttr2310c") == "2K"


@pytest.mark.parametrize(
    "elements",
    [
        [GTIN],
        [GTIN, ("10", "AB"), ("17", "261200"), ("21", "7")],
        [GTIN, ("3103", "001235"), ("3922", "1999")],
        [GTIN, ("3103", "001235"), ("3932", "9781999")],
        [("00", "006141411234567890"), ("02", "09521234543213"), ("37", "12")],
        [("253", "4226350800008123")],
        [GTIN, ("422", "276")],
        [GTIN, ("7003", "2612312359")],
        [("8013", "1987654Ad4X4bL5ttr2310c2K")],
        [("8006", "095212345432130102")],
        [("415", "4226350800008"), ("8020", "1"), ("8007", "DE89370400440532013000")],
    ],
)
def test_right_messages_pass(elements: list[tuple[str, str]]) -> None:
    assert find_fault(elements) is None


@pytest.mark.parametrize(
    ("elements", "says"),
    [
        ([("01", "09521234543214")], "check digit"),
        ([GTIN, ("01", "09506000134352")], "twice"),
        ([GTIN, ("37", "12")], "cannot be"),
        ([GTIN, ("30", "")], "empty"),
        ([GTIN, ("3103", "001235"), ("3102", "000124")], "cannot be"),
        ([GTIN, ("30", "1"), ("3922", "199"), ("3932", "978199")], "cannot be"),
        ([GTIN, ("10", "Ä")], "letters"),
        ([GTIN, ("02", "09521234543213"), ("37", "1")], "cannot be"),
        ([("02", "09521234543213")], "needs (37)"),
        ([("10", "AB")], "needs"),
        ([("17", "261231")], "needs"),
        ([GTIN, ("21", "1"), ("235", "2")], "cannot be"),
        ([GTIN, ("250", "1")], "needs (21)"),
        ([("3103", "001235")], "needs"),
        ([GTIN, ("3922", "1999")], "needs"),
        ([GTIN, ("3103", "000001"), ("3932", "0011999")], "currency"),
        ([GTIN, ("422", "275"), ("426", "276")], "cannot be"),
        ([GTIN, ("422", "999")], "country"),
        ([GTIN, ("423", "27600")], "country"),
        ([GTIN, ("17", "261331")], "date"),
        ([GTIN, ("17", "260230")], "date"),
        ([GTIN, ("7006", "261200")], "date"),
        ([GTIN, ("7003", "2612312460")], "time"),
        ([("00", "006141411234567891")], "check digit"),
        ([("8013", "1987654Ad4X4bL5ttr2310c3K")], "check characters"),
        ([("8006", "095212345432130302")], "piece"),
        ([("415", "4226350800008"), ("8020", "1"), ("8007", "DE88370400440532013000")], "IBAN"),
        ([("8017", "006141411234567890"), ("8018", "006141411234567890")], "cannot be"),
        ([("415", "4226350800008")], "needs (8020)"),
        ([("420", "1"), ("421", "2761")], "cannot be"),
        ([("255", "4226350800008"), GTIN], "cannot be"),
        ([GTIN, ("8011", "1")], "needs (8010)"),
    ],
)
def test_wrong_messages_say_what_is_wrong(elements: list[tuple[str, str]], says: str) -> None:
    assert says in str(find_fault(elements))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["01", "00", "17", "8006", "8007", "8013", "4324", "7003", "423", "7011"]
            ),
            st.text(max_size=24),
        ),
        max_size=5,
    )
)
def test_any_content_gives_a_verdict(elements: list[tuple[str, str]]) -> None:
    assert str(find_fault(elements))
