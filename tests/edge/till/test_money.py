"""What the till comes to, the node finds right: lines, taxes, discounts, change and total."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.people.access import Caller, Right
from edge.receipts.sale import sum_taxes
from edge.selling.pricing import TenderLine, settle
from edge.selling.rounding import ROUNDING, rounded_minor
from edge.selling.tilling import FinishedSale, check_sums
from edge.web.till_decoding import FINISHED_SALE, finished_sale
from tests.edge.shop import Shop
from tests.edge.till.core import Ring, running_core

SALE_ID = UUID("0190aaaa-0000-7000-8000-000000000001")
TILL = Caller("t1", "till", Right.SELL)
RATES = {"std": (190_000, True), "low": (70_000, True), "net": (88_750, False), "none": (0, True)}
SKUS = ("A", "B", "C", "D", "E", "F")
ppm = st.integers(0, 1_000_000)
small = st.integers(0, 5_000)
skus = st.lists(st.sampled_from(SKUS), unique=True)

products = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(("piece", "piece", "g")),
        "taxCode": st.sampled_from((*RATES, "")),
        "priceMinor": st.integers(1, 20_000),
        "category": st.sampled_from(("", "x", "y")),
    }
)
promotions = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ("percent", "amount", "fixed-price", "n-for-m", "bundle", "threshold", "coupon")
        ),
        "items": st.fixed_dictionaries(
            {
                "skus": skus,
                "categories": st.lists(st.sampled_from(("x", "y"))),
                "all": st.booleans(),
            }
        ),
        "percent_ppm": ppm,
        "amount_minor": small,
        "price_minor": small,
        "buy": st.integers(0, 4),
        "pay": st.integers(0, 3),
        "bundle": st.lists(
            st.fixed_dictionaries({"skus": skus, "quantity": st.integers(1, 3)}), max_size=3
        ),
        "threshold_minor": st.integers(0, 30_000),
        "coupon": st.just("K"),
        "cap": st.none() | st.integers(0, 5),
        "members": st.booleans(),
        "stacks": st.booleans(),
        "priority": st.integers(-1, 1),
    }
)
manual = st.fixed_dictionaries({"percentPpm": ppm}) | st.fixed_dictionaries({"amountMinor": small})


@st.composite
def baskets(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a store's rules and what is rung up there."""
    found = {sku: product(sku, draw(products)) for sku in SKUS}
    events: list[dict[str, Any]] = []
    if draw(st.booleans()):
        events.append({"type": "member", "member": {"id": "m1", "name": "Mo"}})
    for sku in draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=10)):
        events.append(addition(draw, found[sku]))
    key = f"l{draw(st.integers(1, 3)):04}"
    if draw(st.booleans()):
        reduction = draw(manual) | {"reason": "x", "approver": ""}
        events.append({"type": "discount", "key": key, "discount": reduction})
    if draw(st.booleans()):
        reduction = draw(manual) | {"reason": "y", "approver": ""}
        events.append({"type": "total-discount", "discount": reduction})
    if draw(st.booleans()):
        events.append({"type": "tip", "amountMinor": draw(st.integers(1, 999))})
    events += [{"type": "coupon", "code": "K", "redeemedId": "r"}] * draw(st.integers(0, 2))
    rules = {f"promotion.{n}": draw(promotions) for n in range(draw(st.integers(0, 4)))}
    rules["cash.rounding"] = {"to_minor": draw(st.sampled_from((1, 1, 5, 10, 50, 100)))}
    return {
        "setup": setup(rules),
        "events": events,
        "over": draw(st.integers(0, 500)),
        "card": draw(st.just(0) | small),
    }


def product(sku: str, drawn: dict[str, Any]) -> dict[str, Any]:
    """Make a product as the till's catalogue has it."""
    return drawn | {
        "number": 1,
        "sku": sku,
        "names": {"en": sku},
        "gtins": [],
        "priceQuantity": 1 if drawn["unit"] == "piece" else 1000,
        "tracked": True,
        "active": True,
        "variantOf": "",
        "attributes": {},
    }


def addition(draw: st.DrawFn, article: dict[str, Any]) -> dict[str, Any]:
    """Draw how an article is added: pieces or grams, at its price or another."""
    most = 9 if article["unit"] == "piece" else 2_500
    event = {"type": "add", "product": article, "quantity": draw(st.integers(1, most))}
    if draw(st.integers(0, 5)) == 0:
        event["override"] = {
            "priceMinor": draw(small),
            "priceQuantity": article["priceQuantity"],
            "reason": draw(st.sampled_from(("damaged", "label"))),
            "approver": "ben",
        }
    return event


def setup(rules: dict[str, Any]) -> dict[str, Any]:
    """Make what a till is told of its store."""
    rates = [
        {"code": code, "rate_ppm": rate, "included": included, "name": code}
        for code, (rate, included) in RATES.items()
    ]
    rules |= {
        "loyalty": {"points_per_major": 1, "redeem_minor_per_point": 1},
        "tips": {"enabled": True},
    }
    return {
        "till": "t1",
        "currency": "EUR",
        "exponent": 2,
        "timezone": "Europe/Berlin",
        "tax_rates": rates,
        "rules": rules,
    }


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    """The till's core."""
    with running_core(tmp_path_factory.mktemp("core")) as asked:
        yield asked


def received(said: dict[str, Any]) -> FinishedSale:
    """Take a till's document in as the node's API does."""
    document = msgspec.json.encode(said["sold"]["document"])
    return finished_sale(SALE_ID, FINISHED_SALE.decode(document), TILL)


@settings(max_examples=300)
@given(asked=baskets())
def test_the_node_counts_what_the_till_counted(ring: Ring, asked: dict[str, Any]) -> None:
    said = ring(asked)
    assert said["sold"]["ok"], said["sold"]
    sale = received(said)
    check_sums(sale)
    assert sale.total_minor == said["total"]
    counted = [[x.amount_minor, x.tax_minor, x.discount_minor] for x in sale.lines]
    assert counted == said["lines"]
    table = sum_taxes((x.tax_code, x.tax_ppm, x.amount_minor, x.tax_minor) for x in sale.lines)
    told = [(x["code"], x["ratePpm"], x["grossMinor"], x["taxMinor"]) for x in said["taxes"]]
    assert [(x.code, x.ppm, x.gross_minor, x.tax_minor) for x in table] == told
    assert all(x["netMinor"] + x["taxMinor"] == x["grossMinor"] for x in said["taxes"])
    assert sum(tax.gross_minor for tax in table) == sale.total_minor
    assert sum(tender.amount_minor for tender in sale.tenders) == sale.total_minor
    coin = asked["setup"]["rules"]["cash.rounding"]["to_minor"]
    paid = [x for x in sale.tenders if x.kind not in ("change", ROUNDING)]
    given = [TenderLine(x.kind, x.amount_minor) for x in paid]
    assert settle(sale.total_minor, given, coin) == list(sale.tenders)
    assert 2 * abs(rounded_minor(sale.tenders)) <= coin - (coin == 1)


def test_a_sale_that_was_rung_up_is_in_the_nodes_books(ring: Ring, shop: Shop) -> None:
    tea = {"unit": "piece", "taxCode": "net", "priceMinor": 333, "category": ""}
    half = {"percentPpm": 333_333, "reason": "x", "approver": "ben"}
    said = ring(
        {
            "setup": setup({}),
            "events": [
                {"type": "add", "product": product("TEA", tea), "quantity": 7},
                {"type": "total-discount", "discount": half},
            ],
            "over": 12,
        }
    )
    sold = shop.run(received(said))
    assert (sold.total_minor, said["total"]) == (1692, 1692)
