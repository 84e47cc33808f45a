"""Customers of the demo: what they buy adds up, and no lost answer makes them buy twice."""

import io
import random
import re
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from provisioning.catalogue import make_catalogue
from provisioning.demo.api import Refusal, StoreApi
from provisioning.demo.baskets import Customers
from provisioning.demo.chain import Ports
from provisioning.demo.checkout import Checkout, Pace
from provisioning.demo.receipts import RETURN, SALE, VOID, Receipts, count_sales
from provisioning.demo.view import Screen, plain_line, stores_table
from provisioning.demo.watch import StoreState
from sync.values import line_amount_minor
from tests.provisioning.demo_process import busy_port

CATALOGUE = make_catalogue(1)
BY_GTIN = {gtin: product for product in CATALOGUE.products for gtin in product.gtins}


class Books(StoreApi):
    """A store that prices by the catalogue and keeps what it sold, but whose answers may get lost.

    `loses` tells for each request, by its number from 1, what happens to it: lost on the way
    ("before"), its answer lost ("after"), turned away ("busy"), or nothing ("").
    """

    def __init__(self, loses: Callable[[int], str], surcharge_minor: int = 0) -> None:
        self.name = "s0001"
        self.books: dict[UUID, int] = {}
        self.requests: list[tuple[UUID, Any]] = []
        self._loses, self._surcharge_minor = loses, surcharge_minor
        self._lock = threading.Lock()

    def call(self, method: str, path: str, body: Any = None, **query: object) -> Any:
        """Carry out a request, or lose it."""
        with self._lock:
            identity = UUID(body["id"] if "id" in body else path.rsplit("/", 1)[1])
            self.requests.append((identity, body))
            fate = self._loses(len(self.requests))
            if fate == "before":
                raise httpx.ConnectError("nobody there")
            if fate == "busy":
                raise Refusal(503, "too much to do")
            repeated = identity in self.books
            if not repeated:
                self.books[identity] = self._total(method, path, body)
            if fate == "after":
                raise httpx.ReadError("the answer is lost")
            return {"total_minor": self.books[identity], "repeated": repeated}

    def close(self) -> None:
        """Nothing to hang up."""

    def _total(self, method: str, path: str, body: Any) -> int:
        if path.endswith("/void"):
            return self.books[UUID(path.split("/")[2])]
        lines = body["lines"]
        if method == "POST":
            sold = dict(self.requests)[UUID(body["sale_id"])]["lines"]
            lines = [{**sold[line["line"]], "quantity": line["quantity"]} for line in lines]
        total = sum(
            line_amount_minor(line["quantity"], product.price_minor, product.price_quantity)
            for line in lines
            for product in [BY_GTIN[line["gtin"]]]
        )
        return total - int(body.get("discount_minor", 0)) + self._surcharge_minor


def serve(
    store: Books, until: Callable[[Receipts], bool], *, strict: bool = True
) -> tuple[Receipts, Checkout]:
    """Let one till serve customers without a pause until enough was sold or it failed."""
    pace, receipts = Pace(0.0), Receipts()
    pace.strict = strict
    till = Checkout(
        "t1",
        store=store,
        customers=Customers(CATALOGUE, random.Random(5)),
        pace=pace,
        receipts=receipts,
        dice=random.Random(6),
        prefix=77,
    )
    till.start()
    pace.open()
    deadline_s = time.monotonic() + 60
    while not until(receipts) and till.failure is None:
        assert time.monotonic() < deadline_s
        time.sleep(0.005)
    pace.close()
    while till.busy:
        time.sleep(0.005)
    pace.end()
    till.join()
    return receipts, till


@given(st.integers(0, 2**32))
@settings(max_examples=50)
def test_a_basket_is_paid_in_full_and_holds_what_a_shop_sells(seed: int) -> None:
    basket = Customers(CATALOGUE, random.Random(seed)).next_basket()
    assert 1 <= len(basket.items) <= 25
    assert len({item.product.sku for item in basket.items}) == len(basket.items)
    assert basket.total_minor > 0
    assert 0 <= basket.given_minor - basket.total_minor < 10_000
    assert basket.tender == "cash" or basket.given_minor == basket.total_minor
    for item in basket.items:
        grams = item.product.unit == "g"
        assert 60 <= item.quantity <= 3000 if grams else 1 <= item.quantity <= 6
        assert not grams or item.quantity % 5 == 0


def test_customers_buy_return_and_change_their_minds() -> None:
    store = Books(lambda _: "")
    receipts, till = serve(store, lambda found: len(found.all()) >= 400)
    assert till.failure is None
    kinds = {receipt.kind for receipt in receipts.all()}
    assert kinds == {SALE, RETURN, VOID}
    assert {r.id: abs(r.net_minor) for r in receipts.all()} == store.books
    assert receipts.sales("s0001") == count_sales(receipts.all())


def test_lost_requests_and_lost_answers_are_sent_again_unchanged_and_sold_once() -> None:
    fates = random.Random(3)
    store = Books(lambda _: fates.choices(["", "before", "after", "busy"], [6, 1, 1, 1])[0])
    receipts, till = serve(store, lambda found: len(found.all()) >= 30)
    assert till.failure is None
    bodies: dict[UUID, Any] = {}
    for identity, body in store.requests:
        assert bodies.setdefault(identity, body) == body
    assert {r.id: abs(r.net_minor) for r in receipts.all()} == store.books
    assert any(receipt.repeated for receipt in receipts.all())
    assert any(receipt.tries > 1 and not receipt.repeated for receipt in receipts.all())


def test_after_the_story_prices_may_change_and_sales_be_refused() -> None:
    class Changed(Books):
        def call(self, method: str, path: str, body: Any = None, **query: object) -> Any:
            if len(self.books) % 3 == 2:
                self.books[UUID(int=len(self.books))] = 0
                raise Refusal(422, "the tenders do not cover the total")
            return super().call(method, path, body, **query)

    store = Changed(lambda _: "", surcharge_minor=1)
    receipts, till = serve(store, lambda found: len(found.all()) >= 20, strict=False)
    assert till.failure is None
    assert {receipt.id for receipt in receipts.all()} <= store.books.keys()


def test_a_total_that_is_not_what_prices_say_is_no_receipt() -> None:
    store = Books(lambda _: "", surcharge_minor=1)
    receipts, till = serve(store, lambda _: False)
    assert receipts.all() == []
    assert "where printed prices say" in str(till.failure)


def test_a_refusal_ends_the_till_with_its_words() -> None:
    def refuse(_number: int) -> str:
        raise Refusal(422, "s0001: unknown product")

    receipts, till = serve(Books(refuse), lambda _: False)
    assert receipts.all() == []
    assert str(till.failure) == "s0001: unknown product"


def test_a_closed_shop_serves_nobody() -> None:
    store = Books(lambda _: "")
    receipts, till = serve(store, lambda found: len(found.all()) >= 5)
    served = len(store.requests)
    assert len(receipts.all()) == served
    assert not till.is_alive()


def test_receipts_of_a_store_from_a_moment_on() -> None:
    receipts, _ = serve(Books(lambda _: ""), lambda found: len(found.all()) >= 20)
    moment = receipts.all()[10].at_s
    later = receipts.since("s0001", moment)
    assert later == [receipt for receipt in receipts.all() if receipt.at_s >= moment]
    assert receipts.since("s0002", 0) == []
    before = receipts.sales("s0001")
    receipts.forget()
    assert receipts.all() == []
    assert receipts.sales("s0001") == before


def test_a_busy_port_is_chosen_around() -> None:
    with busy_port() as taken:
        wanted = taken.getsockname()[1]
        ports = Ports(wanted)
        chosen = [ports.take() for _ in range(3)]
    assert wanted not in chosen
    assert len(set(chosen)) == 3


STATES = (
    StoreState("s0001", "Harbour Street", True, "up", 300, 12_345, 0, 488, 488, 12),
    StoreState("s0002", "Old Market", True, "cut", 61_000, 987, 1234, 17, 488, None),
    StoreState("s0003", "Main Station", False, "cut", 3_000, 0, 0, 0, 0, None),
    StoreState("s0004", "Linden Square", False, "cut", 99_000, 12_345, 1234, 488, 488, 399),
)


@pytest.mark.parametrize("terminal", [True, False])
def test_the_picture_fits_80_columns(terminal: bool) -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, force_terminal=terminal, color_system=None)
    with Screen(console) as screen:
        screen.act("An act")
        screen.say("such as 九山 绿茶 100克, " * 6)
        screen.show(STATES)
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out.getvalue()).splitlines()
    text = "\n".join(lines)
    assert max(map(cell_len, lines)) <= 80
    assert "…" not in text
    assert terminal or not any(line.endswith(" ") for line in lines)
    for words in ("An act", "s0001", "12,345", "cut", "1,234", "61 s", "node down"):
        assert words in text


def test_every_state_is_one_line_and_one_row() -> None:
    assert all(len(plain_line(state)) <= 78 for state in STATES)
    assert stores_table(STATES).row_count == len(STATES)
