"""Every line of a retailer's file is posted as what it is; the sums are the file's own."""

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.replay_uci import DATA
from benchmarks.uci import (
    Category,
    Invoice,
    Row,
    count_rows,
    find_file,
    fold_stock,
    make_invoices,
    read_rows,
)
from benchmarks.uci_documents import SALE, WITH_RECEIPT, WITHOUT, Converter, products
from sync.facts import LINES_MAX
from tests.benchmarks import retail

STORES = 3


def converted(invoices: list[Invoice]) -> tuple[Converter, list[dict[str, Any]]]:
    converter = Converter()
    return converter, [d for invoice in invoices for d in converter.documents(invoice)]


@pytest.fixture(scope="module")
def invoices(tmp_path_factory: pytest.TempPathFactory) -> list[Invoice]:
    path = retail.write_file(tmp_path_factory.mktemp("uci"))
    assert count_rows(path) == sum(1 for _ in retail.lines())
    return make_invoices(read_rows(path), STORES)


def test_every_kind_of_line_is_known_for_what_it_is(invoices: list[Invoice]) -> None:
    converter, _ = converted(invoices)
    lines = converter.totals.lines
    odd = {key: count for key, count in lines.items() if key[1] is not Category.GOODS}
    assert odd == {
        (SALE, Category.POSTAGE): 2,
        (SALE, Category.FREE): 2,
        (SALE, Category.VOUCHER): 1,
        (SALE, Category.FEE): 1,
        (SALE, Category.EMPTY): 2,
        (SALE, Category.SAMPLES): 1,
        (SALE, Category.BAD_DEBT): 3,
        (WITH_RECEIPT, Category.POSTAGE): 1,
        (WITHOUT, Category.POSTAGE): 1,
        (WITHOUT, Category.DISCOUNT): 1,
        (WITHOUT, Category.FEE): 2,
        (WITHOUT, Category.MANUAL): 1,
        ("adjustment", Category.ADJUSTED): 4,
        ("write-off", Category.WRITTEN_OFF): 1,
    }
    assert lines.total() == sum(1 for _ in retail.lines())
    assert {category for _, category in lines} == set(Category)


def test_money_is_the_files_and_a_tenth_of_a_cent_is_rounded(invoices: list[Invoice]) -> None:
    converter, documents = converted(invoices)
    exact = sum(
        (quantity * Decimal(str(price)) for _, _, _, quantity, price, _ in retail.lines()),
        Decimal(0),
    )
    assert sum(converter.totals.exact.values()) == exact
    rounded = sum(converter.totals.rounded.values())
    assert rounded - exact == Decimal("0.003")  # 0.001 twice becomes 0.00, 0.015 becomes 0.02
    assert retail.effect(documents)[1] == rounded * 100
    pads = [line for d in documents for line in d["lines"] if line.get("sku") == "PADS"]
    assert {(line["price_minor"], line["price_quantity"]) for line in pads} == {(1, 10)}


def test_a_cancellation_goes_to_the_receipt_that_has_enough_left(invoices: list[Invoice]) -> None:
    _, documents = converted(invoices)
    back = [d for d in documents if d["reference"].startswith("C540005")]
    assert [(d.get("sale"), d["lines"]) for d in back] == [
        ("540001", [{"line": 1, "quantity": 20}, {"line": 0, "quantity": 3}]),
        (None, [{"sku": "22728", "quantity": 20, "price_minor": 375}]),
    ]


def test_a_long_invoice_is_split_and_stock_work_says_why(invoices: list[Invoice]) -> None:
    _, documents = converted(invoices)
    long = {d["reference"]: len(d["lines"]) for d in documents if d["reference"] >= "539999"}
    assert (long["539999"], long["539999/2"], long["539999/3"]) == (LINES_MAX, LINES_MAX, 100)
    stock = [
        (d["reference"], d["type"], d["reason"], [(x["sku"], x["quantity"]) for x in d["lines"]])
        for d in documents
        if d["type"] in {"adjustment", "write-off"}
    ]
    assert stock == [
        ("540013", "adjustment", "the file gives no reason", [("22139", 56)]),
        ("540014", "write-off", "thrown away-rusty", [("22139", 7)]),
        ("540015", "adjustment", "???", [("85123a", -2)]),
        ("540016", "adjustment", "found", [("85123A", 12), ("21134", 3)]),
    ]


def test_a_customers_invoices_go_to_one_store(invoices: list[Invoice]) -> None:
    stores: dict[str, set[int]] = {}
    for invoice in invoices:
        stores.setdefault(invoice.rows[0].customer, set()).add(invoice.store)
    assert all(len(where) == 1 for customer, where in stores.items() if customer)
    assert len(stores[""]) == STORES


def test_every_stock_code_becomes_a_product(invoices: list[Invoice]) -> None:
    made = {product["sku"]: product for product in products(invoices)}
    assert made.keys() == {sku for _, sku, *_ in retail.lines()}
    assert made["PADS"]["tracked"]
    assert not made["POST"]["tracked"]
    assert made["22139"]["names"] == {"en": "22139"}  # no line with a price ever named it


ROWS = st.builds(
    Row,
    invoice=st.just(""),
    sku=st.sampled_from(("A", "B", "POST", "gift_0001_10")),
    description=st.sampled_from(("", "A THING", "damaged")),
    quantity=st.integers(1, 5),
    at_ms=st.just(1),
    price=st.sampled_from((Decimal("0"), Decimal("1.25"), Decimal("0.001"))),
    customer=st.just(""),
)


@st.composite
def shops(draw: st.DrawFn) -> list[Invoice]:
    made = []
    for number in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(("", "", "C")))
        customer = draw(st.sampled_from(("", "1", "2")))
        rows = draw(st.lists(ROWS, min_size=1, max_size=4))
        sign = -1 if kind else 1
        made.append(
            Invoice(
                f"{kind}{number}",
                0,
                tuple(
                    Row("", row.sku, row.description, sign * row.quantity, 1, row.price, customer)
                    for row in rows
                ),
            )
        )
    return made


@given(shops())
def test_documents_do_what_the_file_says(made: list[Invoice]) -> None:
    """Stock and money folded from documents are those folded from lines; no line is lost."""
    made = [i for i in made if not (i.is_cancellation and not any(r.price for r in i.rows))]
    converter, documents = converted(made)
    stock, net_minor, lines = retail.effect(documents)
    assert lines == sum(len(invoice.rows) for invoice in made) == converter.totals.lines.total()
    assert net_minor == sum(converter.totals.rounded.values()) * 100
    assert stock == {sku: units for (_, sku), units in fold_stock(made).items()}
    references = Counter((d["type"], d["reference"]) for d in documents)
    assert all(count == 1 for count in references.values())


@given(shops())
def test_no_more_comes_back_on_a_receipt_than_was_sold(made: list[Invoice]) -> None:
    _, documents = converted(made)
    left: Counter[tuple[str, int]] = Counter()
    for document in documents:
        for at, line in enumerate(document["lines"]):
            if document["type"] == "sale":
                left[document["reference"], at] += line["quantity"]
            elif "line" in line:
                left[document["sale"], line["line"]] -= line["quantity"]
    assert all(quantity >= 0 for quantity in left.values())


def test_a_missing_or_other_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"transactions.parquet is missing.*--data"):
        find_file(tmp_path)
    path = tmp_path / "transactions.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(ValueError, match="is no Parquet file"):
        count_rows(path)


@pytest.mark.skipif(not DATA.exists(), reason=f"no real data: {DATA.name} is not there")
def test_the_real_file_adds_up() -> None:
    found = make_invoices(read_rows(find_file(DATA)), 5)
    converter, documents = converted(found)
    assert (len(found), converter.totals.lines.total()) == (25_900, 541_909)
    assert sum(converter.totals.exact.values()) == Decimal("9747747.934")
    assert sum(converter.totals.rounded.values()) == Decimal("9747747.93")
    assert sum(len(document["lines"]) for document in documents) == 541_909
    assert len(products(found)) == 4_070
