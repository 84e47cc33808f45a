"""Facts: exact bytes, what they move, and what hostile ones are told."""

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import bodies
from sync.bodies import (
    Adjustment,
    AnyBody,
    Born,
    CountedLine,
    GiveBack,
    GoodsReceipt,
    Grant,
    Opening,
    Promise,
    Release,
    Revoked,
    Shortfall,
    StockCount,
    TransferIn,
    TransferOut,
    WriteOff,
)
from sync.body import Body, StockLine
from sync.cash import AuditEntry, CashKind, CashMoved, ShiftClosed, ShiftOpened, TenderCount
from sync.definitions import Price, Product, Rule, Staff, StoreProfile, TaxRate
from sync.effects import movements, net_minor
from sync.entitlements import (
    Allotted,
    Credited,
    Debited,
    Issued,
    PassedOn,
    Recalled,
    Reversed,
    Wanted,
    key_of,
)
from sync.facts import LINES_MAX, Fact, FactError, decode_fact, encode_fact
from sync.orders import Arrived, Difference, InTransit, PurchaseOrder, Received
from sync.quantities import Kind
from sync.receipts import Line, LineKind, Return, ReturnedLine, Sale, Tender, Void

ID = bytes(range(16))
GIFT = key_of("gift:X")
GOODS = Line("A", 2, 250, "std", 190_000)
SERVICE = Line("S", 1, 100, "std", 0, kind=LineKind.SERVICE)
CHARGE = Line("C", 1, -50, "std", 0, kind=LineKind.CHARGE)
LINES = [StockLine("A", 3)]
DIFFERENCES = [Difference("A", 5, 3, 1)]
SALE = Sale(
    "t1", 7, 20_000, "EUR", [GOODS, SERVICE, CHARGE], [Tender("cash", 600), Tender("change", -50)]
)
TAKEN = [
    ReturnedLine(0, "A", 1, 250, "std", 40),
    ReturnedLine(1, "B", 2, 50, "std", 0, restock=False),
]
BACK = Return("t1", 8, 20_000, "EUR", ID, TAKEN, [Tender("cash", 300)], 300, "faulty")

EXAMPLES: list[tuple[AnyBody, list[tuple[str, Kind, int]], int]] = [
    (Born("setup", "0.1"), [], 0),
    (SALE, [("A", Kind.SOLD, 2)], 550),
    (BACK, [("A", Kind.RETURNED, 1)], -300),
    (Void("t1", 20_000, "EUR", ID, LINES, 550, "oops"), [("A", Kind.SALE_VOIDED, 3)], -550),
    (Opening(LINES), [("A", Kind.OPENING, 3)], 0),
    (GoodsReceipt("r", "s", LINES), [("A", Kind.RECEIVED, 3)], 0),
    (WriteOff("broken", LINES), [("A", Kind.WRITTEN_OFF, 3)], 0),
    (
        Adjustment("found", [StockLine("A", 2), StockLine("B", -4), StockLine("C", 0)]),
        [("A", Kind.ADJUSTED_UP, 2), ("B", Kind.ADJUSTED_DOWN, 4)],
        0,
    ),
    (TransferOut("s2", LINES), [("A", Kind.TRANSFERRED_OUT, 3)], 0),
    (TransferIn("s1", ID, LINES), [("A", Kind.TRANSFERRED_IN, 3)], 0),
    (
        StockCount("all", [CountedLine("A", 5, 3), CountedLine("B", 1, 4), CountedLine("C", 2, 2)]),
        [("A", Kind.COUNTED_UP, 2), ("B", Kind.COUNTED_DOWN, 3)],
        0,
    ),
    (Grant(LINES), [("A", Kind.GRANTED, 3)], 0),
    (Shortfall(ID, LINES), [], 0),
    (ShiftOpened("d1", 3, 20_000, "EUR", 10_000), [], 0),
    (CashMoved("d1", 3, 20_000, "EUR", CashKind.DROP, 5_000, "safe"), [], 0),
    (
        ShiftClosed("d1", 3, 20_000, "EUR", [TenderCount("cash", 1, 2)], 1, 0, 0, 550, 80, 550),
        [],
        0,
    ),
    (AuditEntry("reprint", ID, "t1"), [], 0),
    (Credited(GIFT, 50, ID, "sold"), [(GIFT, Kind.CREDITED, 50)], 0),
    (Debited(GIFT, 20, ID), [(GIFT, Kind.DEBITED, 20)], 0),
    (PassedOn(GIFT, 30, 40), [(GIFT, Kind.PASSED_ON, 30)], 0),
    (Wanted(GIFT, 90), [], 0),
    (Reversed(GIFT, 20, ID), [(GIFT, Kind.CREDITED, 20)], 0),
    (Received("PO-1", b"", "short", DIFFERENCES), [], 0),
    (Product("A", {"en": "Apple"}, ["09520000000004"], "piece", "std", 250), [], 0),
    (Price("A", 275), [], 0),
    (TaxRate("std", 190_000, True), [], 0),
    (Staff("kim", "Kim", ["till"], "$argon2id$"), [], 0),
    (Rule("stock.oversell", '"block"'), [], 0),
    (StoreProfile("s1", "One", "north", "EUR"), [], 0),
    (Promise("o1", LINES), [("A", Kind.CONSUMED, 3)], 0),
    (Release("o1", LINES), [("A", Kind.RELEASED, 3)], 0),
    (GiveBack("unused", LINES), [("A", Kind.GIVEN_BACK, 3)], 0),
    (Revoked(2, "stolen"), [], 0),
    (Allotted("points:M", 7, 1, 12, 3), [("points:M", Kind.ALLOTTED, 7)], 0),
    (Recalled("points:M", 7, 1), [], 0),
    (Issued("coupon:C", 100, "summer"), [("coupon:C", Kind.ISSUED, 100)], 0),
    (PurchaseOrder("PO-1", "North", LINES, 20_000), [], 0),
    (Arrived(ID, "s2", "short", DIFFERENCES), [], 0),
    (InTransit(ID, "s1", 1, LINES), [], 0),
]
TAGS = [*range(1, 24), 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55]


def fact(body: AnyBody) -> Fact:
    """Make a fact around a body."""
    return Fact(ID, 1_763_000_000_000, 60, "till-1", body)


@pytest.mark.parametrize(("body", "moved", "net"), EXAMPLES)
def test_what_each_body_does(body: AnyBody, moved: list[tuple[str, Kind, int]], net: int) -> None:
    assert movements(body) == moved
    assert net_minor(body) == net
    assert decode_fact(encode_fact(fact(body))) == fact(body)


def test_an_entitlement_answered_with_nothing_moves_nothing() -> None:
    assert movements(PassedOn(GIFT, 0, 40)) == movements(Allotted(GIFT, 0, 1)) == []
    assert movements(Recalled(GIFT, 7, 1, final=True)) == [(GIFT, Kind.RECLAIMED, 7)]


def test_every_body_is_tried_and_keeps_its_tag() -> None:
    tagged = {b for b in vars(bodies).values() if isinstance(b, type) and issubclass(b, Body)}
    whole = {b for b in tagged if b.__struct_config__.tag is not None}
    assert {type(body) for body, _, _ in EXAMPLES} == whole
    assert [type(body).__struct_config__.tag for body, _, _ in EXAMPLES] == TAGS


OLD_SALE = (
    "95c410000102030405060708090a0b0c0d0e0fcf0000019a7afd1e003ca674696c6c2d319802a2743107cd"
    "4e20a3455552939ba14102ccfaa3737464ce0002e630c201000000a09ba1530164a373746400c201000001"
    "a09ba14301d0cea373746400c201000002a09293a463617368cd0258a093a66368616e6765d0cea0a0"
)


def test_the_bytes_of_a_sale_are_what_they_always_were() -> None:
    assert encode_fact(fact(SALE)).hex() == (
        "95c410000102030405060708090a0b0c0d0e0fcf0000019a7afd1e003ca674696c6c2d319d02a2743107cd"
        "4e20a3455552939ca14102ccfaa3737464ce0002e630c201000000a0c09ca1530164a373746400c2010000"
        "01a0c09ca14301d0cea373746400c201000002a0c09293a463617368cd0258a093a66368616e6765d0cea0"
        "a000a00000c2"
    )


def test_a_sale_from_before_a_line_had_details_still_reads() -> None:
    assert decode_fact(bytes.fromhex(OLD_SALE)).body == SALE


def test_older_facts_without_the_newest_fields_still_read() -> None:
    short = msgspec.msgpack.encode([ID, 1, 0, "", [41, "A", 275]])
    assert decode_fact(short).body == Price("A", 275, 1)


def broken(body: AnyBody, **changes: object) -> bytes:
    """Encode a body with fields replaced by anything."""
    return encode_fact(fact(msgspec.structs.replace(body, **changes)))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (broken(SALE, tenders=[Tender("cash", 549)]), "tenders must add up"),
        (encode_fact(fact(Credited("gift:", 5))), "is no key"),
        (encode_fact(fact(Credited("gift:8N4K-Z2QX", 5))), "is no key"),
        (encode_fact(fact(Debited("gift:a b", 5))), "is no key"),
        (encode_fact(fact(Wanted("TEA", 5))), "is no key"),
        (encode_fact(fact(Issued("coupon:C", 0))), "an amount must be 1"),
        (encode_fact(fact(Recalled("coupon:C", 0, 1))), "an amount must be 1"),
        (encode_fact(fact(PassedOn("coupon:C", -1, 1))), "a quantity must be 1"),
        (encode_fact(fact(Price("Gift:X", 1))), "names an entitlement"),
        (broken(SALE, lines=[GOODS] * (LINES_MAX + 1)), "at most 500 lines"),
        (broken(SALE, lines=[msgspec.structs.replace(GOODS, quantity=0)]), "quantity must be 1"),
        (broken(SALE, lines=[msgspec.structs.replace(GOODS, quantity=-2)]), "quantity must be 1"),
        (
            broken(SALE, lines=[msgspec.structs.replace(GOODS, price_quantity=0)]),
            "quantity must be",
        ),
        (broken(SALE, lines=[msgspec.structs.replace(GOODS, price_minor=-1)]), "only a charge"),
        (broken(SALE, lines=[msgspec.structs.replace(GOODS, tax_ppm=10**7)]), "tax rate"),
        (broken(SALE, lines=[msgspec.structs.replace(GOODS, sku="A\0")]), "printable"),
        (broken(SALE, lines=[msgspec.structs.replace(GOODS, sku="")]), "not a fact"),
        (broken(SALE, lines=[msgspec.structs.replace(GOODS, sku="x" * 65)]), "not a fact"),
        (broken(SALE, currency="EU\n"), "printable"),
        (broken(SALE, currency="EURO"), "not a fact"),
        (broken(SALE, number=2**63), "not a fact"),
        (broken(SALE, business_day=-1), "not a fact"),
        (broken(BACK, total_minor=301), "lines of a return"),
        (broken(BACK, total_minor=10**12), "not a fact"),
        (broken(Opening(LINES), lines=[StockLine("A", 0)]), "quantity must be 1"),
        (broken(Opening(LINES), lines=[StockLine("A", -1)]), "quantity must be 1"),
        (broken(Opening(LINES), lines=[StockLine("A", 2**60)]), "not a fact"),
        (broken(Adjustment("", LINES), lines=[StockLine("A", -(10**9) - 1)]), "not a fact"),
        (broken(Price("A", 1), price_minor=-1), "price must be 0"),
        (broken(Price("A", 1), price_quantity=0), "price must be 0"),
        (encode_fact(fact(Received("PO", ID, "", []))), "at once"),
        (encode_fact(fact(Received("", b"", "", []))), "transfer's id must have 16"),
        (encode_fact(fact(Received("PO", b"", "", [Difference("A", 5, 3, 4)]))), "each 0 or more"),
        (encode_fact(fact(PurchaseOrder("", "North", LINES))), "order is named"),
        (encode_fact(fact(PurchaseOrder("P", "North", []))), "something to expect"),
        (encode_fact(fact(PurchaseOrder("P", "North", LINES * 2))), "expected twice"),
        (encode_fact(fact(InTransit(ID, "s1", 1, [StockLine("A", 0)]))), "quantity must be 1"),
        (encode_fact(fact(Arrived(b"x", "s1", "", []))), "transfer's id must have 16"),
        (broken(GoodsReceipt("r", "s", LINES), damaged=(StockLine("A", 4),)), "no more can be"),
        (broken(TransferIn("s", ID, LINES), damaged=(StockLine("B", 1),)), "no more can be"),
        (broken(TransferIn("s", ID, LINES), damaged=tuple(LINES * 2)), "damaged twice"),
        (encode_fact(msgspec.structs.replace(fact(SALE), id=b"short")), "16 bytes"),
        (encode_fact(msgspec.structs.replace(fact(SALE), at_ms=0)), "time is out of range"),
        (encode_fact(msgspec.structs.replace(fact(SALE), at_ms=2**43)), "time is out of range"),
        (encode_fact(msgspec.structs.replace(fact(SALE), offset_min=901)), "time is out of range"),
        (b"", "not a fact"),
        (b"\x95" * 10_000, "not a fact"),
        (msgspec.msgpack.encode([ID, 1, 0, "", [99]]), "not a fact"),
        (b"\x95\xc4\x10" + ID + b"\x01\x00\xa2\xff\xfe\x93\x29\xa1A\x01", "not a fact"),
    ],
)
def test_says_what_is_wrong_with_a_fact(data: bytes, reason: str) -> None:
    with pytest.raises(FactError, match=reason):
        decode_fact(data)


@given(st.binary(max_size=300))
def test_random_bytes_are_a_fact_error(data: bytes) -> None:
    with pytest.raises(FactError):
        decode_fact(data)


@given(st.sampled_from([body for body, _, _ in EXAMPLES]), st.integers(0, 2**32))
def test_damaged_facts_decode_in_range_or_are_a_fact_error(body: AnyBody, seed: int) -> None:
    rng = Random(seed)
    data = bytearray(encode_fact(fact(body)))
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    try:
        read = decode_fact(bytes(data))
    except FactError:
        return
    assert all(0 < quantity <= 10**9 for _, _, quantity in movements(read.body))
    assert abs(net_minor(read.body)) <= 10**11


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.booleans())
def test_a_line_adds_up(quantity: int, price: int, rate: int, added: bool) -> None:
    line = Line("A", quantity, price, "std", rate, added)
    assert line.amount_minor == line.base_minor + (line.tax_minor if added else 0)
    assert 0 <= line.tax_minor <= line.amount_minor
