"""One law: a seed makes the same shop every time, and nothing in it can be mistaken for a real one.

About 500 products with names in English and Chinese. GTINs lie under 952, the prefix that GS1 keeps
for demonstrations; brands are invented; prices are in euro cents, tax included.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from provisioning.assortment import apparel, food, household, specials
from sync.definitions import Product, TaxRate
from sync.values import gtin_check_digit

CURRENCY = "EUR"
DEMONSTRATION_PREFIX = "952"
TAX_RATES = (
    TaxRate("S", 190_000, included=True, name="Standard rate 19 %"),
    TaxRate("R", 70_000, included=True, name="Reduced rate 7 %"),
    TaxRate("Z", 0, included=True, name="Not taxed"),
)
_DEPARTMENTS = {
    **dict.fromkeys(("FRU", "VEG", "BAK", "DAI", "CHE", "MEA"), "fresh food"),
    **dict.fromkeys(("DRI", "ALC", "CAF"), "drinks"),
    **dict.fromkeys(("CLO", "KID", "TEX"), "textiles"),
    **dict.fromkeys(("TOB", "PRE", "GFT", "SVC", "BAG"), "front desk"),
}
_AGES = {"Lager": 16, "Wheat beer": 16, "Riesling dry": 16, "Pinot noir": 16, "Sparkling wine": 16}
_MEASURED = frozenset({"g", "kg", "ml", "l", "m"})
_FIRST_PLU = 1001
_UNITS_ZH = {
    "g": "克",
    "kg": "千克",
    "ml": "毫升",
    "l": "升",
    "m": "米",
    "pc": "个",
    "pcs": "个",
    "bags": "包",
    "packs": "包",
    "rolls": "卷",
}
_FIRST_ITEM = 100_001


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A shop's products and tax rates, and how often each product is bought (relative weights)."""

    products: tuple[Product, ...]
    tax_rates: tuple[TaxRate, ...]
    popularity: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    code: str
    category: str
    tax_code: str
    brands: tuple[tuple[str, str, int], ...]  # English, Chinese, per cent of the price


@dataclass(frozen=True, slots=True)
class _Article:
    """A product before it has numbers."""

    section: _Section
    english: str
    chinese: str
    price_minor: int
    weighed: bool = False
    tracked: bool = True
    style: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


def make_catalogue(seed: int) -> Catalogue:
    """Make a shop's catalogue; the seed decides prices (within a tenth) and popularity.

    Attributes: `department`, `content` (such as `500 g`, for the price per kilogram or litre),
    `plu` of weighed goods, `age` in years, `reorder_point` in base units, and what is special
    (see `assortment.specials`). What is special sells by hand alone: its weight is 0.
    """
    dice = random.Random(seed)
    products: list[Product] = []
    numbers: dict[str, int] = {}
    style_prices: dict[str, int] = {}
    for item, article in enumerate(_articles(), _FIRST_ITEM):
        code = article.section.code
        numbers[code] = numbers.get(code, 0) + 1
        price_minor = _charming(article.price_minor * dice.randint(92, 110) // 100)
        if article.style:
            price_minor = style_prices.setdefault(article.style, price_minor)
        products.append(_product(article, f"{code}-{numbers[code]:03d}", item, price_minor))
    popularity = [*_popularity(products, dice)]
    products = [*map(_reordered, products, popularity)]
    for item, article in enumerate(_specials(), _FIRST_ITEM + len(products)):
        code = article.section.code
        numbers[code] = numbers.get(code, 0) + 1
        product = _product(article, f"{code}-{numbers[code]:03d}", item, article.price_minor)
        products.append(_reordered(product, 1))
    weights = popularity + [0] * (len(products) - len(popularity))
    return Catalogue(tuple(products), TAX_RATES, tuple(weights))


def opening_stock(catalogue: Catalogue, seed: int) -> dict[str, int]:
    """Draw the stock that a store's books start with, in base units, for all that is tracked."""
    dice = random.Random(seed)
    stock = {}
    for product, weight in zip(catalogue.products, catalogue.popularity, strict=True):
        if product.tracked and product.unit == "g":
            stock[product.sku] = dice.randint(40, 120) * 1000
        elif product.tracked:
            stock[product.sku] = dice.randint(8, 24) + 6 * weight
    return stock


def gtin_13(item: int) -> str:
    """Number an item, 0 to 999,999,999, under GS1's demonstration prefix."""
    digits = f"{DEMONSTRATION_PREFIX}{item:09d}"
    return f"{digits}{gtin_check_digit(digits)}"


def _charming(price_minor: int) -> int:
    """Round to a price a shop would print: 0.45 or 0.49, then 1.29, from 20 euros on 21.99."""
    if price_minor < 100:
        return max(price_minor // 5 * 5 + (4 if price_minor % 10 >= 5 else 0), 15)
    step = 10 if price_minor < 2000 else 100
    return price_minor // step * step + step - 1


def _product(article: _Article, sku: str, item: int, price_minor: int) -> Product:
    code = article.section.code
    attributes = dict(article.attributes)
    attributes["department"] = _DEPARTMENTS.get(code, "food" if _is_food(article) else "household")
    if article.weighed:
        attributes["plu"] = str(_FIRST_PLU + item - _FIRST_ITEM)
    for name, years in _AGES.items():
        if code == "ALC" and name in article.english:
            attributes["age"] = str(years)
    return Product(
        sku=sku,
        names={"en": article.english, "zh": article.chinese},
        gtins=[] if article.price_minor == 0 else [gtin_13(item)],
        unit="g" if article.weighed else "pc",
        tax_code=article.section.tax_code,
        price_minor=price_minor,
        price_quantity=1000 if article.weighed else 1,
        tracked=article.tracked,
        category=article.section.category,
        variant_of=article.style,
        attributes=attributes,
    )


def _is_food(article: _Article) -> bool:
    return article.section.tax_code == "R"


def _reordered(product: Product, weight: int) -> Product:
    """Say from what stock on a product is to be ordered again: the more it sells, the earlier."""
    if not product.tracked:
        return product
    point = 10_000 if product.unit == "g" else 3 + 3 * weight
    attributes = product.attributes | {"reorder_point": str(point)}
    return msgspec.structs.replace(product, attributes=attributes)


def _popularity(products: list[Product], dice: random.Random) -> Iterator[int]:
    """Draw weights: a few products sell all day, most now and then; food before the rest."""
    for product in products:
        most = 12 if product.tax_code == "R" else 6
        limit = 1 if product.variant_of or not product.tracked else most
        yield min(dice.randint(1, limit) for _ in range(2))


def _articles() -> Iterator[_Article]:
    for table in (food.TABLE, household.TABLE):
        for section, fields in _lines(table):
            yield from _goods(section, fields)
    for section, fields in _lines(apparel.TABLE):
        yield from _garments(section, fields)
    for section, fields in _lines(household.SERVICES):
        yield from (replace(article, tracked=False) for article in _goods(section, fields))


def _specials() -> Iterator[_Article]:
    for section, (english, chinese, price, said) in _lines(specials.TABLE):
        attributes = dict(pair.split("=") for pair in said.split())
        tracked = not attributes.pop("untracked", "")
        yield _Article(
            section,
            english,
            chinese,
            _minor(price),
            tracked=tracked,
            attributes=tuple(attributes.items()),
        )


def _lines(table: str) -> Iterator[tuple[_Section, list[str]]]:
    section: _Section | None = None
    for line in table.strip().splitlines():
        fields = [field.strip() for field in line.removeprefix("==").split("|")]
        if line.startswith("=="):
            section = _Section(fields[0], fields[1], fields[2], tuple(_brands(fields[3])))
        elif section is not None:
            yield section, fields


def _brands(text: str) -> Iterator[tuple[str, str, int]]:
    for brand in text.split(";"):
        words = brand.split()
        percent = int(words.pop()) if words and words[-1].isdigit() else 100
        yield " ".join(words[:-1]), "".join(words[-1:]), percent


def _goods(section: _Section, fields: list[str]) -> Iterator[_Article]:
    english, chinese, sizes = fields
    for brand_en, brand_zh, percent in section.brands:
        for text in sizes.split(";"):
            size, price = text.strip().rsplit(" ", 1)
            weighed = size == "kg"
            size_en, size_zh = ("", "") if weighed or size == "each" else (size, _chinese(size))
            yield _Article(
                section,
                _spaced(brand_en, english, size_en),
                _spaced(brand_zh, chinese, size_zh),
                _minor(price) * percent // 100,
                weighed=weighed,
                attributes=(("content", size),) if _is_measure(size) else (),
            )


def _garments(section: _Section, fields: list[str]) -> Iterator[_Article]:
    english, chinese, price, sizes, colours = fields
    brand_en, brand_zh, _ = section.brands[0]
    style = f"{section.code}:{english.lower().replace(' ', '-')}"
    for colour in colours.split():
        for size in sizes.split():
            shown = "" if size == "-" else size
            attributes = {"size": shown, "colour": colour}
            yield _Article(
                section,
                _spaced(brand_en, english, colour, shown),
                _spaced(brand_zh, chinese, apparel.COLOURS[colour], shown),
                _minor(price),
                style=style,
                attributes=tuple((name, value) for name, value in attributes.items() if value),
            )


def _is_measure(size: str) -> bool:
    number, _, unit = size.partition(" ")
    return bool(number) and unit in _MEASURED


def _minor(euros: str) -> int:
    whole, _, cents = euros.partition(".")
    return int(whole) * 100 + int(cents)


def _chinese(size: str) -> str:
    number, unit = size.split()
    return number + _UNITS_ZH[unit]


def _spaced(*words: str) -> str:
    return " ".join(word for word in words if word)
