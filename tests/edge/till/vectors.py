"""One law: the till's arithmetic is the node's; these examples come from the node's own code.

`python -m tests.edge.till.vectors` writes them where the till's tests read them.
"""

import json
from pathlib import Path
from random import Random
from typing import Any

from devices.event import Scan
from devices.gate import Gate, Reading, Template
from devices.gs1 import check_digit
from edge.selling.pricing import spread
from sync.entitlements import card_account
from sync.receipts import Line
from sync.values import MONEY_MAX_MINOR, QUANTITY_MAX

FOLDER = Path(__file__).parents[3] / "edge" / "till" / "tests" / "core" / "vectors"
TEMPLATES = ("28PPPPPMMMMMC", "29PPPPPWWWWWC", "27PPPPPXQQQQC", "2099PPPP")
CARDS = ("8N4K-Z2QX", "GC.0001_a", "1", "12345678", "6034930712345678", "x" * 56)
RATES = (0, 1, 50_000, 70_000, 81_000, 190_000, 200_000, 1_000_000)
CODES = {
    "lot": "10",
    "serial": "21",
    "best before": "15",
    "use by": "17",
    "count": "30",
    "price": "3922",
    "currency price": "3932",
    "kilograms": "3103",
    "grams": "3106",
    "packed": "13",
    "variant": "20",
    "origin": "422",
    "own": "91",
    "amount due": "3902",
    "serial 2": "250",
    "contained": "02",
    "pieces": "37",
}


def line_vectors(random: Random, count: int) -> list[list[Any]]:
    """Lines with what they come to: amount before added tax, tax, amount."""
    found = []
    for at in range(count):
        large = at % 10 == 0
        quantity = random.randint(1, QUANTITY_MAX if large else 5_000)
        price = random.randint(0, MONEY_MAX_MINOR if large else 100_000)
        per = random.choice((1, 1, 100, 1000, random.randint(1, 5_000)))
        ppm = random.choice((*RATES, random.randint(0, 1_000_000)))
        line = Line("X", quantity, price, "t", ppm, random.random() < 0.5, per)
        if line.base_minor > MONEY_MAX_MINOR:
            line = Line("X", 1 + quantity % 1000, price % 10**8, "t", ppm, line.tax_added, per)
        off = random.randint(0, line.base_minor) if random.random() < 0.4 else 0
        line = Line(
            *(line.sku, line.quantity, line.price_minor, "t", ppm, line.tax_added, per, off)
        )
        amount, tax = line.amounts
        given = [line.quantity, line.price_minor, per, off, ppm, line.tax_added]
        found.append([given, [line.base_minor, tax, amount]])
    return found


def spread_vectors(random: Random, count: int) -> list[list[Any]]:
    """Amounts, weights and the shares."""
    found = []
    for at in range(count):
        top = MONEY_MAX_MINOR if at % 10 == 0 else random.choice((3, 100, 10_000))
        weights = [random.randint(0, top) for _ in range(random.randint(1, 12))]
        amount = random.randint(0, sum(weights))
        found.append([[amount, weights], spread(amount, weights)])
    return found


def barcode_vectors(random: Random, count: int) -> list[list[Any]]:
    """Texts as a keyboard wedge types them, and what the node's gate says."""
    gate = Gate(tuple(map(Template, TEMPLATES)), 2)
    found = []
    for _ in range(count):
        text = random.choice((_retail, _label, _message, _message, _noise))(random)
        if random.random() < 0.15 and text:
            at = random.randrange(len(text))
            text = text[:at] + random.choice("0123456789A\x1d") + text[at + 1 :]
        paying = random.random() < 0.2
        found.append([[text, paying], _said(gate.read(Scan(text=text), paying=paying))])
    return found


def _said(read: Any) -> list[Any]:
    if isinstance(read, Reading):
        return [read.kind.value, read.value, read.weight_mg, read.price_minor, read.count]
    return [read.wrong.value]


def _digits(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def _summed(payload: str) -> str:
    return payload + check_digit(payload)


def _retail(random: Random) -> str:
    return _summed(_digits(random, random.choice((7, 7, 11, 12, 12, 13))))


def _label(random: Random) -> str:
    pattern = random.choice(TEMPLATES)
    text = "".join(one if one.isdigit() else random.choice("0123456789") for one in pattern)
    return _summed(text[:-1]) if pattern.endswith("C") else text


def _value(random: Random, code: str) -> str:
    if code in ("01", "02"):
        return _summed(_digits(random, 13))
    if code in ("13", "15", "17"):
        month, day = random.randint(0, 13), random.randint(0, 31)
        return f"{random.randint(0, 99):02}{month:02}{day:02}"
    if code in ("3103", "3106"):
        return _digits(random, 6)
    if code == "20":
        return _digits(random, 2)
    if code == "422":
        return random.choice(("276", "156"))
    if code == "3932":
        return random.choice(("978", "156")) + _digits(random, random.randint(1, 6))
    if code in ("30", "37", "3922", "3902"):
        return _digits(random, random.randint(1, 6))
    return "".join(random.choice("ABCabc019-_/.") for _ in range(random.randint(1, 8)))


def _message(random: Random) -> str:
    codes = random.sample(sorted(CODES.values()), random.randint(0, 3))
    if "422" in codes and random.random() < 0.9:
        codes.remove("422")
    first = f"01{_value(random, '01')}" if random.random() < 0.9 else ""
    parts = [code + _value(random, code) for code in codes]
    mark = random.choice(("", "\x1d"))
    if random.random() < 0.15:
        path = "".join(f"/{code}/{_value(random, code)}" for code in ("01", "10", "21"))
        return f"https://id.example.org{path}?17={_value(random, '17')}"
    return mark + first + "\x1d".join(parts)


def _noise(random: Random) -> str:
    kind = random.randint(0, 4)
    if kind == 0:
        return random.choice(("13", "28", "25", "30", "10")) + _digits(random, 16)
    if kind == 1:
        return _digits(random, random.randint(1, 20))
    if kind == 2:
        return random.choice(("M-1042", "HELLO", "  12345670\r\n", "", "t1-1043-000007"))
    if kind == 3:
        return random.choice(("\x1d00", "00")) + _summed(_digits(random, 17))
    return random.choice("01") + _digits(random, 7)


def make() -> dict[str, list[list[Any]]]:
    """Make every set of examples, the same ones each time."""
    random = Random(1970)
    return {
        "lines": line_vectors(random, 400),
        "spread": spread_vectors(random, 200),
        "barcodes": barcode_vectors(random, 1500),
        "cards": [[code, card_account(code)] for code in CARDS],
    }


def text_of(rows: list[list[Any]]) -> str:
    """Write examples as JSON, one to a line."""
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=True) for row in rows) + "\n]\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, rows in make().items():
        (FOLDER / f"{name}.json").write_text(text_of(rows), "utf-8")
