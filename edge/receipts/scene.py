"""What a receipt says beyond its fact: who the shop is, what things and people are called.

All of it is read before laying out; a layout asks nobody. The rule `receipt` is JSON, and nothing
in it can keep a receipt from being printed: what is malformed is left out.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from devices.bitmap import from_file
from devices.receipt import Align, Block, Feed, Logo, Paper, Rule, Text
from edge.receipts.figures import date, decimal, local_time
from edge.receipts.words import Words
from sync.bodies import AnyBody
from sync.receipts import Discount, DiscountKind

FOOTER_MAX = 40
OWN_REASONS: Mapping[str, Mapping[str, str]] = {
    "damaged": {"en": "Damaged", "zh": "破损"},
    "goodwill": {"en": "Goodwill", "zh": "客户关怀"},
    "shelf-label": {"en": "Shelf label says so", "zh": "货架标价如此"},
    "no-price": {"en": "Had no price", "zh": "商品无价格"},
    "other": {"en": "Other", "zh": "其他"},
}
"""What tills offer where headquarters rules no reasons."""


class Profile(msgspec.Struct, frozen=True):
    """The rule `receipt`: lines above and below, by language where they differ.

    `logo` is a picture (PNG, JPEG) in Base64, made smaller to fit the paper. `title` stands large
    at the top (empty: the store's name). `code` false leaves out the QR code.
    """

    header: list[str] = []
    footer: dict[str, str] = {}
    title: str = ""
    tax_id: str = ""
    logo: str = ""
    code: bool = True
    language: str = "en"


class Named(msgspec.Struct, frozen=True):
    """What the catalogue calls a product, and its base unit."""

    names: dict[str, str]
    unit: str


def read_profile(text: str | None) -> Profile:
    """Read the rule `receipt`; each field that is malformed is as if it were not given."""
    try:
        given = msgspec.json.decode(text or "{}", type=dict[str, msgspec.Raw])
    except msgspec.MsgspecError:
        return Profile()
    good: dict[str, object] = {}
    for entry in msgspec.structs.fields(Profile):
        try:
            if entry.name in given:
                good[entry.name] = msgspec.json.decode(given[entry.name], type=entry.type)
        except msgspec.MsgspecError:
            continue
    return msgspec.convert(good, Profile)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything around the fact, in one language."""

    words: Words = field(default_factory=Words)
    store: str = ""
    currency: str = "EUR"
    exponent: int = 2
    profile: Profile = field(default_factory=Profile)
    products: Mapping[str, Named] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    promotions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tender_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rates_ppm: Mapping[str, int] = field(default_factory=dict)
    points: int | None = None
    gift_cards: Mapping[str, int] = field(default_factory=dict)

    def money(self, minor: int) -> str:
        """Write an amount of the store's currency."""
        return decimal(minor, self.exponent)

    def product_name(self, sku: str, sold_as: str = "") -> str:
        """Name a product in this language; a name given at the till alone stays as it was."""
        known = self.products.get(sku)
        names = known.names if known else {}
        if sold_as and sold_as not in names.values():
            return sold_as
        return self.words.pick(names, sku)

    def unit(self, sku: str) -> str:
        """Base unit of a product."""
        known = self.products.get(sku)
        return known.unit if known else ""

    def person(self, actor: str) -> str:
        """Name whoever did it: `ana@t1` is Ana, a device is itself."""
        who = actor.partition("@")[0]
        return self.staff.get(who, who)

    def reason(self, kind: str, text: str) -> str:
        """Name a reason of the rule `reasons`; what somebody wrote stays as it is."""
        known = self.reasons.get((kind, text)) or OWN_REASONS.get(text, {})
        return self.words.pick(known, text)

    def saving(self, discount: Discount) -> str:
        """Name what a discount was given for, as headquarters calls it, or else the till."""
        if discount.kind is DiscountKind.MANUAL:
            known = self.reasons.get(("discount", discount.code))
            return self.words.pick(known or OWN_REASONS.get(discount.code, {}), discount.text)
        return self.words.pick(self.promotions.get(discount.code, {}), discount.text)

    def tender(self, kind: str) -> str:
        """Name a means of payment."""
        return self.words.pick(self.tender_names.get(kind, {}), self.words(kind))


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be laid out: a fact's content and what it is known by."""

    id: str
    body: AnyBody
    at_ms: int
    offset_min: int
    actor: str
    number: str = ""  # of its own receipt, or of the one it concerns
    original: str = ""  # the receipt that a return or void refers to

    @property
    def when(self) -> str:
        """Local date and time."""
        return local_time(self.at_ms, self.offset_min)


@dataclass(frozen=True, slots=True)
class Marks:
    """How this one print differs from the original."""

    copy: bool = False
    gift: bool = False
    training: bool = False
    voided: bool = False


def large(text: str) -> Text:
    """Make a line that nobody overlooks."""
    return Text(text, Align.CENTRE, bold=True, size=2)


def centred(text: str, *, bold: bool = False) -> Text:
    """Make a centred line."""
    return Text(text, Align.CENTRE, bold=bold)


def banner(scene: Scene, marks: Marks) -> list[Block]:
    """Say in large letters what kind of print this is; stands above and below."""
    words = scene.words
    blocks: list[Block] = []
    if marks.training:
        spaced = " ".join(words("training")) if words.language == "en" else words("training")
        blocks += [Rule("#"), large(spaced), centred(words("no-value")), Rule("#")]
    if marks.copy:
        blocks.append(large(f"* {words('copy')} *"))
    if marks.voided:
        blocks.append(large(f"* {words('voided')} *"))
    return blocks


def heading(scene: Scene) -> list[Block]:
    """Logo, shop and tax id."""
    profile = scene.profile
    blocks: list[Block] = []
    if logo := _logo(profile.logo):
        blocks += [logo, Feed()]
    blocks.append(large(profile.title or scene.store))
    blocks += [centred(line) for line in profile.header[:FOOTER_MAX]]
    if profile.tax_id:
        blocks.append(centred(f"{scene.words('tax-id')} {profile.tax_id}"))
    return [*blocks, Rule()]


def _logo(text: str) -> Logo | None:
    """Read a logo; one that is no picture is left out."""
    try:
        data = base64.b64decode(text, validate=True)
        from_file(data, Paper().width_px)
    except ValueError:
        return None
    return Logo(data)


def footing(scene: Scene) -> list[Block]:
    """What the shop says at the end, in this language."""
    text = scene.words.pick(scene.profile.footer)
    return [Feed(), *(centred(line) for line in text.split("\n")[:FOOTER_MAX])] if text else []


def business_day(scene: Scene, day: int) -> tuple[str, str]:
    """Name and value of the business day."""
    return scene.words("business-day"), date(day)
