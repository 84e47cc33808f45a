"""A receipt with everything on it, and what a roll shows of a document."""

import msgspec

from devices.receipt import Document, Paper, TextRow, lay_out
from edge.receipts.scene import Entry, Named, Profile, Scene
from edge.receipts.words import Words
from sync.bodies import AnyBody
from sync.entitlements import card_account
from sync.receipts import (
    Discount,
    DiscountKind,
    Line,
    LineDetail,
    LineKind,
    Sale,
    Tender,
)

ROLLS = [Paper(48), Paper(32)]
ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4b5"
NUMBER = "t1-990000-000042"
GC_7, GC_100 = card_account("CARD-0007"), f"gift:{card_account('GC-00100')}"
LINES = [
    Line(
        "TEA",
        3,
        1299,
        "low",
        70_000,
        discount_minor=433,
        detail=LineDetail(discounts=(Discount(DiscountKind.PROMOTION, "p1", 433, "3 for 2"),)),
    ),
    Line("APPLE", 542, 399, "low", 70_000, price_quantity=1000),
    Line(
        "MUG",
        1,
        800,
        "full",
        190_000,
        discount_minor=80,
        detail=LineDetail(
            list_price_minor=1000,
            reason="damaged box",
            approver="ben",
            discounts=(Discount(DiscountKind.MEMBER, "m", 80),),
        ),
    ),
    Line(
        "PHONE",
        1,
        49_900,
        "full",
        190_000,
        detail=LineDetail(serials=("356938035643809",), lot="L22", expiry_day=21_000),
    ),
    Line("CARD", 1, 5000, "", 0, kind=LineKind.SERVICE, detail=LineDetail(voucher=GC_7)),
    Line("NAPKIN", 2, 333, "us", 82_500, tax_added=True),
]
TOTAL_MINOR = sum(line.amount_minor for line in LINES)
SALE = Sale(
    till="t1",
    number=42,
    business_day=20_779,
    currency="EUR",
    lines=LINES,
    tenders=[
        Tender("gift", 1500, GC_100),
        Tender("card", 20_000, "T-77812"),
        Tender("cash", TOTAL_MINOR - 20_500),
        Tender("change", -1000),
    ],
    member="m1",
    life=990_000,
    points=61,
    detached=True,
)
PRODUCTS = {
    "TEA": Named({"en": "Jasmine tea", "zh": "茉莉花茶"}, "pc"),
    "APPLE": Named({"en": "Apples", "zh": "苹果"}, "g"),
    "MUG": Named({"en": "Mug", "zh": "马克杯"}, "pc"),
}


def scene(language: str = "en", **more: object) -> Scene:
    """Make the surroundings of a receipt."""
    values: dict[str, object] = {
        "words": Words(language),
        "store": "Mitte",
        "profile": Profile(["Lindenstraße 12"], {"en": "Thank you", "zh": "谢谢"}, "", "DE1"),
        "products": PRODUCTS,
        "staff": {"ana": "Ana", "ben": "Ben"},
        "rates_ppm": {"low": 70_000, "full": 190_000},
        "points": 412,
        "gift_cards": {GC_7: 5000, GC_100.removeprefix("gift:"): 1500},
    }
    return Scene(**(values | more))  # type: ignore[arg-type]


def entry(body: AnyBody = SALE, number: str = NUMBER, original: str = "") -> Entry:
    """Make the entry of a body."""
    return Entry(ID, body, 1_795_345_000_000, 60, "ana@t1", number, original)


def lines_of(document: Document, paper: Paper) -> list[str]:
    """Texts of a document's rows."""
    return [row.text for row in lay_out(document, paper) if isinstance(row, TextRow)]


def said(document: Document, paper: Paper | None = None) -> str:
    """Everything a document says, with single spaces."""
    return " ".join(" ".join(lines_of(document, paper or Paper())).split())


def without(sale: Sale, **changes: object) -> Sale:
    """Change a sale."""
    return msgspec.structs.replace(sale, **changes)
