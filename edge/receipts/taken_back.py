"""Receipts of what was undone: a return shows what came back, a void the sale it cancels."""

from collections.abc import Iterable

from devices.receipt import Block, Document, Feed, Pair, Rule, Text
from edge.receipts.figures import quantity
from edge.receipts.sale import (
    INDENT,
    facts_of,
    letter_of,
    sum_taxes,
    tax_table,
)
from edge.receipts.scene import Entry, Marks, Scene, banner, footing, heading, large
from sync.receipts import Return, Tender, Void

SIGNED = frozenset({"cash"})


def return_document(entry: Entry, body: Return, scene: Scene, marks: Marks) -> Document:
    """Lay out the receipt of a return; amounts are negative, as they lower the takings."""
    words = scene.words
    taxes = sum_taxes(
        (x.tax_code, scene.rates_ppm.get(x.tax_code, 0), x.amount_minor, x.tax_minor)
        for x in body.lines
    )
    blocks = [*banner(scene, marks), *heading(scene), large(words("return"))]
    blocks += facts_of(entry, scene, body.till, body.business_day)
    blocks += origin(entry, scene, body.reason, body.approver)
    for line in body.lines:
        letter = letter_of(taxes, line.tax_code, scene.rates_ppm.get(line.tax_code, 0))
        name = scene.product_name(line.sku, line.note)
        blocks.append(Pair(name, f"{scene.money(-line.amount_minor)} {letter}"))
        told = quantity(line.quantity, scene.unit(line.sku))
        if not line.restock:
            told = f"{told}, {words('not-restocked')}"
        if line.quantity != 1 or not line.restock:
            blocks.append(Text(INDENT + told))
    blocks += _refund(scene, body.currency, body.total_minor)
    blocks += _paid_out(scene, body.tenders)
    blocks += tax_table(scene, taxes, sign=-1)
    if any(tender.kind in SIGNED for tender in body.tenders):
        blocks += signature(scene)
    return Document((*blocks, *footing(scene)))


def void_document(
    entry: Entry, body: Void, scene: Scene, marks: Marks, names: dict[str, str]
) -> Document:
    """Lay out the receipt of a void; `names` are those that the sale gave its lines."""
    words = scene.words
    blocks = [*banner(scene, marks), *heading(scene), large(words("void"))]
    blocks += facts_of(entry, scene, body.till, body.business_day)
    blocks += origin(entry, scene, body.reason, body.approver)
    for line in body.lines:
        name = scene.product_name(line.sku, names.get(line.sku, ""))
        blocks.append(Pair(name, f"-{quantity(line.quantity, scene.unit(line.sku))}"))
    blocks += _refund(scene, body.currency, body.total_minor)
    blocks += _paid_out(scene, body.tenders)
    return Document((*blocks, *signature(scene), *footing(scene)))


def origin(entry: Entry, scene: Scene, reason: str, approver: str) -> list[Block]:
    """Say which receipt it concerns, why, and who allowed it."""
    words = scene.words
    blocks: list[Block] = []
    if entry.original:
        blocks.append(Pair(words("original"), entry.original))
    else:
        blocks.append(Text(words("no-original")))
    if reason:
        blocks.append(Text(words.label("reason", scene.reason("return", reason))))
    if approver:
        blocks.append(Pair(words("approver"), scene.person(approver)))
    return [*blocks, Rule()]


def signature(scene: Scene) -> list[Block]:
    """Room to sign."""
    return [Feed(2), Rule("_"), Text(scene.words("signature"))]


def _paid_out(scene: Scene, tenders: Iterable[Tender]) -> list[Block]:
    """What went out by each tender; a rounding is read with the refund above it."""
    rows = sorted(tenders, key=lambda one: one.kind != "rounding")
    signs = [1 if one.kind == "rounding" else -1 for one in rows]
    return [
        Pair(scene.tender(one.kind), scene.money(sign * one.amount_minor) + INDENT)
        for sign, one in zip(signs, rows, strict=True)
    ]


def _refund(scene: Scene, currency: str, total_minor: int) -> list[Block]:
    title = f"{scene.words('refund')} {currency}"
    return [Rule(), Pair(title, scene.money(-total_minor), bold=True, size=2)]
