"""One law: what the demonstration's tills follow is said here as headquarters would say it.

Each entry is a rule's name and its value; a value for one store alone comes before the chain's.
"""

from typing import Any

from provisioning.demo.categories import category_names
from provisioning.demo.promotions import promotions

TAX_ID = "DE 952 000 001"


def _said(code: str, english: str, chinese: str) -> dict[str, str]:
    return {"code": code, "en": english, "zh": chinese}


def _tender(
    kind: str, english: str, chinese: str, *, drawer: bool = False, reference: bool = False
) -> dict[str, Any]:
    name = {"en": english, "zh": chinese}
    return {
        "kind": kind,
        "name": name,
        "opens_drawer": drawer,
        "change": kind == "cash",
        "reference": reference,
    }


TENDERS = [
    _tender("cash", "Cash", "现金", drawer=True),
    _tender("card", "Card", "银行卡", reference=True),
    _tender("alipay", "Alipay", "支付宝", reference=True),
    _tender("wechat", "WeChat Pay", "微信支付", reference=True),
    _tender("gift", "Gift card", "礼品卡", reference=True),
    _tender("points", "Points", "积分"),
    _tender("voucher", "Voucher", "代金券", drawer=True, reference=True),
]
REASONS = {
    "discount": [
        _said("damaged", "Packaging damaged", "包装破损"),
        _said("expiring", "Best before today", "临近保质期"),
        _said("goodwill", "Goodwill", "客户关怀"),
        _said("price-match", "Price of a competitor", "比价"),
    ],
    "return": [
        _said("defective", "Defective", "有缺陷"),
        _said("wrong-size", "Wrong size", "尺码不合适"),
        _said("not-liked", "Not liked", "不喜欢"),
        _said("wrong-item", "Wrong item sold", "售错商品"),
    ],
    "write_off": [
        _said("broken", "Broken", "破损"),
        _said("expired", "Past its date", "过期"),
        _said("stolen", "Stolen", "失窃"),
        _said("own-use", "Used in the store", "店内自用"),
        _said("transit-damage", "Damaged in transit", "运输损坏"),
    ],
    "pay_out": [
        _said("cleaning", "Window cleaning", "清洁费"),
        _said("supplier", "Paid to a supplier", "支付供应商"),
        _said("petty-cash", "Petty cash", "零星支出"),
    ],
    "no_sale": [
        _said("change", "Giving change", "换零钱"),
        _said("count", "Counting the drawer", "清点钱箱"),
        _said("mistake", "Opened by mistake", "误开"),
    ],
    "difference": [
        _said("short", "Short delivery", "少货"),
        _said("over", "More than ordered", "多货"),
        _said("damaged", "Damaged on arrival", "到货破损"),
        _said("wrong-goods", "Wrong goods", "错货"),
    ],
}


def _page(english: str, chinese: str, *skus: str) -> dict[str, Any]:
    return {"name": {"en": english, "zh": chinese}, "keys": [_key(sku) for sku in skus]}


_COLORS = {"BAG": "yellow", "CAF": "orange", "TOB": "purple", "GFT": "pink", "FRU": "red",
           "VEG": "green", "CHE": "yellow", "MEA": "red", "DEP": "blue", "DNF": "teal"}  # fmt: skip


def _key(sku: str) -> dict[str, str]:
    color = _COLORS.get(sku.partition("-")[0])
    return {"sku": sku, "color": color} if color else {"sku": sku}


KEYS = [
    _page("Favourites", "常用", "BAG-001", "BAG-002", "CAF-001", "CAF-002", "BAK-001", "BAK-006",
          "PRE-001", "DAI-001", "TOB-001", "GFT-002"),
    _page("Fruit & veg", "果蔬", "FRU-001", "FRU-003", "FRU-004", "FRU-006", "FRU-008", "FRU-014",
          "VEG-001", "VEG-003", "VEG-004", "VEG-005", "VEG-009", "VEG-011"),
    _page("Counter", "柜台", "CHE-001", "CHE-002", "CHE-006", "CHE-007", "MEA-001", "MEA-003",
          "MEA-007", "MEA-009"),
    _page("Departments", "部门", "DEP-001", "DEP-002", "DNF-001", "DNF-002"),
    _page("Services", "服务", "SVC-001", "SVC-002", "SVC-003", "GFT-001", "GFT-002", "GFT-003"),
]  # fmt: skip


def rules() -> dict[str, Any]:
    """Give the chain's rules by name."""
    return {
        **dict(promotions()),
        "loyalty": {"points_per_major": 1, "redeem_minor_per_point": 1, "min_redeem": 100},
        "tenders": TENDERS,
        "reasons": REASONS,
        "till.keys": KEYS,
        "categories": category_names(),
        "receipt": _receipt(),
        "barcode.templates": ["28PPPPPMMMMMC", "29PPPPPWWWWWC"],
        "limits": {
            "cashier_discount_ppm": 100_000,
            "price_override": False,
            "write_off_minor": 5_000,
        },
        "tips": {"enabled": False},
        "age": {"alcohol": 18, "beer": 16, "tobacco": 18},
        "stock.low": {"category": {"bakery": 6}, "sku": {"BAG-001": 50}},
        "stock.expiring": {"default": 7, "category": {"baby": 30}},
    }


def store_rules(title: str) -> dict[str, Any]:
    """Give the rules of one store alone: its receipts bear its own name."""
    return {"receipt": _receipt(title)}


_ORDERS = (
    ("DAIRY", "Meadow Lane Dairy", {"DAI-001": 48, "DAI-003": 24, "DAI-005": 24}),
    ("TEA", "Nine Hills Trading", {"TEA-001": 12, "TEA-003": 12, "TEA-013": 36}),
    ("MIX", "Harbour Trade", {"ELE-001": 3, "FIS-001": 12, "TOB-001": 20}),
    ("FRESH", "Port City Produce", {"FRU-001": 40_000, "VEG-001": 60_000, "FRU-014": 30}),
)


def purchase_orders(store: str) -> list[dict[str, Any]]:
    """Give the orders that a store has to receive: quantities in base units (pieces, grams)."""
    return [
        {
            "store": store,
            "order": f"{store.upper()}-{name}-1",
            "supplier": supplier,
            "note": "Check dates on arrival. 到货请检查保质期。",
            "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in wanted.items()],
        }
        for name, supplier, wanted in _ORDERS
    ]


def _receipt(*store: str) -> dict[str, Any]:
    return {
        "title": "Evertill Market",
        "header": [*store, "20457 Port City", "Open Mon-Sat 7-22"],
        "footer": {
            "en": "Thank you! Returns within 30 days with this receipt.",
            "zh": "谢谢惠顾！凭小票30天内可退货。",
        },
        "tax_id": TAX_ID,
    }
