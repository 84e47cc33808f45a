"""A count of more than a document holds is several, and moves each SKU once."""

from pathlib import Path

from tests.edge.stock.counted import Counted, phones
from tests.edge.tilling import check_books


def test_more_serial_numbers_than_a_document_holds_go_into_several(tmp_path: Path) -> None:
    counted = Counted(tmp_path)
    names = tuple(f"SERIAL-{at:04}-{'x' * 40}" for at in range(1_000))
    counted.begin("TEA", "PHONE")
    counted.count("TEA", rest=3)
    for start in range(0, 1_000, 100):
        counted.count("PHONE", phones(*names[start : start + 100]))
    done = counted.close()
    assert len(done.documents) > 2
    assert done.moved == {"TEA": 3, "PHONE": 1_000}
    assert counted.shop.on_hand("PHONE") == 1_000
    assert counted.serials == sorted(names)[:500]
    check_books(counted.shop)
