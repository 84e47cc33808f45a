"""EPC tags: the worked examples of the standard, and every article there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.epc import Sgtin, count_gtins, decode, encode_sgtin96
from devices.gs1 import check_digit


def test_golden_tag_of_the_standard() -> None:
    # urn:epc:id:sgtin:0614141.812345.6789 in the Tag Data Standard
    epc = bytes.fromhex("3074257BF7194E4000001A85")
    assert decode(epc) == Sgtin("80614141123458", "6789")
    assert encode_sgtin96("80614141123458", 6789, filter_value=3) == epc


def test_golden_sgtin_198() -> None:
    # urn:epc:id:sgtin:0614141.712345.32a%2Fb in the Tag Data Standard
    epc = bytes.fromhex("3674257BF6B7A659B2C2BF1000000000000000000000000000")
    article = decode(epc + b"\0")
    assert article is not None
    assert article.gtin == "70614141123451"
    assert article.serial == "32a/b"


@given(st.integers(0, 10**13 - 1), st.integers(0, 2**38 - 1), st.integers(6, 12))
def test_articles_go_there_and_back(number: int, serial: int, prefix_digits: int) -> None:
    body = f"{number:013d}"
    gtin = body + check_digit(body)
    assert decode(encode_sgtin96(gtin, serial, prefix_digits=prefix_digits)) == Sgtin(
        gtin, str(serial)
    )


@given(st.one_of(st.binary(max_size=30), st.binary(min_size=11, max_size=11).map(b"\x30".__add__)))
def test_any_tag_is_an_article_or_none(epc: bytes) -> None:
    article = decode(epc)
    assert article is None or (
        len(article.gtin) == 14 and check_digit(article.gtin[:-1]) == article.gtin[-1]
    )


def test_counting() -> None:
    tags = {encode_sgtin96("80614141123458", serial).hex() for serial in range(5)}
    tags |= {encode_sgtin96("00614141000005", 1).hex(), "E200001122"}
    assert count_gtins([*tags, *tags]) == {"80614141123458": 5, "00614141000005": 1}


@pytest.mark.parametrize(
    ("gtin", "serial"), [("80614141123459", 1), ("8", 1), ("80614141123458", -1)]
)
def test_what_does_not_fit_is_refused(gtin: str, serial: int) -> None:
    with pytest.raises(ValueError, match=r"not a GTIN|does not fit"):
        encode_sgtin96(gtin, serial)
