"""What may be written off, why, and by whom: as headquarters' rules say."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from edge.errors import BadField
from edge.stock.limits import NeedsApproval
from edge.stock.moves import Move, WriteOff
from sync.definitions import Rule
from tests.edge.shop import Shop, open_shop

REASONS = {"write_off": [{"code": "broken", "en": "Broken"}, {"code": "expired"}], "return": []}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = open_shop(tmp_path)
    shop.stock(TEA=20)
    return shop


def work(shop: Shop, reason: str, quantity: int = 1, *, approved: bool = False) -> WriteOff:
    lines = (Move(quantity, sku="TEA"),)
    return WriteOff(id=shop.new_id(), reason=reason, lines=lines, approved=approved)


def test_a_reason_is_one_of_headquarters_where_there_are_any(shop: Shop) -> None:
    shop.run(work(shop, "the cat"))
    shop.tell(Rule("reasons", json.dumps(REASONS)))
    with pytest.raises(BadField, match="broken, expired"):
        shop.run(work(shop, "the cat"))
    shop.run(work(shop, "broken"))
    shop.run(work(shop, "broken: by the cat"))
    assert shop.on_hand("TEA") == 17


def test_what_is_worth_more_than_the_limit_needs_a_manager(shop: Shop) -> None:
    shop.tell(Rule("limits", json.dumps({"write_off_minor": 700, "cashier_discount_ppm": 1})))
    shop.run(work(shop, "broken", 2))
    refused = work(shop, "broken", 3)
    with pytest.raises(NeedsApproval, match="a manager log in"):
        shop.run(refused)
    shop.run(replace(refused, approved=True))
    assert shop.on_hand("TEA") == 15
