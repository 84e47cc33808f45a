"""Products come in from a file as a whole or not at all; what is wrong is named by its line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from central.errors import Invalid
from sync.definitions import Product
from sync.values import parse_gtin

_FIELDS = {field.name for field in msgspec.structs.fields(Product)}


def read_products(file: Path) -> list[Product]:
    """Read products from a JSON array, an object with `products`, or JSON lines.

    Raises Invalid naming the entry and what is wrong with it.
    """
    try:
        entries = list(_entries(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{file} cannot be read: {error}") from None
    except (ValueError, RecursionError) as error:
        raise Invalid(f"{file} is neither JSON nor JSON lines: {error}") from None
    return [_product(number, entry) for number, entry in enumerate(entries, 1)]


def _entries(content: str) -> Iterator[Any]:
    try:
        whole = json.loads(content)
    except ValueError:
        yield from (json.loads(line) for line in content.splitlines() if line.strip())
        return
    if isinstance(whole, dict) and "products" in whole:
        whole = whole["products"]
    yield from whole if isinstance(whole, list) else [whole]


def _product(number: int, entry: Any) -> Product:
    if not isinstance(entry, dict):
        raise Invalid(f"product {number}: must be an object")
    unknown = sorted(set(entry) - _FIELDS)
    if unknown:
        raise Invalid(f"product {number}: {unknown[0]!r} is no field; there are {sorted(_FIELDS)}")
    values = [entry.get(field.name, _default(field)) for field in msgspec.structs.fields(Product)]
    tag = Product.__struct_config__.tag
    try:
        product = msgspec.convert([tag, *values], Product, strict=True)
        product = msgspec.structs.replace(product, gtins=[parse_gtin(g) for g in product.gtins])
    except (msgspec.ValidationError, ValueError) as error:
        raise Invalid(f"product {number}: {error}") from None
    return product


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return None
