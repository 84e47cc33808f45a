"""One law: before the first customer, headquarters has defined what is sold and stores have it."""

import datetime
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from uuid import UUID

import msgspec
from argon2 import PasswordHasher

from provisioning.broker_process import StartError
from provisioning.catalogue import CURRENCY, Catalogue, opening_stock
from provisioning.demo.api import HeadquartersApi, StoreApi
from provisioning.demo.chain import Chain, Store
from provisioning.demo.rules import purchase_orders, rules, store_rules
from sync.definitions import Product
from sync.identity import series_id

_CHUNK = 250
_SUPPLY_S = 30.0
PEOPLE = (
    ("ana", "Ana Lindqvist", "cashier"),
    ("jonas", "Jonas Weber", "cashier"),
    ("mei", "李梅", "stock"),
    ("wei", "王伟", "manager"),
    ("ruth", "Ruth Adler", "auditor"),
)
_MANAGER = "wei"


def open_for_business(
    chain: Chain, catalogue: Catalogue, seed: int, say: Callable[[str], None]
) -> dict[str, str]:
    """Define everything at headquarters, start the nodes, open their stock; return staff's PINs.

    Raise StartError if a node does not get its assortment.
    """
    with closing(chain.headquarters.office()) as headquarters:
        for store in chain.stores:  # before their nodes say hello, or they are not let in
            body = {"name": store.title, "region": store.region, "currency": CURRENCY}
            headquarters.call("PUT", f"/stores/{store.name}", body)
        say("starting the nodes")
        chain.start_stores()
        pins = define_assortment(headquarters, catalogue)
        define_rules(headquarters, chain.stores)
        place_orders(headquarters, chain.stores)
        issue_coupons(headquarters, chain.stores)
    some = next(product for product in catalogue.products if product.sku == "TEA-001")
    say(
        f"headquarters has defined {len(catalogue.products)} products, such as"
        f" {some.names['en']} / {some.names['zh']}, GTIN {some.gtins[0]}"
    )
    deadline_s = time.monotonic() + _SUPPLY_S
    for at, store in enumerate(chain.stores):
        with closing(store.till()) as till:
            while till.status()["products"] < len(catalogue.products):
                chain.check()
                if time.monotonic() > deadline_s:
                    raise StartError(f"{store.name} has no assortment after {_SUPPLY_S:.0f} s")
                time.sleep(0.05)
        with closing(log_in(store, pins)) as node:
            open_stock(node, catalogue, seed + at)
    say("every store has opened its stock")
    return pins


def define_assortment(headquarters: HeadquartersApi, catalogue: Catalogue) -> dict[str, str]:
    """Define staff, taxes and products for all stores; return each person's new PIN."""
    pins = {}
    for staff, name, role in PEOPLE:
        pins[staff] = f"{secrets.randbelow(10**6):06d}"
        body = {"name": name, "roles": [role], "pin_hash": PasswordHasher().hash(pins[staff])}
        headquarters.call("PUT", f"/staff/{staff}", body)
    for rate in catalogue.tax_rates:
        terms = {"rate_ppm": rate.rate_ppm, "included": rate.included, "name": rate.name}
        headquarters.call("PUT", f"/tax-rates/{rate.code}", terms)
    for products in _chunks([msgspec.structs.asdict(product) for product in catalogue.products]):
        headquarters.call("POST", "/products", {"products": products})
    return pins


def define_rules(headquarters: HeadquartersApi, stores: Sequence[Store]) -> None:
    """Set what tills follow: promotions, tenders, reasons, quick keys, receipts and limits."""
    for name, value in rules().items():
        headquarters.call("PUT", f"/rules/{name}", {"value": _json(value)})
    for store in stores:
        for name, value in store_rules(store.title).items():
            body = {"value": _json(value)}
            headquarters.call("PUT", f"/rules/{name}", body, store=store.name)


def place_orders(headquarters: HeadquartersApi, stores: Sequence[Store]) -> None:
    """Order something for every store, to be received there."""
    for store in stores:
        for order in purchase_orders(store.name):
            headquarters.call("POST", "/purchase-orders", order)


def issue_coupons(headquarters: HeadquartersApi, stores: Sequence[Store]) -> None:
    """Issue the coupons that have a cap; each store holds a share to redeem while it is cut off."""
    for rule in rules().values():
        if isinstance(rule, dict) and rule.get("coupon") and rule["cap"]:
            shares = [{"store": store.name, "amount": rule["cap"] // 10} for store in stores]
            body = {"amount": rule["cap"], "reason": "promotion", "shares": shares}
            headquarters.call("POST", "/entitlements", {"key": f"coupon:{rule['coupon']}", **body})


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def log_in(store: Store, pins: dict[str, str]) -> StoreApi:
    """Connect to a node as its manager, who may do everything, at the till."""
    till = store.till()
    session = till.call("POST", "/staff/login", {"staff": _MANAGER, "pin": pins[_MANAGER]})
    till.close()
    return StoreApi(store.name, store.url, session["token"])


def open_stock(node: StoreApi, catalogue: Catalogue, seed: int) -> None:
    """Post the stock that a store's books start with."""
    known = {product.sku: product for product in catalogue.products}
    today = datetime.date.today()
    lines = [
        line
        for sku, quantity in opening_stock(catalogue, seed).items()
        for line in _pieces(known[sku], quantity, today, node.name)
    ]
    _post(node, "openings", lines)


def _pieces(
    product: Product, quantity: int, today: datetime.date, store: str
) -> list[dict[str, object]]:
    """Tell the lots or serial numbers of goods that ask for them: some expire soon."""
    sku, whole = product.sku, {"sku": product.sku, "quantity": quantity}
    if product.attributes.get("serial") == "yes":
        numbers = [f"{sku}-{store.upper()}-{at:03d}" for at in range(1, quantity + 1)]
        return [whole | {"serials": numbers}]
    if product.attributes.get("lot") != "yes":
        return [whole]
    soon, late = quantity // 3, quantity - quantity // 3
    days = ((soon, "A", 2), (late, "B", 60))
    return [
        {
            "sku": sku,
            "quantity": some,
            "lot": f"{sku[:3]}{lot}1",
            "expiry_day": (today + datetime.timedelta(days)).isoformat(),
        }
        for some, lot, days in days
        if some
    ]


def restock(node: StoreApi, catalogue: Catalogue, seed: int) -> None:
    """Receive goods where the shelf has less than a quarter of what it started with."""
    on_hand = node.stock()
    lines = [
        {"sku": sku, "quantity": full - on_hand.get(sku, 0)}
        for sku, full in opening_stock(catalogue, seed).items()
        if 4 * on_hand.get(sku, 0) < full
    ]
    _post(node, "receipts", lines, supplier="North Wholesale", reference="daily delivery")


def _post(node: StoreApi, work: str, lines: Sequence[object], **more: str) -> None:
    prefix = secrets.randbits(60)
    for number, chunk in enumerate(_chunks(lines), 1):
        identity = str(UUID(bytes=series_id(prefix, number)))
        node.call("POST", f"/stock/{work}", {"id": identity, "lines": chunk, **more})


def _chunks(items: Sequence[object]) -> Iterator[Sequence[object]]:
    return (items[at : at + _CHUNK] for at in range(0, len(items), _CHUNK))
