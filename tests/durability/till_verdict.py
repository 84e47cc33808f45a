"""What must hold when the tills are at rest: each sale that was done is in the books once, as said.

Compared are the screens' words and the keys that were pressed with the node's journal, its Z
reports and stock, and with the card terminal's own books.
"""

from collections import Counter, defaultdict
from contextlib import closing
from typing import Any

from provisioning.demo.api import StoreApi
from tests.durability.till_sales import Account, Asked, TillToll, goods_of
from tests.durability.till_shop import GIFT_CODE, Shop


def judge(shop: Shop, before: dict[str, int], face_minor: int) -> TillToll:
    """Compare everything; `before` is stock, `face_minor` the gift card's worth at the start."""
    account = shop.account
    with closing(shop.branch.manager()) as node:
        sales = {fact["id"]: fact["body"] for fact in _facts(node, account)}
        toll = TillToll(
            sales=len(sales),
            aside=account.taken_up,
            voided=len(account.voided),
            faults=account.faults,
            lost_answers=shop.line.lost,
            wrong=account.wrong,
        )
        toll.wrong += [f"{each.name}: {error}" for each in shop.windows for error in each.errors]
        toll.wrong += as_said(account, sales)
        said = {receipt for window in shop.windows for receipt in window.said}
        toll.wrong += numbers(sales, said)
        toll.lives = len({(body["till"], body["life"]) for body in sales.values()})
        toll.wrong += _stock(node, sales, before)
        toll.wrong += _reports(node, shop, sales)
        toll.wrong += _money(node, shop, sales, face_minor, toll)
        kinds = Counter(item["kind"] for item in node.get("/worklist")["items"])
        for kind in ("receipt-number", "stranded", "price", "unknown-sku", "discount", "tax"):
            if kinds[kind]:
                toll.wrong.append(f"{kinds[kind]} entries of the worklist say {kind}")
    return toll


def _facts(node: StoreApi, account: Account) -> list[Any]:
    """Read the sales of the journal; one that stands there twice is wrong."""
    found = [fact for fact in node.lines("/journal") if fact["type"] == "Sale"]
    for sale, times in Counter(fact["id"] for fact in found).items():
        if times > 1:
            account.wrong.append(f"{sale} is in the journal {times} times")
    return found


def as_said(account: Account, sales: dict[str, Any]) -> list[str]:
    """Compare what screens said with the sales of the journal, both ways."""
    wrong = [f"lost: {sale} {account.asked[sale]}" for sale in account.done - sales.keys()]
    wrong += [f"never finished, yet sold: {sale}" for sale in sales.keys() - account.done]
    wrong += [f"voided, yet sold: {sale}" for sale in account.voided & sales.keys()]
    wrong += [f"put aside and gone: {sale}" for sale in account.aside - sales.keys()]
    for sale in account.done & sales.keys():
        said, booked = account.asked[sale], _asked(sales[sale])
        if said != booked:
            wrong.append(f"{sale}: said {said}, booked {booked}")
    return wrong


def _asked(body: Any) -> Asked:
    goods: Counter[str] = Counter()
    for line in body["lines"]:
        goods[line["sku"]] += line["quantity"]
    tenders = tuple((one["kind"], one["amount_minor"]) for one in body["tenders"])
    return Asked(body["till"], goods_of(goods), _total_minor(body), tenders)


def _total_minor(body: Any) -> int:
    total: int = sum(one["amount_minor"] for one in body["tenders"])
    return total


def numbers(sales: dict[str, Any], said: set[str]) -> list[str]:
    """Numbers of each life are 1, 2, 3 …, and every receipt a screen showed is among them."""
    lives = defaultdict(list)
    for body in sales.values():
        lives[body["till"], body["life"]].append(body["number"])
    wrong = [
        f"{till}-{life} has the numbers {sorted(given)}"
        for (till, life), given in lives.items()
        if sorted(given) != list(range(1, len(given) + 1))
    ]
    booked = {f"{one['till']}-{one['life']}-{one['number']:06d}" for one in sales.values()}
    return wrong + [f"a screen said {receipt}: nobody booked it" for receipt in said - booked]


def _stock(node: StoreApi, sales: dict[str, Any], before: dict[str, int]) -> list[str]:
    expected = Counter(before)
    for body in sales.values():
        for line in body["lines"]:
            if line["kind"] == "goods":
                expected[line["sku"]] -= line["quantity"]
    there = node.stock()
    return [
        f"stock of {sku} is {there.get(sku, 0)}, not {expected[sku]}"
        for sku in expected
        if there.get(sku, 0) != expected[sku]
    ]


def _reports(node: StoreApi, shop: Shop, sales: dict[str, Any]) -> list[str]:
    """Close every drawer's shift: its Z report is the sum of its sales, tender by tender."""
    wrong = []
    for window in shop.windows:
        mine = [body for body in sales.values() if body["till"] == window.name]
        paid: Counter[str] = Counter()
        for body in mine:
            for one in body["tenders"]:
                paid["cash" if one["kind"] == "change" else one["kind"]] += one["amount_minor"]
        closing = {"id": shop.new_id(), "counted": [], "note": "", "operator": "wei"}
        z = node.call("POST", f"/till/shifts/{window.name}/1/close", closing)
        total = sum(paid.values())
        expected = {one["kind"]: one["expected_minor"] for one in z["tenders"]}
        same = (z["sales"]["count"], z["sales"]["minor"]) == (len(mine), total)
        if not same or +Counter(expected) != +paid or z["late"]:
            wrong.append(f"Z of {window.name}: {z}, but {len(mine)} sales came to {paid}")
    return wrong


def _money(
    node: StoreApi, shop: Shop, sales: dict[str, Any], face_minor: int, toll: TillToll
) -> list[str]:
    """What the terminal charged and what the gift card lost are the tenders that were booked."""
    paid: dict[str, list[int]] = defaultdict(list)
    for body in sales.values():
        for one in body["tenders"]:
            paid[one["kind"]].append(one["amount_minor"])
    toll.cards, toll.gifts = len(paid["card"]), len(paid["gift"])
    wrong = []
    charged = shop.charges()
    if sorted(charged) != sorted(paid["card"]):
        wrong.append(f"the terminal charged {charged}, booked are {paid['card']}")
    left = node.get(f"/till/entitlements/gift:{GIFT_CODE}")["here"]
    if left != face_minor - sum(paid["gift"]):
        wrong.append(f"the gift card of {face_minor} has {left}, booked are {paid['gift']}")
    return wrong
