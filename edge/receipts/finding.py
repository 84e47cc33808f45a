"""What is to be printed is found by its id and read with everything around it, in one snapshot."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from uuid import UUID

import msgspec

from devices.receipt import Document
from edge.books.numbers import generation_of, receipt_of
from edge.books.postings import VOID
from edge.books.reads import Found, Reads
from edge.books.rules import read_rule
from edge.receipts.figures import local_time
from edge.receipts.reports import AsOf, report_document
from edge.receipts.sale import sale_document
from edge.receipts.scene import Entry, Marks, Named, Profile, Scene, read_profile
from edge.receipts.slips import Held, cash_document, held_document, opening_document
from edge.receipts.taken_back import return_document, void_document
from edge.receipts.words import LANGUAGES, Words
from edge.selling.entitlements import standing
from edge.selling.refunds import card_of
from edge.shifts.reads import Shift, shift_row
from edge.shifts.reports import report_of
from sync.bodies import AnyBody
from sync.cash import CashMoved, ShiftClosed, ShiftOpened
from sync.entitlements import GIFT, POINTS, is_key
from sync.receipts import Line, Return, Sale, Void

HELD = "held"
PRINTABLE = (Sale, Return, Void, CashMoved, ShiftOpened)


class _TenderRule(msgspec.Struct, frozen=True):
    kind: str
    name: dict[str, str] = {}


class _PromotionRule(msgspec.Struct, frozen=True):
    name: dict[str, str] = {}
    coupon: str = ""


class _ReasonRule(msgspec.Struct, frozen=True):
    code: str
    en: str = ""
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Shop:
    """What settings say of the money and the clock of a store."""

    currency: str
    exponent: int
    offset_min: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which document, in which language (empty: the store's), and with which marks."""

    id: bytes
    language: str = ""
    marks: Marks = field(default_factory=Marks)


@dataclass(frozen=True, slots=True)
class Laid:
    """A document that was found and laid out; `kind` names what it is."""

    kind: str
    title: str
    document: Document


def lay(reads: Reads, shop: Shop, asked: Asked) -> Laid | None:
    """Find a document by its id and lay it out; None for one that is not held here."""
    found = reads.find(asked.id)
    if found is None:
        return _lay_held(reads, shop, asked)
    if isinstance(found.fact.body, ShiftClosed):
        shift = shift_row(reads, found.fact.body.drawer, found.fact.body.number)
        return lay_report(reads, shop, shift, asked, AsOf("")) if shift else None
    if not isinstance(found.fact.body, PRINTABLE):
        return None
    entry = entry_of(reads, found)
    return lay_entry(reads, shop, entry, asked.language, _marked(reads, found, asked.marks))


def lay_entry(reads: Reads, shop: Shop, entry: Entry, language: str, marks: Marks) -> Laid:
    """Lay out a document that is at hand, on record or not."""
    scene = scene_of(reads, shop, entry.body, language)
    document = _document(reads, entry, scene, marks)
    kind = type(entry.body).__name__.lower()
    return Laid(kind, entry.number or f"{kind} {entry.id}", document)


def lay_report(reads: Reads, shop: Shop, shift: Shift, asked: Asked, as_of: AsOf) -> Laid:
    """Lay out a shift's X report, or its Z report once it is closed."""
    report = report_of(reads, shift)
    scene = scene_of(reads, shop, None, asked.language)
    document = report_document(report, scene, asked.marks, as_of)
    kind = "z-report" if shift.closed else "x-report"
    return Laid(kind, f"{kind} {shift.drawer} {shift.number}", document)


def _document(reads: Reads, entry: Entry, scene: Scene, marks: Marks) -> Document:
    match entry.body:
        case Sale() as sale:
            return sale_document(entry, sale, scene, marks)
        case Return() as body:
            return return_document(entry, body, scene, marks)
        case Void() as body:
            sold = reads.find(body.sale)
            lines = sold.fact.body.lines if sold and isinstance(sold.fact.body, Sale) else []
            names = {line.sku: line.detail.name for line in lines if line.detail}
            return void_document(entry, body, scene, marks, names)
        case CashMoved() as body:
            return cash_document(entry, body, scene, marks)
        case ShiftOpened() as body:
            return opening_document(entry, body, scene, marks)
        case _:
            raise ValueError(f"a {type(entry.body).__name__} has no receipt")


def _marked(reads: Reads, found: Found, marks: Marks) -> Marks:
    """A sale that was undone since says so, whoever prints it."""
    voided = isinstance(found.fact.body, Sale) and VOID in reads.undone(found.fact.id)
    return replace(marks, voided=voided)


def entry_of(reads: Reads, found: Found) -> Entry:
    """Make an entry of a fact on record."""
    fact, body = found.fact, found.fact.body
    number = _number(found)
    original = _number_of(reads, body.sale) if isinstance(body, Return | Void) else ""
    identity = str(UUID(bytes=fact.id))
    return Entry(identity, body, fact.at_ms, fact.offset_min, fact.actor, number, original)


def _number(found: Found) -> str:
    return receipt_of(found.fact.body, generation_of(found.journal))


def _number_of(reads: Reads, sale_id: bytes) -> str:
    sold = reads.find(sale_id) if sale_id else None
    return _number(sold) if sold and isinstance(sold.fact.body, Sale) else ""


def _lay_held(reads: Reads, shop: Shop, asked: Asked) -> Laid | None:
    sql = "SELECT label, lines, total_minor, held_by, held_ms FROM held WHERE id = ?"
    row = reads.connection.execute(sql, (asked.id,)).fetchone()
    if row is None:
        return None
    identity = str(UUID(bytes=asked.id))
    label, lines, total_minor, by, at_ms = row
    when = local_time(at_ms, shop.offset_min(at_ms))
    scene = scene_of(reads, shop, None, asked.language)
    held = Held(identity, label, lines, total_minor, by, when)
    return Laid(HELD, label or f"held {identity}", held_document(held, scene))


# -- what stands around it -----------------------------------------------------------------------


def scene_of(reads: Reads, shop: Shop, body: AnyBody | None, language: str = "") -> Scene:
    """Read everything that the receipt of a body says beyond its fact."""
    profile = read_profile(reads.rule("receipt"))
    store = reads.connection.execute(
        "SELECT coalesce(profile.name, node.store) FROM node LEFT JOIN profile USING (store)"
    ).fetchone()[0]
    rules = read_rule(reads, "tenders", list[_TenderRule], [])
    reasons = read_rule(reads, "reasons", dict[str, list[_ReasonRule]], {})
    lines = getattr(body, "lines", ())
    return Scene(
        words=Words(_language(language, profile)),
        store=store,
        currency=shop.currency,
        exponent=shop.exponent,
        profile=profile,
        products=_products(reads, {line.sku for line in lines}),
        staff=dict(reads.connection.execute("SELECT staff, name FROM staff")),
        promotions=dict(_promotions(reads, lines)),
        reasons={
            (kind, reason.code): {"en": reason.en, "zh": reason.zh}
            for kind, listed in reasons.items()
            for reason in listed
        },
        tender_names={rule.kind: rule.name for rule in rules if rule.name},
        rates_ppm=_rates(reads, body),
        points=_balance(reads, POINTS, body.member) if isinstance(body, Sale) else None,
        gift_cards=dict(_gift_cards(reads, body)) if isinstance(body, Sale) else {},
    )


def _promotions(reads: Reads, lines: Iterable[object]) -> Iterator[tuple[str, dict[str, str]]]:
    """What the promotions are called that gave a sale's discounts, by id, coupons by their code."""
    details = (line.detail for line in lines if isinstance(line, Line) and line.detail)
    if not any(detail.discounts for detail in details):
        return
    sql = "SELECT name, value FROM rule WHERE name GLOB 'promotion.*' ORDER BY local"
    for name, value in reads.connection.execute(sql):
        with suppress(msgspec.MsgspecError):
            rule = msgspec.json.decode(value, type=_PromotionRule)
            yield rule.coupon or name.removeprefix("promotion."), rule.name


def _language(asked: str, profile: Profile) -> str:
    return next((one for one in (asked, profile.language) if one in LANGUAGES), LANGUAGES[0])


def _products(reads: Reads, skus: Iterable[str]) -> dict[str, Named]:
    sql = "SELECT names, unit FROM product WHERE sku = ?"
    found = ((sku, reads.connection.execute(sql, (sku,)).fetchone()) for sku in skus)
    return {sku: Named(msgspec.json.decode(row[0]), row[1]) for sku, row in found if row}


def _rates(reads: Reads, body: AnyBody | None) -> dict[str, int]:
    """Rates by code: those of the sale that is taken back, else those in force."""
    rates: dict[str, int] = {}
    if isinstance(body, Return):
        rates |= dict(reads.connection.execute("SELECT code, rate_ppm FROM tax_rate"))
        sold = reads.find(body.sale) if body.sale else None
        if sold and isinstance(sold.fact.body, Sale):
            rates |= {line.tax_code: line.tax_ppm for line in sold.fact.body.lines}
    return rates


def _balance(reads: Reads, kind: str, name: str) -> int | None:
    """Best known balance of a key, here and elsewhere; None where there is no such key."""
    key = f"{kind}:{name}"
    if not name or not is_key(key):
        return None
    held = standing(reads, key)
    return held.here + held.elsewhere


def _gift_cards(reads: Reads, sale: Sale) -> Iterator[tuple[str, int]]:
    """Balances by account of the cards that a sale sold or was paid with."""
    accounts = [x.detail.voucher for x in sale.lines if x.detail and x.detail.voucher]
    accounts += [card_of(tender) for tender in sale.tenders if tender.kind == GIFT]
    for account in dict.fromkeys(accounts):
        balance = _balance(reads, GIFT, account)
        if balance is not None:
            yield account, balance
