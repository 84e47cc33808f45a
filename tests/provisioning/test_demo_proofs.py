"""The demo's proofs hold for true books, and fail for every way in which books can be wrong."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.demo import proofs
from provisioning.demo.proofs import Posted
from provisioning.demo.receipts import RETURN, SALE, VOID, Receipt

places = st.tuples(st.sampled_from(["s0001", "s0002"]), st.text("ABC-19", min_size=1, max_size=4))
stocks = st.dictionaries(places, st.integers(-(10**9), 10**9), max_size=20)


def receipt(number: int, net_minor: int = 500, kind: str = SALE, *, tries: int = 1) -> Receipt:
    """Make a receipt of store s0001."""
    return Receipt("s0001", UUID(int=number), kind, net_minor, 1.0, tries)


def books(receipts: Sequence[Receipt]) -> list[Posted]:
    """Post what receipts say."""
    return [Posted(r.store, r.id, r.kind, r.net_minor) for r in receipts]


RECEIPTS = [receipt(1), receipt(2, 1299), receipt(3, -500, RETURN), receipt(4, -1299, VOID)]
BOOKS = books(RECEIPTS)


@given(stocks, stocks)
def test_digests_are_equal_exactly_for_equal_stock(
    one: dict[tuple[str, str], int], other: dict[tuple[str, str], int]
) -> None:
    same = all(one.get(place, 0) == other.get(place, 0) for place in one | other)
    assert (proofs.stock_digest(one) == proofs.stock_digest(other)) is same


@given(stocks)
def test_a_digest_knows_no_order_and_no_empty_positions(stock: dict[tuple[str, str], int]) -> None:
    turned = dict(reversed(stock.items())) | {("s0003", "NONE"): 0}
    assert proofs.stock_digest(turned) == proofs.stock_digest(stock)


def test_a_digest_is_the_one_documented() -> None:
    digest = proofs.stock_digest({("s0002", "A"): 3, ("s0001", "B"): -1})
    # printf 's0001\tB\t-1\ns0002\tA\t3\n' | sha256sum
    assert digest == "1a762779e26369c8de4141eb9a6cc2510a3a403d1e8ba91346bba1676e29ff7a"


@given(stocks, places)
def test_stock_is_the_same_or_the_proof_names_where_not(
    stock: dict[tuple[str, str], int], place: tuple[str, str]
) -> None:
    stock = stock | {place: 7}
    assert proofs.same_stock("same", stock, dict(stock)).holds
    wrong = proofs.same_stock("same", stock, stock | {place: 8})
    assert not wrong.holds
    assert f"{place[0]} {place[1]}: 7 there, 8 at headquarters" in wrong.figures


def test_no_stock_at_all_proves_nothing() -> None:
    assert not proofs.same_stock("same", {}, {}).holds


def test_agreement_counts_skus_of_either_side() -> None:
    assert proofs.agreement({"a": 1, "b": 2, "c": 0}, {"a": 1, "b": 3, "d": 4}) == (2, 4)


def test_nothing_is_lost_when_every_receipt_is_found_once() -> None:
    proof = proofs.nothing_lost(RECEIPTS, BOOKS, BOOKS)
    assert proof.holds
    assert proof.figures == (
        "4 receipts of customers (2 sales, the rest returns and voids)",
        "4 in the nodes' journals, 4 at headquarters",
    )


@pytest.mark.parametrize(
    ("nodes", "headquarters", "complaint"),
    [
        (BOOKS[1:], BOOKS, "1 missing in the nodes' journals"),
        (BOOKS, BOOKS[:-2], "2 missing at headquarters"),
        (BOOKS, [*BOOKS, BOOKS[0]], "1 too many or nobody's at headquarters"),
        ([*BOOKS, *books([receipt(9)])], BOOKS, "1 too many or nobody's in the nodes' journals"),
        (BOOKS, [*BOOKS[1:], replace(BOOKS[0], net_minor=501)], "1 missing at headquarters"),
        (BOOKS, [*BOOKS[1:], replace(BOOKS[0], store="s0002")], "1 missing at headquarters"),
        (BOOKS, [*BOOKS[1:], replace(BOOKS[0], kind=VOID)], "1 missing at headquarters"),
    ],
)
def test_whatever_is_lost_or_doubled_fails_the_proof(
    nodes: list[Posted], headquarters: list[Posted], complaint: str
) -> None:
    proof = proofs.nothing_lost(RECEIPTS, nodes, headquarters)
    assert not proof.holds
    assert complaint in proof.figures


def test_a_receipt_handed_out_twice_fails_the_proof() -> None:
    twice = [*RECEIPTS, RECEIPTS[0]]
    assert not proofs.nothing_lost(twice, books(twice), books(twice)).holds


def test_no_receipts_prove_nothing() -> None:
    assert not proofs.nothing_lost([], [], []).holds


@pytest.mark.parametrize(("nodes", "hq", "holds"), [(0, 0, True), (1, 0, False), (0, -1, False)])
def test_net_value_agrees_to_the_cent(nodes: int, hq: int, holds: bool) -> None:
    in_journals = [*BOOKS[1:], replace(BOOKS[0], net_minor=500 + nodes)]
    assert proofs.net_agrees(RECEIPTS, in_journals, 0 + hq, "EUR").holds is holds


@pytest.mark.parametrize(
    ("sales", "link", "age_ms", "holds"),
    [(7, "cut", 9000, True), (0, "cut", 9000, False), (7, "up", 9000, False), (7, "cut", 0, False)],
)
def test_selling_while_cut_off_counts_when_headquarters_knew(
    sales: int, link: str, age_ms: int, holds: bool
) -> None:
    assert proofs.went_on_selling("s0002", sales, 10.0, link, age_ms).holds is holds


@pytest.mark.parametrize(
    ("retried", "after", "holds"), [(2, 5, True), (0, 5, False), (2, 0, False)]
)
def test_a_kill_counts_when_somebody_was_at_the_till(retried: int, after: int, holds: bool) -> None:
    again = [receipt(number, tries=4) for number in range(retried)]
    assert proofs.survived_kill("s0003", 3, again, after).holds is holds


@pytest.mark.parametrize(
    ("minor", "text"),
    [(0, "0.00 EUR"), (5, "0.05 EUR"), (123456789, "1,234,567.89 EUR"), (-150, "-1.50 EUR")],
)
def test_money_is_written_to_the_cent(minor: int, text: str) -> None:
    assert proofs.money(minor, "EUR") == text


def test_money_has_the_decimals_of_its_currency() -> None:
    assert proofs.money(-1234567, "JPY") == "-1,234,567 JPY"
    assert proofs.money(5, "KWD") == "0.005 KWD"


def test_scanned_lines_are_sold_lines_or_the_proof_names_which_not() -> None:
    scanned = {"s0001": {("TEA", 1): 2, ("APPLE", 250): 1}}
    assert proofs.scanned_is_sold(scanned, dict(scanned), "how").holds
    lost = proofs.scanned_is_sold(scanned, {"s0001": {("TEA", 1): 1, ("APPLE", 250): 1}}, "how")
    assert not lost.holds
    assert "s0001: TEA x 1 never sold" in lost.figures
    more = proofs.scanned_is_sold(scanned, {"s0001": {**scanned["s0001"], ("X", 1): 1}}, "how")
    assert "s0001: X x 1 never scanned" in more.figures
    assert not proofs.scanned_is_sold({"s0001": {}}, {"s0001": {}}, "how").holds
