"""The store's documents are its facts, newest first; a page looks at a bounded number of them."""

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import msgspec

from edge.books.numbers import generation_of, receipt_of
from edge.books.postings import drawer_of
from edge.books.reads import Reads
from edge.selling.refunds import told
from edge.shifts.reports import CASH_SIGN
from edge.views.rows import lives_of
from sync.bodies import AnyBody
from sync.cash import AuditEntry, CashMoved, ShiftClosed, ShiftOpened
from sync.effects import net_minor
from sync.facts import ID_BYTES, Fact, decode_fact
from sync.receipts import Return, Sale, Void
from sync.values import DAY_MS, date_of, day_of

SCAN_MAX = 20_000
SLACK_MS = 8 * DAY_MS
TAGS = {
    "sale": (2,),
    "return": (3,),
    "void": (4,),
    "cash": (15,),
    "audit": (17,),
    "shift": (14, 16),
}
_KIND_OF: dict[type, str] = {
    Sale: "sale",
    Return: "return",
    Void: "void",
    CashMoved: "cash",
    AuditEntry: "audit",
    ShiftOpened: "shift",
    ShiftClosed: "shift",
}


class Document(msgspec.Struct, frozen=True):
    """A document in a list; `about` is the document it undoes or concerns.

    `business_day` is null for what belongs to none (entries of the audit trail). `amount_minor` is
    what it adds to net sales, or moves in the drawer; `title` is the kind of cash movement, the
    action of an audit entry, or whether a shift was opened or closed. `receipt` of a void or an
    audit entry is that of the document it is about; `detail`: what was allowed or done.
    """

    id: UUID
    kind: str
    at_ms: int
    business_day: datetime.date | None
    till: str
    drawer: str
    shift: int
    receipt: str
    amount_minor: int
    title: str
    reason: str
    actor: str
    approver: str
    about: UUID | None
    detail: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents to list; everything empty lists all."""

    day: datetime.date | None = None
    till: str = ""
    kind: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some documents, and where the next page goes on ((0, 0): nowhere)."""

    documents: list[Document]
    before: tuple[int, int]


def documents_of(reads: Reads, wanted: Wanted, before: tuple[int, int], limit: int) -> Page:
    """List documents before a place (generation, seq), newest first; (0, 0) is the newest."""
    found: list[Document] = []
    for looked, (place, fact) in enumerate(_back(reads, wanted, before), 1):
        document = document_of(reads, fact, place[0])
        if document is not None and _is_wanted(document, fact, wanted):
            found.append(document)
        if len(found) == limit or looked == SCAN_MAX:
            return Page(found, place)
    return Page(found, (0, 0))


def _back(
    reads: Reads, wanted: Wanted, before: tuple[int, int]
) -> Iterator[tuple[tuple[int, int], Fact]]:
    tags = TAGS.get(wanted.kind) or tuple(tag for tags in TAGS.values() for tag in tags)
    kinds = json.dumps(tags)
    sql = (
        "SELECT seq, body FROM fact WHERE journal = ? AND seq BETWEEN ? AND ?"
        " AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq DESC"
    )
    for number, name in lives_of(reads):
        generation = generation_of(name)
        if before != (0, 0) and generation > before[0]:
            continue
        first, last = 1, before[1] - 1 if generation == before[0] else 2**62
        if wanted.day is not None:  # a till may be out of reach, or its clock wrong, for days
            begin_ms = day_of(wanted.day) * DAY_MS
            first = _seq_at(reads, number, begin_ms - SLACK_MS)
            last = min(last, _seq_at(reads, number, begin_ms + DAY_MS + SLACK_MS))
        for seq, body in reads.connection.execute(sql, (number, first, last, kinds)):
            yield (generation, seq), decode_fact(body)


def _seq_at(reads: Reads, journal: int, at_ms: int) -> int:
    """Find about where a journal was at a time; facts lie almost in the order of their times."""
    execute = reads.connection.execute
    newest = execute("SELECT max(seq) FROM fact WHERE journal = ?", (journal,)).fetchone()[0]
    first, last = 1, newest or 0
    while first < last:
        middle = (first + last) // 2
        sql = "SELECT at_ms FROM fact WHERE journal = ? AND seq = ?"
        if execute(sql, (journal, middle)).fetchone()[0] < at_ms:
            first = middle + 1
        else:
            last = middle
    return first


def document_of(reads: Reads, fact: Fact, generation: int) -> Document | None:
    """Show a fact as a document, None for one that is none; `generation` is its journal's."""
    body = fact.body
    kind = _KIND_OF.get(type(body))
    if kind is None:
        return None
    drawer, shift = drawer_of(body) or ("", 0)
    receipt, title, about, detail = receipt_of(body, generation), "", b"", ""
    match body:
        case Return() | Void():
            about = body.sale
        case CashMoved():
            title = body.kind.name.lower()
        case AuditEntry():
            title, about, detail = body.action, body.subject, body.detail
        case ShiftOpened() | ShiftClosed():
            title = "closed" if isinstance(body, ShiftClosed) else "opened"
            drawer, shift = body.drawer, body.number
    if isinstance(body, Void | AuditEntry):
        receipt = _receipt_of(reads, about)
    day = getattr(body, "business_day", None)
    return Document(
        id=UUID(bytes=fact.id),
        kind=kind,
        at_ms=fact.at_ms,
        business_day=None if day is None else date_of(day),
        till=getattr(body, "till", "") or fact.actor.rpartition("@")[2],
        drawer=drawer,
        shift=shift,
        receipt=receipt,
        amount_minor=_amount(body),
        title=title,
        reason=getattr(body, "reason", ""),
        actor=fact.actor,
        approver=getattr(body, "approver", ""),
        about=UUID(bytes=about) if len(about) == ID_BYTES else None,
        detail=detail,
    )


def _receipt_of(reads: Reads, document: bytes) -> str:
    found = reads.find(document) if len(document) == ID_BYTES else None
    return receipt_of(found.fact.body, generation_of(found.journal)) if found else ""


def _amount(body: AnyBody) -> int:
    match body:
        case CashMoved():
            return CASH_SIGN[body.kind] * body.amount_minor
        case ShiftOpened():
            return body.float_minor
        case ShiftClosed():
            return body.net_minor
        case _:
            return net_minor(body)


def _is_wanted(document: Document, fact: Fact, wanted: Wanted) -> bool:
    if wanted.day is not None:
        day = document.business_day
        if day is None:
            day = date_of((fact.at_ms + fact.offset_min * 60_000) // DAY_MS)
        if day != wanted.day:
            return False
    if wanted.till and wanted.till not in (document.till, document.drawer):
        return False
    return not wanted.text or wanted.text.casefold() in _words(document, fact.body).casefold()


def _words(document: Document, body: AnyBody) -> str:
    said = [document.receipt, document.actor, document.title, document.reason, document.approver]
    match body:
        case Sale():
            said += [body.member, *(line.sku for line in body.lines)]
            said += [line.detail.name for line in body.lines if line.detail]
            said += [told(tender) for tender in body.tenders]
        case Return():
            said += [line.sku for line in body.lines]
        case AuditEntry():
            said.append(body.detail)
        case _:
            pass
    return "\n".join(said)
