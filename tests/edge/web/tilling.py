"""What a till sends: finished sales that add up."""

import time
from typing import Any

DAY = "2026-11-21"


def line(sku: str = "TEA-100", quantity: int = 1, price: int = 499, **more: Any) -> dict[str, Any]:
    """Make a line with 19 % tax in its price."""
    return {
        "sku": sku,
        "name": "Green tea",
        "quantity": quantity,
        "price_minor": price,
        "tax_code": "std",
        "tax_ppm": 190_000,
    } | more


def finished(life: int, number: int, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make a finished sale, paid in cash to the cent."""
    total = sum(x["quantity"] * x["price_minor"] - x.get("discount_minor", 0) for x in lines)
    return {
        "life": life,
        "number": number,
        "business_day": DAY,
        "at_ms": time.time_ns() // 1_000_000,
        "lines": list(lines),
        "tenders": [{"kind": "cash", "amount_minor": total}],
        "total_minor": total,
    } | more
