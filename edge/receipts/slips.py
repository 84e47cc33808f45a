"""Slips for drawer and counter: cash that moved, a shift that began, a basket that waits."""

from dataclasses import dataclass

from devices.bitmap import Symbol
from devices.receipt import Block, Code, Document, Feed, Pair, Rule, Text
from edge.hardware.verdict import HELD_PREFIX
from edge.receipts.scene import (
    Entry,
    Marks,
    Scene,
    banner,
    business_day,
    centred,
    heading,
    large,
)
from edge.receipts.taken_back import signature
from sync.cash import CashKind, CashMoved, ShiftOpened


def cash_document(entry: Entry, body: CashMoved, scene: Scene, marks: Marks) -> Document:
    """Lay out the slip of a pay-in, pay-out, drop or no-sale; it goes into the drawer, signed."""
    words = scene.words
    blocks = [*banner(scene, marks), *heading(scene), large(words(body.kind.name.lower()))]
    blocks += _shift(entry, scene, body.drawer, body.shift, body.business_day)
    if body.kind is not CashKind.NO_SALE:
        sign = 1 if body.kind is CashKind.PAY_IN else -1
        amount = scene.money(sign * body.amount_minor)
        blocks += [Rule(), Pair(body.currency, amount, bold=True, size=2)]
    if body.reason:
        reason = scene.reason(body.kind.name.lower(), body.reason)
        blocks.append(Text(words.label("reason", reason)))
    if body.approver:
        blocks.append(Pair(words("approver"), scene.person(body.approver)))
    return Document((*blocks, *signature(scene)))


def opening_document(entry: Entry, body: ShiftOpened, scene: Scene, marks: Marks) -> Document:
    """Lay out the slip of a shift that begins with its float."""
    words = scene.words
    blocks = [*banner(scene, marks), *heading(scene), large(words("shift-opened"))]
    blocks += _shift(entry, scene, body.drawer, body.number, body.business_day)
    amount = scene.money(body.float_minor)
    blocks += [Rule(), Pair(f"{words('float')} {body.currency}", amount, bold=True)]
    return Document((*blocks, *signature(scene)))


def _shift(entry: Entry, scene: Scene, drawer: str, shift: int, day: int) -> list[Block]:
    words = scene.words
    return [
        Pair(entry.when, f"{words('drawer')} {drawer}"),
        Pair(words("shift"), str(shift)),
        Pair(*business_day(scene, day)),
        Pair(words("by"), scene.person(entry.actor)),
    ]


@dataclass(frozen=True, slots=True)
class Held:
    """A basket that waits; `when` is local time, `label` what it was called."""

    id: str
    label: str
    lines: int
    total_minor: int
    by: str
    when: str


def held_document(held: Held, scene: Scene) -> Document:
    """Lay out the slip by which a customer comes back to a held basket, at any till."""
    words = scene.words
    return Document(
        (
            *heading(scene),
            large(words("held")),
            *([Text(held.label, bold=True)] if held.label else []),
            Pair(held.when, scene.person(held.by)),
            Pair(words("lines"), str(held.lines)),
            Pair(f"{words('total')} {scene.currency}", scene.money(held.total_minor), bold=True),
            Feed(),
            centred(words("hold-code")),
            Code(Symbol.QR, f"{HELD_PREFIX}{held.id}"),
        )
    )
