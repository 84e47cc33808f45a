"""The first print is the original; later ones are copies, on the audit trail."""

import pytest

from edge.errors import UnknownFact
from edge.receipts.printing import Printed, RecordPrint
from edge.shifts.drawer import OpenShift
from sync.cash import AuditEntry
from sync.facts import decode_fact
from tests.edge.shop import Shop
from tests.edge.tilling import check_books, finished


def entries(shop: Shop) -> list[AuditEntry]:
    """The audit trail."""
    rows = shop.rows("SELECT body FROM fact WHERE kind = 17 ORDER BY seq")
    bodies = [decode_fact(bytes(row[0])).body for row in rows]  # type: ignore[call-overload]
    return [body for body in bodies if isinstance(body, AuditEntry)]


def test_a_copy_is_noted_where_it_is_made(shop: Shop) -> None:
    sale = finished(shop)
    shop.run(sale)
    shop.run(OpenShift(shop.new_id(), "t2", 0, "t2"))
    first = RecordPrint(shop.new_id(), sale.id, "t2", actor="ana@t2")
    assert shop.run(first) == Printed(1, copy=False, repeated=False)
    assert shop.run(first) == Printed(1, copy=False, repeated=True)
    assert entries(shop) == []
    second = RecordPrint(shop.new_id(), sale.id, "t2", actor="ana@t2", reason="lost")
    assert shop.run(second) == Printed(2, copy=True, repeated=False)
    assert shop.run(second) == Printed(2, copy=True, repeated=True)
    (entry,) = entries(shop)
    assert entry == AuditEntry("reprint", sale.id, "t2", "lost", "", "Sale 2", "t2", 1)
    check_books(shop)


def test_gift_receipts_and_asked_for_copies(shop: Shop) -> None:
    sale = finished(shop)
    shop.run(sale)
    assert not shop.run(RecordPrint(shop.new_id(), sale.id, "t1", gift=True)).copy
    assert not shop.run(RecordPrint(shop.new_id(), sale.id, "t1")).copy
    assert shop.run(RecordPrint(shop.new_id(), sale.id, "t1", gift=True)).copy
    other = finished(shop, number=2)
    shop.run(other)
    assert shop.run(RecordPrint(shop.new_id(), other.id, "t1", copy=True)).copy
    assert [entry.detail for entry in entries(shop)] == ["gift receipt 2", "Sale 1"]


def test_a_copy_of_nothing_is_refused_and_leaves_nothing(shop: Shop) -> None:
    with pytest.raises(UnknownFact):
        shop.run(RecordPrint(shop.new_id(), bytes(16), "t1", copy=True))
    assert shop.rows("SELECT * FROM printed") == []
