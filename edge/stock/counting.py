"""A sheet is open until it becomes facts, all in one commit; until then it moves no stock.

Every entry is a command of its own and durable before it is answered: several people count at once,
and a handheld that asks again gets the first answer.
"""

import datetime
from collections.abc import Iterator

import msgspec

from edge.books import checks
from edge.books.tasks import task
from edge.books.transaction import Books, derived_id, request_digest
from edge.errors import BadField, BadQuantity, Conflict, UnknownFact
from edge.stock.count_documents import CountedSku, documents
from edge.stock.lots import added_up, lot_line
from edge.stock.moves import tracked
from edge.stock.sheets import (
    Entry,
    Sheet,
    SheetKind,
    SheetState,
    Tally,
    entries_of,
    find_entry,
    find_sheet,
    none_there,
    seen_now,
    tallies,
    uncounted,
)
from edge.stock.shortfalls import plan_shortfall, post_shortfall
from sync.bodies import CountedLine, CountedSerials, StockCount
from sync.body import LotLine
from sync.effects import movements
from sync.quantities import ON_HAND_SIGN
from sync.values import QUANTITY_MAX

SCOPE_MAX = 5_000
LATE_MS = 3_000
SOURCES = ("hand", "scanner", "rfid")


class NotOpen(Conflict):
    """The sheet was closed or cancelled."""

    code = "sheet-closed"
    title = "The sheet is not open any more"


class Undecided(Conflict):
    """Something on the sheet needs a person's decision before it can be closed."""

    code = "count-undecided"
    title = "The count can't be closed yet"


class TooLate(Conflict):
    """The books have gone on since something was counted: what they said then is not known."""

    code = "entry-late"
    title = "The entry comes too late"


class OpenSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Begin a count: `scope` lists categories or SKUs; `blind` hides what the books say."""

    id: bytes
    kind: SheetKind
    title: str = ""
    scope: tuple[str, ...] = ()
    blind: bool = False
    actor: str = ""
    at_ms: int | None = None

    def run(self, books: Books) -> Sheet:
        """Write the sheet, or find it; raise Problem."""
        request = request_digest(self)
        found = find_sheet(books, self.id)
        if found is not None:
            sql = "SELECT request FROM sheet WHERE id = ?"
            _same(books.connection.execute(sql, (self.id,)).fetchone()[0], request)
            return found
        title = checks.text(self.title, "title")
        if (self.kind is SheetKind.FULL) == bool(self.scope) or len(self.scope) > SCOPE_MAX:
            raise BadField("scope", "scope", most=SCOPE_MAX)
        scope = [self._named(books, name, f"scope[{at}]") for at, name in enumerate(self.scope)]
        said = msgspec.json.encode(list(dict.fromkeys(scope))).decode()
        sql = (
            "INSERT INTO sheet (id, title, kind, scope, blind, request, state, opened_ms,"
            " opened_by, generation, seq) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?)"
        )
        row = (self.id, title, self.kind.value, said, self.blind, request)
        opened = (books.when(self.at_ms), self.actor, books.generation, books.head.seq)
        books.connection.execute(sql, (*row, *opened))
        return _sheet(books, self.id)

    def _named(self, books: Books, name: str, field: str) -> str:
        if self.kind is SheetKind.LIST:
            return tracked(books, name, "", field)
        return checks.text(name, field, needed=True)


class CountedSome(msgspec.Struct, frozen=True):
    """Some of the pieces that were counted: of which lot, and with which serial numbers."""

    quantity: int
    lot: str = ""
    expiry_day: datetime.date | None = None
    serials: tuple[str, ...] = ()


class EntryLine(msgspec.Struct, frozen=True):
    """What somebody counted of a SKU at a place, and which pieces that were, as far as told.

    `replaces` names an own entry that was wrong; `whole`: this is all there is of the SKU,
    whatever was counted of it before. `stockroom`: no customer takes from this place. `age_ms`: how
    long ago that was; an entry must be written down at once, for the books go on.
    """

    id: bytes
    counted: int
    sku: str = ""
    gtin: str = ""
    place: str = ""
    stockroom: bool = False
    replaces: bytes = b""
    whole: bool = False
    source: str = "hand"
    age_ms: int = 0
    pieces: tuple[CountedSome, ...] = ()


class AddEntries(msgspec.Struct, frozen=True, kw_only=True):
    """Write down what was counted; each entry once, whoever repeats it. All of them, or none."""

    sheet: bytes
    entries: tuple[EntryLine, ...]
    actor: str = ""

    def run(self, books: Books) -> list[Entry]:
        """Write the entries with what the books say at this moment; raise Problem."""
        checks.lines(self.entries, "entries")
        for at, line in enumerate(self.entries):
            self._add(books, line, f"entries[{at}]")
        found = (find_entry(books, line.id) for line in self.entries)
        return [entry[2] for entry in found if entry is not None]

    def _add(self, books: Books, line: EntryLine, field: str) -> None:
        said = msgspec.structs.replace(line, age_ms=0)
        request = request_digest(_Asked(entry=said, sheet=self.sheet))
        found = find_entry(books, line.id)
        if found is not None:
            _same(found[1], request)
            return
        _open_sheet(books, self.sheet)
        sku = tracked(books, line.sku, line.gtin, field)
        counted = checks.integer(line.counted, 0, QUANTITY_MAX, f"{field}.counted", BadQuantity)
        if line.source not in SOURCES:
            raise BadField("source", f"{field}.source", sources=", ".join(SOURCES))
        if not 0 <= line.age_ms <= LATE_MS:
            raise TooLate("sku", f"{field}.age_ms", sku=sku)
        pieces = _told(line, sku, field)
        self._replace(books, line, sku, field)
        seen = seen_now(books, sku)
        place = checks.name(line.place, f"{field}.place")
        at = (books.generation, books.head.seq, books.clock() - line.age_ms)
        what = (line.id, self.sheet, request, sku, place, line.stockroom, counted)
        how = (self.actor, line.source, msgspec.msgpack.encode(pieces))
        row = (*what, seen.sold, seen.delivered, seen.other, *at, *how)
        sql = (
            "INSERT INTO sheet_entry (id, sheet, request, sku, place, stockroom, counted, sold,"
            " delivered, other, generation, seq, at_ms, counted_by, source, pieces)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        books.connection.execute(sql, row)

    def _replace(self, books: Books, line: EntryLine, sku: str, field: str) -> None:
        if line.replaces:
            found = find_entry(books, line.replaces)
            wrong = found[2] if found and found[0] == self.sheet else None
            if wrong is None or wrong.sku != sku or wrong.counted_by != self.actor:
                raise BadField("entry-of-others", f"{field}.replaces")
            if wrong.replaced:
                raise Conflict("entry", f"{field}.replaces")
            _mark(books, [wrong], line.id)
        if line.whole:
            before = [one for one in entries_of(books, self.sheet, sku) if one.replaced is None]
            _mark(books, before, line.id)


def _told(line: EntryLine, sku: str, field: str) -> tuple[LotLine, ...]:
    """Check and add up which pieces an entry tells of; raise BadField."""
    told = []
    for at, some in enumerate(line.pieces):
        where = f"{field}.pieces[{at}]"
        checks.quantity(some.quantity, f"{where}.quantity")
        found = lot_line(sku, some, where)
        if found is None:
            raise BadField("pieces-untold", where)
        told.append(found)
    pieces = added_up(told)
    if sum(one.quantity for one in pieces) > line.counted:
        raise BadField("pieces-over", f"{field}.pieces", sku=sku)
    return pieces


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    entry: EntryLine
    sheet: bytes
    actor: str = ""
    at_ms: int | None = None


def _mark(books: Books, entries: list[Entry], by: bytes) -> None:
    sql = "UPDATE sheet_entry SET replaced = ? WHERE id = ?"
    books.connection.executemany(sql, [(by, entry.id) for entry in entries])


class CancelSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Throw a sheet away; nothing it says moves stock."""

    sheet: bytes
    note: str = ""
    actor: str = ""

    def run(self, books: Books) -> Sheet:
        """Cancel it, or find it cancelled; raise NotOpen for one that was closed."""
        found = _sheet(books, self.sheet)
        if found.state is SheetState.CANCELLED:
            return found
        _open_sheet(books, self.sheet)
        note = checks.text(self.note, "note")
        _end(books, self.sheet, SheetState.CANCELLED, (self.actor, note, None))
        return _sheet(books, self.sheet)


class SheetClosed(msgspec.Struct, frozen=True):
    """A count on record: its documents, what they moved (base units), what was left as it is."""

    documents: list[bytes]
    moved: dict[str, int]
    skipped: list[str]
    repeated: bool


class CloseSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Make facts of a sheet.

    `uncounted` decides on what the sheet covers and nobody counted: `zero` (it is not there) or
    `skip`. `uncertain` on what moved between its places: only `skip`, else count it again. What is
    skipped stays as the books say; the uncertain comes on the worklist.
    """

    id: bytes
    sheet: bytes
    uncounted: str = ""
    uncertain: str = ""
    actor: str = ""
    at_ms: int | None = None

    def run(self, books: Books) -> SheetClosed:
        """Commit the count, or find it committed; raise Undecided, NotOpen or another Problem."""
        request = request_digest(self)
        before = _sheet(books, self.sheet)
        if books.prior(self.id, request, StockCount) or before.document == self.id:
            return self._result(books, [], repeated=True)
        sheet = _open_sheet(books, self.sheet)
        counted, doubtful = self._counted(books, sheet)
        at_ms = books.when(self.at_ms)
        for number, body in enumerate(documents(sheet.title, counted)):
            short = plan_shortfall(books, body)
            fact_id = _document(self.id, number)
            books.append(fact_id, at_ms, self.actor, body, request)
            if short:
                post_shortfall(books, fact_id, at_ms, short)
        for sku in doubtful:
            books.attend(task("count", sku, sheet=sheet.title), at_ms, self.id)
        _end(books, self.sheet, SheetState.CLOSED, (self.actor, "", self.id))
        return self._result(books, doubtful, repeated=False)

    def _counted(self, books: Books, sheet: Sheet) -> tuple[list[CountedSku], list[str]]:
        found = tallies(books, sheet)
        doubtful = [one.sku for one in found if one.uncertain]
        if doubtful and self.uncertain != "skip":
            raise Undecided("moved", "uncertain", count=len(doubtful), sku=doubtful[0])
        missed = uncounted(books, sheet)
        if missed and self.uncounted not in ("zero", "skip"):
            raise Undecided("uncounted", "uncounted", count=len(missed), sku=missed[0])
        sure = [one for one in found if not one.uncertain]
        if self.uncounted == "zero":
            sure += [none_there(books, sheet, sku) for sku in missed]
        if not sure and not doubtful:
            raise BadField("not-counted", "sheet")
        return [_counted_sku(one) for one in sure], doubtful

    def _result(self, books: Books, skipped: list[str], *, repeated: bool) -> SheetClosed:
        moved: dict[str, int] = {}
        documents = []
        for fact_id, body in _documents(books, self.id):
            documents.append(fact_id)
            for sku, kind, quantity in movements(body):
                moved[sku] = moved.get(sku, 0) + ON_HAND_SIGN[kind] * quantity
        return SheetClosed(documents, moved, skipped, repeated)


def _documents(books: Books, first: bytes) -> Iterator[tuple[bytes, StockCount]]:
    number = 0
    while (found := books.find(_document(first, number))) is not None:
        if isinstance(found.fact.body, StockCount):
            yield found.fact.id, found.fact.body
        number += 1


def _document(first: bytes, number: int) -> bytes:
    return derived_id(first, b"count %d" % number) if number else first


def _counted_sku(one: Tally) -> CountedSku:
    line = _line(one.sku, one.counted, one.seen)
    if one.pieces is None:
        return CountedSku(line, (), CountedSerials(one.sku))
    return CountedSku(line, one.pieces.lots, one.pieces.serials)


def _line(sku: str, counted: int, seen: int) -> CountedLine:
    if counted > QUANTITY_MAX or abs(counted - seen) > QUANTITY_MAX:
        raise BadQuantity(
            "counted-over", "entries", sku=sku, counted_quantity=counted, most_quantity=QUANTITY_MAX
        )
    return CountedLine(sku, counted, seen)


def _sheet(books: Books, sheet: bytes) -> Sheet:
    found = find_sheet(books, sheet)
    if found is None:
        raise UnknownFact("sheet", "sheet")
    return found


def _open_sheet(books: Books, sheet: bytes) -> Sheet:
    found = _sheet(books, sheet)
    if found.state is not SheetState.OPEN:
        raise NotOpen("state", "sheet", state=found.state)
    return found


def _same(before: bytes, request: bytes) -> None:
    if before != request:
        raise Conflict("id", "id")


def _end(books: Books, sheet: bytes, state: SheetState, how: tuple[str, str, bytes | None]) -> None:
    sql = (
        "UPDATE sheet SET state = ?, closed_ms = ?, closed_by = ?, note = ?, document = ?"
        " WHERE id = ?"
    )
    books.connection.execute(sql, (state.value, books.clock(), *how, sheet))
