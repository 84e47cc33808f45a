"""Orders and goods in transit: told once, whoever stops; shown as they are; audited."""

from typing import Any

import pytest
from sqlalchemy import text

from central.audit import Finding, audit
from central.dispatching import in_transit
from central.purchasing import find, orders
from central.store import Store
from sync.bodies import GoodsReceipt, Opening, TransferIn, TransferOut
from sync.body import LotLine, StockLine
from sync.facts import decode_fact
from sync.orders import Arrived, Difference, InTransit, OrderStatus, PurchaseOrder, Received
from tests.central.chain import Chain, Node, rows
from tests.central.test_web import Api

OUT = b"t" * 16
LINES = [StockLine("A", 10), StockLine("B", 4)]
ORDER = {"store": "s1", "order": "PO/1", "supplier": "North", "due_day": "2026-11-30",
         "lines": [{"sku": "A", "quantity": 10}, {"sku": "B", "quantity": 4}]}  # fmt: skip


@pytest.fixture
def chain(store: Store) -> Chain:
    chain = Chain(store)
    for name in ("s1", "s2"):
        chain.add_store(name)
        chain.join(f"{name}-n1").post(Opening([StockLine("A", 10)]))
    chain.settle(5)
    return chain


@pytest.fixture
def api(store: Store) -> Api:
    made = Api(store)
    for name in ("s1", "s2"):
        made.chain.add_store(name)
    return made


def told(node: Node) -> list[Any]:
    """What headquarters told a store of orders and transfers."""
    return [
        body
        for name, journal in sorted(node.ledger.state.journals.items())
        if name.startswith(f"hq-{node.name}-")
        for data in journal.facts
        if isinstance(body := decode_fact(data).body, PurchaseOrder | InTransit | Arrived)
    ]


def findings(store: Store) -> list[Finding]:
    with store.read() as connection:
        return [one for one in audit(connection) if isinstance(one, Finding)]


def on_the_way(store: Store) -> list[tuple[str, str, str, int]]:
    with store.read() as connection:
        found = in_transit(connection)
    return [(one.from_store, one.to_store, one.sku, one.quantity) for one in found]


# -- goods in transit ----------------------------------------------------------------------------


def test_the_receiver_is_told_once_of_what_is_on_its_way(chain: Chain) -> None:
    one, two = chain.nodes["s1"], chain.nodes["s2"]
    one.post(TransferOut("s2", LINES), OUT)
    sent_ms = chain.clock.now_ms
    chain.settle(10)
    chain.start()
    chain.settle(10)
    assert told(two) == [InTransit(OUT, "s1", sent_ms, LINES)]
    assert told(one) == []
    assert on_the_way(chain.store) == [("s1", "s2", "A", 10), ("s1", "s2", "B", 4)]
    two.post(TransferIn("s1", OUT, [StockLine("A", 7), StockLine("B", 4)]))
    chain.settle(5)
    assert on_the_way(chain.store) == [("s1", "s2", "A", 3)]
    two.post(Received("", OUT, "box open", [Difference("A", 10, 7)]))
    chain.settle(10)
    assert on_the_way(chain.store) == []
    assert told(one) == [Arrived(OUT, "s2", "box open", [Difference("A", 10, 7)])]
    kinds = rows(chain.store, "SELECT kind, detail FROM worklist")
    assert kinds == [("transfer-difference", f"{OUT.hex()} (box open): 7 of 10 A")]
    assert findings(chain.store) == []


def test_goods_that_were_typed_in_before_headquarters_heard_of_them_are_on_no_list(
    chain: Chain,
) -> None:
    chain.nodes["s2"].post(TransferIn("s1", OUT, LINES))
    chain.settle(5)
    assert on_the_way(chain.store) == []
    chain.nodes["s1"].post(TransferOut("s2", LINES), OUT)
    chain.settle(10)
    assert on_the_way(chain.store) == []
    assert len(told(chain.nodes["s2"])) == 1


def test_the_receiver_is_told_of_the_lots_the_sender_told(chain: Chain) -> None:
    lots = (LotLine("A", 4, "L1", 20_800), LotLine("B", 1, "", 0, ("s1",)))
    chain.nodes["s1"].post(TransferOut("s2", LINES, lots), OUT)
    chain.settle(10)
    [body] = told(chain.nodes["s2"])
    assert isinstance(body, InTransit)
    assert (body.lines, body.lots) == (LINES, lots)


def test_a_restored_headquarters_tells_nothing_twice_that_it_knows_and_forgets_nobody(
    chain: Chain,
) -> None:
    one, two = chain.nodes["s1"], chain.nodes["s2"]
    if not chain.store.is_sqlite:
        pytest.skip("an image of the database is SQLite's")
    before = Store.in_memory(chain.store.image())
    one.post(TransferOut("s2", LINES), OUT)
    chain.settle(10)
    chain.clock.now_ms += 120_000
    chain.restart_as(before)
    chain.settle(30)
    assert {body.out for body in told(two)} == {OUT}
    assert on_the_way(before)[0] == ("s1", "s2", "A", 10)
    assert findings(before) == []


def test_goods_sent_to_nobody_we_know_are_somebodys_work(chain: Chain) -> None:
    chain.nodes["s1"].post(TransferOut("s7", LINES), OUT)
    chain.settle(5)
    assert rows(chain.store, "SELECT kind, subject FROM worklist") == [("transfer-unknown", "s7")]
    chain.add_store("s7")
    chain.join("s7-n1")
    chain.settle(10)
    assert [body.out for body in told(chain.nodes["s7"])] == [OUT]


# -- orders --------------------------------------------------------------------------------------


def test_an_order_is_placed_once_and_shown_with_what_came(api: Api) -> None:
    node = api.chain.join("s1-n1")
    placed = api.ask("POST", "/purchase-orders", ORDER)
    assert placed.status_code == 200, placed.text
    assert api.ask("POST", "/purchase-orders", ORDER).json() == placed.json()
    other = ORDER | {"lines": [{"sku": "A", "quantity": 11}]}
    assert api.ask("POST", "/purchase-orders", other).status_code == 409
    api.chain.settle(10)
    assert told(node) == [PurchaseOrder("PO/1", "North", LINES, 20_787)]
    damaged = (StockLine("A", 1),)
    node.post(GoodsReceipt("d1", "North", [StockLine("A", 6)], "PO/1", damaged))
    node.post(GoodsReceipt("d2", "North", [StockLine("A", 6), StockLine("C", 1)], "PO/1"))
    api.chain.settle(5)
    [shown] = api.ask("GET", "/purchase-orders?store=s1").json()
    assert shown == api.ask("GET", "/purchase-orders/s1/PO/1").json()
    assert (shown["state"], shown["due_day"]) == ("open", "2026-11-30")
    assert [tuple(line.values()) for line in shown["lines"]] == [
        ("A", 10, 12, 1, 2),
        ("B", 4, 0, 0, -4),
        ("C", 0, 1, 0, 1),
    ]
    node.post(Received("PO/1", b"", "B is sold out", [Difference("B", 4, 0)]))
    api.chain.settle(5)
    assert api.ask("GET", "/purchase-orders").json() == []
    [closed] = api.ask("GET", "/purchase-orders?all=true").json()
    assert (closed["state"], closed["reason"]) == ("closed", "B is sold out")
    (task,) = api.ask("GET", "/worklist").json()["tasks"]
    assert (task["kind"], task["detail"]) == (
        "order-difference",
        "PO/1 (B is sold out): 0 of 4 B",
    )
    assert findings(api.chain.store) == []


def test_an_order_that_came_in_full_is_received(api: Api) -> None:
    api.ask("POST", "/purchase-orders", ORDER)
    node = api.chain.join("s1-n1")
    node.post(GoodsReceipt("d1", "North", LINES, "PO/1"))
    api.chain.settle(5)
    assert api.ask("GET", "/purchase-orders/s1/PO/1").json()["state"] == "received"


def test_an_orders_status_only_moves_forward(api: Api) -> None:
    api.ask("POST", "/purchase-orders", ORDER)
    cancelled = api.ask("POST", "/purchase-orders/s1/PO/1/cancel")
    assert cancelled.status_code == 200, cancelled.text
    assert api.ask("POST", "/purchase-orders/s1/PO/1/cancel").json() == cancelled.json()
    assert api.ask("POST", "/purchase-orders/s1/PO/1/close").status_code == 409
    assert api.ask("GET", "/purchase-orders/s1/PO/1").json()["state"] == "cancelled"
    node = api.chain.join("s1-n1")
    api.chain.settle(5)
    assert [body.status for body in told(node)] == [OrderStatus.OPEN, OrderStatus.CANCELLED]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"store": "s9"}, 404),
        ({"lines": [{"sku": "A", "quantity": 1}] * 2}, 422),
        ({"lines": [{"sku": "A", "quantity": 0}]}, 422),
        ({"lines": []}, 422),
        ({"order": ""}, 422),
        ({"due_day": "soon"}, 422),
    ],
)
def test_a_bad_order_changes_nothing(api: Api, change: dict[str, Any], status: int) -> None:
    reply = api.ask("POST", "/purchase-orders", ORDER | change)
    assert reply.status_code == status, reply.text
    assert api.ask("GET", "/purchase-orders?all=true").json() == []
    assert api.ask("GET", "/purchase-orders/s1/PO/1").status_code == 404
    assert api.ask("POST", "/purchase-orders/s1/PO/1/close").status_code == 404
    assert api.ask("POST", "/purchase-orders", ORDER, role="read").status_code == 403


# -- the audit -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE order_line SET received = received + 1",
        "UPDATE purchase_order SET status = 2",
        "DELETE FROM purchase_order",
        "UPDATE transit_line SET sent = sent - 1",
        "UPDATE transit SET told = 0",
        "DELETE FROM transit",
    ],
)
def test_the_audit_sees_what_was_forged(chain: Chain, forgery: str) -> None:
    with chain.store.write() as connection:
        chain.author.define(connection, [PurchaseOrder("PO-1", "", LINES)], "test", "s1")
    chain.nodes["s1"].post(GoodsReceipt("", "", LINES, "PO-1"))
    chain.nodes["s1"].post(TransferOut("s2", LINES), OUT)
    chain.settle(10)
    assert findings(chain.store) == []
    with chain.store.read() as connection:
        assert find(connection, "s1", "PO-1")
        assert orders(connection, closed=True)
    with chain.store.write() as connection:
        connection.execute(text(forgery))
    assert findings(chain.store)
