"""Every code gets one verdict, and whoever reads a refusal knows what is wrong with the code."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.event import Scan
from devices.gate import REFUSALS, Gate
from devices.gs1 import check_digit
from edge.books import catalogue
from edge.books.database import connect
from edge.books.migrations import migrate
from edge.books.reads import Reads
from edge.hardware import words
from edge.hardware.verdict import Verdict, iso_day, judge, make_gate
from sync.definitions import Product
from sync.identity import Replica
from tests.edge.web.shop import TEA_GTIN

RULE = json.dumps([{"pattern": "26PPPPPMMMMMWWWWWC"}, "21PPPPPWWWWWC", "22PPPPPMMMMMC", "nonsense"])
GATE = make_gate(RULE, 2)
PRODUCTS = (
    Product("TEA-100", {"en": "Tea"}, [TEA_GTIN], "piece", "", 499),
    Product("APPLE", {"en": "Apple"}, [], "g", "", 299, attributes={"plu": "123"}),
    Product("PEAR", {"en": "Pear"}, [], "g", "", 399, attributes={"plu": "00124"}),
    Product("777", {"en": "Roll"}, [], "piece", "", 50),
    Product("OLD", {"en": "Old"}, ["9521234000020"], "piece", "", 1, active=False),
    Product("ONE", {"en": "One"}, ["9521234000037"], "piece", "", 1),
    Product("TWO", {"en": "Two"}, ["9521234000037"], "piece", "", 1),
)


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reads]:
    with closing(connect(tmp_path_factory.mktemp("books") / "store.db")) as connection:
        migrate(connection)
        fill(connection)
        yield Reads(connection)


def fill(connection: sqlite3.Connection) -> None:
    for seq, product in enumerate(PRODUCTS, 1):
        catalogue.apply(connection, Replica("hq", 1), seq, product)


def look(
    reads: Reads, text: str, aim: str = "", *, gate: Gate = GATE, paying: bool = False
) -> Verdict:
    return judge(gate, reads, Scan(text=text, aim=aim), paying=paying)


def with_check(payload: str) -> str:
    return payload + check_digit(payload)


def test_a_product_is_an_item(reads: Reads) -> None:
    found = look(reads, TEA_GTIN, "]E0")
    assert (found.kind, found.sku, found.gtin) == ("item", "TEA-100", f"{TEA_GTIN:0>14}")
    assert (found.message_code, found.message.en) == ("", "")


@pytest.mark.parametrize("paying", [False, True])
def test_the_slip_of_a_held_basket_says_which(reads: Reads, *, paying: bool) -> None:
    basket = "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5"
    found = look(reads, f"held:{basket.upper()} ", "]Q1", paying=paying)
    assert (found.kind, found.value, found.sku) == ("held", basket, "")
    assert look(reads, "held:nothing").kind in {"unknown", "refused"}


def test_a_gs1_code_says_lot_serial_and_day(reads: Reads) -> None:
    text = f"01{TEA_GTIN:0>14}17270200" + "10LOT7\x1d" + "21S-9"
    found = look(reads, text, "]d2")
    assert (found.kind, found.sku, found.lot, found.serial) == ("item", "TEA-100", "LOT7", "S-9")
    assert found.expiry_day == "2027-02-28"


@pytest.mark.parametrize(
    ("digits", "day"), [("280229", "2028-02-29"), ("261231", "2026-12-31"), ("", "")]
)
def test_days_of_barcodes(digits: str, day: str) -> None:
    assert iso_day(digits) == day


def test_labels_of_the_scale_say_how_much_and_what_it_costs(reads: Reads) -> None:
    weighed = look(reads, with_check("210012301235"), "]E0")
    assert (weighed.kind, weighed.sku, weighed.quantity) == ("quantity", "APPLE", 1235)
    priced = look(reads, with_check("220012400499"), "]E0")
    assert (priced.kind, priced.sku, priced.price_minor) == ("price", "PEAR", 499)
    both = look(reads, with_check("26" + "00123" + "01999" + "00750"))
    assert (both.kind, both.price_minor, both.quantity) == ("price", 1999, 750)
    unknown = look(reads, with_check("210099901235"), "]E0")
    assert (unknown.kind, unknown.message_code) == ("unknown", "product-unknown")


def test_a_sku_may_be_a_code(reads: Reads) -> None:
    assert look(reads, "777", "]C0").sku == "777"


@pytest.mark.parametrize(
    ("text", "aim", "code", "says"),
    [
        (TEA_GTIN[:-1] + "9", "]E0", "check-digit", "misread"),
        ("952123400", "]E0", "scan-cut", "Only part"),
        ("", "", "scan-empty", "empty"),
        ("9521234000099", "]E0", "product-unknown", "9521234000099"),
        ("9521234000020", "]E0", "product-withdrawn", "OLD"),
        ("9521234000037", "]E0", "product-ambiguous", "Choose one"),
        ("134567890123456789", "]Q1", "payment-code-no-tender", "Start the payment"),
        (f"01{TEA_GTIN:0>14}10LOT", "]C0", "fnc1-missing", "FNC1"),
        (
            f"01{TEA_GTIN:0>14}10ABCDEFGHIJKLMNOPQRSTUVW21XYZ",
            "]C1",
            "fnc1-separator-missing",
            "FNC1",
        ),
        (f"02{TEA_GTIN:0>14}", "]C1", "ai-needs", "(02) needs (37)"),
        (f"01{TEA_GTIN:0>14}37" + "5", "]C1", "ai-excludes", "cannot be in the same"),
        (f"01{TEA_GTIN:0>14}17261399", "]C1", "ai-content", "is not a date"),
        (with_check("00" + "34567890123456789"), "]C1", "container", "shipping container"),
        ("hello", "]Q1", "code-unknown", "hello"),
    ],
)
def test_what_is_no_line_says_why_in_both_languages(
    reads: Reads, text: str, aim: str, code: str, says: str
) -> None:
    found = look(reads, text, aim)
    assert found.kind in ("refused", "unknown")
    assert found.message_code == code
    assert says in found.message.en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.message.zh)


def test_payment_codes_are_payments_while_a_tender_is_taken(reads: Reads) -> None:
    found = look(reads, "134567890123456789", "]Q1", paying=True)
    assert (found.kind, found.wallet, found.value) == ("payment", "wechat", "134567890123456789")


@given(st.text(max_size=60), st.sampled_from(["", "]E0", "]E4", "]C0", "]C1", "]d2", "]Q1", "]Q3"]))
def test_any_code_gets_a_verdict(text: str, aim: str) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE barcode (gtin, product)")
        connection.execute(
            "CREATE TABLE product (number, sku, tax_code, price_minor, price_quantity, tracked,"
            " active, category, attributes, before_minor, before_quantity)"
        )
        found = judge(GATE, Reads(connection), Scan(text=text, aim=aim))
    assert found.kind in ("refused", "unknown", "payment")
    assert found.kind == "payment" or (found.message.en and found.message.zh)


def test_every_sentence_exists_in_both_languages() -> None:
    assert set(REFUSALS) < set(words.REFUSED)
    for code, (en, zh) in words.REFUSED.items():
        assert set(fields(en)) == set(fields(zh)), code


def fields(text: str) -> list[str]:
    return [part.split("}", 1)[0] for part in text.split("{")[1:]]


def test_a_rule_that_cannot_be_read_leaves_a_gate_without_templates(tmp_path: Path) -> None:
    assert make_gate("{", 2).templates == ()
    assert make_gate('{"a": 1}', 2).templates == ()
    assert len(GATE.templates) == 3
