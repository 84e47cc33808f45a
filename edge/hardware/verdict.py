"""One law: a scanned code becomes one verdict; whatever is no line of a basket says why, in words.

The gate (`devices.gate`) decides what the code is, the store's books what it means here.
"""

import json
import logging
import re
from calendar import monthrange
from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import msgspec

from devices.event import Scan
from devices.gate import Gate, Kind, Reading, Refusal, Template
from edge.books.reads import Item, Reads
from edge.hardware.words import Message, refusal
from edge.people.members import card_of

HELD_PREFIX = "held:"

TEMPLATES_RULE = "barcode.templates"
TEMPLATES_MAX = 50
VerdictKind = Literal[
    "item", "quantity", "price", "payment", "member", "held", "unknown", "refused"
]
_HELD = re.compile(
    rf"{HELD_PREFIX}(?P<id>[0-9a-fA-F]{{8}}-(?:[0-9a-fA-F]{{4}}-){{3}}[0-9a-fA-F]{{12}})"
)
_log = logging.getLogger(__name__)
_UNKNOWN = ("product-unknown", "code-unknown")
_NOTHING = Message("", "")


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a scanned code is.

    `item`: a product. `quantity`, `price`: one whose label says how much it is (base units), what
    it costs (minor units). `payment`: a wallet's code, in `value`. `member`: a member's card.
    `held`: the slip of a held basket, whose id is in `value`. `unknown`, `refused`: `message_code`
    and `message` say why. `expiry_day` is an ISO date.
    """

    kind: VerdictKind
    value: str = ""
    gtin: str = ""
    sku: str = ""
    quantity: int | None = None
    price_minor: int | None = None
    lot: str = ""
    serial: str = ""
    expiry_day: str = ""
    wallet: str = ""
    member: str = ""
    message_code: str = ""
    message: Message = _NOTHING


def refused(code: str, values: Mapping[str, str] | None = None) -> Verdict:
    """Refuse a code; ``values`` is what its sentence is about."""
    values = values or {}
    kind: VerdictKind = "unknown" if code in _UNKNOWN else "refused"
    text = values.get("text", "")
    return Verdict(kind=kind, value=text, message_code=code, message=refusal(code, values))


def make_gate(rule: str | None, exponent: int) -> Gate:
    """Make a store's gate from the rule `barcode.templates`: a list of patterns.

    A pattern that cannot be one is left out, and said so in the log.
    """
    templates = []
    try:
        found = json.loads(rule) if rule else []
    except ValueError:
        found = []
    for entry in found[:TEMPLATES_MAX] if isinstance(found, list) else []:
        pattern = entry.get("pattern", "") if isinstance(entry, dict) else entry
        try:
            templates.append(Template(str(pattern)))
        except ValueError as error:
            _log.warning("rule %s: %s", TEMPLATES_RULE, error)
    return Gate(tuple(templates), exponent)


def judge(gate: Gate, reads: Reads, scan: Scan, *, paying: bool = False) -> Verdict:
    """Say what a scan is and which product of this store it means."""
    if slip := _HELD.fullmatch(scan.text.strip()):
        return Verdict(kind="held", value=str(UUID(slip["id"])))
    reading = gate.read(scan, paying=paying)
    if isinstance(reading, Refusal):
        return refused(reading.code, reading.values)
    if reading.kind is Kind.PAYMENT:
        return Verdict(kind="payment", value=reading.value, wallet=reading.wallet)
    if reading.kind is Kind.ITEM:
        return _article(reading, reads.items_by_gtin(reading.value), reading.value)
    if reading.kind is Kind.MEASURED:
        return _article(reading, _by_number(reads, reading.value), "")
    if reading.kind is Kind.CONTAINER:
        return refused("container")
    if reading.kind is Kind.GS1:
        return refused("no-product-in-code")
    return _other(reads, reading.value)


def _by_number(reads: Reads, number: str) -> list[Item]:
    """Find products by the number that scales print: their attribute `plu`, or else their SKU."""
    bare = number.lstrip("0") or "0"
    sql = (
        "SELECT sku FROM product WHERE json_extract(attributes, '$.plu') IN (?, ?)"
        " ORDER BY active DESC, number"
    )
    skus = [sku for (sku,) in reads.connection.execute(sql, (number, bare))] or [number]
    return [item for sku in skus if (item := reads.item(sku))]


def _article(reading: Reading, items: list[Item], gtin: str) -> Verdict:
    live = [item for item in items if item.active]
    text = gtin.removeprefix("0") if gtin else reading.value
    if not items:
        verdict = refused("product-unknown", {"text": text})
        return msgspec.structs.replace(verdict, gtin=gtin)
    if not live:
        return refused("product-withdrawn", {"text": items[0].sku})
    if len(live) > 1:
        return refused("product-ambiguous", {"text": text})
    quantity = reading.count
    if reading.weight_mg is not None:
        quantity = (reading.weight_mg + 500) // 1000
    kind: VerdictKind = "item" if quantity is None else "quantity"
    day = reading.elements.get("17") or reading.elements.get("16") or ""
    return Verdict(
        kind=kind if reading.price_minor is None else "price",
        value=reading.value,
        gtin=gtin,
        sku=live[0].sku,
        quantity=quantity,
        price_minor=reading.price_minor,
        lot=reading.elements.get("10", ""),
        serial=reading.elements.get("21", ""),
        expiry_day=iso_day(day),
    )


def iso_day(digits: str) -> str:
    """Write YYMMDD of a GS1 barcode as a date; day 00 is the month's last, years end in 2075."""
    if len(digits) != 6:
        return ""
    year, month, day = (int(digits[at : at + 2]) for at in (0, 2, 4))
    year += 2000 if year <= 75 else 1900
    if day == 0:
        day = monthrange(year, month)[1]
    return f"{year:04}-{month:02}-{day:02}"


def _other(reads: Reads, text: str) -> Verdict:
    item = reads.item(text)
    if item is not None and item.active:
        return Verdict(kind="item", value=text, sku=item.sku)
    try:
        member = UUID(text)
    except ValueError:
        member = None
    if member is not None and card_of(reads.connection, member) is not None:
        return Verdict(kind="member", value=text, member=str(member))
    return refused("code-unknown", {"text": text[:80]})
